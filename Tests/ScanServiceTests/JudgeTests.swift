import Exposition
import Intake
import LedgerStore
import LinuxIO
import Logging
import Testing
import UploadModel

@testable import ScanService

/// Digests on demand: what the lists do not ask for is computed once an entry was met, before anything is graded.
@Suite(.serialized) struct JudgeTests {
    private static func algorithms(_ rows: [CustodyEvent]) -> [DigestAlgorithms] {
        rows.compactMap { if case .digested(let digests, _) = $0 { digests.algorithms } else { nil } }
    }

    @Test("a list of MD5 alone costs MD5, and a match all three, in a row before the one that lists it")
    func neededThenAll() async throws {
        let house = try ScratchHouse()
        try house.list(["demo": [ScratchHouse.listed]], by: .md5)
        try house.handOver("a", ScratchHouse.listed)
        try house.handOver("b", "bytes")
        try await house.run { try house.isQuarantined(house.newest) ?? house.isReleased("b", "bytes") }
        let rows = try house.rows(house.newest)
        #expect(Self.algorithms(rows) == [DigestAlgorithms(.md5), .all])
        let listed = try #require(rows.firstIndex { if case .listed = $0 { true } else { false } })
        #expect(rows[listed - 1] == .digested(try house.digests(of: ScratchHouse.listed), picture: false))
        #expect(try house.findings() == [] && house.released() == ["b"])
    }

    @Test("with digests = \"all\" one reading gives all three")
    func all() async throws {
        let house = try ScratchHouse { $0.scan.digests = .all }
        try house.list(["demo": [ScratchHouse.listed]], by: .md5)
        try house.handOver("a", ScratchHouse.listed)
        try await house.run { try house.isQuarantined(house.newest) }
        #expect(Self.algorithms(try house.rows(house.newest)) == [.all])
    }

    @Test("a match whose second reading fails is tried again, remembered, and neither released nor held")
    func secondReadingFails() throws {
        let scratch = try ScratchHouse()
        try scratch.list(["demo": [ScratchHouse.listed]], by: .md5)
        let listed = try scratch.digests(of: ScratchHouse.listed)
        // What the first reading found is gone by the second: other bytes, as many.
        try scratch.put("spool/work/a", String(repeating: "x", count: ScratchHouse.listed.utf8.count))
        var (house, upload) = try scratch.claimed("a")
        let file = try Descriptor.open("\(scratch.path)/spool/work/a")
        let first = DigestSet(byteCount: listed.byteCount, [try #require(listed.md5)])
        _ = Judge(house).finish(&upload, file, try file.status(), .success(first))

        let parked = try #require(house.parked())
        #expect(parked.custody.stage == .claimed && parked.facts.isEmpty)
        #expect(parked.met?.digests == first && parked.met?.matches.count == 1)
        #expect(try scratch.exists("spool/work/a"))
        #expect(try scratch.released().isEmpty && scratch.tree("spool/held").isEmpty)
    }

    @Test("when no try is left, what met an entry is preserved by what was known then")
    func noTryLeft() async throws {
        let scratch = try ScratchHouse()
        try scratch.list(["demo": [ScratchHouse.listed]], by: .md5)
        try scratch.put("spool/work/a", "bytes")
        var (house, upload) = try scratch.claimed("a")
        let match = try scratch.match()
        upload.met = (try scratch.digests(of: ScratchHouse.listed), [match])
        for _ in 1..<Tries.most { _ = upload.tries.failed(now: 1) }
        Judge(house).startOver(&upload, .keepsChanging)
        house.departures.finish()
        var departed: [Upload] = []
        for await case .upload(let upload) in house.departures.stream { departed.append(upload) }
        #expect(departed.map(\.next) == [.bundle([match])])
        #expect(departed.first?.facts.map(\.event).last == .listed([match]))
    }

    @Test("what is preserved by some digests alone waits for a person, its context's matches do not")
    func noTryLeftPartial() async throws {
        let scratch = try ScratchHouse()
        try scratch.put("spool/work/a", "bytes")
        var (house, upload) = try scratch.claimed("a")
        let digests = try scratch.digests(of: ScratchHouse.listed)
        let matches = [try scratch.match(), try scratch.match(part: .context)]
        #expect(matches.map(\.action) == [.draft, .draft])
        upload.met = (DigestSet(byteCount: digests.byteCount, [try #require(digests.md5)]), matches)
        for _ in 1..<Tries.most { _ = upload.tries.failed(now: 1) }
        Judge(house).startOver(&upload, .keepsChanging)
        house.departures.finish()
        var departed: [CustodyEvent?] = []
        for await case .upload(let upload) in house.departures.stream {
            departed.append(upload.facts.map(\.event).last)
        }
        guard case .listed(let kept) = departed.first else {
            Issue.record("not listed: \(departed)")
            return
        }
        #expect(kept.map(\.action) == [.case, .draft] && kept.map(\.entry) == matches.map(\.entry))
    }

    @Test("what the second reading found is known of a match from then on")
    func metByAll() async throws {
        let scratch = try ScratchHouse()
        try scratch.list(["demo": [ScratchHouse.listed]], by: .md5)
        try scratch.put("spool/work/a", ScratchHouse.listed)
        var (house, upload) = try scratch.claimed("a")
        let listed = try scratch.digests(of: ScratchHouse.listed)
        let file = try Descriptor.open("\(scratch.path)/spool/work/a")
        let first = DigestSet(byteCount: listed.byteCount, [try #require(listed.md5)])
        _ = Judge(house).finish(&upload, file, try file.status(), .success(first))
        house.departures.finish()
        var met: [DigestSet?] = []
        for await case .upload(let upload) in house.departures.stream { met.append(upload.met?.digests) }
        #expect(met == [listed])
    }

    @Test("lists that came while a file was read are those that it is compared with")
    func newLists() async throws {
        let scratch = try ScratchHouse()
        try scratch.list(["demo": ["other bytes"]])
        try scratch.put("spool/work/a", ScratchHouse.listed)
        var (house, upload) = try scratch.claimed("a")
        let file = try Descriptor.open("\(scratch.path)/spool/work/a")
        try scratch.list(["demo": [ScratchHouse.listed]])
        house.lists.refresh(scratch.settings.lists, house.configuration.keys)
        let digests = try scratch.digests(of: ScratchHouse.listed)
        _ = Judge(house).finish(&upload, file, try file.status(), .success(digests))
        house.departures.finish()
        var met: [DigestSet?] = []
        for await case .upload(let upload) in house.departures.stream { met.append(upload.met?.digests) }
        #expect(try met == [digests] && scratch.released().isEmpty)
    }

    @Test(
        "where they ask for a digest that was not computed, the file is read again, and that is no failed try"
    )
    func newListsAskForMore() throws {
        let scratch = try ScratchHouse()
        try scratch.list(["demo": ["other bytes"]], by: .md5)
        try scratch.put("spool/work/a", ScratchHouse.listed)
        var (house, upload) = try scratch.claimed("a")
        let file = try Descriptor.open("\(scratch.path)/spool/work/a")
        try scratch.list(["demo": [ScratchHouse.listed]], by: .sha256)
        house.lists.refresh(scratch.settings.lists, house.configuration.keys)
        let digests = try scratch.digests(of: ScratchHouse.listed)
        let first = DigestSet(byteCount: digests.byteCount, [try #require(digests.md5)])
        _ = Judge(house).finish(&upload, file, try file.status(), .success(first))
        let parked = try #require(house.parked())
        #expect(parked.custody.stage == .claimed && parked.tries.count == 0)
        #expect(try scratch.exists("spool/work/a") && scratch.released().isEmpty)
    }

    @Test("a file whose first bytes cannot be read does not pass for no picture")
    func unreadableFormat() throws {
        let scratch = try ScratchHouse()
        try scratch.list([:], hashes: [String(repeating: "0f", count: 32)])
        try scratch.put("spool/work/a", "bytes")
        var (house, upload) = try scratch.claimed("a")
        let generation = try #require(house.lists.current)
        let digests = try scratch.digests(of: "bytes")
        // Open by its path only, it has a status and gives no byte.
        let file = try Descriptor.directory("\(scratch.path)/spool/work").open(Array("a".utf8), [.pathOnly])
        #expect(throws: SyscallError.self) { try generation.asksForHashes(of: file) }
        _ = Judge(house).finish(&upload, file, try file.status(), .success(digests))
        let parked = try #require(house.parked())
        #expect(parked.custody.stage == .claimed && parked.tries.count == 1)
        #expect(try scratch.exists("spool/work/a") && scratch.released().isEmpty)
    }
}

extension ScratchHouse {
    /// A house whose loops do not run, and an upload that lies in its work/.
    func claimed(_ name: String) throws -> (House, Upload) {
        let spool = try Spool(opening: settings.spools[0])
        let house = try House(
            configuration,
            spools: [spool],
            state: try StateDirectory(opening: settings.state.root),
            ledger: try Ledger(opening: "\(path)/state/ledger.db"),
            vault: try vault(),
            registry: try MetricsRegistry(families: ScanService.metricFamilies),
            log: Logger(label: "scan") { _ in SwiftLogNoOpLogHandler() },
            onFailure: {}
        )
        house.lists.refresh(settings.lists, house.configuration.keys)
        house.arrivals.count()
        let place = try #require(SpoolPath(Array(name.utf8)))
        return (house, Upload(inWork: place, of: spool, index: 0))
    }
}

extension House {
    /// The upload that waits for its next try.
    func parked() -> Upload? { arrivals.take(most: 1).claimed.first }
}
