import Crypto
import UploadModel

/// The desk's Ed25519 signature under an order: 64 bytes in `order.sig`, over the bytes of `order.json`.
package enum OrderSignature {
    package static let byteCount = 64

    /// - Parameter key: The desk's public key, 32 bytes.
    package static func holds(_ signature: [UInt8], over order: [UInt8], key: [UInt8]) -> Bool {
        guard signature.count == byteCount,
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: key)
        else { return false }
        return key.isValidSignature(signature, for: order)
    }

    /// - Parameter seed: The desk's private key, 32 bytes.
    /// - Returns: `nil` where the seed is none.
    package static func sign(_ order: [UInt8], seed: [UInt8]) -> [UInt8]? {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else { return nil }
        return (try? key.signature(for: order)).map(Array.init)
    }

    /// The public key that belongs to a seed, 64 hexadecimal digits: what the daemon's `state.desk_key` holds.
    package static func publicKeyText(seed: [UInt8]) -> String? {
        let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed)
        return key.map { Hex.text($0.publicKey.rawRepresentation) }
    }
}
