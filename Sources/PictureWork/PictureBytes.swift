import CPictures
package import LinuxIO
package import PictureWire
package import UploadModel

/// What came of decoding one picture: the answer without its number.
package struct DecodedPicture: Equatable, Sendable {
    package let outcome: PictureOutcome
    /// Of the first frame, pixels.
    package let width: Int
    package let height: Int
    package let hashes: [PerceptualHash]

    package init(outcome: PictureOutcome, width: Int = 0, height: Int = 0, hashes: [PerceptualHash]) {
        (self.outcome, self.width, self.height, self.hashes) = (outcome, width, height, hashes)
    }

    func answer(to job: PictureJob) -> PictureAnswer {
        PictureAnswer(job: job.number, outcome: outcome, width: width, height: height, hashes: hashes)
    }

    static func failed(_ outcome: PictureOutcome) -> DecodedPicture {
        DecodedPicture(outcome: outcome, hashes: [])
    }
}

/// Where the bytes of one picture come from. The buffer is part of it, so there is one for the whole process.
package final class PictureBytes {
    private let source = UnsafeMutablePointer<bw_source>.allocate(capacity: 1)
    private let kernels: bw_kernels

    package init() {
        source.initialize(to: bw_source())
        kernels = bw_best_kernels().pointee
    }

    /// For tests; `nil` where this processor has no kernels of that rank.
    init?(kernelsOfRank rank: CInt) {
        guard let kernels = bw_kernels_of_rank(rank) else { return nil }
        source.initialize(to: bw_source())
        self.kernels = kernels.pointee
    }

    deinit { source.deallocate() }

    /// Decodes the picture that a descriptor is open for; its own offset is left alone.
    package func decode(
        _ picture: borrowing Descriptor,
        _ terms: WorkerTerms,
        _ job: PictureJob
    ) -> DecodedPicture {
        bw_open_descriptor(source, picture.raw, min(job.byteCount, terms.bytes))
        return decode(terms, job.readings)
    }

    /// Decodes from memory, for tests and for fuzzing.
    package func decode(
        _ bytes: [UInt8],
        _ terms: WorkerTerms,
        _ readings: Set<Reading> = Set(Reading.allCases)
    ) -> DecodedPicture {
        bytes.withUnsafeBytes { buffer in
            bw_open_memory(source, buffer.baseAddress, buffer.count)
            return decode(terms, readings)
        }
    }

    /// What the libraries make of a picture whose reading failed looks like one that was cut short.
    private func decode(_ terms: WorkerTerms, _ readings: Set<Reading>) -> DecodedPicture {
        let decoded = decodeWhatIsRead(terms, readings)
        return source.pointee.hasFailed ? .failed(.unread) : decoded
    }

    private func decodeWhatIsRead(_ terms: WorkerTerms, _ readings: Set<Reading>) -> DecodedPicture {
        guard let format = format() else { return .failed(.undecodable) }
        let limits = bw_limits(
            pixels: terms.pixels,
            memory: terms.memory,
            column: HashingSink.bytesAColumn
        )
        let sink = HashingSink(readings, kernels)
        let outcome = sink.withSink { Self.decode(format, source, limits, $0) }
        guard let outcome = PictureOutcome(outcome) else { return .failed(.undecodable) }
        return outcome.isHashed
            ? DecodedPicture(outcome: outcome, width: sink.width, height: sink.height, hashes: sink.hashes)
            : .failed(outcome)
    }

    private func format() -> PictureFormat? {
        var prefix = [UInt8](repeating: 0, count: PictureFormat.prefixLength)
        let count = bw_peek(source, &prefix, prefix.count)
        return PictureFormat(firstBytes: prefix[..<count])
    }

    private static func decode(
        _ format: PictureFormat,
        _ source: UnsafeMutablePointer<bw_source>,
        _ limits: bw_limits,
        _ sink: UnsafePointer<bw_sink>
    ) -> bw_outcome {
        withUnsafePointer(to: limits) { limits in
            switch format {
            case .jpeg: bw_decode_jpeg(source, limits, sink)
            case .png: bw_decode_png(source, limits, sink)
            case .gif: bw_decode_gif(source, limits, sink)
            case .webp: bw_decode_webp(source, limits, sink)
            }
        }
    }
}

extension PictureOutcome {
    init?(_ outcome: bw_outcome) {
        switch outcome {
        case BW_WHOLE: self = .whole
        case BW_TRUNCATED: self = .truncated
        case BW_UNDECODABLE: self = .undecodable
        case BW_TOO_MANY_PIXELS: self = .tooManyPixels
        case BW_TOO_MUCH_MEMORY: self = .tooMuchMemory
        case BW_TOO_COMPLEX: self = .tooComplex
        default: return nil
        }
    }
}
