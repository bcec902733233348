import Intake
import LinuxIO
import UploadModel

/// A picture whose digests are known, on its way from the lanes to a decoder.
struct Undecoded: Sendable {
    let upload: Upload
    let digests: DigestSet
    /// The file as it was digested. It is opened again: so many descriptors may not be open at a time.
    let status: FileStatus
}

/// Pictures that wait for a decoder, first come, first served. One that keeps its decoder for long delays other
/// pictures, and the lanes only once ``capacity`` of them wait.
final class UndecodedQueue: Sendable {
    /// Pictures. All of them are claimed, and after a crash each counts as interrupted: so not many more than the
    /// decoders need to be kept busy.
    static let capacity = 64

    private struct State {
        var waiting: [Undecoded] = []
        var isStopped = false
    }

    private let state = Monitor(State())

    /// Waits for room.
    ///
    /// - Returns: `false` when everything is stopping: perhaps nobody comes for it any more.
    func add(_ picture: Undecoded) -> Bool {
        state.wait { state in
            if state.isStopped { return false }
            guard state.waiting.count < Self.capacity else { return nil }
            state.waiting.append(picture)
            return true
        } ?? false
    }

    /// Waits for the next.
    ///
    /// - Returns: `nil` once everything is stopping and none is left.
    func next() -> Undecoded? {
        let next: Undecoded?? = state.wait { state in
            if state.waiting.isEmpty { return state.isStopped ? .some(nil) : nil }
            return .some(state.waiting.removeFirst())
        }
        return next ?? nil
    }

    func stop() { state.change { $0.isStopped = true } }
}
