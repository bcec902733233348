/// Cuts text into lines, wherever the pieces end.
struct TextLines {
    /// Bytes, the line's end not counted.
    let longest: Int
    /// Whether a line break between quotation marks is part of a line, as in RFC 4180.
    let quotes: Bool

    /// Calls `body` with each line, without its newline and the carriage return before it.
    ///
    /// - Parameter body: The line, its number from 1, and whether a newline ended it. A line of several is numbered by
    ///   its first.
    /// - Throws: ``ListFault`` for a line that is longer than ``longest``; what `body` throws, a reason of ours with the
    ///   line's place.
    func each(
        of source: ByteSource,
        _ body: (Text, UInt64, Bool) throws -> Void
    ) throws {
        var begun: [UInt8] = []
        var state = (line: UInt64(1), breaks: UInt64(0), isQuoted: false)
        var isFirst = true

        func hand(_ line: Text, ended: Bool) throws {
            let first = isFirst
            isFirst = false
            let number = state.line
            state.line += 1 + state.breaks
            state.breaks = 0
            let line = (first ? line.withoutByteOrderMark : line).withoutCarriageReturn
            guard line.byteCount <= longest else {
                throw source.fault(.tooLong(limit: longest), at: .line(number))
            }
            do {
                try body(line, number, ended)
            } catch let reason as ListFault.Reason {
                throw source.fault(reason, at: .line(number))
            }
        }

        while case let piece = try source.next(), !piece.isEmpty {
            var start = 0
            for index in 0..<piece.count {
                let byte = piece[index]
                if quotes, byte == UInt8(ascii: "\"") { state.isQuoted.toggle() }
                guard byte == UInt8(ascii: "\n") else { continue }
                if state.isQuoted {
                    state.breaks += 1
                    continue
                }
                if begun.isEmpty {
                    try hand(Text(piece[start..<index]), ended: true)
                } else {
                    begun.append(contentsOf: piece[start..<index])
                    try hand(begun.text, ended: true)
                    begun.removeAll(keepingCapacity: true)
                }
                start = index + 1
            }
            begun.append(contentsOf: piece[start...])
            // A carriage return and a mark may come on top.
            if begun.count > longest + 4 {
                throw source.fault(.tooLong(limit: longest), at: .line(state.line))
            }
        }
        if !begun.isEmpty { try hand(begun.text, ended: false) }
    }
}
