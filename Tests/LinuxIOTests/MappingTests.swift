import Testing

@testable import LinuxIO

@Suite struct MappingTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test(
        "a mapping shows the whole file, whatever its length",
        arguments: [0, 1, 4_095, 4_096, 4_097, 100_000]
    )
    func wholeFile(count: Int) throws {
        let content = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let mapping = try Mapping.of(scratch.file("file", content), subject: "file")
        #expect(mapping.byteCount == count)
        #expect(
            mapping.withBytes { span in
                (0..<span.byteCount).map { span.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
            } == content
        )
    }

    @Test("a mapping outlives its descriptor, its name and its replacement")
    func outlives() throws {
        try scratch.root.writeDurably(bytes("old"), as: bytes("file"), mode: 0o600, subject: "file")
        let mapping = try Mapping.of(scratch.root.open(bytes("file")), subject: "file")
        try scratch.root.writeDurably(
            bytes("new and longer"),
            as: bytes("file"),
            mode: 0o600,
            subject: "file"
        )
        #expect(mapping.withBytes { span in span.withUnsafeBytes { Array($0) } } == bytes("old"))
    }

    @Test("an error of the reader passes through")
    func passesErrors() throws {
        struct Fault: Error {}
        let mapping = try Mapping.of(scratch.file("file", [1]), subject: "file")
        #expect(throws: Fault.self) { try mapping.withBytes { _ in throw Fault() } }
    }

    @Test("what cannot be mapped says so under its subject")
    func refused() throws {
        let refusal = #expect(throws: SyscallError.self) {
            _ = try Mapping.of(scratch.root, subject: "lists")
        }
        #expect(refusal?.call == "mmap")
        #expect(refusal?.subject == "lists")
    }
}
