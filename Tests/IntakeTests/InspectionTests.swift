import Glibc
import LinuxIO
import Testing
import UploadModel

@testable import Intake

@Suite struct InspectionTests {
    private let scratch: ScratchSpool
    private let spool: Spool

    init() throws {
        scratch = try ScratchSpool()
        spool = try scratch.open()
    }

    /// An ``Inspection`` that can be compared: the open file left out.
    private enum Seen: Equatable {
        case ready, unsettled, busy, vanished, large, notAnUpload
        case obstacle(Obstacle)

        init(_ inspection: consuming Inspection) {
            self =
                switch consume inspection {
                case .ready: .ready
                case .unsettled: .unsettled
                case .busy: .busy
                case .vanished: .vanished
                case .large: .large
                case .notAnUpload: .notAnUpload
                case .obstacle(let obstacle): .obstacle(obstacle)
                }
        }
    }

    private func inspect(_ name: String = "a", before: FileStatus? = nil) throws -> Seen {
        Seen(try spool.inspect(path(name), id: .invented, before: before))
    }

    private var work: String { "\(scratch.root)/work" }

    // MARK: - What is no file

    @Test("a symbolic link is never followed")
    func symbolicLink() throws {
        try scratch.put("outside")
        try #require(symlink("../outside", "\(work)/a") == 0)
        #expect(try inspect() == .obstacle(.symbolicLink))
    }

    @Test("a FIFO is not waited for")
    func fifo() throws {
        try #require(mkfifo("\(work)/a", 0o600) == 0)
        #expect(try inspect() == .obstacle(.fifo))
    }

    @Test("a socket is not a file")
    func socket() throws {
        try #require(mknod("\(work)/a", S_IFSOCK | 0o600, 0) == 0)
        #expect(try inspect() == .obstacle(.socket))
    }

    @Test("a device is not read", .enabled(if: isRoot))
    func device() throws {
        try #require(mknod("\(work)/a", S_IFCHR | 0o600, 0x103) == 0)  // the device of /dev/null
        #expect(try inspect() == .obstacle(.device))
    }

    @Test("what is gone has vanished", arguments: ["a", "x/a", "file/a"])
    func vanished(name: String) throws {
        try scratch.put("work/file")
        #expect(try inspect(name) == .vanished)
    }

    @Test("a file that our user may not read is held back as unreadable")
    func unreadable() throws {
        try scratch.put("work/a")
        try scratch.setMode(0o000, "work/a")
        let seen = try onThread(.withoutCapabilities) { try inspect() }
        #expect(seen == .obstacle(.unreadable))
    }

    // MARK: - Writers

    @Test("a file is busy while it is open for writing, and ready once it is closed")
    func writer() throws {
        try scratch.put("work/x/a")
        let writer = try Descriptor.open("\(work)/x/a", .write)
        #expect(try inspect("x/a") == .busy)
        try writer.close()
        #expect(try inspect("x/a") == .ready)
    }

    @Test("a reader elsewhere changes nothing")
    func reader() throws {
        try scratch.put("work/a")
        let reader = try Descriptor.open("\(work)/a")
        #expect(try inspect() == .ready)
        try reader.close()
    }

    @Test("where the kernel does not tell of writers, two equal looks settle it", .enabled(if: isRoot))
    func twoLooks() throws {
        try scratch.put("work/a")
        try scratch.setMode(0o644, "work/a")
        try #require(chown("\(work)/a", 61_002, .max) == 0)
        let look = try scratch.status("work/a")
        let seen = try onThread(.withoutCapabilities) { [try inspect(), try inspect(before: look)] }
        #expect(seen == [.unsettled, .ready])

        try Descriptor.open("\(work)/a", .write).write(Array("changed".utf8))
        let again = try onThread(.withoutCapabilities) { try inspect(before: look) }
        #expect(again == .unsettled)
    }

    @Test("bytes that changed since the file was opened are noticed")
    func changed() throws {
        try scratch.put("work/a")
        guard case .ready(let file) = try spool.inspect(path("a"), id: .invented) else {
            Issue.record("not ready")
            return
        }
        let status = file.status
        let descriptor = file.intoDescriptor()
        #expect(try Spool.isUnchanged(descriptor, since: status))
        let writer = try Descriptor.open("\(work)/a", .write)
        #expect(try !Spool.isUnchanged(descriptor, since: status), "somebody has begun to write")
        try writer.write(Array("other bytes".utf8))
        try writer.close()
        #expect(try !Spool.isUnchanged(descriptor, since: status))
    }

    @Test("what a writer did between the first look and the lease is in the status that goes with the lease")
    func writtenBeforeLease() throws {
        var (ready, wrong) = (0, 0)
        for round in 0..<100 {
            let name = "a\(round)"
            try scratch.put("work/\(name)")
            let goal = "\(work)/\(name)"
            let writer = BlockingThread("writer") {
                for _ in 0..<50 { Self.append(to: goal) }
            }
            for _ in 0..<200 {
                guard case .ready(let file) = try spool.inspect(path(name), id: .invented, keepsLease: true)
                else { continue }
                let size = file.status.size
                ready += 1
                if try file.intoDescriptor().status().size != size { wrong += 1 }
            }
            writer.join()
        }
        #expect(ready > 0 && wrong == 0, "\(wrong) of \(ready) that were ready")
    }

    /// As the application's own fclose(3) would, unless a lease stands in the way.
    private static func append(to path: String) {
        let flags = OpenFlags(rawValue: OpenFlags.write.rawValue | OpenFlags.nonBlocking.rawValue | O_APPEND)
        guard let file = try? Descriptor.open(path, flags) else { return }
        try? file.write(Array("more".utf8))
    }

    @Test("a kept lease lets nobody write until the file is closed, and tells of whoever tried")
    func keptLease() throws {
        try scratch.put("work/a")
        guard case .ready(let file) = try spool.inspect(path("a"), id: .invented, keepsLease: true) else {
            Issue.record("not ready")
            return
        }
        let status = file.status
        let descriptor = file.intoDescriptor()
        #expect(descriptor.hasReadLease == true)
        #expect(try Spool.isUnchanged(descriptor, since: status))
        #expect { _ = try Descriptor.open("\(work)/a", [.write, .nonBlocking]) } throws: {
            ($0 as? SyscallError)?.errno == EAGAIN
        }
        #expect(descriptor.hasReadLease == false)
        #expect(try Spool.isUnchanged(descriptor, since: status), "who was refused wrote nothing")
        let writer = try Descriptor.open("\(work)/a", [.write, .nonBlocking])
        #expect(try !Spool.isUnchanged(descriptor, since: status), "somebody has begun to write")
        try descriptor.close()
        try writer.close()
        guard case .ready = try spool.inspect(path("a"), id: .invented, keepsLease: true) else {
            Issue.record("not ready when it was closed")
            return
        }
    }

    @Test("an upload with a kept lease is released, and may be written at once when it is closed")
    func keptLeaseReleased() throws {
        try scratch.put("work/a")
        guard case .ready(let file) = try spool.inspect(path("a"), id: .invented, keepsLease: true) else {
            Issue.record("not ready")
            return
        }
        let place = Place(id: .invented, path: path("a"), hasContext: false, isSetAside: false)
        try spool.release(place)
        let descriptor = file.intoDescriptor()
        #expect(descriptor.hasReadLease == true)
        try descriptor.close()
        let writer = try Descriptor.open("\(scratch.root)/released/a", [.write, .nonBlocking])
        try writer.close()
    }

    @Test("what somebody has begun to write to is not released, and what is as it was is")
    func releasedAsItWas() throws {
        try scratch.put("work/a")
        guard case .ready(let file) = try spool.inspect(path("a"), id: .invented) else {
            Issue.record("not ready")
            return
        }
        let (place, status) = (
            Place(id: .invented, path: path("a"), hasContext: false, isSetAside: false), file.status
        )
        let descriptor = file.intoDescriptor()
        let writer = try Descriptor.open("\(work)/a", [.write])
        #expect { try spool.release(place, read: descriptor, since: status) } throws: {
            ($0 as? SyscallError)?.isStillWritten == true
        }
        #expect(spool.isThere(place))
        try writer.close()
        try spool.release(place, read: descriptor, since: status)
        #expect(!spool.isThere(place))
    }

    // MARK: - More than one link

    @Test("a file with another link is replaced by a copy, and the other link is left as it was")
    func hardLink() throws {
        try scratch.put("work/x/a", "linked bytes")
        try scratch.setMode(0o604, "work/x/a")
        try #require(link("\(work)/x/a", "\(scratch.root)/outside") == 0)
        let before = try scratch.status("work/x/a")

        guard case .ready(let file) = try spool.inspect(path("x/a"), id: .invented) else {
            Issue.record("not ready")
            return
        }
        #expect(file.status.links == 1)
        let (copy, outside) = (try scratch.status("work/x/a"), try scratch.status("outside"))
        #expect(copy.inode == file.status.inode && copy.inode != before.inode)
        #expect(copy.mode == before.mode && copy.modified == before.modified && copy.gid == before.gid)
        #expect(try scratch.text("work/x/a") == "linked bytes")
        #expect(
            outside.inode == before.inode && outside.mode == before.mode
                && outside.modified == before.modified
        )
        #expect(try scratch.text("outside") == "linked bytes")
        #expect(try scratch.names("held").isEmpty)
    }

    @Test("what is written through the other link does not reach the copy")
    func hardLinkWrite() throws {
        try scratch.put("work/a", "before")
        try #require(link(scratch.root + "/" + "work/a", "\(scratch.root)/outside") == 0)
        #expect(try inspect() == .ready)
        try Descriptor.open("\(scratch.root)/outside", .write).write(Array("after!".utf8))
        #expect(try scratch.text("work/a") == "before")
    }

    @Test("another's linked file stays readable for its owner, by the group", .enabled(if: isRoot))
    func hardLinkOfAnother() throws {
        try scratch.put("work/a")
        try scratch.setMode(0o600, "work/a")
        try #require(chown("\(work)/a", 61_002, .max) == 0)
        try #require(link(scratch.root + "/" + "work/a", "\(scratch.root)/outside") == 0)
        #expect(try inspect() == .ready)
        #expect(try scratch.status("work/a").mode == 0o660)
    }

    @Test("where the settings say so, a file with another link is held")
    func hardLinkHeld() throws {
        let scratch = try ScratchSpool(hardLinks: .hold)
        let spool = try scratch.open()
        try scratch.put("work/a")
        try #require(link(scratch.root + "/" + "work/a", "\(scratch.root)/outside") == 0)
        #expect(Seen(try spool.inspect(path("a"), id: .invented)) == .obstacle(.hardLinked))
        #expect(try scratch.status("work/a").links == 2)
    }

    @Test("a copy that a crash left half-written is written anew, or removed at the start")
    func unfinishedCopies() throws {
        try scratch.put("held/.copy-\(UploadID.invented)", "half")
        try scratch.put("held/\(UploadID.invented)", "held")
        try scratch.put("work/a", "whole")
        try #require(link(scratch.root + "/" + "work/a", "\(scratch.root)/outside") == 0)
        #expect(try inspect() == .ready)
        #expect(try scratch.text("work/a") == "whole")

        try scratch.put("held/.copy-\(UploadID.invented)", "half")
        try spool.removeUnfinishedCopies()
        #expect(try scratch.names("held") == ["\(UploadID.invented)"])
    }
}
