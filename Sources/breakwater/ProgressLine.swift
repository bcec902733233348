import LinuxIO

/// How far something long is, on standard error where that is a terminal: one line, gone afterwards.
struct ProgressLine {
    private let isShown = ThisProcess.standardErrorIsTerminal
    private var lastShown: Int64 = 0

    /// Shows `text` unless something was shown a moment ago.
    mutating func show(_ text: @autoclosure () -> String) {
        guard isShown, Clocks.monotonic - lastShown > 200_000_000 else { return }
        lastShown = Clocks.monotonic
        ThisProcess.writeToStandardError(Array("\r\u{1B}[K\(text())".utf8))
    }

    /// - Parameter total: 0 where it is not known.
    mutating func show(_ name: String, bytes done: UInt64, of total: UInt64) {
        let share = total > 0 ? "\(min(100, done * 100 / total)) % of \(total >> 20)" : "\(done >> 20)"
        show("\(name): \(share) MiB")
    }

    mutating func clear() {
        if lastShown > 0 { ThisProcess.writeToStandardError(Array("\r\u{1B}[K".utf8)) }
        lastShown = 0
    }
}
