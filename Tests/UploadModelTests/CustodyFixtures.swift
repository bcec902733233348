import Testing
import UploadModel

/// A stage, how an upload gets there, and everything that may follow it.
struct CustodyRow: CustomTestStringConvertible, Sendable {
    let name: String
    let history: [CustodyEvent]
    let steps: [CustodyStep]

    init(
        _ name: String,
        _ history: [CustodyEvent],
        then steps: [CustodyStep]
    ) {
        (self.name, self.history, self.steps) = (name, history, steps)
    }

    var testDescription: String { name }
}

struct CustodyStep: Sendable {
    let event: CustodyEvent
    let effect: CustodyEffect
    let stage: Custody.Stage

    init(_ event: CustodyEvent, _ effect: CustodyEffect, _ stage: Custody.Stage) {
        (self.event, self.effect, self.stage) = (event, effect, stage)
    }
}

let undecoded = PerceptualFinding.failed(.undecodable)
let findings: [PerceptualFinding] = [.notAsked, .hashes([hash], truncated: true), .unusable, undecoded]

/// At least one event of every kind, and those of each order.
let everyEvent: [CustodyEvent] =
    [
        .interrupted, .digested(all, picture: true), .digested(all, picture: false),
        .digested(onlyMD5, picture: false), .unlisted, .listed([match(.csam)]),
        .listed([match(.watch), match(.csam, grade: .g4)]), .listed([]),
        .suppressed([match(.watch), match(.benign)]), .unreadable(.fifo), .unreadable(.undecodable),
        .vanished,
        .released, .held, .bundled(bundle), .sourceRemoved, .drafted(DraftID(upload)), .restored, .refused,
        .destroyed,
    ] + findings.map { .perceptual($0) } + Order.Verb.allCases.map { .ordered(order($0)) }

/// The lives that an upload can have, told by their rows; each prefix is where a restart may find it.
enum Lives {
    static let toMeasured: [CustodyEvent] = [.digested(onlyMD5, picture: true), .perceptual(.unusable)]
    static let toFailed: [CustodyEvent] = [.digested(all, picture: true), .perceptual(undecoded)]
    static let toHeld: [CustodyEvent] = [.unreadable(.fifo), .held]
    static let toUndecodable: [CustodyEvent] = toFailed + [.unlisted, .held]
    static let toBundled: [CustodyEvent] = [
        .digested(all, picture: false), .listed([match(.csam)]), .bundled(bundle),
    ]
    static let toReview: [CustodyEvent] = toBundled + [.sourceRemoved, .drafted(DraftID(upload))]
    static let released: [CustodyEvent] = [.digested(all, picture: false), .unlisted, .released]
}

/// A walk from a claim on, of whatever random events the machine took, as it stood after one of them.
struct CustodyWalk {
    let seed: UInt64
    private(set) var custody = Custody()
    private(set) var next = CustodyEffect.digest
    private(set) var taken: [CustodyEvent] = []

    /// Every walk after every event.
    static let all: [CustodyWalk] = (0..<4_000 as Range<UInt64>).flatMap { seed in
        var walk = CustodyWalk(seed: seed)
        var random = SplitMix64(state: seed)
        var seen: [CustodyWalk] = []
        for _ in 0..<300 where !walk.hasEnded && walk.takes(everyEvent.randomElement(using: &random)!) {
            seen.append(walk)
        }
        return seen
    }

    /// Those that have just got where `event` leads.
    static func all(after event: CustodyEvent) -> [CustodyWalk] { all.filter { $0.taken.last == event } }

    private init(seed: UInt64) { self.seed = seed }

    private var hasEnded: Bool { if case .closed = custody.stage { true } else { false } }

    private mutating func takes(_ event: CustodyEvent) -> Bool {
        guard let effect = try? custody.record(event) else { return false }
        next = effect
        taken.append(event)
        return true
    }

    /// What was taken since the upload was last brought back to be tried again.
    var sinceRetry: ArraySlice<CustodyEvent> {
        taken[(taken.lastIndex { $0.isOrder(.retry) } ?? 0)...]
    }

    var sinceObstacle: ArraySlice<CustodyEvent> {
        taken[(taken.lastIndex { $0.name == "unreadable" } ?? taken.endIndex)...]
    }

    func met(_ name: String) -> Bool { sinceRetry.contains { $0.name == name } }
}

extension CustodyWalk: CustomStringConvertible {
    var description: String { "seed \(seed): " + taken.map(\.name).joined(separator: " ") }
}

extension CustodyEvent {
    func isOrder(_ verb: Order.Verb) -> Bool {
        if case .ordered(let order) = self { order.verb == verb } else { false }
    }
}
