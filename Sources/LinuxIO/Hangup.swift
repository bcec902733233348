import Glibc

/// SIGHUP, which asks a program to read its files again, as something that a thread of ours waits for.
package enum Hangup {
    /// Keeps it from ending the program. Call it before any thread starts.
    package static func block() {
        var signals = only
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Waits for the next one; after ``block()``.
    package static func wait() {
        var signals = only
        var number: CInt = 0
        while sigwait(&signals, &number) != 0 {}
    }

    private static var only: sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGHUP)
        return signals
    }
}
