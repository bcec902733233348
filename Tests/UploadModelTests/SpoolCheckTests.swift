import Testing
import UploadModel

@Suite struct SpoolCheckTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        let found: SpoolCheck.Found
        let problems: [String]
        var testDescription: String { name }

        init(_ name: String, _ found: SpoolCheck.Found, _ problems: String...) {
            (self.name, self.found, self.problems) = (name, found, problems)
        }
    }

    static let rows = [
        Row("just claimed", found(.claimed, work: true)),
        Row("claimed, and not renamed yet", found(.claimed)),
        Row("released, and taken by the application", found(.closed(.released))),
        Row("released, and still there", found(.closed(.released), released: true)),
        Row("held", found(.held(.fifo), setAside: true, held: true)),
        Row("held by its rows only", found(.held(.fifo), setAside: true), "held, and not in held/"),
        Row(
            "held by its rows, and still in work/",
            found(.held(.fifo), setAside: true, work: true),
            "held, and not in held/"
        ),
        Row("matched, its source still in work/", found(.quarantined([match(.csam)]), work: true)),
        Row(
            "matched, its source removed after the bundle was renamed",
            found(.quarantined([match(.csam)]), bundle: [])
        ),
        Row("matched, and nothing is left", found(.quarantined([match(.csam)])), noSourceNoBundle),
        Row(
            "preserved by order out of held/",
            found(.quarantined([]), setAside: true, held: true)
        ),
        Row(
            "preserved by order, and only work/ has it",
            found(.quarantined([]), setAside: true, work: true),
            noSourceNoBundle
        ),
        Row("preserved", found(.bundled(bundle, [match(.csam)]), work: true, bundle: [])),
        Row("preserved by its rows only", found(.bundled(bundle, []), work: true), noBundle),
        Row("its source removed, and no bundle", found(.sourceRemoved(bundle)), noBundle),
        Row(
            "waits for a person, with its draft",
            found(.awaitingReview(bundle), bundle: [], draft: true, warrants: true)
        ),
        Row("waits for a person, and no draft is due", found(.awaitingReview(bundle), bundle: [])),
        Row(
            "waits for a person without its draft",
            found(.awaitingReview(bundle), bundle: [], warrants: true),
            "its draft is missing"
        ),
        Row(
            "waits for a person, and nothing is there",
            found(.awaitingReview(bundle), warrants: true),
            noBundle,
            "its draft is missing"
        ),
        Row(
            "its draft is not due before its stage",
            found(.sourceRemoved(bundle), bundle: [], warrants: true)
        ),
        Row(
            "a damaged bundle",
            found(.awaitingReview(bundle), bundle: ["one", "two"]),
            "bundle: one",
            "bundle: two"
        ),
        Row("being restored", found(.restoring(order(.restore)), bundle: [], released: true)),
        Row("being restored without a bundle", found(.restoring(order(.restore))), noBundle),
        Row("being destroyed, the bundle gone already", found(.destroying(order(.destroy)))),
        Row(
            "listed, and its content is released",
            found(.quarantined([match(.csam)]), work: true, released: true),
            inReleased
        ),
        Row(
            "preserved, and its content is released",
            found(.bundled(bundle, [match(.csam)]), work: true, bundle: [], released: true),
            inReleased
        ),
        Row(
            "waits for a person, and its content is released",
            found(.awaitingReview(bundle), bundle: [], released: true),
            inReleased
        ),
        Row(
            "preserved by order, and others released the same bytes",
            found(.quarantined([]), setAside: true, held: true, released: true)
        ),
    ]

    static let noBundle = "preserved by its rows, and not in the vault"
    static let noSourceNoBundle = "matched, and neither its source nor its bundle is there"
    static let inReleased = "matched, and its content is in released/"

    @Test("what was found is judged by its stage", arguments: rows)
    func judges(_ row: Row) {
        let findings = SpoolCheck.judge(row.found)
        #expect(findings.map(\.problem) == row.problems)
        #expect(findings.allSatisfy { $0.about == "\(upload)" })
    }

    static func found(
        _ stage: Custody.Stage,
        setAside: Bool = false,
        work: Bool = false,
        held: Bool = false,
        bundle: [String]? = nil,
        draft: Bool = false,
        released: Bool = false,
        warrants: Bool = false
    ) -> SpoolCheck.Found {
        SpoolCheck.Found(
            id: upload,
            stage: stage,
            isSetAside: setAside,
            inWork: work,
            inHeld: held,
            bundleFaults: bundle,
            hasDraft: draft,
            isInReleased: released,
            warrantsDraft: warrants
        )
    }
}
