import JSONText
import Testing

@Suite struct JSONWriterTests {
    @Test("members are sorted as in RFC 8785, section 3.2.3")
    func sorting() throws {
        let given = #"""
            {
              "\u20ac": "Euro Sign",
              "\r": "Carriage Return",
              "\ufb33": "Hebrew Letter Dalet With Dagesh",
              "1": "One",
              "\ud83d\ude00": "Emoji: Grinning Face",
              "\u0080": "Control",
              "\u00f6": "Latin Small Letter O With Diaeresis"
            }
            """#
        let canonical = try JSONValue(parsing: JSONValue(parsing: Array(given.utf8)).canonical)
        #expect(canonical.objectValue?.keys == ["\r", "1", "\u{80}", "ö", "€", "😀", "\u{FB33}"])
    }

    @Test("the example of RFC 8785, section 3.2.2, comes out byte by byte")
    func example() throws {
        let given = #"""
            {
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """#
        let expected =
            #"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#
            + #""string":"€$\u000f\nA'B\"\\\\\"/"}"#
        #expect(try text(JSONValue(parsing: Array(given.utf8)).canonical) == expected)
    }

    @Test("members are sorted at every depth, elements at none")
    func nested() {
        let value: JSONValue = ["b": [["z": 1, "y": 2], 3, 1], "a": ["d": nil, "c": [:]], "": []]
        #expect(text(value.canonical) == #"{"":[],"a":{"c":{},"d":null},"b":[{"y":2,"z":1},3,1]}"#)
        #expect(text(value.line) == #"{"b":[{"z":1,"y":2},3,1],"a":{"d":null,"c":{}},"":[]}"#)
    }

    @Test("every control character is escaped in its shortest form, and nothing else is")
    func escapes() {
        let controls = String(String.UnicodeScalarView((0..<0x20).compactMap { Unicode.Scalar($0 as UInt8) }))
        let expected =
            #""\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f\u0010\u0011"#
            + #"\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f""#
        #expect(text(JSONValue.string(controls).canonical) == expected)
        let others = "/<>&'\u{7F}\u{80}\u{2028}\u{FFFF}😀"
        #expect(text(JSONValue.string(others).canonical) == "\"\(others)\"")
        #expect(text(JSONValue.string(#"a"b\c"#).line) == #""a\"b\\c""#)
    }

    @Test("strings are written as they are, not normalised")
    func normalisation() {
        #expect(JSONValue.string("e\u{301}").canonical == [0x22, 0x65, 0xCC, 0x81, 0x22])
        #expect(JSONValue.string("\u{E9}").canonical == [0x22, 0xC3, 0xA9, 0x22])
    }

    @Test("the pretty form is indented by two, with nothing inside of empty brackets")
    func pretty() {
        let value: JSONValue = ["b": [1, "x\n"], "a": ["n": nil, "e": [], "o": [:]]]
        let expected = #"""
            {
              "b": [
                1,
                "x\n"
              ],
              "a": {
                "n": null,
                "e": [],
                "o": {}
              }
            }
            """#
        #expect(text(value.pretty) == expected)
    }
}
