import UploadModel

/// Keeps out what must not match: values that meet files which say nothing.
struct Hazards {
    let allowsSmall: Bool

    /// Takes out of `entry` what is dangerous.
    ///
    /// A digest of such a file condemns the whole entry, since all its values are of one file; a PDQ hash that says too
    /// little goes alone.
    ///
    /// - Parameter quality: Of the PDQ hash, where the list says it.
    /// - Returns: Why; the entry has no value left where all went.
    func screen(_ entry: inout ImportedEntry, quality: UInt64?) -> [BuildReport.Rejection] {
        var reasons: [BuildReport.Rejection] = []
        if let reason = ofFile(entry) {
            reasons.append(reason)
            (entry.md5, entry.sha1, entry.sha256, entry.perceptual) = (nil, nil, nil, nil)
        }
        if let bits = entry.perceptual, let reason = Self.ofPicture(bits, quality) {
            reasons.append(reason)
            entry.perceptual = nil
        }
        return reasons
    }

    private func ofFile(_ entry: ImportedEntry) -> BuildReport.Rejection? {
        if entry.size == 0 { return .emptyFile }
        // One after the other: an array of them would cost more than the rest of the screening.
        if let reason = Self.ofDigest(entry.md5) ?? Self.ofDigest(entry.sha1) ?? Self.ofDigest(entry.sha256) {
            return reason
        }
        if let size = entry.size, size < 64, !allowsSmall { return .small }
        return nil
    }

    private static func ofDigest(_ digest: Digest?) -> BuildReport.Rejection? {
        guard let digest else { return nil }
        return digest.isAllAlike ? .allAlike : KnownFiles.reasons[digest]
    }

    private static func ofPicture(_ bits: SIMD4<UInt64>, _ quality: UInt64?) -> BuildReport.Rejection? {
        if flat.contains(where: { distance(bits, $0) <= PerceptualHash.farthest }) { return .flatPicture }
        if !PerceptualHash.isBalanced(bits) { return .unbalanced }
        if let quality, quality < PerceptualHash.leastQuality { return .lowQuality }
        return nil
    }

    private static func distance(_ a: SIMD4<UInt64>, _ b: SIMD4<UInt64>) -> Int {
        (0..<4).reduce(0) { $0 + (a[$1] ^ b[$1]).nonzeroBitCount }
    }

    /// Of pictures that have the grey level 0, 1 (as 128), 77 and 255 everywhere, and the complement of the first.
    private static let flat: [SIMD4<UInt64>] =
        [
            String(repeating: "0", count: 64), String(repeating: "f", count: 64),
            "000000002c4b11342c4b2c4b0000554b00002c4b113411342c4b585e2c4b017e",
            "00002c4b2c4b0000000000008200017e0000cc530000554b13a0554b585e1706",
            "00001134000011342c4b00002c4b1134000000002c4b2c4b00002c4b8200554b",
        ].compactMap { PerceptualHash.bits(hex: $0) }
}

extension Digest {
    fileprivate var isAllAlike: Bool {
        let first = byte(0)
        return (first == 0 || first == 0xFF) && (1..<algorithm.byteCount).allSatisfy { byte($0) == first }
    }
}

extension ImportedEntry {
    var isEmpty: Bool { md5 == nil && sha1 == nil && sha256 == nil && perceptual == nil }
}
