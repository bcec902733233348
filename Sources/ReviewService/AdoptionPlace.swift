import LinuxIO
import UploadModel

/// A directory that a person wants exhibits taken in from.
///
/// What is verified must be what is read afterwards, so nobody but those who answer for it may be able to change it, or
/// to put another directory in its place.
struct AdoptionPlace {
    private let path: String
    /// From the root down, the directory itself last.
    private let steps: [String]

    /// - Throws: ``AdoptionRefused/notAPath``.
    init(_ path: String) throws(AdoptionRefused) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true)
        guard path.utf8.first == UInt8(ascii: "/"), !parts.isEmpty, !parts.contains(".."),
            !parts.contains(".")
        else {
            throw .notAPath(path)
        }
        self.path = path
        var steps = ["/"]
        for part in parts { steps.append((steps.count == 1 ? "" : steps[steps.count - 1]) + "/" + part) }
        self.steps = steps
    }

    /// - Parameter users: Root, the desk's own user, and who asks.
    func check(trusting users: Set<UInt32>) throws {
        for step in steps {
            let found = try Descriptor.status(ofPath: Array(step.utf8), subject: step)
            guard found.kind == .directory else { throw AdoptionRefused.notADirectory(path, step) }
            // In a sticky directory nobody renames what is another's; the directory itself must be closed.
            let isSticky = found.mode & 0o1000 != 0 && users.contains(found.uid) && step != steps.last
            guard isSticky || found.isClosed(toOthersThan: users) else {
                throw AdoptionRefused.openToOthers(path, step)
            }
        }
    }
}

/// Why nothing is taken in from a directory; nothing of it was read.
enum AdoptionRefused: WayOut, Equatable {
    case notAPath(String)
    /// The directory, and the step on the way to it that is none.
    case notADirectory(String, String)
    /// There are no exhibits in it, nor a vault that has them.
    case noVault(String)
    /// The directory, and what the desk's user met on the way to it or in it.
    case unreadable(String, String)
    /// The directory, and what on the way to it or in it others could write to.
    case openToOthers(String, String)

    var description: String {
        switch self {
        case .notAPath(let path): "\(path): not an absolute path without . and .."
        case .notADirectory(let path, let step): "\(path): \(step) is not a directory, or a symbolic link"
        case .noVault(let path):
            "\(path): neither a state directory nor a copy of a vault: exhibits/ and keys/ do not lie in it"
        case .unreadable(let path, let why): "\(path): the desk cannot read it: \(why)"
        case .openToOthers(let path, let place):
            "\(path): others than you, root and the desk could write to \(place)"
        }
    }

    var hint: String {
        switch self {
        case .notAPath, .notADirectory: "give the directory's real path, as the desk sees it"
        case .noVault:
            "copy the other node's vault, exhibits/ and keys/ beside each other, and name that directory"
        case .unreadable: "name a directory that is there, and let the desk's user read all of it"
        case .openToOthers(let path, let place) where place.hasPrefix(path):
            "run \"chown -R root \(path)\" and \"chmod -R go-w \(path)\""
        case .openToOthers(_, let place):
            "copy it to a directory that nobody else can write to, or run \"chmod go-w \(place)\""
        }
    }

    var exitCode: ExitCode { .no }
}
