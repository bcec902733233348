import GenerationFormat
import Glibc
import LinuxIO
import ListImport
import Testing
import UploadModel

/// What the age of a list counts from: what its supplier says, else its newest file, else the build.
@Suite struct ListDatingTests {
    private func dated(_ list: ListText) throws -> String? {
        try list.read().report.dated.map { "\($0.by) \($0.time.wholeSeconds)" }
    }

    @Test("our own format may say in its first line when the list was as it is")
    func header() throws {
        let entry = #"{"md5":"\#(Invented.md5)"}"#
        let header = #"{"updated":"2026-05-01T02:00:00+02:00"}"#
        #expect(try dated(ListText(.ndjson, "\n\(header)\n\(entry)\n")) == "supplier 2026-05-01T00:00:00Z")
        #expect(try dated(ListText(.ndjson, "\(entry)\n")) == nil)
        #expect(ListText(.ndjson, "\(entry)\n\(header)\n").fault?.reason == .unknownMember)
        for bad in [#"{"updated":17}"#, #"{"updated":"17"}"#, #"{"updated":""}"#, #"{"updated":"soon"}"#] {
            #expect(ListText(.ndjson, "\(bad)\n\(entry)\n").fault?.reason == .notATime)
        }
        let both = #"{"updated":"2026-05-01T00:00:00Z","md5":"\#(Invented.md5)"}"#
        #expect(ListText(.ndjson, "\(both)\n").fault?.reason == .unknownMember)
    }

    @Test("of a list's times the latest counts, where they are dates")
    func entries() throws {
        func rows(_ times: [String]) -> ListText {
            let lines = times.enumerated().map { "\(Invented.md5($0.offset)),\($0.element)\n" }
            return ListText(.csv, "md5,changed\n" + lines.joined()) {
                $0.mapping.fields = [.md5: "md5", .timestamp: "changed"]
            }
        }
        let times = ["2026-01-02T00:00:00Z", "2026-03-04T05:06:07Z", "2026-02-03T00:00:00Z"]
        #expect(try dated(rows(times)) == "supplier 2026-03-04T05:06:07Z")
        #expect(try dated(rows(["1767312000", "1772600767"])) == nil)
    }

    @Test("a page of Hash Sharing is dated by its entries, its containers or the end of its window")
    func page() throws {
        func page(entry: String, end: String?) -> ListText {
            let address = end.map {
                "/v2/entries?from=2025-01-01T00%3A00%3A00Z&amp;to=\($0)&amp;start=1001&amp;size=1000"
            }
            let entry = HashSharingText.entry(at: entry, HashSharingText.md5(1))
            return ListText(.ncmec, HashSharingText(images: [entry], next: address).text)
        }
        // The containers of these pages say 2026-01-01.
        #expect(try dated(page(entry: "2025-06-01T00:00:00Z", end: nil)) == "supplier 2026-01-01T00:00:00Z")
        #expect(try dated(page(entry: "2026-06-01T00:00:00Z", end: nil)) == "supplier 2026-06-01T00:00:00Z")
        #expect(
            try dated(page(entry: "2026-06-01T00:00:00Z", end: "2026-07-01T00%3a00%3A00Z"))
                == "supplier 2026-07-01T00:00:00Z"
        )
    }

    @Test("a time that is still to come says nothing, so that no list stays young for ever")
    func future() throws {
        let read = Timestamp("2026-04-01T00:00:00Z")!
        func dated(_ stated: String) throws -> ListDate? {
            let bytes = Array("{\"updated\":\"\(stated)\"}\n{\"md5\":\"\(Invented.md5)\"}\n".utf8)
            var source = ListSource(name: "x", file: "x", supplier: "s", listClass: .csam)
            source.format = .ndjson
            return try ListReading.read(bytes, as: source, at: read) { _ in true }.dated
        }
        #expect(try dated("2026-04-01T00:00:00Z")?.time == read)
        #expect(try dated("2026-04-01T00:00:01Z") == nil)
        #expect(try dated("9999-01-01T00:00:00Z") == nil)
    }

    @Test(
        "without such a statement the newest file counts, which a generation remembers; of a pipe only the build"
    )
    func files() throws {
        let state = try ScratchState()
        var old = try state.source("old", [Invented.md5])
        let now = Int(Timestamp.build.nanoseconds / 1_000_000_000)
        try setModified(old.file, now - 40 * 86_400)
        old.maximumAge = 30
        var stated = try state.source(
            "stated",
            [#"{"updated":"2026-01-01T00:00:00Z"}"#, #"{"md5":"\#(Invented.md5)"}"#]
        )
        stated.format = .ndjson
        let young = try state.source("young", [Invented.md5])
        try setModified(young.file, now + 1)
        let report = try state.build([old, stated, young])
        let manifest = try state.manifest(report.generation)
        let lists = manifest.lists
        #expect(lists.map(\.dated?.by) == [.file, .supplier, nil])
        #expect(lists.map { $0.age(at: .build) } == [40, 321, 0])
        #expect(lists.map { $0.isStale(at: .build) } == [true, false, false])
        #expect(lists.allSatisfy { $0.importedAt == .build })
    }

    @Test("of a directory the file that was modified last counts")
    func directory() throws {
        let scratch = try ScratchFiles()
        let directory = try scratch.directory("parts")
        for (name, seconds) in [("a", 1_700_000_000), ("b", 1_760_000_000), ("c", 1_750_000_000)] {
            try setModified(try scratch.file("parts/\(name).txt", "\(Invented.md5)\n"), seconds)
        }
        let source = ListSource(name: "x", file: directory, supplier: "s", listClass: .csam)
        let report = try ListReading.read(source, workspace: nil) { _ in true }
        #expect(report.dated == ListDate(Timestamp(seconds: 1_760_000_000, nanoseconds: 0), by: .file))
    }

    private func setModified(_ path: String, _ seconds: Int) throws {
        let times = [timespec(tv_sec: seconds, tv_nsec: 0), timespec(tv_sec: seconds, tv_nsec: 0)]
        try #require(utimensat(AT_FDCWD, path, times, 0) == 0)
    }
}

extension Timestamp {
    /// When ``ScratchState`` builds.
    static let build = Timestamp(seconds: 1_795_000_000, nanoseconds: 1)
}

extension ScratchState {
    func manifest(_ generation: String) throws -> GenerationManifest {
        let folder = try lists.open(Array(generation.utf8), .directory)
        let bytes = try folder.open(Array(GenerationFile.manifest.utf8)).readAll(limit: 1 << 20)
        return try GenerationManifest(reading: bytes.span.bytes)
    }
}
