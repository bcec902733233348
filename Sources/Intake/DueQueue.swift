/// What is due some time, soonest first: a binary heap.
struct DueQueue<Element> {
    private var heap: [Entry] = []

    /// An object, so that moving it about costs the same whatever the element is.
    private final class Entry {
        let due: Int64
        let element: Element

        init(_ element: Element, due: Int64) { (self.element, self.due) = (element, due) }
    }

    var count: Int { heap.count }

    /// When the first is due.
    var soonest: Int64? { heap.first?.due }

    mutating func add(_ element: Element, due: Int64) {
        heap.append(Entry(element, due: due))
        rise(heap.count - 1)
    }

    /// The first, if it is due by `now`.
    mutating func take(by now: Int64) -> Element? {
        guard let first = heap.first, first.due <= now else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink(0)
        }
        return first.element
    }

    private mutating func rise(_ index: Int) {
        var index = index
        while index > 0, case let parent = (index - 1) / 2, heap[index].due < heap[parent].due {
            heap.swapAt(index, parent)
            index = parent
        }
    }

    private mutating func sink(_ index: Int) {
        var index = index
        while case let left = 2 * index + 1, left < heap.count {
            let right = left + 1
            let child = right < heap.count && heap[right].due < heap[left].due ? right : left
            guard heap[child].due < heap[index].due else { return }
            heap.swapAt(index, child)
            index = child
        }
    }
}
