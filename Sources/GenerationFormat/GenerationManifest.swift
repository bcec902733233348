import JSONText
package import UploadModel

/// What a generation says of itself: signed, and so the root of trust for every other file.
///
/// Written as RFC 8785; any other spelling of the same is refused. Times are strings of digits, because canonical
/// numbers are doubles and nanoseconds are larger.
package struct GenerationManifest: Equatable, Sendable {
    /// The newest that this program reads.
    package static let format: UInt64 = 1

    package let name: GenerationName
    package let createdAt: Timestamp
    package let lists: [GenerationList]
    /// Of ``GenerationFile/entries``.
    package let entries: FileDigest

    /// A file's size in bytes and SHA-256.
    package struct FileDigest: Equatable, Sendable {
        package let byteCount: UInt64
        package let sha256: Digest

        package init(byteCount: UInt64, sha256: Digest) {
            self.byteCount = byteCount
            self.sha256 = sha256
        }
    }

    package init(name: GenerationName, createdAt: Timestamp, lists: [GenerationList], entries: FileDigest) {
        self.name = name
        self.createdAt = createdAt
        self.lists = lists
        self.entries = entries
    }
}

/// One list as a generation holds it.
package struct GenerationList: Equatable, Sendable {
    package let name: String
    package let listClass: ListClass
    package let supplier: String
    /// What the supplier says of the list; may be empty.
    package let provenance: String
    package let synthetic: Bool
    package let entryCount: UInt64
    package let importedAt: Timestamp
    /// Days from ``importedAt`` on; 0 never stale.
    package let maximumAge: Int

    package init(
        name: String,
        listClass: ListClass,
        supplier: String,
        provenance: String,
        synthetic: Bool,
        entryCount: UInt64,
        importedAt: Timestamp,
        maximumAge: Int
    ) {
        self.name = name
        self.listClass = listClass
        self.supplier = supplier
        self.provenance = provenance
        self.synthetic = synthetic
        self.entryCount = entryCount
        self.importedAt = importedAt
        self.maximumAge = maximumAge
    }

    package func isStale(at time: Timestamp) -> Bool {
        let age = time.nanoseconds.subtractingReportingOverflow(importedAt.nanoseconds)
        return maximumAge > 0 && (age.overflow || age.partialValue / 86_400_000_000_000 >= maximumAge)
    }
}

// MARK: - As JSON

extension GenerationManifest {
    package var bytes: [UInt8] { json.canonical }

    private var json: JSONValue {
        [
            "format": .integer(Self.format), "generation": .string("\(name)"),
            "counter": .integer(name.counter),
            "created_at_ns": .string("\(createdAt.nanoseconds)"), "lists": .array(lists.map(\.json)),
            "files": [
                [
                    "name": .string(GenerationFile.entries), "bytes": .integer(entries.byteCount),
                    "sha256": .string(entries.sha256.hex),
                ]
            ],
        ]
    }

    /// Reads a manifest. Whether it is signed is for the caller to know before.
    ///
    /// What was read must write the same bytes again, so a member that is missing, unknown or out of range is found
    /// although each is read with a default.
    package init(reading bytes: RawSpan) throws(GenerationFault) {
        do {
            let json = try JSONValue(parsing: bytes, limits: .own)
            let format = UInt64(clamping: try json.integer("format"))
            guard format <= Self.format else { throw GenerationFault.newerFormat(found: format) }
            try self.init(json)
            guard self.bytes.span.bytes.holdsTheSame(as: bytes) else {
                throw Self.damaged("not as it was written")
            }
        } catch let fault as GenerationFault {
            throw fault
        } catch {
            throw Self.damaged("\(error)")
        }
    }

    private init(_ json: JSONValue) throws {
        let files = try json.list("files") { file throws(TextFault) in
            FileDigest(
                byteCount: try file.count("bytes"),
                sha256: try file.parsed("sha256") { Digest(hex: $0.utf8) }
            )
        }
        guard let entries = files.first, entries.sha256.algorithm == .sha256 else {
            throw Self.damaged("names no \(GenerationFile.entries)")
        }
        let lists = try json.list("lists") { list throws(TextFault) in try GenerationList(list) }
        guard Set(lists.map(\.name)).count == lists.count else {
            throw Self.damaged("two lists have one name")
        }
        self.init(
            name: try json.parsed("generation") { GenerationName($0) },
            createdAt: try json.time("created_at_ns"),
            lists: lists,
            entries: entries
        )
    }

    private static func damaged(_ reason: String) -> GenerationFault {
        .damaged(file: GenerationFile.manifest, because: reason)
    }
}

extension GenerationList {
    fileprivate var json: JSONValue {
        [
            "name": .string(name), "class": .string(listClass.rawValue), "supplier": .string(supplier),
            "provenance": .string(provenance), "synthetic": .bool(synthetic), "entries": .integer(entryCount),
            "imported_at_ns": .string("\(importedAt.nanoseconds)"), "maximum_age_days": .integer(maximumAge),
        ]
    }

    fileprivate init(_ json: JSONValue) throws(TextFault) {
        self.init(
            name: try json.parsed("name") { $0 },
            listClass: try json.parsed("class", ListClass.init(rawValue:)),
            supplier: try json.parsed("supplier") { $0 },
            provenance: try json.parsed("provenance") { $0 },
            synthetic: json["synthetic"]?.boolValue ?? false,
            entryCount: try json.count("entries"),
            importedAt: try json.time("imported_at_ns"),
            maximumAge: Int(clamping: try json.count("maximum_age_days"))
        )
    }
}

extension JSONValue {
    fileprivate func count(_ member: String) throws(TextFault) -> UInt64 {
        UInt64(clamping: try integer(member))
    }

    fileprivate func time(_ member: String) throws(TextFault) -> Timestamp {
        Timestamp(nanoseconds: try parsed(member) { Int64($0) })
    }
}

extension RawSpan {
    fileprivate func holdsTheSame(as other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        for offset in 0..<byteCount where self.byte(at: offset) != other.byte(at: offset) { return false }
        return true
    }
}
