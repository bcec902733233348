/// What is wrong with a generation. Nothing of a list's content is kept, so that a fault can be logged.
package enum GenerationFault: Error, Equatable {
    /// Not `g`, ten digits, `-` and eight hexadecimal digits.
    case notAGenerationName
    /// `lists/current` is something other than a regular file with one generation's name and a newline.
    case malformedCurrent
    case missing(file: String)
    /// Of a program that is newer or older than this one.
    case otherFormat(found: UInt64)
    case cutShort(file: String, found: UInt64, needed: UInt64)
    case damaged(file: String, because: String)
    case badPublicKey
    case badSignature
    /// A generation older than one that was already served.
    case olderCounter(found: UInt64, highest: UInt64)
}

extension GenerationFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notAGenerationName:
            "not a generation's name, which is g, ten digits, - and eight hexadecimal digits"
        case .malformedCurrent:
            "lists/current does not hold one generation's name; install one with \"breakwater list build\""
        case .missing(let file):
            "\(file) is missing; build a generation with \"breakwater list build\""
        case .otherFormat(let found):
            "format \(found), but this program reads \(GenerationManifest.format); build again with \"breakwater list build\""
        case .cutShort(let file, let found, let needed):
            "\(file): \(found) bytes long, but \(needed) are needed; build again with \"breakwater list build\""
        case .damaged(let file, let reason):
            "\(file): \(reason); build again with \"breakwater list build\""
        case .badPublicKey:
            "the public key is not an Ed25519 key of 32 bytes; check lists.public_key"
        case .badSignature:
            "the signature does not verify; check lists.public_key, or build again with its signing key"
        case .olderCounter(let found, let highest):
            "counter \(found) is below \(highest), which was served before; run \"breakwater list build --counter \(highest + 1)\""
        }
    }
}
