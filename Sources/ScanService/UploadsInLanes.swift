import LinuxIO

/// The uploads whose files are in the lanes, by the number that each file has there. Numbers are used again.
struct UploadsInLanes {
    /// An object, so that it is neither moved nor copied on the way.
    final class Entry {
        var upload: Upload
        let status: FileStatus

        init(_ upload: Upload, _ status: FileStatus) { (self.upload, self.status) = (upload, status) }
    }

    private var entries: [Entry?] = []
    private var free: [Int] = []

    var count: Int { entries.count - free.count }

    mutating func add(_ upload: consuming Upload, _ status: FileStatus) -> Int {
        let entry = Entry(upload, status)
        guard let number = free.popLast() else {
            entries.append(entry)
            return entries.count - 1
        }
        entries[number] = entry
        return number
    }

    /// - Precondition: `number` was given, and not taken yet.
    mutating func take(_ number: Int) -> Entry {
        free.append(number)
        return entries[number].take()!
    }
}

/// An upload that was compared, its file still open; its lease stands until it was moved.
final class ComparedUpload {
    var upload: Upload
    let file: Descriptor
    let status: FileStatus

    init(_ upload: Upload, _ file: consuming Descriptor, _ status: FileStatus) {
        self.upload = upload
        self.file = file
        self.status = status
    }
}
