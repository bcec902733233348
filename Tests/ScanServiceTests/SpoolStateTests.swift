import Testing

/// One state that can be on disk when the daemon starts, and what it must come to.
struct SpoolState: CustomTestStringConvertible, Sendable {
    let name: String
    /// Makes the state, on a deployment whose list has ``ScratchHouse/listed``.
    let build: @Sendable (ScratchHouse) async throws -> Void
    /// What is not yet so; `nil` when all is.
    let missing: @Sendable (ScratchHouse) throws -> String?

    var testDescription: String { name }
}

/// docs/spool-states.md, row by row: what a crash can leave, built with rows and files, and given to the daemon.
@Suite struct SpoolStateTests {
    @Test("what has no rows but interruptions is compared", .serialized, arguments: SpoolState.unwritten)
    func unwritten(_ state: SpoolState) async throws { try await recover(state) }

    @Test("what could not be compared is held", .serialized, arguments: SpoolState.stopped)
    func stopped(_ state: SpoolState) async throws { try await recover(state) }

    @Test("what met an entry is preserved", .serialized, arguments: SpoolState.matched)
    func matched(_ state: SpoolState) async throws { try await recover(state) }

    @Test("what is preserved leaves the spool and is drafted", .serialized, arguments: SpoolState.preserved)
    func preserved(_ state: SpoolState) async throws { try await recover(state) }

    @Test("an order is carried out once", .serialized, arguments: SpoolState.ordered)
    func ordered(_ state: SpoolState) async throws { try await recover(state) }

    @Test("what may go is released, and only those bytes", .serialized, arguments: SpoolState.cleared)
    func cleared(_ state: SpoolState) async throws { try await recover(state) }

    @Test("two uploads of one path each come to their own end", .serialized, arguments: SpoolState.twins)
    func twins(_ state: SpoolState) async throws { try await recover(state) }

    @Test("what a crash left lying about is cleared away", .serialized, arguments: SpoolState.leftovers)
    func leftovers(_ state: SpoolState) async throws { try await recover(state) }

    /// The state comes to its end, the guarantees hold, and a second recovery changes nothing.
    private func recover(_ state: SpoolState) async throws {
        let house = try ScratchHouse()
        try await state.build(house)
        try await house.run { try state.missing(house) }
        #expect(try house.findings() == [])

        let everything = try house.everything()
        for last in [ScratchHouse.LastEnd.inOrder, .crashed] {
            try await house.run(after: last)
            #expect(try house.findings() == [])
            #expect(
                try house.everything() == everything,
                "a second recovery changed something (after \(last))"
            )
        }
    }
}
