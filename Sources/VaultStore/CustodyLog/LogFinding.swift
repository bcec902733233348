package import UploadModel

/// One thing that is wrong with a custody log or an extract of one.
package enum LogFinding: Error, Equatable, Sendable, CustomStringConvertible {
    /// There is nothing to judge.
    case noEntries
    /// There are entries, and no checkpoint speaks for any.
    case noCheckpoint
    /// A checkpoint of another log.
    case otherOrigin(String)
    case badSignature(size: UInt64)
    /// The checkpoint promises more entries than there are.
    case truncated(promised: UInt64, found: UInt64)
    /// A file of the layout is not there.
    case missing(file: String)
    /// A tile does not hold the hashes of what it stands for.
    case tileDiffers(file: String)
    /// An entry's bytes are others than were hashed.
    case edited(index: UInt64)
    /// Entries that were hashed are gone, from this one on.
    case dropped(index: UInt64)
    /// The same entries in another order, from this one on.
    case reordered(index: UInt64)
    /// The entries do not lead to the root that was signed.
    case rootDiffers(size: UInt64)
    /// The log now has fewer entries than it had signed for.
    case rolledBack(from: UInt64, to: UInt64)
    /// The log signed two histories.
    case forked(size: UInt64)
    /// A proof that does not lead from its entry to a signed root.
    case proofFails(index: UInt64)
    /// Not an entry, or not in canonical form.
    case unreadable(index: UInt64, member: String)
    case otherLog(index: UInt64)
    case repeatedID(index: UInt64)
    /// The entry before it that is about the same exhibit is not the one that it names.
    case chainBroken(index: UInt64)
    /// The boot's clock went backwards between this and the entry before.
    case clockWentBack(index: UInt64)
    case illegal(index: UInt64, CustodyBreach)

    /// Whether it says that nothing can be decided, and not that something is wrong.
    package var leavesOpen: Bool { self == .noEntries || self == .noCheckpoint }

    package var description: String {
        switch self {
        case .noEntries: "no entries: there is nothing to judge"
        case .noCheckpoint: "no checkpoint: nothing is signed"
        case .otherOrigin(let name): "the checkpoint is of another log, \(name)"
        case .badSignature(let size): "the checkpoint of size \(size) is not signed by this key"
        case .truncated(let promised, let found):
            "truncated: \(promised) entries were signed, and \(found) are there"
        case .missing(let file): "\(file) is missing"
        case .tileDiffers(let file): "\(file) does not hold the hashes of what it stands for"
        case .edited(let index): "entry \(index) was edited"
        case .dropped(let index): "entries were dropped, from entry \(index) on"
        case .reordered(let index): "entries were reordered, from entry \(index) on"
        case .rootDiffers(let size): "the entries do not lead to the root that was signed for \(size) entries"
        case .rolledBack(let old, let new):
            "rolled back: the log had signed for \(old) entries, and now signs for \(new)"
        case .forked(let size): "forked: the log has signed another history of its first \(size) entries"
        case .proofFails(let index): "the proof of entry \(index) does not lead to a signed root"
        case .unreadable(let index, let member): "entry \(index) is no entry: \(member)"
        case .otherLog(let index): "entry \(index) is of another log"
        case .repeatedID(let index): "entry \(index) has an id that was there before"
        case .chainBroken(let index): "entry \(index) does not follow the entry before it of the same exhibit"
        case .clockWentBack(let index): "entry \(index) was made before the one before it"
        case .illegal(let index, let breach): "entry \(index): \(breach)"
        }
    }
}
