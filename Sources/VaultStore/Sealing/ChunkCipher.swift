import COpenSSL
import Crypto

/// The cipher of a body: chunks of 64 KiB under one payload key, numbered in their nonces, the last one marked.
///
/// OpenSSL's, since swift-crypto copies each chunk several times: sealing took twice as long with it.
///
/// - Source: C2SP age, "Payload": the STREAM construction with ChaCha20-Poly1305 (RFC 8439); EVP_EncryptInit(3).
final class ChunkCipher {
    /// Plaintext bytes of every chunk but the last.
    static let chunk = 64 * 1_024
    static let tag = 16
    /// Bytes that stand before the first chunk.
    static let nonce = 16

    enum Direction: CInt {
        case opening = 0
        case sealing = 1
    }

    /// Holds the key; cleared when it is freed.
    private let context: OpaquePointer
    private let direction: Direction

    init(_ file: borrowing FileKey, nonce: [UInt8], _ direction: Direction = .sealing) {
        self.direction = direction
        context = EVP_CIPHER_CTX_new()
        file.derived(salt: nonce, info: "payload").withUnsafeBytes { key in
            let key = key.bindMemory(to: UInt8.self).baseAddress
            let cipher = EVP_chacha20_poly1305()
            expect(EVP_CipherInit_ex(context, cipher, nil, key, nil, direction.rawValue))
        }
    }

    deinit { EVP_CIPHER_CTX_free(context) }

    /// The chunk's ciphertext, then its tag.
    func seal(_ plain: RawSpan, number: UInt64, isLast: Bool) -> [UInt8] {
        precondition(direction == .sealing)
        let count = plain.byteCount
        return [UInt8](unsafeUninitializedCapacity: count + Self.tag) { sealed, filled in
            begin(number, isLast)
            run(plain, into: sealed.baseAddress!)
            var rest: CInt = 0
            expect(EVP_EncryptFinal_ex(context, sealed.baseAddress! + count, &rest))
            let tag = sealed.baseAddress! + count
            expect(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, CInt(Self.tag), tag))
            filled = count + Self.tag
        }
    }

    /// The plaintext of ciphertext and tag; `nil` when it is not authentic.
    func open(_ sealed: RawSpan, number: UInt64, isLast: Bool) -> [UInt8]? {
        precondition(direction == .opening && sealed.byteCount >= Self.tag)
        let count = sealed.byteCount - Self.tag
        var isAuthentic = false
        let plain = [UInt8](unsafeUninitializedCapacity: count + 1) { plain, filled in
            begin(number, isLast)
            run(sealed.extracting(first: count), into: plain.baseAddress!)
            sealed.extracting(last: Self.tag).withUnsafeBytes { tag in
                let tag = UnsafeMutableRawPointer(mutating: tag.baseAddress)
                expect(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, CInt(Self.tag), tag))
            }
            var rest: CInt = 0
            isAuthentic = EVP_DecryptFinal_ex(context, plain.baseAddress! + count, &rest) == 1
            filled = count
        }
        return isAuthentic ? plain : nil
    }

    /// The nonce: eleven bytes of number, most significant first, then 1 for the last chunk.
    private func begin(_ number: UInt64, _ isLast: Bool) {
        let digits = (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
        expect(
            EVP_CipherInit_ex(
                context,
                nil,
                nil,
                nil,
                [0, 0, 0] + digits + [isLast ? 1 : 0],
                direction.rawValue
            )
        )
    }

    private func run(_ bytes: RawSpan, into goal: UnsafeMutablePointer<UInt8>) {
        // An empty chunk has no address to give.
        guard bytes.byteCount > 0 else { return }
        bytes.withUnsafeBytes { bytes in
            var written: CInt = 0
            let source = bytes.bindMemory(to: UInt8.self).baseAddress
            expect(EVP_CipherUpdate(context, goal, &written, source, CInt(bytes.count)))
        }
    }

    private func expect(_ answer: CInt) { precondition(answer == 1, "OpenSSL failed") }
}
