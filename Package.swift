// swift-tools-version: 6.2
import PackageDescription

// The table of targets is docs/architecture.md; `.ci/walls` compares every import under Sources/ with it.

let package = Package(
    name: "breakwater",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "breakwaterd", targets: ["breakwaterd"]),
        .executable(name: "breakwater", targets: ["breakwater"]),
        .executable(name: "breakwater-review", targets: ["breakwater-review"]),
        .executable(name: "breakwater-decoder", targets: ["breakwater-decoder"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: pure + kernel + edges + outlets + assembly + programs + tests + benchmarks + fuzzers
)

// MARK: - Layers, from the bottom

/// Facts and decisions; standard library only.
var pure: [Target] {
    [
        .room("JSONText"),
        .room("UploadModel", ["JSONText"]),
        .room("PDQ", ["UploadModel"]),
        .room("PictureWire", ["UploadModel"]),
        .room("CyberTip", ["UploadModel", "JSONText"]),
        .room("GenerationFormat", ["UploadModel", "JSONText"]),
    ]
}

/// What speaks to the machine.
var kernel: [Target] {
    [
        .target(name: "CLinuxIO"),
        // Without it a debug build would digest fifty times slower, and its tests would time out rather than tell.
        .target(name: "CDigestKernels", cSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))]),
        .target(name: "CHammingKernels", cSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))]),
        .target(name: "CCage"),
        .target(
            name: "CPictures",
            cSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))],
            linkerSettings: ["jpeg", "png", "gif", "webp", "webpdemux"].map { .linkedLibrary($0) }
        ),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .room("LinuxIO", ["CLinuxIO"]),
        .room("Digests", ["UploadModel", "CDigestKernels", "COpenSSL"]),
    ]
}

/// Acts, one neighbour of the outside world each; they do not see each other.
var edges: [Target] {
    [
        .room("Intake", ["UploadModel", "LinuxIO"]),
        .room("Digesting", ["UploadModel", "LinuxIO", "Digests"]),
        .room("Decoding", ["UploadModel", "LinuxIO", "PictureWire"]),
        .room("PictureWork", ["UploadModel", "LinuxIO", "PDQ", "PictureWire", "CPictures", "CCage"]),
        .room("HashLists", ["UploadModel", "GenerationFormat", "LinuxIO", "CHammingKernels", .crypto]),
        .room(
            "ListImport",
            ["UploadModel", "JSONText", "GenerationFormat", "LinuxIO", "CXML2", "CZlib", "CSQLite", .crypto]
        ),
        .room("VaultStore", ["UploadModel", "JSONText", "LinuxIO", "Digests", "COpenSSL", .crypto]),
        .room("LedgerStore", ["UploadModel", "JSONText", .product(name: "GRDB", package: "GRDB.swift")]),
    ]
}

/// Settings in, figures out.
var outlets: [Target] {
    [
        .room("SettingsTOML", ["UploadModel", .product(name: "TOMLKit", package: "TOMLKit")]),
        .room("Exposition", ["UploadModel", .metrics, .logging, .hummingbird]),
    ]
}

/// The only rooms that see several edges.
var assembly: [Target] {
    [
        .room(
            "ScanService",
            [
                "UploadModel", "JSONText", "CyberTip", "GenerationFormat", "Digests", "Intake", "Digesting",
                "Decoding", "PictureWire",
                "HashLists", "VaultStore", "LedgerStore", "LinuxIO", "Exposition", .lifecycle, .logging,
            ]
        ),
        .room(
            "ReviewService",
            [
                "UploadModel", "JSONText", "CyberTip", "Digests", "VaultStore", "LinuxIO", "Exposition",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
    ]
}

var programs: [Target] {
    [
        .program(
            "breakwaterd",
            [
                "UploadModel", "ScanService", "SettingsTOML", "Exposition", "LinuxIO", .arguments, .lifecycle,
                .product(name: "UnixSignals", package: "swift-service-lifecycle"), .logging,
            ]
        ),
        .program(
            "breakwater-review",
            ["ReviewService", "SettingsTOML", "UploadModel", "LinuxIO", .arguments]
        ),
        .program("breakwater-decoder", ["PictureWork", "LinuxIO"]),
        .program(
            "breakwater",
            [
                "UploadModel", "JSONText", "GenerationFormat", "Intake", "Digesting", "HashLists",
                "ListImport",
                "VaultStore", "LedgerStore", "ScanService", "SettingsTOML", "LinuxIO", "Digests",
                "PictureWire", "CyberTip", "CXML2",
                .arguments,
            ]
        ),
    ]
}

var tests: [Target] {
    [
        .tests("JSONText"),
        .tests("UploadModel", ["JSONText"]),
        .tests("PDQ", ["UploadModel"]),
        .tests("PictureWire", ["UploadModel"]),
        .tests(
            "PictureWork",
            ["UploadModel", "LinuxIO", "PictureWire", "PDQ", "CPictures", "CDeeds", "CReferenceJPEG"],
            exclude: ["Samples"]
        ),
        .tests(
            "Decoding",
            [
                "UploadModel", "LinuxIO", "PictureWire", "PictureWork", "breakwater-decoder", "decoder-probe",
                "decoder-bare",
            ]
        ),
        // Workers for the cage's tests: one that was taken over, one without its outer layers.
        .target(name: "CDeeds", path: "Tests/CDeeds"),
        .target(
            name: "CReferenceJPEG",
            path: "Tests/CReferenceJPEG",
            linkerSettings: [.linkedLibrary("jpeg")]
        ),
        .helper("decoder-probe", "DecoderProbe", ["PictureWork", "LinuxIO", "PictureWire", "CDeeds"]),
        .helper("decoder-bare", "DecoderBare", ["PictureWork", "LinuxIO", "PictureWire"]),
        .tests("CyberTip", ["UploadModel", "JSONText"]),
        .tests("GenerationFormat", ["UploadModel"]),
        .tests("LinuxIO"),
        .tests("Digests", ["UploadModel", "CDigestKernels", "COpenSSL"]),
        .tests("Digesting", ["UploadModel", "LinuxIO", "Digests"]),
        .tests("Intake", ["UploadModel", "LinuxIO"]),
        .tests("HashLists", ["ListImport", "GenerationFormat", "UploadModel", "LinuxIO", "CHammingKernels"]),
        .tests(
            "ListImport",
            ["HashLists", "GenerationFormat", "UploadModel", "JSONText", "LinuxIO", "CZlib"]
        ),
        .helper("custody-writer", "CustodyWriter", ["VaultStore", "UploadModel", "LinuxIO"]),
        .tests("VaultStore", ["UploadModel", "JSONText", "LinuxIO", "custody-writer", .crypto]),
        .tests("LedgerStore", ["UploadModel", "JSONText", .product(name: "GRDB", package: "GRDB.swift")]),
        .tests("SettingsTOML", ["UploadModel"]),
        .tests("Exposition", ["UploadModel", .metrics, .logging, .hummingbird, .lifecycle]),
        .tests(
            "ReviewService",
            [
                "UploadModel", "JSONText", "CyberTip", "Digests", "VaultStore", "LinuxIO",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        .tests(
            "ScanService",
            [
                "UploadModel", "JSONText", "Intake", "LedgerStore", "VaultStore", "ListImport", "LinuxIO",
                "Exposition", "Decoding", "PictureWire",
                "SettingsTOML", .logging, .lifecycle, "decoder-bare",
            ]
        ),
    ]
}

var fuzzers: [Target] {
    [
        .executableTarget(
            name: "FuzzJSON",
            dependencies: ["JSONText"],
            path: "Fuzz/FuzzJSON",
            swiftSettings: .house
        ),
        .executableTarget(
            name: "FuzzGeneration",
            dependencies: ["GenerationFormat", "UploadModel"],
            path: "Fuzz/FuzzGeneration",
            swiftSettings: .house
        ),
        .executableTarget(
            name: "FuzzPictures",
            dependencies: ["CPictures"],
            path: "Fuzz/FuzzPictures",
            swiftSettings: .house
        ),
        .listFuzzer("FuzzListLines"),
        .listFuzzer("FuzzListRows"),
        .listFuzzer("FuzzListJSON"),
        .listFuzzer("FuzzListXML"),
        .target(
            name: "ListMutations",
            dependencies: ["ListImport", "UploadModel"],
            path: "Fuzz/ListMutations",
            swiftSettings: .house
        ),
    ]
}

/// What peers are compared with is run beside them, by Benchmarks/*.py.
var benchmarks: [Target] {
    [
        .executableTarget(
            name: "DigestStage",
            dependencies: ["UploadModel", "LinuxIO", "Digests", "Digesting", .arguments],
            path: "Benchmarks/DigestStage",
            swiftSettings: .house
        ),
        .executableTarget(
            name: "SealStage",
            dependencies: ["UploadModel", "Digests", "LinuxIO", "VaultStore", .arguments],
            path: "Benchmarks/SealStage",
            swiftSettings: .house
        ),
        .executableTarget(
            name: "DecodeStage",
            dependencies: ["UploadModel", "LinuxIO", "Decoding", "PictureWork", "PictureWire"],
            path: "Benchmarks/DecodeStage",
            swiftSettings: .house
        ),
        .executableTarget(
            name: "ListStage",
            dependencies: ["UploadModel", "GenerationFormat", "LinuxIO", "HashLists", "ListImport"],
            path: "Benchmarks/ListStage",
            swiftSettings: .house
        ),
    ]
}

// MARK: - Shapes

extension Target {
    static func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
        .target(name: name, dependencies: dependencies, swiftSettings: .house)
    }

    static func helper(_ name: String, _ folder: String, _ dependencies: [Target.Dependency]) -> Target {
        .executableTarget(
            name: name,
            dependencies: dependencies,
            path: "Tests/\(folder)",
            swiftSettings: .house
        )
    }

    static func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
        .executableTarget(name: name, dependencies: dependencies, swiftSettings: .house)
    }

    static func listFuzzer(_ name: String) -> Target {
        .executableTarget(
            name: name,
            dependencies: ["ListMutations", "UploadModel"],
            path: "Fuzz/\(name)",
            swiftSettings: .house
        )
    }

    static func tests(_ room: String, _ more: [Target.Dependency] = [], exclude: [String] = []) -> Target {
        .testTarget(
            name: room + "Tests",
            dependencies: [.byName(name: room)] + more,
            exclude: exclude,
            swiftSettings: .house
        )
    }
}

extension Target.Dependency {
    static var arguments: Self { .product(name: "ArgumentParser", package: "swift-argument-parser") }
    static var crypto: Self { .product(name: "Crypto", package: "swift-crypto") }
    static var hummingbird: Self { .product(name: "Hummingbird", package: "hummingbird") }
    static var lifecycle: Self { .product(name: "ServiceLifecycle", package: "swift-service-lifecycle") }
    static var logging: Self { .product(name: "Logging", package: "swift-log") }
    static var metrics: Self { .product(name: "Metrics", package: "swift-metrics") }
}

extension [SwiftSetting] {
    static var house: Self {
        [
            .swiftLanguageMode(.v6),
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"),
        ]
    }
}
