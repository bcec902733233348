import JSONText
import UploadModel
import VaultStore

/// An exhibit that lies in a vault and has no case, since it is not sound or the desk cannot read it.
struct UnopenedExhibit: Hashable, Sendable {
    let bundle: BundleID
    let why: Reason
    /// Whether it lies in another node's directory.
    let isElsewhere: Bool

    enum Reason: Hashable, Sendable {
        case forAnotherKey
        /// The first of its faults, and how many more there are.
        case damaged(String, more: Int)
        /// What stood in the way, with nothing of the upload in it.
        case unreadable(String)
    }

    init(_ bundle: BundleID, isElsewhere: Bool, _ error: any Error) {
        (self.bundle, self.isElsewhere) = (bundle, isElsewhere)
        why =
            switch error {
            case SealingFault.notForThisIdentity: .forAnotherKey
            case let damaged as DamagedBundle:
                .damaged("\(damaged.faults[0])", more: damaged.faults.count - 1)
            default: .unreadable("\(error)")
            }
    }

    var text: String { "\(bundle)  in no case: \(problem); \(remedy)" }

    var json: JSONValue {
        ["exhibit": .string("\(bundle)"), "unopened": .string(problem), "remedy": .string(remedy)]
    }

    private var problem: String {
        switch why {
        case .forAnotherKey: "it cannot be opened: its headers are not for this desk's key"
        case .damaged(let fault, let more):
            "it is damaged: \(fault)" + (more > 0 ? " (and \(more) more)" : "")
        case .unreadable(let what): "it cannot be read: \(what)"
        }
    }

    private var remedy: String {
        switch (why, isElsewhere) {
        case (.forAnotherKey, false): "compare evidence.review with the desk's keys/review.key"
        case (.forAnotherKey, true):
            "name this desk's key in evidence.review of its node, run \"breakwater keys rewrap\" there, and copy keys/ again"
        case (_, false):
            "run \"breakwater evidence verify \(bundle)\", and compare it with the second copy or a backup"
        case (_, true): "run \"breakwater evidence verify \(bundle)\" on its node, and copy it again"
        }
    }
}

/// Those of every shelf, as they were found last.
struct UnopenedExhibits: Sendable {
    private var shelves: [String: [UnopenedExhibit]] = [:]
    private var said: Set<UnopenedExhibit> = []

    var all: [UnopenedExhibit] { shelves.sorted { $0.key < $1.key }.flatMap(\.value) }

    mutating func keep(_ found: [UnopenedExhibit], on shelf: String) {
        shelves[shelf] = found.isEmpty ? nil : found
    }

    /// Those that nobody was told of.
    mutating func takeNews() -> [UnopenedExhibit] {
        let standing = all
        let news = standing.filter { !said.contains($0) }
        said = Set(standing)
        return news
    }
}
