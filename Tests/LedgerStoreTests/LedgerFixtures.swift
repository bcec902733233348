import Foundation
import GRDB
import LedgerStore
import UploadModel

/// A directory of its own for one test's ledger, removed with the value.
final class Scratch {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID())")
    var path: String { file("ledger.db") }

    init() throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    func file(_ name: String) -> String { directory.appendingPathComponent(name).path }

    /// The book and its log as a sudden end would leave them.
    func copyAside() throws -> String {
        for ending in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: path + ending, toPath: file("aside.db") + ending)
        }
        return file("aside.db")
    }

    /// What a stranger with an SQLite shell does to the file.
    func meddle(_ sql: String) throws {
        let book = try DatabaseQueue(path: path)
        try book.writeWithoutTransaction { try $0.execute(sql: sql) }
        try book.close()
    }
}

/// The upload that was claimed as the `number`th; ids sort by it.
func upload(_ number: Int) -> UploadID {
    UploadID(
        at: Timestamp(seconds: 1_900_000_000 + Int64(number), nanoseconds: 0),
        random: (0, UInt64(number))
    )
}

/// An entry whose rows are a second apart, in a path that is no UTF-8.
func entry(
    _ number: Int,
    _ events: [CustodyEvent],
    from second: Int64 = 0,
    context: [UInt8]? = nil
) -> LedgerEntry {
    LedgerEntry(
        id: upload(number),
        spool: "main",
        path: oddPath,
        events: rows(events, from: second),
        context: context,
        hasContext: context != nil
    )
}

func rows(_ events: [CustodyEvent], from second: Int64 = 0) -> [LedgerRow] {
    events.enumerated().map { offset, event in
        let at = Timestamp(seconds: 1_900_000_000 + second + Int64(offset), nanoseconds: 123_456_789)
        return LedgerRow(event: event, at: at)
    }
}

let oddPath = SpoolPath([UInt8(ascii: "a"), UInt8(ascii: "/"), 0xFF, 0x27, 0x0A])!

let digests = DigestSet(
    byteCount: 9_000_000_000,
    DigestAlgorithm.allCases.map { Digest($0, repeatElement(0xA5, count: $0.byteCount))! }
)

func match(_ listClass: ListClass) -> Match {
    let entry = ListEntry(
        id: EntryID(list: "invented", ordinal: 7),
        listClass: listClass,
        digests: digests.members,
        perceptual: SIMD4(1, 2, 3, .max),
        size: digests.byteCount,
        provenance: Provenance(supplier: "nobody", generation: "g1", text: "\"quoted\" é", synthetic: true)
    )
    return Match(entry, meeting: digests, part: .content)!
}

let similar = Match(
    entry: match(.watch).entry,
    agreed: DigestAlgorithms(.md5),
    distance: 12,
    orientation: .flipPlus1,
    reading: .r512,
    part: .context,
    grade: .g2
)

func order(_ verb: Order.Verb, _ number: Int = 1) -> Order {
    Order(
        id: upload(1_000),
        verb: verb,
        upload: upload(number),
        reason: "by \"hand\"\n",
        at: Timestamp(nanoseconds: 1_900_000_000_123_456_789)
    )
}

let toBundle: [CustodyEvent] = [
    .digested(digests, picture: false), .listed([match(.csam), similar]), .bundled(BundleID(upload(1))),
    .sourceRemoved,
]
let toDraft = toBundle + [.drafted(DraftID(upload(1)))]
let toHeld: [CustodyEvent] = [.unreadable(.fifo), .held]
