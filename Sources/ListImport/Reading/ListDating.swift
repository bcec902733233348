import GenerationFormat
import UploadModel

/// What a list's age counts from, gathered while it is read.
struct ListDating {
    /// When the reading began: what is later is wrong, and would make the list young for ever.
    private let end: Timestamp
    private var stated: Timestamp?
    private var modified: Timestamp?

    init(until end: Timestamp) { self.end = end }

    /// Takes a time that the supplier states. A number says no day, since nobody knows what it counts.
    mutating func note(stated time: ChangeTime?) {
        guard let time, time.scale == .date else { return }
        later(&stated, Timestamp(nanoseconds: time.value))
    }

    /// Takes when one of its files was last modified.
    mutating func note(modified time: Timestamp) { later(&modified, time) }

    var date: ListDate? {
        stated.map { ListDate($0, by: .supplier) } ?? modified.map { ListDate($0, by: .file) }
    }

    private func later(_ latest: inout Timestamp?, _ time: Timestamp) {
        guard time <= end else { return }
        latest = max(latest ?? time, time)
    }
}
