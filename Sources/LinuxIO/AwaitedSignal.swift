import Glibc

/// A signal that asks a program for something, as a value that a thread of ours waits for.
package enum AwaitedSignal: Sendable {
    /// SIGHUP: read the files again.
    case hangup
    /// SIGTERM: finish what is in hand, and end.
    case terminate

    /// Keeps both from ending the program. Call it before any thread starts.
    package static func block() {
        var signals = both
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Waits for the next one; after ``block()``.
    package static func wait() -> AwaitedSignal {
        var signals = both
        var number: CInt = 0
        while sigwait(&signals, &number) != 0 {}
        return number == SIGTERM ? .terminate : .hangup
    }

    private static var both: sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGHUP)
        sigaddset(&signals, SIGTERM)
        return signals
    }
}
