import SettingsTOML
import Testing
import UploadModel

/// Seven lines with all that is required; what a test adds begins in line 8.
let required = """
    [state]
    root = "/var/lib/breakwater"
    [[spool]]
    name = "uploads"
    root = "/srv/uploads"
    [lists]
    public_key = "/etc/breakwater/lists.pub"

    """

/// The problems of `text` as `line: key message`, none when it is accepted.
func problems(in text: String) -> [String] {
    do throws(SettingsRefused) {
        _ = try Settings(toml: text, file: "breakwater.toml")
        return []
    } catch {
        return error.problems.map { ($0.line.map { "\($0): " } ?? "") + "\($0)" }
    }
}

struct BadFile: CustomTestStringConvertible, Sendable {
    let text: String
    let problems: [String]
    var testDescription: String { text.hasPrefix(required) ? String(text.dropFirst(required.count)) : text }

    init(_ text: String, _ problems: String...) {
        self.text = text
        self.problems = problems
    }

    static func adding(_ text: String, _ problems: String...) -> BadFile {
        BadFile(required + text, all: problems)
    }

    private init(_ text: String, all problems: [String]) {
        self.text = text
        self.problems = problems
    }
}

@Suite struct SettingsTOMLTests {
    static let values: [BadFile] = [
        .adding("[scan]\nworkers = 0", "9: scan.workers is 0; use 1 to 256 or \"cores\""),
        .adding("[scan]\nworkers = \"4\"", "9: scan.workers is \"4\"; use 1 to 256 or \"cores\""),
        .adding("scan = { workers = 257 }", "8: lists.scan is unknown; take it out"),
        .adding(
            "[scan]\n\n# sweep = 1\nsweep = 0",
            "11: scan.sweep is 0; use 1 s to 24 h, such as \"30 s\" or \"5 min\""
        ),
        .adding("[scan]\ncrash_limit = 101", "9: scan.crash_limit is 101; use 0 to 100"),
        .adding(
            "[scan]\nlarge = 0",
            "9: scan.large is 0; use a size such as \"64 MiB\" or \"100 GB\", at least 1 byte"
        ),
        .adding("on_stale = \"wait\"", "8: lists.on_stale is \"wait\"; use one of \"continue\", \"stop\""),
        .adding(
            "signing_key = \"k\"",
            "8: lists.signing_key is \"k\"; use an absolute path, or \"\" for none"
        ),
        .adding("[report]\nphone = 5550100", "9: report.phone is 5550100; use text in quotes"),
        .adding("[report]\nphone = 1.5", "9: report.phone is 1.5; use text in quotes"),
        .adding(
            "[report]\nphone = [\n1\n]\nemail = 2",
            "9: report.phone is an array; use text in quotes",
            "12: report.email is 2; use text in quotes"
        ),
        .adding("[report]\nphone = 2026-01-02", "9: report.phone is a date; use text in quotes"),
        .adding("[report]\nphone = true", "9: report.phone is true; use text in quotes"),
        .adding("[report.phone]", "8: report.phone is a table; use text in quotes"),
        .adding("[[scan]]", "8: scan is an array; use a table, [scan]"),
        .adding(
            "[[list]]\nname = \"a\"\nfile = \"/a\"\nclass = \"watch\"\nsupplier = \"\"\nformat = \"xml\"",
            "12: list.supplier is \"\"; use text that is not empty",
            "13: list.format is \"xml\"; use one of \"digests\", \"hashdeep\", \"csv\", \"tsv\", \"json\", "
                + "\"ndjson\", \"ncmec\", \"pdq\", \"threatexchange\""
        ),
        .adding(
            "[[list]]\nname = \"A\"\nfile = \"a\"\nclass = \"bad\"\nsupplier = \"s\"\nmaximum_age = \"5 h\"",
            "9: list.name is \"A\"; use 1 to 64 of a-z, 0-9 and -",
            "10: list.file is \"a\"; use an absolute path",
            "11: list.class is \"bad\"; use one of \"csam\", \"minor-reported\", \"exploitative\", \"ncii\", \"watch\", "
                + "\"benign\"",
            "13: list.maximum_age is \"5 h\"; use 0 to 36500 days, such as \"90 d\""
        ),
    ]

    @Test("a value that is not wanted is named with its line and with what is wanted", arguments: values)
    func refusesValue(_ file: BadFile) {
        #expect(problems(in: file.text) == file.problems)
    }

    static let keys: [BadFile] = [
        .adding("[scan]\nwokers = 4", "9: scan.wokers is unknown; did you mean workers"),
        .adding("[scan]\ncrash-limit = 4", "9: scan.crash-limit is unknown; did you mean crash_limit"),
        .adding("[scan]\nmaximum_runtime = 4", "9: scan.maximum_runtime is unknown; take it out"),
        .adding("[scna]\nworkers = 4", "8: scna is unknown; did you mean scan"),
        .adding("[scan]\n\"odd\\nkey\" = 4", "8: scan.odd\u{FFFD}key is unknown; take it out"),
        .adding(
            "[[spool]]\nname = \"b\"\nroot = \"/b\"\n[spool.scan]\nx = 1",
            "11: spool.scan is unknown; take it out"
        ),
        .adding(
            "[report]\nphone = '''\n[scan]\nx = 1'''\nfax = \"\"\"a\\\"\"\"\"\"\ntelex = 1",
            "12: report.fax is unknown; take it out",
            "13: report.telex is unknown; take it out"
        ),
        BadFile(
            "scan.workers = 2\nscan.\"wokers\" = 3\n" + required,
            "2: scan.wokers is unknown; did you mean workers"
        ),
    ]

    @Test("a key that nobody knows is refused, with the one known key that is near", arguments: keys)
    func refusesKey(_ file: BadFile) {
        #expect(problems(in: file.text) == file.problems)
    }

    static let missing: [BadFile] = [
        BadFile(
            "",
            "state.root is missing; use an absolute path without ..",
            "spool is missing; use at least one [[spool]]",
            "lists.public_key is missing; use an absolute path"
        ),
        .adding(
            "[[spool]]",
            "8: spool.name is missing; use 1 to 32 of a-z, 0-9 and -",
            "8: spool.root is missing; use an absolute path without .."
        ),
        .adding(
            "[[list]]\nfile = \"/a\"\nclass = \"ncii\"\nsupplier = \"s\"",
            "8: list.name is missing; use 1 to 64 of a-z, 0-9 and -"
        ),
        BadFile(
            "[spool]\n[state]\nroot = \"/s\"\n[lists]\npublic_key = \"/k\"",
            "1: spool is a table; use tables, [[spool]]"
        ),
        BadFile(
            "spool = [\n1]\n[state]\nroot = \"/s\"\n[lists]\npublic_key = \"/k\"",
            "1: spool is 1; use tables, [[spool]]"
        ),
    ]

    @Test("what is required and missing is named at its table", arguments: missing)
    func refusesGap(_ file: BadFile) {
        #expect(problems(in: file.text) == file.problems)
    }

    @Test("every problem is told at once, in the order of the lines")
    func allAtOnce() throws {
        let text =
            "environment = \"live\"\n" + required
            + "[metrics]\nlisten = \"9464\"\n[scan]\nworkers = 0\n[extra]"
        let refused = #expect(throws: SettingsRefused.self) { try Settings(toml: text, file: "/etc/b.toml") }
        #expect(
            refused?.description == """
                settings refused: 4 problems in /etc/b.toml
                /etc/b.toml:1: environment is "live"; use one of "demonstration", "test", "production"
                /etc/b.toml:10: metrics.listen is "9464"; use "", "unix:/PATH" with a path of at most 103 bytes, or \
                "tcp:HOST:PORT"
                /etc/b.toml:12: scan.workers is 0; use 1 to 256 or "cores"
                /etc/b.toml:13: extra is unknown; take it out
                """
        )
    }

    @Test("a syntax error has its line and column")
    func syntax() {
        let found = problems(in: required + "[scan]\nworkers = = 4")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("9: not TOML at column 11: in ") == true, "\(found)")
    }

    @Test(
        "a table header without a name is a syntax error like any other",
        arguments: [
            ("[.scan]", 2), ("[\u{E9}]", 2), ("[[ /x]]", 4), ("[ [a]]", 3), ("  [=]", 4), ("[\n]", 2),
        ]
    )
    func header(_ written: String, column: Int) {
        let message = "not TOML at column \(column): in table header: expected a name"
        #expect(problems(in: required + "[scan]\n\(written)\nx = 1") == ["9: \(message)"])
        #expect(
            problems(in: "a = \n" + required + written).first?.hasPrefix("1: not TOML at column ") == true
        )
    }

    @Test("a NUL cannot hide the rest of the file or of a value")
    func null() {
        #expect(
            problems(in: required + "\n\0[scan]\nworkers = 0") == ["9: not TOML: holds a NUL; leave it out"]
        )
        #expect(
            problems(in: required + "[report]\nemail = \"a\\\\u0000\"\nphone = \"a\\u0000b\"")
                == ["10: report.phone holds a NUL; leave it out"]
        )
    }
}
