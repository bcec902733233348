import JSONText

/// The bytes of a JSON text one by one, without more of it in memory than a piece and what is being cut out.
struct JSONBytes {
    let source: ByteSource
    private var piece: [UInt8] = []
    private var position = 0
    /// Of the next byte, in the unpacked file.
    private(set) var offset: UInt64 = 0

    init(_ source: ByteSource) throws {
        self.source = source
        if try skip([0xEF]), try !skip([0xBB]) || !skip([0xBF]) {
            throw source.fault(.json(.unexpectedByte(offset: 0)), at: .byte(0))
        }
    }

    /// The next byte, which stays; `nil` at the end.
    mutating func peek() throws -> UInt8? {
        if position == piece.count {
            (piece, position) = (try source.next(), 0)
            if piece.isEmpty { return nil }
        }
        return piece[position]
    }

    mutating func take() throws -> UInt8 {
        guard let byte = try peek() else { throw fault(.cutShort) }
        position += 1
        offset += 1
        return byte
    }

    /// Takes the next byte if it is one of these.
    mutating func skip(_ bytes: [UInt8]) throws -> Bool {
        guard let next = try peek(), bytes.contains(next) else { return false }
        position += 1
        offset += 1
        return true
    }

    /// - Returns: Whether a line ended in it.
    @discardableResult
    mutating func skipSpace() throws -> Bool {
        var isBroken = false
        while let byte = try peek(), [0x20, 0x09, 0x0A, 0x0D].contains(byte) {
            if byte == 0x0A || byte == 0x0D { isBroken = true }
            position += 1
            offset += 1
        }
        return isBroken
    }

    /// The next byte is none that may stand there.
    var unexpected: ListFault { fault(.json(.unexpectedByte(offset: Int(offset)))) }

    func fault(_ reason: ListFault.Reason) -> ListFault { source.fault(reason, at: .byte(offset)) }
}
