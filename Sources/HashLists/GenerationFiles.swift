import Crypto
package import GenerationFormat
package import LinuxIO
import UploadModel

extension Generation {
    /// The name in `<lists>/current`, or `nil` when nothing was ever installed.
    ///
    /// - Throws: ``GenerationFault/malformedCurrent`` when it says anything but one generation's name.
    package static func currentName(in lists: borrowing Descriptor) throws -> String? {
        let bytes: [UInt8]
        do {
            bytes = try lists.regularFile(GenerationFile.current).readAll(
                limit: 64,
                subject: GenerationFile.current
            )
        } catch GenerationFault.missing {
            return nil
        } catch is GenerationFault {
            throw GenerationFault.malformedCurrent
        } catch let error as SyscallError where error.isTooLarge {
            throw GenerationFault.malformedCurrent
        }
        guard let name = GenerationName(currentFile: bytes) else { throw GenerationFault.malformedCurrent }
        return "\(name)"
    }
}

extension Generation {
    /// What a generation says of itself, once its signature has verified; the other files are not looked at.
    package static func signedManifest(
        _ name: GenerationName,
        in lists: borrowing Descriptor,
        publicKey: [UInt8]
    ) throws -> GenerationManifest {
        let manifest = try lists.openIfThere("\(name)", .directory).signedManifest(publicKey)
        guard manifest.name == name else {
            throw GenerationFault.damaged(
                file: GenerationFile.manifest,
                because: "it is another generation's"
            )
        }
        return manifest
    }
}

extension Generation {
    /// The same once every byte of every file was found to be what was signed.
    package static func verifiedManifest(
        _ name: GenerationName,
        in lists: borrowing Descriptor,
        publicKey: [UInt8]
    ) throws -> GenerationManifest {
        try Generation.open("\(name)", in: lists, publicKey: publicKey, notBelow: 0).checkEveryByte()
        return try signedManifest(name, in: lists, publicKey: publicKey)
    }
}

// MARK: - A generation's directory

extension Descriptor {
    /// The manifest, read once its signature has verified.
    func signedManifest(_ publicKey: [UInt8]) throws -> GenerationManifest {
        let manifest = try regularFile(GenerationFile.manifest)
            .readAll(limit: GenerationFile.largestManifest, subject: GenerationFile.manifest)
        let signature: [UInt8]
        do {
            signature = try regularFile(GenerationFile.signature)
                .readAll(limit: GenerationFile.signatureByteCount, subject: GenerationFile.signature)
        } catch let error as SyscallError where error.isTooLarge {
            throw GenerationFault.badSignature
        }
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else {
            throw GenerationFault.badPublicKey
        }
        guard key.isValidSignature(signature, for: manifest) else { throw GenerationFault.badSignature }
        return try GenerationManifest(reading: manifest.span.bytes)
    }

    /// Opens a file of ours, and neither waits for a FIFO nor follows a link.
    func regularFile(_ name: String) throws -> Descriptor {
        let file = try openIfThere(name, .nonBlocking)
        guard try file.status(subject: name).kind == .regular else {
            throw GenerationFault.damaged(file: name, because: "not a regular file")
        }
        return file
    }

    func openIfThere(_ name: String, _ flags: OpenFlags) throws -> Descriptor {
        do throws(SyscallError) {
            return try open(Array(name.utf8), flags, subject: name)
        } catch {
            if error.isLink {
                throw GenerationFault.damaged(file: name, because: "a link, and none is followed")
            }
            throw error.isNotThere ? GenerationFault.missing(file: name) : error as any Error
        }
    }
}
