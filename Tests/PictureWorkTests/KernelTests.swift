import CPictures
import CReferenceJPEG
import PDQ
import PictureWire
import Testing
import UploadModel

@testable import PictureWork

/// The processor's kernels, and JPEG's planes in place of libjpeg's colours, beside the plain way: no bit may differ.
@Suite struct KernelTests {
    static let ranks = (0..<8).filter { bw_kernels_of_rank($0) != nil }

    static func kernels(_ rank: CInt) -> bw_kernels { bw_kernels_of_rank(rank)!.pointee }

    // MARK: JPEG

    struct Form: CustomTestStringConvertible, Sendable {
        let name: String
        let (across, down): (CInt, CInt)
        var restart: UInt32 = 0
        var isProgressive = false
        var testDescription: String { name }
    }

    static let forms = [
        Form(name: "4:2:0", across: 2, down: 2), Form(name: "4:2:2", across: 2, down: 1),
        Form(name: "4:4:4", across: 1, down: 1), Form(name: "4:4:0", across: 1, down: 2),
        Form(name: "4:1:1", across: 4, down: 1), Form(name: "grey", across: 0, down: 0),
        Form(name: "4:2:0 with restarts", across: 2, down: 2, restart: 3),
        Form(name: "4:2:2 with restarts", across: 2, down: 1, restart: 1),
        Form(name: "progressive 4:2:0", across: 2, down: 2, isProgressive: true),
    ]

    /// Around the sizes of blocks, units, vectors and readings.
    static let sizes = [(5, 5), (6, 7), (17, 33), (31, 15), (65, 130), (601, 47), (34, 530)]

    /// Two decoders of one picture: ours, and libjpeg's colours through the plain hasher.
    @Test("a JPEG hashes as libjpeg's own colours do, on each processor", arguments: forms)
    func sameAsLibjpeg(_ form: Form) throws {
        for (width, height) in Self.sizes {
            let jpeg = Self.jpeg(width, height, form)
            let expected = Self.plain(Self.reference(jpeg, width, height), width, height)
            for rank in Self.ranks {
                let bytes = try #require(PictureBytes(kernelsOfRank: rank))
                let found = bytes.decode(jpeg, .roomy)
                #expect(found.outcome == .whole && (found.width, found.height) == (width, height))
                #expect(found.hashes == Self.unique(expected.hashes), "\(width) x \(height), rank \(rank)")
                let alone = bytes.decode(jpeg, .roomy, [.r512])
                let r512 = expected.hash(.r512) ?? expected.hash(.full)
                #expect(alone.hashes.first { $0.orientation == .original }?.bits == r512?.bits)
            }
        }
    }

    @Test("each pixel's luma is that of libjpeg's colours", arguments: forms.filter { $0.across > 0 })
    func sameLuma(_ form: Form) throws {
        for (width, height) in Self.sizes {
            let jpeg = Self.jpeg(width, height, form)
            let pixels = Self.reference(jpeg, width, height)
            let expected = (0..<width * height).map { Self.luma(pixels, $0) }
            for rank in Self.ranks {
                #expect(
                    Self.luma(of: jpeg, width, Self.kernels(rank)) == expected,
                    "\(width) x \(height) \(rank)"
                )
            }
        }
    }

    // MARK: The filter

    static let patterns = [blocks, noise, slopes]

    @Test("where only rounding decides, every processor rounds alike", arguments: 0..<patterns.count)
    func sameRounding(pattern: Int) {
        for (width, height) in Self.sizes + [
            (16, 16), (64, 64), (128, 128), (513, 300), (9, 1_200), (2_000, 9),
        ] {
            let pixels = Self.patterns[pattern](width, height)
            let expected = Self.plain(pixels, width, height)
            for rank in Self.ranks {
                let kernels = Self.kernels(rank)
                let filter = TentKernels(rows: kernels.rows, columns: kernels.columns)
                let found = Self.plain(pixels, width, height, filter)
                #expect(found == expected, "\(width) x \(height), rank \(rank)")
            }
        }
    }

    @Test("a quotient by way of the reciprocal is the nearest float", arguments: ranks)
    func quotients(rank: CInt) {
        var random = SplitMix64(state: 5)
        let columns = Self.kernels(rank).columns
        let rows = UnsafeMutableRawPointer.allocate(byteCount: 3 * 64, alignment: 64)
        defer { rows.deallocate() }
        let floats = rows.bindMemory(to: Float.self, capacity: 48)
        for round in 0..<21_000 {
            let count = Float(round % 700 + 1)
            for index in 0..<16 {
                floats[index] = Float(bitPattern: .random(in: 0x2000_0000...0x4900_0000, using: &random))
            }
            columns(floats, floats + 16, nil, false, floats + 32, count, 16)
            let isExact = (0..<16).allSatisfy { floats[32 + $0] == floats[$0] / count }
            #expect(isExact, "by \(count)")
        }
    }
}

// MARK: - Pictures

extension WorkerTerms {
    static let roomy = WorkerTerms(
        memory: 256 << 20,
        pixels: 1 << 30,
        bytes: 1 << 30,
        cpuMilliseconds: 0,
        cpuSecondsInAll: 0
    )
}

extension KernelTests {
    static func noise(_ width: Int, _ height: Int) -> [UInt8] {
        var random = SplitMix64(state: UInt64(width * height))
        return (0..<width * height * 3).map { _ in .random(in: 0...255, using: &random) }
    }

    static func slopes(_ width: Int, _ height: Int) -> [UInt8] {
        (0..<width * height * 3).map { index in
            let (row, column, channel) = (index / 3 / width, index / 3 % width, index % 3)
            let slope: Int = 3 * column + 5 * row + 40 * channel
            return UInt8(truncatingIfNeeded: slope + (row * column) >> 3)
        }
    }

    /// Eight by eight blocks of a colour each.
    static func blocks(_ width: Int, _ height: Int) -> [UInt8] {
        (0..<width * height * 3).map { index in
            let (row, column, channel) = (index / 3 / width, index / 3 % width, index % 3)
            let block: Int = 8 * (8 * row / height) + 8 * column / width
            let hash = UInt32(block) &* 2_654_435_761
            return UInt8(truncatingIfNeeded: (hash ^ hash >> 15) >> UInt32(8 * channel))
        }
    }

    /// Colours at their ends, so that conversions are cut off, and some grain.
    static func jpeg(_ width: Int, _ height: Int, _ form: Form) -> [UInt8] {
        var random = SplitMix64(state: 9)
        let pixels = blocks(width, height).map {
            $0 > 128 ? 255 - UInt8.random(in: 0...30, using: &random) : $0 / 4
        }
        var wanted = reference_form(
            width: UInt32(width),
            height: UInt32(height),
            across: form.across,
            down: form.down,
            quality: 92,
            restart: form.restart,
            isProgressive: form.isProgressive
        )
        var length = 0
        let bytes = reference_encode(&wanted, pixels, &length)!
        defer { bytes.deallocate() }
        return Array(UnsafeBufferPointer(start: bytes, count: length))
    }

    static func reference(_ jpeg: [UInt8], _ width: Int, _ height: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: width * height * 3) { pixels, count in
            reference_decode(jpeg, jpeg.count, pixels.baseAddress!)
            count = width * height * 3
        }
    }

    /// Grey pixels stay grey, as a decoder gives them.
    static func plain(
        _ pixels: [UInt8],
        _ width: Int,
        _ height: Int,
        _ kernels: TentKernels = .portable
    ) -> Readings {
        let isGrey = (0..<width * height).allSatisfy { (index: Int) -> Bool in
            let pixel = pixels[3 * index..<3 * index + 3]
            return pixel.allSatisfy { $0 == pixels[3 * index] }
        }
        var hasher = PictureHasher(width: width, height: height, kernels: kernels)
        for row in 0..<height {
            hasher.addLuma { line in
                for x in 0..<width {
                    let index = row * width + x
                    line[x] = isGrey ? Float(pixels[3 * index]) : luma(pixels, index)
                }
            }
        }
        return hasher.finish()
    }

    static func luma(_ pixels: [UInt8], _ index: Int) -> Float {
        let sum = 0.299 * Float(pixels[3 * index]) + 0.587 * Float(pixels[3 * index + 1])
        return sum + 0.114 * Float(pixels[3 * index + 2])
    }

    static func luma(of jpeg: [UInt8], _ width: Int, _ kernels: bw_kernels) -> [Float] {
        let rows = Lumas(width, kernels)
        let source = UnsafeMutablePointer<bw_source>.allocate(capacity: 1)
        defer { source.deallocate() }
        jpeg.withUnsafeBytes { bytes in
            bw_open_memory(source, bytes.baseAddress, bytes.count)
            var limits = bw_limits(pixels: 1 << 30, memory: 64 << 20, column: 0)
            var sink = bw_sink(
                context: Unmanaged.passUnretained(rows).toOpaque(),
                begin: { _, _, _ in },
                row: { Unmanaged<Lumas>.fromOpaque($0!).takeUnretainedValue().add($1!) },
                end: { _ in }
            )
            _ = withExtendedLifetime(rows) { bw_decode_jpeg(source, &limits, &sink) }
        }
        return rows.all
    }

    /// As the sink does it: each hash once.
    static func unique(_ hashes: [PerceptualHash]) -> [PerceptualHash] {
        hashes.reduce(into: []) { unique, hash in
            let isCovered = unique.contains { $0.bits == hash.bits && $0.quality >= hash.quality }
            if !isCovered { unique.append(hash) }
        }
    }
}

private final class Lumas {
    var all: [Float] = []
    private let width: Int
    private let kernels: bw_kernels

    init(_ width: Int, _ kernels: bw_kernels) { (self.width, self.kernels) = (width, kernels) }

    func add(_ row: UnsafePointer<bw_row>) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: width + 16) { luma in
            kernels.luma(row, luma.baseAddress!)
            all += luma[..<width]
        }
    }
}
