import CyberTip
import JSONText
import Testing
import UploadModel

@Suite struct DraftReportTests {
    struct LeftOut: CustomTestStringConvertible, Sendable {
        let member: String
        let value: String
        let field: String
        let rule: String
        /// Where the value would stand in the XML.
        let element: String

        init(_ member: String, _ value: String, _ field: String, _ rule: String, at element: String? = nil) {
            (self.member, self.value, self.field, self.rule) = (member, value, field, rule)
            self.element = element ?? field
        }

        var testDescription: String { "\(member), \(rule)" }
    }

    static let user = "report/personOrUserReported"
    static let rows = [
        LeftOut("ip", "10.0.0.1:80", "\(user)/ipCaptureEvent/ipAddress", "not an IPv4"),
        LeftOut("port", "70000", "\(user)/ipCaptureEvent/port", "not a port"),
        LeftOut(
            "uploaded_at",
            "2026-11-21T20:00:00",
            "fileDetails/uploadedToEspTimestamp",
            "without a time zone"
        ),
        LeftOut(
            "uploaded_at",
            "2026-11-21T20:00:03.1Z",
            "fileDetails/uploadedToEspTimestamp",
            "after the detection"
        ),
        LeftOut("uploaded_at", "yesterday", "fileDetails/uploadedToEspTimestamp", "not a time"),
        LeftOut("email", "nobody", "\(user)/personOrUserReportedPerson/email", "not an e-mail"),
        LeftOut("page_url", "upload.example/p", "report/internetDetails/webPageIncident/url", "not a web"),
        LeftOut(
            "page_url",
            "upload.example/p",
            "report/internetDetails/webPageIncident/url",
            "not a web",
            at: "fileDetails/locationOfFile"
        ),
        LeftOut(
            "uploader_ref",
            String(repeating: "a", count: 256),
            "\(user)/espIdentifier",
            "longer than 255"
        ),
        LeftOut("service", String(repeating: "a", count: 101), "\(user)/espService", "longer than 100"),
        LeftOut(
            "screen_name",
            String(repeating: "\u{1}", count: 60),
            "\(user)/screenName",
            "longer than 256"
        ),
        LeftOut(
            "original_filename",
            String(repeating: "\u{1F600}", count: 1_029),
            "fileDetails/originalFileName",
            "longer than 2056"
        ),
    ]

    @Test("a value that breaks a rule is left out, said, and kept in the context", arguments: rows)
    func leftOut(_ row: LeftOut) throws {
        let draft = DraftReport(from: source(context([row.member: row.value])))
        #expect(try TinyXML.read(draft.xml).all(row.element).isEmpty)
        let finding = try #require(
            draft.findings.first { "\($0.field)" == row.field && $0.problem.contains(row.rule) }
        )
        #expect(finding.severity == .warning && finding.problem.hasPrefix("left out"))
        #expect(!finding.problem.contains(row.value))
        let kept = try JSONValue(parsing: draft.json)["context"]?["members"]?[row.member]
        #expect(kept == .string(row.value))
    }

    @Test("a port without its address is left out and said")
    func portAlone() throws {
        let draft = DraftReport(from: source(context(["port": "80"])))
        #expect(draft.report.user == nil && draft.file.capture == nil)
        #expect(draft.findings.contains { $0.problem.contains("a port says nothing without its address") })
    }

    @Test("without a time of the upload the claim's stands, described as such")
    func claimTime() {
        for context in [nil, context(["uploaded_at": "2027-01-01T00:00:00Z"]), "not JSON"] {
            let draft = DraftReport(from: source(context))
            #expect(draft.report.incident.dateTime?.text == "2026-11-21T20:00:00Z")
            #expect(draft.report.incident.dateTimeDescription?.contains("scanner took the upload in") == true)
            #expect(draft.file.uploadedAt == nil)
        }
    }

    @Test("a time of the upload that lies at the detection is taken as it is spelled")
    func uploadTime() {
        let draft = DraftReport(from: source(context(["uploaded_at": "2026-11-21T21:00:03+01:00"])))
        #expect(draft.report.incident.dateTime?.text == "2026-11-21T21:00:03+01:00")
    }

    @Test("a draft never says that somebody viewed the file")
    func viewed() throws {
        for context in [nil, fullContext, #"{"fileViewedByEsp":true,"viewed":true}"#] {
            let draft = DraftReport(from: source(context))
            #expect(!draft.file.isViewed && !draft.file.isExifViewed)
            #expect(try TinyXML.read(draft.xml).text("fileDetails/fileViewedByEsp") == "false")
            #expect(try JSONValue(parsing: draft.json)["fileDetails"]?["fileViewedByEsp"] == false)
        }
    }

    @Test("a draft claims no more than a comparison of digests can show")
    func words() {
        for text in [fullContext, nil] {
            let draft = DraftReport(from: source(text))
            for bytes in [draft.xml, draft.json] {
                let text = String(decoding: bytes, as: UTF8.self).lowercased()
                #expect(!text.contains("clean") && !text.contains("known"))
                #expect(text.contains("apparent") && text.contains("equals an entry of list"))
            }
        }
    }

    @Test("values of a list appear only where they are the file's own")
    func listValues() throws {
        let other = Digest(.sha1, [UInt8](repeating: 0x99, count: 20))!
        let entry = ListEntry(
            id: EntryID(list: "b", ordinal: 1),
            listClass: .csam,
            digests: [contents.md5!, other],
            perceptual: SIMD4(repeating: 0xABCD_ABCD_ABCD_ABCD),
            provenance: exactMatch.entry.provenance
        )
        let match = Match(entry: entry, agreed: DigestAlgorithms(.md5), part: .content, grade: .g3)
        let draft = DraftReport(from: source(matches: [match]))
        for bytes in [draft.xml, draft.json] {
            let text = String(decoding: bytes, as: UTF8.self).lowercased()
            #expect(
                !text.contains(other.hex) && !text.contains("abcdabcd") && text.contains(contents.md5!.hex)
            )
        }
        #expect(draft.findings.contains { $0.problem.contains("only MD5 agreed") })
    }

    @Test("a match that makes no report by itself is kept and not spoken of")
    func furtherMatches() throws {
        let entry = ListEntry(
            id: EntryID(list: "watch-list", ordinal: 5),
            listClass: .watch,
            digests: [contents.sha1!],
            provenance: exactMatch.entry.provenance
        )
        let watched = Match(entry: entry, agreed: DigestAlgorithms(.sha1), part: .content, grade: .g2)
        let both = DraftReport(from: source(matches: [exactMatch, watched]))
        #expect(!both.file.additionalInfo.contains { $0.contains("watch-list") })
        #expect(try JSONValue(parsing: both.json)["matches"]?.arrayValue?.count == 2)
        #expect(
            both.findings.contains {
                $0.severity == .advice && $0.problem.contains("no report by themselves: 1;")
            }
        )
        let alone = DraftReport(from: source(matches: [watched]))
        #expect(alone.findings.contains { $0.severity == .blocking && $0.problem.contains("no match") })
        #expect(alone.report.additionalInfo?.contains("equals an entry") == false)
    }

    @Test("a match of the metadata file is not said to be one of the file")
    func metadataFile() {
        let match = Match(entry: exactMatch.entry, agreed: exactMatch.agreed, part: .context, grade: .g1)
        let draft = DraftReport(from: source(matches: [match]))
        #expect(
            draft.file.additionalInfo[0].contains("metadata file that came with the upload, and not the file")
        )
        #expect(draft.findings.contains { $0.problem.contains("metadata file equals") })
        let whole = draft.report.additionalInfo ?? ""
        #expect(whole.contains("and not the file itself, equals an entry"))
        #expect(!whole.contains("an uploaded file equals"))
    }

    @Test("control characters of a name are spelled out and noted", arguments: ["original_filename", "file"])
    func controlsInName(_ place: String) throws {
        let name = "a\u{9B}b\u{7F}\t\n\u{85}.jpg"
        var text = context(["original_filename": name])
        if place == "file" { text = "{\"file\":" + context(["originalFileName": name]) + "}" }
        let draft = DraftReport(from: source(text))
        #expect(draft.file.originalName == #"a\u{9B}b\u{7F}\u{9}\u{A}\u{85}.jpg"#)
        #expect(draft.findings.contains { $0.rule == "RL22" && $0.problem.contains("shown as") })
    }

    @Test("only a complete draft for a real service has nothing that blocks it")
    func blocking() {
        var settings = fullSettings()
        settings.email = "reports@hosting.org"
        let entry = ListEntry(
            id: exactMatch.entry.id,
            listClass: .csam,
            digests: exactMatch.entry.digests,
            provenance: Provenance(supplier: "S", generation: "g", text: "", synthetic: false)
        )
        let real = Match(entry: entry, agreed: exactMatch.agreed, part: .content, grade: .g1)
        func blocked(_ match: Match, _ settings: ReportSettings, _ environment: Environment) -> [String] {
            DraftReport(from: source(matches: [match], settings: settings, environment: environment)).findings
                .filter { $0.severity == .blocking }.map { "\($0.rule ?? "-") \($0.problem)" }
        }
        #expect(blocked(real, settings, .production).isEmpty)
        #expect(blocked(real, settings, .demonstration) == ["RL42 a demonstration must not be sent"])
        #expect(blocked(exactMatch, settings, .production) == ["RL42 a matched entry is of a synthetic list"])
        #expect(blocked(real, fullSettings(), .test) == ["RL04 in a domain that is set aside for examples"])
        let shipped: [WritableKeyPath<ReportSettings, String>: String] = [
            \.phone: "+1 555 0100", \.legalURL: "https://www.example.com/legal",
            \.companyTemplate: "Legal process: legal@example.com.",
        ]
        for (key, value) in shipped {
            var provider = settings
            provider[keyPath: key] = value
            #expect(
                blocked(real, provider, .production)
                    == ["RL04 a name, phone or address of the shipped settings, which is nobody's"]
            )
        }
        settings.email = ""
        #expect(blocked(real, settings, .production) == ["RL04 missing"])
        settings.email = "nobody"
        #expect(blocked(real, settings, .production) == ["RL04 missing"])
    }

    @Test("findings stand by severity, then in the order of the report")
    func order() {
        let findings = DraftReport(from: source(nil, settings: ReportSettings())).findings
        #expect(findings.map(\.severity) == findings.map(\.severity).sorted())
        let warnings = findings.filter { $0.severity == .warning }.map { "\($0.field)" }
        #expect(warnings.first == "context" && warnings.last == "fileDetails/ipCaptureEvent")
        #expect(
            findings.allSatisfy {
                $0.field.shape != nil || ["environment", "context"].contains("\($0.field)")
            }
        )
    }

    @Test("a name and a context that are no text are shown as well as they can be, and kept exactly")
    func exactBytes() throws {
        let draft = DraftReport(from: source(bytes: [0x7B, 0xFF], [0x61, 0xFF, 0x80, 0x3C, 0x62]))
        let json = try JSONValue(parsing: draft.json)
        #expect(json["source"]?["path"] == ["base64": "Yf+APGI=", "text": "a\u{FFFD}\u{FFFD}<b"])
        #expect(json["context"]?["file"] == ["base64": "e/8=", "text": "{\u{FFFD}"])
        #expect(draft.findings.contains { $0.problem.hasPrefix("the context is not JSON") })
    }

    @Test("members that no report has a place for are kept, numbers digit by digit")
    func furtherMembers() throws {
        let text = #"{"tenant":12345678901234567890,"ratio":1.50,"flags":[true,null,{"n":7}]}"#
        let json = try JSONValue(parsing: DraftReport(from: source(text)).json)
        #expect(
            json["context"]?["further"] == [
                "flags": [true, nil, ["n": 7]], "ratio": "1.50", "tenant": "12345678901234567890",
            ]
        )
        #expect(json["context"]?["file"]?["text"] == .string(text))
    }

    @Test("the same source gives the same bytes, in canonical form")
    func sameBytes() throws {
        let one = DraftReport(from: source())
        let other = DraftReport(from: source())
        #expect(one.json == other.json && one.xml == other.xml)
        #expect(try JSONValue(parsing: one.json).canonical == one.json)
    }

    @Test("no context, however odd, breaks a draft", arguments: 0..<200)
    func anyContext(seed: UInt64) throws {
        var random = SplitMix64(state: seed)
        let source = source(bytes: random.context(), [0x61, UInt8(0x80 | seed & 0x7F)])
        let draft = DraftReport(from: source)
        let root = try TinyXML.read(draft.xml)
        for child in root.children { child.walk(visit: followsContract) }
        #expect(root.text("fileDetails/fileViewedByEsp") == "false", "seed \(seed)")
        #expect(try JSONValue(parsing: draft.json).canonical == draft.json, "seed \(seed)")
        #expect(DraftReport(from: source).xml == draft.xml, "seed \(seed)")
    }
}
