import Digests
import LinuxIO
import UploadModel

/// The scheduler: every lane has a file of its own, and all advance together while that is faster than in turn.
struct SideBySide: ~Copyable {
    private let lanes: [Lane]
    private var digests: LaneDigests
    /// Busy lanes from which on they advance together.
    private let fewest: Int
    /// Bit n is set while lane n has a file.
    private var busy: UInt32 = 0
    /// Whose turn it is while they advance one by one.
    private var turn = 0

    init(_ lanes: [Lane], _ digests: consuming LaneDigests, fewest: Int) {
        self.lanes = lanes
        self.digests = digests
        self.fewest = fewest
    }

    mutating func run(
        next: () -> LaneFile?,
        done: (consuming LaneFile, Result<DigestSet, SyscallError>) -> Void
    ) {
        while true {
            fill(next)
            if busy == 0 { return }
            if busy.nonzeroBitCount >= fewest { advanceTogether() } else { advanceOne() }
            handBack(done)
        }
    }

    /// Gives every idle lane a file, as far as there are any.
    private mutating func fill(_ next: () -> LaneFile?) {
        for index in lanes.indices where !lanes[index].isBusy {
            guard let file = next() else { return }
            lanes[index].take(file)
            digests.begin(index)
            busy |= 1 << index
        }
    }

    /// As many blocks as every busy lane has.
    private mutating func advanceTogether() {
        var count = Int.max
        forEachBusy { lane in count = min(count, lane.blocks) }
        if count == 0 { return }  // one could not be read, and is handed back first
        var ending: UInt32 = 0
        for (index, lane) in lanes.enumerated() where lane.isBusy {
            digests.set(index, to: lane.next)
            if lane.isLast && lane.blocks == count { ending |= 1 << index }
        }
        digests.advance(by: count, busy: busy, ending: ending)
        forEachBusy { lane in lane.digested(count) }
    }

    /// All that one lane has read. They take turns, so that a small file does not wait for a large one.
    private mutating func advanceOne() {
        repeat { turn = (turn + 1) % lanes.count } while busy & 1 << turn == 0
        let lane = lanes[turn]
        let count = lane.blocks
        if count == 0 { return }
        digests.set(turn, to: lane.next)
        digests.advance(turn, by: count, isEnding: lane.isLast)
        lane.digested(count)
    }

    private mutating func handBack(_ done: (consuming LaneFile, Result<DigestSet, SyscallError>) -> Void) {
        for (index, lane) in lanes.enumerated() where lane.isBusy && lane.blocks == 0 {
            busy &= ~(1 << UInt32(index))
            guard let file = lane.giveBack() else { continue }
            let digests = digests.digests(index, byteCount: lane.byteCount)
            done(file, lane.trouble.map { .failure($0) } ?? .success(digests))
        }
    }

    private func forEachBusy(_ visit: (Lane) -> Void) {
        for lane in lanes where lane.isBusy { visit(lane) }
    }
}
