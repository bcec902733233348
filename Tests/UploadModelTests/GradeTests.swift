import Testing
import UploadModel

@Suite struct GradeTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        let listed: [Digest]
        var size: UInt64?
        var distance: Int?
        let grade: Grade?
        var testDescription: String { name }
    }

    static let (md5, sha1, sha256) = (digest(.md5), digest(.sha1), digest(.sha256))
    static let (otherMD5, otherSHA1, otherSHA256) = (digest(.md5, 0), digest(.sha1, 0), digest(.sha256, 0))

    static let rows = [
        Row(name: "SHA-256", listed: [sha256], grade: .g1),
        Row(name: "all three", listed: [md5, sha1, sha256], grade: .g1),
        Row(name: "SHA-1 and MD5", listed: [md5, sha1], grade: .g1),
        Row(name: "SHA-256, though MD5 disagrees", listed: [otherMD5, sha256], grade: .g1),
        Row(name: "SHA-256, though both others disagree", listed: [otherMD5, otherSHA1, sha256], grade: .g1),
        Row(name: "SHA-1", listed: [sha1], grade: .g2),
        Row(name: "SHA-1, though MD5 disagrees", listed: [otherMD5, sha1], grade: .g2),
        Row(name: "SHA-1 with the entry's size", listed: [sha1], size: 9_000, grade: .g2),
        Row(name: "MD5 with the entry's size", listed: [md5], size: 9_000, grade: .g2),
        Row(name: "MD5 with a similar picture", listed: [md5], distance: 31, grade: .g2),
        Row(name: "MD5", listed: [md5], grade: .g3),
        Row(name: "MD5 with another size", listed: [md5], size: 9_001, grade: .g3),
        Row(name: "a similar picture", listed: [], distance: 0, grade: .g4),
        Row(name: "a similar picture whose digests disagree", listed: [otherMD5], distance: 4, grade: .g4),
        Row(name: "MD5, and SHA-256 disagrees", listed: [md5, otherSHA256], grade: .conflicting),
        Row(name: "MD5, and SHA-1 disagrees", listed: [md5, otherSHA1], size: 9_000, grade: .conflicting),
        Row(
            name: "SHA-1 and MD5, and SHA-256 disagrees",
            listed: [md5, sha1, otherSHA256],
            grade: .conflicting
        ),
        Row(
            name: "MD5 with a similar picture, and SHA-1 disagrees",
            listed: [md5, otherSHA1],
            distance: 3,
            grade: .conflicting
        ),
        Row(name: "nothing agrees", listed: [otherMD5, otherSHA256], grade: nil),
        Row(name: "the size alone", listed: [otherMD5], size: 9_000, grade: nil),
    ]

    @Test("what agrees decides how strong the evidence is", arguments: rows)
    func grades(_ row: Row) {
        #expect(
            Grade.of(entry(.csam, row.listed, size: row.size), meeting: all, distance: row.distance)
                == row.grade
        )
    }

    @Test("a digest that was not computed neither agrees nor disagrees")
    func notComputed() {
        let agreement = Agreement(of: entry(.csam, [Self.md5, Self.otherSHA256]), with: onlyMD5)
        #expect(agreement.agreed == DigestAlgorithms(.md5))
        #expect(agreement.disagreed.isEmpty)
    }

    @Test("a match says which digests agreed, and there is none when nothing does")
    func exactMatch() throws {
        let made = try #require(
            Match(entry(.csam, [Self.otherMD5, Self.sha1]), meeting: all, part: .context)
        )
        #expect(made.agreed == DigestAlgorithms(.sha1))
        #expect(made.grade == .g2)
        #expect(made.part == .context)
        #expect(Match(entry(.csam, [Self.otherMD5]), meeting: all, part: .content) == nil)
    }
}
