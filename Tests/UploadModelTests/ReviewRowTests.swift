import JSONText
import Testing
import UploadModel

@Suite struct ReviewRowTests {
    static let events: [ReviewEvent] = [
        .opened(.match), .opened(.person(.enticement, because: "staff saw it")),
        .opened(.supplement(CaseID(upload))),
        .joined(
            JoinedExhibit(
                bundle: bundle,
                warrantsDraft: true,
                isExact: true,
                isStrong: false,
                isConflicting: true,
                sha256: nil
            )
        ),
        .escalationWithdrawn("the wrong case"), .attachmentWithdrawn(grant, because: "another case's"),
        .shown("aa"), .claimed, .released, .noted("a \"note\"\n"), .escalated("a child is at risk"),
        .attached(Attachment(id: grant, name: "chat \u{202E}.txt", digests: all)),
        .told(ToldContext(incidentAt: "2026-11-21T20:00:00+01:00", file: nil)),
        .told(ToldContext(incidentAt: nil, file: Attachment(id: grant, name: "c.json", digests: all))),
        .marked([]), .marked([.flag(.sextortion), .leadFromPolice, .compromiseSuspected]),
        .classified(bundle, .b2), .annotated(bundle, []), .annotated(bundle, [.infant, .viral]),
        .viewed(bundle, .started(grant: grant, purpose: "triage")),
        .viewed(bundle, .delivered(grant: grant, bytes: 9_000)),
        .viewed(bundle, .cut(grant: grant, bytes: 10)),
        .viewed(bundle, .completed(grant: grant, whole: true)),
        .viewed(bundle, .completed(grant: grant, whole: false)), .viewed(bundle, .aborted(grant: grant)),
        .disposed(bundle, .confirmed), .disposed(bundle, .notCSAM("collision")),
        .disposed(bundle, .undetermined), .disposed(bundle, .duplicateOf(other)), .drafted(mark),
        .approved("aa"), .returned("why"), .exported("aa"),
        .submitted(Submission(report: .max, receiptSHA256: "bb", environment: .production)),
        .supplemented(CaseID(upload)),
    ]

    @Test("every event reads back as it was", arguments: events)
    func readsBack(_ event: ReviewEvent) throws {
        let json = try JSONValue(parsing: event.json.canonical)
        #expect(try ReviewEvent(name: event.name, json) == event)
        guard let object = json.objectValue else { return }
        // Rows of earlier desks do not have "strong", nor the bytes of what was delivered; of what is told, any part may be.
        for (key, _) in object.members
        where key != "strong" && event.name != "told" && !(key == "bytes" && event.name == "view-delivered") {
            var less = object
            less[key] = nil
            #expect(throws: TextFault.self, "without \(key)") {
                try ReviewEvent(name: event.name, .object(less))
            }
        }
    }

    @Test("whatever persons try, replaying the rows gives the same review", arguments: 0..<200)
    func walk(seed: UInt64) throws {
        var random = SplitMix64(state: seed)
        var desk = try opened([Self.anyMatch(&random)], rules: ReviewRules(requireView: .never))
        for _ in 0..<60 {
            guard let event = Self.events.randomElement(using: &random) else { continue }
            let staff = [ana, ben, cleo, otto, .desk].randomElement(using: &random) ?? ana
            try? desk.do(event, staff)
        }
        #expect(try Review(replaying: desk.rows) == desk.review, "seed \(seed)")
        guard let approval = desk.review.approval else { return }
        let judges = desk.rows.filter {
            switch $0.event {
            case .classified, .disposed, .annotated: true
            default: false
            }
        }
        #expect(!judges.contains { $0.by == approval.by }, "seed \(seed)")
    }

    private static func anyMatch(_ random: inout SplitMix64) -> Match {
        match(.csam, grade: Grade.allCases.randomElement(using: &random) ?? .g1)
    }
}
