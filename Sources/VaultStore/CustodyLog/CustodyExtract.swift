package import LinuxIO
import UploadModel

/// Some entries of a log in a folder: `N.json` and `N.tlog-proof` for entry N, and `vkey` where the writer knows it.
///
/// Whoever has the log's public key from elsewhere can check it with nothing but this folder.
package enum CustodyExtract {
    private static let vkey = Array("vkey".utf8)
    /// Bytes of an entry, and of a proof with its checkpoint.
    private static let largest = 256 << 10

    /// Writes into an empty directory.
    package static func write(
        _ proofs: [CustodyProof],
        _ verifier: LogVerifier?,
        to directory: borrowing Descriptor
    ) throws(SyscallError) {
        for proof in proofs {
            let text = Array(proof.text.utf8)
            try write(proof.entry, as: "\(proof.index).json", in: directory)
            try write(text, as: "\(proof.index).tlog-proof", in: directory)
        }
        if let verifier {
            let line = Array("\(verifier)\n".utf8)
            try directory.writeNew(line, as: vkey, mode: 0o440, subject: "custody extract")
        }
        try directory.sync(subject: "custody extract")
    }

    private static func write(
        _ bytes: [UInt8],
        as name: String,
        in directory: borrowing Descriptor
    ) throws(SyscallError) {
        try directory.writeNew(bytes, as: Array(name.utf8), mode: 0o440, subject: "custody extract")
    }

    /// Whether a directory holds an extract, and not a log.
    package static func isExtract(_ directory: borrowing Descriptor) throws(SyscallError) -> Bool {
        for file in [LogFiles.checkpoint, LogFiles.journal]
        where try directory.statusIfThere(of: file) != nil { return false }
        return true
    }

    /// Reads what ``write(_:_:to:)`` wrote; its `vkey` is not believed.
    ///
    /// - Throws: ``CustodyLogFault/damaged(file:)`` where a file is missing or none of ours; `SyscallError`.
    package static func proofs(in directory: borrowing Descriptor) throws -> [CustodyProof] {
        var proofs: [CustodyProof] = []
        var entries = try DirectoryEntries(of: directory, subject: "custody extract")
        while let name = try entries.next()?.name {
            let text = String(decoding: name, as: UTF8.self)
            guard text.hasSuffix(".json"), let index = UInt64(text.dropLast(5)) else { continue }
            let entry = try directory.open(name, [.noFollow]).readAll(limit: largest)
            let proof = Array("\(index).tlog-proof".utf8)
            guard try directory.statusIfThere(of: proof) != nil,
                case let bytes = try directory.open(proof, [.noFollow]).readAll(limit: largest),
                let read = CustodyProof(String(decoding: bytes, as: UTF8.self), entry: entry),
                read.index == index
            else { throw CustodyLogFault.damaged(file: "\(index).tlog-proof") }
            proofs.append(read)
        }
        return proofs.sorted { $0.index < $1.index }
    }
}
