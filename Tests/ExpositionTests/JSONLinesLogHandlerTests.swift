import Foundation
import Logging
import Synchronization
import Testing

@testable import Exposition

@Suite struct JSONLinesLogHandlerTests {
    /// Where lines go instead of standard error.
    final class Lines: Sendable {
        private let bytes = Mutex<[[UInt8]]>([])

        func add(_ line: [UInt8]) {
            bytes.withLock { $0.append(line) }
        }

        var all: [String] { bytes.withLock { $0.map { String(decoding: $0, as: UTF8.self) } } }

        /// As another program reads them: one object a line, nothing else between the line feeds.
        func objects() throws -> [[String: String]] {
            let text = all.joined()
            try #require(text.hasSuffix("\n"))
            return try text.utf8.split(separator: UInt8(ascii: "\n")).map { line in
                try #require(JSONSerialization.jsonObject(with: Data(line)) as? [String: String])
            }
        }
    }

    let lines = Lines()

    func logger(_ provider: Logger.MetadataProvider? = nil) -> Logger {
        var handler = JSONLinesLogHandler(
            level: .info,
            now: { (1_795_298_645, 987_654_321) },
            write: { [lines] in lines.add($0) }
        )
        handler.metadataProvider = provider
        return Logger(label: "test", factory: { _ in handler })
    }

    @Test func aLineHasTimeLevelEventAndThenMetadataByKey() {
        logger().warning(
            "upload held",
            metadata: ["upload": "0199", "reason": "changedWhileRead", "tries": "\(3)"]
        )
        let line =
            #"{"ts":"2026-11-21T22:04:05.987Z","level":"warning","event":"upload held","#
            + #""reason":"changedWhileRead","tries":"3","upload":"0199"}"# + "\n"
        #expect(lines.all == [line])
    }

    static let hostile = [
        "quote \" and backslash \\ and slash /",
        "line\nfeed\r\nand\rreturn\u{2028}and\u{2029}and\u{85}",
        "nul \u{0} bell \u{7} escape \u{1B}[31m delete \u{7F} c1 \u{9B}31m",
        #"","level":"critical","x":""#,
        "combining \u{301}\u{308} \"\u{301} emoji 👩‍👩‍👧‍👦 astral \u{10FFFF} bidi \u{202E}",
        String(repeating: "\\\"", count: 10_000),
        "",
    ]

    @Test("whatever the metadata holds, a line parses and says the same", arguments: hostile)
    func hostileMetadata(_ text: String) throws {
        logger().info("upload held", metadata: [text: "key", "value": "\(text)"])
        let line = try #require(try lines.objects().first)
        #expect(try lines.objects().count == 1)
        #expect(line["value"].map { Array($0.utf8) } == Array(text.utf8))
        #expect(line.keys.contains { Array($0.utf8) == Array(text.utf8) })
        #expect(line["level"] == "info")
        let controls = lines.all[0].unicodeScalars.dropLast().filter {
            $0.properties.generalCategory == .control
        }
        #expect(controls.isEmpty)
    }

    @Test func aKeyOfMetadataNeverHidesOneOfOurs() throws {
        logger().info("started", metadata: ["event": "mine", "ts": "then", "_ts": "before", "level": "none"])
        let line = try #require(try lines.objects().first)
        #expect(line["event"] == "started")
        #expect(line["_event"] == "mine")
        #expect(line["_ts"] == "before")
        #expect(line["__ts"] == "then")
        #expect(line["_level"] == "none")
    }

    @Test func theMessagesOwnMetadataWins() throws {
        var logger = logger(Logger.MetadataProvider { ["a": "task", "b": "task"] })
        logger[metadataKey: "a"] = "logger"
        logger[metadataKey: "c"] = "logger"
        logger.info("started", metadata: ["b": "message"])
        let line = try #require(try lines.objects().first)
        #expect(line["a"] == "task")
        #expect(line["b"] == "message")
        #expect(line["c"] == "logger")
    }

    @Test func nestedMetadataIsTextInAFixedOrder() throws {
        logger().info("started", metadata: ["x": ["b": ["1", "2"], "a": .stringConvertible(3), "c": [:]]])
        let line = try #require(try lines.objects().first)
        #expect(line["x"] == "{a: 3, b: [1, 2], c: {}}")
    }

    @Test func belowItsLevelNothingIsWritten() {
        logger().debug("unseen")
        #expect(lines.all.isEmpty)
    }

    struct Moment: CustomTestStringConvertible, Sendable {
        let seconds: Int64
        var nanoseconds: Int32 = 0
        let text: String
        var testDescription: String { text }
    }

    static let moments = [
        Moment(seconds: 0, text: "1970-01-01T00:00:00.000Z"),
        Moment(seconds: -1, nanoseconds: 999_999_999, text: "1969-12-31T23:59:59.999Z"),
        Moment(seconds: 951_782_399, text: "2000-02-28T23:59:59.000Z"),
        Moment(seconds: 951_868_799, nanoseconds: 1_000_000, text: "2000-02-29T23:59:59.001Z"),
        Moment(seconds: 951_868_800, text: "2000-03-01T00:00:00.000Z"),
        Moment(seconds: 4_107_542_400, text: "2100-03-01T00:00:00.000Z"),
        Moment(seconds: 253_402_300_799, text: "9999-12-31T23:59:59.000Z"),
        Moment(seconds: -62_167_219_200, text: "0000-01-01T00:00:00.000Z"),
    ]

    @Test("a moment is written in UTC with milliseconds", arguments: moments)
    func moment(_ moment: Moment) {
        #expect(Timestamp.text(seconds: moment.seconds, nanoseconds: moment.nanoseconds) == moment.text)
    }
}
