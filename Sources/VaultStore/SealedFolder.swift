package import LinuxIO

/// A directory of sealed entries: each a directory of its own, whole or not there, that holds bodies and beside each
/// body a header for each audience.
///
/// `cat NAME.custodians.age.hdr NAME.age.body | age -d -i KEY` opens one without this program.
package final class SealedFolder: Sendable {
    private let directory: Descriptor
    private let sealer: Sealer
    /// What errors say, and the entry's name after it; an entry's name is never an uploader's.
    private let subject: String

    package convenience init(_ directory: borrowing Descriptor, subject: String) throws(SyscallError) {
        try self.init(directory, subject: subject, by: Sealer())
    }

    init(_ directory: borrowing Descriptor, subject: String, by sealer: Sealer) throws(SyscallError) {
        self.directory = try directory.duplicate()
        (self.subject, self.sealer) = (subject, sealer)
    }

    /// Seals bytes as one entry: durable, opened again and whole when this returns. One that is there is left as it is.
    ///
    /// - Parameters:
    ///   - name: Of the entry; no dot at its start.
    ///   - bodies: By the name of their body.
    /// - Throws: `SyscallError`; ``DamagedSeal`` when it does not open again, and nothing of it is left.
    package func place(_ name: String, _ bodies: [String: [UInt8]], for audiences: Audiences) throws {
        if try !has(name) {
            try directory.placeWhole(Array(name.utf8), subject: subject) { hidden in
                try directory.makeDirectory(hidden, mode: 0o700, subject: subject)
                let entry = try directory.open(hidden, .directory, subject: subject)
                for (body, bytes) in bodies.sorted(by: { $0.key < $1.key }) {
                    try seal(body, bytes, in: entry, name, for: audiences)
                }
                try entry.setMode(VaultModes.directory, subject: subject)
                try entry.sync(subject: subject)
            }
        }
        try directory.sync(subject: subject)
    }

    private func seal(
        _ body: String,
        _ bytes: [UInt8],
        in entry: borrowing Descriptor,
        _ name: String,
        for audiences: Audiences
    ) throws {
        let sealed = try SealedFile(body, bytes, in: entry, for: audiences, by: sealer, subject: subject)
        for (header, bytes) in sealed.headerFiles {
            try entry.writeNew(bytes, as: Array(header.utf8), mode: VaultModes.file, subject: subject)
        }
        let fault = try sealed.faultOfBody(in: entry, subject: subject)
        if let fault = try fault ?? sealed.faultOfHeaders(in: entry, subject: subject) {
            throw DamagedSeal(entry: "\(subject) \(name)", fault: fault)
        }
    }

    package func has(_ name: String) throws(SyscallError) -> Bool {
        try directory.statusIfThere(of: Array(name.utf8), subject: subject) != nil
    }

    /// The bytes of one body of an entry.
    ///
    /// - Throws: ``SealingFault``, `SyscallError` also when there is no such entry.
    package func bytes(
        _ body: String,
        of name: String,
        with identity: AgeIdentity,
        limit: Int
    ) throws -> [UInt8] {
        let entry = try entry(name)
        let stream = OpeningStream(try headers(of: body, in: entry).fileKey(of: body, with: identity))
        let file = try entry.open(Array(SealedFile.bodyName(body).utf8), .noFollow, subject: subject)
        // A body is its nonce, and 16 bytes more for every 64 KiB.
        return try stream.bytes(of: file, limit: limit + limit / 1_024 + 64, subject: subject)
    }

    func entry(_ name: String) throws(SyscallError) -> Descriptor {
        try directory.open(Array(name.utf8), .directory, subject: subject)
    }

    /// The headers of one body, by the name of their file.
    func headers(of body: String, in entry: borrowing Descriptor) throws(SyscallError) -> [String: [UInt8]] {
        var headers: [String: [UInt8]] = [:]
        for audience in Audience.allCases {
            let header = SealedFile.headerName(body, audience)
            guard try entry.statusIfThere(of: Array(header.utf8), subject: subject) != nil else { continue }
            headers[header] = try entry.open(Array(header.utf8), .noFollow, subject: subject)
                .readAll(limit: AgeHeader.largest, subject: subject)
        }
        return headers
    }

    package func remove(_ name: String) throws(SyscallError) {
        try directory.removeTree(Array(name.utf8), subject: subject)
    }
}

/// A sealed entry that did not open again right after it was written; nothing of it is left.
package struct DamagedSeal: Error, Equatable, CustomStringConvertible {
    package let entry: String
    package let fault: BundleFault

    package var description: String { "\(entry): \(fault); check the disk and the keys of [evidence]" }
}
