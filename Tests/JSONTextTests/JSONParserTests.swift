import JSONText
import Testing

@Suite struct JSONParserTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        let text: [UInt8]
        let fault: JSONFault?
        var testDescription: String { name }

        init(_ name: String, _ text: String, _ fault: JSONFault? = nil) {
            self.init(name, Array(text.utf8), fault)
        }

        init(_ name: String, _ text: [UInt8], _ fault: JSONFault? = nil) {
            self.name = name
            self.text = text
            self.fault = fault
        }
    }

    @Test("a text by the grammar is read", arguments: accepted)
    func accepts(_ row: Row) throws {
        _ = try JSONValue(parsing: row.text)
    }

    @Test(
        "any other text is refused, with where and why",
        arguments: refused + refusedStrings + refusedNumbers
    )
    func refuses(_ row: Row) throws {
        let fault = try #require(row.fault)
        #expect(throws: fault) { try JSONValue(parsing: row.text) }
    }

    @Test("a text is read into its values, in order")
    func values() throws {
        let text = #" {"b" : [1, -2.50, "x", null], "a" : {"t": true, "f": false}} "#
        let half = try #require(JSONNumber(spelling: "-2.50"))
        let expected: JSONValue = ["b": [1, .number(half), "x", nil], "a": ["t": true, "f": false]]
        #expect(try JSONValue(parsing: Array(text.utf8)) == expected)
    }

    static let escapes = [
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""\u0000\u001F\u20ac\u20AC\uFFFF""#, "\0\u{1F}€€\u{FFFF}"),
        (#""\ud83d\ude00 \uDBFF\uDFFF""#, "\u{1F600} \u{10FFFF}"),
        (#""a\u0062c\\u0064""#, "abc\\u0064"),
    ]

    @Test("escapes stand for their scalars", arguments: escapes)
    func escape(text: String, scalars: String) throws {
        #expect(try JSONValue(parsing: Array(text.utf8)) == .string(scalars))
    }

    @Test("names that look the same and are spelled with other scalars are two names")
    func canonicallyEquivalentKeys() throws {
        let object = try JSONValue(parsing: Array(#"{"\u00e9":1,"e\u0301":2}"#.utf8))
        #expect(object["\u{E9}"] == 1)
        #expect(object["e\u{301}"] == 2)
    }

    @Test("the size limit counts every byte")
    func sizeLimit() throws {
        let limits = JSONLimits(bytes: 4, depth: 1)
        #expect(try JSONValue(parsing: Array("[ 7]".utf8), limits: limits) == [7])
        #expect(throws: JSONFault.tooLarge(bytes: 5, limit: 4)) {
            try JSONValue(parsing: Array("[ 7] ".utf8), limits: limits)
        }
    }

    @Test("the depth limit counts arrays and objects inside each other, not beside each other")
    func depthLimit() throws {
        let limits = JSONLimits(depth: 2)
        _ = try JSONValue(parsing: Array(#"[{},[],{},{"a":7}]"#.utf8), limits: limits)
        #expect(throws: JSONFault.tooDeep(offset: 10, limit: 2)) {
            try JSONValue(parsing: Array(#"[[],{"a": []}]"#.utf8), limits: limits)
        }
        #expect(throws: JSONFault.tooDeep(offset: 0, limit: 0)) {
            try JSONValue(parsing: Array("[]".utf8), limits: JSONLimits(depth: 0))
        }
    }

    @Test("whatever depth is asked for, the stack holds")
    func deepest() throws {
        let limits = JSONLimits(bytes: .max, depth: .max)
        let fits =
            [UInt8](repeating: UInt8(ascii: "["), count: 128)
            + [UInt8](repeating: UInt8(ascii: "]"), count: 128)
        #expect(try JSONValue(parsing: fits, limits: limits).canonical == fits)
        #expect(throws: JSONFault.tooDeep(offset: 128, limit: 128)) {
            try JSONValue(parsing: [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000), limits: limits)
        }
    }

    @Test("a name is found twice among many, too")
    func duplicateAmongMany() throws {
        let members = (0..<1000).map { #""k\#($0)":\#($0)"# }.joined(separator: ",")
        let object = try JSONValue(parsing: Array("{\(members)}".utf8))
        #expect(object["k777"] == 777)
        #expect(throws: JSONFault.duplicateKey(offset: members.utf8.count + 2)) {
            try JSONValue(parsing: Array(#"{\#(members),"k500":0}"#.utf8))
        }
    }

    @Test("a fault says what and where, and quotes nothing")
    func faultDescription() {
        let fault = #expect(throws: JSONFault.self) {
            try JSONValue(parsing: Array(#"{"secret": nothing}"#.utf8))
        }
        #expect(fault?.description == "unexpected byte at byte 12")
        #expect("\(JSONFault.tooLarge(bytes: 5, limit: 4))" == "5 bytes long, but at most 4 are read")
    }
}
