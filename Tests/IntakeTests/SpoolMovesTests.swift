import Glibc
import Intake
import LinuxIO
import Testing
import UploadModel

@Suite struct SpoolMovesTests {
    private let scratch: ScratchSpool
    private let spool: Spool

    init() throws {
        scratch = try ScratchSpool()
        spool = try scratch.open()
    }

    private func place(_ text: String, context: Bool = false, isSetAside: Bool = false) -> Place {
        Place(id: .invented, path: path(text), hasContext: context, isSetAside: isSetAside)
    }

    // MARK: - Claims

    @Test("a claim takes a file and its context to work/ under the same path")
    func claim() throws {
        try scratch.put("incoming/user-7/a.jpg.meta.json", "{}")
        try scratch.put("incoming/user-7/a.jpg", "picture")
        #expect(spool.claim(path("user-7/a.jpg")) == .claimed(hasContext: true))
        #expect(try scratch.text("work/user-7/a.jpg") == "picture")
        #expect(try scratch.text("work/user-7/a.jpg.meta.json") == "{}")
        #expect(try scratch.names("incoming/user-7").isEmpty, "the application's directory stays")
        #expect(try scratch.status("work/user-7").mode == 0o700)
    }

    @Test("what is claimed already is gone")
    func gone() throws {
        try scratch.put("incoming/a")
        #expect(spool.claim(path("a")) == .claimed(hasContext: false))
        #expect(spool.claim(path("a")) == .gone)
        #expect(spool.claim(path("never/there")) == .gone)
    }

    @Test("a newcomer of the same path waits in incoming/, and nothing is replaced")
    func taken() throws {
        try scratch.put("work/a", "first")
        try scratch.put("incoming/a", "second")
        #expect(spool.claim(path("a")) == .taken)
        #expect(try scratch.text("work/a") == "first")
        #expect(try scratch.text("incoming/a") == "second")
    }

    @Test("a newcomer waits while the context of another lies at its context's place")
    func contextTaken() throws {
        try scratch.put("work/a.meta.json", "first")
        try scratch.put("incoming/a.meta.json", "second")
        try scratch.put("incoming/a")
        #expect(spool.claim(path("a")) == .taken)
        #expect(try scratch.names("incoming") == ["a", "a.meta.json"])
    }

    @Test("a directory that took a file's name is put back unread")
    func directory() throws {
        try scratch.put("incoming/d/a")
        #expect(spool.claim(path("d")) == .claimed(hasContext: false))
        guard case .notAnUpload = try spool.inspect(path("d"), id: .invented) else {
            Issue.record("a directory was taken for an upload")
            return
        }
        #expect(try scratch.exists("incoming/d/a"))
        #expect(try scratch.names("work").isEmpty)
    }

    @Test("a file in work/ where a directory is needed makes the newcomer wait")
    func fileInTheWay() throws {
        try scratch.put("work/a")
        try scratch.put("incoming/a/b")
        #expect(spool.claim(path("a/b")) == .taken)
        #expect(try scratch.exists("incoming/a/b"))
    }

    @Test("an upload below work/PATH makes a newcomer of that path wait")
    func directoryInTheWay() throws {
        try scratch.put("work/a/b")
        try scratch.put("incoming/a")
        #expect(spool.claim(path("a")) == .taken)
        #expect(try scratch.exists("work/a/b"))
    }

    @Test("an empty directory that was left behind makes way")
    func leftover() throws {
        try scratch.makeDirectories("work/a")
        try scratch.put("incoming/a", "bytes")
        #expect(spool.claim(path("a")) == .claimed(hasContext: false))
        #expect(try scratch.text("work/a") == "bytes")
    }

    @Test("a name of 255 bytes is claimed and released, and distinguished on a clash")
    func longName() throws {
        let name = String(repeating: "n", count: 255)
        try scratch.put("incoming/\(name)", "second")
        try scratch.put("released/\(name)", "first")
        #expect(spool.claim(path(name)) == .claimed(hasContext: false))
        try spool.release(place(name))
        let names = try scratch.names("released")
        #expect(names.count == 2 && names.contains { $0.hasSuffix("~\(UploadID.invented)") })
    }

    // MARK: - Contexts

    @Test("a context waits for its upload, ten seconds at most")
    func contextWaits() throws {
        try scratch.put("incoming/a.meta.json")
        guard case .waitsForUpload(let pause) = spool.claim(path("a.meta.json")) else {
            Issue.record("claimed")
            return
        }
        #expect((1...10_000_000_000).contains(pause))
    }

    @Test("a context is never claimed before the upload that lies beside it")
    func contextBesideUpload() throws {
        try scratch.put("incoming/a.meta.json")
        try scratch.put("incoming/a")
        #expect(spool.claim(path("a.meta.json")) == .waitsForUpload(10_000_000_000))
        #expect(try scratch.names("work").isEmpty)
    }

    @Test("a file above 64 KiB is no context but an upload of its own", arguments: [65_536, 65_537])
    func largeContext(size: Int) throws {
        try scratch.put("incoming/a.meta.json", String(repeating: " ", count: size))
        try scratch.put("incoming/a")
        let isContext = size == 65_536
        #expect(spool.claim(path("a")) == .claimed(hasContext: isContext))
        if !isContext { #expect(spool.claim(path("a.meta.json")) == .claimed(hasContext: false)) }
    }

    @Test("where users choose the names, no file is another's context")
    func noContexts() throws {
        let scratch = try ScratchSpool(context: .none)
        let spool = try scratch.open()
        try scratch.put("incoming/a")
        try scratch.put("incoming/a.meta.json")
        #expect(spool.claim(path("a.meta.json")) == .claimed(hasContext: false))
        #expect(spool.claim(path("a")) == .claimed(hasContext: false))
        #expect(try inWork(spool) == ["a", "a.meta.json"])
    }

    @Test("a context beside its upload in work/ belongs to it")
    func contextInWork() throws {
        #expect(try !spool.hasContext(path("a")))
        try scratch.put("work/a.meta.json", "{}")
        try scratch.put("work/a")
        #expect(try spool.hasContext(path("a")))
        #expect(try spool.readContext(of: place("a", context: true))?.bytes == Array("{}".utf8))
        #expect(try inWork(spool) == ["a"], "both are visited once")
    }

    @Test("a context that came after its upload is the next one's of that name, and waits for it")
    func laterContext() throws {
        try scratch.put("incoming/a")
        try scratch.put("incoming/a.meta.json")
        #expect(spool.claim(path("a")) == .claimed(hasContext: false))
        #expect(try scratch.names("incoming") == ["a.meta.json"])
    }

    @Test("an upload whose claim a crash cut short joins its context in work/")
    func finishClaim() throws {
        try scratch.put("incoming/a", "bytes")
        try scratch.put("work/a.meta.json", "{}")
        #expect(try spool.finishClaim(ofContext: path("a.meta.json")) == path("a"))
        #expect(try scratch.text("work/a") == "bytes")
        #expect(try inWork(spool) == ["a"])
    }

    @Test("an upload that came after a context was claimed is another one, and stays")
    func laterUpload() throws {
        try scratch.put("work/a.meta.json")
        #expect(try spool.finishClaim(ofContext: path("a.meta.json")) == path("a.meta.json"))
        try scratch.put("incoming/a")
        let claimed = try scratch.status("work/a.meta.json").changed
        // The kernel's clock may tick in milliseconds only.
        while try scratch.status("incoming/a").changed <= claimed {
            try #require(chmod("\(scratch.root)/incoming/a", 0o640) == 0)
        }
        #expect(try spool.finishClaim(ofContext: path("a.meta.json")) == path("a.meta.json"))
        #expect(try scratch.exists("incoming/a"))
    }

    @Test("a context that is still written is not read")
    func contextWriter() throws {
        try scratch.put("work/a.meta.json", "{}")
        let writer = try Descriptor.open(scratch.root + "/" + "work/a.meta.json", .write)
        #expect(throws: SyscallError.stillWritten("context")) {
            try spool.readContext(of: place("a", context: true))
        }
        try writer.close()
        #expect(try spool.readContext(of: place("a", context: true))?.bytes == Array("{}".utf8))
    }

    @Test("a file with another link is no context but an upload of its own")
    func linkedContext() throws {
        try scratch.put("incoming/a")
        try scratch.put("incoming/a.meta.json")
        try #require(link("\(scratch.root)/incoming/a.meta.json", "\(scratch.root)/outside") == 0)
        #expect(spool.claim(path("a")) == .claimed(hasContext: false))
    }

    private func inWork(_ spool: Spool) throws -> [String] {
        var found: [String] = []
        try spool.forEachInWork { path in
            if try spool.uploadInWork(ofContext: path) != nil { return }
            found.append(String(decoding: path.bytes, as: UTF8.self))
        }
        return found.sorted()
    }

    // MARK: - Release

    @Test("a released upload keeps its path, and work/ keeps no empty directory")
    func release() throws {
        try scratch.put("work/x/y/a", "bytes")
        try scratch.put("work/x/y/a.meta.json", "{}")
        try spool.release(place("x/y/a", context: true))
        #expect(try scratch.names("released/x/y") == ["a", "a.meta.json"])
        #expect(try scratch.names("work").isEmpty)
        for directory in ["released/x", "released/x/y"] {
            #expect(try scratch.status(directory).mode == 0o2770)
        }
    }

    @Test("a directory of work/ stays while another upload is in it")
    func pruneStops() throws {
        try scratch.put("work/x/a")
        try scratch.put("work/x/b")
        try spool.release(place("x/a"))
        #expect(try scratch.names("work/x") == ["b"])
    }

    @Test(
        "a name that is taken gives NAME~<id>, to the file and its context alike",
        arguments: ["a", "a.meta.json"]
    )
    func clash(taken: String) throws {
        try scratch.put("released/x/\(taken)", "first")
        try scratch.put("work/x/a", "second")
        try scratch.put("work/x/a.meta.json", "{}")
        try spool.release(place("x/a", context: true))
        let distinct = "a~\(UploadID.invented)"
        #expect(try scratch.names("released/x") == [taken, distinct, "\(distinct).meta.json"].sorted())
        #expect(try scratch.text("released/x/\(taken)") == "first")
    }

    @Test("an upload whose directory is a file in released/ goes to the top, under a name of its own")
    func parentIsFile() throws {
        try scratch.put("released/x", "a file")
        try scratch.put("work/x/y/a", "bytes")
        try scratch.put("work/x/y/a.meta.json", "{}")
        try spool.release(place("x/y/a", context: true))
        let distinct = "a~\(UploadID.invented)"
        #expect(try scratch.names("released") == [distinct, "\(distinct).meta.json", "x"])
        #expect(try scratch.names("work").isEmpty)
    }

    @Test("a release that was done is done, also half of it")
    func releaseAgain() throws {
        try scratch.put("work/a", "bytes")
        try scratch.put("released/a.meta.json", "{}")  // as a crash between the two renames leaves it
        try spool.release(place("a", context: true))
        try spool.release(place("a", context: true))
        #expect(try scratch.names("released") == ["a", "a.meta.json"])
    }

    @Test("a held upload is released under its own path")
    func releaseFromHeld() throws {
        try scratch.put("held/\(UploadID.invented)", "bytes")
        try scratch.put("held/\(UploadID.invented).meta.json", "{}")
        try spool.release(place("x/a", context: true, isSetAside: true))
        #expect(try scratch.names("released/x") == ["a", "a.meta.json"])
        #expect(try scratch.names("held").isEmpty)
    }

    // MARK: - Hold, and back

    @Test("a held upload lies under its id with its context beside it, once and again")
    func hold() throws {
        try scratch.put("work/x/a", "bytes")
        try scratch.put("work/x/a.meta.json", "{}")
        for _ in 0..<2 {
            try spool.hold(place("x/a", context: true))
            #expect(try scratch.names("held") == ["\(UploadID.invented)", "\(UploadID.invented).meta.json"])
            #expect(try scratch.names("work").isEmpty)
        }
    }

    @Test("a hold that is done leaves another upload alone that has come to its path")
    func holdStranger() throws {
        try scratch.put("held/\(UploadID.invented)", "held")
        try scratch.put("work/a", "stranger")
        try spool.hold(place("a"))
        #expect(try scratch.text("work/a") == "stranger")
        #expect(try scratch.text("held/\(UploadID.invented)") == "held")
    }

    @Test("a held upload comes back to its own path in work/, once and again")
    func bringBack() throws {
        try scratch.put("held/\(UploadID.invented)", "bytes")
        try scratch.put("held/\(UploadID.invented).meta.json", "{}")
        for _ in 0..<2 {
            try spool.bringBack(place("x/a", context: true))
            #expect(try scratch.names("work/x") == ["a", "a.meta.json"])
            #expect(try scratch.names("held").isEmpty)
        }
    }

    @Test("a held upload does not come back while another has its path, and loses nothing")
    func bringBackClash() throws {
        try scratch.put("held/\(UploadID.invented)", "held")
        try scratch.put("held/\(UploadID.invented).meta.json", "{}")
        try scratch.put("work/a", "stranger")
        #expect { try spool.bringBack(place("a", context: true)) } throws: {
            ($0 as? SyscallError)?.isTaken == true
        }
        #expect(try scratch.text("work/a") == "stranger")
        #expect(try scratch.text("held/\(UploadID.invented)") == "held")
        #expect(!(try scratch.exists("work/a.meta.json")), "a stranger is never given another's context")
    }

    // MARK: - Removal of a source

    @Test("a preserved source goes with its context, and again is fine", arguments: [false, true])
    func removeSource(isSetAside: Bool) throws {
        let name = isSetAside ? "held/\(UploadID.invented)" : "work/x/a"
        try scratch.put(name, "bytes")
        try scratch.put("\(name).meta.json", "{}")
        let place = place("x/a", context: true, isSetAside: isSetAside)
        for _ in 0..<2 {
            #expect(!(try spool.removeSource(place, context: Array("{}".utf8)) { _, _ in true }))
            #expect(try scratch.names("work").isEmpty && scratch.names("held").isEmpty)
        }
    }

    @Test("a file that is not the one in the bundle stays, with all that lies beside it")
    func removeStranger() throws {
        try scratch.put("work/a", "stranger")
        try scratch.put("work/a.meta.json", "{}")
        #expect(
            try spool.removeSource(place("a", context: true), context: Array("{}".utf8)) { _, _ in false }
        )
        #expect(try scratch.names("work") == ["a", "a.meta.json"])
    }

    @Test("the file that is judged is the one that lies there")
    func judgedStatus() throws {
        try scratch.put("work/a")
        let inode = try scratch.status("work/a").inode
        #expect(!(try spool.removeSource(place("a"), context: nil) { status, _ in status.inode == inode }))
        #expect(!(try scratch.exists("work/a")))
    }

    @Test("a context whose bytes the ledger does not have stays")
    func otherContext() throws {
        try scratch.put("work/a")
        try scratch.put("work/a.meta.json", "{\"other\": 1}")
        #expect(
            !(try spool.removeSource(place("a", context: true), context: Array("{}".utf8)) { _, _ in true })
        )
        #expect(try scratch.names("work") == ["a.meta.json"])
    }
}
