import Digesting
package import Digests
package import HashLists
import LinuxIO
import Synchronization
package import UploadModel

/// Digests and decides on files that stay where they are: the lanes and decisions of the daemon, nothing moved.
package struct OneShot: Sendable {
    /// What was found out about one file.
    package struct Finding: Sendable {
        /// As it was given or found, bytes.
        package let path: [UInt8]
        /// `nil` when it could not be read.
        package let digests: DigestSet?
        package let verdict: Verdict
    }

    package enum Verdict: Sendable {
        /// It matched no loaded list, or lists were not asked.
        case released
        case match([Match])
        /// It could not be compared, and why.
        case held(String)
    }

    private let workers: Int
    private let generation: Generation?
    private let kernels: DigestKernels
    private let pictures: Pictures

    /// - Parameters:
    ///   - workers: Threads, at least 1.
    ///   - generation: Lists to compare with; `nil` to digest only.
    ///   - decoder: How pictures are decoded, if a list asks for it.
    package init(
        workers: Int,
        generation: Generation? = nil,
        kernels: DigestKernels = .best,
        decoder: DecoderSettings = DecoderSettings()
    ) {
        (self.workers, self.generation, self.kernels) = (workers, generation, kernels)
        pictures = Pictures(decoder)
    }

    /// Files that are worked on before their findings are given out, so that they come in order.
    private static let chunk = 512

    /// Gives a finding for each path, in the same order.
    package func run(
        over paths: some IteratorProtocol<[UInt8]>,
        each: (Finding) throws -> Void
    ) rethrows {
        var rest = paths
        while true {
            var chunk: [[UInt8]] = []
            while chunk.count < Self.chunk, let path = rest.next() { chunk.append(path) }
            if chunk.isEmpty { return }
            for finding in findings(chunk) { try each(finding) }
        }
    }

    private func findings(_ paths: [[UInt8]]) -> [Finding] {
        let chunk = Chunk(paths)
        let threads = (0..<max(1, min(workers, paths.count))).map { number in
            BlockingThread("scan-\(number)") { self.work(chunk) }
        }
        for thread in threads { thread.join() }
        return chunk.findings.withLock { $0.compactMap { $0 } }
    }

    private final class Chunk: Sendable {
        let paths: [[UInt8]]
        let taken = Atomic(0)
        let findings: Mutex<[Finding?]>

        init(_ paths: [[UInt8]]) {
            self.paths = paths
            findings = Mutex(Array(repeating: nil, count: paths.count))
        }

        func found(_ index: Int, _ digests: DigestSet?, _ verdict: Verdict) {
            findings.withLock { $0[index] = Finding(path: paths[index], digests: digests, verdict: verdict) }
        }
    }

    private func work(_ chunk: Chunk) {
        var lanes = Lanes(kernels)
        var statuses: [Int: FileStatus] = [:]
        lanes.run(
            next: {
                while true {
                    let index = chunk.taken.add(1, ordering: .relaxed).oldValue
                    guard index < chunk.paths.count else { return nil }
                    do throws(Unreadable) {
                        let file = try PlainFile.open(chunk.paths[index])
                        statuses[index] = file.status
                        return file.inLane(index)
                    } catch {
                        chunk.found(index, nil, .held(error.reason))
                    }
                }
            },
            done: { file, result in
                guard let before = statuses.removeValue(forKey: file.tag) else { return }
                do {
                    let digests = try result.get()
                    let isStill = try file.descriptor.status().hasSameContent(as: before)
                    chunk.found(
                        file.tag,
                        digests,
                        isStill
                            ? try verdict(digests, file.descriptor) : .held(Obstacle.keepsChanging.rawValue)
                    )
                } catch {
                    chunk.found(file.tag, nil, .held("\(error)"))
                }
            }
        )
    }

    /// What the daemon would decide.
    private func verdict(_ digests: DigestSet, _ file: borrowing Descriptor) throws(SyscallError) -> Verdict {
        guard let generation else { return .released }
        let finding = try generation.asksForHashes(of: file) ? pictures.perceptual(of: file) : .notAsked
        let met = generation.matches(digests, finding)
        switch (Judgement(of: met), finding) {
        case (.listed(let matches), _), (.suppressed(let matches), .failed): return .match(matches)
        case (.unlisted, .failed(let obstacle)): return .held(obstacle.rawValue)
        case (.unlisted, _), (.suppressed, _): return .released
        }
    }
}
