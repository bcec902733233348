import Testing

@testable import LinuxIO

@Suite final class InotifyTests {
    let scratch: Scratch
    let inotify: Inotify
    let incoming: Descriptor
    let watch: WatchID

    init() throws {
        scratch = try Scratch()
        inotify = try Inotify()
        incoming = try scratch.directory("incoming")
        watch = try inotify.watch(incoming)
    }

    /// What is queued by now; the kernel queues an event before the call that caused it returns.
    private func events() throws -> [InotifyEvent] {
        var events: [InotifyEvent] = []
        try inotify.wait(milliseconds: 0) { events.append($0) }
        return events
    }

    @Test("a file renamed in is hinted by its name's bytes")
    func renamedIn() throws {
        let name: [UInt8] = [0x0A, 0xFF, 0x20]
        try scratch.file("a")
        try scratch.root.rename(bytes("a"), to: incoming, name)
        let found = try events()
        #expect(found.map(\.name) == [name])
        #expect(found.allSatisfy { $0.watch == watch && !$0.isDirectory && !$0.isOverflow })
    }

    @Test("a file made in place is hinted when it appears and when its writer leaves")
    func madeInPlace() throws {
        let file = try incoming.open(bytes("a"), [.write, .create], mode: 0o600)
        #expect(try events().map(\.name) == [bytes("a")])
        try file.write(bytes("x"))
        #expect(try events().isEmpty)
        try file.close()
        #expect(try events().map(\.name) == [bytes("a")])
    }

    @Test("a new directory says that it is one")
    func directory() throws {
        try incoming.makeDirectory(bytes("side"), mode: 0o700)
        let found = try events()
        #expect(found.map(\.name) == [bytes("side")])
        #expect(found.allSatisfy { $0.isDirectory })
    }

    @Test("the same directory watched twice gives the same id, and each event once")
    func twice() throws {
        #expect(try inotify.watch(incoming) == watch)
        #expect(try inotify.watch(scratch.root.open(bytes("incoming"), .directory)) == watch)
        try scratch.file("incoming/a")
        #expect(try events().filter { $0.name == bytes("a") }.count == 2)  // appeared, writer left
    }

    @Test("two directories have two ids")
    func two() throws {
        let side = try scratch.directory("incoming/side")
        _ = try events()
        let other = try inotify.watch(side)
        #expect(other != watch)
        try scratch.file("incoming/side/a")
        #expect(try events().allSatisfy { $0.watch == other })
    }

    @Test("the watched directory's own move is told")
    func removed() throws {
        try scratch.directory("incoming/x").close()
        try incoming.removeDirectory(bytes("x"))
        _ = try events()
        try scratch.root.rename(bytes("incoming"), to: scratch.root, bytes("moved"))
        #expect(try events().map(\.isAboutWatchedDirectory) == [true])
    }

    private func watchNewDirectory(_ name: String) throws -> WatchID {
        let directory = try scratch.directory(name)
        return try inotify.watch(directory)
    }

    @Test("the removal of a watched directory is told, then that its watch is gone")
    func removedAndGone() throws {
        let other = try watchNewDirectory("incoming/side")
        try incoming.removeDirectory(bytes("side"))
        let told = try events().filter { $0.watch == other }
        #expect(told.map(\.isRemoval) == [true, true])
        #expect(told.last?.isWatchGone == true)
    }

    @Test("the watch is on the directory that is open, not on what has its path now")
    func byDescriptor() throws {
        let old = try scratch.directory("place")
        try scratch.root.rename(bytes("place"), to: scratch.root, bytes("aside"))
        _ = try scratch.directory("place")
        let other = try inotify.watch(old)
        _ = try events()
        try scratch.file("place/unseen")
        #expect(try events().isEmpty)
        try scratch.file("aside/seen")
        #expect(try events().map(\.watch) == [other, other])
    }

    @Test("many events come in the kernel's order, none lost")
    func many() throws {
        for number in 0..<1_000 { try incoming.makeDirectory(bytes("\(number)"), mode: 0o700) }
        var names: [String] = []
        while true {
            let found = try events()
            if found.isEmpty { break }
            names += found.map { String(decoding: $0.name, as: UTF8.self) }
        }
        #expect(names == (0..<1_000).map(String.init))
    }

    @Test("a file is not watched")
    func notADirectory() throws {
        let file = try scratch.file("file")
        let refusal = #expect(throws: SyscallError.self) { try inotify.watch(file) }
        #expect(refusal?.isNotDirectory == true)
    }
}
