import LinuxIO

/// An upload from its claim to its verdict. An object, so that it is neither moved nor copied on the way.
final class UploadInHand {
    var upload: Upload

    init(_ upload: Upload) { self.upload = upload }
}

/// The uploads whose files are in the lanes, by the number that each file has there. Numbers are used again.
struct UploadsInLanes {
    struct Entry {
        let hand: UploadInHand
        let status: FileStatus
    }

    private var entries: [Entry?] = []
    private var free: [Int] = []

    var count: Int { entries.count - free.count }

    mutating func add(_ hand: UploadInHand, _ status: FileStatus) -> Int {
        let entry = Entry(hand: hand, status: status)
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
    let hand: UploadInHand
    let file: Descriptor
    let status: FileStatus

    init(_ read: UploadsInLanes.Entry, _ file: consuming Descriptor) {
        (hand, status) = (read.hand, read.status)
        self.file = file
    }
}
