import GenerationFormat
import Glibc
import HashLists
import LinuxIO
import ListImport
import UploadModel

/// What a filter in front of a table costs, and what it saves while the table is not in memory.
struct Filters {
    let ground: Ground
    private static let cold = 20_000
    private static let warm = 2_000_000

    init(_ path: String) throws { ground = try Ground(path) }

    func run(_ count: Int) throws {
        for filtered in [false, true] {
            let generation = try opened(count, filtered: filtered)
            let faults = coldFaults(generation)
            let sizes = try ground.dropped()
            let table = sizes.filter { $0.name.hasPrefix("md5.") && !$0.name.hasSuffix("places") }
            report([
                ("entries", Double(count)), ("filtered", filtered ? 1 : 0),
                ("table_bytes_an_entry", Double(table.reduce(0) { $0 + $1.byteCount }) / Double(count)),
                ("cold_faults_a_miss", faults), ("ns_a_miss_warm", warmMiss(generation)),
                ("absent_let_pass", filtered ? try letPass(generation) : 1),
            ])
        }
    }

    private func opened(_ count: Int, filtered: Bool) throws -> Generation {
        _ = try GenerationBuilder.build(
            [Ground.source],
            into: ground.lists,
            signingKey: ground.key,
            at: Timestamp(nanoseconds: Clocks.realtime),
            resident: filtered ? 0 : .max
        ) { build in
            var entry = ImportedEntry()
            for number in 0..<UInt64(count) {
                entry.md5 = Digests.md5(2 * number)
                try build.add(entry, list: 0)
            }
            return [BuildReport.ListReport(name: Ground.source.name)]
        }
        _ = try ground.dropped()
        let generation = try ground.open()
        while !generation.isReadIn { ThisProcess.sleep(milliseconds: 20) }
        return generation
    }

    private static func absent(_ number: Int) -> UploadModel.Digest { Digests.md5(2 * UInt64(number) + 1) }

    /// Page faults that went to the disk, of look-ups one at a time.
    private func coldFaults(_ generation: Generation) -> Double {
        let before = usageNow().ru_majflt
        for number in 0..<Self.cold {
            let digests = DigestSet(byteCount: 1, [Self.absent(Self.warm + number)])
            if !generation.entries(meeting: digests).isEmpty { exit(70) }
        }
        return Double(usageNow().ru_majflt - before) / Double(Self.cold)
    }

    private func warmMiss(_ generation: Generation) -> Double {
        let absent = (0..<Self.warm).map(Self.absent)
        var found = 0
        generation.look(for: absent.span) { _ in found += 1 }
        let time = cpuSeconds { generation.look(for: absent.span) { _ in found += 1 } }
        if found > 0 { exit(70) }
        return time * 1e9 / Double(absent.count)
    }

    private func letPass(_ generation: Generation) throws -> Double {
        let folder = try ground.lists.open(Array(generation.name.utf8), .directory)
        let name = GenerationFile.filter(.md5)
        let mapping = try Mapping.of(try folder.open(Array(name.utf8)), subject: name)
        return try mapping.withBytes { bytes in
            let filter = try DigestFilter(bytes, of: .md5)
            let passed = (0..<Self.warm).count { filter.mayHold(Self.absent($0).words, in: bytes) }
            return Double(passed) / Double(Self.warm)
        }
    }
}
