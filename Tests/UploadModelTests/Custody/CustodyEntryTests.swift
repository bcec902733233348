import JSONText
import Testing

@testable import UploadModel

/// What an entry writes, and what it refuses to read.
@Suite struct CustodyEntryTests {
    static let full: CustodyEntry = {
        let statement = CustodyStatement(
            id: DestructionTests.asked,
            at: Timestamp(nanoseconds: 1_795_300_000_123_456_789),
            .destroyExecuted,
            by: .human(StaffID("s-17")!, .custodian, authentication: "peercred", uid: 1_001),
            about: CustodySubject(
                exhibit: DestructionTests.exhibit,
                case: CaseID(DestructionTests.asked),
                list: "demo",
                key: "age1x",
                config: "00"
            ),
            reason: "expiry",
            references: ["certificate": "ab", "a": "b"],
            approvals: [DestructionTests.yes],
            detail: ["name": "x"]
        )
        return CustodyEntry(
            statement,
            clock: CustodyClock(boot: "b", monotonic: 9_007_199_254_740_993, isSynchronised: false),
            origin: "test/log",
            previous: CustodyLink(index: 7, leaf: "cd"),
            commitment: "ef"
        )
    }()

    @Test("an entry reads back as itself, all members or few")
    func roundTrip() throws {
        let few = CustodyEntry(
            CustodyStatement(at: Timestamp(nanoseconds: 0), .daemonStart, by: .system),
            clock: CustodyClock(boot: "", monotonic: 0, isSynchronised: true),
            origin: "test/log",
            previous: nil,
            commitment: nil
        )
        for entry in [Self.full, few] {
            #expect(try CustodyEntry(canonical: entry.canonical) == entry)
        }
        #expect(few.json.objectValue?.keys == ["v", "id", "t", "clk", "log", "type", "actor"])
    }

    @Test("the bytes are those of the format's description")
    func bytes() {
        let text = String(decoding: Self.full.canonical, as: UTF8.self)
        #expect(
            text
                == #"{"actor":{"auth":"peercred","kind":"human","role":"custodian","sid":"s-17","uid":1001},"#
                + #""appr":[{"request":"01a2003d-4b1c-7c55-9d0e-2f6a1c3b5d7e","role":"custodian","sid":"s-18","#
                + #""t":"2027-08-02T00:00:00.000000000Z"}],"c":"ef","#
                + #""clk":{"boot":"b","mono_ns":"9007199254740993","synced":false},"#
                + #""id":"01a2003d-4b1c-7c55-9d0e-2f6a1c3b5d7e","log":"test/log","prev":{"index":7,"leaf":"cd"},"#
                + #""ref":{"a":"b","certificate":"ab"},"subj":{"#
                + #""case":"case-01a2003d-4b1c-7c55-9d0e-2f6a1c3b5d7e","config":"00","#
                + #""exhibit":"ex-01a2003d-2a03-7851-99f1-8164611d1177","key":"age1x","list":"demo"},"#
                + #""t":"2026-11-21T22:26:40.123456Z","type":"destroy.executed","v":1,"why":"expiry"}"#
        )
    }

    @Test(
        "what is not exactly an entry is refused",
        arguments: [
            (#""v":1"#, #""v":2"#, "v"), (#""type":"destroy.executed""#, #""type":"destroy.all""#, "type"),
            (#""synced":false"#, #""synced":0"#, "synced"), (#""kind":"human""#, #""kind":"robot""#, "actor"),
            (#""why":"expiry""#, #""why":"expiry","x":1"#, "canonical"),
            (#"{"actor""#, #"{ "actor""#, "canonical"),
            (#"123456Z"#, #"123456+00:00"#, "t"), (#""why":"expiry""#, "", "json"),
        ]
    )
    func refused(_ part: String, _ other: String, _ member: String) {
        let text = String(decoding: Self.full.canonical, as: UTF8.self)
        let range = text.firstRange(of: part)!
        let changed = text[..<range.lowerBound] + other + text[range.upperBound...]
        #expect(throws: TextFault(member: member)) { try CustodyEntry(canonical: Array(changed.utf8)) }
    }

    @Test("times read back, and what is not UTC is refused")
    func times() {
        for nanoseconds: Int64 in [
            0, -1, 1_795_300_000_123_456_789, 951_782_400_000_000_000, -86_400_000_000_000,
        ] {
            let time = Timestamp(nanoseconds: nanoseconds)
            #expect(Timestamp("\(time)") == time)
            #expect(Timestamp(time.microsecondText) == time.inMicroseconds)
        }
        for text in [
            "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01 00:00:00Z",
            "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:60Z", "1600-01-01T00:00:00Z",
        ] {
            #expect(Timestamp(text) == nil, "\(text)")
        }
    }
}
