import CLinuxIO
import Glibc
import Synchronization

/// A program of ours that runs as a child, in a process group of its own; it is killed and reaped with its last reference.
package final class ChildProgram: Sendable {
    package let processID: Int32
    private let ended = Mutex<End?>(nil)

    /// How a child ended.
    package enum End: Equatable, Sendable {
        case exited(Int32)
        case signal(Int32)
    }

    /// Starts the program that `program` is open for; what lies at its path by now does not matter.
    ///
    /// - Parameter input: Becomes its descriptor 0. Output goes nowhere, and of the environment nothing is handed on.
    package init(
        _ program: borrowing Descriptor,
        name: String,
        input: borrowing Descriptor
    ) throws(SyscallError) {
        var child: CInt = 0
        let (programNumber, inputNumber) = (program.raw, input.raw)
        _ = try check("posix_spawn", name) { bw_spawn(programNumber, name, inputNumber, &child) }
        processID = child
    }

    deinit { end() }

    /// Ends it at once and tells how it ended; one that is ending already keeps its own way.
    @discardableResult
    package func end() -> End {
        ended.withLock { ended in
            if let ended { return ended }
            var signal: CInt = 0
            kill(processID, SIGKILL)
            let code = bw_reap(processID, &signal)
            let end = signal != 0 ? End.signal(signal) : End.exited(code)
            ended = end
            return end
        }
    }
}

/// The signals that tell why a child ended.
package enum Signals {
    package static let badSystemCall = SIGSYS
    package static let cpuTimer = SIGPROF
    package static let cpuLimit = SIGXCPU
    package static let kill = SIGKILL
    package static let terminate = SIGTERM
    package static let interrupt = SIGINT
    package static let hangUp = SIGHUP
}
