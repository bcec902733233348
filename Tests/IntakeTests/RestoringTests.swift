import LinuxIO
import Testing
import UploadModel

@testable import Intake

@Suite("Restoring")
struct RestoringTests {
    private let scratch: ScratchSpool
    private let spool: Spool
    private static let text = "invented bytes"
    private static let second: Int64 = 1_000_000_000

    init() throws {
        scratch = try ScratchSpool()
        spool = try scratch.open()
        try scratch.put("held/kept", Self.text)
    }

    private func original(
        mode: UInt32 = 0o640,
        uid: UInt32 = ThisProcess.user,
        gid: UInt32? = nil,
        modified: Int64 = 1,
        attributes: [ExtendedAttribute] = []
    ) throws -> OriginalFile {
        OriginalFile(
            mode: mode,
            uid: uid,
            gid: try gid ?? scratch.status("held/kept").gid,
            accessed: 0,
            modified: modified * Self.second,
            attributes: attributes
        )
    }

    /// - Parameter order: The directory that knows of a try before this one, if there was one.
    private func restore(
        _ original: OriginalFile,
        _ id: UploadID = .invented,
        order: String = "order-\(UInt64.random(in: 0...(.max)))",
        beforeMove: () throws -> Void = {}
    ) throws {
        let content = try Descriptor.open("\(scratch.root)/held/kept")
        try scratch.makeDirectories(order)
        try spool.restore(
            content,
            to: Place(id: id, path: path("a.bin"), hasContext: false, isSetAside: false),
            as: original,
            markedIn: try Descriptor.directory("\(scratch.root)/\(order)")
        ) {
            file throws(SyscallError) in
            try file.readAll(limit: 1 << 20) == bytes(Self.text)
        } beforeMove: {
            try beforeMove()
        }
    }

    @Test("a set-id bit comes back with the owner and the group that it speaks for")
    func setIDs() throws {
        try restore(original(mode: 0o6755))
        #expect(try scratch.status("released/a.bin").mode == 0o6755)
    }

    @Test("an owner and a group that cannot be given take their set-id bits with them")
    func lostSetIDs() throws {
        // No kernel gives the id -1: chown(2) leaves the owner as it is.
        try restore(original(mode: 0o6755, uid: .max, gid: .max))
        #expect(try scratch.status("released/a.bin").mode == 0o755)
    }

    @Test("the same restore again changes nothing")
    func again() throws {
        let attribute = ExtendedAttribute(name: bytes("user.invented"), value: bytes("1"))
        for _ in 0..<2 { try restore(original(attributes: [attribute])) }
        #expect(try scratch.names("released") == ["a.bin"])
        #expect(try scratch.names("held") == ["kept"])
    }

    @Test("what is refused before the move leaves nothing; what was given back is not asked about again")
    func refusedBeforeMove() throws {
        struct Refused: Error {}
        #expect(throws: Refused.self) { try restore(original()) { throw Refused() } }
        #expect(try scratch.names("released") == [])
        #expect(try scratch.names("held") == ["kept"])
        try restore(original())
        try restore(original()) { throw Refused() }
        #expect(try scratch.names("released") == ["a.bin"])
    }

    @Test("what was given back is not given back again, nor asked about, once the application has taken it")
    func takenAway() throws {
        struct Refused: Error {}
        try restore(original(), order: "order")
        try Descriptor.directory("\(scratch.root)/released").unlink(bytes("a.bin"))
        try restore(original(), order: "order") { throw Refused() }
        #expect(try scratch.names("released") == [])
        #expect(try scratch.names("held") == ["kept"])
    }

    @Test("a mark whose copy still lies in held/ says nothing: it is asked about, and done anew")
    func markedAndNotMoved() throws {
        struct Refused: Error {}
        let copy = ".restore-\(UploadID.invented)"
        func mark() throws {
            try scratch.put("order/given", "")
            try scratch.put("held/\(copy)", Self.text)
        }
        try mark()
        #expect(throws: Refused.self) { try restore(original(), order: "order") { throw Refused() } }
        #expect(try scratch.names("order") == [])
        #expect(try scratch.names("held") == ["kept"])
        try mark()
        try spool.removeUnfinishedCopies()
        #expect(try scratch.names("held").contains(copy))
        try restore(original(), order: "order")
        #expect(try scratch.names("released") == ["a.bin"])
        #expect(try scratch.names("held") == ["kept"])
    }

    @Test("a move that fails keeps its copy, and goes on where it can")
    func moveFails() throws {
        try scratch.put("released/a.bin", "somebody's")
        try scratch.put("released/a.bin~\(UploadID.invented)", "somebody's too")
        #expect(throws: SyscallError.self) { try restore(original(), order: "order") }
        #expect(try scratch.names("order") == ["given"])
        #expect(try scratch.names("held") == [".restore-\(UploadID.invented)", "kept"])
        try Descriptor.directory("\(scratch.root)/released").unlink(bytes("a.bin"))
        try restore(original(), order: "order")
        #expect(try scratch.status("released/a.bin").modified == Self.second)
        #expect(try scratch.names("held") == ["kept"])
    }

    @Test("equal bytes of somebody else under its name are not its own")
    func others() throws {
        try scratch.put("released/a.bin", Self.text)
        for _ in 0..<2 { try restore(original()) }
        #expect(try scratch.names("released") == ["a.bin", "a.bin~\(UploadID.invented)"])
        #expect(try scratch.status("released/a.bin~\(UploadID.invented)").modified == Self.second)
    }

    @Test("two exhibits of the same bytes and name both come back")
    func twins() throws {
        let other = UploadID.fresh(at: Timestamp(nanoseconds: 1_760_000_000 * Self.second))
        try restore(original())
        try restore(original(modified: 2), other)
        #expect(try scratch.names("released") == ["a.bin", "a.bin~\(other)"])
    }

    @Test(
        "an attribute that the file system refuses for good is said by its name space alone, and nothing comes back"
    )
    func refusedAttribute() throws {
        // XATTR_SIZE_MAX and a byte more: no file system of Linux takes it.
        let large = ExtendedAttribute(
            name: bytes("user.invented"),
            value: [UInt8](repeating: 1, count: 65_537)
        )
        let place = Place(id: .invented, path: path("a.bin"), hasContext: false, isSetAside: false)
        for attempt in [
            { try spool.checkTakes(original(attributes: [large]), for: place) },
            { try restore(original(attributes: [large])) },
        ] {
            let refused = #expect(throws: RestoreFault.self) { try attempt() }
            guard case .attributeRefused("user", _) = refused else {
                Issue.record("\(refused.map { "\($0)" } ?? "nothing") was said")
                continue
            }
            #expect(refused?.description.contains("invented") == false)
        }
        #expect(try scratch.names("released") == [])
        #expect(try scratch.names("held") == ["kept"])
        let small = ExtendedAttribute(name: bytes("user.invented"), value: [1])
        try spool.checkTakes(original(attributes: [small]), for: place)
        #expect(try scratch.names("held") == ["kept"])
    }

    @Test(
        "a file system without extended attributes is asked before the order is taken",
        .enabled(if: isRoot)
    )
    func withoutAttributes() throws {
        let original = try original(
            attributes: [ExtendedAttribute(name: bytes("user.invented"), value: bytes("1"))]
        )
        let place = Place(id: .invented, path: path("a.bin"), hasContext: false, isSetAside: false)
        let refused: RestoreFault? = try onThread(.mounts) { [scratch] in
            try mountWithoutAttributes(on: scratch.root)
            do { try scratch.open().checkTakes(original, for: place) } catch let fault as RestoreFault {
                return fault
            }
            return nil
        }
        let why = SyscallError(call: "fsetxattr", subject: "restored upload", errno: 95)  // ENOTSUP
        #expect(refused == .attributeRefused(nameSpace: "user", why: why))
    }

    @Test("attributes that are the kernel's or root's to give are left out")
    func attributes() throws {
        let ours = ExtendedAttribute(name: bytes("user.invented"), value: bytes("1"))
        let roots = ExtendedAttribute(name: bytes("trusted.invented"), value: bytes("1"))
        try restore(original(attributes: [ours, roots]))
        #expect(try Descriptor.open("\(scratch.root)/released/a.bin").extendedAttributes() == [ours])
    }
}
