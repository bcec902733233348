import Crypto
import GenerationFormat
import LinuxIO
import UploadModel

/// A file of a generation while it is written, from its header to its end, with its SHA-256.
final class SummedFile {
    private let file: Descriptor
    private let name: String
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    private var filled = 0
    private var written: UInt64 = 0
    private var digester = SHA256()

    /// Creates the file, which must not be there yet.
    init(_ name: String, _ header: FileHeader, in directory: borrowing Descriptor) throws {
        self.name = name
        file = try directory.open(
            Array(name.utf8),
            [.write, .create, .exclusive],
            mode: 0o600,
            subject: name
        )
        try append(header.bytes)
    }

    deinit { buffer.deallocate() }

    /// Bytes so far.
    var byteCount: UInt64 { written + UInt64(filled) }

    func append(_ bytes: [UInt8]) throws(SyscallError) {
        try bytes.span.bytes.withUnsafeBytes { bytes throws(SyscallError) in try append(bytes) }
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws(SyscallError) {
        var taken = 0
        while taken < bytes.count {
            if filled == buffer.count { try flush() }
            let part = min(bytes.count - taken, buffer.count - filled)
            (buffer.baseAddress! + filled).copyMemory(from: bytes.baseAddress! + taken, byteCount: part)
            filled += part
            taken += part
        }
    }

    /// A number, little-endian.
    @inline(__always)
    func append(_ number: some FixedWidthInteger & BitwiseCopyable) throws(SyscallError) {
        try room()
        buffer.storeBytes(of: number.littleEndian, toByteOffset: filled, as: type(of: number))
        filled += number.bitWidth / 8
    }

    /// Numbers, one after the other.
    func append(littleEndian numbers: [UInt32]) throws(SyscallError) {
        if 1.littleEndian == 1 {
            return try numbers.span.bytes.withUnsafeBytes { bytes throws(SyscallError) in try append(bytes) }
        }
        for number in numbers { try append(number) }
    }

    /// The first bytes of four words, most significant first.
    @inline(__always)
    func append(_ words: SIMD4<UInt64>, byteCount: Int) throws(SyscallError) {
        try room()
        for word in 0..<(byteCount + 7) / 8 {
            buffer.storeBytes(of: words[word].bigEndian, toByteOffset: filled + 8 * word, as: UInt64.self)
        }
        filled += byteCount
    }

    /// For four words.
    @inline(__always)
    private func room() throws(SyscallError) { if filled + 32 > buffer.count { try flush() } }

    private func flush() throws(SyscallError) {
        let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<filled])
        digester.update(bufferPointer: bytes)
        try file.write(bytes.bytes, subject: name)
        written += UInt64(filled)
        filled = 0
    }

    /// Makes the file durable; nothing can be written after.
    func finish() throws(SyscallError) -> GenerationManifest.File {
        try flush()
        try file.setMode(0o640, subject: name)
        try file.sync(subject: name)
        return GenerationManifest.File(
            name: name,
            byteCount: written,
            sha256: UploadModel.Digest(.sha256, Array(digester.finalize()))!
        )
    }
}
