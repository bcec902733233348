package import LinuxIO

extension SealedFolder {
    /// Hands an entry over to one recipient: its bodies as they lie here, `NAME.age.body`, and beside each `NAME.age.hdr`
    /// that opens it for that recipient alone. `cat NAME.age.hdr NAME.age.body | age -d -i KEY` opens it.
    ///
    /// - Parameters:
    ///   - directory: Gets a directory of the entry's name, which must not be there.
    ///   - identity: Opens the entry's own headers.
    /// - Throws: ``SealingFault``; ``DamagedSeal`` when a copy does not open; `SyscallError`.
    package func handOver(
        _ name: String,
        to recipient: AgeRecipient,
        into directory: borrowing Descriptor,
        with identity: AgeIdentity
    ) throws {
        let entry = try self.entry(name)
        try directory.makeDirectory(Array(name.utf8), mode: 0o700, subject: name)
        let copy = try directory.open(Array(name.utf8), .directory, subject: name)
        for body in try Self.bodies(in: entry) {
            let key = try headers(of: body, in: entry).fileKey(of: body, with: identity)
            let file = Array(SealedFile.bodyName(body).utf8)
            try copy.copyFile(
                entry.open(file, .noFollow, subject: name),
                as: file,
                mode: VaultModes.file,
                subject: name
            )
            let written = try WrittenHeader(key, for: [recipient])
            let header = "\(body).age.hdr"
            try copy.writeNew(written.header.bytes, as: Array(header.utf8), mode: 0o440, subject: name)
            let back = try copy.open(Array(header.utf8), subject: name)
                .readAll(limit: AgeHeader.largest, subject: name)
            guard written.opens(back, for: [recipient], key) else {
                throw DamagedSeal(entry: name, fault: .headerDoesNotOpen(header))
            }
            do {
                try OpeningStream.chunks(
                    of: copy.open(file, .noFollow, subject: name),
                    with: key,
                    subject: name
                ) {
                    _ in
                }
            } catch is SealingFault {
                throw DamagedSeal(entry: name, fault: .doesNotOpen(SealedFile.bodyName(body)))
            }
        }
        try copy.sync(subject: name)
    }

    private static func bodies(in entry: borrowing Descriptor) throws(SyscallError) -> [String] {
        let ending = SealedFile.bodyName("")
        var found: [String] = []
        var entries = try DirectoryEntries(of: entry, subject: "sealed entry")
        while let name = try entries.next()?.name {
            let text = String(decoding: name, as: UTF8.self)
            if text.hasSuffix(ending) { found.append(String(text.dropLast(ending.count))) }
        }
        return found.sorted()
    }
}
