package import UploadModel

/// What a worker is told before it builds its cage: the limits that hold for its whole life.
package struct WorkerTerms: Equatable, Sendable {
    /// Bytes that one picture may make the worker allocate.
    package var memory: UInt64
    package var pixels: UInt64
    /// Of a file; what lies behind is not read.
    package var bytes: UInt64
    /// For one picture.
    package var cpuMilliseconds: UInt64
    /// For all pictures until the worker is recycled.
    package var cpuSecondsInAll: UInt64

    package init(
        memory: UInt64,
        pixels: UInt64,
        bytes: UInt64,
        cpuMilliseconds: UInt64,
        cpuSecondsInAll: UInt64
    ) {
        (self.memory, self.pixels, self.bytes) = (memory, pixels, bytes)
        (self.cpuMilliseconds, self.cpuSecondsInAll) = (cpuMilliseconds, cpuSecondsInAll)
    }

    package static let byteCount = RecordKind.terms.byteCount

    package init(reading record: [UInt8]) throws(RecordFault) {
        var reader = try RecordReader(record, .terms)
        (memory, pixels, bytes) = (reader.get(), reader.get(), reader.get())
        (cpuMilliseconds, cpuSecondsInAll) = (reader.get(), reader.get())
    }

    package var record: [UInt8] {
        var writer = RecordWriter(.terms)
        for value in [memory, pixels, bytes, cpuMilliseconds, cpuSecondsInAll] { writer.put(value) }
        return writer.bytes
    }
}

/// One picture for a worker; the descriptor travels with it.
package struct PictureJob: Equatable, Sendable {
    /// Repeated in the answer, so that no answer is taken for another picture's.
    package let number: UInt64
    /// Of the file. Where fewer can be read, reading failed.
    package let byteCount: UInt64
    /// Those that are wanted; leaving out *full* saves up to half of the time.
    package let readings: Set<Reading>

    package static let byteCount = RecordKind.job.byteCount

    package init(number: UInt64, byteCount: UInt64, readings: Set<Reading> = Set(Reading.allCases)) {
        (self.number, self.byteCount, self.readings) = (number, byteCount, readings)
    }

    package init(reading record: [UInt8]) throws(RecordFault) {
        var reader = try RecordReader(record, .job)
        (number, byteCount) = (reader.get(), reader.get())
        let flags: UInt64 = reader.get()
        readings = Set(Reading.allCases.filter { flags & $0.flag != 0 })
        guard !readings.isEmpty, flags == Self.flags(readings) else { throw .nonsense }
    }

    package var record: [UInt8] {
        var writer = RecordWriter(.job)
        writer.put(number)
        writer.put(byteCount)
        writer.put(Self.flags(readings))
        return writer.bytes
    }

    private static func flags(_ readings: Set<Reading>) -> UInt64 { readings.reduce(0) { $0 | $1.flag } }
}

extension Reading {
    fileprivate var flag: UInt64 { 1 << UInt64(Reading.allCases.firstIndex(of: self)!) }
}
