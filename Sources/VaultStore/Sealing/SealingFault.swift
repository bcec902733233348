/// Why something sealed does not open, or cannot be sealed.
package enum SealingFault: Error, Equatable, Sendable {
    /// Not `age1...`, 62 letters of Bech32.
    case notARecipient
    /// No `AGE-SECRET-KEY-1...` in it.
    case notAnIdentity
    /// A header that breaks the format, with what is wrong.
    case malformedHeader(String)
    /// Somebody changed the header, or it belongs to another file key.
    case headerNotAuthentic
    /// None of the header's stanzas is for this identity.
    case notForThisIdentity
    /// A point whose shared secret says nothing.
    case weakPoint
    /// The body's chunk of this number, from 0, was changed, or another file key sealed it.
    case notAuthentic(chunk: UInt64)
    /// The body ends where more must follow.
    case truncated
    /// The body ends in a chunk without bytes, which only an empty file may.
    case emptyLastChunk
    /// A body of more bytes than were to be held in memory.
    case tooLarge(limit: Int)
}

extension SealingFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notARecipient: "not an age recipient; one is 62 characters and begins with age1"
        case .notAnIdentity: "holds no age identity; one is a line that begins with AGE-SECRET-KEY-1"
        case .malformedHeader(let what): "the key header is not one of age version 1: \(what)"
        case .headerNotAuthentic: "the key header was changed, or is not for this body"
        case .notForThisIdentity: "the key header is not for this identity"
        case .weakPoint: "the public key is one that hides nothing"
        case .notAuthentic(let chunk):
            "the sealed body was changed in chunk \(chunk), or the key is another's"
        case .truncated: "the sealed body is cut short"
        case .emptyLastChunk: "the sealed body has an empty chunk at its end"
        case .tooLarge(let limit): "the sealed body is larger than \(limit) bytes"
        }
    }
}
