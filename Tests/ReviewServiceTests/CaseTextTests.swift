import JSONText
import Testing

@testable import ReviewService

/// What a case says of itself as text.
@Suite struct CaseTextTests {
    private func with(_ id: JSONObject, _ more: JSONObject) -> JSONObject {
        var all = id
        for (key, value) in more { all[key] = value }
        return all
    }

    @Test("who reads a case as text reads the words that its rows hold")
    func words() throws {
        let scratch = try ScratchDesk()
        let bundle = try scratch.preserve(minute: 0)
        try scratch.desk.adopt()
        let id: JSONObject = ["id": .string("\(bundle)")]
        _ = try scratch.ask("case.note", with(id, ["text": "asked the shift lead"]))
        _ = try scratch.ask("exhibit.dispose", with(id, ["as": "not_csam", "reason": "our own office"]))
        _ = try scratch.ask("view.start", with(id, ["purpose": "triage"]))
        let lines = try scratch.ask("case.show", id).lines.filter { $0.hasPrefix("row ") }
        for words in [
            "opened: a match", "noted: asked the shift lead", "disposed: \(bundle), not_csam, our own office",
            "view-started: \(bundle), triage, grant ",
        ] {
            #expect(lines.contains { $0.contains(words) }, "\(words)")
        }
    }
}
