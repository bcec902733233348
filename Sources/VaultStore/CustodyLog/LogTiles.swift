import LinuxIO
import UploadModel

/// Names and contents of the files of one log, as tiles of 256.
///
/// - Source: C2SP tlog-tiles.
enum LogTiles {
    static let width: UInt64 = 256

    /// `tile/0/x001/234`, for hashes of `level` and, without one, for entries.
    static func path(_ level: Int?, _ number: UInt64, width: UInt64 = Self.width) -> [UInt8] {
        var name = padded(number % 1_000)
        var rest = number / 1_000
        while rest > 0 {
            name = "x\(padded(rest % 1_000))/\(name)"
            rest /= 1_000
        }
        let whole = "tile/\(level.map { "\($0)" } ?? "entries")/\(name)"
        return Array((width == Self.width ? whole : "\(whole).p/\(width)").utf8)
    }

    private static func padded(_ number: UInt64) -> String {
        let digits = "\(number)"
        return String(repeating: "0", count: 3 - digits.count) + digits
    }

    /// How many hashes of `level` a tree of `size` has in its tile `number`.
    static func width(_ level: Int, _ number: UInt64, of size: UInt64) -> UInt64 {
        let there = level > 7 ? 0 : size >> UInt64(8 * level)
        return there <= number * width ? 0 : min(width, there - number * width)
    }

    /// Entries one after the other, each after its length in two bytes.
    static func bundle(_ entries: some Sequence<[UInt8]>) -> [UInt8] {
        var bytes: [UInt8] = []
        for entry in entries {
            bytes.append(UInt8(truncatingIfNeeded: entry.count >> 8))
            bytes.append(UInt8(truncatingIfNeeded: entry.count))
            bytes.append(contentsOf: entry)
        }
        return bytes
    }

    /// - Returns: The entries, and how many bytes they take up: fewer than there are where the last one is cut short.
    static func entries(of bundle: some RandomAccessCollection<UInt8>) -> (entries: [[UInt8]], used: Int) {
        let bytes = Array(bundle)
        var (entries, place) = ([[UInt8]](), 0)
        while place + 2 <= bytes.count {
            let end = place + 2 + Int(bytes[place]) << 8 + Int(bytes[place + 1])
            if end > bytes.count { break }
            entries.append(Array(bytes[place + 2..<end]))
            place = end
        }
        return (entries, place)
    }

    /// `nil` where the bytes are no whole number of hashes.
    static func hashes(of tile: [UInt8]) -> [TreeHash]? {
        guard tile.count % TreeHash.byteCount == 0 else { return nil }
        return stride(from: 0, to: tile.count, by: TreeHash.byteCount).compactMap {
            TreeHash(tile[$0..<$0 + TreeHash.byteCount])
        }
    }

    /// The hash of a complete subtree of these hashes; their count is a power of two.
    static func root(of hashes: ArraySlice<TreeHash>) -> TreeHash {
        var row = Array(hashes)
        while row.count > 1 {
            row = stride(from: 0, to: row.count, by: 2).map { TreeHash(node: row[$0], row[$0 + 1]) }
        }
        return row[0]
    }
}
