import Digesting
import Digests
import LinuxIO
import UploadModel

// The digest stage alone, on every regular file of a directory: open, stat, read, digest, close. No daemon, no
// renames, no lists. Benchmarks/whole_path.py takes its CPU time and divides by it.

/// The next regular file of a directory, opened as the daemon opens a claimed one.
func nextFile(_ entries: inout DirectoryEntries, in directory: borrowing Descriptor) throws -> LaneFile? {
    while let entry = try entries.next() {
        guard try directory.kind(of: entry) == .regular else { continue }
        let file = try directory.open(entry.name, [.noFollow, .nonBlocking])
        let size = try file.status().size
        return LaneFile(tag: 0, descriptor: file, size: size)
    }
    return nil
}

guard CommandLine.arguments.count == 2 else { fatalError("usage: DigestStage DIRECTORY") }
let directory = try Descriptor.directory(CommandLine.arguments[1])
var entries = try DirectoryEntries(of: directory)
var lanes = Lanes()
var files = 0
var bytes: UInt64 = 0

lanes.run(
    next: { try! nextFile(&entries, in: directory) },
    done: { _, result in
        files += 1
        bytes += try! result.get().byteCount
    }
)
print("\(files) files, \(bytes) bytes, \(DigestKernel.inUse)")
