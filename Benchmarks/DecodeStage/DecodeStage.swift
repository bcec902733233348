import Decoding
import LinuxIO
import PictureWire
import PictureWork
import UploadModel

/// What decoding and hashing takes, and what the cage costs: the same pictures decoded in this process and by one worker,
/// turn by turn.
///
/// `DecodeStage ROUNDS FILE...` prints for each file, with both readings and with that of 512 x 512 alone, the least CPU time
/// of both ways, where the caged one is this process and the worker together; the median of their differences; and the
/// worker's peak of memory. Best on one processor: `taskset -c 0 DecodeStage ...`.
@main
struct DecodeStage {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let rounds = arguments.first.flatMap({ Int($0) }) else {
            return print("DecodeStage ROUNDS FILE...")
        }
        Cage.steadyHeap()
        try measureStart(min(rounds, 9))
        for path in arguments.dropFirst() {
            try measure(path, rounds, "both", Set(Reading.allCases))
            try measure(path, rounds, "r512", [.r512])
        }
    }

    /// From nothing to a worker that waits in its cage, wall time.
    private static func measureStart(_ rounds: Int) throws {
        var times: [Double] = []
        for _ in 0..<rounds {
            let begin = Clocks.monotonic
            _ = try DecoderPool(DecoderSettings(), DecoderProgram.open(DecoderSettings()))
            times.append(Double(Clocks.monotonic - begin) / 1e6)
        }
        print("start", rounded(times.min() ?? 0), "ms at least")
    }

    private static func measure(_ path: String, _ rounds: Int, _ name: String, _ readings: Set<Reading>)
        throws
    {
        var settings = DecoderSettings()
        settings.workers = 1
        settings.picturesPerWorker = 4 * rounds
        let pool = try DecoderPool(settings, DecoderProgram.open(settings))
        let picture = try Descriptor.open(path)
        let bytes = PictureBytes()
        let job = PictureJob(
            number: 0,
            byteCount: try picture.status(subject: path).size,
            readings: readings
        )
        var finding = PerceptualFinding.unusable
        var (inside, caged): ([Double], [Double]) = ([], [])
        // The first pair warms both heaps; which one goes first changes from pair to pair.
        for round in 0...rounds {
            let caged1 =
                round % 2 == 0 ? nil : milliseconds(pool) { finding = pool.perceptual(of: picture, readings) }
            inside.append(milliseconds(pool) { _ = bytes.decode(picture, terms(settings), job) })
            caged.append(caged1 ?? milliseconds(pool) { finding = pool.perceptual(of: picture, readings) })
        }
        let costs = zip(caged, inside).dropFirst().map { $0 - $1 }.sorted()
        let (one, other, cost) = (inside.min() ?? 0, caged.min() ?? 0, costs[costs.count / 2])
        print(
            "\(file(path)) \(name):",
            "\(rounded(one)) ms here, \(rounded(other)) ms caged, \(rounded(cost)) ms for the cage,",
            "peak \(peak(of: pool.idleProcesses.first ?? 0)) MB, \(word(finding))"
        )
    }

    private static func terms(_ settings: DecoderSettings) -> WorkerTerms {
        WorkerTerms(
            memory: settings.memory,
            pixels: UInt64(settings.pixels),
            bytes: settings.bytes,
            cpuMilliseconds: 0,
            cpuSecondsInAll: 0
        )
    }

    private static func milliseconds(_ pool: DecoderPool, _ body: () -> Void) -> Double {
        let workerBegan = workerCPU(pool)
        let began = Clocks.processCPU
        body()
        let ended = Clocks.processCPU
        return Double(ended - began + workerCPU(pool) - workerBegan) / 1e6
    }

    /// Nanoseconds, from the scheduler's own count.
    private static func workerCPU(_ pool: DecoderPool) -> Int64 {
        let file = try? Descriptor.open("/proc/\(pool.idleProcesses.first ?? 0)/schedstat").readAll(
            limit: 4_096
        )
        return Int64(String(decoding: file ?? [], as: UTF8.self).split(separator: " ").first ?? "") ?? 0
    }

    private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

    private static func file(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// VmHWM of a process, in megabytes; 0 when it is gone.
    private static func peak(of process: Int32) -> Int {
        guard let file = try? Descriptor.open("/proc/\(process)/status"),
            let text = try? String(decoding: file.readAll(limit: 1 << 16), as: UTF8.self),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM") })
        else { return 0 }
        return (line.split(separator: " ").compactMap { Int($0) }.first ?? 0) / 1_024
    }

    private static func word(_ finding: PerceptualFinding) -> String {
        switch finding {
        case .hashes(let hashes, let truncated):
            "\(hashes.count) hashes\(truncated ? ", truncated" : "") \(PerceptualHash.hex(hashes[0].bits))"
        case .unusable: "unusable"
        case .failed(let obstacle): obstacle.rawValue
        case .notAsked: "not asked"
        }
    }
}
