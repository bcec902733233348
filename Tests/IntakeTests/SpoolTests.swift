import Glibc
import Intake
import LinuxIO
import Testing
import UploadModel

@Suite struct SpoolTests {
    private let scratch: ScratchSpool

    init() throws { scratch = try ScratchSpool() }

    @Test(
        "what is missing is made with exactly its mode, whatever the umask",
        arguments: [0o000, 0o027, 0o077]
    )
    func modes(mask: UInt32) throws {
        try onThread(.fileModeMask(mask)) { [scratch] in _ = try scratch.open() }
        for directory in Spool.directories {
            #expect(try scratch.status(directory.name).mode == directory.mode, "\(directory.name)")
        }
    }

    @Test("opening makes the five directories and a lock, and nothing else")
    func names() throws {
        _ = try scratch.open()
        #expect(
            try scratch.names("") == [".breakwaterd.lock", "held", "incoming", "released", "tmp", "work"]
        )
    }

    @Test("opening again changes nothing that is there")
    func again() throws {
        _ = try scratch.open()
        try scratch.put("incoming/a")
        try scratch.put("work/b")
        _ = try scratch.open()
        #expect(try scratch.exists("incoming/a") && scratch.exists("work/b"))
    }

    // MARK: - Refused

    @Test("a root that everybody may write to is refused, with the command that ends it")
    func worldWritable() throws {
        try scratch.setMode(0o757)
        let refused = try #require(refusal())
        #expect(refused == .wrongMode(scratch.root, 0o757, 0o750))
        #expect(refused.hint == "run \"chmod 750 \(scratch.root)\"")
        #expect(refused.exitCode == .settingsRefused)
        #expect(try scratch.names("").isEmpty, "nothing is touched before the root is judged")
    }

    @Test(
        "a directory of another mode is refused, with the command that ends it",
        arguments: [
            ("work", 0o750, "700"), ("held", 0o770, "700"), ("incoming", 0o777, "2770"),
            ("released", 0o755, "2770"),
        ]
    )
    func wrongMode(directory: String, mode: UInt32, wanted: String) throws {
        _ = try scratch.open()
        try scratch.setMode(mode, directory)
        #expect(try #require(refusal()).hint == "run \"chmod \(wanted) \(scratch.root)/\(directory)\"")
    }

    @Test(
        "a root or directory of another user is refused",
        .enabled(if: isRoot),
        arguments: ["", "incoming", "work"]
    )
    func wrongOwner(directory: String) throws {
        _ = try scratch.open()
        let place = directory.isEmpty ? scratch.root : "\(scratch.root)/\(directory)"
        try #require(chown(place, 61_001, .max) == 0)
        #expect(refusal() == .wrongOwner(place, 61_001))
    }

    @Test("a shared directory of another group is refused", .enabled(if: isRoot))
    func wrongGroup() throws {
        _ = try scratch.open()
        try #require(chown("\(scratch.root)/incoming", .max, 61_002) == 0)
        #expect(refusal() == .wrongGroup("\(scratch.root)/incoming", 61_002, ThisProcess.group))
    }

    @Test("new directories belong to the application's group", .enabled(if: isRoot))
    func group() throws {
        var settings = scratch.settings
        settings.group = "61002"
        _ = try Spool(opening: settings)
        for (name, mode) in Spool.directories where mode & 0o070 != 0 {
            #expect(try scratch.status(name).gid == 61_002)
            #expect(try scratch.status(name).mode == mode, "chown(2) clears set-id bits")
        }
    }

    @Test("a group that nobody made is refused")
    func noSuchGroup() throws {
        var settings = scratch.settings
        settings.group = "no-such-group-here"
        #expect(throws: SpoolRefused.noSuchGroup("no-such-group-here")) { try Spool(opening: settings) }
    }

    @Test("a directory that is a symbolic link is not followed")
    func link() throws {
        try #require(symlink("/tmp", "\(scratch.root)/incoming") == 0)
        #expect(throws: (any Error).self) { try scratch.open() }
    }

    @Test("a directory on another mount of the same file system is refused")
    func otherMount() throws {
        _ = try scratch.open()
        let place = "\(scratch.root)/released"
        let refused: SpoolRefused? = try onThread(.mounts) { [scratch] in
            try bindToItself(place)
            do { _ = try scratch.open() } catch let error as SpoolRefused { return error }
            return nil
        }
        #expect(refused == .otherMount(place, scratch.root))
    }

    private func refusal() -> SpoolRefused? {
        do { _ = try scratch.open() } catch { return error as? SpoolRefused }
        return nil
    }

    // MARK: - The lock

    @Test("a second breakwaterd is told that the spool is in use")
    func secondLock() throws {
        let first = try scratch.open()
        let refused = try #require(refusal())
        #expect(refused == .inUse(scratch.root))
        #expect(refused.exitCode == .inUse)
        withExtendedLifetime(first) {}
    }

    @Test("a spool that ends gives its lock back")
    func lockEnds() throws {
        _ = try scratch.open()
        #expect(throws: Never.self) { try scratch.open() }
    }

    @Test("a reopened spool keeps the lock that its path still leads to")
    func keeping() throws {
        let first = try scratch.open()
        let second = try scratch.open(keeping: first)
        #expect(second.lock === first.lock)
    }

    @Test("a replaced root is locked anew")
    func replaced() throws {
        let first = try scratch.open()
        #expect(first.isStillThere)
        try scratch.moveRootAway()
        #expect(!first.isStillThere)
        try scratch.makeRoot()
        #expect(throws: SyscallError.self, "somebody may be putting another directory there") {
            try scratch.open(keeping: first)
        }
        _ = try scratch.open()
        let second = try scratch.open(keeping: first)
        #expect(second.lock !== first.lock)
        #expect(second.isStillThere && !first.isStillThere)
        #expect(!second.sharesWork(with: first) && second.sharesWork(with: second))
    }
}
