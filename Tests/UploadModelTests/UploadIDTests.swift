import Testing
import UploadModel

@Suite struct UploadIDTests {
    @Test("version, variant, time and random bits lie where RFC 9562 puts them")
    func layout() {
        // Appendix A.6 of the RFC: 2022-02-22 14:22:22.000-05:00.
        let made = UploadID(
            at: Timestamp(nanoseconds: 1_645_557_742_000_000_000),
            random: (0xCC3, 0x18C4_DC0C_0C07_398F)
        )
        #expect(made.description == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
    }

    @Test("random bits never spill into version and variant", arguments: [0, UInt64.max])
    func fixedBits(random: UInt64) {
        let text = UploadID(at: Timestamp(nanoseconds: 0), random: (random, random)).description.map { $0 }
        #expect(text[14] == "7")
        #expect("89ab".contains(text[19]))
        #expect(String(text[..<13]) == "00000000-0000")
    }

    @Test("an id reads back from its text", arguments: UInt64(0)..<50)
    func roundTrip(seed: UInt64) {
        var random = SplitMix64(state: seed)
        let made = UploadID(
            at: Timestamp(nanoseconds: .random(in: 0...(.max), using: &random)),
            random: (random.next(), random.next())
        )
        #expect(UploadID(made.description) == made, "seed \(seed)")
        #expect(BundleID(BundleID(made).description)?.upload == made)
        #expect(DraftID(made).description == made.description)
    }

    static let good = "019ab2c3-d4e5-7f60-8123-456789abcdef"

    @Test(
        "any other spelling is refused",
        arguments: [
            "", good.uppercased(), String(good.dropLast()), good + "0", " " + good.dropLast(), "{\(good)}",
            good.filter { $0 != "-" }, good.filter { $0 != "-" } + "----",
            "-19ab2c3-d4e5-7f60-8123-456789abcdef", "019ab2c3-d4e5-7f60-8123-456789abcde-",
            "019ab2c3--4e5-7f60-8123-456789abcdef", "019ab2c3_d4e5-7f60-8123-456789abcdef",
            "019ab2c3-d4e57-f60-8123-456789abcdef", "019ab2c3-d4e5-7f60-8123-456789abcdeg",
            "019ab2c3-d4e5-7f60-8123-456789abcdE0", "é19ab2c3-d4e5-7f60-8123-456789abcde",
            "019ab2c3-d4e5-7f60-8123-456789abcd\u{0}f",
        ]
    )
    func refused(text: String) {
        #expect(UploadID(text) == nil)
        #expect(BundleID("ex-" + text) == nil)
    }

    @Test("a bundle's name is refused without its prefix")
    func bundlePrefix() {
        #expect(BundleID(Self.good) == nil)
        #expect(BundleID("EX-" + Self.good) == nil)
        #expect(BundleID("ex-" + Self.good)?.description == "ex-" + Self.good)
    }

    @Test("ids sort by the millisecond of their claim, as values and as text")
    func sorts() {
        var random = SplitMix64(state: 3)
        let ids = (0..<200).map { step in
            UploadID(
                at: Timestamp(nanoseconds: 1_900_000_000_000_000_000 + step * 1_000_000),
                random: (random.next(), random.next())
            )
        }
        #expect(ids.shuffled(using: &random).sorted() == ids)
        #expect(ids.map(\.description).shuffled(using: &random).sorted() == ids.map(\.description))
    }

    @Test("an id tells when its upload was claimed, to the millisecond")
    func claimed() {
        let time = Timestamp(nanoseconds: 1_795_291_204_123_456_789)
        #expect(UploadID.fresh(at: time).claimedAt == Timestamp(nanoseconds: 1_795_291_204_123_000_000))
        #expect(UploadID.fresh(at: time) != UploadID.fresh(at: time))
    }

    @Test("a time that no clock has does not trap")
    func hugeTime() throws {
        let typed = try #require(UploadID("ffffffff-ffff-7fff-bfff-ffffffffffff"))
        #expect(typed.claimedAt > Timestamp(nanoseconds: 9_223_372_000_000_000_000))
        #expect(!typed.claimedAt.description.isEmpty)
        #expect(UploadID.fresh(at: Timestamp(nanoseconds: .max)).description.count == 36)
        #expect(UploadID.fresh(at: Timestamp(nanoseconds: -1)).description.count == 36)
    }
}
