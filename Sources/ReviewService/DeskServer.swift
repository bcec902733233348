import JSONText
import LinuxIO
import Synchronization
import UploadModel

/// Lets staff in through the desk's socket, each connection one request, and takes in new exhibits between them.
package final class DeskServer: Sendable {
    private let desk: CaseDesk
    private let isEnding = Atomic(false)
    private let inHand = Atomic(0)
    private let say: @Sendable (String) -> Void

    /// Connections at a time; who comes above that is let go at once.
    private static let most = 32
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
        while inHand.load(ordering: .acquiring) > 0 { ThisProcess.sleep(milliseconds: 20) }
    }

    package func end() { isEnding.store(true, ordering: .relaxed) }

    private static func group(_ name: String) throws -> UInt32 {
        guard let group = ThisProcess.group(named: name) else { throw DeskUnusable.noGroup(name) }
        return group
    }

    /// Exhibits come rarely; a directory's listing every two seconds costs nothing.
    private func adoptFromTimeToTime() {
        var complaint = ""
        while !isEnding.load(ordering: .relaxed) {
            do {
                try desk.adopt()
                for exhibit in desk.unopened.withLock({ $0.takeNews() }) { say(exhibit.text) }
                try desk.log.publish()
                try desk.alone { try desk.placeOrders() }
                complaint = ""
            } catch {
                if complaint != "\(error)" { say("\(error)") }
                complaint = "\(error)"
            }
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
        guard inHand.add(1, ordering: .acquiringAndReleasing).newValue <= Self.most else {
            inHand.subtract(1, ordering: .acquiringAndReleasing)
            return peer.turnAway()
        }
        _ = BlockingThread("visitor") {
            var channel = peer.channel()
            self.serve(&channel, peer.user)
            self.inHand.subtract(1, ordering: .acquiringAndReleasing)
        }
    }

    private func serve(_ channel: inout LocalChannel, _ user: UInt32) {
        do {
            // Read first, so that a stranger gets the refusal and not a broken pipe.
            let line = try channel.line(limit: DeskRequest.longestLine)
            guard let staff = desk.configuration.staff[user] else { throw DeskRefused.stranger(user) }
            let request = try request(line, &channel)
            let answer = try desk.answer(request, for: staff)
            try channel.write(line: answer.line)
            try send(answer.payload, over: channel)
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
            do {
                try send(paths, below: directory, over: channel)
            } catch {
                say("an export broke off: \(error)")
            }
        case .view(let bundle, let grant, let id):
            do {
                try deliver(bundle, grant, id, channel)
            } catch {
                // The answer's line went out already; that there is no end says the rest.
                say("view of \(bundle) broke off: \(error)")
            }
        }
    }

    private func send(_ paths: [String], below directory: String, over channel: borrowing LocalChannel) throws
    {
        let root = try Descriptor.directory(directory)
        var buffer = [UInt8](repeating: 0, count: Self.frame)
        for path in paths {
            let file = try root.open(Array(path.utf8), .noFollow, subject: "export")
            while case let count = try file.readNext(into: &buffer, subject: "export"), count > 0 {
                try channel.write(frame: Array(buffer[..<count]))
            }
            try channel.write(frame: [])
        }
        try root.removeTree(Array((paths.first?.split(separator: "/").first ?? "").utf8), subject: "export")
    }

    private func deliver(
        _ bundle: BundleID,
        _ grant: UploadID,
        _ id: CaseID,
        _ channel: borrowing LocalChannel
    ) throws {
        try desk.deliver(bundle, grant: grant, case: id) { try channel.write(frame: $0) }
        try channel.write(frame: [])
    }
}
