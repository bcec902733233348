import LinuxIO
import Synchronization
import Testing
import UploadModel

@testable import ScanService

/// The daemon in this process, from hand-over to verdict, judged by what was handed over.
@Suite(.serialized) struct WholeDaemonTests {
    @Test("of 300 uploads with contexts, the ten that are listed are preserved and all others released")
    func many() async throws {
        let house = try ScratchHouse()
        let handedOver = Dictionary(
            uniqueKeysWithValues: (0..<300).map { number in
                (
                    "dir-\(number % 7)/upload-\(number)",
                    number % 30 == 0 ? ScratchHouse.listed : "bytes \(number)"
                )
            }
        )
        let early = handedOver.sorted { $0.key < $1.key }.prefix(100)
        for (name, content) in early {
            try house.handOver(name, content, context: "{\"correlation_id\": \"\(name)\"}")
        }
        let rest = Mutex(handedOver.filter { upload in !early.contains { $0.key == upload.key } })
        try await house.run {  // two thirds arrive while it runs
            for (name, content) in rest.withLock({ $0.take() }) {
                try house.handOver(name, content, context: "{\"correlation_id\": \"\(name)\"}")
            }
            let released = try house.released().count
            return try house.areAll(10)
                ?? (released == 580 ? nil : "\(released) files of 290 uploads released")
        }
        #expect(try house.findings() == [])
        for (name, content) in handedOver where content != ScratchHouse.listed {
            #expect(try house.text("spool/released/\(name)") == content)
            #expect(try house.text("spool/released/\(name).meta.json") == "{\"correlation_id\": \"\(name)\"}")
        }
        for id in try house.uploads() {
            let name = try house.path(of: id)
            #expect(handedOver[name] == ScratchHouse.listed)
            #expect(try house.isQuarantined(id, context: "{\"correlation_id\": \"\(name)\"}") == nil)
        }
        #expect(try house.tree("spool/work").isEmpty && house.tree("spool/held").isEmpty)
    }

    @Test("a listed context quarantines the upload that it lies beside")
    func listedContext() async throws {
        let house = try ScratchHouse()
        try house.handOver("a", "bytes", context: ScratchHouse.listed)
        try await house.run {
            let id = try house.newest
            return try house.isPreserved(id, "bytes", context: ScratchHouse.listed)
        }
        #expect(try house.findings() == [])
        #expect(try house.released().isEmpty)
    }

    @Test("bytes that are still written are never released, and what they become is what is compared")
    func writer() async throws {
        let house = try ScratchHouse()
        let (half, whole) = (ScratchHouse.listed.prefix(8), ScratchHouse.listed)
        try house.put("spool/incoming/listed", String(half))
        try house.put("spool/incoming/plain", "be")
        let writers = [
            try house.writer(to: "spool/incoming/listed", whole.dropFirst(8).map(String.init)),
            try house.writer(to: "spool/incoming/plain", ["f", "o", "r", "e"]),
        ]
        try await house.run {
            let isQuarantined = try house.isQuarantined(house.newest)
            return try isQuarantined ?? house.isReleased("plain", "before")
        }
        for writer in writers { writer.join() }
        #expect(try house.released() == ["plain"])
        #expect(try house.findings() == [])
    }

    @Test("a benign entry suppresses a match of the same kind, with a row, and the upload is released")
    func benign() async throws {
        let house = try ScratchHouse()
        try house.list(
            ["harmless": ["bytes"], "watched": ["bytes"]],
            classes: ["harmless": .benign, "watched": .watch]
        )
        try house.handOver("a", "bytes", context: "{}")
        try await house.run { try house.isReleased("a", "bytes") ?? house.isAt(house.newest, "released") }
        let rows = try house.rows(house.newest)
        #expect(rows.contains { if case .suppressed(let matches) = $0 { matches.count == 2 } else { false } })
        #expect(rows.last == .released)
        #expect(try house.findings() == [] && house.released() == ["a", "a.meta.json"])
    }

    @Test("a benign entry never suppresses a csam entry")
    func benignAgainstCSAM() async throws {
        let house = try ScratchHouse()
        try house.list(
            ["demo": [ScratchHouse.listed], "harmless": [ScratchHouse.listed]],
            classes: ["harmless": .benign]
        )
        try house.handOver("a", ScratchHouse.listed)
        try await house.run { try house.isQuarantined(house.newest) }
        #expect(try house.released().isEmpty && house.findings() == [])
    }

    @Test("a match of class watch is preserved and prepares no draft")
    func watch() async throws {
        let house = try ScratchHouse()
        try house.list(["watched": ["bytes"]], classes: ["watched": .watch])
        try house.handOver("a", "bytes", context: "{}")
        try await house.run { try house.isPreserved(house.newest, "bytes", context: "{}") }
        #expect(try house.draft(of: house.newest) == nil)
        #expect(try house.findings() == [] && house.released().isEmpty)
    }

    @Test("without lists nothing is claimed, and all is once there are some")
    func noLists() async throws {
        let house = try ScratchHouse()
        try house.remove("state/lists/current")
        try house.handOver("a", "bytes")
        await #expect(throws: NotWithin.self) { try await house.run(patience: 1) { "a verdict" } }
        #expect(try house.exists("spool/incoming/a") && house.tree("spool/work").isEmpty)
        try house.list(["demo": [ScratchHouse.listed]])
        try await house.run { try house.isReleasedWithoutTrace("a") }
    }

    @Test("while twenty generations follow one another, no upload gets a wrong verdict")
    func generations() async throws {
        let house = try ScratchHouse()
        let flow = BlockingThread("flow") { try? house.flow(generations: 20) }
        try await house.run {
            let listed = try house.uploads().count
            return try listed == 100 && house.released().count == 300
                ? nil : "\(listed) of 100 listed, 300 others"
        }
        flow.join()
        for name in try house.released() { #expect(name.hasPrefix("plain-")) }
        for id in try house.uploads() { #expect(try house.isQuarantined(id) == nil) }
        #expect(try house.findings() == [])
    }
}

extension ScratchHouse {
    /// Opens a file and appends the pieces to it from a thread, for as long as the first two tries take, then closes it.
    fileprivate func writer(to place: String, _ pieces: [String]) throws -> BlockingThread {
        let file = OpenFile(try Descriptor.open("\(path)/\(place)", [.write, .append]))
        return BlockingThread("writer") {
            for piece in pieces {
                ThisProcess.sleep(milliseconds: 1_600 / UInt32(pieces.count))
                try? file.descriptor.write(Array(piece.utf8))
            }
        }
    }

    /// Builds generations that all hold the listed bytes and one other content each; uploads arrive meanwhile.
    fileprivate func flow(generations: Int) throws {
        for generation in 0..<generations {
            for number in 0..<5 { try handOver("listed-\(generation)-\(number)", Self.listed) }
            for number in 0..<8 {
                try handOver("plain-\(generation)-\(number)", "bytes \(generation) \(number)")
            }
            try list(["demo": [Self.listed], "other": ["never uploaded \(generation)"]])
            for number in 8..<15 {
                try handOver("plain-\(generation)-\(number)", "bytes \(generation) \(number)")
            }
        }
    }
}

/// Closed when the last who uses it lets go.
private final class OpenFile: Sendable {
    let descriptor: Descriptor
    init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
}

extension OpenFlags {
    fileprivate static let append = OpenFlags(rawValue: 0o2001)  // O_WRONLY | O_APPEND
}

extension Dictionary {
    /// All of it, leaving nothing.
    fileprivate mutating func take() -> Self {
        defer { self = [:] }
        return self
    }
}
