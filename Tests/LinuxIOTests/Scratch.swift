import Glibc

@testable import LinuxIO

/// A directory of its own for one test, gone with the value.
final class Scratch: Sendable {
    let path: String
    let root: Descriptor

    init() throws {
        ThisProcess.blockStraySignals()
        var template = Array("\(ThisProcess.environment("TMPDIR") ?? "/tmp")/linuxio-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw SyscallError(call: "mkdtemp", subject: "scratch", errno: errno)
        }
        path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        root = try Descriptor.directory(path)
    }

    deinit {
        for name in (try? names()) ?? [] {
            try? root.removeTree(name)
            try? root.unlink(name)
        }
        rmdir(path)
    }

    @discardableResult
    func file(_ name: String, _ content: [UInt8] = []) throws -> Descriptor {
        try root.writeNew(content, as: bytes(name), mode: 0o644, subject: name)
        return try root.open(bytes(name))
    }

    func link(_ name: String, to target: String) { symlink(target, "\(path)/\(name)") }

    func directory(_ name: String) throws -> Descriptor {
        try root.ensureDirectory(bytes(name), mode: 0o755, subject: name)
    }

    func writer(_ name: String) throws -> Descriptor { try root.open(bytes(name), .readWrite) }

    func text(_ name: String) throws -> String {
        String(decoding: try root.open(bytes(name)).readAll(limit: 1 << 20), as: UTF8.self)
    }

    /// Names in the order of their bytes.
    func names() throws -> [[UInt8]] {
        var entries = try DirectoryEntries(of: root)
        var names: [[UInt8]] = []
        while let entry = try entries.next() { names.append(entry.name) }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
