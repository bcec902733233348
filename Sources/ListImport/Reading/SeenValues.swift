import UploadModel

/// The values that a list held so far.
package struct SeenValues {
    /// What an entry is found by.
    enum Value: Hashable {
        case digest(Digest)
        case perceptual(SIMD4<UInt64>)
    }

    private var seen: Set<Value> = []
    private let limit: Int

    /// - Parameter limit: So many values are remembered, 40 bytes each and more; what comes after them counts as new.
    package init(limit: Int = .max) { self.limit = limit }

    package var isFull: Bool { seen.count >= limit }

    /// Whether some value of `entry` was not seen before; all of them are seen afterwards.
    package mutating func takesNew(_ entry: ImportedEntry) -> Bool { !newValues(of: entry).isEmpty }

    mutating func newValues(of entry: ImportedEntry) -> [Value] {
        entry.values.filter { isFull ? !seen.contains($0) : seen.insert($0).inserted }
    }
}

extension ImportedEntry {
    fileprivate var values: [SeenValues.Value] {
        [md5, sha1, sha256].compactMap { $0.map(SeenValues.Value.digest) }
            + (perceptual.map { [.perceptual($0)] } ?? [])
    }
}
