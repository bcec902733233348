/// How strong the evidence is that an upload and a list entry are the same file.
package enum Grade: String, CaseIterable, Sendable {
    /// SHA-256, or SHA-1 and MD5 of the same entry.
    case g1
    /// SHA-1 alone; MD5 with the entry's size; MD5 with PDQ within 31.
    case g2
    /// MD5 alone.
    case g3
    /// PDQ alone, with its distance.
    case g4
    /// The strongest digest that the entry has disagrees and a weaker one agrees.
    case conflicting
}

/// What of an entry agreed with an upload, before it has a grade.
package struct Agreement: Equatable, Sendable {
    package let agreed: DigestAlgorithms
    package let disagreed: DigestAlgorithms

    /// Compares every digest that both sides have.
    package init(of entry: ListEntry, with digests: DigestSet) {
        var agreed = DigestAlgorithms()
        var disagreed = DigestAlgorithms()
        for listed in entry.digests {
            guard let found = digests[listed.algorithm] else { continue }
            if found == listed {
                agreed.insert(DigestAlgorithms(listed.algorithm))
            } else {
                disagreed.insert(DigestAlgorithms(listed.algorithm))
            }
        }
        self.agreed = agreed
        self.disagreed = disagreed
    }
}

extension Grade {
    /// The grade of `entry` meeting an upload, from all that is known of the upload; `nil` when nothing agrees.
    ///
    /// Give all three digests: a grade from fewer would call an entry unopposed whose strongest digest was
    /// never computed. A weaker digest that disagrees changes nothing.
    ///
    /// - Parameter distance: Of the nearest perceptual hash, bits, when within ``PerceptualHash/farthest``.
    package static func of(_ entry: ListEntry, meeting digests: DigestSet, distance: Int? = nil) -> Grade? {
        let agreement = Agreement(of: entry, with: digests)
        let agreed = agreement.agreed
        guard !agreed.isEmpty else { return distance == nil ? nil : .g4 }
        let strongest = agreement.agreed.union(agreement.disagreed).strongest
        if let strongest, agreement.disagreed.has(strongest) { return .conflicting }
        if agreed.has(.sha256) || (agreed.has(.sha1) && agreed.has(.md5)) { return .g1 }
        if agreed.has(.sha1) || entry.size == digests.byteCount || distance != nil { return .g2 }
        return .g3
    }
}
