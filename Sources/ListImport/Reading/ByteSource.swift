import LinuxIO

/// The bytes of one supplier's file in pieces, unpacked where they are gzip.
///
/// Memory is a few pieces, whatever the file's size.
package final class ByteSource {
    /// The file, for messages.
    let name: String
    private let read: () throws -> [UInt8]
    private let progress: (Int) -> Void
    private var begun: [UInt8] = []
    private var isBegun = false
    /// The first unpacked piece, looked at and not handed out yet.
    private var looked: [UInt8] = []
    private var gunzip: Gunzip?
    private var utf16: UTF16Text?
    /// XML says its encoding itself.
    private let isText: Bool

    package static let pieceByteCount = 256 * 1_024

    /// What packed files begin with that are not read here: their bytes would be taken for a bad first line.
    private static let otherPacking: [[UInt8]: String] = [
        [0x50, 0x4B, 0x03, 0x04]: "zip", [0xFD, 0x37, 0x7A, 0x58]: "xz", [0x28, 0xB5, 0x2F, 0xFD]: "zstd",
        [0x37, 0x7A, 0xBC, 0xAF]: "7z", [0x42, 0x5A, 0x68, 0x39]: "bzip2",
    ]

    /// - Parameter progress: Told how many bytes more were read.
    init(
        _ file: consuming Descriptor,
        name: String,
        isText: Bool,
        progress: @escaping (Int) -> Void = { _ in }
    ) {
        let reader = FileReader(file, name: name)
        (self.name, self.isText, self.progress) = (name, isText, progress)
        read = { try reader.next() }
    }

    init(_ bytes: [UInt8], inPiecesOf count: Int, name: String, isText: Bool) {
        (self.name, self.isText, progress) = (name, isText, { _ in })
        var rest = bytes[...]
        read = {
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
    }

    /// The next piece; empty at the end.
    func next() throws -> [UInt8] {
        let piece = try nextUnpacked()
        if let utf16 { return try utf16.text(piece) { try self.nextUnpacked() } }
        return piece
    }

    func fault(_ reason: ListFault.Reason, at place: ListFault.Place = .whole) -> ListFault {
        ListFault(file: name, place: place, reason: reason)
    }

    private func nextUnpacked() throws -> [UInt8] {
        if !isBegun { try begin() }
        if !looked.isEmpty {
            defer { looked = [] }
            return looked
        }
        if let gunzip { return try gunzip.next { try self.nextRaw() } }
        return try nextRaw()
    }

    /// Looks at the first bytes, which say what they are, libxml2 needs four. A pipe may hand out one at a time.
    private func begin() throws {
        isBegun = true
        while begun.count < 4, case let more = try takeRaw(), !more.isEmpty { begun += more }
        if begun.starts(with: [0x1F, 0x8B]) { gunzip = Gunzip(name) }
        if let format = Self.otherPacking[Array(begun.prefix(4))] { throw fault(.packed(format)) }
        if isText {
            looked = try nextUnpacked()
            utf16 = UTF16Text(looked, name: name)
        }
    }

    private func nextRaw() throws -> [UInt8] {
        if begun.isEmpty { return try takeRaw() }
        defer { begun = [] }
        return begun
    }

    private func takeRaw() throws -> [UInt8] {
        let piece = try read()
        progress(piece.count)
        return piece
    }
}
