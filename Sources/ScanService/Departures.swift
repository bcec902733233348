import UploadModel

/// The way from the lanes to the custody loop. Its length is bounded by the claims, which ``Arrivals`` counts.
struct Departures: Sendable {
    enum Departure: Sendable {
        /// An upload that leads away from `released`, with the facts that no row has yet.
        case upload(Upload)
        /// Released after an interruption: its rows go.
        case forget(UploadID)
    }

    let stream: AsyncStream<Departure>
    private let entrance: AsyncStream<Departure>.Continuation

    init() { (stream, entrance) = AsyncStream.makeStream(bufferingPolicy: .unbounded) }

    func send(_ departure: Departure) { entrance.yield(departure) }

    /// Lets the custody loop end once it has taken what was sent.
    func finish() { entrance.finish() }
}
