import JSONText
import Testing
import UploadModel

@Suite struct ContextTests {
    static func reading(_ text: String) -> Context { Context(reading: Array(text.utf8)) }

    @Test("what the application said is there, member by member")
    func members() {
        let text = Context.Member.allCases.map { "\"\($0.rawValue)\": \"\($0) é\"" }.joined(separator: ", ")
        let context = Self.reading("{\(text)}")
        #expect(context.problems.isEmpty)
        for member in Context.Member.allCases { #expect(context[member] == "\(member) é") }
    }

    @Test("members that we do not know are kept as they came")
    func unknown() {
        let context = Self.reading(#"{"shoe": [1.50, null], "email": "a@b.example"}"#)
        #expect(context.members.keys == ["shoe", "email"])
        #expect(context.members["shoe"]?.arrayValue?.first == .number(JSONNumber(spelling: "1.50")!))
        #expect(context.problems.isEmpty)
    }

    @Test(
        "a port may be a number, and keeps its spelling",
        arguments: ["443", "4.43e2", "123456789012345678901"]
    )
    func port(spelling: String) {
        let context = Self.reading("{\"port\": \(spelling)}")
        #expect(context[.port] == spelling)
        #expect(context.problems.isEmpty)
    }

    @Test("a section gives its values, and one of another form is named")
    func sections() {
        let text =
            #"{"account": {"espIdentifier": "a"}, "victims": [{}, {}], "places": {}, "file": 7, "recipients": null}"#
        let context = Self.reading(text)
        #expect(context[.account] == [["espIdentifier": "a"]])
        #expect(context[.victims] == [[:], [:]])
        for section in [Context.Section.places, .file, .recipients, .lawEnforcement] {
            #expect(context[section].isEmpty)
        }
        #expect(
            context.problems == [
                "places in the context is not a list", "file in the context is not an object",
            ]
        )
    }

    @Test("absent and null say nothing and are no problem")
    func absent() {
        let context = Self.reading(#"{"email": null}"#)
        #expect(context[.email] == nil)
        #expect(context[.ip] == nil)
        #expect(context.problems.isEmpty)
    }

    @Test(
        "a known member that is no text is named, and the others still read",
        arguments: ["7", "true", "[\"a@b.example\"]", "{}"]
    )
    func notText(value: String) {
        let context = Self.reading("{\"email\": \(value), \"ip\": \"192.0.2.7\"}")
        #expect(context.problems == ["email in the context is not text"])
        #expect(context[.ip] == "192.0.2.7")
        #expect(context.members.count == 2)
    }

    @Test("a context that is no object says so", arguments: ["[]", "7", "\"text\"", "null"])
    func noObject(text: String) {
        #expect(Self.reading(text).problems == ["the context is not a JSON object"])
        #expect(Self.reading(text).members.isEmpty)
    }

    @Test(
        "bytes that are no JSON make one problem, and never show what they hold",
        arguments: [
            "", "{\"email\": \"secret@b.example\"", "secret", "{\"secret\": 1, \"secret\": 2}", "{\"a\": 01}",
            "{\"email\": \"secret\u{1}\"}", String(repeating: "[", count: 200),
        ]
    )
    func noJSON(text: String) {
        let context = Self.reading(text)
        #expect(context.members.isEmpty)
        #expect(context.problems.count == 1)
        #expect(
            context.problems.allSatisfy {
                $0.hasPrefix("the context is not JSON: ") && !$0.contains("secret")
            }
        )
    }

    @Test("any bytes at all give a context", arguments: UInt64(0)..<200)
    func anyBytes(seed: UInt64) {
        var random = SplitMix64(state: seed)
        let alphabet = Array(#"{}[]":,\u0aé1-e.tfn "#.utf8) + [0x00, 0xFF, 0x0A]
        let bytes = (0..<40).map { _ in alphabet.randomElement(using: &random)! }
        let context = Context(reading: [UInt8(ascii: "{")] + bytes)
        #expect(!context.members.isEmpty || !context.problems.isEmpty || bytes.contains(UInt8(ascii: "}")))
    }
}
