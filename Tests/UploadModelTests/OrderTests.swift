import JSONText
import Testing

@testable import UploadModel

@Suite struct OrderTests {
    @Test("an order reads back from its signed text", arguments: Order.Verb.allCases)
    func roundTrip(verb: Order.Verb) throws {
        #expect(try Order(JSONValue(parsing: order(verb).json.canonical)) == order(verb))
    }

    @Test(
        "its time survives canonical text to the nanosecond",
        arguments: [Int64.min, -1, 0, (1 << 53) + 1, .max]
    )
    func time(nanoseconds: Int64) throws {
        let made = Order(
            id: upload,
            verb: .retry,
            upload: upload,
            reason: "",
            at: Timestamp(nanoseconds: nanoseconds)
        )
        #expect(try Order(JSONValue(parsing: made.json.canonical)).at.nanoseconds == nanoseconds)
    }

    @Test("what can let evidence go needs the desk's signature")
    func signatures() {
        #expect(Order.Verb.allCases.filter(\.needsSignature) == [.restore, .suppress, .lift, .destroy])
    }

    @Test("an answer reads back", arguments: [true, false])
    func answer(done: Bool) throws {
        let made = OrderAnswer(order: upload, done: done, message: "no bundle \"ex-…\"")
        #expect(try OrderAnswer(JSONValue(parsing: made.json.canonical)) == made)
    }

    @Test(
        "a damaged order is no order, and the member is named",
        arguments: Damage.all(of: order(.destroy).json, under: "")
    )
    func damaged(_ damage: Damage) {
        #expect(throws: TextFault(member: damage.member)) { try Order(damage.value) }
    }

    @Test("a damaged answer is no answer, and the member is named")
    func damagedAnswer() {
        let answer = OrderAnswer(order: upload, done: true, message: "")
        for damage in Damage.all(of: answer.json, under: "") {
            #expect(throws: TextFault(member: damage.member)) { try OrderAnswer(damage.value) }
        }
    }

    @Test(
        "values that only look right are refused",
        arguments: [
            ("id", "019AB2C3-D4E5-7F60-8123-456789ABCDEF"), ("verb", "Destroy"), ("verb", ""),
            ("upload", "ex-1"),
            ("at_ns", "1.5"), ("at_ns", "9223372036854775808"), ("at_ns", ""),
        ]
    )
    func refused(member: String, text: String) throws {
        var object = try #require(order(.destroy).json.objectValue)
        object[member] = .string(text)
        #expect(throws: TextFault(member: member)) { try Order(.object(object)) }
    }
}
