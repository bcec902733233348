import LinuxIO
import UploadModel

/// The files of one bag on their way to the disk, in a directory that nobody else reads yet.
///
/// Every file is fsynced with its final mode before it is listed. A failed fsync ends the bag: the caller
/// removes the directory and starts from the beginning, since Linux calls the lost pages clean.
struct BagWriter: ~Copyable {
    private let bag: Descriptor
    private let data: Descriptor
    /// What errors say: the bundle's name.
    private let subject: String
    private var payload: [String: FileDigests] = [:]
    private var tags: [String: FileDigests] = [:]

    /// Makes the directory `name` and starts a bag in it.
    init(in parent: borrowing Descriptor, _ name: [UInt8], subject: String) throws(SyscallError) {
        try parent.makeDirectory(name, mode: 0o700, subject: subject)
        let bag = try parent.open(name, .directory, subject: subject)
        try bag.makeDirectory(Array("data".utf8), mode: 0o700, subject: subject)
        let data = try bag.open(Array("data".utf8), .directory, subject: subject)
        self.bag = bag
        self.data = data
        self.subject = subject
    }

    /// Seals a file of the payload, `data/NAME.age.body`.
    mutating func addSealed(
        _ name: String,
        for audiences: Audiences,
        by sealer: Sealer,
        fill: (inout SealingStream) throws -> DigestSet
    ) throws -> SealedFile {
        let file = try SealedFile(
            name,
            in: data,
            for: audiences,
            by: sealer,
            subject: subject,
            fill: fill
        )
        payload["data/\(SealedFile.bodyName(name))"] = file.body.digests
        return file
    }

    /// What is wrong with a sealed file as it is on the disk.
    func faults(of file: borrowing SealedFile) throws -> [BundleFault] {
        try file.faultOfBody(in: data, subject: subject).map { [$0] } ?? []
    }

    mutating func addPayload(_ name: String, _ bytes: [UInt8]) throws(SyscallError) {
        try data.writeNew(bytes, as: Array(name.utf8), mode: VaultModes.file, subject: subject)
        payload["data/\(name)"] = FileDigests(of: bytes)
    }

    /// Writes what describes the payload, reads the whole bag back from the disk, and gives it its modes.
    ///
    /// - Returns: What is wrong with what was read back; nothing when it is what was written.
    mutating func finish(_ exhibit: Exhibit) throws -> [BundleFault] {
        try data.setMode(VaultModes.directory, subject: subject)
        try data.sync(subject: subject)
        let oxum = PayloadOxum(payload.values.map(\.listed.byteCount))
        try addTag(BagInfo.declarationName, BagInfo.declaration)
        try addTag(BagInfo.name, BagInfo.bytes(of: exhibit, oxum: oxum))
        for kind in BagManifest.Kind.allCases {
            try addTag(kind.payloadName, BagManifest(kind, of: payload).bytes)
        }
        let root = BagManifest(.sha512, of: tags)
        try writeTag(BagManifest.Kind.sha256.tagName, BagManifest(.sha256, of: tags).bytes)
        try writeTag(BagManifest.Kind.sha512.tagName, root.bytes)
        try bag.sync(subject: subject)

        // All else hangs from this one manifest, so it alone is compared with what is in memory.
        let faults = try BagCheck(of: bag, subject: subject, root: root).faults()
        try bag.setMode(VaultModes.directory, subject: subject)
        try bag.sync(subject: subject)
        return faults
    }

    private mutating func addTag(_ name: String, _ bytes: [UInt8]) throws(SyscallError) {
        try writeTag(name, bytes)
        tags[name] = FileDigests(of: bytes)
    }

    private func writeTag(_ name: String, _ bytes: [UInt8]) throws(SyscallError) {
        try bag.writeNew(bytes, as: Array(name.utf8), mode: VaultModes.file, subject: subject)
    }
}
