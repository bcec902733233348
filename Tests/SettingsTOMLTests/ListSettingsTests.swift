import SettingsTOML
import Testing
import UploadModel

@Suite struct ListSettingsTests {
    /// Six lines, so that what a test adds begins in line 14.
    static func list(_ format: String, class listClass: String = "csam") -> String {
        required + """
            [[list]]
            name = "one"
            file = "/l"
            class = "\(listClass)"
            supplier = "s"
            format = "\(format)"

            """
    }

    @Test("everything that a list may say is read")
    func everything() throws {
        let text =
            Self.list("json") + """
                origin = "https://example.com/list"
                entries = "/value/*/Media"
                classifications = ["1", "2"]
                removed = ["Withdrawn"]
                actions = { g1 = "draft", g2 = "case", g3 = "quarantine" }
                bands = [ { distance = 10, action = "case" }, { distance = 31, action = "quarantine" } ]
                allow_small = true
                [list.fields]
                md5 = "/MD5"
                status = "/s"
                """
        let list = try #require(try Settings(toml: text, file: "f").lists.sources.first)
        #expect(list.format == .json)
        #expect(list.origin == "https://example.com/list")
        #expect(list.allowSmall)
        #expect(list.mapping.fields == [.md5: "/MD5", .status: "/s"])
        #expect(list.mapping.entries == "/value/*/Media")
        #expect(list.mapping.classifications == ["1", "2"])
        #expect(list.mapping.removed == ["Withdrawn"])
        #expect((list.actions.g1, list.actions.g2, list.actions.g3) == (.draft, .case, .quarantine))
        #expect(
            list.actions.bands == [
                DistanceBand(distance: 10, action: .case), DistanceBand(distance: 31, action: .quarantine),
            ]
        )
    }

    @Test("columns of csv, their header and separator")
    func columns() throws {
        let text =
            Self.list("csv") + "header = false\nseparator = \";\"\nfields = { value = \"1\", type = \"2\" }\n"
        let mapping = try #require(try Settings(toml: text, file: "f").lists.sources.first).mapping
        #expect(!mapping.header)
        #expect(mapping.separator == UInt8(ascii: ";"))
        #expect(mapping.fields == [.value: "1", .type: "2"])
    }

    static let bad: [BadFile] = [
        BadFile(
            list("digests") + "actions = { g1 = \"report\", g4 = \"case\" }",
            "14: list.actions.g1 is \"report\"; use one of \"quarantine\", \"case\", \"draft\"",
            "14: list.actions.g4 is unknown; take it out"
        ),
        BadFile(
            list("pdq") + "bands = [ { distance = 32, action = \"case\" } ]",
            "14: list.bands.distance is 32; use 0 to 31"
        ),
        BadFile(
            list("pdq") + "bands = [ { distance = 10, action = \"draft\" } ]",
            "14: list.bands.action is \"draft\"; use \"quarantine\" or \"case\"; no perceptual match alone leads to a draft"
        ),
        BadFile(
            list("pdq")
                + "[[list.bands]]\ndistance = 20\naction = \"case\"\n[[list.bands]]\ndistance = 20\naction = \"case\"",
            "14: list.bands have no order; use at least one, by ascending distance"
        ),
        BadFile(
            list("pdq") + "bands = []",
            "14: list.bands have no order; use at least one, by ascending distance"
        ),
        BadFile(
            list("pdq") + "bands = 31",
            "14: list.bands is 31; use tables, [[list.bands]]",
            "14: list.bands have no order; use at least one, by ascending distance"
        ),
        BadFile(
            list("csv"),
            "8: list.fields name no value; use at least one of md5, sha1, sha256, pdq and value, such as { md5 = \"MD5\" }"
        ),
        BadFile(
            list("digests") + "fields = { md5 = \"MD5\" }",
            "14: list.fields and their like do not go with format \"digests\"; use them with csv, tsv or json"
        ),
        BadFile(
            list("json") + "fields = { md5 = \"MD5\" }",
            "14: list.fields have \"MD5\"; use pointers such as \"/MD5\" with \"json\""
        ),
        BadFile(
            list("csv") + "fields = { md5 = \"MD5\", status = \"State\" }",
            "8: list.removed and fields.status belong together; use both or neither"
        ),
        BadFile(
            list("csv") + "fields = { mdfive = \"MD5\", md5 = \"x\" }",
            "14: list.fields.mdfive is unknown; take it out"
        ),
        BadFile(
            list("csv") + "separator = \"ab\"\nfields = { md5 = \"x\" }",
            "14: list.separator is \"ab\"; use one ASCII character that is no quotation mark"
        ),
        BadFile(
            list("json") + "entries = \"value\"\nfields = { md5 = \"/x\" }",
            "14: list.entries is \"value\"; use \"\" or a pointer such as \"/value\""
        ),
        BadFile(
            list("csv") + "classifications = [\"A\", 1]\nfields = { md5 = \"x\" }",
            "14: list.classifications is an array; use texts, [\"...\", \"...\"]"
        ),
        BadFile(
            list("ncmec"),
            "8: list.origin is missing; use the address that the pages came from, which says what feed they are of"
        ),
        BadFile(
            list("ncmec") + "origin = \"https://report.cybertip.org/exploitative-hashsharing\"",
            "11: list.class is \"csam\" of an exploitative feed; use \"exploitative\""
        ),
    ]

    @Test("what cannot be meant is refused with its key's place", arguments: bad)
    func refuses(file: BadFile) {
        #expect(problems(in: file.text) == file.problems)
    }

    @Test("an exploitative feed is taken as what it is")
    func exploitative() {
        let text =
            Self.list("ncmec", class: "exploitative") + "origin = \"https://x/exploitative-hashsharing\"\n"
        #expect(problems(in: text) == [])
    }
}
