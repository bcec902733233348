/// The first page of each file of a generation but the manifest: nothing in it is free, so it is written and compared
/// as a whole.
///
/// ```
/// 0   "BWLISTS\n", format (32 bits), role (32 bits), parameter (64 bits), zeros to 4096
/// ```
package struct FileHeader: Equatable, Sendable {
    /// Bytes; what follows begins on a page.
    package static let byteCount = 4_096
    static let magic = Array("BWLISTS\n".utf8)

    package let role: FileRole
    /// What one must know to read the rest; see ``FileRole``.
    package let parameter: UInt64

    package init(_ role: FileRole, parameter: Int = 0) {
        self.role = role
        self.parameter = UInt64(parameter)
    }

    /// Reads the page of a file; whether it is what the file should have is for the caller to compare.
    package init(of file: RawSpan, named name: String) throws(GenerationFault) {
        parameter = try Self.parameter(of: file, named: name)
        guard let role = FileRole(rawValue: UInt32(littleEndian: file.loaded(at: 12))) else {
            throw .damaged(file: name, because: "its header names no kind of file")
        }
        self.role = role
        try check(file, named: name)
    }

    package var bytes: [UInt8] {
        var bytes = Self.magic
        bytes.append(littleEndian: UInt32(GenerationManifest.format))
        bytes.append(littleEndian: role.rawValue)
        bytes.append(littleEndian: parameter)
        bytes.append(contentsOf: repeatElement(0, count: Self.byteCount - bytes.count))
        return bytes
    }

    /// Compares the whole page with what it must be.
    package func check(_ file: RawSpan, named name: String) throws(GenerationFault) {
        try Self.checkBeginning(file, named: name)
        let wanted = bytes
        guard wanted.indices.allSatisfy({ file.byte(at: $0) == wanted[$0] }) else {
            throw .damaged(file: name, because: "its header is not what its manifest asks for")
        }
    }

    /// Of a file whose parameter is not known yet; the caller compares the page afterwards.
    static func parameter(of file: RawSpan, named name: String) throws(GenerationFault) -> UInt64 {
        try checkBeginning(file, named: name)
        return UInt64(littleEndian: file.loaded(at: 16))
    }

    private static func checkBeginning(_ file: RawSpan, named name: String) throws(GenerationFault) {
        guard file.byteCount >= byteCount else {
            throw .cutShort(file: name, found: UInt64(file.byteCount), needed: UInt64(byteCount))
        }
        guard magic.indices.allSatisfy({ file.byte(at: $0) == magic[$0] }) else {
            throw .damaged(file: name, because: "not a file of a generation")
        }
        let format = UInt32(littleEndian: file.loaded(at: 8))
        guard format == UInt32(GenerationManifest.format) else { throw .otherFormat(found: UInt64(format)) }
    }
}

/// What a file of a generation holds behind its header.
package enum FileRole: UInt32, CaseIterable, Sendable {
    /// Where each bucket of digests begins; the parameter is the bits of a bucket's number.
    case directory = 1
    /// What is left of each digest behind its bucket's number; the parameter as before.
    case suffixes
    /// The entry of each digest or perceptual hash.
    case places
    /// The entries of one list, whole; the parameter is the list's place in the manifest.
    case records
    /// Where every sixteenth of them begins; the parameter as before.
    case recordIndex
    /// The first 128 bits of each perceptual hash.
    case planes
    /// The other 128.
    case rest
    /// Where each bucket of each chunk begins; the parameter is the number of chunks.
    case chunkDirectory
    /// Perceptual hashes by chunk; the parameter as before.
    case chunks
    /// Which entries a delta takes out and puts in.
    case changes
    /// Which digests are certainly not in a table; the parameter is the number of blocks.
    case filter
}

extension RawSpan {
    /// Checked against the bounds; every pattern of bits is an integer, so the load is a safe one.
    @inline(__always)
    func loaded<Word: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as: Word.Type = Word.self) -> Word
    {
        unsafeLoadUnaligned(fromByteOffset: offset, as: Word.self)
    }

    @inline(__always)
    func byte(at offset: Int) -> UInt8 { loaded(at: offset) }
}

extension [UInt8] {
    mutating func append(littleEndian number: some FixedWidthInteger & UnsignedInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }

    mutating func append(bigEndian number: UInt64, first count: Int = 8) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0.prefix(count)) }
    }
}
