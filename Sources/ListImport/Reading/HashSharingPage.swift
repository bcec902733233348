/// `ncmec`: a page of Hash Sharing version 2, an answer to `GET /v2/entries`.
///
/// `queryResult` holds `images` and `videos`, these hold `image`, `deletedImage`, `video`, `deletedVideo` in no order of
/// time, whose parts come in any order. An entry is named by its member and its id; neither alone is enough. What is not
/// known here is left out and counted.
struct HashSharingPage: XMLListener {
    /// What was read since it was last emptied.
    var records: [(record: ListRecord, line: UInt64)] = []
    var unknown: [String] = []
    /// Times that the page states of itself.
    var stated: [ChangeTime] = []
    private(set) var next = Next.none

    /// What the page says of one that follows it.
    enum Next {
        case none
        /// It names one, by an address of another form.
        case unknown
        case page(NextPage)
    }

    private static let namespace = "https://hashsharing.ncmec.org/hashsharing/v2"
    /// Bytes of a value that is read.
    private static let longest = 4_096
    private static let deepest = 64
    /// Fingerprints of one entry; real ones have a handful.
    private static let mostFingerprints = 64

    /// Whether an exploitative feed's entries may be taken.
    private let takesExploitative: Bool
    private var path: [Element] = []
    /// Elements below one that is left out.
    private var skipped = 0
    private var record: ListRecord?
    /// Where it begins.
    private var line: UInt64 = 0
    private var member = ""
    private var fingerprints = 0
    /// Entries that the container says it holds, and those that it held so far.
    private var promised: UInt64?
    private var held: UInt64 = 0
    private var text: [UInt8]?

    private enum Element {
        case page, kind, entry, fingerprints, paging
        case member, id, timestamp, classification, next
        case value(SignalType)
    }

    init(takesExploitative: Bool) { self.takesExploitative = takesExploitative }

    mutating func begin(
        _ name: String,
        space: String,
        attributes: [(name: String, value: String)],
        line: UInt64
    ) throws(ListFault.Reason) {
        if skipped > 0 || isSkippedQuietly(name) {
            skipped += 1
            guard skipped < Self.deepest else { throw .tooDeep }
            return
        }
        // What follows the element would be read as if it stood beside what precedes it.
        if text != nil { throw .elementInValue }
        if case .kind? = path.last { held += 1 }
        guard let element = try element(name, space) else {
            unknown.append(name)
            skipped = 1
            return
        }
        path.append(element)
        if case .entry = element {
            self.line = line
            record = ListRecord()
            record?.isWithdrawn = name.hasPrefix("deleted")
            member = ""
            fingerprints = 0
        }
        if case .value = element {
            fingerprints += 1
            guard fingerprints <= Self.mostFingerprints else {
                throw .tooManyValues(limit: Self.mostFingerprints)
            }
        }
        try enter(element, attributes)
    }

    mutating func text(_ bytes: UnsafeRawBufferPointer) throws(ListFault.Reason) {
        guard skipped == 0, text != nil else { return }
        text?.append(contentsOf: bytes)
        if text!.count > Self.longest { throw .textTooLong }
    }

    mutating func end() throws(ListFault.Reason) {
        if skipped > 0 {
            skipped -= 1
            return
        }
        let text = text ?? []
        self.text = nil
        try leave(path.removeLast(), text)
    }

    /// Votes of members on an entry: known, and not ours to judge by.
    private func isSkippedQuietly(_ name: String) -> Bool {
        if case .entry? = path.last { name == "feedback" } else { false }
    }

    private func element(_ name: String, _ space: String) throws(ListFault.Reason) -> Element? {
        switch (path.last, name) {
        case (nil, "queryResult"):
            guard space == Self.namespace else { throw .notAPage }
            return .page
        case (nil, _): throw .notAPage
        case (.page, "images"), (.page, "videos"): return .kind
        case (.page, "paging"): return .paging
        case (.paging, "next"): return .next
        case (.kind, "image"), (.kind, "video"), (.kind, "deletedImage"), (.kind, "deletedVideo"):
            return .entry
        case (.entry, "member"): return .member
        case (.entry, "id"): return .id
        case (.entry, "timestamp"): return .timestamp
        case (.entry, "classification"): return .classification
        case (.entry, "fingerprints"): return .fingerprints
        case (.fingerprints, _): return .value(SignalType(name))
        default: return nil
        }
    }

    private mutating func enter(
        _ element: Element,
        _ attributes: [(name: String, value: String)]
    ) throws(ListFault.Reason) {
        switch element {
        case .member:
            guard let id = attributes.first(where: { $0.name == "id" })?.value, !id.isEmpty else {
                throw .missing("member id")
            }
            guard member.isEmpty else { throw .repeated }
            member = id
            text = []
        case .value(.other(let type)):
            record?.unmatchable.append(type)
            // Such values may be long, and nobody reads them.
            for attribute in attributes where attribute.name == "href" { try checkFeed(attribute.value) }
        case .id, .timestamp, .classification, .next, .value: text = []
        case .kind: beginContainer(attributes)
        case .page, .entry, .fingerprints, .paging: break
        }
    }

    private mutating func beginContainer(_ attributes: [(name: String, value: String)]) {
        (promised, held) = (nil, 0)
        for (name, value) in attributes {
            let text = Array(value.utf8)
            switch name {
            case "count": promised = number(text.text)
            case "maxTimestamp": note(stated: try? ChangeTime.read(text.text))
            default: break
            }
        }
    }

    private mutating func note(stated time: ChangeTime?) { if let time { stated.append(time) } }

    private mutating func takeNext(_ address: String) throws(ListFault.Reason) {
        try checkFeed(address)
        if address.isEmpty { return }
        guard let page = NextPage(address) else {
            next = .unknown
            return
        }
        next = .page(page)
        note(stated: page.end)
    }

    private mutating func leave(_ element: Element, _ bytes: [UInt8]) throws(ListFault.Reason) {
        let text = bytes.text.trimmedLines
        switch element {
        case .member:
            let name = try shortText(text)
            record?.entry.contributor = try shortText(Array("\(member) \(name)".utf8).text)
        case .id:
            guard record?.entry.name.isEmpty == true else { throw .repeated }
            record?.entry.name = try shortText(text)
        case .timestamp:
            guard record?.changed == nil else { throw .repeated }
            record?.changed = try ChangeTime.read(text)
        case .classification:
            guard record?.entry.classification.isEmpty == true else { throw .repeated }
            record?.entry.classification = try shortText(text)
        case .value(.other): break
        case .value(let type): try takeFirst(text, as: type)
        case .next: try takeNext(text.string)
        case .entry: try finish()
        case .kind:
            if let promised, promised != held { throw .entryCount(said: promised, found: held) }
        case .page, .fingerprints, .paging: break
        }
    }

    /// An entry may hold a digest of each of several files, such as a video and its container.
    private mutating func takeFirst(_ text: Text, as type: SignalType) throws(ListFault.Reason) {
        do throws(ListFault.Reason) {
            try record?.take(text, as: type)
        } catch {
            guard error == .repeated else { throw error }
            record?.rejected.append(.secondValue)
        }
    }

    private mutating func finish() throws(ListFault.Reason) {
        guard var record else { return }
        if member.isEmpty { throw .missing("member") }
        if record.entry.name.isEmpty { throw .missing("id") }
        if record.changed == nil { throw .missing("timestamp") }
        record.key = Array(member.utf8) + [0] + Array(record.entry.name.utf8)
        records.append((record, line))
        self.record = nil
    }

    private func checkFeed(_ address: String) throws(ListFault.Reason) {
        if !takesExploitative, namesExploitativeFeed(address) { throw .exploitativeFeed }
    }
}
