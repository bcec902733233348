import GenerationFormat
import LinuxIO

/// `<state>/lists` in the hands of the one build that may change it.
struct GenerationShelf: ~Copyable {
    private let lists: Descriptor
    private let lock: FileLock
    private let names: [GenerationName]
    /// What `current` names; `nil` too where it cannot be read, since a build is the way out of that.
    let installed: GenerationName?

    /// Takes the lock and removes what a build left behind that was killed, hidden names all.
    init(_ directory: borrowing Descriptor) throws {
        guard let lock = try FileLock.take("build.lock", in: directory, subject: "lists/build.lock") else {
            throw BuildFault.anotherBuild
        }
        let names = try directory.generations()
        try directory.removeHidden()
        lists = try directory.duplicate()
        self.lock = lock
        self.names = names
        installed = directory.installed
    }

    /// The counter to build with.
    ///
    /// - Parameter served: The highest that a daemon served: it refuses all below, and `lists/` may be younger than that.
    func next(_ wanted: UInt64?, served: UInt64) throws(BuildFault) -> UInt64 {
        let highest = (names.map(\.counter) + [installed?.counter ?? 0, served]).max() ?? 0
        let counter = wanted ?? highest + 1
        guard counter > highest else { throw .counterTooLow(wanted: counter, highest: highest) }
        guard counter <= GenerationName.highestCounter else { throw .countersUsedUp }
        return counter
    }

    /// The newest generation before the installed one.
    var former: GenerationName? {
        guard let installed else { return nil }
        return names.filter { $0.counter < installed.counter }.max { $0.counter < $1.counter }
    }

    /// How many entries each list of the installed generation has; none where that cannot be read, since a build is the
    /// way out of that.
    var installedCounts: [String: UInt64] {
        guard let installed, let folder = try? open(installed),
            let file = try? folder.open(Array(GenerationFile.manifest.utf8), .nonBlocking),
            let bytes = try? file.readAll(limit: GenerationFile.largestManifest),
            let manifest = try? GenerationManifest(reading: bytes.span.bytes)
        else { return [:] }
        return Dictionary(manifest.lists.map { ($0.name, $0.entryCount) }) { first, _ in first }
    }

    func open(_ name: GenerationName) throws(SyscallError) -> Descriptor {
        try lists.open(name.bytes, .directory, subject: "\(name)")
    }

    /// Lets `write` fill a hidden directory, signs what it says of it, makes all of it durable, then installs it, then
    /// removes all but it and the one before.
    ///
    /// In this order `current` names a whole generation after a crash at any point. Where `write` fails, what it wrote
    /// goes at once. From `current` on it is installed, and what could not be removed then is no reason to say
    /// otherwise: the next build removes it.
    func install(
        _ name: GenerationName,
        _ key: SigningKey,
        write: (borrowing Descriptor) throws -> GenerationManifest
    ) throws -> (GenerationManifest, leftover: SyscallError?) {
        do {
            try lists.makeDirectory(name.hidden, mode: 0o700, subject: "\(name)")
            let directory = try lists.open(name.hidden, .directory, subject: "\(name)")
            try directory.setMode(0o700, subject: "\(name)")
            let manifest = try write(directory)
            let bytes = manifest.bytes
            let signature = try key.signature(of: bytes)
            for (file, bytes) in [(GenerationFile.manifest, bytes), (GenerationFile.signature, signature)] {
                try directory.writeNew(bytes, as: Array(file.utf8), mode: 0o640, subject: file)
            }
            try directory.sync(subject: "\(name)")
            try lists.rename(name.hidden, to: lists, name.bytes, subject: "\(name)")
            try lists.sync(subject: "lists")
            let current = Array(GenerationFile.current.utf8)
            try lists.writeDurably(name.currentFile, as: current, mode: 0o640, subject: "lists/current")
            return (manifest, leftover: removeOlder())
        } catch {
            try? lists.removeTree(name.hidden, subject: "\(name)")
            throw error
        }
    }

    /// Hidden first, so that no name that looks whole is ever half removed.
    private func removeOlder() -> SyscallError? {
        do throws(SyscallError) {
            for name in names where name != installed {
                try lists.rename(name.bytes, to: lists, name.hidden, subject: "\(name)")
                try lists.removeTree(name.hidden, subject: "\(name)")
            }
            try lists.sync(subject: "lists")
            return nil
        } catch {
            return error
        }
    }
}

extension GenerationName {
    fileprivate var bytes: [UInt8] { Array(description.utf8) }
    fileprivate var hidden: [UInt8] { Array(".\(self)".utf8) }
}

// MARK: - What lies there

extension Descriptor {
    fileprivate var installed: GenerationName? {
        guard let file = try? open(Array(GenerationFile.current.utf8), .nonBlocking),
            let bytes = try? file.readAll(limit: 64)
        else { return nil }
        return GenerationName(currentFile: bytes)
    }

    fileprivate func generations() throws(SyscallError) -> [GenerationName] {
        var entries = try DirectoryEntries(of: self, subject: "lists")
        var names: [GenerationName] = []
        while let entry = try entries.next() {
            if let name = GenerationName(entry.name) { names.append(name) }
        }
        return names
    }

    fileprivate func removeHidden() throws(SyscallError) {
        var entries = try DirectoryEntries(of: self, subject: "lists")
        while let entry = try entries.next() {
            guard entry.name.first == UInt8(ascii: ".") else { continue }
            if try status(of: entry.name, subject: "lists").kind == .directory {
                try removeTree(entry.name, subject: "lists")
            } else {
                try unlink(entry.name, subject: "lists")
            }
        }
    }
}
