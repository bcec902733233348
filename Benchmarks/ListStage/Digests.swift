import Glibc
import HashLists
import LinuxIO
import UploadModel

struct Digests {
    let ground: Ground

    init(_ path: String) throws { ground = try Ground(path) }

    /// The planted are those of even numbers, the absent of odd ones.
    @inline(__always)
    static func md5(_ number: UInt64) -> UploadModel.Digest {
        UploadModel.Digest(.md5, words: SIMD4(mixed(2 &* number), mixed(~number), 0, 0))
    }

    /// A list as a supplier would write it, of the planted digests.
    static func feed(_ count: Int) throws {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for number in 0..<UInt64(count) {
            let words = md5(2 * number).words
            for word in [words[0], words[1]] {
                for shift in stride(from: 60, through: 0, by: -4) {
                    text.append(digits[Int(truncatingIfNeeded: word >> UInt64(shift)) & 15])
                }
            }
            text.append(UInt8(ascii: "\n"))
            guard text.count >= 1 << 18 || number == count - 1 else { continue }
            try ThisProcess.writeToStandardOutput(text)
            text.removeAll(keepingCapacity: true)
        }
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
