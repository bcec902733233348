import JSONText
import Testing

@Suite struct JSONNumberTests {
    /// RFC 8785, appendix B: the double's bits, and its canonical spelling.
    static let appendixB: [(UInt64, String)] = [
        (0x0000_0000_0000_0000, "0"),
        (0x8000_0000_0000_0000, "0"),
        (0x0000_0000_0000_0001, "5e-324"),
        (0x8000_0000_0000_0001, "-5e-324"),
        (0x7FEF_FFFF_FFFF_FFFF, "1.7976931348623157e+308"),
        (0xFFEF_FFFF_FFFF_FFFF, "-1.7976931348623157e+308"),
        (0x4340_0000_0000_0000, "9007199254740992"),
        (0xC340_0000_0000_0000, "-9007199254740992"),
        (0x4430_0000_0000_0000, "295147905179352830000"),
        (0x44B5_2D02_C7E1_4AF5, "9.999999999999997e+22"),
        (0x44B5_2D02_C7E1_4AF6, "1e+23"),
        (0x44B5_2D02_C7E1_4AF7, "1.0000000000000001e+23"),
        (0x444B_1AE4_D6E2_EF4E, "999999999999999700000"),
        (0x444B_1AE4_D6E2_EF4F, "999999999999999900000"),
        (0x444B_1AE4_D6E2_EF50, "1e+21"),
        (0x3EB0_C6F7_A0B5_ED8C, "9.999999999999997e-7"),
        (0x3EB0_C6F7_A0B5_ED8D, "0.000001"),
        (0x41B3_DE43_5555_5553, "333333333.3333332"),
        (0x41B3_DE43_5555_5554, "333333333.33333325"),
        (0x41B3_DE43_5555_5555, "333333333.3333333"),
        (0x41B3_DE43_5555_5556, "333333333.3333334"),
        (0x41B3_DE43_5555_5557, "333333333.33333343"),
        (0xBECB_F647_612F_3696, "-0.0000033333333333333333"),
        (0x4314_3FF3_C1CB_0959, "1424953923781206.2"),
    ]

    @Test("doubles are spelled as in RFC 8785, appendix B", arguments: appendixB)
    func vector(bits: UInt64, canonical: String) throws {
        let number = try #require(JSONNumber(spelling: "\(Double(bitPattern: bits))"))
        #expect(text(JSONValue.number(number).canonical) == canonical)
    }

    static let spellings = [
        ("1E30", "1e+30"), ("4.50", "4.5"), ("2e-3", "0.002"), ("1.0", "1"), ("-0.0", "0"), ("10", "10"),
        ("1e2", "100"),
        ("100e-2", "1"), ("0.1", "0.1"), ("12345678901234567890", "12345678901234567000"), ("1e-7", "1e-7"),
        ("1.5e300", "1.5e+300"), ("123e-20", "1.23e-18"), ("1e20", "100000000000000000000"), ("1e-999", "0"),
    ]

    @Test("a line keeps the spelling, canonical form does not", arguments: spellings)
    func spelling(given: String, canonical: String) throws {
        let value = try JSONValue(parsing: Array(given.utf8))
        #expect(text(value.line) == given)
        #expect(text(value.pretty) == given)
        #expect(text(value.canonical) == canonical)
    }

    @Test("integers within 2^53 keep every digit; beyond, canonical form is the nearest double")
    func integers() {
        #expect(text(JSONValue.number(9_007_199_254_740_991).canonical) == "9007199254740991")
        #expect(text(JSONValue.number(-9_007_199_254_740_991).canonical) == "-9007199254740991")
        #expect(text(JSONValue.number(9_007_199_254_740_993).canonical) == "9007199254740992")
        #expect(text(JSONValue.number(UInt64.max).canonical) == "18446744073709552000")
        #expect(text(JSONValue.number(UInt64.max).line) == "18446744073709551615")
        #expect(text(JSONValue.number(Int64.min).canonical) == "-9223372036854776000")
    }

    @Test("a value is an Int64 only where it is spelled as one")
    func int64() {
        #expect(JSONNumber(spelling: "-9223372036854775808")?.int64 == .min)
        #expect(JSONNumber(spelling: "9223372036854775808")?.int64 == nil)
        #expect(JSONNumber(spelling: "-0")?.int64 == 0)
        #expect(JSONNumber(spelling: "1.0")?.int64 == nil)
        #expect(JSONNumber(spelling: "1e2")?.int64 == nil)
        #expect(JSONNumber(spelling: "1e2")?.double == 100)
        #expect(JSONNumber(UInt64.max).double == 18_446_744_073_709_551_615.0)
    }

    @Test(
        "what the grammar refuses is no spelling",
        arguments: [
            "", " 1", "1 ", "00123", "+1", "1.", ".5", "1e", "nan", "inf", "0x10", "1e999", "1\0", "٣",
        ]
    )
    func noNumber(spelling: String) {
        #expect(JSONNumber(spelling: spelling) == nil)
    }
}

func text(_ bytes: [UInt8]) -> String {
    String(decoding: bytes, as: UTF8.self)
}
