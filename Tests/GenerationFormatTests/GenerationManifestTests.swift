import GenerationFormat
import Testing
import UploadModel

@Suite struct GenerationManifestTests {
    static let manifest = GenerationManifest(
        name: GenerationName(counter: 12, tag: 0x5F0C_9A3E),
        createdAt: Timestamp(seconds: 1_795_000_000, nanoseconds: 123_456_789),
        lists: [
            GenerationList(
                name: "one",
                listClass: .csam,
                supplier: "Invented",
                provenance: "made \"up\"",
                synthetic: true,
                actions: {
                    var actions = ListActions()
                    actions.g3 = .case
                    actions.bands = [
                        .init(distance: 10, action: .case), .init(distance: 20, action: .quarantine),
                    ]
                    return actions
                }(),
                entryCount: 3,
                recordCount: 5,
                elsewhere: 7,
                importedAt: Timestamp(seconds: 1_795_000_000, nanoseconds: 1),
                maximumAge: 30
            ),
            GenerationList(
                name: "two",
                listClass: .benign,
                supplier: "",
                provenance: "",
                synthetic: false,
                entryCount: 0,
                recordCount: 0,
                importedAt: Timestamp(nanoseconds: 0),
                maximumAge: 0
            ),
        ],
        files: ["md5.places", "md5.directory"].map {
            .init(name: $0, byteCount: 16_384, sha256: Digest(.sha256, [UInt8](repeating: 7, count: 32))!)
        }
    )

    static let text = String(decoding: manifest.bytes, as: UTF8.self)

    @Test("a manifest reads back as itself, nanoseconds included")
    func roundTrip() throws {
        #expect(try GenerationManifest(reading: Self.manifest.bytes.span.bytes) == Self.manifest)
        #expect(
            Self.text.hasPrefix(
                #"{"counter":12,"created_at_ns":"1795000000123456789","files":[{"bytes":16384,"#
            )
        )
    }

    struct Change: CustomTestStringConvertible, Sendable {
        let name: String
        let from: String
        let to: String
        var testDescription: String { name }
    }

    static let changes = [
        Change(name: "a counter that is not the name's", from: "\"counter\":12", to: "\"counter\":13"),
        Change(name: "a space", from: ",", to: ", "),
        Change(name: "a member that nobody knows", from: "\"counter\"", to: "\"also\":1,\"counter\""),
        Change(name: "a member that is missing", from: ",\"synthetic\":true", to: ""),
        Change(name: "a negative number of entries", from: "\"entries\":3", to: "\"entries\":-3"),
        Change(name: "a class that nobody knows", from: "\"csam\"", to: "\"other\""),
        Change(name: "another file", from: "md5.places", to: "../x"),
        Change(name: "two files of one name", from: "md5.places", to: "md5.directory"),
        Change(name: "bands out of order", from: "\"distance\":10", to: "\"distance\":25"),
        Change(name: "a band too far", from: "\"distance\":20", to: "\"distance\":32"),
        Change(name: "an action that nobody knows", from: "\"g3\":\"case\"", to: "\"g3\":\"send\""),
        Change(name: "a digest of another kind", from: "\"sha256\":\"07070707", to: "\"sha256\":\""),
        Change(name: "two lists of one name", from: "\"two\"", to: "\"one\""),
        Change(name: "a name that is a path", from: "\"g0000000012-5f0c9a3e\"", to: "\"../x\""),
    ]

    @Test("a manifest that was written otherwise is damaged", arguments: changes)
    func damaged(change: Change) throws {
        let changed = try #require(Self.text.replacingFirst(change.from, with: change.to))
        let fault = #expect(throws: GenerationFault.self) {
            try GenerationManifest(reading: Array(changed.utf8).span.bytes)
        }
        guard case .damaged(file: GenerationFile.manifest, _) = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
    }

    @Test("another format is named, whatever else it says", arguments: [1, 3])
    func other(format: UInt64) throws {
        #expect(throws: GenerationFault.otherFormat(found: format)) {
            try GenerationManifest(reading: Array("{\"format\":\(format),\"new\":[]}".utf8).span.bytes)
        }
    }

    @Test("cut short anywhere it is damaged")
    func cutShort() {
        for count in 0..<Self.manifest.bytes.count {
            #expect(throws: GenerationFault.self) {
                try GenerationManifest(reading: Array(Self.manifest.bytes[..<count]).span.bytes)
            }
        }
    }

    @Test("a list is stale from its maximum age on, and never without one")
    func stale() {
        let day: Int64 = 86_400
        let list = Self.manifest.lists[0]
        let end = Timestamp(seconds: 1_795_000_000 + 30 * day, nanoseconds: 1)
        #expect(list.isStale(at: end))
        #expect(!list.isStale(at: Timestamp(nanoseconds: end.nanoseconds - 1)))
        #expect(!Self.manifest.lists[1].isStale(at: Timestamp(nanoseconds: .max)))
    }
}

extension String {
    /// `nil` when `part` is not there.
    fileprivate func replacingFirst(_ part: String, with other: String) -> String? {
        guard let range = ranges(of: part).first else { return nil }
        var text = self
        text.replaceSubrange(range, with: other)
        return text
    }
}
