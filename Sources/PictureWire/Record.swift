/// What is wrong with a record that came from the other side of the cage.
package enum RecordFault: Error, Equatable, Sendable {
    case wrongSize(Int)
    /// Not ours, or one of another kind.
    case unknown
    case otherVersion(UInt16)
    /// An answer to what was not asked.
    case otherJob(UInt64)
    /// A value that no decoder can mean, or bytes where there are none.
    case nonsense
}

/// What every record begins with: `BWPW`, version, kind. Integers are little-endian; each kind has one size.
enum RecordKind: UInt16 {
    case terms = 1
    case cage = 2
    case job = 3
    case answer = 4

    static let magic: UInt32 = 0x5750_5742
    static let version: UInt16 = 3

    var byteCount: Int {
        switch self {
        case .terms: 8 + 5 * 8
        case .cage: 8 + 8
        case .job: 8 + 3 * 8
        case .answer: 8 + 24 + PictureAnswer.mostHashes * PictureAnswer.hashBytes
        }
    }
}

/// Fills a record of one kind from its beginning; what is not written is zero.
struct RecordWriter {
    private(set) var bytes: [UInt8]
    private var position = 0

    init(_ kind: RecordKind) {
        bytes = [UInt8](repeating: 0, count: kind.byteCount)
        put(RecordKind.magic)
        put(RecordKind.version)
        put(kind.rawValue)
    }

    mutating func put(_ value: some FixedWidthInteger & UnsignedInteger) {
        for index in 0..<value.bitWidth / 8 {
            bytes[position + index] = UInt8(truncatingIfNeeded: value >> (index * 8))
        }
        position += value.bitWidth / 8
    }
}

/// Reads a record of one kind, none of whose bytes can be trusted.
struct RecordReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8], _ kind: RecordKind) throws(RecordFault) {
        self.bytes = bytes
        guard bytes.count >= 8 else { throw .wrongSize(bytes.count) }
        guard get(UInt32.self) == RecordKind.magic else { throw .unknown }
        let version = get(UInt16.self)
        guard version == RecordKind.version else { throw .otherVersion(version) }
        guard get(UInt16.self) == kind.rawValue else { throw .unknown }
        guard bytes.count == kind.byteCount else { throw .wrongSize(bytes.count) }
    }

    mutating func get<Value: FixedWidthInteger & UnsignedInteger>(_: Value.Type = Value.self) -> Value {
        defer { position += Value.bitWidth / 8 }
        return (0..<Value.bitWidth / 8).reduce(0) { $0 | Value(bytes[position + $1]) << ($1 * 8) }
    }

    /// A later version may use what is zero today, under another number.
    consuming func expectNoMore() throws(RecordFault) {
        guard bytes[position...].allSatisfy({ $0 == 0 }) else { throw .nonsense }
    }
}
