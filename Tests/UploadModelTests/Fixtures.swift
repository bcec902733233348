import UploadModel

// Invented values: no digest here is of anything.

let upload = UploadID("019ab2c3-d4e5-7f60-8123-456789abcdef")!
let bundle = BundleID(upload)

func digest(_ algorithm: DigestAlgorithm, _ fill: UInt8 = 0xA5) -> Digest {
    Digest(algorithm, repeatElement(fill, count: algorithm.byteCount))!
}

let all = DigestSet(byteCount: 9_000, DigestAlgorithm.allCases.map { digest($0) })
let onlyMD5 = DigestSet(byteCount: 9_000, [digest(.md5)])

let hash = PerceptualHash(
    bits: SIMD4(0x0123_4567_89AB_CDEF, 1, 0, .max),
    quality: 87,
    reading: .r512,
    orientation: .flipMinus1
)

func entry(
    _ listClass: ListClass,
    _ digests: [Digest] = all.members,
    perceptual: SIMD4<UInt64>? = nil,
    size: UInt64? = nil
) -> ListEntry {
    ListEntry(
        id: EntryID(list: "invented", ordinal: 7),
        listClass: listClass,
        digests: digests,
        perceptual: perceptual,
        size: size,
        provenance: Provenance(supplier: "nobody", generation: "g-1", text: "\"quoted\" é", synthetic: true)
    )
}

/// An entry that meets an upload in the digests given, with whatever grade the test wants.
func match(
    _ listClass: ListClass,
    _ agreed: DigestAlgorithms = .all,
    grade: Grade = .g1,
    part: UploadPart = .content
) -> Match {
    Match(
        entry: entry(listClass),
        agreed: agreed,
        distance: agreed.isEmpty ? 12 : nil,
        part: part,
        grade: grade
    )
}

func order(_ verb: Order.Verb) -> Order {
    Order(
        id: UploadID("019ab2c3-ffff-7f60-8123-456789abcdef")!,
        verb: verb,
        upload: upload,
        reason: "by \"hand\"\n",
        at: Timestamp(nanoseconds: 1_900_000_000_123_456_789)
    )
}

/// Random numbers that a failure can be repeated with.
///
/// - Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators".
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
