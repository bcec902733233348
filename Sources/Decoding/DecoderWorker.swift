import LinuxIO
import PictureWire

/// One worker process and the channel to it, for one thread at a time; it dies with its last reference.
final class DecoderWorker: Sendable {
    private let channel: PacketChannel
    private let child: ChildProgram
    /// The posture that it reached.
    let report: CageReport

    /// Nanoseconds from the start of a worker to its posture.
    private static let patience: Int64 = 5_000_000_000

    /// Starts a worker and waits until it stands in its cage.
    init(_ program: borrowing Descriptor, _ terms: WorkerTerms) throws(DecoderFault) {
        do throws(SyscallError) {
            let pair = try PacketChannel.pair()
            child = try ChildProgram(program, name: DecoderProgram.name, input: pair.there)
            channel = pair.keepHere()
        } catch {
            throw .notStarted(error)
        }
        guard (try? channel.send(terms.record)) != nil, let report = Self.report(channel) else {
            throw .notReady
        }
        self.report = report
    }

    private static func report(_ channel: borrowing PacketChannel) -> CageReport? {
        guard (try? channel.waitForPacket(until: Clocks.monotonic + patience)) == true,
            let packet = try? channel.receive(limit: CageReport.byteCount), !packet.isTooLong
        else { return nil }
        return try? CageReport(reading: packet.bytes)
    }

    var processID: Int32 { child.processID }

    /// Has one picture decoded.
    ///
    /// - Parameter deadline: On the monotonic clock.
    /// - Returns: `nil` where the worker was gone before it took the picture, which says nothing of the picture.
    /// - Throws: ``WorkerLoss``; the process has ended then.
    func answer(
        to job: PictureJob,
        _ picture: borrowing Descriptor,
        until deadline: Int64
    ) throws(WorkerLoss) -> PictureAnswer? {
        do throws(SyscallError) {
            try channel.send(job.record, passing: picture)
        } catch {
            return nil
        }
        guard (try? channel.waitForPacket(until: deadline)) == true else {
            child.end()
            throw .wallTime
        }
        guard let packet = try? channel.receive(limit: PictureAnswer.byteCount), !packet.bytes.isEmpty else {
            throw WorkerLoss(child.end())
        }
        if !packet.isTooLong, let answer = try? PictureAnswer(reading: packet.bytes, to: job) {
            return answer
        }
        child.end()
        throw .malformed
    }
}

extension WorkerLoss {
    /// SIGSYS is the cage's, SIGPROF and SIGXCPU the limits of CPU time.
    init(_ end: ChildProgram.End) {
        switch end {
        case .exited: self = .left
        case .signal(Signals.badSystemCall): self = .caught
        case .signal(Signals.cpuTimer), .signal(Signals.cpuLimit): self = .cpuTime
        case .signal(Signals.kill), .signal(Signals.terminate), .signal(Signals.interrupt),
            .signal(Signals.hangUp):
            self = .killed
        case .signal: self = .crashed
        }
    }
}
