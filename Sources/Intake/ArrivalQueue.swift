import LinuxIO
package import UploadModel

/// An upload that somebody says lies in a spool's incoming/. The claim finds out.
package struct Arrival: Sendable {
    package let spool: Int
    package let path: SpoolPath
    package let origin: Origin
    /// Monotonic, nanoseconds.
    package let since: Int64
    /// What tells it from others in the queue.
    let key: Int

    init(spool: Int, path: SpoolPath, origin: Origin) {
        (self.spool, self.path, self.origin) = (spool, path, origin)
        since = Clocks.monotonic
        key = Self.key(of: path, in: spool)
    }

    /// 64 bits under a seed of this run. Should two paths of one moment ever share them, one is left to the next sweep.
    static func key(of path: SpoolPath, in spool: Int) -> Int {
        var hasher = Hasher()
        hasher.combine(spool)
        hasher.combine(path)
        return hasher.finalize()
    }
}

/// Arrivals in their order, each once.
struct ArrivalQueue {
    private var queue: [Arrival] = []
    private var head = 0
    /// Keys of what is in the queue.
    private var known: Set<Int> = []

    var count: Int { queue.count - head }
    var first: Arrival? { count > 0 ? queue[head] : nil }

    func isKnown(_ key: Int) -> Bool { known.contains(key) }

    mutating func add(_ arrival: Arrival) {
        if known.insert(arrival.key).inserted { queue.append(arrival) }
    }

    /// - Parameter count: No more than there are.
    mutating func take(_ count: Int) -> [Arrival] {
        let taken = Array(queue[head..<head + count])
        head += count
        for arrival in taken { known.remove(arrival.key) }
        dropTaken()
        return taken
    }

    /// Keeps the array from growing at its front.
    private mutating func dropTaken() {
        guard head >= 1_024 || head == queue.count else { return }
        queue.removeFirst(head)
        head = 0
    }
}
