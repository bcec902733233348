import Exposition
import Intake
import LinuxIO
import UploadModel

/// A spool's door as a worker finds it when a batch is its turn: from an arrival in incoming/ to a claimed upload.
struct Door {
    private let house: House
    private let watch: SpoolWatch<Upload>
    private let spool: Spool
    private let isStopped: Bool
    private var roomForLarge: Int?

    /// - Parameter roomForLarge: How many large files may be claimed; `nil` where they need not be told from others.
    init(of house: House, spool index: Int, roomForLarge: Int?) {
        self.house = house
        self.roomForLarge = roomForLarge
        watch = house.watches[index]
        spool = watch.spool
        isStopped = house.arrivals.isStopped
    }

    /// Nanoseconds until a large file is looked at again that found too many before it; as many of 64 MiB as may wait
    /// keep their thread as long.
    private static let largePause: Int64 = 500_000_000

    /// - Returns: `nil` where nothing was claimed; what follows is seen to.
    mutating func claim(_ arrival: Arrival, _ random: inout RandomWords) -> Upload? {
        // What nobody has claimed yet stays in incoming/ for the next start.
        if isStopped { return leave() }
        if let room = roomForLarge, spool.sizeInIncoming(arrival.path) > house.scan.large {
            if room == 0 {
                house.arrivals.again(arrival, after: Self.largePause)
                return leave()
            }
            roomForLarge = room - 1
        }
        let answer = spool.claim(arrival.path)
        if case .claimed(let hasContext) = answer {
            if case .sweep(let reason) = arrival.origin {
                house.instruments[arrival.spool].foundBySweep(reason)
            }
            return Upload(claimed: arrival, in: spool, hasContext: hasContext, random: &random)
        }
        heed(answer, arrival)
        return leave()
    }

    private func leave() -> Upload? {
        house.arrivals.finished()
        return nil
    }

    private func heed(_ answer: ClaimAnswer, _ arrival: Arrival) {
        switch answer {
        case .claimed: break
        case .gone:
            // A context that is gone went with its upload.
            let isContext = spool.settings.context == .sidecar && arrival.path.describedUpload != nil
            if arrival.origin == .hint, !isContext { house.instruments[arrival.spool].vanished.add(1) }
        case .taken: house.arrivals.again(arrival, after: 1_000_000_000)
        case .waitsForUpload(let pause): house.arrivals.again(arrival, after: pause)
        case .left(let reason): watch.count(left: reason)
        }
    }
}
