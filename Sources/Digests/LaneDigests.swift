import CDigestKernels
package import UploadModel

/// Several streams of bytes side by side, one in each lane of the processor's wide registers.
///
/// Whoever uses it cuts the streams into blocks of 64 bytes, and ends each with ``pad(_:from:total:)``.
///
/// - Source: RFC 1321, FIPS 180-4.
package struct LaneDigests: ~Copyable {
    package static let blockSize = 64
    /// Bytes that a buffer must have room for behind the end of a stream.
    package static let roomToPad = 128

    package let width: Int
    private let kernel: DigestKernel
    private let algorithms: DigestAlgorithms
    private let memory: UnsafeMutableRawPointer
    /// Two states in that memory, sixteen lanes in each.
    private let groups: InlineArray<2, OpaquePointer?>
    /// Where each lane's next blocks lie.
    private var blocks: InlineArray<32, UnsafePointer<UInt8>?>

    /// - Precondition: `kernel` has lanes and is available.
    package init(_ kernel: DigestKernel, _ algorithms: DigestAlgorithms) {
        precondition(kernel.width > 1 && kernel.isAvailable)
        (self.kernel, self.algorithms, width) = (kernel, algorithms, kernel.width(for: algorithms))
        let size = 2 * Int(BW_LANES_SIZE)
        memory = .allocate(byteCount: size, alignment: Int(BW_LANES_ALIGNMENT))
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        groups = [OpaquePointer(memory), OpaquePointer(memory + Int(BW_LANES_SIZE))]
        blocks = InlineArray(repeating: nil)
    }

    deinit { memory.deallocate() }

    func state(_ lane: Int) -> bw_digest_state {
        var state = bw_digest_state()
        bw_lanes_state(groups[lane / 16], UInt32(lane % 16), &state)
        return state
    }

    mutating func set(_ lane: Int, to state: bw_digest_state) {
        withUnsafePointer(to: state) { bw_lanes_set_state(groups[lane / 16], UInt32(lane % 16), $0) }
    }

    /// Begins a stream in one lane.
    package mutating func begin(_ lane: Int) { bw_lanes_reset(groups[lane / 16], UInt32(lane % 16)) }

    /// Says where a lane's next blocks lie. They must stay there until the lane was advanced over them.
    package mutating func set(_ lane: Int, to next: UnsafeRawPointer) {
        blocks[lane] = next.assumingMemoryBound(to: UInt8.self)
    }

    /// Advances every lane by `count` blocks.
    ///
    /// An idle lane follows `busy`, which is any lane that is not.
    ///
    /// - Parameter ending: Bit n is set if lane n's stream ends with these.
    package mutating func advance(by count: Int, busy: UInt32, ending: UInt32) {
        let any = blocks[busy.trailingZeroBitCount]
        let algorithms = UInt32(self.algorithms.rawValue)
        for lane in 0..<width where busy & 1 << lane == 0 { blocks[lane] = any }
        blocks.span.withUnsafeBufferPointer { blocks in
            let blocks = blocks.baseAddress!
            if width == 32, busy >> 16 != 0 {
                groups.span.withUnsafeBufferPointer {
                    bw_lanes32_blocks($0.baseAddress!, algorithms, blocks, count, ending)
                }
            } else if kernel == .avx512 {
                bw_lanes16_blocks(groups[0], algorithms, blocks, count, ending)
            } else {
                bw_lanes8_blocks(groups[0], algorithms, blocks, count, ending)
            }
        }
    }

    /// Advances one lane alone, which is faster while few are busy.
    package mutating func advance(_ lane: Int, by count: Int, isEnding: Bool) {
        var state = state(lane)
        state.advance(algorithms, over: blocks[lane]!, blocks: count, isEnding: isEnding)
        set(lane, to: state)
    }

    /// The digests of a lane whose stream has ended, of `byteCount` bytes.
    package func digests(_ lane: Int, byteCount: UInt64) -> DigestSet {
        DigestSet(state(lane), algorithms, byteCount: byteCount)
    }

    /// Ends a stream of `total` bytes: writes what follows its last bytes, which begin at `rest` and are fewer than a
    /// block.
    ///
    /// - Returns: Blocks from `rest` on, 1 or 2.
    package static func pad(_ rest: UnsafeMutableRawPointer, count: Int, total: UInt64) -> Int {
        let rest = rest.assumingMemoryBound(to: UInt8.self)
        return bw_digest_pad(rest, rest, count, total)
    }
}

extension DigestSet {
    /// What the chaining values say of a stream that has ended.
    init(_ state: bw_digest_state, _ algorithms: DigestAlgorithms, byteCount: UInt64) {
        self = withUnsafeTemporaryAllocation(byteCount: 68, alignment: 4) { bytes in
            var state = state
            let start = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
            bw_digest_bytes(&state, start, start + 16, start + 36)
            var set = DigestSet(byteCount: byteCount)
            func take(_ algorithm: DigestAlgorithm, at place: Int) {
                guard algorithms.has(algorithm) else { return }
                let value = UnsafeRawBufferPointer(rebasing: bytes[place..<place + algorithm.byteCount])
                set[algorithm] = Digest(algorithm, value)
            }
            take(.md5, at: 0)
            take(.sha1, at: 16)
            take(.sha256, at: 36)
            return set
        }
    }
}
