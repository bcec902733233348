import GenerationFormat
import Glibc
import HashLists
import LinuxIO
import ListImport
import UploadModel

// What generations cost, measured on invented values: `ListStage build DIR COUNT`, `open DIR`, `look DIR COUNT`,
// `pictures DIR COUNT`. A JSON object a line. The values are numbers mixed by a known function, so that each run knows
// what was planted without keeping it.

@main
struct ListStage {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count >= 2, let count = Int(arguments.dropFirst(2).first ?? "0") else { usage() }
        let folder = arguments[arguments.startIndex + 1]
        switch arguments.first {
        case "build": try Digests(folder).build(count)
        case "open": try Digests(folder).open()
        case "look": try Digests(folder).look(planted: count)
        case "pictures": try Pictures(folder).run(count)
        case "sample": try Pictures.sample(count)
        default: usage()
        }
    }

    static func usage() -> Never {
        print("usage: ListStage build|look|pictures|sample DIR COUNT, or open DIR")
        exit(64)
    }
}

/// A generation in a directory of its own, with a key that lies beside it.
final class Ground {
    let path: String
    let lists: Descriptor
    let key: SigningKey

    init(_ path: String) throws {
        self.path = path
        try ThisProcess.makeDirectoryIfMissing(path, mode: 0o700)
        let home = try Descriptor.directory(path)
        lists = try home.ensureDirectory(Array("lists".utf8), mode: 0o700, subject: path)
        if try home.statusIfThere(of: Array("lists.key".utf8)) == nil {
            try SigningKey.generate().write(to: "\(path)/lists.key")
        }
        let text = try Descriptor.open("\(path)/lists.key").readAll(limit: 100)
        key = try SigningKey(file: String(decoding: text, as: UTF8.self))
    }

    func build(_ reading: (inout GenerationBuild) throws -> Void) throws {
        var source = ListSource(name: "invented", file: "", supplier: "Invented", listClass: .csam)
        source.synthetic = true
        _ = try GenerationBuilder.build(
            [source],
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
            publicKey: Hex.bytes(key.publicKeyHex.utf8) ?? [],
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

// MARK: - Exact digests

struct Digests {
    let ground: Ground

    init(_ path: String) throws { ground = try Ground(path) }

    /// The planted are those of even numbers, the absent of odd ones.
    @inline(__always)
    static func md5(_ number: UInt64) -> UploadModel.Digest {
        UploadModel.Digest(.md5, words: SIMD4(mixed(2 &* number), mixed(~number), 0, 0))
    }

    func build(_ count: Int) throws {
        let time = try seconds {
            try ground.build { build in
                var entry = ImportedEntry()
                for number in 0..<UInt64(count) {
                    entry.md5 = Self.md5(2 * number)
                    try build.add(entry, list: 0)
                }
            }
        }
        let usage = usageNow()
        let sizes = try ground.dropped()
        let table = sizes.filter { $0.name.hasPrefix("md5.") && !$0.name.hasSuffix("places") }
        let all = sizes.reduce(0) { $0 + $1.byteCount }
        let tableBytes = table.reduce(0) { $0 + $1.byteCount }
        report([
            ("entries", Double(count)), ("build_seconds", time),
            ("build_cpu_seconds", Double(Clocks.processCPU) / 1e9),
            ("build_peak_mib", Double(usage.ru_maxrss) / 1_024),
            ("table_bytes_an_entry", Double(tableBytes) / Double(count)),
            ("provenance_bytes_an_entry", Double(all - tableBytes) / Double(count)),
        ])
    }

    func open() throws {
        _ = try ground.dropped()
        var generation: Generation?
        var cpu = 0.0
        let time = try seconds { cpu = try cpuSeconds { generation = try ground.open() } }
        let again = try seconds { generation = try ground.open() }
        report([
            ("open_cold_seconds", time), ("open_cold_cpu_seconds", cpu), ("open_warm_seconds", again),
            ("entries", Double(generation?.entryCount ?? 0)),
        ])
    }

    func look(planted count: Int) throws {
        _ = try ground.dropped()
        let generation = try ground.open()
        let faults = coldMisses(generation, 20_000)
        let step = UInt64(max(1, count / 1_000_000))
        let found = hits(generation, (0..<UInt64(min(count, 1_000_000))).map { Self.md5(2 * step * $0) })
        let absent = (0..<10_000_000).map { Self.md5(2 * $0 + 1) }
        _ = hits(generation, absent)  // Warm.
        var wrong = 0
        let time = cpuSeconds { wrong = hits(generation, absent) }
        report([
            ("planted", Double(min(count, 1_000_000))), ("planted_found", Double(found)),
            ("absent", Double(absent.count)), ("absent_found", Double(wrong)),
            ("cold_faults_a_miss", faults), ("ns_a_miss_warm", time * 1e9 / Double(absent.count)),
        ])
    }

    private func hits(_ generation: Generation, _ digests: [UploadModel.Digest]) -> Int {
        var found = 0
        generation.look(for: digests.span) { _ in found += 1 }
        return found
    }

    /// Page faults that went to the disk, of look-ups one at a time.
    private func coldMisses(_ generation: Generation, _ count: Int) -> Double {
        let before = usageNow().ru_majflt
        for number in 0..<UInt64(count) {
            let absent = UploadModel.Digest(.md5, words: SIMD4(mixed(number &+ 1 << 60), 1, 0, 0))
            if !generation.entries(meeting: DigestSet(byteCount: 1, [absent])).isEmpty { exit(70) }
        }
        return Double(usageNow().ru_majflt - before) / Double(count)
    }
}

// MARK: - Perceptual hashes

struct Pictures {
    let ground: Ground
    private static let questions = 256

    init(_ path: String) throws { ground = try Ground(path) }

    static func hash(_ number: UInt64) -> SIMD4<UInt64> {
        SIMD4(mixed(4 &* number), mixed(4 &* number + 1), mixed(4 &* number + 2), mixed(4 &* number + 3))
    }

    /// The hash of a planted entry with so many bits turned.
    static func turned(_ number: UInt64, _ distance: Int) -> SIMD4<UInt64> {
        var hash = hash(number)
        var turned: Set<Int> = []
        var next = number &* 77
        while turned.count < distance {
            next &+= 1
            turned.insert(Int(mixed(next) % 256))
        }
        for bit in turned { hash[bit / 64] ^= 1 << UInt64(bit % 64) }
        return hash
    }

    /// Question k is as far as k modulo 40 bits from the entry that it is made from.
    static func question(_ number: Int, of count: Int) -> (bits: SIMD4<UInt64>, entry: UInt64) {
        let entry = mixed(UInt64(number) &+ 99) % UInt64(count)
        return (turned(entry, number % 40), entry)
    }

    /// Entries, then questions, 32 bytes each, for other programs to be asked the same.
    static func sample(_ count: Int) throws {
        var bytes: [UInt8] = []
        func write(_ hash: SIMD4<UInt64>) throws {
            for word in 0..<4 { withUnsafeBytes(of: hash[word].bigEndian) { bytes.append(contentsOf: $0) } }
            guard bytes.count >= 1 << 20 else { return }
            try ThisProcess.writeToStandardOutput(bytes)
            bytes.removeAll(keepingCapacity: true)
        }
        for number in 0..<UInt64(count) { try write(hash(number)) }
        for number in 0..<questions { try write(question(number, of: count).bits) }
        try ThisProcess.writeToStandardOutput(bytes)
    }

    func run(_ count: Int) throws {
        let build = try seconds {
            try ground.build { build in
                var entry = ImportedEntry()
                for number in 0..<UInt64(count) {
                    entry.perceptual = Self.hash(number)
                    try build.add(entry, list: 0)
                }
            }
        }
        let peak = Double(usageNow().ru_maxrss) / 1_024
        let sizes = try ground.dropped()
        let asked = (0..<Self.questions).map { Self.question($0, of: count) }
        let hashes = asked.map {
            PerceptualHash(bits: $0.bits, quality: 100, reading: .full, orientation: .original)
        }
        let truth = linear(hashes, count)

        var generation: Generation?
        let open = try seconds { generation = try ground.open() }
        let lists = generation!
        var scanned: [[Neighbour]] = []
        let cold = seconds { scanned = lists.neighbours(of: Array(hashes.prefix(24))) }
        let usedScan = lists.pictureSearch == .scan
        var scans: [[Neighbour]] = []
        let scan = cpuSeconds { scans = lists.neighbours(of: Array(hashes.prefix(24))) }
        let stillScan = lists.pictureSearch == .scan
        if scans != scanned { exit(70) }
        while lists.pictureSearch == .scan { ThisProcess.sleep(milliseconds: 20) }
        var found = lists.neighbours(of: hashes)
        let index = cpuSeconds { found = lists.neighbours(of: hashes) }
        var alone: [[Neighbour]] = []
        let single = cpuSeconds { for hash in hashes { alone += lists.neighbours(of: [hash]) } }

        let wrong =
            zip(found, truth).count { $0.map(\.distance).sorted() != $1 }
            + zip(scanned, truth).count { $0.map(\.distance).sorted() != $1 }
            + zip(alone, found).count { $0 != $1 }
        report([
            ("entries", Double(count)), ("build_seconds", build), ("build_peak_mib", peak),
            ("bytes_an_entry", Double(sizes.reduce(0) { $0 + $1.byteCount }) / Double(count)),
            ("open_seconds", open), ("first_24_by_scan", usedScan ? 1 : 0),
            ("first_24_cold_ms_each", cold * 1e3 / 24),
            ("scan_warm_us_a_query", stillScan ? scan * 1e6 / 24 : 0),
            ("index_us_a_query", index * 1e6 / Double(hashes.count)),
            ("index_alone_us_a_query", single * 1e6 / Double(hashes.count)), ("wrong_answers", Double(wrong)),
            ("neighbours", Double(truth.reduce(0) { $0 + $1.count })),
        ])
    }

    /// The distances of all that are within 31 bits, by looking at each.
    private func linear(_ hashes: [PerceptualHash], _ count: Int) -> [[Int]] {
        var found = [[Int]](repeating: [], count: hashes.count)
        for number in 0..<UInt64(count) {
            let entry = Self.hash(number)
            for index in hashes.indices {
                let distance = hashes[index].distance(to: entry)
                if distance <= PerceptualHash.farthest { found[index].append(distance) }
            }
        }
        return found.map { $0.sorted() }
    }
}
