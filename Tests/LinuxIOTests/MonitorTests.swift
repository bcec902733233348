import Testing

@testable import LinuxIO

@Suite struct MonitorTests {
    @Test("many threads hand over every value, each once")
    func handsOver() {
        let queue = Monitor([Int]())
        let done = Monitor([Int]())
        let takers = (0..<4).map { number in
            BlockingThread("taker-\(number)") {
                while let value = queue.wait({ $0.popLast() }), value >= 0 {
                    done.change { $0.append(value) }
                }
            }
        }
        let givers = (0..<4).map { giver in
            BlockingThread("giver-\(giver)") {
                for value in 0..<500 { queue.change { $0.append(giver * 500 + value) } }
            }
        }
        for giver in givers { giver.join() }
        // A waiter that takes something wakes the others too, so the givers can wait for an empty queue.
        _ = queue.wait { $0.isEmpty ? true : nil }
        queue.change { $0 = [-1, -1, -1, -1] }
        for taker in takers { taker.join() }
        #expect(done.read { $0.sorted() } == Array(0..<2_000))
    }

    @Test("waiting ends when another thread makes it true")
    func waits() {
        let flag = Monitor(0)
        let thread = BlockingThread("setter") {
            _ = flag.wait { $0 == 1 ? true : nil }
            flag.change { $0 = 2 }
        }
        flag.change { $0 = 1 }
        #expect(flag.wait { $0 == 2 ? "there" : nil } == "there")
        thread.join()
    }

    @Test("what is there already is given at once, whatever the deadline")
    func noNeedToWait() {
        let value = Monitor(7)
        #expect(value.wait(until: 0) { $0 } == 7)
    }

    @Test("a deadline ends a wait that nobody answers, and not before it")
    func deadline() {
        let value = Monitor(0)
        let deadline = Clocks.monotonic + 20_000_000
        #expect(value.wait(until: deadline) { $0 == 1 ? true : nil } == nil)
        #expect(Clocks.monotonic >= deadline)
    }

    @Test("a deadline that is past looks once more")
    func pastDeadline() {
        let value = Monitor(0)
        #expect(
            value.wait(until: Clocks.monotonic - 1) { seen in
                seen += 1
                return seen == 2 ? seen : nil
            } == 2
        )
    }

    @Test("a change that throws lets the others in")
    func throwing() {
        struct Trouble: Error {}
        let value = Monitor(0)
        #expect(throws: Trouble.self) { try value.change { _ in throw Trouble() } }
        #expect(
            value.change {
                $0 += 1
                return $0
            } == 1
        )
    }

    @Test("a thread has run when join returns, and joining twice is harmless")
    func joins() {
        let flag = Monitor(false)
        let thread = BlockingThread("a name longer than the kernel takes") { flag.change { $0 = true } }
        thread.join()
        thread.join()
        #expect(flag.read { $0 })
    }

    @Test("a thread that the kernel does not give is an error, and its body is not run")
    func noThread() {
        let flag = Monitor(false)
        #expect(throws: SyscallError.self) {
            try BlockingThread(ifPossible: "too-much", stack: 1 << 46) { flag.change { $0 = true } }
        }
        #expect(!flag.read { $0 })
    }

    @Test("the monotonic clock never goes back, and CPU time is counted")
    func clocks() {
        var last = Clocks.monotonic
        for _ in 0..<10_000 {
            let now = Clocks.monotonic
            if now < last { Issue.record("\(now) after \(last)") }
            last = now
        }
        #expect(Clocks.processCPU > 0)
        #expect(Clocks.realtime > 1_700_000_000_000_000_000)
    }
}
