package import PictureWire

/// What the decoders did since the start, for the metrics.
package struct DecoderFigures: Equatable, Sendable {
    /// Pictures that were answered, by what came of them.
    package internal(set) var answers: [PictureOutcome: Int] = [:]
    /// Workers that were lost over a picture, by how.
    package internal(set) var losses: [WorkerLoss: Int] = [:]
    package internal(set) var started = 0
    /// Workers that could not be started.
    package internal(set) var failedStarts = 0
    /// Pictures above the limit of bytes, which no worker saw.
    package internal(set) var tooManyBytes = 0
    /// Contents that were not tried a third time.
    package internal(set) var notTriedAgain = 0

    package init() {}
}
