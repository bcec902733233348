import LinuxIO
import Synchronization

/// Notices that the clock of days was set, by the boot's clock, which nobody sets.
final class ClockWatch: Sendable {
    /// Nanoseconds. More than a daemon that disciplines the clock slews by between two looks.
    private static let least: Int64 = 1_000_000_000

    /// The clock of days less the boot's, when it was looked at last.
    private let offset = Mutex(Clocks.realtime - Clocks.monotonic)

    /// Looks again; a step is entered in the custody log. A machine that slept is one too.
    func turn(_ record: Record) {
        if let step = step(to: Clocks.realtime - Clocks.monotonic) { record.noteStep(milliseconds: step) }
    }

    /// - Returns: By how many milliseconds the clock was set; `nil` where it was not.
    func step(to now: Int64) -> Int64? {
        let by = offset.withLock { known in
            defer { known = now }
            return now - known
        }
        return abs(by) < Self.least ? nil : by / 1_000_000
    }
}
