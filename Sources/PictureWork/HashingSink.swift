import CPictures
import PDQ
import UploadModel

/// Takes the rows of each frame as the C decoders give them, and keeps nothing of them but hashes.
final class HashingSink {
    /// What is allocated for each pixel of a row: two bands of sixteen rows, a JPEG's planes, and the rows inside the box
    /// of a picture of 10,000 rows. What a higher one needs more is not counted here; the cage leaves room besides.
    static let bytesAColumn: UInt64 = 512

    private let readings: Set<Reading>
    private let kernels: bw_kernels
    private var hasher: PictureHasher?
    private(set) var hashes: [PerceptualHash] = []
    /// Of the first frame.
    private(set) var width = 0
    private(set) var height = 0

    init(_ readings: Set<Reading>, _ kernels: bw_kernels) {
        (self.readings, self.kernels) = (readings, kernels)
    }

    /// Calls `body` with the C view of this sink, which is good until it returns.
    func withSink(_ body: (UnsafePointer<bw_sink>) -> bw_outcome) -> bw_outcome {
        var sink = bw_sink(
            context: Unmanaged.passUnretained(self).toOpaque(),
            begin: { HashingSink.from($0).begin(width: Int($1), height: Int($2)) },
            row: { HashingSink.from($0).add($1!) },
            end: { HashingSink.from($0).end() }
        )
        return withExtendedLifetime(self) { body(&sink) }
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> HashingSink {
        Unmanaged.fromOpaque(context!).takeUnretainedValue()
    }

    private func begin(width: Int, height: Int) {
        if self.width == 0 { (self.width, self.height) = (width, height) }
        hasher = PictureHasher(
            width: width,
            height: height,
            readings: readings,
            kernels: TentKernels(rows: kernels.rows, columns: kernels.columns)
        )
    }

    /// Colours are made only of rows that a reading looks at.
    private func add(_ row: UnsafePointer<bw_row>) {
        hasher?.addLuma { kernels.luma(row, $0) }
    }

    /// Animations repeat themselves; each hash is kept once.
    private func end() {
        guard let readings = hasher.take()?.finish() else { return }
        for hash in readings.hashes where !hashes.contains(where: { $0.covers(hash) }) {
            hashes.append(hash)
        }
    }
}

extension PerceptualHash {
    /// Another reading, orientation or frame that comes to the same bits finds nothing more.
    fileprivate func covers(_ other: PerceptualHash) -> Bool {
        bits == other.bits && quality >= other.quality
    }
}
