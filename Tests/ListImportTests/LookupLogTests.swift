import LinuxIO
import ListImport
import Testing
import UploadModel

@Suite struct LookupLogTests {
    let scratch: ScratchState

    init() throws { scratch = try ScratchState() }

    func record(_ value: [UInt8], by who: String) throws {
        let log = try LookupLog(in: scratch.lists)
        guard let log else {
            Issue.record("locked")
            return
        }
        // So late that nobody has to wait.
        try log.record(value, by: who, at: { Timestamp(seconds: 4_000_000_000, nanoseconds: 0) })
    }

    func lines() throws -> [[Substring]] {
        let text = try scratch.lists.open(Array("lookups.log".utf8)).readAll(limit: 1 << 20)
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map { $0.split(separator: " ") }
    }

    @Test("each question leaves a line with time, tag and who, and never its value")
    func recorded() throws {
        let value = [UInt8](0..<16)
        try record(value, by: "ann")
        try record(value, by: "bob")
        try record([9], by: "ann")
        let lines = try lines()
        #expect(lines.map { $0.count } == [3, 3, 3])
        #expect(lines.map { $0[2] } == ["ann", "bob", "ann"])
        #expect(lines[0][0] == "2096-10-02T07:06:40.000000000Z")
        #expect(lines[0][1] == lines[1][1] && lines[0][1] != lines[2][1])
        #expect(lines.allSatisfy { $0[1].utf8.count == 32 && $0[1] != Hex.text(value)[...] })
        #expect(try scratch.mode("\(scratch.path)/lists", "lookups.log") == 0o640)
        #expect(try scratch.mode("\(scratch.path)/lists", "lookups.key") == 0o600)
    }

    @Test("who asks cannot end the line, nor write another")
    func control() throws {
        try record([1], by: "ann\n2096\u{1B}[1m \u{202E}x\r")
        try record([1], by: "bob")
        #expect(try lines().map { $0.dropFirst(2) } == [["ann2096[1m", "x"], ["bob"]])
    }

    @Test("another deployment's tag of a value is another")
    func keyed() throws {
        let other = try LookupLogTests()
        try record([1], by: "ann")
        try other.record([1], by: "ann")
        #expect(try lines()[0][1] != (try other.lines()[0][1]))
    }

    @Test("nobody asks while another does")
    func one() throws {
        let lock = try FileLock.take("lookups.lock", in: scratch.lists, subject: "lock")
        let isFree = try LookupLog(in: scratch.lists) != nil
        #expect(!isFree)
        withExtendedLifetime(lock) {}
    }
}
