import Testing

@testable import Intake

@Suite struct DueQueueTests {
    @Test("the soonest comes first, and nothing before its time", arguments: [1, 2, 3, 17, 500])
    func order(count: Int) {
        var queue = DueQueue<Int64>()
        let dues = (0..<Int64(count)).map { $0 * 7 % 101 }
        for due in dues { queue.add(due, due: due) }
        #expect(queue.count == count)
        #expect(queue.soonest == dues.min())
        var taken: [Int64] = []
        for now in 0...101 as ClosedRange<Int64> {
            while let element = queue.take(by: now) {
                #expect(element == now)
                taken.append(element)
            }
        }
        #expect(taken == dues.sorted())
        #expect(queue.soonest == nil)
    }

    @Test("what is added meanwhile finds its place")
    func meanwhile() {
        var queue = DueQueue<String>()
        queue.add("late", due: 9)
        queue.add("soon", due: 1)
        #expect(queue.take(by: 5) == "soon")
        #expect(queue.take(by: 5) == nil)
        queue.add("sooner", due: 2)
        #expect(queue.take(by: 5) == "sooner")
        #expect(queue.take(by: 9) == "late")
        #expect(queue.count == 0)
    }
}
