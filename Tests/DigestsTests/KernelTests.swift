import CDigestKernels
import COpenSSL
import Foundation
import Testing
import UploadModel

@testable import Digests

/// Every kernel against OpenSSL. The program `Fuzz/FuzzDigests` does the same with batches of its own making.
@Suite struct KernelTests {
    static let content = invented(70_128)
    /// What OpenSSL says of every prefix.
    static let said = prefixes(content, longest: 70_000)

    static let streams: [DigestKernel] = [.openssl, .stitched].filter(\.isAvailable)
    static let side: [DigestKernel] = [.avx2, .avx512].filter(\.isAvailable)
    static let sets = (1..<8).map { DigestAlgorithms(rawValue: $0) }

    @Test("one at a time: every length from 0 to 70,000")
    func everyLength() {
        for algorithms in Self.sets {
            for advance in Self.oneAtATime {
                var state = bw_digest_state()
                bw_digest_init(&state)
                var wrong: [Int] = []
                for block in 0...70_000 / 64 {
                    for length in 64 * block..<min(64 * block + 64, 70_001) {
                        let found = Self.ended(state, at: block, length, algorithms, advance)
                        if found != Self.said[length].only(algorithms) { wrong.append(length) }
                    }
                    Self.content.withUnsafeBufferPointer {
                        advance(&state, algorithms, $0.baseAddress! + 64 * block, 1, false)
                    }
                }
                #expect(wrong.prefix(10) == [], "the first of \(wrong.count) lengths")
            }
        }
    }

    /// As many lengths as there are lanes at a time; which lane a length gets moves on with each block.
    @Test(
        "side by side: every length from 0 to 70,000",
        arguments: side,
        [DigestAlgorithms.all, DigestAlgorithms(.md5), DigestAlgorithms(.sha256)]
    )
    func everyLengthInLanes(kernel: DigestKernel, algorithms: DigestAlgorithms) {
        var (state, wrong, tested) = (bw_digest_state(), [Int](), Set<Int>())
        bw_digest_init(&state)
        for block in 0...70_000 / 64 {
            let lengths = (64 * block..<min(64 * block + 64, 70_001)).map { $0 }
            for first in lengths.indices {
                if first % 4 != block % 4 { continue }
                let some = (0..<kernel.width(for: algorithms)).map { lengths[(first + $0) % lengths.count] }
                tested.formUnion(some)
                let found = Batch(some, from: state, block).digested(by: kernel, algorithms)
                wrong += zip(some, found).filter { Self.said[$0].only(algorithms) != $1 }.map(\.0)
            }
            Self.content.withUnsafeBufferPointer {
                state.advanceByOpenSSL(.all, over: $0.baseAddress! + 64 * block, blocks: 1, isEnding: false)
            }
        }
        #expect(tested == Set(0...70_000))
        #expect(wrong.prefix(10) == [], "the first of \(wrong.count) lengths")
    }

    @Test("lanes of very unequal length, each set of algorithms alone", arguments: side, sets)
    func unequal(kernel: DigestKernel, algorithms: DigestAlgorithms) {
        var beginning = bw_digest_state()
        bw_digest_init(&beginning)
        for _ in 0..<20 {
            let lengths = (0..<kernel.width(for: algorithms)).map { _ in Int.random(in: 0...70_000) }
            let found = Batch(lengths, from: beginning, 0).digested(by: kernel, algorithms)
            let wrong = zip(lengths, found).filter { Self.said[$0].only(algorithms) != $1 }.map(\.0)
            #expect(wrong == [], "lengths, of \(lengths)")
        }
    }

    @Test("a stream may change between its lane and a loop of its own at any block", arguments: side, sets)
    func change(kernel: DigestKernel, algorithms: DigestAlgorithms) {
        let lane = kernel.width(for: algorithms) - 3
        Self.content.withUnsafeBytes { content in
            var lanes = LaneDigests(kernel, algorithms)
            var padded = Array(content[..<10_000]) + [UInt8](repeating: 0, count: LaneDigests.roomToPad)
            let blocks = padded.withUnsafeMutableBytes {
                156 + LaneDigests.pad($0.baseAddress! + 156 * 64, count: 16, total: 10_000)
            }
            padded.withUnsafeBytes { padded in
                lanes.begin(lane)
                for block in 0..<blocks {
                    let isLast = block == blocks - 1
                    lanes.set(lane, to: padded.baseAddress! + 64 * block)
                    if block % 3 == 1 {
                        lanes.advance(lane, by: 1, isEnding: isLast)
                    } else {
                        lanes.advance(by: 1, busy: 1 << lane, ending: isLast ? 1 << lane : 0)
                    }
                }
            }
            #expect(lanes.digests(lane, byteCount: 10_000) == Self.said[10_000].only(algorithms))
        }
    }

    @Test("long streams in pieces of any size", arguments: streams)
    func long(kernel: DigestKernel) {
        #if DEBUG
            let longest = 4 << 20
        #else
            let longest = 64 << 20
        #endif
        for _ in 0..<4 {
            let length = Int.random(in: 0...longest)
            var running = RunningDigest(by: kernel)
            let openssl = OpenSSLDigest(.all)
            var left = length
            while left > 0 {
                let piece = Self.content.span.bytes.extracting(first: min(Int.random(in: 1...70_000), left))
                running.update(piece)
                piece.withUnsafeBytes { openssl.update($0) }
                left -= piece.byteCount
            }
            let said = DigestSet(byteCount: UInt64(length), openssl.finish())
            #expect(running.finish() == said, "\(length) bytes")
        }
    }

    @Test("a forced kernel takes all files, and the best one those that it is faster for", arguments: sets)
    func worth(algorithms: DigestAlgorithms) {
        for kernel in Self.side { #expect(DigestKernels.only(kernel).fewestLanes(for: algorithms) == 1) }
        guard DigestKernels.best.lanes == .avx512, DigestKernel.stitched.isAvailable else { return }
        // md5, sha1, both, sha256, and so on, as the set's bits count.
        let expected = [3, 5, 4, 7, 4, 7, 5]
        #expect(DigestKernels.best.fewestLanes(for: algorithms) == expected[Int(algorithms.rawValue) - 1])
    }

    @Test("BREAKWATER_CPU takes extensions away, and gives none")
    func mask() {
        guard let names = ProcessInfo.processInfo.environment["BREAKWATER_CPU"] else { return }
        let left = names.split(separator: ",")
        for name in ["sha", "avx2", "avx512"] where bw_cpu_has(name) == 1 {
            #expect(left.contains { $0 == name })
        }
        if left == ["none"] { #expect(DigestKernels.best.description.hasPrefix("openssl (")) }
    }

    @Test("no digest at all needs no lanes")
    func none() { #expect(DigestKernels.best.fewestLanes(for: []) >= 1) }
}

extension KernelTests {
    typealias Advance =
        (inout bw_digest_state, DigestAlgorithms, UnsafePointer<UInt8>, Int, Bool) -> Void

    /// What a stream goes on with that left its lane: whichever is used here, and OpenSSL's.
    static var oneAtATime: [Advance] {
        [
            { $0.advance($1, over: $2, blocks: $3, isEnding: $4) },
            { $0.advanceByOpenSSL($1, over: $2, blocks: $3, isEnding: $4) },
        ]
    }

    /// The digests of a prefix that ends in the block after those that `state` has taken in.
    private static func ended(
        _ state: bw_digest_state,
        at block: Int,
        _ length: Int,
        _ algorithms: DigestAlgorithms,
        _ advance: Advance
    ) -> DigestSet {
        var state = state
        var tail = [UInt8](repeating: 0xA5, count: 128)
        let blocks = content.withUnsafeBufferPointer {
            bw_digest_pad(&tail, $0.baseAddress! + 64 * block, length - 64 * block, UInt64(length))
        }
        advance(&state, algorithms, tail, blocks, true)
        return DigestSet(state, algorithms, byteCount: UInt64(length))
    }

    /// One context goes through it all; a copy of it is ended at each length.
    private static func prefixes(_ content: [UInt8], longest: Int) -> [DigestSet] {
        let openssl = OpenSSLDigest(.all)
        let copies = openssl.contexts.map { ($0.algorithm, EVP_MD_CTX_new()!) }
        defer { for (_, copy) in copies { EVP_MD_CTX_free(copy) } }
        return (0...longest).map { length in
            for (copy, original) in zip(copies, openssl.contexts) {
                EVP_MD_CTX_copy_ex(copy.1, original.context)
            }
            content[length..<length + 1].withUnsafeBytes { openssl.update($0) }
            return DigestSet(byteCount: UInt64(length), copies.map(OpenSSLDigest.value))
        }
    }
}

/// Prefixes of the content, one a lane, each in memory of its own with its padding.
private final class Batch {
    private let lengths: [Int]
    private let state: bw_digest_state
    /// The block from which on the lanes are to go, `state` being what came before.
    private let start: Int
    private let buffers: [UnsafeMutableRawBufferPointer]
    /// Blocks to the end of each, from the very beginning.
    private let ends: [Int]

    init(_ lengths: [Int], from state: bw_digest_state, _ start: Int) {
        (self.lengths, self.state, self.start) = (lengths, state, start)
        buffers = lengths.map { length in
            let bytes = KernelTests.content[64 * start..<length]
            let room = bytes.count + LaneDigests.roomToPad
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 1)
            buffer.copyBytes(from: bytes)
            return buffer
        }
        ends = zip(lengths, buffers).map { length, buffer in
            let rest = buffer.baseAddress! + 64 * (length / 64 - start)
            return length / 64 + LaneDigests.pad(rest, count: length % 64, total: UInt64(length))
        }
    }

    deinit { for buffer in buffers { buffer.deallocate() } }

    /// Runs every lane to its own end, the others going on beside it.
    func digested(by kernel: DigestKernel, _ algorithms: DigestAlgorithms) -> [DigestSet] {
        var lanes = LaneDigests(kernel, algorithms)
        for lane in lengths.indices { lanes.set(lane, to: state) }
        var found = lengths.map { DigestSet(byteCount: UInt64($0)) }
        var (at, busy) = (start, UInt32.max >> UInt32(32 - lengths.count))
        while busy != 0 {
            let running = lengths.indices.filter { busy & 1 << $0 != 0 }
            let next = running.map { ends[$0] }.min()!
            for lane in running { lanes.set(lane, to: buffers[lane].baseAddress! + 64 * (at - start)) }
            let ending = running.filter { ends[$0] == next }.reduce(UInt32(0)) { $0 | 1 << UInt32($1) }
            lanes.advance(by: next - at, busy: busy, ending: ending)
            (busy, at) = (busy & ~ending, next)
            for lane in running where ending & 1 << lane != 0 {  // what it holds is soon another's
                found[lane] = lanes.digests(lane, byteCount: UInt64(lengths[lane]))
            }
        }
        return found
    }
}

extension DigestSet {
    fileprivate func only(_ algorithms: DigestAlgorithms) -> DigestSet {
        DigestSet(byteCount: byteCount, members.filter { algorithms.has($0.algorithm) })
    }
}
