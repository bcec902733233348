import CHammingKernels
import Testing

/// One after the other, since the kernel is the process's.
@Suite(.serialized) struct KernelTests {
    static let kernels = ["avx512", "avx2", "popcnt", "portable"]

    @Test(
        "each kernel that this processor has finds the same near words as counting one by one",
        arguments: kernels
    )
    func near(kernel: String) {
        guard bw_hamming_force(kernel) == 0 else { return }
        defer { bw_hamming_force(nil) }
        #expect(String(cString: bw_hamming_kernel()) == kernel)
        var random = SplitMix64(state: 1)
        for count in [0, 1, 3, 4, 5, 7, 8, 9, 63, 512] {
            let wanted = SIMD2(random.next(), random.next())
            let words = (0..<count).map { _ in
                SIMD2(
                    wanted[0] ^ random.next() & random.next(),
                    wanted[1] ^ random.next() & random.next() & random.next()
                )
            }
            for limit in [0, 20, 31, 45, 128] as [CInt] {
                var hits = [UInt16](repeating: 0, count: count + 1)
                let found = bw_near128(
                    words.map { $0[0] },
                    words.map { $0[1] },
                    count,
                    wanted[0],
                    wanted[1],
                    limit,
                    &hits
                )
                let expected = words.indices.filter {
                    let turned = words[$0] ^ wanted
                    return turned[0].nonzeroBitCount + turned[1].nonzeroBitCount <= limit
                }
                #expect(hits[..<found].map(Int.init) == expected)
            }
        }
    }

    @Test(
        "each kernel finds the same in buckets, says how much room it needs, and stays within the entries",
        arguments: kernels
    )
    func probe(kernel: String) {
        guard bw_hamming_force(kernel) == 0 else { return }
        defer { bw_hamming_force(nil) }
        var random = SplitMix64(state: 2)
        let (wanted, next) = (random.next(), UInt32(truncatingIfNeeded: random.next()))
        // Sixteen buckets of uneven size.
        let sizes = (0..<16).map { $0 * $0 % 11 }
        let starts = sizes.reduce(into: [UInt32(0)]) { $0.append($0.last! + UInt32($1)) }
        let count = Int(starts.last!)
        var entries: [UInt64] = []
        for place in 0..<UInt64(count) {
            let turned = random.next() & random.next() & 0xFFFF_FFFF
            entries.append(wanted ^ (random.next() & random.next()))
            entries.append((UInt64(next) ^ turned) | place << 32)
        }
        let masks: [UInt32] = [0, 1, 2, 4, 8, 3, 15]
        for value in 0..<16 as Range<UInt32> {
            let expected = masks.flatMap { mask -> [Int] in
                let bucket = Int(value ^ mask)
                return (Int(starts[bucket])..<Int(starts[bucket + 1])).filter {
                    let bits = (entries[2 * $0] ^ wanted).nonzeroBitCount
                    return bits + (UInt32(truncatingIfNeeded: entries[2 * $0 + 1]) ^ next).nonzeroBitCount
                        <= 24
                }
            }
            for room in [0, 2, 200] {
                var hits = [UInt32](repeating: .max, count: room + 1)
                let found = bw_probe(
                    starts,
                    entries,
                    count,
                    value,
                    masks,
                    masks.count,
                    wanted,
                    next,
                    24,
                    &hits,
                    room
                )
                #expect(found == expected.count)
                #expect(hits.prefix(min(room, found)).map(Int.init) == Array(expected.prefix(room)))
                #expect(hits[room] == .max)
            }
        }
        var hits: [UInt32] = [0]
        #expect(bw_probe([0, 900], entries, 0, 0, [0], 1, wanted, next, 96, &hits, 1) == 0)
    }
}
