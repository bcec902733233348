/// Turns UTF-16 with a byte order mark, as some exports are written, into UTF-8.
final class UTF16Text {
    private let isBigEndian: Bool
    private let name: String
    private var isFirst = true
    private var offset: UInt64 = 0
    /// A byte or a lead surrogate whose other half is in the next piece.
    private var halfUnit: UInt8?
    private var lead: UInt16?
    /// Told after the text before it, so that the first fault of a file is the same however its bytes come.
    private var damage: ListFault?

    /// - Returns: `nil` for what does not begin with the mark.
    init?(_ first: [UInt8], name: String) {
        if first.starts(with: [0xFF, 0xFE]) {
            isBigEndian = false
        } else if first.starts(with: [0xFE, 0xFF]) {
            isBigEndian = true
        } else {
            return nil
        }
        self.name = name
    }

    /// The text of `piece`, which is empty only at the end; where it has no whole character, of those after it.
    func text(_ piece: [UInt8], _ more: () throws -> [UInt8]) throws -> [UInt8] {
        if let damage { throw damage }
        var piece = piece
        while true {
            if piece.isEmpty {
                guard halfUnit == nil, lead == nil else { throw fault }
                return []
            }
            let text = try decoded(piece)
            if !text.isEmpty { return text }
            piece = try more()
        }
    }

    private func decoded(_ piece: [UInt8]) throws(ListFault) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(piece.count)
        for byte in piece {
            offset += 1
            guard let half = halfUnit else {
                halfUnit = byte
                continue
            }
            halfUnit = nil
            let unit = isBigEndian ? UInt16(half) << 8 | UInt16(byte) : UInt16(byte) << 8 | UInt16(half)
            if isFirst {
                isFirst = false
                continue
            }
            do throws(ListFault) {
                if let scalar = try scalar(unit) { text.append(contentsOf: UTF8.encode(scalar)!) }
            } catch {
                if text.isEmpty { throw error }
                damage = error
                return text
            }
        }
        return text
    }

    private func scalar(_ unit: UInt16) throws(ListFault) -> Unicode.Scalar? {
        if let first = lead {
            guard UTF16.isTrailSurrogate(unit) else { throw fault }
            lead = nil
            return UTF16.decode(UTF16.EncodedScalar([first, unit]))
        }
        if UTF16.isTrailSurrogate(unit) { throw fault }
        if UTF16.isLeadSurrogate(unit) {
            lead = unit
            return nil
        }
        return Unicode.Scalar(unit)
    }

    private var fault: ListFault { ListFault(file: name, place: .byte(offset), reason: .badUTF16) }
}
