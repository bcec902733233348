package import LinuxIO
package import PictureWire
package import UploadModel

/// Workers that decode untrusted pictures to perceptual hashes, outside this process.
///
/// Any thread may ask; it waits for a free worker and then for the answer. A worker that dies or hangs costs its
/// picture the perceptual hash and is replaced with the next picture.
package final class DecoderPool: Sendable {
    private let settings: DecoderSettings
    private let workshop: Workshop
    private let state: Monitor<State>
    private let spent = SpentContent()
    /// The posture of the first worker.
    package let posture: CageReport

    private struct State {
        var idle: [Shift] = []
        var working = 0
        var lastJob: UInt64 = 0
        var figures = DecoderFigures()
    }

    /// A worker and the pictures it may still take.
    private struct Shift {
        let worker: DecoderWorker
        let left: Int

        /// After one more picture; `nil` when the worker has seen enough of them.
        var next: Shift? { left > 1 ? Shift(worker: worker, left: left - 1) : nil }
    }

    /// Starts the first worker and looks at its posture.
    ///
    /// - Parameter program: From ``DecoderProgram/open(_:)``.
    package init(_ settings: DecoderSettings, _ program: consuming Descriptor) throws(DecoderFault) {
        let workshop = Workshop(program, settings)
        let first = try workshop.start()
        self.settings = settings
        self.workshop = workshop
        posture = first.report
        state = Monitor(State(idle: [Shift(worker: first, left: settings.picturesPerWorker)]))
        state.change { $0.figures.started = 1 }
    }

    package var figures: DecoderFigures { state.read { $0.figures } }

    /// The workers that wait for a picture, for looking at them.
    package var idleProcesses: [Int32] { state.read { $0.idle.map(\.worker.processID) } }

    /// The perceptual hashes of a picture, in every orientation.
    ///
    /// - Parameters:
    ///   - picture: A borrowed descriptor, open for reading; its offset is left alone.
    ///   - readings: Those that somebody compares.
    package func perceptual(
        of picture: borrowing Descriptor,
        _ readings: Set<Reading> = Set(Reading.allCases)
    ) -> PerceptualFinding {
        read(picture, readings).finding
    }

    /// What a decoder says of a picture, all of it; or why none did.
    package func read(
        _ picture: borrowing Descriptor,
        _ readings: Set<Reading> = Set(Reading.allCases)
    ) -> Result<PictureAnswer, NoAnswer> {
        guard let byteCount = try? picture.status(subject: "upload").size else { return .failure(.unread) }
        do throws(NoAnswer) {
            if byteCount > settings.bytes {
                count { $0.tooManyBytes += 1 }
                throw NoAnswer(.pictureTooLarge)
            }
            let answer = try answer(picture, byteCount, readings)
            count { $0.answers[answer.outcome, default: 0] += 1 }
            return answer.outcome == .unread ? .failure(.unread) : .success(answer)
        } catch {
            return .failure(error)
        }
    }

    private func count(_ body: (inout DecoderFigures) -> Void) {
        state.changeQuietly { body(&$0.figures) }
    }
}

// MARK: - Workers

extension DecoderPool {
    /// Workers that are tried for one picture before it is given up.
    private static let tries = 5
    /// Milliseconds after a start that failed.
    private static let pause: UInt32 = 100

    /// Has one worker after the other try, until one answers or is lost over the picture.
    private func answer(
        _ picture: borrowing Descriptor,
        _ byteCount: UInt64,
        _ readings: Set<Reading>
    ) throws(NoAnswer) -> PictureAnswer {
        let turn = takeTurn()
        var shift = turn.shift
        defer { endTurn(shift) }
        // Not before: while this thread waited for its turn others may have lost workers over the same content.
        try requireNotSpent(picture, byteCount)
        let job = PictureJob(number: turn.job, byteCount: byteCount, readings: readings)
        var fault: DecoderFault?
        var wasKilled = false
        for _ in 0..<Self.tries {
            guard let current = shift ?? startAnother(&fault) else { continue }
            shift = nil
            do throws(WorkerLoss) {
                let deadline = Clocks.monotonic + Int64(settings.wallSeconds) * 1_000_000_000
                guard let answer = try current.worker.answer(to: job, picture, until: deadline) else {
                    continue
                }
                shift = current.next
                return answer
            } catch {
                count { $0.losses[error, default: 0] += 1 }
                // One worker that somebody else ended says nothing of its picture; after two of them the picture may be
                // why memory is short.
                guard error == .killed, !wasKilled else { throw spend(picture, byteCount) }
                wasKilled = true
            }
        }
        throw NoAnswer(.noDecoder, mayPass: fault?.mayPass ?? true)
    }

    private func requireNotSpent(_ picture: borrowing Descriptor, _ byteCount: UInt64) throws(NoAnswer) {
        guard spent.isSpent(picture, byteCount: byteCount) else { return }
        count { $0.notTriedAgain += 1 }
        throw NoAnswer(.decoderDied)
    }

    private func spend(_ picture: borrowing Descriptor, _ byteCount: UInt64) -> NoAnswer {
        spent.note(picture, byteCount: byteCount)
        return NoAnswer(.decoderDied)
    }

    /// Waits until fewer than `settings.workers` are at work; the shift is `nil` where none is idle.
    private func takeTurn() -> (job: UInt64, shift: Shift?) {
        let most = max(1, settings.workers)
        return state.wait { state in
            guard state.working < most else { return nil }
            state.working += 1
            state.lastJob += 1
            return (state.lastJob, state.idle.popLast())
        }!
    }

    private func endTurn(_ shift: Shift?) {
        state.change { state in
            state.working -= 1
            if let shift { state.idle.append(shift) }
        }
    }

    private func startAnother(_ fault: inout DecoderFault?) -> Shift? {
        do throws(DecoderFault) {
            let worker = try workshop.start()
            count { $0.started += 1 }
            return Shift(worker: worker, left: settings.picturesPerWorker)
        } catch {
            fault = error
            count { $0.failedStarts += 1 }
            ThisProcess.sleep(milliseconds: Self.pause)
            return nil
        }
    }
}
