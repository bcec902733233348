import GenerationFormat
import Testing
import UploadModel

@Suite struct EntryRecordTests {
    /// Every combination of what an entry may say.
    static let records: [EntryRecord] = (1..<256).map { flags in
        var random = SplitMix64(state: UInt64(flags))
        var record = EntryRecord()
        for algorithm in DigestAlgorithm.allCases where flags & (1 << Int(algorithm.rawValue)) != 0 {
            record.digests.append(.invented(algorithm, using: &random))
        }
        if flags & 8 != 0 { record.perceptual = SIMD4(1, random.next(), 3, .max) }
        if flags & 16 != 0 { record.size = random.next() }
        if flags & 32 != 0 { record.name = String(repeating: "é", count: flags / 2) }
        if flags & 64 != 0 { record.contributor = "member \(flags)" }
        if flags & 128 != 0 { record.classification = "A1" }
        return record
    }

    static func bytes(_ record: EntryRecord) -> [UInt8] {
        var bytes: [UInt8] = []
        func digest(_ algorithm: DigestAlgorithm) -> Digest? {
            record.digests.first { $0.algorithm == algorithm }
        }
        EntryRecord.append(
            to: &bytes,
            md5: digest(.md5),
            sha1: digest(.sha1),
            sha256: digest(.sha256),
            perceptual: record.perceptual,
            size: record.size,
            texts: (record.name, record.contributor, record.classification)
        )
        return bytes
    }

    @Test("whatever an entry says reads back as itself")
    func roundTrip() {
        for record in Self.records {
            let bytes = Self.bytes(record)
            #expect(EntryRecord(bytes.span.bytes, at: 0) == record)
            #expect(EntryRecord.end(of: 0, in: bytes.span.bytes) == bytes.count)
        }
    }

    @Test("cut short anywhere it is no entry, and a text that is not UTF-8 is none")
    func damaged() {
        for record in Self.records {
            let bytes = Self.bytes(record)
            for count in 0..<bytes.count {
                #expect(EntryRecord(Array(bytes[..<count]).span.bytes, at: 0) == nil)
            }
        }
        let bad: [UInt8] = [1 << 5, 2, 0xC3, 0x28]
        #expect(EntryRecord(bad.span.bytes, at: 0) == nil)
        #expect(EntryRecord(bad.span.bytes, at: 4) == nil)
        #expect(EntryRecord(bad.span.bytes, at: -1) == nil)
    }

    @Test("each of many is found by its ordinal, and none beyond")
    func index() {
        var records = FileHeader(.records).bytes
        var index = FileHeader(.recordIndex).bytes
        for (place, record) in Self.records.enumerated() {
            if place % RecordIndex.step == 0 { index += UInt32(records.count).bytes + [0, 0, 0, 0] }
            records += Self.bytes(record)
        }
        #expect(index.count == RecordIndex.byteCount(records: UInt64(Self.records.count)))
        for (place, record) in Self.records.enumerated() {
            let offset = RecordIndex.offset(
                of: UInt64(place) + 1,
                index: index.span.bytes,
                records: records.span.bytes
            )
            #expect(offset.flatMap { EntryRecord(records.span.bytes, at: $0) } == record)
        }
        for ordinal in [0, 257, .max] as [UInt64] {
            let offset = RecordIndex.offset(of: ordinal, index: index.span.bytes, records: records.span.bytes)
            #expect(offset.flatMap { EntryRecord(records.span.bytes, at: $0) } == nil)
        }
    }

    @Test("a number says list and ordinal, and one too large says nothing")
    func numbers() {
        let numbers = EntryNumbers([3, 0, 2, 0])
        let places = [(0, 1), (0, 2), (0, 3), (2, 1), (2, 2)].map { EntryPlace(list: $0.0, ordinal: $0.1) }
        for (number, place) in places.enumerated() {
            #expect(numbers.place(UInt32(number)) == place)
            #expect(numbers.number(of: place) == UInt32(number))
        }
        #expect(numbers.place(5) == nil)
        #expect(EntryNumbers([]).place(0) == nil)
    }
}
