import Decoding
import Exposition
import LinuxIO
import Logging
package import PictureWire
import Synchronization
package import UploadModel

/// The decoders, started when a list first asks for pictures, and what they tell of themselves.
package final class Pictures: Sendable {
    private let registry: MetricsRegistry?
    private let log: Logger?
    private let state: Mutex<State>

    private struct State {
        var settings: DecoderSettings
        var pool: DecoderPool?
        /// Why there is none.
        var fault: DecoderFault?
        /// When to try again, monotonic nanoseconds.
        var nextTry: Int64 = 0
        var shown = DecoderFigures()
    }

    /// Nanoseconds between tries to start a decoder.
    private static let pause: Int64 = 10_000_000_000

    init(_ settings: DecoderSettings, registry: MetricsRegistry? = nil, log: Logger? = nil) {
        state = Mutex(State(settings: settings))
        (self.registry, self.log) = (registry, log)
    }

    /// Decoders for a program that exports no figures.
    package convenience init(_ settings: DecoderSettings) { self.init(settings, registry: nil) }

    /// Shows the posture of the cage before the first picture comes.
    ///
    /// - Parameter isAsked: Whether a list asks for pictures; if none does, no decoder stays.
    /// - Throws: ``DecoderFault/cageIncomplete(missing:)`` if one does, and the settings require a whole cage.
    func begin(isAsked: Bool) throws(DecoderFault) {
        guard isAsked else {
            _ = try? opened(state.withLock { $0.settings })
            return
        }
        pool()
        if let fault = state.withLock({ $0.fault }), case .cageIncomplete = fault { throw fault }
    }

    /// Takes other settings over for the pictures that come; workers with the old ones end with what they have in hand.
    func reload(_ settings: DecoderSettings) {
        showFigures()
        state.withLock { state in
            if state.settings != settings { state = State(settings: settings) }
        }
    }

    /// The perceptual hashes of a picture; it is held when there is no decoder, never released.
    func perceptual(of picture: borrowing Descriptor) -> PerceptualFinding {
        read(picture).finding
    }

    /// What a decoder says of a picture, or why none does.
    func read(
        _ picture: borrowing Descriptor,
        _ readings: Set<Reading> = Set(Reading.allCases)
    ) -> Result<PictureAnswer, NoAnswer> {
        if let pool = pool() { return pool.read(picture, readings) }
        let mayPass = state.withLock { $0.fault?.mayPass ?? true }
        return .failure(NoAnswer(.noDecoder, mayPass: mayPass))
    }

    /// What a decoder says of the picture in a file, and which format its first bytes tell.
    ///
    /// - Parameter path: Bytes as the kernel has them; a link at its end is not followed.
    package func read(
        _ path: [UInt8],
        _ readings: Set<Reading> = Set(Reading.allCases)
    ) -> (format: PictureFormat?, answer: Result<PictureAnswer, Obstacle>) {
        guard let file = try? Descriptor.open(path: path, [.noFollow, .nonBlocking], subject: "file") else {
            return (nil, .failure(.unreadable))
        }
        var prefix = [UInt8](repeating: 0, count: PictureFormat.prefixLength)
        guard let count = try? file.read(into: &prefix, at: 0, subject: "file") else {
            return (nil, .failure(.ioError))
        }
        guard let format = PictureFormat(firstBytes: prefix[..<count]) else {
            return (nil, .failure(.undecodable))
        }
        return (format, read(file, readings).mapError(\.obstacle))
    }

    /// Why pictures are not compared although a list asks for it; `nil` while they are.
    package var whyNone: String? { state.withLock { $0.fault?.description } }

    /// Starts the decoders if need be.
    @discardableResult
    func pool() -> DecoderPool? {
        state.withLock { state in
            if let pool = state.pool { return pool }
            if Clocks.monotonic < state.nextTry { return nil }
            do throws(DecoderFault) {
                let pool = try opened(state.settings)
                (state.pool, state.fault) = (pool, nil)
                return pool
            } catch {
                if state.fault != error {
                    log?.error("no-decoder", metadata: [LogKeys.reason: "\(error)"])
                }
                (state.fault, state.nextTry) = (error, Clocks.monotonic + Self.pause)
                return nil
            }
        }
    }

    private func opened(_ settings: DecoderSettings) throws(DecoderFault) -> DecoderPool {
        do throws(DecoderFault) {
            let pool = try DecoderPool(settings, try DecoderProgram.open(settings))
            show(pool.posture.layers)
            return pool
        } catch {
            show(error.layers)
            throw error
        }
    }
}

// MARK: - Figures

extension Pictures {
    /// Exports what the decoders did since the last time.
    func showFigures() {
        guard let registry else { return }
        state.withLock { state in
            guard let pool = state.pool else { return }
            let (now, before) = (pool.figures, state.shown)
            func add(_ name: MetricNames, _ label: String, _ value: String, _ count: Int) {
                registry.counter(name.rawValue, labels: [(label, value)]).add(Int64(count))
            }
            for outcome in PictureOutcome.allCases {
                let count = now.answers[outcome, default: 0] - before.answers[outcome, default: 0]
                add(.decoderPictures, "outcome", "\(outcome)", count)
            }
            for loss in WorkerLoss.allCases {
                add(
                    .decoderLosses,
                    "cause",
                    loss.rawValue,
                    now.losses[loss, default: 0] - before.losses[loss, default: 0]
                )
            }
            registry.counter(MetricNames.decoderStarts.rawValue, labels: []).add(
                Int64(now.started - before.started)
            )
            state.shown = now
        }
    }

    private func show(_ layers: CageLayers) {
        guard let registry else { return }
        for (layer, name) in CageLayers.named {
            registry.gauge(MetricNames.decoderCage.rawValue, labels: [("layer", name)])
                .set(layers.contains(layer) ? 1 : 0)
        }
    }
}
