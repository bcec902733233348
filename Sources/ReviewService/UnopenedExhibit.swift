import JSONText
import UploadModel

/// An exhibit that lies in a vault and has no case, since the desk cannot read it.
struct UnopenedExhibit: Hashable, Sendable {
    let bundle: BundleID
    /// What stood in the way, with nothing of the upload in it.
    let why: String

    var text: String {
        "\(bundle)  in no case: it cannot be opened: \(why); compare evidence.review with the desk's keys/review.key"
    }

    var json: JSONValue { ["exhibit": .string("\(bundle)"), "unopened": .string(why)] }
}

/// Those of every shelf, as they were found last.
struct UnopenedExhibits: Sendable {
    private var shelves: [String: [UnopenedExhibit]] = [:]
    private var said: Set<UnopenedExhibit> = []

    var all: [UnopenedExhibit] { shelves.sorted { $0.key < $1.key }.flatMap(\.value) }

    func on(_ shelf: String) -> [UnopenedExhibit] { shelves[shelf] ?? [] }

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
