import LinuxIO

/// Threads of our own for what blocks in custody: copying, fsync, reading back. Lanes are never among them.
final class Preservers: Sendable {
    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var isStopped = false
    }

    private let state = Monitor(State())

    /// Starts the threads. They end after ``stop()``.
    func start(_ count: Int) -> [BlockingThread] {
        (0..<count).map { number in BlockingThread("preserve-\(number)") { self.work() } }
    }

    func stop() { state.change { $0.isStopped = true } }

    /// Runs `body` on one of the threads.
    func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            state.change { $0.jobs.append { continuation.resume(with: Swift.Result(catching: body)) } }
        }
    }

    private func work() {
        while true {
            let job: (@Sendable () -> Void)?? = state.wait { state in
                if !state.jobs.isEmpty { return .some(state.jobs.removeFirst()) }
                return state.isStopped ? .some(nil) : nil
            }
            guard let job = job ?? nil else { return }
            job()
        }
    }
}
