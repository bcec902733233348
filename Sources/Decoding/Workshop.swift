import LinuxIO
import PictureWire
import UploadModel

/// Where workers are made: the program, opened once, and what each worker is told.
final class Workshop: Sendable {
    private let program: Descriptor
    private let terms: WorkerTerms
    private let requireSandbox: Bool

    init(_ program: consuming Descriptor, _ settings: DecoderSettings) {
        self.program = program
        terms = WorkerTerms(settings)
        requireSandbox = settings.requireSandbox
    }

    func start() throws(DecoderFault) -> DecoderWorker {
        let worker = try DecoderWorker(program, terms)
        let missing = CageLayers.all.subtracting(worker.report.layers)
        if requireSandbox && !missing.isEmpty { throw .cageIncomplete(missing: missing) }
        return worker
    }
}

extension WorkerTerms {
    init(_ settings: DecoderSettings) {
        self.init(
            memory: settings.memory,
            pixels: UInt64(settings.pixels),
            bytes: settings.bytes,
            cpuMilliseconds: UInt64(settings.cpuSeconds) * 1_000,
            cpuSecondsInAll: UInt64(settings.cpuSeconds) * UInt64(settings.picturesPerWorker) + 1
        )
    }
}
