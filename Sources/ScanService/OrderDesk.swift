import Exposition
import Intake
import JSONText
import LedgerStore
import LinuxIO
import Logging
import Synchronization
import UploadModel
import VaultStore

/// Takes orders from `<state>/orders/`, does what they ask, and answers in `orders/answers/`.
///
/// An order is a directory `order-<uuid>/` with `order.json`, renamed in whole; one that destroys is renamed once more,
/// `taken-<uuid>/`, before it begins: until then the desk can take it back. `retry`, `release` and `preserve` are
/// taken unsigned, from the state's owner only; all others from whoever has the desk's signature. The same id twice does
/// nothing.
final class OrderDesk: Sendable {
    private let orders: Descriptor
    private let answers: Descriptor
    private let aside = Mutex<Set<UploadID>>([])
    private let house: House
    private let custody: CustodyLoop
    private let signed: SignedOrders

    init(_ state: StateDirectory, house: House, custody: CustodyLoop) throws {
        orders = try state.orders.duplicate()
        answers = try state.answers.duplicate()
        (self.house, self.custody) = (house, custody)
        signed = SignedOrders(house: house)
    }

    /// Takes every order that is there now.
    func takeAll() async {
        // An order is carried out in the directories that the state's paths lead to.
        do { try house.places.check() } catch {
            for (_, id) in waiting() { house.sayOrderWaits(id, because: error) }
            return
        }
        for (name, id) in waiting() {
            var answer: OrderAnswer?
            if !isAnswered(id) {
                answer = await take(name, id)
                // It cannot be taken now, or is still being carried out: the order stays, and is taken again.
                if answer == nil { continue }
            }
            do {
                if let answer { try reply(answer) }
                try orders.removeTree(name, subject: "order")
                try orders.removeTree(House.takenName(id), subject: "order")
            } catch {
                setAside(id, because: error)
            }
        }
    }

    /// Another user's directory cannot be removed, and a full disk takes no answer: such an order is said once and
    /// looked at again at the next start.
    private func setAside(_ id: UploadID, because error: any Error) {
        aside.withLock { if $0.count < 65_536 { $0.insert(id) } }
        house.log.error(
            "order-set-aside",
            metadata: [LogKeys.order: "\(id)", LogKeys.reason: "\(error)"]
        )
    }

    private func waiting() -> [(name: [UInt8], id: UploadID)] {
        var found: [(name: [UInt8], id: UploadID)] = []
        guard var entries = try? DirectoryEntries(of: orders, subject: "orders") else { return [] }
        while let entry = try? entries.next(), found.count < 256 {
            let text = String(decoding: entry.name, as: UTF8.self)
            guard text.hasPrefix("order-") || text.hasPrefix("taken-"), let id = UploadID(text.dropFirst(6))
            else { continue }
            if aside.withLock({ $0.contains(id) }) { continue }
            found.append((entry.name, id))
        }
        return found
    }

    private func isAnswered(_ id: UploadID) -> Bool {
        ((try? answers.statusIfThere(of: Self.answerName(id))) ?? nil) != nil
    }

    private func reply(_ answer: OrderAnswer) throws(SyscallError) {
        try answers.writeDurably(
            answer.json.canonical,
            as: Self.answerName(answer.order),
            mode: 0o440,
            subject: "answer"
        )
    }

    static func answerName(_ id: UploadID) -> [UInt8] { Array("\(id).json".utf8) }

    // MARK: - One order

    private func take(_ name: [UInt8], _ id: UploadID) async -> OrderAnswer? {
        var verb: String?
        do {
            let order = try read(name)
            verb = order.verb
            guard order.id == id else { throw OrderRefused.unreadable }
            guard let message = try await carryOut(order) else { return nil }
            tell(id, verb, "done")
            house.record.note(order.statement(.orderDone))
            return OrderAnswer(order: id, done: true, message: message)
        } catch let error as LedgerFault where error.mayPass {
            return nil
        } catch let error as CustodyLogFault where error.mayPass {
            return nil
        } catch let error as OrderRefused where error.mayPass {
            return nil
        } catch {
            if isWithdrawn(id) { return nil }
            tell(id, verb, "refused")
            let overtaken = (error as? OrderRefused)?.overtaken
            house.record.note(overtaken.map { signed.statement($0, .orderRefused) } ?? Record.refused(id))
            return OrderAnswer(order: id, done: false, message: "\(error)")
        }
    }

    /// Whether the desk took it back while it was read here.
    private func isWithdrawn(_ id: UploadID) -> Bool {
        let names = [House.orderName(id), House.takenName(id)]
        return names.allSatisfy { name in
            (try? orders.statusIfThere(of: name, subject: "order").map { _ in false } ?? true) ?? false
        }
    }

    private func read(_ name: [UInt8]) throws -> ReceivedOrder {
        let directory = try orders.open(name, [.directory], subject: "order")
        let file = try directory.open(Array("order.json".utf8), [.noFollow, .nonBlocking], subject: "order")
        let isOwn =
            try directory.status(subject: "order").uid == ThisProcess.user
            && file.status(subject: "order").uid == ThisProcess.user
        let isSigned = try directory.statusIfThere(of: Array("order.sig".utf8), subject: "order") != nil
        guard isOwn || isSigned else { throw OrderRefused.notTheOwner }
        let bytes = try file.readAll(limit: 64 * 1_024, subject: "order")
        if isSigned { try signed.checkSignature(in: directory, over: bytes) }
        let order = try ReceivedOrder(try JSONValue(parsing: bytes))
        guard isSigned || !order.needsSignature else { throw OrderRefused.notTheDesk }
        return order
    }

    private func carryOut(_ order: ReceivedOrder) async throws -> String? {
        switch order {
        case .upload(let order): try await carryOut(order)
        case .key(let order): try house.carryOut(order)
        }
    }

    /// - Returns: What was done; `nil` while it is still being done.
    private func carryOut(_ order: Order) async throws -> String? {
        guard let known = try house.ledger.upload(order.upload) else { throw OrderRefused.noSuchUpload }
        guard let index = house.spools.firstIndex(where: { $0.name == known.spool }) else {
            throw OrderRefused.noSuchSpool(known.spool)
        }
        if known.rows.contains(where: { $0.event == .ordered(order) }) { return try outcome(order) }
        var upload = try Upload(known, in: house.watches[index].spool, index: index)
        if order.verb.needsSignature { return try await carryOut(order, known, &upload) }
        house.record.note(signed.statement(order, .orderReceived))
        guard case .held(let obstacle) = upload.custody.stage else {
            throw OrderRefused.notHeld(upload.custody.stage.name)
        }
        if order.verb == .release && obstacle.isOfPictures { throw OrderRefused.neverReleased }
        if order.verb != .retry, order.reason.allSatisfy(\.isWhitespace) { throw OrderRefused.noReason }
        guard upload.spool.isThere(upload.place) else { throw OrderRefused.notInHeld }
        if order.verb == .preserve, try upload.spool.openToPreserve(upload.place) == nil {
            throw OrderRefused.nothingToPreserve
        }
        try upload.record(.ordered(order))
        try await custody.makeDurable(&upload)
        house.arrivals.count()
        await custody.resume(upload)
        return try outcome(order)
    }

    /// A signed order: checked, logged, recorded, done.
    private func carryOut(_ order: Order, _ known: LedgerUpload, _ upload: inout Upload) async throws
        -> String?
    {
        switch (order.verb, upload.custody.stage) {
        case (.restore, .awaitingReview), (.destroy, .awaitingReview), (.destroy, .closed(.restored)),
            (.suppress, .closed(.restored)), (.lift, .closed(.restored)), (.lift, .closed(.destroyed)):
            break
        default: throw OrderRefused.wrongStage(order.verb, upload.custody.stage.name)
        }
        try signed.check(order, known, upload)
        guard try isEntered(order) else { return nil }
        if order.verb == .suppress { return try signed.suppress(order, known) }
        if order.verb == .lift { return try signed.lift(order, known) }
        try upload.record(.ordered(order))
        try await custody.makeDurable(&upload)
        house.arrivals.count()
        await custody.resume(upload)
        return try outcome(order)
    }

    /// Enters an order into the log before it is carried out. One that destroys is taken over from the desk first, and
    /// not as long as a copy is away: nothing is destroyed then, and the desk may still take the order back.
    private func isEntered(_ order: Order) throws -> Bool {
        let received = signed.statement(order, .orderReceived)
        guard order.verb == .destroy else {
            try house.record.require([received])
            return true
        }
        let bundle = BundleID(order.upload)
        if let path = try house.vault.closedCopies(of: bundle).first {
            house.sayOrderWaits(order.id, because: SecondCopyRefused.notOpen(path))
            return false
        }
        return try house.takeOver(order.id, about: bundle) { try house.record.require([received]) }
    }

    /// What the rows say after the order was carried out; `nil` while a signed one is still being carried out, since its
    /// directory is needed until then.
    private func outcome(_ order: Order) throws -> String? {
        let known = try house.ledger.upload(order.upload)
        if known?.refused(order) == true { throw OrderRefused.overtaken(order) }
        let stage = try Custody.replaying(known?.rows.map(\.event) ?? []).custody.stage
        return switch (order.verb, stage) {
        case (.retry, _): "taken back to work; it is compared again"
        case (.release, .closed(.released)): "released, with your reason in its rows"
        case (.preserve, .awaitingReview(let bundle)): "preserved as \(bundle)"
        case (.restore, .closed(.restored)):
            known?.isSuppressed(by: order) == true
                ? "restored without its context, and suppressed for the entries that it met"
                : "restored without its context"
        case (.destroy, .closed(.destroyed)): "destroyed; its certificate is in vault/certificates"
        case (.restore, .restoring), (.destroy, .destroying): nil
        default:
            "recorded; it is carried out as soon as what stands in the way has passed (stage \(stage.name))"
        }
    }

    private func tell(_ id: UploadID, _ verb: String?, _ result: String) {
        let verb = verb ?? "unreadable"
        let labels = [("verb", verb), ("result", result)]
        house.registry.counter(MetricNames.orders.rawValue, labels: labels).add(1)
        house.log.notice(
            "order",
            metadata: [LogKeys.order: "\(id)", LogKeys.verb: "\(verb)", LogKeys.result: "\(result)"]
        )
    }
}

/// Why an order is not carried out.
enum OrderRefused: Error, CustomStringConvertible {
    case unreadable
    case notTheOwner
    case notTheDesk
    case noDesk
    case wrongStage(Order.Verb, String)
    case nothingToSuppress
    case noLists
    case noDecoderNow
    case meetsMore
    case notCompared(Obstacle)
    /// It was taken and recorded, and lists changed before it could be carried out.
    case overtaken(Order)
    case noSuchUpload
    case noSuchSpool(String)
    case notHeld(String)
    case neverReleased
    case notInHeld
    case nothingToPreserve
    case noReason
    case retiredBefore
    case tooFewKeys
    case tooFewDrilled(BundleID)

    /// Whether the order stays and is asked again: nothing can be judged without lists, or a picture without decoders.
    var mayPass: Bool {
        switch self {
        case .noLists, .noDecoderNow: true
        default: false
        }
    }

    /// The order that a row says was not carried out.
    fileprivate var overtaken: Order? {
        if case .overtaken(let order) = self { order } else { nil }
    }

    var description: String {
        switch self {
        case .unreadable: "the order's name and content differ"
        case .notTheOwner: "only the state's owner gives this order; run it with sudo -u"
        case .notTheDesk: "it does not carry the case desk's signature"
        case .noDesk:
            "the settings name no key of a case desk (state.desk_key), so none of its orders is taken"
        case .wrongStage(let verb, let stage):
            "\(verb.rawValue) does not follow stage \(stage); nothing was done"
        case .noLists: "no list serves, so its content cannot be compared"
        case .noDecoderNow: "no decoder could be started, or its content could not be read; it is tried again"
        case .meetsMore:
            "its content meets an entry that was listed since it was preserved, which the order does not cover; "
                + "hand it over again, and decide on that match first"
        case .notCompared(let obstacle):
            "its content could not be compared with the lists (\(obstacle.rawValue)), and nothing else is released"
        case .overtaken:
            "lists changed before it could be carried out: its content meets an entry that was listed since it was "
                + "preserved, or could not be compared; it stays in the vault, and nothing is suppressed by this order"
        case .nothingToSuppress: "there is nothing to suppress or to lift"
        case .noSuchUpload: "there is no such upload in the ledger"
        case .noSuchSpool(let name): "its spool \"\(name)\" is not in the settings any more"
        case .notHeld(let stage): "the upload is not held (stage \(stage)); nothing was done"
        case .neverReleased: "a picture that could not be decoded is never released; retry or preserve it"
        case .retiredBefore: "another order has retired this key already"
        case .tooFewKeys:
            "evidence needs two custodians' keys, and fewer would be left; add another one first"
        case .tooFewDrilled(let bundle):
            "\(bundle) would be left with fewer than two drilled keys; rewrap it and drill those keys first"
        case .noReason: "it gives no reason, and that is kept with the upload"
        case .notInHeld:
            "the upload does not lie in held/ any more, so nothing was done; run \"breakwater spool check\""
        case .nothingToPreserve:
            "it is no regular file that breakwaterd can read, so there are no bytes to preserve"
        }
    }
}

extension LedgerUpload {
    /// Whether its rows say that this order was not carried out, whatever another one did since.
    fileprivate func refused(_ order: Order) -> Bool {
        let next = rows.drop { $0.event != .ordered(order) }.dropFirst().first
        return next?.event == .refused
    }
}
