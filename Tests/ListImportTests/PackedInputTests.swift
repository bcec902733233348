import CZlib
import Glibc
import LinuxIO
import ListImport
import Testing
import UploadModel

/// A directory under /tmp, gone with its owner.
final class ScratchFiles: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/breakwater-list-XXXXXX".utf8CString)
        path = String(cString: mkdtemp(&template))
    }

    deinit { try? Descriptor.directory("/tmp").removeTree(Array(path.utf8.dropFirst(5))) }

    func file(_ name: String, _ text: String) throws -> String { try file(name, bytes: Array(text.utf8)) }

    func file(_ name: String, bytes: [UInt8]) throws -> String {
        let parts = name.split(separator: "/")
        let parent = ([path] + parts.dropLast().map(String.init)).joined(separator: "/")
        try Descriptor.directory(parent)
            .writeDurably(bytes, as: Array(parts.last!.utf8), mode: 0o600, subject: name)
        return "\(path)/\(name)"
    }

    func directory(_ name: String) throws -> String {
        try #require(mkdir("\(path)/\(name)", 0o700) == 0)
        return "\(path)/\(name)"
    }

    func link(_ name: String, to target: String) throws -> String {
        try #require(symlink(target, "\(path)/\(name)") == 0)
        return "\(path)/\(name)"
    }

    func names() throws -> [String] {
        var entries = try DirectoryEntries(of: Descriptor.directory(path))
        var names: [String] = []
        while let entry = try entries.next() { names.append(String(decoding: entry.name, as: UTF8.self)) }
        return names.sorted()
    }
}

/// One member of gzip.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var (input, output) = (bytes, [UInt8](repeating: 0, count: bytes.count + bytes.count / 100 + 1_024))
    var stream = z_stream()
    deflateInit2_(
        &stream,
        9,
        Z_DEFLATED,
        16 + MAX_WBITS,
        8,
        Z_DEFAULT_STRATEGY,
        ZLIB_VERSION,
        CInt(MemoryLayout<z_stream>.size)
    )
    input.withUnsafeMutableBufferPointer { input in
        output.withUnsafeMutableBufferPointer { output in
            (stream.next_in, stream.avail_in) = (input.baseAddress, uInt(input.count))
            (stream.next_out, stream.avail_out) = (output.baseAddress, uInt(output.count))
            deflate(&stream, Z_FINISH)
        }
    }
    deflateEnd(&stream)
    return Array(output.prefix(Int(stream.total_out)))
}

@Suite struct PackedInputTests {
    static let text = (0..<20_000).map { Invented.md5($0) + "\n" }.joined()
    static let packed = gzip(Array(text.utf8))

    @Test("gzip is known by its first bytes and unpacked, member after member")
    func members() throws {
        #expect(try ListText(.digests, bytes: gzip(Array("\(Invented.md5)\n".utf8))).read().report.kept == 1)
        let half = Self.text.utf8.count / 2 + 7
        let two = gzip(Array(Self.text.utf8.prefix(half))) + gzip(Array(Self.text.utf8.dropFirst(half)))
        #expect(try ListText(.digests, bytes: two).read().report.kept == 20_000)
    }

    @Test("zeros after the last member are padding")
    func padding() throws {
        let bytes = gzip(Array("\(Invented.md5)\n".utf8)) + [UInt8](repeating: 0, count: 1_000)
        #expect(try ListText(.digests, bytes: bytes).read().report.kept == 1)
    }

    @Test(
        "gzip that was cut short anywhere says so",
        arguments: [3, 12, 1_000, packed.count - 9, packed.count - 1]
    )
    func cutShort(count: Int) {
        #expect(ListText(.digests, bytes: Array(Self.packed.prefix(count))).fault?.reason == .gzipCutShort)
    }

    @Test(
        "gzip that was damaged anywhere is refused",
        arguments: [4, 20, 5_000, packed.count - 6, packed.count - 2]
    )
    func damaged(place: Int) {
        var bytes = Self.packed
        bytes[place] ^= 0x55
        let reason = ListText(.digests, bytes: bytes).fault?.reason
        // A flipped bit may make a line of the text wrong before the check at the end does.
        #expect(reason != nil || place == 4, "the time of packing says nothing")
    }

    @Test("something else after a member is refused")
    func trailing() {
        let bytes = gzip(Array("\(Invented.md5)\n".utf8)) + Array("\(Invented.md5)\n".utf8)
        #expect(ListText(.digests, bytes: bytes).fault?.reason == .gzipDamaged)
    }

    @Test(
        "what another program packed is named as that, not as a bad first line",
        arguments: [
            ("zip", [0x50, 0x4B, 0x03, 0x04]), ("xz", [0xFD, 0x37, 0x7A, 0x58]),
            ("zstd", [0x28, 0xB5, 0x2F, 0xFD]), ("7z", [0x37, 0x7A, 0xBC, 0xAF]),
            ("bzip2", [0x42, 0x5A, 0x68, 0x39]),
        ] as [(String, [UInt8])]
    )
    func otherPacking(format: String, magic: [UInt8]) {
        for list in [ListFormat.digests, .json, .ncmec] {
            let fault = ListText(list, bytes: magic + [UInt8](repeating: 7, count: 40)).fault
            #expect(fault?.reason == .packed(format))
        }
    }

    @Test("gzip that unpacks to more than a hundred times its size is refused before it fills anything")
    func bomb() throws {
        let line = String(repeating: "#", count: 4_000) + "\n"
        let lines = gzip(Array(String(repeating: line, count: 5_000).utf8))
        var source = ListSource(name: "x", file: "file", supplier: "s", listClass: .csam)
        source.format = .digests
        let fault = #expect(throws: ListFault.self) { try ListReading.read(lines, as: source) { _ in true } }
        #expect(fault?.reason == .gzipBomb)
    }

    @Test("UTF-16 with its mark is read as text, of either order, with characters beyond it")
    func utf16() throws {
        let text = #"[{"MD5":"\#(Invented.md5)","id":"\#u{1F600}é"}]"#
        let units = Array(text.utf16)
        let little: [UInt8] = [0xFF, 0xFE] + units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let big: [UInt8] = [0xFE, 0xFF] + units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        for bytes in [little, big] {
            let list = ListText(.json, bytes: bytes) { $0.mapping.fields = [.md5: "/MD5", .id: "/id"] }
            #expect(try list.read().entries.map(\.name) == ["\u{1F600}é"])
        }
        #expect(ListText(.digests, bytes: Array(little.dropLast())).fault?.reason == .badUTF16)
        #expect(ListText(.digests, bytes: [0xFF, 0xFE, 0x00, 0xDC]).fault?.reason == .badUTF16)
        // Two characters that are no JSON, then half a pair: one fault, in one piece as in several.
        let mixed: [UInt8] = [0xFE, 0xFF, 0x22, 0x4A, 0x2A, 0x22, 0xDB, 0xD2, 0xD2, 0xBA, 0xCA]
        var source = ListSource(name: "x", file: "file", supplier: "s", listClass: .csam)
        source.format = .json
        source.mapping.fields = [.md5: "/MD5"]
        let faults = [1 << 20, 5, 4].map { count in
            #expect(throws: ListFault.self) {
                try ListReading.read(mixed, as: source, pieceByteCount: count) { _ in true }
            }
        }
        #expect(Set(faults.map { "\($0!)" }).count == 1)
    }

    @Test("files of a directory are one list in the order of their names")
    func directory() throws {
        let scratch = try ScratchFiles()
        let directory = try scratch.directory("parts")
        _ = try scratch.file("parts/b.txt", "\(Invented.md5(2))\n")
        _ = try scratch.file("parts/a.txt.gz", bytes: gzip(Array("\(Invented.md5(1))\n".utf8)))
        _ = try scratch.file("parts/.hidden", "not a digest\n")
        let source = ListSource(name: "x", file: directory, supplier: "s", listClass: .csam)
        var values: [[String]] = []
        var last: (UInt64, UInt64) = (0, 0)
        func show(_ bytesRead: UInt64, _ total: UInt64) { last = (bytesRead, total) }
        _ = try ListReading.read(source, workspace: nil, progress: show) {
            values.append($0.values)
            return true
        }
        #expect(values == [[Invented.md5(1)], [Invented.md5(2)]])
        #expect(last.0 == last.1 && last.0 > 33)
    }

    @Test("a fault names the file of the directory that has it")
    func names() throws {
        let scratch = try ScratchFiles()
        let directory = try scratch.directory("parts")
        _ = try scratch.file("parts/a.txt", "\(Invented.md5(2))\n")
        let bad = try scratch.file("parts/b.txt", "\nx\n")
        let source = ListSource(name: "x", file: directory, supplier: "s", listClass: .csam)
        #expect(throws: ListFault(file: bad, place: .line(2), reason: .noDigest)) {
            try ListReading.read(source, workspace: nil) { _ in true }
        }
    }

    @Test("a link, a directory of directories, an empty one and a missing file are no list")
    func noFile() throws {
        let scratch = try ScratchFiles()
        let real = try scratch.file("real", "\(Invented.md5)\n")
        let empty = try scratch.directory("empty")
        let nested = try scratch.directory("nested")
        _ = try scratch.directory("nested/inner")
        for path in [try scratch.link("linked", to: real), "\(real)-is-missing", empty, nested] {
            let source = ListSource(name: "x", file: path, supplier: "s", listClass: .csam)
            #expect(throws: (any Error).self) { try ListReading.read(source, workspace: nil) { _ in true } }
        }
    }

    @Test("a pipe is read until its writer closes it")
    func pipe() throws {
        let scratch = try ScratchFiles()
        let path = "\(scratch.path)/pipe"
        try #require(mkfifo(path, 0o600) == 0)
        var writer = pthread_t()
        let name = strdup(path)
        pthread_create(
            &writer,
            nil,
            { name in
                let file = open(name!.assumingMemoryBound(to: CChar.self), O_WRONLY)
                for number in 0..<3 {
                    let line = Array("\(Invented.md5(number))\n".utf8)
                    _ = line.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
                }
                close(file)
                return nil
            },
            name
        )
        let source = ListSource(name: "x", file: path, supplier: "s", listClass: .csam)
        #expect(try ListReading.read(source, workspace: nil) { _ in true }.kept == 3)
        pthread_join(writer, nil)
        free(name)
    }
}
