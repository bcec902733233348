/// Why a text is not JSON that we take.
///
/// An offset counts bytes from the start of the text and names the first byte that is wrong, or the first of
/// the part that is. Nothing of the content is kept, so that a fault can be logged.
package enum JSONFault: Error, Equatable {
    /// No byte, or nothing but white space.
    case empty
    case tooLarge(bytes: Int, limit: Int)
    /// The array or object at `offset` lies deeper than `limit`.
    case tooDeep(offset: Int, limit: Int)
    case byteOrderMark(offset: Int)
    /// The text ends where something is still missing; `offset` is its length.
    case cutShort(offset: Int)
    case unexpectedByte(offset: Int)
    /// Something other than white space follows the value.
    case trailingBytes(offset: Int)

    case invalidUTF8(offset: Int)
    case controlCharacter(offset: Int)
    case unknownEscape(offset: Int)
    /// An escape that is half of a surrogate pair, without its other half.
    case loneSurrogate(offset: Int)

    /// A leading zero, or a digit missing.
    case malformedNumber(offset: Int)
    /// Not finite as a double.
    case numberTooLarge(offset: Int)
    case duplicateKey(offset: Int)
}

extension JSONFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .empty: "empty"
        case .tooLarge(let bytes, let limit): "\(bytes) bytes long, but at most \(limit) are read"
        case .tooDeep(let offset, let limit): "nested deeper than \(limit) at byte \(offset)"
        case .byteOrderMark(let offset): "byte order mark at byte \(offset)"
        case .cutShort(let offset): "cut short at byte \(offset)"
        case .unexpectedByte(let offset): "unexpected byte at byte \(offset)"
        case .trailingBytes(let offset): "more follows the value at byte \(offset)"
        case .invalidUTF8(let offset): "invalid UTF-8 at byte \(offset)"
        case .controlCharacter(let offset): "control character in a string at byte \(offset)"
        case .unknownEscape(let offset): "unknown escape at byte \(offset)"
        case .loneSurrogate(let offset): "half of a surrogate pair at byte \(offset)"
        case .malformedNumber(let offset): "malformed number at byte \(offset)"
        case .numberTooLarge(let offset): "number too large for a double at byte \(offset)"
        case .duplicateKey(let offset): "member name is there twice at byte \(offset)"
        }
    }
}
