import Decoding
import Digesting
import Digests
import Exposition
import HashLists
import Intake
import LinuxIO
import UploadModel

/// The lane loop: claims a batch, keeps its lanes full, and performs digest, compare and release in line; decode on
/// threads of its own, which go on where the lane stopped.
///
/// Synchronous, on threads of our own. What leads away from `released` goes to the custody loop as a value; an
/// upload that matches nothing leaves no row.
final class LaneLoop: Sendable {
    private let house: House
    private let judge: Judge
    /// One for each spool: uploads too large for the lanes.
    private let large: [Monitor<LargeQueue>]

    private struct LargeQueue {
        /// Those that wait count as claims, and a crash as one of each: a spool has few, the rest stay in incoming/.
        static var most: Int { 8 }

        var uploads: [Upload] = []
        var isStopped = false

        /// How many more may be claimed. None is counted while none waits: to see a size costs a look at each file.
        var room: Int? { uploads.isEmpty ? nil : max(0, Self.most - uploads.count) }
    }

    init(_ house: House) {
        self.house = house
        judge = Judge(house)
        large = house.spools.map { _ in Monitor(LargeQueue()) }
    }

    /// Starts the workers, a thread for each spool's large files, and those that wait for decoders. They end after
    /// ``stop()``.
    func start(workers: Int, decoders: Int) -> [BlockingThread] {
        let lanes = (0..<workers).map { number in BlockingThread("lanes-\(number)") { self.work() } }
        let pictures = (0..<decoders).map { number in
            BlockingThread("pictures-\(number)") { self.workPictures() }
        }
        return lanes + pictures
            + large.indices.map { index in BlockingThread("large-\(index)") { self.workLarge(index) } }
    }

    /// Finishes what is in the lanes and takes no more.
    func stop() {
        house.arrivals.stop()
        house.undecoded.stop()
        for queue in large { queue.change { $0.isStopped = true } }
    }

    /// Looks at uploads that were not ready after which the lanes go on.
    private static let mostMisses = 16

    private func work() {
        var lanes = Lanes()
        var random = RandomWords()
        while true {
            // No more than there are lanes: what is taken and waits for one is seen by nobody else.
            let current = house.lists.current
            let most = current.map { lanes.count(for: algorithms($0)) } ?? 1
            let work = house.arrivals.take(most: most)
            if work.isEmpty { return }
            run(&lanes, &random, work, largest: house.scan.large, more: true)
        }
    }

    private func workPictures() {
        while let picture = house.undecoded.next() { judge.decode(picture) }
    }

    private func workLarge(_ index: Int) {
        var lanes = Lanes(.oneAtATime)
        var random = RandomWords()
        while let upload = nextLarge(index) {
            run(&lanes, &random, Arrivals.Work(claimed: [upload]), largest: .max, more: false)
        }
    }

    private func nextLarge(_ index: Int) -> Upload? {
        let next: Upload?? = large[index].wait { queue in
            if queue.isStopped { return .some(nil) }
            return queue.uploads.isEmpty ? nil : .some(queue.uploads.removeFirst())
        }
        return next ?? nil
    }

    // MARK: - One batch

    private func run(
        _ lanes: inout Lanes,
        _ random: inout RandomWords,
        _ work: Arrivals<Upload>.Work,
        largest: UInt64,
        more takesMore: Bool
    ) {
        guard let generation = house.lists.current else { return putOff(work) }
        var rest = work
        var claimed: ArraySlice<UploadInHand> = []
        var compared: [ComparedUpload] = []
        var inLanes = UploadsInLanes()
        var misses = 0
        let algorithms = algorithms(generation)
        let most = lanes.count(for: algorithms)
        lanes.run(
            algorithms,
            next: {
                while true {
                    if let hand = claimed.popFirst() {
                        release(&compared, &random)
                        if let file = open(&hand.upload, largest: largest) {
                            let tag = inLanes.add(hand, file.status)
                            let size = file.status.size
                            return LaneFile(tag: tag, descriptor: file.intoDescriptor(), size: size)
                        }
                        misses += 1
                        continue
                    }
                    // What is in the lanes goes on before more is looked at that may not be ready either.
                    if misses >= Self.mostMisses, inLanes.count > 0 {
                        misses = 0
                        release(&compared, &random)
                        return nil
                    }
                    if rest.isEmpty, takesMore {
                        // As many as the lanes wait for, asked for at once; what others could take stays theirs.
                        rest = more(generation, algorithms, largest, most - inLanes.count)
                    }
                    claimed = move(&compared, rest, &random)[...]
                    if rest.isEmpty { return nil }
                    misses += rest.count - claimed.count
                    rest = Arrivals.Work()
                }
            },
            done: { file, result in
                let done = ComparedUpload(inLanes.take(file.tag), file.intoDescriptor())
                guard judge.finish(&done.hand.upload, done.file, done.status, result) else { return }
                compared.append(done)
                // A picture may have to wait for a decoder, and nothing else waits with it.
                if house.lists.askForPictures { release(&compared, &random) }
            }
        )
    }

    private func release(_ compared: inout [ComparedUpload], _ random: inout RandomWords) {
        if !compared.isEmpty { _ = move(&compared, Arrivals.Work(), &random) }
    }

    /// Releases what matched nothing, takes up what was claimed before, and claims what arrived.
    ///
    /// The kernel moves one file of a file system at a time, and who waits for that spins. So workers take turns, a
    /// spool's and a batch each, and sleep until theirs comes.
    private func move(
        _ compared: inout [ComparedUpload],
        _ work: Arrivals<Upload>.Work,
        _ random: inout RandomWords
    ) -> [UploadInHand] {
        var hands = work.claimed.map { UploadInHand(house.inItsSpool($0)) }
        hands.reserveCapacity(work.count)
        for index in house.turns.indices {
            let going = compared.filter { $0.hand.upload.spoolIndex == index }
            let coming = work.arrivals.filter { $0.spool == index }
            if going.isEmpty && coming.isEmpty { continue }
            house.turns[index].changeQuietly { _ in
                for done in going { judge.release(&done.hand.upload, done.file, done.status) }
                if !coming.isEmpty { claim(coming, spool: index, into: &hands, &random) }
            }
        }
        compared.removeAll(keepingCapacity: true)
        return hands
    }

    private func claim(
        _ arrivals: [Arrival],
        spool index: Int,
        into hands: inout [UploadInHand],
        _ random: inout RandomWords
    ) {
        var door = Door(of: house, spool: index, roomForLarge: large[index].read { $0.room })
        for arrival in arrivals {
            if let upload = door.claim(arrival, &random) { hands.append(UploadInHand(upload)) }
        }
    }

    /// What a list that holds none, such as one of pictures only, leaves to choose.
    private func algorithms(_ generation: Generation) -> DigestAlgorithms {
        let asked = house.scan.digests == .all ? .all : generation.needs
        return asked.isEmpty ? DigestAlgorithms(.sha256) : asked
    }

    /// Keeps the lanes of a worker full, for as long as the generation serves and the settings stay what they were.
    private func more(
        _ generation: Generation,
        _ algorithms: DigestAlgorithms,
        _ largest: UInt64,
        _ most: Int
    ) -> Arrivals<Upload>.Work {
        let isAsBefore =
            house.lists.current === generation && house.scan.large == largest
            && self.algorithms(generation) == algorithms
        return isAsBefore ? house.arrivals.takeNow(most: max(1, most)) : Arrivals.Work()
    }

    /// Without lists nothing is compared; the door is closed, so only what was claimed before comes here.
    private func putOff(_ work: Arrivals<Upload>.Work) {
        for upload in work.claimed { house.arrivals.park(upload, for: 1_000_000_000) }
        for arrival in work.arrivals {
            house.arrivals.again(arrival, after: 1_000_000_000)
            house.arrivals.finished()
        }
    }

    /// Opens a claimed upload once no writer is left; otherwise sees to it that it goes on elsewhere.
    private func open(_ upload: inout Upload, largest: UInt64) -> OpenUpload? {
        let instruments = house.instruments[upload.spoolIndex]
        do throws(SyscallError) {
            let found = try upload.spool.inspect(
                upload.path,
                id: upload.id,
                before: upload.firstLook,
                largest: largest,
                keepsLease: largest < .max
            )
            switch consume found {
            case .ready(let file):
                instruments.settled(by: upload.firstLook == nil ? .lease : .twoLooks)
                return file
            case .large: large[upload.spoolIndex].change { [upload] in $0.uploads.append(upload) }
            case .unsettled(let look):
                if upload.firstLook != nil { return judge.startOver(&upload, .keepsChanging) }
                upload.firstLook = look
                if upload.contextLook == nil, let context = try upload.spool.contextStatus(of: upload.place) {
                    upload.contextLook = (context, Clocks.monotonic)
                }
                house.arrivals.park(upload, for: Spool.settlePause)
            case .busy: judge.startOver(&upload, .keepsChanging)
            case .obstacle(let obstacle): judge.depart(&upload, because: .unreadable(obstacle))
            case .vanished: judge.depart(&upload, because: .vanished)
            case .notAnUpload: house.arrivals.finished()
            }
        } catch {
            judge.trouble(&upload, error)
        }
        return nil
    }
}
