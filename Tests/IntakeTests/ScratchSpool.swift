import Glibc
import LinuxIO
import UploadModel

@testable import Intake

/// A spool of its own under the temporary directory, gone when the test lets go of it.
final class ScratchSpool: Sendable {
    let settings: SpoolSettings
    private let parent: String

    var root: String { settings.root }

    init(context: ContextSource = .sidecar, hardLinks: HardLinkRule = .copy) throws {
        ThisProcess.blockStraySignals()  // as the daemon does: a lease that is broken while it is held
        parent = try Self.scratchDirectory()
        var settings = SpoolSettings(name: "scratch", root: "\(parent)/spool")
        (settings.context, settings.hardLinks) = (context, hardLinks)
        self.settings = settings
        try makeRoot()
    }

    deinit {
        let cut = parent.lastIndex(of: "/")!
        try? Descriptor.directory(String(parent[...cut])).removeTree(Array(parent[cut...].dropFirst().utf8))
    }

    private static func scratchDirectory() throws -> String {
        let place = ThisProcess.environment("TMPDIR") ?? "/tmp"
        var template = Array("\(place)/spool-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw SyscallError(call: "mkdtemp", subject: place, errno: errno)
        }
        return template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }

    func makeRoot() throws {
        try Descriptor.directory(parent).makeDirectory(bytes("spool"), mode: 0o750)
    }

    /// Moves the whole spool away from its path.
    func moveRootAway() throws {
        let directory = try Descriptor.directory(parent)
        try directory.rename(bytes("spool"), to: directory, bytes("spool-before"))
    }

    func open(keeping: Spool? = nil) throws -> Spool { try Spool(opening: settings, keeping: keeping) }
}

// MARK: - What lies there; places are relative to the spool's root

extension ScratchSpool {
    func makeDirectories(_ place: String) throws {
        var path = ""
        for part in place.split(separator: "/") {
            path += path.isEmpty ? part : "/\(part)"
            if try !exists(path) { try descriptor().makeDirectory(bytes(path), mode: 0o770) }
        }
    }

    /// Writes a file where it is to be, whole at once, as an application would by its rename.
    func put(_ place: String, _ text: String = "invented bytes") throws {
        if let cut = place.lastIndex(of: "/") { try makeDirectories(String(place[..<cut])) }
        let root = try descriptor()
        try root.writeNew(bytes(text), as: bytes(".writing"), mode: 0o640, subject: "upload")
        try root.rename(bytes(".writing"), to: root, bytes(place))
    }

    func move(_ place: String, to goal: String) throws {
        let root = try descriptor()
        try root.rename(bytes(place), to: root, bytes(goal))
    }

    func exists(_ place: String) throws -> Bool { try descriptor().statusIfThere(of: bytes(place)) != nil }

    func status(_ place: String) throws -> FileStatus { try descriptor().status(of: bytes(place)) }

    func text(_ place: String) throws -> String {
        String(decoding: try descriptor().open(bytes(place)).readAll(limit: 1 << 20), as: UTF8.self)
    }

    /// Names in one directory, sorted.
    func names(_ place: String) throws -> [String] {
        let directory = try descriptor().open(bytes(place.isEmpty ? "." : place), .directory)
        var entries = try DirectoryEntries(of: directory)
        var names: [String] = []
        while let entry = try entries.next() { names.append(String(decoding: entry.name, as: UTF8.self)) }
        return names.sorted()
    }

    func setMode(_ mode: UInt32, _ place: String = "") throws {
        try ThisProcess.setMode(mode, ofPath: place.isEmpty ? root : "\(root)/\(place)")
    }

    private func descriptor() throws -> Descriptor { try Descriptor.directory(root) }
}

func path(_ text: String) -> SpoolPath { SpoolPath(Array(text.utf8))! }

extension UploadID {
    static let invented = UploadID("019ab2c3-d4e5-7f60-8123-456789abcdef")!
}
