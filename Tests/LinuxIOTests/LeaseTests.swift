import Glibc
import Testing

@testable import LinuxIO

@Suite struct LeaseTests {
    let scratch: Scratch

    init() throws {
        ThisProcess.blockStraySignals()
        scratch = try Scratch()
        try scratch.file("file", [UInt8](repeating: 1, count: 4_096))
    }

    private func probe() throws -> WriterProbe { try scratch.root.open(bytes("file")).probeForWriters() }

    @Test("nobody writes")
    func noWriter() throws {
        #expect(try probe() == .noWriter)
        let reader = try scratch.root.open(bytes("file"))
        #expect(try probe() == .noWriter)
        #expect(try reader.status().size == 4_096)
    }

    @Test("a writer is seen until it closes", arguments: [OpenFlags.write, .readWrite])
    func writer(flags: OpenFlags) throws {
        let writer = try scratch.root.open(bytes("file"), flags)
        #expect(try probe() == .writer)
        try writer.close()
        #expect(try probe() == .noWriter)
    }

    @Test("a live mapping for writing counts, though its descriptor is closed")
    func mapped() throws {
        let writer = try scratch.writer("file")
        let mapped = mmap(nil, 4_096, PROT_READ | PROT_WRITE, MAP_SHARED, writer.raw, 0)
        try #require(mapped != MAP_FAILED)
        try writer.close()
        #expect(try probe() == .writer)
        munmap(mapped, 4_096)
        #expect(try probe() == .noWriter)
    }

    @Test("the lease is given back, so that a writer may come at once")
    func givenBack() throws {
        let reader = try scratch.root.open(bytes("file"))
        #expect(reader.probeForWriters() == .noWriter)
        let writer = try scratch.root.open(bytes("file"), [.write, .nonBlocking])
        #expect(reader.probeForWriters() == .writer)
        try writer.close()
    }

    @Test("a lease that is kept stands until somebody wants to write, or the file is closed")
    func kept() throws {
        let reader = try scratch.root.open(bytes("file"))
        #expect(reader.hasReadLease == false)
        #expect(reader.takeReadLease() == .noWriter)
        #expect(reader.hasReadLease == true)
        #expect(try scratch.root.open(bytes("file")).status().size == 4_096, "readers do not wait")
        #expect(reader.hasReadLease == true)
        #expect(throws: SyscallError.self) {
            _ = try scratch.root.open(bytes("file"), [.write, .nonBlocking])
        }
        #expect(reader.hasReadLease == false)
        try reader.close()
        let writer = try scratch.root.open(bytes("file"), [.write, .nonBlocking])
        try writer.close()
    }

    @Test("where there are no leases the kernel does not answer")
    func refused() throws {
        #expect(try Descriptor.open("/dev/null").probeForWriters() == .refused)
        #expect(scratch.root.probeForWriters() == .refused)
    }
}
