import LedgerStore
import LinuxIO
package import UploadModel

// How our programs speak: program, severity, what is wrong, where, with the numbers; then what to do. Lower case, no
// full stop, one line each. Never a name or byte of an uploader's.

/// What an operator sees of an error, and how the program ends.
package struct Complaint: Sendable {
    package let lines: [String]
    package let exitCode: ExitCode

    /// - Parameter program: The program's name, as it begins each line.
    package init(_ error: any Error, program: String) {
        let hint = (error as? any WayOut)?.hint
        let what = "\(error)".split(separator: "\n").map { "\(program): error: \($0)" }
        lines = what + (hint.map { ["\(program): hint: \($0)"] } ?? [])
        exitCode = Self.code(error)
    }

    package func say() {
        ThisProcess.writeToStandardError(Array((lines.joined(separator: "\n") + "\n").utf8))
    }

    private static func code(_ error: any Error) -> ExitCode {
        switch error {
        case let error as any WayOut: error.exitCode
        case let error as SyscallError where error.mayPass: .mayPass
        case let error as LedgerFault where error.mayPass: .mayPass
        default: .failed
        }
    }
}
