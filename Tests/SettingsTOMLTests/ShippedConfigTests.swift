import Glibc
import SettingsTOML
import Testing
import UploadModel

/// config/breakwater.toml as it ships.
func shippedConfig() throws -> [UInt8] {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let file = try #require(fopen("/\(root)/config/breakwater.toml", "r"))
    defer { fclose(file) }
    var bytes: [UInt8] = []
    while case let byte = getc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
    return bytes
}

@Suite struct ShippedConfigTests {
    @Test("the shipped file has every default of the code")
    func defaults() throws {
        let text = String(decoding: try shippedConfig(), as: UTF8.self)
        let shipped = try Settings(toml: text, file: "config/breakwater.toml")

        var expected = Settings()
        expected.state.root = "/srv/breakwater/state"
        expected.spools = [SpoolSettings(name: "uploads", root: "/srv/breakwater/uploads")]
        expected.lists.publicKey = "/etc/breakwater/lists.pub"
        expected.lists.sources = [
            ListSource(
                name: "example",
                file: "/etc/breakwater/lists/example.txt",
                supplier: "Example Supplier",
                listClass: .csam
            )
        ]
        expected.evidence.custodians = .directory("/etc/breakwater/custodians")
        expected.report = shipped.report
        #expect(shipped == expected)
    }

    /// A new key is added here by hand: the code keeps no list of its keys to compare with.
    @Test("the shipped file has every key that the code knows")
    func keys() throws {
        let text = String(decoding: try shippedConfig(), as: UTF8.self)
        let written = text.split(separator: "\n").filter { $0.contains(" = ") && !$0.hasPrefix("#") }
            .map { String($0.prefix { $0 != " " }) }
        #expect(
            written == [
                "environment", "root", "reserve", "desk_key", "name", "root", "group", "context", "hardlinks",
                "workers",
                "large", "digests",
                "sweep", "crash_limit", "drain", "program", "workers", "memory", "pixels", "bytes",
                "cpu_time", "wall_time",
                "require_sandbox", "pictures_per_worker", "public_key", "signing_key", "on_stale", "resident",
                "name",
                "file",
                "format",
                "class", "supplier", "origin", "fields", "entries", "header", "separator", "classifications",
                "removed", "actions", "bands", "synthetic", "allow_small", "provenance", "maximum_age",
                "custodians",
                "review", "demonstration_key", "second_copy",
                "company", "first_name",
                "last_name",
                "email", "phone", "company_template", "terms_of_service", "legal_url", "platform", "profile",
                "listen",
                "root", "socket", "roles", "group", "lookup", "lookup_timeout", "lookup_largest", "metrics",
                "require_view", "industry_agreement", "views_per_day",
            ]
        )
        let report = try Settings(toml: text, file: "f").report
        for value in Mirror(reflecting: report).children { #expect(value.value as? String != "", "\(value)") }
    }

    @Test(
        "whatever is written into the file, it is read or refused with a line of each problem",
        arguments: 0..<400
    )
    func mutations(seed: UInt64) throws {
        var random = SplitMix64(state: seed)
        var bytes = try shippedConfig()
        for _ in 0..<Int.random(in: 1...6, using: &random) { Self.mutate(&bytes, using: &random) }
        let text = String(decoding: bytes, as: UTF8.self)
        do throws(SettingsRefused) {
            _ = try Settings(toml: text, file: "f")
        } catch {
            #expect(!error.problems.isEmpty, "seed \(seed)")
            #expect(
                error.description.split(separator: "\n").count == error.problems.count + 1,
                "seed \(seed)"
            )
            let last = text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
            #expect(error.problems.allSatisfy { (1...last).contains($0.line ?? 1) }, "seed \(seed)")
        }
    }

    @Test("noise is refused and never traps", arguments: 0..<100)
    func noise(seed: UInt64) {
        var random = SplitMix64(state: seed)
        let alphabet = Array("[[]]{}\"\"\"'''\\u0000=.,#\n\r\t 0aé\u{301}".utf8) + [0, 0x7F, 0xFF]
        let bytes = (0..<200).map { _ in alphabet.randomElement(using: &random) ?? 0 }
        #expect(!problems(in: String(decoding: bytes, as: UTF8.self)).isEmpty, "seed \(seed)")
    }

    private static let pieces = [
        "\"", "'", "\"\"\"", "'''", "[", "]", "[[", "]]", "{", "}", "=", ".", ",", "#", "\n", "\\", "\\u0000",
        "\\n",
        "\0", "\u{FEFF}", "\u{301}", "1979-05-27T07:32:00Z", "0x7fffffffffffffff", "-1", "inf", "nan",
        "[spool]",
        "[[spool]]", "[[list]]\n", "[state]", "spool = []\n", "a.b.c = 1\n", "\"\" = 1\n",
    ].map { Array($0.utf8) }

    private static func mutate(_ bytes: inout [UInt8], using random: inout SplitMix64) {
        let start = Int.random(in: 0..<bytes.count, using: &random)
        let end = min(bytes.count, start + Int.random(in: 0...40, using: &random))
        switch Int.random(in: 0...3, using: &random) {
        case 0: bytes[start] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: start)
        case 2 where end < bytes.count: bytes.removeSubrange(start..<end)
        default:
            bytes.insert(contentsOf: bytes[start..<end], at: Int.random(in: 0..<bytes.count, using: &random))
        }
    }
}

/// The generator of Steele, Lea and Flood: a seed names a run.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
