import Digests
import Testing
import UploadModel

@Suite struct RunningDigestTests {
    struct Vector: CustomTestStringConvertible, Sendable {
        let name: String
        let text: String
        let algorithm: DigestAlgorithm
        let hex: String
        var testDescription: String { "\(algorithm.name) of \(name)" }

        init(_ algorithm: DigestAlgorithm, _ text: String, _ hex: String, name: String? = nil) {
            (self.algorithm, self.text, self.hex, self.name) = (algorithm, text, hex, name ?? "\"\(text)\"")
        }
    }

    /// RFC 1321, appendix A.5.
    static let md5 = [
        Vector(.md5, "", "d41d8cd98f00b204e9800998ecf8427e"),
        Vector(.md5, "a", "0cc175b9c0f1b6a831c399e269772661"),
        Vector(.md5, "abc", "900150983cd24fb0d6963f7d28e17f72"),
        Vector(.md5, "message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
        Vector(.md5, "abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
        Vector(
            .md5,
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
            "d174ab98d277d9f5a5611c2c9f419d9f"
        ),
        Vector(.md5, String(repeating: "1234567890", count: 8), "57edf4a22be3c955ac49da2e2107b67a"),
    ]

    static let twoBlocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"

    /// FIPS 180-2, appendices A and B.
    static let sha = [
        Vector(.sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        Vector(.sha1, twoBlocks, "84983e441c3bd26ebaae4aa1f95129e5e54670f1", name: "448 bits"),
        Vector(
            .sha1,
            String(repeating: "a", count: 1_000_000),
            "34aa973cd4c4daa4f61eeb2bdbad27316534016f",
            name: "a million a"
        ),
        Vector(.sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        Vector(
            .sha256,
            twoBlocks,
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
            name: "448 bits"
        ),
        Vector(
            .sha256,
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
            name: "a million a"
        ),
    ]

    @Test("the vectors of the standards, by each kernel", arguments: md5 + sha, KernelTests.streams)
    func vectors(_ vector: Vector, kernel: DigestKernel) {
        for algorithms in [.all, DigestAlgorithms(vector.algorithm)] {
            var running = RunningDigest(algorithms, by: kernel)
            running.update(Array(vector.text.utf8).span.bytes)
            let set = running.finish()
            #expect(set[vector.algorithm]?.hex == vector.hex)
            #expect(set.byteCount == UInt64(vector.text.utf8.count))
        }
    }

    @Test("the vectors of the standards, in every lane", arguments: md5 + sha, KernelTests.side)
    func vectors(_ vector: Vector, side kernel: DigestKernel) {
        let text = Array(vector.text.utf8)
        var padded = text + [UInt8](repeating: 0, count: LaneDigests.roomToPad)
        let whole = text.count / 64
        padded.withUnsafeMutableBytes { bytes in
            let rest = bytes.baseAddress! + 64 * whole
            let blocks = whole + LaneDigests.pad(rest, count: text.count % 64, total: UInt64(text.count))
            var lanes = LaneDigests(kernel, DigestAlgorithms(vector.algorithm))
            for lane in 0..<lanes.width {
                lanes.begin(lane)
                lanes.set(lane, to: bytes.baseAddress!)
            }
            lanes.advance(by: blocks, busy: ~0, ending: ~0)
            for lane in 0..<lanes.width {
                let set = lanes.digests(lane, byteCount: UInt64(text.count))
                #expect(set[vector.algorithm]?.hex == vector.hex, "lane \(lane)")
            }
        }
    }

    @Test("only the algorithms that were asked for are computed", arguments: 0..<8 as Range<UInt8>)
    func askedFor(bits: UInt8) {
        let asked = DigestAlgorithms(rawValue: bits)
        let made = DigestSet(of: [1, 2, 3], asked)
        #expect(made.algorithms == asked)
        #expect(made.byteCount == 3)
        #expect(made.members.allSatisfy { $0 == DigestSet(of: [1, 2, 3])[$0.algorithm] })
    }

    @Test("after finish it is like new")
    func reused() {
        var running = RunningDigest()
        running.update(Array("what came before".utf8).span.bytes)
        _ = running.finish()
        for text in ["abc", "", "abc"] {
            running.update(Array(text.utf8).span.bytes)
            #expect(running.finish() == DigestSet(of: Array(text.utf8)))
        }
        #expect(running.finish() == DigestSet(of: []))
    }

    @Test("it does not matter how the bytes are cut", arguments: [1, 3, 55, 63, 64, 65, 127, 4_096])
    func cuts(step: Int) {
        let content = invented(10_000)
        var running = RunningDigest()
        for start in stride(from: 0, to: content.count, by: step) {
            running.update(Array(content[start..<min(start + step, content.count)]).span.bytes)
            running.update(UnsafeRawBufferPointer(start: nil, count: 0))
        }
        #expect(running.finish() == DigestSet(of: content))
    }

    @Test("several at a time do not disturb each other")
    func interleaved() {
        var one = RunningDigest()
        var other = RunningDigest(DigestAlgorithms(.sha256))
        one.update(Array("ab".utf8).span.bytes)
        other.update(Array("x".utf8).span.bytes)
        one.update(Array("c".utf8).span.bytes)
        #expect(other.finish() == DigestSet(of: Array("x".utf8), DigestAlgorithms(.sha256)))
        #expect(one.finish() == DigestSet(of: Array("abc".utf8)))
    }
}

/// Bytes without a pattern that a block's length would fit.
func invented(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 / 251) }
}
