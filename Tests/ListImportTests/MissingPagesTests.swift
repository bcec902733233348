import LinuxIO
import ListImport
import Testing
import UploadModel

/// An export of Hash Sharing in pages: each but the last names the one after it, by window, first entry and size.
@Suite struct MissingPagesTests {
    /// The numbers of first entries of an export's pages, by the file's name; the last names no other.
    private static let export = [
        ("1.xml", 1), ("2.xml", 1_001), ("3.xml", 2_001), ("4.xml", 3_001), ("5.xml", 4_001),
    ]

    private func address(_ start: Int, from: String = "2026-01-01T00%3A00%3A00Z") -> String {
        "/v2/entries?from=\(from)&amp;to=2026-02-01T00%3A00%3A00Z&amp;start=\(start)&amp;size=1000&amp;max=3001"
    }

    private func page(_ number: Int, next: String?) -> String {
        let entry = HashSharingText.entry(id: "i\(number)", HashSharingText.md5(number))
        return HashSharingText(images: [entry], next: next).text
    }

    /// Reads a directory of these files.
    private func read(_ files: [(name: String, text: String)]) throws -> (kept: UInt64, path: String) {
        let scratch = try ScratchFiles()
        let directory = try scratch.directory("pages")
        for file in files { _ = try scratch.file("pages/\(file.name)", file.text) }
        var source = ListSource(name: "x", file: directory, supplier: "s", listClass: .csam)
        source.format = .ncmec
        do {
            return (try ListReading.read(source, workspace: nil) { _ in true }.kept, directory)
        } catch let fault as ListFault {
            throw ListFault(
                file: String(fault.file.dropFirst(directory.utf8.count)),
                place: fault.place,
                reason: fault.reason
            )
        }
    }

    private func pages(without missing: String) -> [(name: String, text: String)] {
        zip(Self.export, Self.export.dropFirst().map { Optional($0.1) } + [nil]).compactMap { page, next in
            page.0 == missing
                ? nil : (page.0, self.page(page.1, next: next.map { address($0) }))
        }
    }

    @Test("an export whose pages are all there is read")
    func whole() throws {
        #expect(try read(pages(without: "")).kept == 5)
    }

    @Test(
        "a missing page is named by the page before it, or after it, and by its first entry",
        arguments: [("1.xml", "/2.xml", 1), ("2.xml", "/1.xml", 1_001), ("3.xml", "/2.xml", 2_001)]
    )
    func missing(page: String, named: String, start: UInt64) throws {
        let fault = ListFault(file: named, place: .whole, reason: .pageMissing(start: start))
        #expect(throws: fault) { try read(pages(without: page)) }
        #expect(fault.hint.contains("start=\(start) "))
    }

    @Test("an export without its last page is refused, though another one has its own")
    func last() throws {
        let other = "2025-01-01T00%3A00%3A00Z"
        let more = [("x1.xml", page(7, next: address(1_001, from: other))), ("x2.xml", page(8, next: nil))]
        #expect(try read(pages(without: "") + more).kept == 7)
        #expect(throws: ListFault(file: "", place: .whole, reason: .lastPageMissing)) {
            try read(pages(without: "5.xml") + more)
        }
    }

    @Test("pages that are there twice, and exports of one page, are no trouble")
    func twice() throws {
        let again = pages(without: "").map { (name: "again-\($0.name)", text: $0.text) }
        #expect(try read(pages(without: "") + again + [("single.xml", page(9, next: nil))]).kept == 6)
    }

    @Test("a page that holds another number of entries than it says is refused")
    func count() throws {
        let text = page(1, next: nil).replacing("count=\"1\"", with: "count=\"2\"")
        let fault = #expect(throws: ListFault.self) { try read([("1.xml", text)]) }
        #expect(fault?.file == "/1.xml" && fault?.reason == .entryCount(said: 2, found: 1))
    }
}
