import UploadModel

/// The values that a list held so far.
struct SeenValues {
    /// What an entry is found by.
    enum Value: Hashable {
        case digest(Digest)
        case perceptual(SIMD4<UInt64>)
    }

    private var seen: Set<Value> = []

    /// The values of `entry` that were not seen before; all of them are seen afterwards.
    mutating func newValues(of entry: ImportedEntry) -> [Value] {
        entry.values.filter { seen.insert($0).inserted }
    }
}

extension ImportedEntry {
    fileprivate var values: [SeenValues.Value] {
        [md5, sha1, sha256].compactMap { $0.map(SeenValues.Value.digest) }
            + (perceptual.map { [.perceptual($0)] } ?? [])
    }
}
