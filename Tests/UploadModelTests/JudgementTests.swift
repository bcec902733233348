import Testing
import UploadModel

@Suite struct JudgementTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        let matches: [Match]
        var testDescription: String { name }
    }

    static let (md5, sha1, sha256) = (
        DigestAlgorithms(.md5), DigestAlgorithms(.sha1), DigestAlgorithms(.sha256)
    )

    static let suppressed = [
        Row(name: "by the same digest kind", matches: [match(.watch, sha1), match(.benign, sha1)]),
        Row(name: "by a stronger one", matches: [match(.ncii, md5), match(.benign, sha256)]),
        Row(name: "whatever comes first", matches: [match(.benign, sha256), match(.exploitative, sha1)]),
        Row(
            name: "several by one",
            matches: [match(.watch, md5), match(.minorReported, sha1), match(.benign, sha1)]
        ),
        Row(
            name: "each by its own, in either part",
            matches: [
                match(.watch, sha1, part: .context), match(.benign, sha1, part: .context), match(.ncii, md5),
                match(.benign, md5),
            ]
        ),
    ]

    @Test("a benign entry of an equal or stronger digest kind suppresses", arguments: suppressed)
    func suppresses(_ row: Row) {
        #expect(Judgement(of: row.matches) == .suppressed(row.matches))
    }

    static let listed = [
        Row(name: "no benign entry", matches: [match(.watch, sha256)]),
        Row(name: "a weaker benign digest", matches: [match(.watch, sha1), match(.benign, md5)]),
        Row(name: "csam, whatever is benign", matches: [match(.csam, md5), match(.benign, .all)]),
        Row(
            name: "csam among others",
            matches: [match(.watch, md5), match(.csam, md5), match(.benign, .all)]
        ),
        Row(
            name: "a benign context",
            matches: [match(.watch, sha256), match(.benign, sha256, part: .context)]
        ),
        Row(
            name: "a benign file beside a listed context",
            matches: [match(.watch, sha256, part: .context), match(.benign, sha256)]
        ),
        Row(
            name: "a benign picture that is similar",
            matches: [match(.watch, [], grade: .g4), match(.benign, [], grade: .g4)]
        ),
        Row(
            name: "a benign picture that is similar, against a digest",
            matches: [match(.watch, md5), match(.benign, [], grade: .g4)]
        ),
        Row(
            name: "a benign entry that contradicts itself",
            matches: [match(.watch, md5), match(.benign, sha1, grade: .conflicting)]
        ),
        Row(
            name: "one of two stays",
            matches: [match(.watch, md5), match(.ncii, sha256), match(.benign, sha1)]
        ),
    ]

    @Test("everything else stays listed, with all that was met", arguments: listed)
    func stands(_ row: Row) {
        #expect(Judgement(of: row.matches) == .listed(row.matches))
    }

    @Test("no entry, or benign ones alone, is no match")
    func unlisted() {
        #expect(Judgement(of: []) == .unlisted)
        #expect(Judgement(of: [match(.benign)]) == .unlisted)
    }

    @Test("no company of benign entries suppresses csam", arguments: UInt64(0)..<200)
    func csamStays(seed: UInt64) {
        var random = SplitMix64(state: seed)
        var matches = (0..<Int.random(in: 0...4, using: &random)).map { _ in
            match(ListClass.allCases.randomElement(using: &random)!, .randomAgreement(using: &random))
        }
        matches.append(match(.csam, .randomAgreement(using: &random)))
        matches.shuffle(using: &random)
        #expect(Judgement(of: matches) == .listed(matches), "seed \(seed)")
    }

    @Test("a judgement is recorded under its own name")
    func events() {
        let matches = [match(.csam)]
        #expect(Judgement.unlisted.event == .unlisted)
        #expect(Judgement.listed(matches).event == .listed(matches))
        #expect(Judgement.suppressed(matches).event == .suppressed(matches))
    }
}

extension DigestAlgorithms {
    fileprivate static func randomAgreement(using random: inout SplitMix64) -> DigestAlgorithms {
        DigestAlgorithms(rawValue: UInt8.random(in: 0...7, using: &random))
    }
}
