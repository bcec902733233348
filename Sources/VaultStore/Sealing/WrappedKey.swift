import LinuxIO

/// One body's file key with the headers that wrap it for its audiences, still in memory: what is needed to prove that the
/// headers on the disk open the body.
struct WrappedKey: ~Copyable {
    let name: String
    let key: FileKey
    private let headers: [(audience: Audience, written: WrittenHeader)]
    private let audiences: Audiences

    init(_ key: consuming FileKey, of name: String, for audiences: Audiences, by sealer: Sealer = Sealer())
        throws(SealingFault)
    {
        var headers: [(audience: Audience, written: WrittenHeader)] = []
        for audience in audiences.inUse {
            headers.append((audience, try WrittenHeader(key, for: sealer.recipients(audiences[audience]))))
        }
        (self.name, self.headers, self.audiences) = (name, headers, audiences)
        self.key = key
    }

    /// The headers, by the name of their file.
    var headerFiles: [(name: String, bytes: [UInt8])] {
        headers.map { (SealedFile.headerName(name, $0.audience), $0.written.header.bytes) }
    }

    /// Compares each header as it is on the disk with those it was to be for, without anybody's private key.
    func faultOfHeaders(in directory: borrowing Descriptor, subject: String) throws -> BundleFault? {
        for (audience, written) in headers {
            let path = SealedFile.headerName(name, audience)
            let file = try directory.open(Array(path.utf8), [.noFollow, .nonBlocking], subject: subject)
            file.dropCache()
            let bytes = try file.readAll(limit: AgeHeader.largest, subject: subject)
            // The recipients as the settings have them, not as the sealer took them.
            if !written.opens(bytes, for: audiences[audience], key) { return .headerDoesNotOpen(path) }
        }
        return nil
    }
}
