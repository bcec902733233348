import ArgumentParser
import Digesting
import Digests
import LinuxIO
import UploadModel

/// The digest stage alone. Benchmarks/whole_path.py and Benchmarks/digests.py take its CPU time and divide by it.
@main
struct DigestStage: ParsableCommand {
    static let configuration = CommandConfiguration(subcommands: [Files.self, Memory.self])
}

struct Choice: ParsableArguments {
    @Option(help: "One kernel, instead of those that the daemon uses.")
    var kernel: String?

    @Option(help: "Some of md5,sha1,sha256.")
    var digests = "md5,sha1,sha256"

    var kernels: DigestKernels { kernel.map { .only(DigestKernel(rawValue: $0)!) } ?? .best }

    var algorithms: DigestAlgorithms {
        DigestAlgorithms(digests.split(separator: ",").map { DigestAlgorithm(name: String($0))! })
    }
}

/// Every regular file of a directory: open, stat, read, digest, close. No renames, no lists.
struct Files: ParsableCommand {
    @OptionGroup var choice: Choice
    @Argument var directory: String

    func run() throws {
        let directory = try Descriptor.directory(directory)
        var entries = try DirectoryEntries(of: directory)
        var lanes = Lanes(choice.kernels)
        var (files, bytes) = (0, UInt64(0))
        lanes.run(
            choice.algorithms,
            next: { try! Self.nextFile(&entries, in: directory) },
            done: { _, result in
                files += 1
                bytes += try! result.get().byteCount
            }
        )
        print("\(files) files, \(bytes) bytes, \(choice.kernels.description)")
    }

    /// The next regular file, opened as the daemon opens a claimed one.
    private static func nextFile(
        _ entries: inout DirectoryEntries,
        in directory: borrowing Descriptor
    ) throws -> LaneFile? {
        while let entry = try entries.next() {
            guard try directory.kind(of: entry) == .regular else { continue }
            let file = try directory.open(entry.name, [.noFollow, .nonBlocking])
            let size = try file.status().size
            return LaneFile(tag: 0, descriptor: file, size: size)
        }
        return nil
    }
}

/// Sixteen buffers in memory, again and again: what the kernels do where nothing has to be read.
struct Memory: ParsableCommand {
    @OptionGroup var choice: Choice
    @Argument(help: "Bytes of one buffer, a multiple of 64.") var size: Int
    @Argument(help: "Bytes in all.") var total: Int

    func run() {
        let buffers = (0..<16).map { _ in
            UnsafeMutableRawBufferPointer.allocate(byteCount: size + LaneDigests.roomToPad, alignment: 64)
        }
        for buffer in buffers {
            for index in buffer.indices { buffer[index] = UInt8(truncatingIfNeeded: index &* 167) }
        }
        let rounds = max(1, total / (16 * size))
        if let kernel = choice.kernels.lanes {
            for _ in 0..<rounds { together(kernel, buffers) }
        } else {
            for _ in 0..<rounds { inTurn(choice.kernels.stream, buffers) }
        }
        print("\(rounds * 16 * size) bytes, \(choice.kernels.description)")
    }

    private func together(_ kernel: DigestKernel, _ buffers: [UnsafeMutableRawBufferPointer]) {
        var lanes = LaneDigests(kernel, choice.algorithms)
        for first in stride(from: 0, to: 16, by: kernel.width) {
            for lane in 0..<kernel.width {
                lanes.begin(lane)
                lanes.set(lane, to: buffers[first + lane].baseAddress!)
                _ = LaneDigests.pad(buffers[first + lane].baseAddress! + size, count: 0, total: UInt64(size))
            }
            lanes.advance(by: size / LaneDigests.blockSize + 1, busy: ~0, ending: ~0)
            for lane in 0..<kernel.width { blackHole(lanes.digests(lane, byteCount: UInt64(size))) }
        }
    }

    /// Pieces of 64 KiB, as they would be read.
    private func inTurn(_ kernel: DigestKernel, _ buffers: [UnsafeMutableRawBufferPointer]) {
        var running = RunningDigest(choice.algorithms, by: kernel)
        for buffer in buffers {
            for start in stride(from: 0, to: size, by: 1 << 16) {
                let end = min(start + 1 << 16, size)
                running.update(UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
            }
            blackHole(running.finish())
        }
    }
}

/// Keeps what is not used from being left out.
@inline(never)
func blackHole(_ digests: DigestSet) {}
