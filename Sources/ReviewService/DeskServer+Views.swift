import JSONText
import LinuxIO
import Synchronization
import UploadModel

// Bytes on their way to a viewer: piece after piece, each once the one before it was written out.

extension DeskServer {
    /// Viewings of one person at a time; each keeps a thread and a few descriptors.
    private static let mostViewings = 8

    /// Begins a viewing and hands the bytes over. Neither the desk's lock nor a place among ``most`` is kept meanwhile.
    func view(_ request: DeskRequest, _ staff: Staff, _ user: UInt32, _ channel: inout LocalChannel) throws {
        let isFree = viewings.withLock { viewings in
            guard viewings[staff.id, default: 0] < Self.mostViewings else { return false }
            viewings[staff.id, default: 0] += 1
            return true
        }
        guard isFree else { try desk.refuse(.tooManyViews(Self.mostViewings), request, staff) }
        defer {
            viewings.withLock { $0[staff.id] = $0[staff.id].flatMap { count in count > 1 ? count - 1 : nil } }
        }
        let answer = try desk.answer(request, for: staff)
        guard case .view(let bundle, let grant, let id) = answer.payload else { return }
        visitors.withLock { $0.leave(user) }
        defer { visitors.withLock { $0.enter(user) } }
        do {
            try channel.write(line: answer.line)
            let deadline = Clocks.monotonic + ReviewRules.longestView
            var sent: Int64 = 0
            let mayGoOn = { () throws(ViewEnded) in
                if Clocks.monotonic > deadline { throw .grantExpired }
                guard let now = self.desk.person(of: user), now.id == staff.id, now.roles.contains(.reviewer)
                else { throw .notReviewer }
            }
            try desk.deliver(bundle, grant: grant, case: id) { piece in
                try mayGoOn()
                try channel.write(frame: piece)
                sent += Int64(piece.count)
                try heed(sent, isEnd: piece.isEmpty, &channel, while: mayGoOn)
            }
            try channel.write(frame: [])
        } catch {
            say("view of \(bundle) broke off: \(error)")
            // Who went away hears nothing of it.
            try? channel.write(breakOff: DeskAnswer.refusal(ViewBroken(bundle: bundle, reason: error)))
        }
    }

    /// Waits for what the viewer's command says of everything so far: that it is written out or, at the end, taken. A film
    /// may stand still for hours.
    ///
    /// - Throws: ``ViewCut``, with the bytes that were taken, where it says so; where it has gone away, or the grant has
    ///   ended, without: what it took of the last piece is not known then.
    private func heed(
        _ sent: Int64,
        isEnd: Bool,
        _ channel: inout LocalChannel,
        while mayGoOn: () throws(ViewEnded) -> Void
    ) throws {
        while try !channel.awaitInput(milliseconds: 1_000) {
            if isEnding.load(ordering: .relaxed) { throw ViewEnded.deskEnds }
            try mayGoOn()
        }
        let said = try JSONValue(
            parsing: try channel.line(limit: 256),
            limits: JSONLimits(bytes: 256, depth: 2)
        )
        if let taken = said["taken"]?.intValue, 0...sent ~= taken {
            if isEnd && taken == sent { return }
            throw ViewCut(taken: taken, why: "its reader went away")
        }
        guard !isEnd, said["written"]?.intValue == sent else {
            throw DeskRefused.malformed("neither \"written\" nor \"taken\" counts the bytes that were sent")
        }
    }
}
