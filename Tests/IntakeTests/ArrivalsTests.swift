import Intake
import LinuxIO
import Testing
import UploadModel

@Suite struct ArrivalsTests {
    private let arrivals = Arrivals<Int>()

    init() { arrivals.setOpen(true) }

    private func hint(_ number: Int) -> Bool { arrivals.hint(path("upload-\(number)"), spool: 0) }

    /// What work there is, as text: the number of what was parked, the path of an arrival.
    private static func said(_ work: Arrivals<Int>.Work) -> [String] {
        work.claimed.map { "\($0)" } + work.arrivals.map { String(decoding: $0.path.bytes, as: UTF8.self) }
    }

    // MARK: - The queue

    @Test("what is said twice is looked at once, and again after it was taken")
    func repeated() {
        #expect(hint(1) && hint(1))
        #expect(arrivals.found(path("upload-1"), spool: 0, reason: .timer))
        #expect(arrivals.figures.waiting == 1)
        #expect(arrivals.isKnown(path("upload-1"), spool: 0) && !arrivals.isKnown(path("upload-1"), spool: 1))
        #expect(Self.said(arrivals.take(most: 16)) == ["upload-1"])
        #expect(!arrivals.isKnown(path("upload-1"), spool: 0))
        #expect(hint(1))
        #expect(arrivals.figures.waiting == 1)
    }

    @Test("one path in two spools is two uploads")
    func spools() {
        for spool in 0..<2 { #expect(arrivals.hint(path("a"), spool: spool)) }
        #expect(arrivals.take(most: 16).count == 2)
    }

    @Test("arrivals are taken in the order they came, so many at a time")
    func order() {
        for number in 0..<5 { #expect(hint(number)) }
        #expect(Self.said(arrivals.take(most: 3)) == ["upload-0", "upload-1", "upload-2"])
        #expect(Self.said(arrivals.take(most: 3)) == ["upload-3", "upload-4"])
    }

    @Test("a hint finds no room when the queue is full, and is told")
    func full() {
        for number in 0..<Arrivals<Int>.capacity { #expect(hint(number)) }
        #expect(!hint(-1))
        #expect(arrivals.figures.waiting == Arrivals<Int>.capacity)
        _ = arrivals.take(most: 1)
        #expect(hint(-1))
    }

    @Test("a sweep that finds the queue half full waits until a quarter is left")
    func sweepWaits() {
        for number in 0..<Arrivals<Int>.capacity / 2 { #expect(hint(number)) }
        let sweep = Waiting { [arrivals] in
            _ = arrivals.found(path("found"), spool: 0, reason: .start)
        }
        #expect(!sweep.hasEnded && !arrivals.isKnown(path("found"), spool: 0))
        while arrivals.figures.waiting >= Arrivals<Int>.capacity / 4 { _ = arrivals.take(most: 16) }
        sweep.join()
        #expect(arrivals.isKnown(path("found"), spool: 0))
    }

    @Test("a look that was put off is made when its time has come")
    func again() throws {
        #expect(hint(1))
        let arrival = try #require(arrivals.take(most: 1).arrivals.first)
        arrivals.finished()
        let begin = Clocks.monotonic
        arrivals.again(arrival, after: 50_000_000)
        #expect(Self.said(arrivals.take(most: 1)) == ["upload-1"])
        #expect(Clocks.monotonic - begin >= 50_000_000)
    }

    // MARK: - Claims

    @Test("claims never exceed their bound, and one that ends makes room for one")
    func bounded() {
        for number in 0..<Arrivals<Int>.mostClaims { #expect(hint(number)) }
        while arrivals.figures.waiting > 0 { _ = arrivals.take(most: 16) }
        #expect(arrivals.figures.claims == Arrivals<Int>.mostClaims)
        #expect(hint(-1))
        let worker = Waiting { [arrivals] in _ = arrivals.take(most: 16) }
        #expect(!worker.hasEnded && arrivals.figures.waiting == 1)
        arrivals.finished()
        worker.join()
        #expect(arrivals.figures.waiting == 0 && arrivals.figures.claims == Arrivals<Int>.mostClaims)
    }

    @Test("behind a closed door only what is claimed already goes on")
    func closed() {
        #expect(hint(1))
        arrivals.setOpen(false)
        arrivals.count()
        arrivals.park(7, for: 0)
        #expect(Self.said(arrivals.take(most: 16)) == ["7"])
        #expect(arrivals.figures.waiting == 1 && !arrivals.figures.isOpen)
        arrivals.setOpen(true)
        #expect(Self.said(arrivals.take(most: 16)) == ["upload-1"])
    }

    @Test("what is parked comes back when it is due, before what is new, and counts all the while")
    func parked() {
        arrivals.count()
        let begin = Clocks.monotonic
        arrivals.park(7, for: 50_000_000)
        #expect(arrivals.figures.parked == 1 && arrivals.figures.claims == 1)
        #expect(Self.said(arrivals.take(most: 16)) == ["7"])
        #expect(Clocks.monotonic - begin >= 50_000_000)
        #expect(arrivals.figures.parked == 0 && arrivals.figures.claims == 1)

        #expect(hint(1))
        arrivals.park(7, for: 0)
        arrivals.park(8, for: 3_600_000_000_000)
        #expect(Self.said(arrivals.take(most: 16)) == ["7", "upload-1"])
    }

    // MARK: - Threads

    @Test("the end of everything ends all waiting")
    func stop() {
        for number in 0..<Arrivals<Int>.capacity / 2 { #expect(hint(number)) }
        arrivals.setOpen(false)
        let (lane, sweep) = (Monitor<Int?>(nil), Monitor<Bool?>(nil))
        let waiting = [
            Waiting { [arrivals] in
                let count = arrivals.take(most: 1).count
                lane.change { $0 = count }
            },
            Waiting { [arrivals] in
                let isIn = arrivals.found(path("found"), spool: 0, reason: .start)
                sweep.change { $0 = isIn }
            },
        ]
        arrivals.stop()
        for thread in waiting { thread.join() }
        #expect(lane.read { $0 } == 0)
        #expect(sweep.read { $0 } == false)
    }

    @Test("between many threads, everything offered is taken exactly once")
    func threads() {
        let (each, offering) = (5_000, 3)
        let taken = Monitor<[String]>([])
        let workers = (0..<4).map { _ in
            Waiting { [arrivals] in
                while true {
                    let work = arrivals.take(most: 16)
                    if work.isEmpty { return }
                    taken.change { $0 += Self.said(work) }
                    for _ in work.arrivals { arrivals.finished() }
                }
            }
        }
        let offers = (0..<offering).map { thread in
            Waiting { [arrivals] in
                for number in 0..<each {
                    let place = path("\(thread)/\(number)")
                    if number % 2 == 0 && arrivals.hint(place, spool: 0) { continue }
                    _ = arrivals.found(place, spool: 0, reason: .timer)
                }
            }
        }
        for thread in offers { thread.join() }
        _ = taken.wait(until: Clocks.monotonic + 60_000_000_000) { $0.count >= each * offering ? true : nil }
        arrivals.stop()
        for thread in workers { thread.join() }
        let found = taken.read { $0 }
        #expect(found.count == each * offering && Set(found).count == found.count)
        #expect(arrivals.figures.claims == 0)
    }
}

/// A thread that is expected to wait for something.
private final class Waiting: Sendable {
    private let thread: BlockingThread
    private let ended: Monitor<Bool>

    init(_ body: @escaping @Sendable () -> Void) {
        let ended = Monitor(false)
        self.ended = ended
        thread = BlockingThread("waiting") {
            body()
            ended.change { $0 = true }
        }
    }

    var hasEnded: Bool { ended.read { $0 } }

    func join() { thread.join() }
}
