import JSONText
import LinuxIO
import Synchronization
import UploadModel

/// Lets staff in through the desk's socket, each connection one request, and takes in new exhibits between them.
package final class DeskServer: Sendable {
    let desk: CaseDesk
    let isEnding = Atomic(false)
    let visitors = Mutex(Visitors())
    /// Viewings that are being handed over, by person. They may last for hours and are not among those in hand.
    let viewings = Mutex<[StaffID: Int]>([:])
    let say: @Sendable (String) -> Void

    /// A request's line comes within so many seconds, however slowly its bytes do.
    private static let patience: Int64 = 30
    private static let frame = 256 * 1_024

    /// - Parameter say: Takes a line for the operator; never anything of an upload's but ids.
    package init(_ desk: CaseDesk, say: @escaping @Sendable (String) -> Void) {
        (self.desk, self.say) = (desk, say)
    }

    /// Serves until ``end()``; connections that are under way are finished.
    package func run(_ onListening: () -> Void) throws {
        let settings = desk.configuration.settings.desk
        let listener = try LocalListener(
            at: settings.socket,
            mode: 0o660,
            group: settings.group.isEmpty ? nil : try Self.group(settings.group)
        )
        let adopter = BlockingThread("adopter") { self.adoptFromTimeToTime() }
        let asker = BlockingThread("asker") { self.lookUpFromTimeToTime() }
        onListening()
        while !isEnding.load(ordering: .relaxed) {
            if let peer = try listener.next() { meet(peer) }
        }
        adopter.join()
        asker.join()
        while visitors.withLock({ !$0.isEmpty }) || viewings.withLock({ !$0.isEmpty }) {
            ThisProcess.sleep(milliseconds: 20)
        }
        try desk.alone { try desk.log.publish() }
    }

    package func end() { isEnding.store(true, ordering: .relaxed) }

    private static func group(_ name: String) throws -> UInt32 {
        guard let group = ThisProcess.group(named: name) else { throw DeskUnusable.noGroup(name) }
        return group
    }

    /// Exhibits come rarely; a directory's listing every two seconds costs nothing.
    private func adoptFromTimeToTime() {
        var complaint = ""
        var (lookAgainAt, writeAgainAt): (Int64, Int64) = (0, 0)
        var watch = CaseWatch()
        while !isEnding.load(ordering: .relaxed) {
            var faults: [String] = []
            // A vault that cannot be read keeps no order waiting and no term unnoticed.
            func attempt(_ body: () throws -> Void) {
                do { try body() } catch { faults.append("\(error)") }
            }
            attempt { try desk.adopt() }
            for exhibit in desk.unopened.withLock({ $0.takeNews() }) { say(exhibit.text) }
            if Clocks.monotonic >= lookAgainAt {
                attempt {
                    try desk.alone { try desk.noteExpiries() }
                    lookAgainAt = Clocks.monotonic + CaseDesk.expiryPause
                }
            }
            attempt { try desk.alone { try desk.log.publish() } }
            attempt { try desk.alone { try desk.placeOrders() } }
            attempt { for line in watch.news(try desk.openCases()) { say(line) } }
            if Clocks.monotonic >= writeAgainAt {
                attempt { try desk.writeMetrics() }
                writeAgainAt = Clocks.monotonic + CaseDesk.metricsPause
            }
            let found = faults.joined(separator: "\n")
            if complaint != found { for fault in faults { say(fault) } }
            complaint = found
            pause()
        }
    }

    /// On a thread of its own: a service that hangs keeps no exhibit from its case.
    private func lookUpFromTimeToTime() {
        var complaint = ""
        while !isEnding.load(ordering: .relaxed) {
            do {
                for trouble in try desk.lookUpNews() { say(trouble) }
                complaint = ""
            } catch {
                if complaint != "\(error)" { say("\(error)") }
                complaint = "\(error)"
            }
            pause()
        }
    }

    private func pause() {
        for _ in 0..<20 where !isEnding.load(ordering: .relaxed) { ThisProcess.sleep(milliseconds: 100) }
    }

    private func meet(_ peer: LocalPeer) {
        guard visitors.withLock({ $0.admit(peer.user) }) else {
            // A line fits into the socket's buffer, so that nobody is waited for here.
            try? peer.channel().write(line: DeskAnswer.refusal(DeskRefused.busy))
            return
        }
        _ = BlockingThread("visitor") {
            var channel = peer.channel()
            self.serve(&channel, peer.user)
            self.visitors.withLock { $0.leave(peer.user) }
        }
    }

    private func serve(_ channel: inout LocalChannel, _ user: UInt32) {
        do {
            // Read first, so that a stranger gets the refusal and not a broken pipe.
            let deadline = Clocks.monotonic + Self.patience * 1_000_000_000
            let line = try channel.line(limit: DeskRequest.longestLine, until: deadline)
            guard let staff = desk.person(of: user) else { try desk.turnAway(user) }
            let request = try request(line, &channel)
            if request.verb == .viewStart { return try view(request, staff, user, &channel) }
            let answer = try desk.answer(request, for: staff)
            try channel.write(line: answer.line)
            do { try send(answer.payload, over: channel) } catch {
                say("what \(request.verb.rawValue) answers broke off: \(error)")
                try channel.write(breakOff: DeskAnswer.refusal(error))
            }
        } catch {
            try? channel.write(line: DeskAnswer.refusal(error))
        }
    }

    private func request(_ line: [UInt8], _ channel: inout LocalChannel) throws -> DeskRequest {
        var request = try DeskRequest(line: line)
        var left = DeskRequest.largestFiles
        for name in try request.fileNames {
            var bytes: [UInt8] = []
            while case let piece = try channel.frame(limit: Self.frame), !piece.isEmpty {
                left -= piece.count
                if left < 0 { throw DeskRefused.tooMuch }
                bytes += piece
            }
            request.files.append(NamedFile(name: name, bytes: bytes))
        }
        return request
    }

    /// Each file is a run of frames; one that breaks off has no end, and the other side knows.
    private func send(_ payload: DeskAnswer.Payload, over channel: borrowing LocalChannel) throws {
        switch payload {
        case .none: break
        case .files(let files):
            for file in files {
                for start in stride(from: 0, to: file.bytes.count, by: Self.frame) {
                    try channel.write(
                        frame: Array(file.bytes[start..<min(start + Self.frame, file.bytes.count)])
                    )
                }
                try channel.write(frame: [])
            }
        case .tree(let directory, let paths):
            defer {
                do { try desk.removeExport(at: directory) } catch { say("\(directory) stays: \(error)") }
            }
            try send(paths, below: try Descriptor.directory(directory), over: channel)
        case .log(let files, let directory, let paths):
            try send(.files(files), over: channel)
            try send(paths, below: try Descriptor.directory(directory), over: channel)
        // Handed over by ``view(_:_:_:)``, which listens to the viewer.
        case .view: break
        }
    }

    private func send(
        _ paths: [String],
        below root: borrowing Descriptor,
        over channel: borrowing LocalChannel
    ) throws {
        var buffer = [UInt8](repeating: 0, count: Self.frame)
        for path in paths {
            let file = try root.open(Array(path.utf8), .noFollow, subject: "export")
            while case let count = try file.readNext(into: &buffer, subject: "export"), count > 0 {
                try channel.write(frame: Array(buffer[..<count]))
            }
            try channel.write(frame: [])
        }
    }
}
