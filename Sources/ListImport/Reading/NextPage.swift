import UploadModel

/// What a page of Hash Sharing says of the one that follows it: `/v2/entries?from=F&to=T&start=1001&size=1000&max=3000`,
/// a part of the answer for the window from F to T, counted from 1.
struct NextPage: Equatable {
    /// `from` and `to` as they are written: of one window on all its pages.
    let window: [String]
    /// The end of the window.
    let end: ChangeTime?
    /// The number of the next page's first entry.
    let start: UInt64
    let size: UInt64

    /// `nil` for an address without these parts; nothing can be told from it.
    init?(_ address: String) {
        var parts: [Substring: String] = [:]
        for part in address.drop(while: { $0 != "?" }).dropFirst().split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1)
            if pair.count == 2 { parts[pair[0]] = Self.decoded(pair[1]) }
        }
        guard let from = parts["from"], let to = parts["to"],
            let start = parts["start"].flatMap({ UInt64($0) }),
            let size = parts["size"].flatMap({ UInt64($0) }), size > 0
        else { return nil }
        window = [from, to]
        end = try? ChangeTime.read(Array(to.utf8).text)
        (self.start, self.size) = (start, size)
    }

    /// Where the page begins that says so.
    var ownStart: UInt64 { start > size ? start - size : 0 }

    /// RFC 3986, section 2.1. What is not encoded so stays as it is, since texts are only compared.
    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%"), rest.count >= 2, let high = rest.first?.hexDigit,
                let low = rest.dropFirst().first?.hexDigit
            else {
                bytes.append(byte)
                continue
            }
            bytes.append(high << 4 | low)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Which pages of which windows a list's files hold, to tell whether one is missing.
///
/// The last page of a window names none, and so not its window either: of those only the number is known.
struct PagesSeen {
    private var windows: [[String]: [(page: NextPage, file: String)]] = [:]
    private var lastPages = 0
    private var isJudged = true

    mutating func note(_ next: HashSharingPage.Next, in file: String) {
        switch next {
        case .none: lastPages += 1
        case .unknown: isJudged = false
        case .page(let page): windows[page.window, default: []].append((page, file))
        }
    }

    /// - Parameter list: The file or directory that the settings name.
    /// - Throws: ``ListFault`` for a page that another one speaks of and that is not there.
    func check(_ list: String) throws(ListFault) {
        guard lastPages >= (isJudged ? windows.count : 1) else {
            throw ListFault(file: list, place: .whole, reason: .lastPageMissing)
        }
        for pages in windows.values { try Self.check(pages) }
    }

    private static func check(_ pages: [(page: NextPage, file: String)]) throws(ListFault) {
        let pages = pages.sorted { $0.page.start < $1.page.start }
        let there = Set(pages.map(\.page.ownStart))
        guard let first = pages.first, let last = pages.last else { return }
        guard first.page.ownStart <= 1 else {
            throw ListFault(file: first.file, place: .whole, reason: .pageMissing(start: 1))
        }
        for (page, file) in pages where page.start < last.page.start && !there.contains(page.start) {
            throw ListFault(file: file, place: .whole, reason: .pageMissing(start: page.start))
        }
    }
}
