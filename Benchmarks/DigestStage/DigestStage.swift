import ArgumentParser
import Digesting
import Digests
import LinuxIO
import UploadModel

/// The digest stage alone. Benchmarks/whole_path.py and Benchmarks/digests.py take its CPU time and divide by it.
@main
struct DigestStage: ParsableCommand {
    static let configuration = CommandConfiguration(subcommands: [Files.self, Memory.self, Moves.self])
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
    @Option(help: "Of so many processes that share the files.") var of = 1
    @Option(help: "Which one this is, from 0 on.") var share = 0
    @Argument var directory: String

    func run() throws {
        let directory = try Descriptor.directory(directory)
        var entries = try DirectoryEntries(of: directory)
        var lanes = Lanes(choice.kernels)
        var (seen, files, bytes) = (0, 0, UInt64(0))
        lanes.run(
            choice.algorithms,
            next: { try! nextFile(&entries, &seen, in: directory) },
            done: { _, result in
                files += 1
                bytes += try! result.get().byteCount
            }
        )
        print("\(files) files, \(bytes) bytes, \(choice.kernels.description)")
    }

    /// The next regular file of this share, opened as the daemon opens a claimed one.
    private func nextFile(
        _ entries: inout DirectoryEntries,
        _ seen: inout Int,
        in directory: borrowing Descriptor
    ) throws -> LaneFile? {
        while let entry = try entries.next() {
            guard try directory.kind(of: entry) == .regular else { continue }
            seen += 1
            if seen % of != share { continue }
            let file = try directory.open(entry.name, [.noFollow, .nonBlocking])
            let size = try file.status().size
            return LaneFile(tag: 0, descriptor: file, size: size)
        }
        return nil
    }
}

/// Buffers in memory, as many as lanes, again and again: what the kernels do where nothing has to be read.
struct Memory: ParsableCommand {
    @OptionGroup var choice: Choice
    @Argument(help: "Bytes of one buffer, a multiple of 64.") var size: Int
    @Argument(help: "Bytes in all.") var total: Int

    func run() {
        let count = choice.kernels.lanes?.width(for: choice.algorithms) ?? 16
        let buffers = Self.buffers(count, size)
        let rounds = max(1, total / (count * size))
        if let kernel = choice.kernels.lanes {
            for _ in 0..<rounds { together(kernel, buffers) }
        } else {
            for _ in 0..<rounds { inTurn(choice.kernels.stream, buffers) }
        }
        print("\(rounds * count * size) bytes, \(choice.kernels.description)")
    }

    /// One behind the other, as the lanes' own: were each at the head of a page, all would want the same places of the
    /// processor's cache.
    private static func buffers(_ count: Int, _ size: Int) -> [UnsafeMutableRawBufferPointer] {
        let room = size + LaneDigests.roomToPad
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count * room, alignment: 64)
        for index in memory.indices { memory[index] = UInt8(truncatingIfNeeded: index &* 167) }
        return (0..<count).map { .init(rebasing: memory[$0 * room..<($0 + 1) * room]) }
    }

    private func together(_ kernel: DigestKernel, _ buffers: [UnsafeMutableRawBufferPointer]) {
        var lanes = LaneDigests(kernel, choice.algorithms)
        for lane in buffers.indices {
            lanes.begin(lane)
            lanes.set(lane, to: buffers[lane].baseAddress!)
            _ = LaneDigests.pad(buffers[lane].baseAddress! + size, count: 0, total: UInt64(size))
        }
        lanes.advance(by: size / LaneDigests.blockSize + 1, busy: ~0, ending: ~0)
        for lane in buffers.indices { blackHole(lanes.digests(lane, byteCount: UInt64(size))) }
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

/// Every file of a directory through two renames, as a claim and a release are: what the file system asks for, whoever
/// asks. They end in `moves-released`.
struct Moves: ParsableCommand {
    @Argument var directory: String
    @Argument(help: "Where two directories are made meanwhile, on the same file system.") var beside: String

    func run() throws {
        let source = try Descriptor.directory(directory)
        let parent = try Descriptor.directory(beside)
        let work = try parent.ensureDirectory(Array("moves-work".utf8), mode: 0o700, subject: "work")
        let released = try parent.ensureDirectory(
            Array("moves-released".utf8),
            mode: 0o700,
            subject: "released"
        )
        var names: [[UInt8]] = []
        var entries = try DirectoryEntries(of: source)
        while let entry = try entries.next() { names.append(entry.name) }
        for name in names {
            try source.rename(name, to: work, name)
            try work.rename(name, to: released, name)
        }
        print("\(names.count) files")
    }
}

/// Keeps what is not used from being left out.
@inline(never)
func blackHole(_ digests: DigestSet) {}
