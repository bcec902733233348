import Testing

@testable import UploadModel

@Suite struct CustodyTests {
    @Test("each stage takes the facts of its row and leads where the row says", arguments: CustodyTable.rows)
    func transitions(_ row: CustodyRow) throws {
        for step in row.steps {
            var custody = try Custody.replaying(row.history).custody
            #expect(try custody.record(step.event) == step.effect, "\(step.event.name)")
            #expect(custody.stage == step.stage, "\(step.event.name)")
        }
    }

    @Test("every other fact is out of order and leaves custody as it was", arguments: CustodyTable.rows)
    func outOfOrder(_ row: CustodyRow) throws {
        let before = try Custody.replaying(row.history).custody
        let allowed = row.steps.map(\.event)
        for event in everyEvent where !allowed.contains(event) {
            var custody = before
            #expect(throws: OutOfOrder(stage: before.stage, event: event)) { try custody.record(event) }
            #expect(custody == before, "\(event.name)")
        }
    }

    @Test("the table has a row for every stage")
    func tableIsWhole() throws {
        let named = Set(try CustodyTable.rows.map { try Custody.replaying($0.history).custody.stage.name })
        #expect(named == Set(Custody.Stage.names))
        #expect(named.count == Custody.Stage.names.count)
    }

    @Test("a stage rests exactly when nothing is due", arguments: CustodyTable.rows)
    func rests(_ row: CustodyRow) throws {
        let (custody, next) = try Custody.replaying(row.history)
        #expect(custody.stage.rests == (next == .nothing))
    }

    @Test(
        "a restart resumes at the first effect without a row",
        arguments: [
            Lives.released, Lives.toUndecodable, Lives.toReview,
            Lives.toHeld + [.ordered(order(.preserve)), .bundled(bundle), .sourceRemoved],
            Lives.toHeld + [.ordered(order(.retry)), .interrupted] + Lives.released,
            Lives.toReview + [.ordered(order(.destroy)), .destroyed],
        ]
    )
    func resumes(life: [CustodyEvent]) throws {
        var custody = Custody()
        var due = CustodyEffect.digest
        for end in 0...life.count {
            let replayed = try Custody.replaying(life[..<end])
            #expect(replayed.custody == custody)
            #expect(replayed.next == due)
            if end < life.count { due = try custody.record(life[end]) }
        }
    }

    @Test("rows that this machine cannot have written are refused")
    func impossibleRows() {
        #expect(throws: OutOfOrder.self) { try Custody.replaying([.released]) }
        #expect(throws: OutOfOrder.self) { try Custody.replaying(Lives.released + [.released]) }
    }

    @Test("interruptions are counted from the claim on, and anew after a retry")
    func interruptions() throws {
        #expect(try Custody.replaying([.interrupted, .interrupted]).custody.interruptions == 2)
        let again = [.interrupted] + Lives.toHeld + [.ordered(order(.retry)), .interrupted]
        #expect(try Custody.replaying(again).custody.interruptions == 1)
    }

    @Test("an upload lies in held/ from its row on, and a retry brings it back to work/")
    func setAside() throws {
        #expect(try !Custody.replaying([.unreadable(.fifo)]).custody.isSetAside)
        #expect(try Custody.replaying(Lives.toHeld).custody.isSetAside)
        #expect(try Custody.replaying(Lives.toHeld + [.ordered(order(.preserve))]).custody.isSetAside)
        #expect(try !Custody.replaying(Lives.toHeld + [.ordered(order(.retry))]).custody.isSetAside)
    }

    @Test("a refusal names the kinds and no digest")
    func refusalIsMute() throws {
        let refusal = #expect(throws: OutOfOrder.self) {
            try Custody.replaying(Lives.released + [.digested(all, picture: false)])
        }
        #expect(refusal?.description == "\"digested\" cannot follow stage \"released\"")
    }

    @Test(
        "only a csam entry met by an exact digest that nothing contradicts makes a draft by itself",
        arguments: ListClass.allCases.filter { $0 != .benign },
        Grade.allCases
    )
    func drafts(listClass: ListClass, grade: Grade) throws {
        let made = match(listClass, grade: grade)
        let reportable = listClass == .csam && [.g1, .g2, .g3].contains(grade)
        let history: [CustodyEvent] = [
            .digested(all, picture: false), .listed([made]), .bundled(bundle), .sourceRemoved,
        ]
        #expect(made.warrantsDraft == reportable)
        #expect(try Custody.replaying(history).next == (reportable ? .draft(bundle) : .nothing))
    }

    @Test("one match that warrants a draft is enough")
    func oneIsEnough() throws {
        let matches = [match(.watch), match(.csam, grade: .g4), match(.csam, .init(.md5), grade: .g3)]
        let history: [CustodyEvent] = [
            .digested(all, picture: false), .listed(matches), .bundled(bundle), .sourceRemoved,
        ]
        #expect(try Custody.replaying(history).next == .draft(bundle))
    }
}
