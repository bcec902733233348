import Glibc
import HashLists
import LinuxIO
import ListImport
import UploadModel

/// Generations and their key, where "breakwater init" lays them out.
final class Ground: Sendable {
    let lists: Descriptor
    let key: SigningKey

    init(_ path: String) throws {
        for path in [path, "\(path)/state", "\(path)/state/lists", "\(path)/keys"] {
            try ThisProcess.makeDirectoryIfMissing(path, mode: 0o700)
        }
        lists = try Descriptor.directory("\(path)/state/lists")
        if try Descriptor.directory("\(path)/keys").statusIfThere(of: Array("lists.key".utf8)) == nil {
            try SigningKey.generate().write(to: "\(path)/keys/lists.key")
        }
        let text = try Descriptor.open("\(path)/keys/lists.key").readAll(limit: 100)
        key = try SigningKey(file: String(decoding: text, as: UTF8.self))
    }

    var publicKey: [UInt8] { Hex.bytes(key.publicKeyHex.utf8) ?? [] }

    static var source: ListSource {
        var source = ListSource(name: "invented", file: "", supplier: "Invented", listClass: .csam)
        source.synthetic = true
        return source
    }

    func build(_ reading: (inout GenerationBuild) throws -> Void) throws {
        _ = try GenerationBuilder.build(
            [Self.source],
            into: lists,
            signingKey: key,
            at: Timestamp(nanoseconds: Clocks.realtime)
        ) { build in
            try reading(&build)
            return [BuildReport.ListReport(name: "invented")]
        }
    }

    func open() throws -> Generation {
        try Generation.open(
            try Generation.currentName(in: lists) ?? "",
            in: lists,
            publicKey: publicKey,
            notBelow: 0
        )
    }

    /// Bytes of each file of the current generation, dropped from the page cache on the way.
    func dropped() throws -> [(name: String, byteCount: UInt64)] {
        let folder = try lists.open(Array((try Generation.currentName(in: lists) ?? "").utf8), .directory)
        var entries = try DirectoryEntries(of: folder)
        var sizes: [(name: String, byteCount: UInt64)] = []
        while let entry = try entries.next() {
            let file = try folder.open(entry.name)
            file.dropCache()
            sizes.append((String(decoding: entry.name, as: UTF8.self), try file.status().size))
        }
        return sizes
    }
}

/// Steele, Lea and Flood's mixing of a number.
@inline(__always)
func mixed(_ number: UInt64) -> UInt64 {
    var mixed = number &* 0x9E37_79B9_7F4A_7C15
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
}

func seconds(_ body: () throws -> Void) rethrows -> Double {
    let begin = Clocks.monotonic
    try body()
    return Double(Clocks.monotonic - begin) / 1e9
}

/// Of this thread's own work, whatever else the machine does meanwhile.
func cpuSeconds(_ body: () throws -> Void) rethrows -> Double {
    func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
    let begin = now()
    try body()
    return now() - begin
}

func usageNow() -> rusage {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage
}

func report(_ members: [(String, Double)]) {
    print("{" + members.map { "\"\($0)\": \($1)" }.joined(separator: ", ") + "}")
}
