package import UploadModel

/// What came of one picture, as the worker tells it.
package enum PictureOutcome: UInt8, CaseIterable, Sendable {
    case whole = 0
    /// It ended early, or made no sense from some row on; hashed from what there was.
    case truncated
    case undecodable
    case tooManyPixels
    case tooMuchMemory
    case tooComplex
    /// A read of its bytes failed, which says nothing of it.
    case unread

    package var isHashed: Bool { self == .whole || self == .truncated }
}

/// A worker's answer: one record of one size, whatever the picture.
package struct PictureAnswer: Equatable, Sendable {
    package let job: UInt64
    package let outcome: PictureOutcome
    /// Of the first frame, pixels; 0 where nothing was hashed.
    package let width: Int
    package let height: Int
    /// Of every frame, reading and orientation; none twice. Empty where a side is too short, or nothing was hashed.
    package let hashes: [PerceptualHash]

    package static let byteCount = RecordKind.answer.byteCount
    /// The first frame of an animation and eight more.
    package static let mostFrames = 9
    package static let mostHashes = mostFrames * Reading.allCases.count * Orientation.allCases.count
    /// Four words, quality, reading, orientation, five zeros.
    static let hashBytes = 40

    package init(
        job: UInt64,
        outcome: PictureOutcome,
        width: Int = 0,
        height: Int = 0,
        hashes: [PerceptualHash]
    ) {
        (self.job, self.outcome, self.width, self.height, self.hashes) = (job, outcome, width, height, hashes)
    }

    /// - Parameter job: What was asked. An answer that leaves out a reading, or a picture's hashes altogether, would
    ///   release the picture: it is nonsense.
    package init(reading record: [UInt8], to job: PictureJob) throws(RecordFault) {
        var reader = try RecordReader(record, .answer)
        self.job = reader.get()
        guard self.job == job.number else { throw .otherJob(self.job) }
        guard let outcome = PictureOutcome(rawValue: reader.get()), reader.get(UInt8.self) == 0 else {
            throw .nonsense
        }
        let count = Int(reader.get(UInt16.self))
        guard reader.get(UInt32.self) == 0, count <= (outcome.isHashed ? Self.mostHashes : 0) else {
            throw .nonsense
        }
        self.outcome = outcome
        (width, height) = (Int(reader.get(UInt32.self)), Int(reader.get(UInt32.self)))
        guard outcome.isHashed == (width > 0 && height > 0), outcome.isHashed || width + height == 0 else {
            throw .nonsense
        }
        var hashes: [PerceptualHash] = []
        for _ in 0..<count { hashes.append(try PerceptualHash(from: &reader)) }
        self.hashes = hashes
        try reader.expectNoMore()
        guard !outcome.isHashed || isComplete(job.readings) else { throw .nonsense }
    }

    /// Whether the readings are those that were asked for. *trimmed* is there only where a border was found, *r512* is
    /// *full* of a picture that fits, and left out where it comes to the bits of *full*.
    private func isComplete(_ asked: Set<Reading>) -> Bool {
        if min(width, height) < Self.leastSide { return hashes.isEmpty }
        var wanted = asked
        if max(width, height) <= Self.squareSide, wanted.remove(.r512) != nil { wanted.insert(.full) }
        let found = Set(hashes.map(\.reading))
        guard found.isSubset(of: wanted) else { return false }
        guard let first = [Reading.full, .r512].first(where: wanted.contains) else { return true }
        return found.contains(first)
    }

    /// Pixels. A picture with a shorter side has no hash.
    private static let leastSide = 5
    /// Pixels, of the square that *r512* brings a larger picture to.
    private static let squareSide = 512

    package var record: [UInt8] {
        var writer = RecordWriter(.answer)
        writer.put(job)
        writer.put(outcome.rawValue)
        writer.put(UInt8(0))
        writer.put(UInt16(hashes.count))
        writer.put(UInt32(0))
        writer.put(UInt32(clamping: width))
        writer.put(UInt32(clamping: height))
        for hash in hashes { hash.write(to: &writer) }
        return writer.bytes
    }
}

extension PerceptualHash {
    fileprivate init(from reader: inout RecordReader) throws(RecordFault) {
        let bits = SIMD4<UInt64>(reader.get(), reader.get(), reader.get(), reader.get())
        let quality = Int(reader.get(UInt8.self))
        let reading = Int(reader.get(UInt8.self))
        let orientation = Int(reader.get(UInt8.self))
        let rest = (reader.get(UInt8.self), reader.get(UInt32.self))
        guard quality <= 100, Reading.allCases.indices.contains(reading),
            Orientation.allCases.indices.contains(orientation), rest == (0, 0)
        else { throw .nonsense }
        self.init(
            bits: bits,
            quality: quality,
            reading: Reading.allCases[reading],
            orientation: Orientation.allCases[orientation]
        )
    }

    fileprivate func write(to writer: inout RecordWriter) {
        for index in 0..<4 { writer.put(bits[index]) }
        writer.put(UInt8(clamping: quality))
        writer.put(UInt8(Reading.allCases.firstIndex(of: reading)!))
        writer.put(UInt8(Orientation.allCases.firstIndex(of: orientation)!))
        writer.put(UInt8(0))
        writer.put(UInt32(0))
    }
}
