import SettingsTOML
import Testing
import UploadModel

@Suite struct ReadingTests {
    /// `nil` when the line is refused.
    private func settings(_ lines: String) -> Settings? { try? Settings(toml: required + lines, file: "f") }

    @Test(
        "sizes are whole bytes or have a unit",
        arguments: [
            ("1", 1), ("9223372036854775807", UInt64(Int64.max)), ("\"64 MiB\"", 64 << 20),
            ("\"64MiB\"", 64 << 20),
            ("\"1 KiB\"", 1 << 10), ("\"3 GiB\"", 3 << 30), ("\"2 TiB\"", 2 << 40), ("\"5 KB\"", 5_000),
            ("\"7 MB\"", 7_000_000), ("\"100 GB\"", 100_000_000_000), ("\"1 TB\"", 1_000_000_000_000),
            ("-1", nil), ("0", nil), ("1.5", nil), ("\"64\"", nil), ("\"MiB\"", nil), ("\"\"", nil),
            ("\"1.5 GB\"", nil),
            ("\"-1 GB\"", nil), ("\"+1 GB\"", nil), ("\"1  GB\"", nil), ("\"1 GB \"", nil), ("\"1 gb\"", nil),
            ("\"1 XB\"", nil), ("\"\u{661} GB\"", nil), ("\"9223372036854775807 KB\"", nil),
            ("\"99999999999999999999 KB\"", nil), ("true", nil),
        ] as [(String, UInt64?)]
    )
    func size(_ written: String, bytes: UInt64?) {
        #expect(settings("[scan]\nlarge = \(written)")?.scan.large == bytes)
    }

    @Test(
        "durations are whole seconds or have a unit, up to a day",
        arguments: [
            ("0", 0), ("90", 90), ("\"30 s\"", 30), ("\"5 min\"", 300), ("\"1h\"", 3_600),
            ("\"24 h\"", 86_400),
            ("86401", nil), ("\"25 h\"", nil), ("\"1 m\"", nil), ("\"1 d\"", nil), ("-1", nil),
            ("\"30\"", nil),
        ] as [(String, Int?)]
    )
    func duration(_ written: String, seconds: Int?) {
        #expect(settings("[scan]\ndrain = \(written)")?.scan.drain == seconds)
    }

    @Test(
        "ages are days",
        arguments: [
            ("0", 0), ("\"0 d\"", 0), ("\"90 d\"", 90), ("36500", 36_500), ("36501", nil), ("\"1 h\"", nil),
        ]
            as [(String, Int?)]
    )
    func days(_ written: String, days: Int?) {
        let list =
            "[[list]]\nname = \"a\"\nfile = \"/a\"\nclass = \"watch\"\nsupplier = \"s\"\nmaximum_age = "
        #expect(settings(list + written)?.lists.sources.first?.maximumAge == days)
    }

    @Test(
        "workers are a number or one a core",
        arguments: [
            ("\"cores\"", .cores), ("1", .count(1)), ("256", .count(256)), ("257", nil), ("\"all\"", nil),
        ]
            as [(String, Workers?)]
    )
    func workers(_ written: String, workers: Workers?) {
        #expect(settings("[scan]\nworkers = \(written)")?.scan.workers == workers)
    }

    private static let longest = "/" + String(repeating: "a", count: 102)

    @Test(
        "metrics are served nowhere, on a socket, or on a host and port",
        arguments: [
            ("", MetricsAddress.none), ("unix:/run/b.sock", .unix("/run/b.sock")),
            ("unix:\(longest)", .unix(longest)),
            ("tcp:127.0.0.1:9464", .tcp(host: "127.0.0.1", port: 9464)),
            ("tcp:[::1]:1", .tcp(host: "::1", port: 1)),
            ("tcp:localhost:65535", .tcp(host: "localhost", port: 65_535)),
            ("unix:\(longest)a", nil), ("unix:b.sock", nil), ("unix:", nil), ("tcp:", nil), ("tcp:9464", nil),
            ("tcp::9464", nil), ("tcp:::1:9464", nil), ("tcp:[]:9464", nil), ("tcp:[a]:9464", nil),
            ("tcp:a:", nil),
            ("tcp:a:0", nil), ("tcp:a:65536", nil), ("tcp:a:+80", nil), ("tcp:a b:80", nil),
            ("udp:a:80", nil),
        ] as [(String, MetricsAddress?)]
    )
    func address(_ written: String, address: MetricsAddress?) {
        let read = settings("[metrics]\nlisten = \"\(written)\"")
        #expect(read?.metrics.address == address)
    }
}
