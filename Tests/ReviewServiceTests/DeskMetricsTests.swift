import JSONText
import LinuxIO
import Testing
import UploadModel

@testable import ReviewService

@Suite struct DeskMetricsTests {
    @Test(
        "waiting cases are counted by stage, alarm, age and what their drafts lack; what is done is not waited for"
    )
    func counts() throws {
        let scratch = try ScratchDesk()
        try scratch.preserve(minute: 0)
        try scratch.desk.adopt()
        let id = scratch.id(of: try scratch.cases().first)
        scratch.clock.advance(hours: 5)
        let waiting = try scratch.desk.metrics()
        #expect(waiting.stages == [.open: 1] && waiting.alarms == [.fourHours: 1])
        #expect(waiting.oldestSeconds >= 5 * 3_600 && waiting.oldestSeconds < 7 * 3_600)
        #expect(waiting.blocking + waiting.warnings + waiting.advice == 0, "no draft yet")
        #expect(waiting.drafts == [.missing: 1])
        _ = try scratch.ask("report.draft", ["id": .string(id)])
        #expect(try scratch.desk.metrics().drafts == [.current: 1])
        _ = try scratch.ask("exhibit.classify", ["id": .string(id), "class": "A1"])
        let changed = try scratch.desk.metrics()
        #expect(changed.drafts == [.outdated: 1])
        #expect(changed.blocking + changed.warnings + changed.advice == 0, "what an old draft lacked")
        try scratch.approve(id)
        let mark = try #require(try scratch.desk.review(of: CaseID(id)!).draft)
        let drafted = try scratch.desk.metrics()
        #expect(drafted.stages == [.approved: 1] && drafted.drafts == [.current: 1])
        #expect(
            [drafted.blocking, drafted.warnings, drafted.advice] == [
                mark.blocking, mark.warnings, mark.advice,
            ]
        )
        try scratch.submit(id, as: 5_000_000_001)
        let done = try scratch.desk.metrics()
        #expect(done == DeskMetrics(stages: [.submitted: 1]))
        #expect(done.text.contains("breakwater_desk_cases{stage=\"submitted\"} 1\n"))
    }

    @Test(
        "what comes to the end of its keeping is counted by notice, what nobody decided on by alarm, and holds by kind"
    )
    func retention() throws {
        let scratch = try ScratchDesk()
        try scratch.preserve(minute: 0)
        try scratch.desk.adopt()
        let id = scratch.id(of: try scratch.cases().first)
        func lines() throws -> [String] {
            try scratch.desk.noteExpiries()
            return try scratch.desk.metrics().text.split(separator: "\n").map(String.init).filter {
                ($0.hasPrefix("breakwater_desk_retention") || $0.hasPrefix("breakwater_desk_holds"))
                    && !$0.hasSuffix(" 0")
            }
        }
        #expect(try lines() == [])
        scratch.clock.advance(hours: 24 * 8)
        #expect(try lines() == [#"breakwater_desk_retention_undecided{days="7"} 1"#])
        try scratch.approve(id)
        try scratch.submit(id, as: 5_000_000_001)
        let letter = NamedFile(name: "order.pdf", bytes: Array("invented".utf8))
        let hold: JSONObject = ["id": .string(id), "kind": "court"]
        _ = try scratch.ask("hold.add", hold, as: ScratchDesk.lena, files: [letter])
        let held = #"breakwater_desk_holds{kind="court"} 1"#
        #expect(try lines() == [held])
        for (days, notice) in [(336, 60), (30, 30), (23, 7), (8, 0)] {
            scratch.clock.advance(hours: 24 * Int64(days))
            #expect(try lines() == [#"breakwater_desk_retention_due{days="\#(notice)"} 1"#, held])
        }
    }
}
