import Digests
import JSONText
import LinuxIO
import Testing
import UploadModel

@testable import ReviewService
@testable import VaultStore

/// Viewings over the desk's own socket, with a viewer that does what each test wants.
@Suite struct ViewTests {
    /// Longer than one piece, so that something is still to come when a viewer stops.
    fileprivate static let film = String(repeating: "invented ", count: 20_000)

    /// A served desk with one case, and everybody who connects is ana.
    fileprivate final class Served: Sendable {
        nonisolated(unsafe) let scratch: ScratchDesk
        let exhibit: BundleID
        let home: CaseID
        private let server: DeskServer
        private let thread: BlockingThread

        init(
            as person: Staff = ScratchDesk.ana,
            content: String = ViewTests.film,
            openedBeforeView: Int? = nil
        ) throws {
            let everybody = DeskStaff([ThisProcess.user: person], isSmallTeam: false)
            scratch = try ScratchDesk(people: everybody, openedBeforeView: openedBeforeView)
            exhibit = try scratch.preserve(minute: 0, content: content)
            try scratch.desk.adopt()
            home = CaseID(scratch.id(of: try scratch.ask("case.list", as: person).value.arrayValue?.first))!
            let server = DeskServer(scratch.desk) { _ in }
            let isListening = Monitor(false)
            thread = BlockingThread("server") { try? server.run { isListening.change { $0 = true } } }
            _ = isListening.wait(until: Clocks.monotonic + 20_000_000_000) { $0 ? true : nil }
            self.server = server
        }

        /// What SIGTERM does.
        func beginEnd() { server.end() }

        /// Also ends what viewers let stand.
        func end() {
            server.end()
            thread.join()
        }

        func ask(_ request: JSONValue) throws -> JSONValue {
            var channel = try LocalChannel.connecting(to: "\(scratch.path)/desk.sock")
            try channel.write(line: request.line)
            return try JSONValue(parsing: try channel.line(limit: 1 << 20))
        }

        func begin() throws -> LocalChannel {
            var channel = try LocalChannel.connecting(to: "\(scratch.path)/desk.sock")
            let request: JSONValue = [
                "verb": "view.start", "id": .string("\(exhibit)"), "purpose": "triage", "again": .bool(true),
            ]
            try channel.write(line: request.line)
            _ = try channel.line(limit: 1 << 20)
            return channel
        }

        /// The view's row once there is one: written by the server's thread, a moment after we hang up.
        func delivery() throws -> Viewing.Delivery? {
            let end = Clocks.monotonic + 20_000_000_000
            while Clocks.monotonic < end {
                if let found = try scratch.desk.review(of: home)[exhibit]?.views.last?.delivery {
                    return found
                }
                ThisProcess.sleep(milliseconds: 10)
            }
            return nil
        }
    }

    fileprivate static func say(_ what: String, _ bytes: Int, _ channel: borrowing LocalChannel) throws {
        try channel.write(line: JSONValue.object([what: .integer(bytes)]).line)
    }

    /// Reads like the command line does, and stops in the middle where `stop` says so.
    private static func read(_ channel: inout LocalChannel, stopAfter stop: Int = .max) throws -> Int {
        var (count, pieces) = (0, 0)
        while pieces < stop, case let piece = try channel.frame(limit: 1 << 20), !piece.isEmpty {
            count += piece.count
            pieces += 1
            if pieces < stop { try say("written", count, channel) }
        }
        return count
    }

    @Test("a viewing is delivered once the command has said that the last byte was taken, and not before")
    func whole() throws {
        let served = try Served()
        defer { served.end() }
        var channel = try served.begin()
        let count = try Self.read(&channel)
        #expect(count == Self.film.utf8.count)
        #expect(try served.scratch.desk.review(of: served.home)[served.exhibit]?.views.last?.delivery == nil)
        #expect(throws: ReviewRefused.self) {
            try served.scratch.ask("view.complete", ["id": .string("\(served.exhibit)")])
        }
        try Self.say("taken", count, channel)
        #expect(try channel.frame(limit: 16).isEmpty)
        #expect(try served.delivery() == .whole(Int64(count)))
        let done = try served.scratch.ask("view.complete", ["id": .string("\(served.exhibit)")])
        #expect(done.value["viewed"]?.boolValue == true)
    }

    enum Viewer: String, CaseIterable, Sendable {
        case hangsUp, saysThatItsReaderWent, saysNothingSensible, readerLeavesAtTheEnd
    }

    @Test(
        "a viewer that goes away saw a part, and cannot say that it saw the whole",
        arguments: Viewer.allCases
    )
    func partial(_ viewer: Viewer) throws {
        let served = try Served()
        defer { served.end() }
        func play() throws {
            var channel = try served.begin()
            let count = try Self.read(&channel, stopAfter: viewer == .readerLeavesAtTheEnd ? .max : 1)
            switch viewer {
            case .hangsUp: break
            case .saysThatItsReaderWent, .readerLeavesAtTheEnd: try Self.say("taken", 10, channel)
            case .saysNothingSensible: try Self.say("taken", count + 1, channel)
            }
        }
        try play()
        let isCounted = viewer == .saysThatItsReaderWent || viewer == .readerLeavesAtTheEnd
        #expect(try served.delivery() == .cut(isCounted ? 10 : 0))
        let refusal = #expect(throws: ReviewRefused.self) {
            try served.scratch.ask("view.complete", ["id": .string("\(served.exhibit)")])
        }
        #expect(refusal?.description.contains("went away before") == true)
        let ended = try served.scratch.ask(
            "view.complete",
            ["id": .string("\(served.exhibit)"), "partial": .bool(true)]
        )
        #expect(ended.value["viewed"]?.boolValue == false)
        #expect(
            try served.scratch.entries(.viewCompleted).map { $0.references["bytes"] } == [
                isCounted ? "10" : "0"
            ]
        )
        let aborted = try served.scratch.entries(.viewAborted)
        #expect(aborted.map(\.reason) == ["viewer-gone"] && aborted.map(\.actor) == [.system])
        #expect(aborted.map { $0.references["bytes"] } == [isCounted ? "10" : "0"])
    }

    /// Reads on until the desk breaks off, and what it says then.
    private static func breakOff(_ channel: inout LocalChannel, from count: Int = 0) throws -> JSONValue {
        var count = count
        let error = #expect(throws: SyscallError.self) {
            while case let piece = try channel.frame(limit: 1 << 20), !piece.isEmpty {
                count += piece.count
                try say("written", count, channel)
            }
        }
        #expect(error?.isBrokenOff == true)
        return try JSONValue(parsing: try channel.line(limit: 1 << 16))
    }

    @Test(
        "an exhibit that is damaged further on breaks off with a word to its viewer and an entry, and is no whole view"
    )
    func damagedFurtherOn() throws {
        let served = try Served(openedBeforeView: 65_536)
        defer { served.end() }
        let bag = try Descriptor.directory(
            "\(served.scratch.state)/vault/exhibits/\(served.exhibit.year)/\(served.exhibit.month)/\(served.exhibit)"
        )
        let name = Array("data/content.age.body".utf8)
        var body = try bag.open(name).readAll(limit: 1 << 20, subject: "body")
        body[150_000] ^= 1
        try bag.unlink(name)
        try bag.writeNew(body, as: name, mode: 0o440, subject: "body")
        var channel = try served.begin()
        let said = try Self.breakOff(&channel)
        #expect(said["code"]?.intValue == Int64(ExitCode.guaranteeBroken.rawValue))
        #expect(
            said["error"]?.stringValue?.hasPrefix(
                "the viewing of \(served.exhibit) broke off, and what came is not"
            )
                == true
        )
        #expect(said["hint"]?.stringValue?.contains("evidence verify") == true)
        #expect(try served.delivery() == .cut(131_072))
        let aborted = try served.scratch.entries(.viewAborted)
        #expect(aborted.map(\.reason) == ["unreadable"])
        #expect(aborted.map { $0.references["bytes"] } == ["131072"])
        #expect(aborted.map(\.subject.exhibit) == [served.exhibit])
        #expect(throws: ReviewRefused.self) {
            try served.scratch.ask("view.complete", ["id": .string("\(served.exhibit)")])
        }
    }

    @Test("a desk that is told to end tells the viewer so, and closes the grant in its log")
    func deskEnds() throws {
        let served = try Served()
        var channel = try served.begin()
        let first = try channel.frame(limit: 1 << 20)
        served.beginEnd()
        let said = try Self.breakOff(&channel, from: first.count)
        #expect(said["code"]?.intValue == Int64(ExitCode.mayPass.rawValue))
        #expect(said["error"]?.stringValue?.hasSuffix(": the desk ends") == true)
        served.end()
        let aborted = try served.scratch.entries(.viewAborted)
        #expect(aborted.map(\.reason) == ["desk-ends"])
        let started = try #require(try served.scratch.entries(.viewStarted).last)
        #expect(aborted.map { $0.references["grant"] } == [started.references["grant"]])
    }

    @Test("a viewing ends where its person is no reviewer any more, also one that stands still")
    func roleTaken() throws {
        let served = try Served()
        defer { served.end() }
        var channel = try served.begin()
        _ = try channel.frame(limit: 1 << 20)
        try served.scratch.desk.serve(DeskStaff([:], isSmallTeam: false))
        #expect(throws: SyscallError.self) { while try !channel.frame(limit: 1 << 20).isEmpty {} }
        let delivery = try served.delivery()
        #expect(delivery.map { if case .cut = $0 { true } else { false } } == true)
        #expect(try served.scratch.entries(.viewAborted).map(\.reason) == ["role-lost"])
    }

    @Test("a user with four connections that say nothing keeps to these four, and others are let in")
    func visitors() {
        var visitors = Visitors()
        let admitted = [7, 7, 7, 7, 7, 8].map { visitors.admit($0) }
        #expect(admitted == [true, true, true, true, false, true])
        visitors.leave(7)
        let again = visitors.admit(7)
        #expect(again)
        for _ in 0..<4 { visitors.leave(7) }
        visitors.leave(8)
        #expect(visitors.isEmpty)
    }

    @Test("while viewings stand still the desk answers everybody else, and one person has eight at most")
    func stalled() throws {
        let served = try Served()
        defer { served.end() }
        // Each is kept open by a thread of its own, and never says anything.
        let stop = Monitor(false)
        let begun = Monitor(0)
        // One after the other, since one user has four connections at a time that are no viewings.
        let viewers = (1...8).map { count in
            let viewer = BlockingThread("viewer") {
                guard let channel = try? served.begin() else { return }
                begun.change { $0 += 1 }
                _ = stop.wait { $0 ? true : nil }
                _ = channel
            }
            _ = begun.wait(until: Clocks.monotonic + 20_000_000_000) { $0 == count ? true : nil }
            return viewer
        }
        defer {
            stop.change { $0 = true }
            for viewer in viewers { viewer.join() }
        }
        for _ in 0..<40 {
            #expect(try served.ask(["verb": "case.list"])["code"]?.intValue == 0)
        }
        let ninth = try served.ask([
            "verb": "view.start", "id": .string("\(served.exhibit)"), "purpose": "triage",
        ])
        #expect(ninth["error"]?.stringValue?.contains("8 viewings of yours") == true)
        #expect(try served.scratch.entries(.viewDenied).map(\.reason) == ["too-many-at-once"])
    }
}

/// Exports over the desk's own socket, by a custodian.
@Suite struct ExportDeliveryTests {
    /// More than a socket holds, so that something is still to come when a reader stops.
    private static let film = String(repeating: "invented ", count: 200_000)
    private static let recipient = AgeIdentity.generate().recipient.text

    private func served() throws -> ViewTests.Served {
        let served = try ViewTests.Served(as: ScratchDesk.cara, content: Self.film)
        _ = try Descriptor.directory(served.scratch.state)
            .ensureDirectory(Array("custody".utf8), mode: 0o2750, subject: "custody")
        return served
    }

    private static func connect(_ served: ViewTests.Served) throws -> LocalChannel {
        try LocalChannel.connecting(to: "\(served.scratch.path)/desk.sock")
    }

    /// - Returns: The names of the files that follow.
    private static func ask(_ served: ViewTests.Served, _ channel: inout LocalChannel) throws -> [String] {
        let request: JSONValue = [
            "verb": "evidence.export", "id": .string("\(served.home)"), "recipient": .string(recipient),
        ]
        try channel.write(line: request.line)
        let answer = try JSONValue(parsing: try channel.line(limit: 1 << 20))
        return (answer["files"]?.arrayValue ?? []).compactMap(\.stringValue)
    }

    private static func receive(_ names: [String], _ channel: inout LocalChannel) throws -> [String: [UInt8]]
    {
        var files: [String: [UInt8]] = [:]
        for name in names {
            files[name] = []
            while case let piece = try channel.frame(limit: 1 << 20), !piece.isEmpty {
                files[name, default: []] += piece
            }
        }
        return files
    }

    private func left(_ served: ViewTests.Served) throws -> [String] {
        let exports = try Descriptor.directory("\(served.scratch.path)/desk/exports")
        var entries = try DirectoryEntries(of: exports, subject: "exports")
        var names: [String] = []
        while let entry = try entries.next() { names.append(String(decoding: entry.name, as: UTF8.self)) }
        return names
    }

    @Test("two exports of one case at once are two, each whole, and nothing of either stays")
    func twoAtOnce() throws {
        let served = try served()
        let results = Monitor<[[String: [UInt8]]]>([])
        let readers = (0..<2).map { _ in
            BlockingThread("reader") {
                do {
                    var channel = try Self.connect(served)
                    let files = try Self.receive(try Self.ask(served, &channel), &channel)
                    results.change { $0.append(files) }
                } catch {
                    Issue.record("\(error)")
                }
            }
        }
        for reader in readers { reader.join() }
        served.end()
        let both = results.change { $0 }
        let roots = Set(both.flatMap(\.keys).compactMap { $0.split(separator: "/").first.map(String.init) })
        #expect(roots == ["\(served.home)-r1", "\(served.home)-r2"])
        let body = "data/exhibits/\(served.exhibit)/data/content.age.body"
        let bodies = both.map { files in files.first { $0.key.hasSuffix(body) }?.value.count ?? 0 }
        #expect(bodies.count == 2 && Set(bodies).count == 1 && bodies[0] > Self.film.utf8.count)
        for files in both {
            #expect(Set(files.keys.compactMap { $0.split(separator: "/").first }).count == 1)
        }
        #expect(try left(served).isEmpty)
    }

    @Test(
        "a desk that is told to end finishes an export first, and one whose reader went away leaves nothing"
    )
    func deskEnds() throws {
        let served = try served()
        func goAway() throws {
            var channel = try Self.connect(served)
            #expect(try Self.ask(served, &channel).isEmpty == false)
        }
        try goAway()
        var channel = try Self.connect(served)
        let names = try Self.ask(served, &channel)
        served.beginEnd()
        ThisProcess.sleep(milliseconds: 300)
        let files = try Self.receive(names, &channel)
        #expect(Set(files.keys).count == names.count)
        served.end()
        #expect(try left(served).isEmpty)
    }
}
