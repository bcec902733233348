import Digests
import JSONText
import LinuxIO
import Testing
import UploadModel

@testable import ReviewService

/// Viewings over the desk's own socket, with a viewer that does what each test wants.
@Suite struct ViewTests {
    /// Longer than one piece, so that something is still to come when a viewer stops.
    private static let film = String(repeating: "invented ", count: 20_000)

    /// A served desk with one case, and everybody who connects is ana.
    private final class Served: Sendable {
        nonisolated(unsafe) let scratch: ScratchDesk
        let exhibit: BundleID
        let home: CaseID
        private let server: DeskServer
        private let thread: BlockingThread

        init() throws {
            let everybody = DeskStaff([ThisProcess.user: ScratchDesk.ana], isSmallTeam: false)
            scratch = try ScratchDesk(people: everybody)
            exhibit = try scratch.preserve(minute: 0, content: ViewTests.film)
            try scratch.desk.adopt()
            home = CaseID(scratch.id(of: try scratch.cases().first))!
            let server = DeskServer(scratch.desk) { _ in }
            let isListening = Monitor(false)
            thread = BlockingThread("server") { try? server.run { isListening.change { $0 = true } } }
            _ = isListening.wait(until: Clocks.monotonic + 20_000_000_000) { $0 ? true : nil }
            self.server = server
        }

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

    private static func say(_ what: String, _ bytes: Int, _ channel: borrowing LocalChannel) throws {
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
