import GenerationFormat
import Glibc
import HashLists
import LinuxIO
import ListImport
import UploadModel

/// What a thousand changes cost as a delta, and what a whole build of the same costs.
struct Deltas {
    let ground: Ground
    private static let changes: UInt64 = 1_000

    init(_ path: String) throws { ground = try Ground(path) }

    func run(_ count: Int) throws {
        let count = UInt64(count)
        _ = try build(count, changed: false, isWhole: true)
        _ = try ground.dropped()
        let delta = try measured { try build(count, changed: true, isWhole: false) }
        let former = try ground.open()
        try compare(former, count)
        let miss = missed(former)
        let whole = try measured { try build(count, changed: true, isWhole: true) }
        let wholeMiss = missed(try ground.open())
        report([
            ("entries", Double(count)), ("changes", Double(Self.changes)),
            ("delta_seconds", delta.seconds), ("delta_cpu_seconds", delta.cpu),
            ("delta_bytes_written", delta.bytes), ("whole_seconds", whole.seconds),
            ("whole_cpu_seconds", whole.cpu), ("whole_bytes_written", whole.bytes),
            ("ns_a_miss_with_delta", miss), ("ns_a_miss_whole", wholeMiss),
        ])
    }

    /// Bytes of files that no other generation has, and so were written for this one.
    private func measured(_ body: () throws -> BuildExtent) throws -> (
        seconds: Double, cpu: Double, bytes: Double
    ) {
        let cpu = Clocks.processCPU
        let time = try seconds { if case .whole(.tooManyChanges) = try body() { exit(70) } }
        let used = Double(Clocks.processCPU - cpu) / 1e9
        let name = try Generation.currentName(in: ground.lists) ?? ""
        let folder = try ground.lists.open(Array(name.utf8), .directory)
        var entries = try DirectoryEntries(of: folder)
        var bytes: UInt64 = 0
        while let entry = try entries.next() {
            let status = try folder.status(of: entry.name)
            if status.links == 1 { bytes += status.size }
        }
        return (time, used, Double(bytes))
    }

    /// Half of the changes are withdrawn, half added, evenly spread over the list.
    private func build(_ count: UInt64, changed: Bool, isWhole: Bool) throws -> BuildExtent {
        let step = max(1, 2 * count / Self.changes)
        let ground = self.ground
        return try GenerationBuilder.build(
            [Ground.source],
            into: ground.lists,
            signingKey: ground.key,
            at: Timestamp(nanoseconds: Clocks.realtime),
            upon: isWhole
                ? nil : { try Generation.verifiedManifest($0, in: ground.lists, publicKey: ground.publicKey) }
        ) { build in
            var entry = ImportedEntry()
            for number in 0..<count {
                if changed, number % step == step / 2 { continue }
                entry.md5 = Digests.md5(2 * number)
                try build.add(entry, list: 0)
                guard changed, number % step == 0 else { continue }
                entry.md5 = Digests.md5(2 * (count + number))
                try build.add(entry, list: 0)
            }
            return [BuildReport.ListReport(name: Ground.source.name)]
        }.extent
    }

    /// What was added is found, and what was withdrawn is not.
    private func compare(_ generation: Generation, _ count: UInt64) throws {
        let step = max(1, 2 * count / Self.changes)
        for number in stride(from: 0, to: count, by: Int(step)) {
            let added = DigestSet(byteCount: 1, [Digests.md5(2 * (count + number))])
            let withdrawn = DigestSet(byteCount: 1, [Digests.md5(2 * (number + step / 2))])
            guard generation.entries(meeting: added).count == 1,
                generation.entries(meeting: withdrawn).isEmpty
            else { exit(70) }
        }
    }

    private func missed(_ generation: Generation) -> Double {
        let absent = (0..<2_000_000).map { Digests.md5(2 * $0 + 1) }
        var found = 0
        generation.look(for: absent.span) { _ in found += 1 }
        let time = cpuSeconds { generation.look(for: absent.span) { _ in found += 1 } }
        if found > 0 { exit(70) }
        return time * 1e9 / Double(absent.count)
    }
}
