import CZlib

/// Unpacks gzip, one member after the other.
///
/// - Source: RFC 1952; zlib's inflate(), which checks length and CRC of each member.
final class Gunzip {
    private var stream = z_stream()
    private let name: String
    private var packed: [UInt8] = []
    private var position = 0
    private var isAtMember = true
    private var isReady = false
    private var packedCount: UInt64 = 0
    private var unpackedCount: UInt64 = 0

    /// Text of digests shrinks by a third, XML to a twentieth; what shrinks to less than a hundredth is there to fill
    /// a disk or a day. Small files may: repeated lines in a test.
    private static let bombRatio: UInt64 = 100
    private static let bombFreeByteCount: UInt64 = 16 << 20

    init(_ name: String) { self.name = name }

    deinit { if isReady { inflateEnd(&stream) } }

    /// The next piece, empty at the end.
    ///
    /// - Parameter more: The next packed bytes, empty at their end.
    func next(_ more: () throws -> [UInt8]) throws -> [UInt8] {
        while true {
            if position == packed.count {
                (packed, position) = (try more(), 0)
                packedCount += UInt64(packed.count)
                if packed.isEmpty {
                    if isAtMember { return [] }
                    throw fault(.gzipCutShort)
                }
            }
            if isAtMember, try !beginMember() { continue }
            let piece = try inflateSome()
            if !piece.isEmpty { return piece }
        }
    }

    /// Between members only zeros may stand, as tar pads with.
    ///
    /// - Returns: Whether one begins.
    private func beginMember() throws -> Bool {
        if unpackedCount > 0 || isReady {
            position = packed[position...].firstIndex { $0 != 0 } ?? packed.count
            if position == packed.count { return false }
        }
        let result =
            isReady
            ? inflateReset(&stream)
            : inflateInit2_(&stream, 16 + MAX_WBITS, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
        guard result == Z_OK else { throw fault(.gzipDamaged) }
        isReady = true
        isAtMember = false
        return true
    }

    private func inflateSome() throws -> [UInt8] {
        var result = Z_OK
        let piece = [UInt8](unsafeUninitializedCapacity: ByteSource.pieceByteCount) { room, count in
            packed.withUnsafeMutableBufferPointer { input in
                stream.next_in = input.baseAddress! + position
                stream.avail_in = uInt(input.count - position)
                stream.next_out = room.baseAddress
                stream.avail_out = uInt(room.count)
                result = inflate(&stream, Z_NO_FLUSH)
                position = input.count - Int(stream.avail_in)
                count = room.count - Int(stream.avail_out)
            }
        }
        // Z_BUF_ERROR says that more input is needed.
        guard result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR else {
            throw fault(.gzipDamaged)
        }
        if result == Z_STREAM_END { isAtMember = true }
        unpackedCount += UInt64(piece.count)
        if unpackedCount > Self.bombFreeByteCount && unpackedCount > Self.bombRatio * packedCount {
            throw fault(.gzipBomb)
        }
        return piece
    }

    private func fault(_ reason: ListFault.Reason) -> ListFault {
        ListFault(file: name, place: .byte(unpackedCount), reason: reason)
    }
}
