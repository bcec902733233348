import LinuxIO
import Synchronization

/// Files that are read in on a thread of its own before what they hold is used: cold they would cost more than they save.
final class ReadingIn: Sendable {
    private let files: [MappedFile]
    private let checked: [MappedFile]
    private let state = Atomic(State.reading)

    private enum State: UInt8, AtomicRepresentable {
        case reading, ready, damaged, cancelled
    }

    /// Begins, if there is a thread to be had; without one nothing is read in.
    ///
    /// - Parameter checked: Those of the files every byte of which must be as it was signed.
    init(_ files: [MappedFile], checking checked: [MappedFile], thread: String) {
        (self.files, self.checked) = (files, checked)
        if (try? BlockingThread(ifPossible: thread) { self.readIn() }) == nil { cancel() }
    }

    @inline(__always)
    var isReady: Bool { state.load(ordering: .acquiring) == .ready }
    var isDamaged: Bool { state.load(ordering: .acquiring) == .damaged }

    /// Stops, for files that nobody uses any more.
    func cancel() { pass(to: .cancelled) }

    private func readIn() {
        for file in files {
            file.populate { self.isReading }
            guard isReading else { return }
            let isChecked = checked.contains { $0 === file }
            if isChecked, (try? file.checkSHA256()) == nil { return pass(to: .damaged) }
        }
        pass(to: .ready)
    }

    private var isReading: Bool { state.load(ordering: .relaxed) == .reading }

    private func pass(to next: State) {
        _ = state.compareExchange(expected: .reading, desired: next, ordering: .releasing)
    }
}
