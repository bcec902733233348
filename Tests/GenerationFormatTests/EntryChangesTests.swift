import GenerationFormat
import Testing
import UploadModel

@Suite struct EntryChangesTests {
    static func list(_ base: ListBase?, records: UInt64) -> GenerationList {
        GenerationList(
            name: "one",
            listClass: .csam,
            supplier: "",
            provenance: "",
            synthetic: true,
            entryCount: 0,
            recordCount: records,
            importedAt: Timestamp(nanoseconds: 0),
            maximumAge: 0,
            base: base
        )
    }

    @Test("every entry is found where it lies, and every entry of the base where it went", arguments: 0..<50)
    func origins(seed: UInt64) throws {
        var random = SplitMix64(state: seed)
        let baseCount: UInt32 = .random(in: 0...40, using: &random)
        let withdrawn = (0..<baseCount).map { $0 + 1 }.filter { _ in .random(in: 0..<4, using: &random) == 0 }
        var expected: [EntryChanges.Origin] = (1..<(UInt64(baseCount) + 1)).filter {
            !withdrawn.contains(UInt32($0))
        }.map { .base($0) }
        var added: [UInt32] = []
        var ordinal = 0
        while ordinal <= expected.count, added.count < 20 {
            if .random(in: 0..<3, using: &random) == 0 {
                added.append(UInt32(ordinal) + 1)
                expected.insert(.delta(UInt64(added.count)), at: ordinal)
            }
            ordinal += 1
        }
        let changes = EntryChanges(withdrawn: withdrawn, added: added)
        for (place, origin) in expected.enumerated() {
            let ordinal = UInt64(place) + 1
            #expect(changes.origin(of: ordinal) == origin, "seed \(seed)")
            if case .base(let before) = origin {
                #expect(changes.ordinal(ofBase: before) == ordinal, "seed \(seed)")
            }
        }
        for gone in withdrawn { #expect(changes.ordinal(ofBase: UInt64(gone)) == nil) }

        let base = ListBase(
            recordCount: UInt64(baseCount),
            entryCount: 0,
            withdrawn: UInt64(withdrawn.count),
            added: UInt64(added.count)
        )
        let file = FileHeader(.changes).bytes + EntryChanges.bytes([changes])
        let list = Self.list(base, records: UInt64(expected.count))
        #expect(try EntryChanges.read(file.span.bytes, [list]) == [changes])
    }

    @Test("ordinals out of order, twice, of no entry, or too few or many are refused")
    func refused() throws {
        let base = ListBase(recordCount: 5, entryCount: 5, withdrawn: 2, added: 1)
        let list = Self.list(base, records: 4)
        func read(_ withdrawn: [UInt32], _ added: [UInt32]) throws -> [EntryChanges] {
            let changes = EntryChanges(withdrawn: withdrawn, added: added)
            let file = FileHeader(.changes).bytes + EntryChanges.bytes([changes])
            return try EntryChanges.read(file.span.bytes, [list])
        }
        #expect(try read([1, 5], [4]).count == 1)
        for (withdrawn, added) in [
            ([5, 1], [4]), ([1, 1], [4]), ([0, 1], [4]), ([1, 6], [4]), ([1, 5], [5]), ([1, 5], [0]),
            ([1], [4]),
            ([1, 2, 3], [4]),
        ] as [([UInt32], [UInt32])] {
            #expect(throws: GenerationFault.self, "\(withdrawn) \(added)") { try read(withdrawn, added) }
        }
    }

    @Test("a manifest's base reads back, and counts that do not come from it are refused")
    func manifest() throws {
        func manifest(_ base: ListBase?, records: UInt64, isDelta: Bool = true) -> GenerationManifest {
            GenerationManifest(
                name: GenerationName(counter: 2, tag: 1),
                createdAt: Timestamp(nanoseconds: 1),
                base: isDelta ? GenerationName(counter: 1, tag: 7) : nil,
                lists: [Self.list(base, records: records)],
                files: []
            )
        }
        let base = ListBase(recordCount: 5, entryCount: 4, withdrawn: 2, added: 1)
        let sound = manifest(base, records: 4)
        #expect(try GenerationManifest(reading: sound.bytes.span.bytes) == sound)
        #expect(
            sound.renamed(GenerationName(counter: 9, tag: 9), at: Timestamp(nanoseconds: 2)).base
                == sound.base
        )
        let unsound = [
            manifest(base, records: 5), manifest(nil, records: 5), manifest(base, records: 4, isDelta: false),
            manifest(ListBase(recordCount: 1, entryCount: 1, withdrawn: 2, added: 1), records: 0),
            manifest(ListBase(recordCount: .max, entryCount: 1, withdrawn: 0, added: 1), records: 0),
        ]
        for manifest in unsound {
            #expect(throws: GenerationFault.self) {
                try GenerationManifest(reading: manifest.bytes.span.bytes)
            }
        }
    }
}
