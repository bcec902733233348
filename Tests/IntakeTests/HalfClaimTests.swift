import Glibc
import LinuxIO
import Testing
import UploadModel

@testable import Intake

/// Claims whose context came to work/ and whose upload could not follow.
@Suite struct HalfClaimTests {
    private let scratch: ScratchSpool
    private let spool: Spool

    init() throws {
        scratch = try ScratchSpool()
        spool = try scratch.open()
    }

    private func handOver(_ name: String, _ text: String, context: String) throws {
        try scratch.put("incoming/\(name).meta.json", context)
        try scratch.put("incoming/\(name)", text)
    }

    /// Leaves a claim of `a` between its renames, as one does whose second rename was refused.
    private func suspend(because errno: CInt = EACCES) throws {
        try handOver("a", "bytes", context: "{}")
        let (context, upload) = (try scratch.status("incoming/a.meta.json"), try scratch.status("incoming/a"))
        try scratch.move("incoming/a.meta.json", to: "work/a.meta.json")
        let claim = HalfClaim(context: context, upload: upload, at: Clocks.realtime)
        let error = SyscallError(call: "renameat2", subject: "upload", errno: errno)
        spool.suspend(claim, of: path("a"), because: error)
    }

    private func touch(_ place: String, until isLate: (FileStatus) -> Bool) throws {
        repeat {
            try #require(chmod("\(scratch.root)/\(place)", 0o640) == 0)
        } while try !isLate(scratch.status(place))
    }

    @Test("a context stays with its upload while an upload below work/PATH is in the way")
    func directoryInTheWay() throws {
        try scratch.put("work/a/x")
        try handOver("a", "bytes", context: "{}")
        for _ in 0..<2 { #expect(spool.claim(path("a")) == .taken) }
        #expect(try scratch.names("incoming") == ["a", "a.meta.json"])
        try scratch.move("work/a/x", to: "released/x")
        #expect(spool.claim(path("a")) == .claimed(hasContext: true))
    }

    @Test(
        "whatever kept the upload, its context is not put back",
        arguments: [EEXIST, EACCES, EPERM, EIO, EXDEV]
    )
    func suspended(errno: CInt) throws {
        try suspend(because: errno)
        #expect(try scratch.names("work") == ["a.meta.json"])
        #expect(spool.claim(path("a")) == .claimed(hasContext: true))
        #expect(try scratch.names("work") == ["a", "a.meta.json"])
        #expect(spool.halfClaims.paths.isEmpty)
    }

    @Test("the context goes back when its upload went away between the two renames")
    func gone() throws {
        try suspend(because: ENOENT)
        #expect(try scratch.names("incoming") == ["a", "a.meta.json"])
        #expect(spool.halfClaims.paths.isEmpty)
    }

    @Test("an upload whose mode or owner is mended meanwhile keeps its context")
    func mended() throws {
        try suspend()
        try #require(chmod("\(scratch.root)/incoming/a", 0o600) == 0)
        #expect(spool.claim(path("a")) == .claimed(hasContext: true))
    }

    @Test("an upload that comes to the name later does not get the context of one that went away")
    func another() throws {
        try suspend()
        let claim = try #require(spool.halfClaims.take(path("a")))
        spool.halfClaims.add(claim, of: path("a"))
        try scratch.move("incoming/a", to: "tmp/a")
        try scratch.put("incoming/a", "another")
        try scratch.put("tmp/later")
        // The kernel's clock may tick in milliseconds only.
        try touch("incoming/a", until: { $0.changed > claim.at })
        let arrived = try scratch.status("incoming/a").changed
        try touch("tmp/later", until: { $0.changed > arrived })
        #expect(spool.claim(path("a")) == .claimed(hasContext: false))
        #expect(try scratch.names("work") == ["a"])
        #expect(try scratch.names("incoming") == ["a.meta.json"])
    }

    @Test("a context that is not the one that was claimed is left beside its own upload")
    func otherContext() throws {
        try suspend()
        try scratch.put("work/first.meta.json", "of the first")
        try scratch.move("work/a.meta.json", to: "tmp/a.meta.json")
        try scratch.move("work/first.meta.json", to: "work/a.meta.json")
        try scratch.put("work/a", "first")
        try scratch.put("incoming/a.meta.json", "of the second")
        #expect(spool.claim(path("a")) == .taken)
        #expect(try scratch.text("work/a.meta.json") == "of the first")
        try scratch.move("work/a", to: "released/a")
        #expect(spool.claim(path("a")) == .taken, "a context that goes its own way")
        #expect(try scratch.text("work/a.meta.json") == "of the first")
    }

    @Test("a spool that is opened anew knows of claims that are half done")
    func reopened() throws {
        try suspend()
        let again = try scratch.open(keeping: spool)
        #expect(again.claim(path("a")) == .claimed(hasContext: true))
    }

    @Test("a context whose upload went away for good comes out of work/")
    func comesOut() throws {
        try suspend()
        try scratch.move("incoming/a", to: "tmp/a")
        #expect(spool.halfClaims.paths == [path("a")], "a sweep asks for it")
        #expect(spool.claim(path("a")) == .gone)
        #expect(try scratch.names("incoming") == ["a.meta.json"])
        #expect(try scratch.names("work").isEmpty && spool.halfClaims.paths.isEmpty)
    }

    @Test("after a crash too a context waits in work/ while something is in its upload's way")
    func crash() throws {
        try handOver("a", "bytes", context: "{}")
        try scratch.move("incoming/a.meta.json", to: "work/a.meta.json")
        try scratch.put("work/a/x")
        #expect(try spool.finishClaim(ofContext: path("a.meta.json")) == nil)
        #expect(spool.claim(path("a")) == .taken)
        try scratch.move("work/a/x", to: "released/x")
        #expect(spool.claim(path("a")) == .claimed(hasContext: true))
    }

    @Test("a held upload does not come back beside the context of another's claim")
    func bringBack() throws {
        try suspend()
        let id = UploadID.invented
        try scratch.put("held/\(id)", "held")
        try scratch.put("held/\(id).meta.json", "of the held")
        let place = Place(id: id, path: path("a"), hasContext: true, isSetAside: true)
        #expect { try spool.bringBack(place) } throws: { ($0 as? SyscallError)?.isTaken == true }
        #expect(try scratch.names("work") == ["a.meta.json"])
        #expect(try scratch.names("held") == ["\(id)", "\(id).meta.json"])
    }

    @Test("a held upload that came back just before another's context makes room for it")
    func bringBackBesideContext() throws {
        let id = UploadID.invented
        try scratch.put("work/a", "held")
        try scratch.put("work/a.meta.json", "of another")
        try scratch.put("held/\(id).meta.json", "of the held")
        let place = Place(id: id, path: path("a"), hasContext: true, isSetAside: true)
        #expect { try spool.bringBack(place) } throws: { ($0 as? SyscallError)?.isTaken == true }
        #expect(try scratch.names("work") == ["a.meta.json"])
        #expect(try scratch.text("held/\(id)") == "held")
    }
}
