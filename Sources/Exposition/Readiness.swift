/// Whether the program can do its work, and why not.
package struct Readiness: Equatable, Sendable {
    /// What stands in the way, one thing each. Empty means ready.
    package var reasons: [String]
    /// What an operator should know although work goes on.
    package var notes: [String]

    package init(reasons: [String] = [], notes: [String] = []) {
        self.reasons = reasons
        self.notes = notes
    }

    package static let ready = Readiness()

    package var isReady: Bool { reasons.isEmpty }
}

extension Readiness {
    /// The body of an answer: a verdict, then one line for each reason and each note.
    ///
    /// - Parameter word: What is asked, as in `ready` and `not ready`.
    func text(_ word: String) -> String {
        let verdict = isReady ? word : "not \(word)"
        let lines = reasons.map { "reason: \(oneLine($0))\n" } + notes.map { "note: \(oneLine($0))\n" }
        return verdict + "\n" + lines.joined()
    }

    /// A line break inside a reason would read as a line of its own.
    private func oneLine(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
    }
}
