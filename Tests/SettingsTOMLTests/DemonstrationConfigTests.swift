import SettingsTOML
import Testing
import UploadModel

@Suite struct DemonstrationConfigTests {
    static let roots = [
        "/tmp/demo", "/tmp/a \"b\" \\u0041 'c' # d", "/tmp/\"\u{301}\\\u{301}", "/tmp/[[spool]]=\u{1F30A}",
    ]

    @Test("the demonstration reads back with all of its files in the directory", arguments: roots)
    func readsBack(root: String) throws {
        let text = try DemonstrationConfig.text(root: root, metrics: .none)
        let settings = try Settings(toml: text, file: "demo.toml")

        var list = ListSource(
            name: "demo",
            file: "\(root)/lists/demo.txt",
            supplier: "Breakwater demonstration",
            listClass: .csam
        )
        list.synthetic = true
        list.provenance = "invented for this demonstration"
        var expected = Settings()
        expected.spools = [SpoolSettings(name: "demo", root: "\(root)/spool")]
        expected.state.root = "\(root)/state"
        expected.evidence.demonstrationKey = "\(root)/keys/demonstration.key"
        expected.lists.publicKey = "\(root)/keys/lists.pub"
        expected.lists.signingKey = "\(root)/keys/lists.key"
        expected.lists.sources = [list]
        expected.report = settings.report
        expected.metrics.address = .unix("\(root)/metrics.sock")
        #expect(settings == expected)
        #expect(settings.report.company == "Example Photos, Inc.")
    }

    @Test(
        "another address for metrics is taken",
        arguments: [
            MetricsAddress.tcp(host: "::1", port: 9464), .tcp(host: "localhost", port: 1), .unix("/run/m"),
        ]
    )
    func metrics(_ address: MetricsAddress) throws {
        let text = try DemonstrationConfig.text(root: "/tmp/demo", metrics: address)
        #expect(try Settings(toml: text, file: "demo.toml").metrics.address == address)
    }

    @Test(
        "a directory that a settings file cannot name is refused",
        arguments: ["demo", "", "/tmp/a\nb", "/tmp/a\r\nb", "/tmp/\u{7F}", "/tmp/\u{1}", "/tmp/a/../b"]
    )
    func refused(root: String) {
        #expect(throws: SettingsProblem.self) { try DemonstrationConfig.text(root: root, metrics: .none) }
    }

    @Test("a directory too long for a socket is refused, unless metrics go elsewhere")
    func long() throws {
        let root = "/" + String(repeating: "a", count: 100)
        let problem = #expect(throws: SettingsProblem.self) {
            try DemonstrationConfig.text(root: root, metrics: .none)
        }
        #expect(problem?.key == "metrics.listen")
        _ = try DemonstrationConfig.text(root: root, metrics: .tcp(host: "127.0.0.1", port: 9464))
    }
}
