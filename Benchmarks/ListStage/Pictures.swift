import Glibc
import HashLists
import LinuxIO
import ListImport
import UploadModel

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
        // Too few have no index, and are scanned for ever.
        while !lists.isReadIn { ThisProcess.sleep(milliseconds: 20) }
        let usesIndex = lists.pictureSearch == .index
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
            ("the_rest_by_index", usesIndex ? 1 : 0),
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
