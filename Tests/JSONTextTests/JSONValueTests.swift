import JSONText
import Testing

@Suite struct JSONValueTests {
    @Test("a value answers for what it is and for nothing else")
    func accessors() {
        let value: JSONValue = ["text": "a", "size": 7, "ok": true, "list": [1], "gone": nil]
        #expect(value["text"]?.stringValue == "a")
        #expect(value["size"]?.intValue == 7)
        #expect(value["ok"]?.boolValue == true)
        #expect(value["list"]?.arrayValue == [1])
        #expect(value.objectValue?.count == 5)
        #expect(value["size"]?.stringValue == nil)
        #expect(value["text"]?.intValue == nil)
        #expect(value["text"]?["inner"] == nil)
    }

    @Test("a member that is null is there, a member that is missing is not")
    func nullMember() {
        let value: JSONValue = ["gone": nil]
        #expect(value["gone"] == .some(.null))
        #expect((value["missing"] == nil) && (value["gone"] != nil))
    }

    @Test("strings are equal by their bytes, as values and as names")
    func equality() {
        #expect(JSONValue.string("\u{E9}") != .string("e\u{301}"))
        let one: JSONValue = ["\u{E9}": 1]
        let other: JSONValue = ["e\u{301}": 1]
        #expect(one != other)
        #expect(Set([one, other, one]).count == 2)
    }

    @Test("texts with members in another order are different, their canonical forms are not")
    func order() {
        let one: JSONValue = ["a": 1, "b": 2]
        let other: JSONValue = ["b": 2, "a": 1]
        #expect(one != other)
        #expect(one.canonical == other.canonical)
    }

    @Test("integers of any width are numbers")
    func integers() {
        #expect(JSONValue.number(7 as UInt8) == 7)
        #expect(JSONValue.number(JSONNumber(7 as UInt64)) == 7)
        #expect(JSONValue.number(-7).intValue == -7)
        let count = 3
        #expect(
            text((["n": .number(count), "s": "no. \(count)"] as JSONValue).line) == #"{"n":3,"s":"no. 3"}"#
        )
    }
}

@Suite struct JSONObjectTests {
    @Test("members keep their order and place, whatever is set", arguments: [0, 5, 12, 13, 40])
    func setting(others: Int) {
        var object: JSONObject = ["a": 1]
        for other in 0..<others { object.append("o\(other)", .number(other)) }
        object["z"] = 26
        object["a"] = 2
        #expect(object["a"] == 2)
        #expect(object["z"] == 26)
        #expect(object.keys == ["a"] + (0..<others).map { "o\($0)" } + ["z"])

        object["a"] = nil
        object["missing"] = nil
        #expect(object["a"] == nil)
        #expect(object["z"] == 26)
        #expect(object.count == others + 1)
    }

    @Test("setting nil removes a member, setting null does not")
    func removing() {
        var object: JSONObject = ["a": 1, "b": 2]
        object["a"] = nil
        object["b"] = .null
        #expect(text(JSONValue.object(object).line) == #"{"b":null}"#)
    }

    @Test("how an object was made does not matter to its equality")
    func equality() {
        var grown = JSONObject()
        for key in 0..<20 { grown.append("\(key)", true) }
        for key in 10..<20 { grown["\(key)"] = nil }
        var made = JSONObject()
        for key in 0..<10 { made["\(key)"] = true }
        #expect(grown == made)
        #expect(grown.hashValue == made.hashValue)
    }

    @Test("an object is a sequence of names and values")
    func iteration() {
        let object: JSONObject = ["b": 1, "a": 2]
        var seen: [String] = []
        for (key, value) in object { seen.append("\(key)\(value.intValue ?? 0)") }
        #expect(seen == ["b1", "a2"])
        #expect(object.isEmpty == false)
    }
}
