import Digests
import JSONText
import UploadModel

/// What lies in `keys/ex-<uuid>/`.
enum HeaderFolder {
    /// The sealed bodies of a bundle.
    static let bodies = ["content", "subject"]
    static let recipients = "recipients.json"

    /// What is missing of headers, is none, or is not what was written; nothing when custodians have one for each body.
    static func faults(of headers: [String: [UInt8]], _ path: String) -> [BundleFault] {
        var faults: [BundleFault] = []
        for name in bodies {
            let file = SealedFile.headerName(name, .custodians)
            if headers[file] == nil { faults.append(.missing("\(path)/\(file)")) }
        }
        for (file, bytes) in headers.sorted(by: { $0.key < $1.key }) where file.hasSuffix(".age.hdr") {
            if (try? AgeHeader(reading: bytes)) == nil { faults.append(.malformed("\(path)/\(file)")) }
        }
        return faults + faultsByDigest(of: headers, path)
    }

    static func isWhole(_ headers: [String: [UInt8]]) -> Bool {
        headers[recipients] != nil && faults(of: headers, "").isEmpty
    }

    /// A header that reads as one may still open for nobody: without a private key only its digest tells.
    private static func faultsByDigest(of headers: [String: [UInt8]], _ path: String) -> [BundleFault] {
        // Shredded headers take their record with them.
        guard !headers.isEmpty else { return [] }
        guard let bytes = headers[recipients] else { return [.missing("\(path)/\(recipients)")] }
        guard let record = RecipientRecord(reading: bytes) else {
            return [.malformed("\(path)/\(recipients)")]
        }
        guard let known = record.digests else { return [] }
        let written = headers.filter { $0.key.hasSuffix(".age.hdr") }
        var faults: [BundleFault] = []
        for file in Set(known.keys).union(written.keys).sorted() {
            switch (known[file], written[file]) {
            case (let digest?, let bytes?):
                if RecipientRecord.digest(of: bytes) != digest {
                    faults.append(.differs("\(path)/\(file)", manifest: recipients))
                }
            case (nil, _): faults.append(.unlisted("\(path)/\(file)", manifest: recipients))
            case (_, nil): faults.append(.missing("\(path)/\(file)"))
            }
        }
        return faults
    }
}

/// `recipients.json`: which keys the headers are for, since a header does not tell, and the SHA-256 of each header, since
/// without a private key nothing else tells whether it opens for them.
struct RecipientRecord: Equatable {
    private var fingerprints: [Audience: [String]]
    /// Hexadecimal, by the name of the header's file; `nil` in a record of 0.1.0, which had none.
    private(set) var digests: [String: String]?

    init(of audiences: Audiences, _ headers: [(String, [UInt8])]) {
        fingerprints = [:]
        for audience in Audience.allCases { fingerprints[audience] = audiences[audience].map(\.fingerprint) }
        digests = Dictionary(uniqueKeysWithValues: headers.map { ($0, Self.digest(of: $1)) })
    }

    /// - Returns: `nil` where the bytes are not to the byte what a record writes.
    init?(reading bytes: [UInt8]) {
        guard let json = try? JSONValue(parsing: bytes) else { return nil }
        fingerprints = [:]
        for audience in Audience.allCases {
            guard let listed = json[audience.rawValue]?.arrayValue else { return nil }
            fingerprints[audience] = listed.compactMap(\.stringValue)
        }
        if let listed = json["headers"]?.objectValue {
            digests = [:]
            for (name, value) in listed.members { digests?[name] = value.stringValue }
        }
        guard self.bytes == bytes else { return nil }
    }

    var bytes: [UInt8] {
        var object: JSONObject = [
            "schema": digests == nil ? "breakwater-recipients-1" : "breakwater-recipients-2"
        ]
        for audience in Audience.allCases {
            object[audience.rawValue] = .array(self[audience].map { .string($0) })
        }
        if let digests {
            var listed = JSONObject()
            for (name, digest) in digests.sorted(by: { $0.key < $1.key }) { listed[name] = .string(digest) }
            object["headers"] = .object(listed)
        }
        return JSONValue.object(object).canonical
    }

    subscript(audience: Audience) -> [String] { fingerprints[audience] ?? [] }

    /// Whether it is for the same keys.
    func isFor(_ audiences: Audiences) -> Bool {
        Audience.allCases.allSatisfy { self[$0] == audiences[$0].map(\.fingerprint) }
    }

    /// The same record after an audience was taken away. The digests of what stays are those that were written: what
    /// rotted meanwhile is not taken for sound.
    func without(_ audience: Audience) -> RecipientRecord {
        var left = self
        left.fingerprints[audience] = []
        for name in HeaderFolder.bodies { left.digests?[SealedFile.headerName(name, audience)] = nil }
        return left
    }

    static func digest(of header: [UInt8]) -> String {
        DigestSet(of: header, .init(.sha256)).sha256?.hex ?? ""
    }
}
