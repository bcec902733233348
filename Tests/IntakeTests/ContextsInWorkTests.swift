import Testing

@testable import Intake

@Suite struct ContextsInWorkTests {
    @Test("nothing is known until all of work/ was listed")
    func unknown() {
        let contexts = ContextsInWork(isOnlyOpening: true)
        #expect(contexts.mayBeThere)
        contexts.listedNone()
        #expect(!contexts.mayBeThere)
    }

    @Test("one that comes is believed from then on, also by the listing that did not see it")
    func comes() {
        let contexts = ContextsInWork(isOnlyOpening: true)
        contexts.comes()
        contexts.listedNone()
        #expect(contexts.mayBeThere)
    }

    @Test("one that comes after the listing ends what it said")
    func comesLater() {
        let contexts = ContextsInWork(isOnlyOpening: true)
        contexts.listedNone()
        contexts.comes()
        #expect(contexts.mayBeThere)
        contexts.listedNone()
        #expect(contexts.mayBeThere)
    }

    @Test("beside another opening of the same work/ no listing says that there is none")
    func otherOpening() {
        let contexts = ContextsInWork(isOnlyOpening: false)
        contexts.listedNone()
        #expect(contexts.mayBeThere)
    }

    @Test("a spool's listing tells, and a claimed context does", arguments: [true, false])
    func spool(hasContext: Bool) throws {
        let scratch = try ScratchSpool()
        let spool = try scratch.open()
        if hasContext { try scratch.put("work/a.meta.json") }
        try scratch.put("work/b")
        try spool.forEachInWork { _ in }
        #expect(spool.contextsInWork.mayBeThere == hasContext)
        try scratch.put("incoming/c.meta.json", "{}")
        try scratch.put("incoming/c")
        #expect(spool.claim(path("c")) == .claimed(hasContext: true))
        #expect(spool.contextsInWork.mayBeThere)
    }
}
