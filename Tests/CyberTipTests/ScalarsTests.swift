import CyberTip
import Testing
import UploadModel

@Suite struct ScalarsTests {
    @Test(
        "an e-mail address is taken",
        arguments: ["a@b.example", "first.last+tag@mail.host.example", "o'neil_1@x-y.example"]
    )
    func goodAddress(_ text: String) throws {
        #expect(try EmailAddress(text).text == text)
    }

    @Test(
        "what is no e-mail address is refused",
        arguments: [
            "", "a", "@b.example", "a@", "a@b", "a@@b.example", "a b@c.example", "a@b..example",
            ".a@b.example",
            "a@-b.example", "a@b.example\n", "a@[192.0.2.1]", "ü@b.example", "a@b.exämple", "<a@b.example>",
            String(repeating: "a", count: 65) + "@b.example",
            "a@" + String(repeating: "b.", count: 130) + "example",
        ]
    )
    func badAddress(_ text: String) {
        #expect(throws: Defect.self) { try EmailAddress(text) }
    }

    @Test(
        "a web address is taken",
        arguments: [
            "https://a.example", "http://a.example:8080/p%20q?x=1&y=[2]#z", "HTTPS://A.example/",
            "https://192.0.2.1/",
            "https://[2001:db8::1]:443/",
        ]
    )
    func goodURL(_ text: String) throws {
        #expect(try WebAddress(text).text == text)
    }

    @Test(
        "what is no web address is refused",
        arguments: [
            "", "a.example", "ftp://a.example/", "javascript:alert(1)", "https://", "https:///p",
            "https://a b/",
            "https://a.example/ü", "https://a.example/%zz", "https://a.example/%2", "https://a.example:0/",
            "https://a.example:x/", "https://u@a.example/", "https://[192.0.2.1]/", "https://[::1]x/",
            "https://a.example/\u{1B}", "https://a.example/<b>",
            "https://a.example/" + String(repeating: "a", count: 2_083),
        ]
    )
    func badURL(_ text: String) {
        #expect(throws: Defect.self) { try WebAddress(text) }
    }

    @Test(
        "a port is 1 to 65535",
        arguments: ["0", "65536", "-1", "+1", "", "1.0", "1e3", "99999999999999999999"]
    )
    func badPort(_ text: String) throws {
        #expect(throws: Defect.self) { try Port(text) }
        #expect(try (Port("1").number, Port("65535").number) == (1, 65_535))
    }
}

@Suite struct IPAddressTests {
    @Test(
        "an address is taken as it is spelled",
        arguments: [
            "192.0.2.1", "0.0.0.0", "255.255.255.255", "2001:db8::17", "::", "::1", "1::", "1:2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "::ffff:192.0.2.1", "1:2:3:4:5:6:192.0.2.1", "2001:DB8::A",
        ]
    )
    func good(_ text: String) throws {
        #expect(try IPAddress(text).text == text)
    }

    @Test(
        "what is no address is refused",
        arguments: [
            "", "unknown", "192.0.2", "192.0.2.256", "192.0.2.01", "192.0.2.1:80", "192.0.2.0/24",
            "192.0.2.1 ",
            "fe80::1%eth0", "[::1]", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
            "1:2:3:4:5:6:7:8::",
            ":1:2:3:4:5:6:7", "12345::", "g::", "192.0.2.1::", "::192.0.2.1:1", "1:2:3:4:5:6:7:192.0.2.1",
            ":",
        ]
    )
    func bad(_ text: String) {
        #expect(throws: Defect.self) { try IPAddress(text) }
    }
}

@Suite struct ZonedTimeTests {
    @Test(
        "a time with its zone keeps its spelling",
        arguments: [
            "2026-11-21T20:00:00Z", "2026-11-21T21:00:00+01:00", "2026-11-21T20:00:00.123456789012-14:00",
            "2024-02-29T23:59:59Z", "2000-02-29T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z",
        ]
    )
    func good(_ text: String) throws {
        #expect(try ZonedTime(text).text == text)
    }

    @Test(
        "what is no time, or has no zone, is refused",
        arguments: [
            "", "2026-11-21", "2026-11-21T20:00:00", "2026-11-21 20:00:00Z", "2026-11-21T20:00Z",
            "1795291200",
            "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
            "2026-11-31T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T23:60:00Z", "2026-11-21T23:59:60Z",
            "2026-11-21T20:00:00.Z", "2026-11-21T20:00:00+1:00", "2026-11-21T20:00:00+0100",
            "2026-11-21T20:00:00+14:01",
            "2026-11-21T20:00:00+00:60", "2026-11-21T20:00:00Zulu", "2026-11-21t20:00:00z",
            "0000-01-01T00:00:00Z",
            "2026-11-21T20:00:00." + String(repeating: "0", count: 40) + "Z",
        ]
    )
    func bad(_ text: String) {
        #expect(throws: Defect.self) { try ZonedTime(text) }
    }

    @Test("a moment is written in whole seconds and lies where it lay")
    func moments() throws {
        #expect(ZonedTime(claim).text == "2026-11-21T20:00:00Z")
        #expect(try !ZonedTime("2026-11-21T21:00:00.25+01:00").isAfter(claim))
        #expect(try ZonedTime("2026-11-21T21:00:00.250000001+01:00").isAfter(claim))
        #expect(try ZonedTime("2026-11-21T19:00:01-01:00").isAfter(claim))
        #expect(try !ZonedTime("0001-01-01T00:00:00Z").isAfter(Timestamp(nanoseconds: -1)))
        #expect(try ZonedTime("1969-12-31T23:59:59.999999999Z").isAfter(Timestamp(nanoseconds: -2)))
        #expect(try !ZonedTime("1969-12-31T23:59:59.999999999Z").isAfter(Timestamp(nanoseconds: -1)))
    }
}
