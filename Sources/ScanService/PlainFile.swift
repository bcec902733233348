import Digesting
import LinuxIO
import UploadModel

/// A file outside the spools, open for reading: regular, no link followed at its end, no FIFO waited for.
struct PlainFile: ~Copyable {
    private let descriptor: Descriptor
    let status: FileStatus

    static func open(_ path: [UInt8]) throws(Unreadable) -> PlainFile {
        do {
            let found = try Descriptor.status(ofPath: path, subject: "file")
            if let reason = found.kind.whyNotRead { throw Unreadable(reason: reason) }
            let descriptor = try Descriptor.open(path: path, [.noFollow, .nonBlocking], subject: "file")
            let status = try descriptor.status()
            if let reason = status.kind.whyNotRead { throw Unreadable(reason: reason) }
            return PlainFile(descriptor: descriptor, status: status)
        } catch {
            throw error as? Unreadable ?? Unreadable(reason: "\(error)")
        }
    }

    private init(descriptor: consuming Descriptor, status: FileStatus) {
        self.descriptor = descriptor
        self.status = status
    }

    consuming func inLane(_ tag: Int) -> LaneFile {
        LaneFile(tag: tag, descriptor: descriptor, size: status.size)
    }
}

extension FileStatus.Kind {
    fileprivate var whyNotRead: String? {
        switch self {
        case .regular: nil
        case .directory: "a directory that could not be read"
        case .symbolicLink: Obstacle.symbolicLink.rawValue
        case .fifo: Obstacle.fifo.rawValue
        case .socket: Obstacle.socket.rawValue
        case .device: Obstacle.device.rawValue
        }
    }
}

/// Why a file could not be compared, one line.
struct Unreadable: Error {
    let reason: String
}

/// The files at and below the given paths, one after another: links are given, not followed.
package final class FileWalk: IteratorProtocol {
    private var roots: ArraySlice<[UInt8]>
    private var levels: [Level] = []

    private final class Level {
        let directory: Descriptor
        let path: [UInt8]
        var entries: DirectoryEntries

        init(_ path: [UInt8]) throws(SyscallError) {
            directory = try Descriptor.open(path: path, [.directory, .noFollow], subject: "directory")
            entries = try DirectoryEntries(of: directory, subject: "directory")
            self.path = path
        }
    }

    package init(_ paths: [[UInt8]]) { roots = paths[...] }

    /// The next file. A directory that cannot be read is given itself, so that it is accounted for.
    package func next() -> [UInt8]? {
        while true {
            guard let level = levels.last else {
                guard let root = roots.popFirst() else { return nil }
                if let file = descend(root) { return file }
                continue
            }
            let entry: DirectoryEntry?
            do {
                entry = try level.entries.next()
            } catch {
                return levels.removeLast().path
            }
            guard let entry else {
                levels.removeLast()
                continue
            }
            if let file = descend(level.path + (level.path.last == slash ? [] : [slash]) + entry.name) {
                return file
            }
        }
    }

    private func descend(_ path: [UInt8]) -> [UInt8]? {
        guard let kind = try? Descriptor.status(ofPath: path, subject: "file").kind, kind == .directory else {
            return path
        }
        guard let level = try? Level(path) else { return path }
        levels.append(level)
        return nil
    }

    private let slash = UInt8(ascii: "/")
}
