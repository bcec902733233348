/// How our programs end. Scripts rely on these numbers; docs/operations.md has the table.
package enum ExitCode: Int32, CaseIterable, Sendable {
    case done = 0
    /// Done, and the answer is no: a match, a broken bag.
    case no = 1
    case couldNotDecide = 3
    case waitsForSecondPerson = 4
    case settingsRefused = 10
    /// Another breakwaterd holds the spool or the state.
    case inUse = 11
    case guaranteeBroken = 20
    case calledWrongly = 64
    case failed = 70
    /// It may pass; try again.
    case mayPass = 75
}

/// An error that knows the way out.
package protocol WayOut: Error, CustomStringConvertible {
    /// What to do about it, one line without a full stop.
    var hint: String { get }
    var exitCode: ExitCode { get }
}
