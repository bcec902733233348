import LinuxIO
import UploadModel

/// What the writer of a log knows: the bundle that is not full yet, and the right edge of the tree.
///
/// Appending costs one write and one fsync; every 256th entry the bundle and its hashes become files of their own.
struct LogState {
    private let files: LogFiles
    let details: CustodyDetails
    private var heads: ChainHeads
    /// `nil` after a failed write: the next entry begins with a fresh file.
    private var journal: LogJournal?
    /// Of the journal's bundle.
    private var number: UInt64
    private var bundle: [[UInt8]]
    private var edge: RightEdge
    /// The size that the checkpoint on the disk speaks of.
    private(set) var published: UInt64
    private var checkpoint: SignedCheckpoint?

    var size: UInt64 { number * LogTiles.width + UInt64(bundle.count) }

    init(opening directory: borrowing Descriptor, verifier: LogVerifier) throws {
        files = try LogFiles(directory)
        checkpoint = try Self.checkpoint(in: files, verifier)
        published = checkpoint?.checkpoint.size ?? 0
        let found = try Self.journal(in: files, published)
        (number, bundle) = (found.number, found.entries)
        guard published <= number * LogTiles.width + UInt64(bundle.count) else {
            throw CustodyLogFault.damaged(file: "journal")
        }
        edge = try RightEdge(of: found.number, in: files)
        for entry in bundle { edge.leaves.append(TreeHash(leaf: entry)) }
        // What is not what was signed must not get under the next signature.
        if let signed = checkpoint?.checkpoint,
            try edge.root(signed.size, after: number, in: files) != signed.root
        {
            throw CustodyLogFault.notWhatWasSigned(size: signed.size)
        }
        details = CustodyDetails(files: files)
        heads = try ChainHeads(in: files)
        journal = try LogJournal(replacingIn: files, number: number, entries: bundle)
        try heads.catchUp(in: files, number: number, bundle)
    }

    private static func checkpoint(
        in files: LogFiles,
        _ verifier: LogVerifier
    ) throws -> SignedCheckpoint? {
        guard let bytes = try files.read(LogFiles.checkpoint, limit: 64 << 10) else { return nil }
        guard let note = SignedCheckpoint(String(decoding: bytes, as: UTF8.self)) else {
            throw CustodyLogFault.damaged(file: "checkpoint")
        }
        guard note.checkpoint.origin == verifier.name, verifier.hasSigned(note) else {
            throw CustodyLogFault.otherKey
        }
        return note
    }

    private static func journal(
        in files: LogFiles,
        _ published: UInt64
    ) throws -> LogJournal.Content {
        guard let bytes = try files.read(LogFiles.journal) else {
            // Nothing was ever said to be there.
            if published == 0, try !files.has(LogTiles.path(nil, 0)) {
                return LogJournal.Content(number: 0, entries: [], isTorn: false)
            }
            throw CustodyLogFault.damaged(file: "journal")
        }
        guard let content = LogJournal.read(bytes), content.entries.count <= Int(LogTiles.width) else {
            throw CustodyLogFault.damaged(file: "journal")
        }
        return content
    }
}

// MARK: - Appending

extension LogState {
    /// Adds entries, and takes those out of `statements` that are on the disk, also where it throws.
    mutating func append(
        _ statements: inout [CustodyStatement],
        clock: CustodyClock,
        origin: String
    ) throws {
        while !statements.isEmpty {
            try mend()
            let part = statements.prefix(Int(LogTiles.width) - bundle.count)
            do {
                try settle(try batch(part, clock: clock, origin: origin))
            } catch let error as SyscallError {
                journal = nil
                throw error
            }
            statements.removeFirst(part.count)
        }
    }

    private func batch(
        _ statements: ArraySlice<CustodyStatement>,
        clock: CustodyClock,
        origin: String
    ) throws -> LogBatch {
        var batch = LogBatch()
        for statement in statements {
            let exhibit = statement.subject.exhibit
            let entry = CustodyEntry(
                statement,
                clock: clock,
                origin: origin,
                previous: try exhibit.flatMap { try batch.heads[$0] ?? heads.link(of: $0, in: files) },
                commitment: try details.keep(statement)
            )
            let bytes = entry.canonical
            guard bytes.count <= UInt16.max else { throw CustodyLogFault.tooLong(bytes: bytes.count) }
            let leaf = TreeHash(leaf: bytes)
            let link = CustodyLink(index: size + UInt64(batch.entries.count), leaf: leaf.hex)
            if let exhibit { batch.heads[exhibit] = link }
            batch.entries.append((bytes, leaf))
        }
        return batch
    }

    /// Makes a batch durable; only then does it count.
    private mutating func settle(_ batch: LogBatch) throws(SyscallError) {
        try journal?.write(batch.entries.map(\.bytes))
        for (bytes, leaf) in batch.entries {
            bundle.append(bytes)
            edge.leaves.append(leaf)
        }
        heads.take(batch.heads)
    }

    /// Brings the journal back after a failed write, without what was never said to be there.
    private mutating func mend() throws(SyscallError) {
        if journal == nil {
            journal = try LogJournal(replacingIn: files, number: number, entries: bundle)
        }
        if bundle.count == Int(LogTiles.width) { try roll() }
    }

    /// Turns the full bundle into files, and begins the next. Killed anywhere, it is done again with the same bytes.
    private mutating func roll() throws(SyscallError) {
        try files.place(LogTiles.bundle(bundle), at: LogTiles.path(nil, number))
        try edge.placeFull(in: files, number: number)
        try heads.place(in: files, upTo: (number + 1) * LogTiles.width)
        journal = nil
        journal = try LogJournal(replacingIn: files, number: number + 1, entries: [])
        edge.carry()
        number += 1
        bundle = []
        edge.removePartial(in: files, before: number)
    }
}

/// Entries on their way to the disk.
private struct LogBatch {
    var entries: [(bytes: [UInt8], leaf: TreeHash)] = []
    var heads: [BundleID: CustodyLink] = [:]
}

// MARK: - Publishing

extension LogState {
    mutating func publish(with key: LogKey) throws -> SignedCheckpoint? {
        try mend()
        guard size != published || checkpoint == nil, size > 0 else { return checkpoint }
        if !bundle.isEmpty {
            let width = UInt64(bundle.count)
            try files.place(LogTiles.bundle(bundle), at: LogTiles.path(nil, number, width: width))
        }
        try edge.placePartial(in: files, size: size)
        let signed = try key.signed(Checkpoint(origin: key.origin, size: size, root: edge.root(size)))
        try files.place(Array(signed.text.utf8), at: LogFiles.checkpoint)
        (checkpoint, published) = (signed, size)
        return signed
    }
}

// MARK: - What it says of an exhibit

extension LogState {
    /// The newest entry; `nil` where there is none.
    func newest() throws -> CustodyEntry? { size == 0 ? nil : try entry(at: size - 1) }

    /// Everything about an exhibit, the newest first.
    func chain(of exhibit: BundleID) throws -> [CustodyEntry] {
        var (chain, link) = ([CustodyEntry](), try heads.link(of: exhibit, in: files))
        while let here = link {
            let entry = try entry(at: here.index)
            chain.append(entry)
            link = entry.previous.flatMap { $0.index < here.index ? $0 : nil }
        }
        return chain
    }

    private func entry(at index: UInt64) throws -> CustodyEntry {
        let (tile, place) = index.quotientAndRemainder(dividingBy: LogTiles.width)
        let path = LogTiles.path(nil, tile)
        let entries = tile == number ? bundle : LogTiles.entries(of: try files.read(path) ?? []).entries
        guard place < entries.count, let entry = try? CustodyEntry(canonical: entries[Int(place)]) else {
            throw CustodyLogFault.damaged(file: String(decoding: path, as: UTF8.self))
        }
        return entry
    }
}
