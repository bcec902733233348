import SettingsTOML
import Testing
import UploadModel

@Suite struct SettingsChecksTests {
    static func spool(_ name: String, _ root: String) -> String {
        "[[spool]]\nname = \"\(name)\"\nroot = \"\(root)\"\n"
    }

    static let roots: [BadFile] = [
        .adding(
            spool("b", "/srv/uploads"),
            "10: spool.root is \"/srv/uploads\", inside spool.root \"/srv/uploads\"; "
                + "use a directory of its own"
        ),
        .adding(
            spool("b", "/srv//uploads/./b/"),
            "10: spool.root is \"/srv//uploads/./b/\", inside spool.root "
                + "\"/srv/uploads\"; use a directory of its own"
        ),
        .adding(
            spool("b", "/srv"),
            "5: spool.root is \"/srv/uploads\", inside spool.root \"/srv\"; "
                + "use a directory of its own"
        ),
        .adding(
            spool("b", "/var/lib/breakwater/b"),
            "10: spool.root is \"/var/lib/breakwater/b\", inside state.root "
                + "\"/var/lib/breakwater\"; use a directory of its own"
        ),
        .adding(
            spool("b", "/var"),
            "2: state.root is \"/var/lib/breakwater\", inside spool.root \"/var\"; "
                + "use a directory of its own"
        ),
        .adding(spool("b", "/srv/../b"), "10: spool.root is \"/srv/../b\"; use an absolute path without .."),
        .adding(spool("b", "srv/b"), "10: spool.root is \"srv/b\"; use an absolute path without .."),
    ]

    @Test("no root lies inside another", arguments: roots)
    func root(_ file: BadFile) {
        #expect(problems(in: file.text) == file.problems)
    }

    @Test(
        "roots that only begin alike are apart",
        arguments: ["/srv/uploads2", "/srv/upload", "/srv/.uploads"]
    )
    func apart(root: String) {
        #expect(problems(in: required + Self.spool("b", root)) == [])
    }

    @Test("roots are compared as bytes, not as letters that look alike")
    func bytes() {
        let text = required + Self.spool("b", "/srv/\u{E9}") + Self.spool("c", "/srv/e\u{301}")
        #expect(problems(in: text) == [])
    }

    @Test("a name is given once among spools and once among lists")
    func names() {
        let list = "[[list]]\nname = \"uploads\"\nfile = \"/l\"\nclass = \"csam\"\nsupplier = \"s\"\n"
        let text = required + Self.spool("uploads", "/b") + list + list
        #expect(
            problems(in: text) == [
                "9: spool.name is \"uploads\" a second time; use another name",
                "17: list.name is \"uploads\" a second time; use another name",
            ]
        )
    }

    @Test(
        "a name is 1 to 32 of a-z, 0-9 and -",
        arguments: [
            ("a", true), ("0-9", true), (String(repeating: "a", count: 32), true), ("", false), ("A", false),
            ("a_b", false), ("a.b", false), ("\u{E9}", false), (String(repeating: "a", count: 33), false),
        ]
    )
    func name(_ name: String, isTaken: Bool) {
        #expect(problems(in: required + Self.spool(name, "/b")).isEmpty == isTaken)
    }
}
