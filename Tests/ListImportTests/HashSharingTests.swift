import LinuxIO
import ListImport
import Testing
import UploadModel

@Suite struct HashSharingTests {
    typealias Page = HashSharingText

    func read(_ page: Page, _ set: (inout ListSource) -> Void = { _ in }) throws -> (
        entries: [ImportedEntry], report: BuildReport.ListReport
    ) { try ListText(.ncmec, page.text, set).read() }

    func fault(_ page: Page, _ set: (inout ListSource) -> Void = { _ in }) -> ListFault.Reason? {
        ListText(.ncmec, page.text, set).fault?.reason
    }

    @Test("digests and PDQ of images and videos are all kept, with member, id and classification")
    func kept() throws {
        let all = "<md5>\(Invented.md5)</md5><sha1>\(Invented.sha1)</sha1><pdq>\(Invented.pdq)</pdq>"
        let page = Page(
            images: [Page.entry(all, more: "<classification>A1</classification>")],
            videos: [
                Page.entry(
                    kind: "video",
                    id: "v1",
                    "<md5>\(Invented.md5(1))</md5><sha1>a1\(Invented.sha1.dropFirst(2))</sha1>"
                )
            ]
        )
        let entries = try read(page).entries
        #expect(
            entries.map(\.values) == [
                [Invented.md5, Invented.sha1, Invented.pdq],
                [Invented.md5(1), "a1\(Invented.sha1.dropFirst(2))"],
            ]
        )
        #expect(entries.map(\.name) == ["i1", "v1"])
        #expect(entries.map(\.contributor) == ["42 Example & Member", "42 Example & Member"])
        #expect(entries.map(\.classification) == ["A1", ""])
    }

    @Test("every other fingerprint is counted by its type, those by reference too")
    func counted() throws {
        let page = Page(
            images: [
                Page.entry("\(Page.md5(1))<pdna>AAAA</pdna><netclean>x</netclean>"),
                Page.entry(id: "i2", "<pdna>\(String(repeating: "A", count: 100_000))</pdna>"),
            ],
            videos: [
                Page.entry(
                    kind: "video",
                    id: "v1",
                    "<tmk-pdqf rel=\"self\" href=\"/v2/entries/1/fingerprints/TMK_PDQF\"/><videntifier rel=\"self\" href=\"/v2/x\"/>"
                )
            ]
        )
        let report = try read(page).report
        #expect(report.unmatchable == ["pdna": 2, "netclean": 1, "tmk-pdqf": 1, "videntifier": 1])
        #expect((report.read, report.kept, report.unmatchableEntries) == (3, 1, 2))
    }

    @Test("a deletion carries no hash and takes its entry back, whatever comes first")
    func deletions() throws {
        let page = Page(
            images: [
                Page.deletion(id: "i1", at: "2026-01-02T00:00:00Z"), Page.entry(Page.md5(1)),
                Page.entry(id: "i2", Page.md5(2)), Page.deletion(id: "i2", at: "2026-01-02T00:00:00Z"),
                Page.deletion(id: "i3", at: "2026-01-01T00:00:00Z"),
                Page.entry(id: "i3", at: "2026-01-02T00:00:00Z", Page.md5(3)),
            ],
            videos: [Page.deletion("deletedVideo", id: "v9", at: "2026-01-02T00:00:00Z")]
        )
        let (entries, report) = try read(page)
        #expect(entries.map(\.values) == [[Invented.md5(3)]])
        #expect((report.read, report.withdrawn, report.superseded) == (7, 3, 3))
    }

    @Test("of entries that come out of order the latest counts")
    func order() throws {
        let page = Page(
            images: [
                Page.entry(at: "2026-01-02T00:00:00Z", Page.md5(2)),
                Page.entry(at: "2026-01-03T00:00:00.250Z", Page.md5(3)),
                Page.entry(at: "2026-01-01T00:00:00Z", Page.md5(1)),
            ]
        )
        #expect(try read(page).entries.map(\.values) == [[Invented.md5(3)]])
    }

    @Test("a moment decides, to the nanosecond, and of equal ones the deletion counts")
    func moments() throws {
        let page = Page(
            images: [
                Page.deletion(id: "i1", at: "2026-01-01T00:00:00.000000009Z"),
                Page.entry(at: "2026-01-01T00:00:00.000000001Z", Page.md5(1)),
                Page.deletion(id: "i2", at: "2026-01-01T00:00:00.5Z"),
                Page.entry(id: "i2", at: "2026-01-01T00:00:00.50Z", Page.md5(2)),
                Page.entry(id: "i3", at: "9999-12-31T23:59:59Z", Page.md5(3)),
                Page.deletion(id: "i3", at: "2026-01-01T00:00:00Z"),
            ]
        )
        #expect(try read(page).entries.map(\.values) == [[Invented.md5(3)]])
    }

    @Test("seconds and dates in one list have no order, and so it is refused")
    func mixedTimes() {
        let page = Page(images: [
            Page.entry(Page.md5(1)), Page.entry(id: "i2", at: "1767225599", Page.md5(2)),
        ])
        #expect(fault(page) == .mixedTimes)
    }

    @Test("an entry that needs another hasher is counted once, by its latest state")
    func elsewhere() throws {
        func pdna(_ id: String, _ day: Int) -> String {
            Page.entry(id: id, at: "2026-01-0\(day)T00:00:00Z", "<pdna>AA</pdna>")
        }
        let page = Page(
            images: [
                pdna("i1", 1), pdna("i1", 2), pdna("i1", 3), pdna("i2", 1), pdna("i2", 2),
                Page.deletion(id: "i2", at: "2026-01-09T00:00:00Z"), pdna("i3", 1),
                Page.entry(id: "i3", at: "2026-01-02T00:00:00Z", Page.md5(3)),
            ]
        )
        let report = try read(page).report
        #expect((report.unmatchableEntries, report.kept, report.withdrawn) == (1, 1, 1))
    }

    @Test("of two digests of one kind the first is kept and the second counted")
    func twoOfAKind() throws {
        let both =
            "\(Page.md5(1))<videoMd5>\(Invented.md5(2))</videoMd5><videoMd5>\(Invented.md5(1))</videoMd5>"
        let (entries, report) = try read(Page(videos: [Page.entry(kind: "video", both)]))
        #expect(entries.map(\.values) == [[Invented.md5(1)]])
        #expect(report.rejected == [.secondValue: 1])
    }

    @Test("an entry is named by member and id together")
    func key() throws {
        let page = Page(
            images: [
                Page.entry(member: 1, Page.md5(1)), Page.entry(member: 2, Page.md5(2)),
                Page.deletion(member: 3, id: "i1", at: "2026-01-02T00:00:00Z"),
            ]
        )
        #expect(try read(page).entries.map(\.values) == [[Invented.md5(1)], [Invented.md5(2)]])
    }

    @Test("one hash from two members stands while either entry stands")
    func contributors() throws {
        let images = [Page.entry(member: 1, Page.md5(1)), Page.entry(member: 2, Page.md5(1))]
        let report = try read(Page(images: images)).report
        #expect((report.kept, report.duplicates) == (1, 1))
        let withdrawn = images + [Page.deletion(member: 1, id: "i1", at: "2026-01-02T00:00:00Z")]
        // Named as the other's deletion would be.
        #expect(try read(Page(images: withdrawn)).entries.map(\.values) == [[Invented.md5(1)]])
    }

    @Test("votes of members are passed over, and what the format does not have is left out and counted")
    func unknown() throws {
        let feedback = """
            <feedback lastUpdateTimestamp="2026-01-01T00:00:00Z"><affirmativeFeedback type="Md5"><members>
            <member id="7">Other</member></members></affirmativeFeedback><negativeFeedback type="Sha1"><reasons>
            <reason guid="0" name="x" type="Sha1"/><members><member id="8">Another</member></members></reasons>
            </negativeFeedback></feedback>
            """
        let more = feedback + "<novelty><md5>\(Invented.md5(9))</md5></novelty>"
        let (entries, report) = try read(Page(images: [Page.entry(Page.md5(1), more: more)]))
        #expect(entries.map(\.values) == [[Invented.md5(1)]])
        #expect(entries.map(\.contributor) == ["42 Example & Member"])
        #expect(report.unknown == ["novelty": 1])
    }

    @Test("parts of an entry come in any order, and containers may be empty or missing")
    func shapes() throws {
        #expect(try read(Page()).report.read == 0)
        let text = Page(images: [
            "<image><fingerprints>\(Page.md5(1))</fingerprints><id> i1\n</id><classification/><member id=\"1\"/><timestamp>2026-01-01T00:00:00Z</timestamp></image>"
        ]).text
        let entries = try ListText(.ncmec, text).read().entries
        #expect(entries.map(\.name) == ["i1"])
        #expect(entries.map(\.contributor) == ["1"])
    }

    @Test("hazards of a feed are kept out, the latest state even where it is one")
    func hazards() throws {
        let page = Page(
            images: [
                Page.entry(Page.md5(1)),
                Page.entry(at: "2026-01-02T00:00:00Z", "<md5>d41d8cd98f00b204e9800998ecf8427e</md5>"),
                Page.entry(id: "i2", "<md5>\(Invented.sha1)</md5>"),
            ]
        )
        let (entries, report) = try read(page)
        #expect(entries.isEmpty)
        #expect(report.rejected == [.emptyFile: 1, .wrongLength: 1])
    }

    @Test(
        "an exploitative feed is refused in a list that leads to reports or suppresses, by origin, next page and link"
    )
    func exploitative() throws {
        let origin = "https://report.cybertip.org/exploitative-hashsharing"
        let scratch = try ScratchFiles()
        var source = ListSource(
            name: "x",
            file: try scratch.file("p.xml", Page().text),
            supplier: "s",
            listClass: .csam
        )
        source.format = .ncmec
        source.origin = origin
        #expect(throws: ListFault.self) { try ListReading.read(source, workspace: nil) { _ in true } }

        source.origin = origin.uppercased()
        #expect(throws: ListFault.self) { try ListReading.read(source, workspace: nil) { _ in true } }

        let next = Page(
            images: [Page.entry(Page.md5(1))],
            next: "/exploitative-hashsharing/v2/entries?a=1&amp;b=2"
        )
        let link = Page(images: [Page.entry("<pdna href=\"/Exploitative/v2/entries/1\"/>")])
        for listClass in [ListClass.csam, .benign] {
            #expect(fault(next) { $0.listClass = listClass } == .exploitativeFeed)
            #expect(fault(link) { $0.listClass = listClass } == .exploitativeFeed)
        }
        #expect(try read(next) { $0.listClass = .exploitative }.report.kept == 1)
    }

    @Test("pages in a directory are one list, and the last page must be there")
    func pages() throws {
        let scratch = try ScratchFiles()
        let directory = try scratch.directory("pages")
        let first = Page(
            images: [Page.entry(Page.md5(1)), Page.entry(id: "i2", Page.md5(2))],
            next: "/v2/entries?start=2"
        )
        let last = Page(images: [Page.deletion(id: "i1", at: "2026-02-01T00:00:00Z")])
        var source = ListSource(name: "x", file: directory, supplier: "s", listClass: .csam)
        source.format = .ncmec
        _ = try scratch.file("pages/1.xml", first.text)
        #expect(throws: ListFault(file: directory, place: .whole, reason: .lastPageMissing)) {
            try ListReading.read(source, workspace: nil) { _ in true }
        }
        _ = try scratch.file("pages/2.xml.gz", bytes: gzip(Array(last.text.utf8)))
        _ = try scratch.file("pages/.3.xml", "hidden, and no page")
        var values: [[String]] = []
        let workspace: Descriptor? = try Descriptor.directory(scratch.path)
        let report = try ListReading.read(source, workspace: workspace) {
            values.append($0.values)
            return true
        }
        #expect(values == [[Invented.md5(2)]])
        #expect((report.read, report.withdrawn) == (3, 1))
        #expect(try scratch.names() == ["pages"])
    }
}
