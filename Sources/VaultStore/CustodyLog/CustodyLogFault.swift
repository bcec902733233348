package import LinuxIO
import UploadModel

/// Why a custody log takes no entry, or cannot be opened.
package enum CustodyLogFault: Error, Equatable, CustomStringConvertible {
    /// Another process writes it.
    case inUse
    /// The disk, or room on it. What is not said to be done was not.
    case notWritten(SyscallError)
    /// An entry above 65,535 bytes.
    case tooLong(bytes: Int)
    /// Files that cannot have been left by any crash of ours.
    case damaged(file: String)
    /// Its checkpoint is not of this key.
    case otherKey
    /// No checkpoint speaks for this entry yet.
    case notSigned(index: UInt64)

    package var description: String {
        switch self {
        case .inUse: "the custody log is written by another process"
        case .notWritten(let error): "the custody log cannot be written: \(error)"
        case .tooLong(let bytes): "a custody entry of \(bytes) bytes; 65535 is the most"
        case .damaged(let file): "the custody log is damaged: \(file); run \"breakwater custody verify\""
        case .otherKey: "the custody log's checkpoint was signed by another key"
        case .notSigned(let index): "no checkpoint speaks for entry \(index) yet"
        }
    }

    /// Whether trying again later may help.
    package var mayPass: Bool {
        switch self {
        case .notWritten(let error): error.mayPass
        case .inUse: true
        case .notSigned: true
        case .tooLong, .damaged, .otherKey: false
        }
    }
}
