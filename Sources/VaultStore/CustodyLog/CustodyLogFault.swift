package import LinuxIO
package import UploadModel

/// Why a custody log takes no entry, or cannot be opened.
package enum CustodyLogFault: WayOut, Equatable {
    /// Another process writes it.
    case inUse
    /// The disk, or room on it. What is not said to be done was not.
    case notWritten(SyscallError)
    /// An entry above 65,535 bytes.
    case tooLong(bytes: Int)
    /// Files that cannot have been left by any crash of ours.
    case damaged(file: String)
    /// Journal or tiles do not lead to the root that its checkpoint signed.
    case notWhatWasSigned(size: UInt64)
    /// Its checkpoint is not of this key.
    case otherKey
    /// No checkpoint speaks for this entry yet.
    case notSigned(index: UInt64)

    package var description: String {
        switch self {
        case .inUse: "the custody log is written by another process"
        case .notWritten(let error): "the custody log cannot be written: \(error)"
        case .tooLong(let bytes): "a custody entry of \(bytes) bytes; 65535 is the most"
        case .damaged(let file): "the custody log is damaged: \(file)"
        case .notWhatWasSigned(let size):
            "the custody log is damaged: its first \(size) entries are not what was signed"
        case .otherKey: "the custody log's checkpoint was signed by another key"
        case .notSigned(let index): "no checkpoint speaks for entry \(index) yet"
        }
    }

    package var exitCode: ExitCode {
        switch self {
        case .inUse: .inUse
        case .damaged, .notWhatWasSigned, .otherKey: .guaranteeBroken
        case .notWritten, .notSigned: .mayPass
        case .tooLong: .failed
        }
    }

    package var hint: String {
        switch self {
        case .inUse: "stop the other one"
        case .notWritten: "make room, or see to the disk; nothing that needs an entry is done until then"
        case .tooLong: "report this"
        case .damaged, .notWhatWasSigned:
            "run \"breakwater custody verify\"; bring back the files from a copy, and never edit them"
        case .otherKey: "put the key that belongs to this log back in its place, custody/key"
        case .notSigned:
            "run \"breakwater custody checkpoint\" after the daemon's next checkpoint, 60 s at most"
        }
    }

    /// Whether trying again later may help.
    package var mayPass: Bool {
        switch self {
        case .notWritten(let error): error.mayPass
        case .inUse: true
        case .notSigned: true
        case .tooLong, .damaged, .notWhatWasSigned, .otherKey: false
        }
    }
}
