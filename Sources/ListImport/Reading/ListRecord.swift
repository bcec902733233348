import UploadModel

/// What a reader made of one record of a supplier's file.
struct ListRecord {
    var entry = ImportedEntry()
    /// Whether the supplier takes the entry back; it then needs no value.
    var isWithdrawn = false
    /// What its supplier says of where it stands, in small letters, where that does not withdraw it.
    var status: String?
    /// What names the entry, where its id alone does not; empty elsewhere.
    var key: [UInt8] = []
    /// When it last changed, in whatever the list counts; the latest state of an entry counts.
    var changed: ChangeTime?
    /// Of the PDQ hash, 0 to 100, where it is said.
    var quality: UInt64?
    /// Values that cannot stand, as the reader sees it.
    var rejected: [BuildReport.Rejection] = []
    /// Types of values that nothing here can compute.
    var unmatchable: [String] = []

    /// Takes all values out and leaves what names the entry, so that this state takes the place of its earlier ones.
    mutating func leaveOut(_ reason: BuildReport.Rejection) {
        if entry.name.isEmpty { key = entry.valuesLine }
        (entry.md5, entry.sha1, entry.sha256, entry.perceptual) = (nil, nil, nil, nil)
        entry.size = nil
        unmatchable = []
        rejected = [reason]
    }

    /// Takes a value of a type in hexadecimal.
    mutating func take(_ text: Text, as type: SignalType) throws(ListFault.Reason) {
        let text = text.trimmed
        if text.byteCount == 0 { return }
        switch type {
        case .digest(let algorithm):
            guard let digest = try HexValue.whole(text)?.digest(algorithm) else {
                return rejected.append(.wrongLength)
            }
            try take(digest)
        case .pdq:
            guard let bits = try HexValue.whole(text)?.perceptual else {
                return rejected.append(.wrongLength)
            }
            guard entry.perceptual == nil || entry.perceptual == bits else { throw .repeated }
            entry.perceptual = bits
        case .other(let name):
            unmatchable.append(name)
        }
    }

    /// Takes a digest whose length tells its kind.
    mutating func takeByLength(_ text: Text) throws(ListFault.Reason) {
        let text = text.trimmed
        if text.byteCount == 0 { return }
        guard let digest = try HexValue.whole(text)?.digest else { return rejected.append(.wrongLength) }
        try take(digest)
    }

    mutating func take(_ digest: Digest) throws(ListFault.Reason) {
        switch digest.algorithm {
        case .md5: try Self.set(&entry.md5, digest)
        case .sha1: try Self.set(&entry.sha1, digest)
        case .sha256: try Self.set(&entry.sha256, digest)
        }
    }

    private static func set(_ place: inout Digest?, _ digest: Digest) throws(ListFault.Reason) {
        guard place == nil || place == digest else { throw .repeated }
        place = digest
    }

    /// Quality 0 to 100, where it is said.
    mutating func take(quality text: Text) throws(ListFault.Reason) {
        let text = text.trimmed
        if text.byteCount == 0 { return }
        guard let quality = number(text), quality <= 100 else { throw .notAQuality }
        self.quality = quality
    }

    /// A size, or one of the ways to say that it is not known.
    mutating func take(size text: Text) throws(ListFault.Reason) {
        let text = text.trimmed
        if text.byteCount == 0 || (text.byteCount == 1 && text.byte(0) == UInt8(ascii: "*")) { return }
        guard let size = number(text) else { throw .notASize }
        entry.size = size
    }
}

/// Decimal digits, without a sign.
func number(_ text: Text) -> UInt64? {
    guard text.byteCount > 0 else { return nil }
    var value: UInt64 = 0
    for index in 0..<text.byteCount {
        let digit = text.byte(index) &- UInt8(ascii: "0")
        guard digit <= 9 else { return nil }
        let (ten, overflow) = value.multipliedReportingOverflow(by: 10)
        let (sum, more) = ten.addingReportingOverflow(UInt64(digit))
        if overflow || more { return nil }
        value = sum
    }
    return value
}

/// What a supplier says in words of an entry: at most 255 bytes of UTF-8 on one line.
func shortText(_ text: Text) throws(ListFault.Reason) -> String {
    let text = text.trimmed
    guard text.byteCount <= 255 else { throw .textTooLong }
    guard let string = String(validating: text.array, as: UTF8.self),
        !string.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) })
    else { throw .notText }
    return string
}
