import Glibc
import LinuxIO
import Testing
import UploadModel

@testable import Intake

/// With the kernel's inotify. Sweeps by timer are an hour apart unless a test says otherwise, so that what it waits
/// for is seen by a hint or by what a hint made.
@Suite struct SpoolWatchTests {
    private let scratch: ScratchSpool

    init() throws { scratch = try ScratchSpool() }

    @Test("what was there before the start is found by the first sweep")
    func start() throws {
        let watched = try WatchedSpool(scratch) { try $0.put("incoming/x/a") }
        #expect(watched.sees("x/a"))
        #expect(watched.origin(of: "x/a") == .sweep(.start))
    }

    @Test("a file that is renamed in is hinted at")
    func renamedIn() throws {
        let watched = try WatchedSpool(scratch)
        try scratch.put("tmp/a")
        try scratch.move("tmp/a", to: "incoming/a")
        #expect(watched.sees("a"))
        #expect(watched.origin(of: "a") == .hint)
    }

    @Test("a file in directories made a moment before it is found", arguments: 0..<5)
    func newDirectories(round: Int) throws {
        let watched = try WatchedSpool(scratch)
        try scratch.put("incoming/\(round)/b/c/d/a")
        #expect(watched.sees("\(round)/b/c/d/a"))
    }

    @Test("all files of a tree that is moved in are found, and what comes to it later")
    func tree() throws {
        let watched = try WatchedSpool(scratch)
        for place in ["a", "x/b", "x/y/c"] { try scratch.put("tmp/tree/\(place)") }
        try scratch.move("tmp/tree", to: "incoming/tree")
        for place in ["a", "x/b", "x/y/c"] { #expect(watched.sees("tree/\(place)")) }
        try scratch.put("incoming/tree/x/y/later")
        #expect(watched.sees("tree/x/y/later"))
    }

    @Test("what comes to a directory after it got another name is found under that name")
    func renamedDirectory() throws {
        let watched = try WatchedSpool(scratch) { try $0.makeDirectories("incoming/before/x") }
        try scratch.move("incoming/before", to: "incoming/after")
        try scratch.put("incoming/after/a")
        try scratch.put("incoming/after/x/b")
        #expect(watched.sees("after/a"))
        #expect(watched.sees("after/x/b"))
    }

    @Test("a replaced root is opened anew and served")
    func replacedRoot() throws {
        let watched = try WatchedSpool(scratch, interval: 100_000_000)
        try scratch.moveRootAway()
        #expect(watched.hears { if case .lost = $0 { true } else { false } })
        try scratch.makeRoot()
        _ = try scratch.open()
        #expect(watched.hasReopened())
        try scratch.put("incoming/a")
        #expect(watched.sees("a"))
        #expect(watched.hears { if case .isUp(false) = $0 { true } else { false } })
    }

    @Test("doubt leads to a sweep of everything", arguments: [SweepReason.overflow, .doubt, .root])
    func doubt(reason: SweepReason) throws {
        let watched = try WatchedSpool(scratch)
        watched.watch.doubt(reason)
        #expect(watched.hears { if case .sweepEnded(reason, _) = $0 { true } else { false } })
        #expect(watched.watch.hasSwept)
    }

    @Test("what lies too deep is left behind and counted; what lies above it is found")
    func tooDeep() throws {
        let deep = (0..<70).map { "\($0)" }.joined(separator: "/")
        let watched = try WatchedSpool(scratch) {
            try $0.put("incoming/\(deep)/a")
            try $0.put("incoming/0/1/2/b")
        }
        #expect(watched.sees("0/1/2/b"))
        #expect(watched.leaves(.tooDeep) == 1)
    }

    @Test("a path longer than the kernel takes is left behind and counted")
    func nameTooLong() throws {
        let watched = try WatchedSpool(scratch) { scratch in
            let part = String(repeating: "d", count: 255)
            var directory = try Descriptor.directory("\(scratch.root)/incoming")
            for _ in 0..<17 {
                try directory.makeDirectory(bytes(part), mode: 0o770)
                directory = try directory.open(bytes(part), .directory)
            }
        }
        #expect(watched.leaves(.nameTooLong) == 1)
    }

    @Test("a sweep asks for an upload that went away and left its context in work/")
    func halfClaim() throws {
        let watched = try WatchedSpool(scratch, interval: 100_000_000)
        try scratch.put("work/a.meta.json")
        let context = try scratch.status("work/a.meta.json")
        let claim = HalfClaim(context: context, upload: context, at: context.changed)
        watched.watch.spool.halfClaims.add(claim, of: path("a"))
        #expect(watched.sees("a"))
    }

    @Test("a directory that our user may not enter is left behind and counted")
    func forbidden() throws {
        let scratch = scratch
        let watched = try onThread(.withoutCapabilities) {
            try WatchedSpool(scratch) {
                try $0.put("incoming/x/a")
                try $0.setMode(0o000, "incoming/x")
            }
        }
        #expect(watched.leaves(.forbidden) == 1)
        try scratch.setMode(0o770, "incoming/x")
    }
}

/// A watch at work, with a thread that takes everything it finds.
private final class WatchedSpool: Sendable {
    let watch: SpoolWatch<Int>
    private let arrivals = Arrivals<Int>()
    private let seen = Monitor<[String: Origin]>([:])
    private let heard: Monitor<[WatchReport]>
    private let reopened: Monitor<Bool>
    private let threads: [BlockingThread]

    /// Starts it after `before`, and waits until the first sweep has made its watches.
    init(
        _ scratch: ScratchSpool,
        interval: Int64 = 3_600_000_000_000,
        before: (ScratchSpool) throws -> Void = { _ in }
    ) throws {
        let spool = try scratch.open()
        try before(scratch)
        let (heard, reopened) = (Monitor<[WatchReport]>([]), Monitor(false))
        watch = try SpoolWatch(
            spool,
            index: 0,
            arrivals: arrivals,
            interval: interval,
            report: { report in heard.change { $0.append(report) } },
            reopened: { _ in reopened.change { $0 = true } }
        )
        (self.heard, self.reopened) = (heard, reopened)
        arrivals.setOpen(true)
        threads = watch.start() + [Self.taker(arrivals, seen)]
        _ = hears { if case .watches = $0 { true } else { false } }
    }

    deinit {
        watch.stop()
        arrivals.stop()
        for thread in threads { thread.join() }
    }

    private static func taker(_ arrivals: Arrivals<Int>, _ seen: Monitor<[String: Origin]>) -> BlockingThread
    {
        BlockingThread("taker") {
            while true {
                let work = arrivals.take(most: 16)
                if work.isEmpty { return }
                for arrival in work.arrivals {
                    let name = String(decoding: arrival.path.bytes, as: UTF8.self)
                    seen.change { if $0[name] == nil { $0[name] = arrival.origin } }
                    arrivals.finished()
                }
            }
        }
    }

    func sees(_ name: String) -> Bool {
        seen.wait(until: Self.deadline) { $0[name] == nil ? nil : true } ?? false
    }

    func origin(of name: String) -> Origin? { seen.read { $0[name] } }

    func hears(_ isIt: @escaping (WatchReport) -> Bool) -> Bool {
        heard.wait(until: Self.deadline) { $0.contains(where: isIt) ? true : nil } ?? false
    }

    func hasReopened() -> Bool { reopened.wait(until: Self.deadline) { $0 ? true : nil } ?? false }

    /// What the last sweep left behind for this reason.
    func leaves(_ reason: LeftReason) -> Int {
        heard.wait(until: Self.deadline) { reports in
            let counts = reports.compactMap { if case .left(let left) = $0 { left } else { nil } }
            return counts.last.map { $0[reason] ?? 0 }
        } ?? -1
    }

    private static var deadline: Int64 { Clocks.monotonic + 30_000_000_000 }
}
