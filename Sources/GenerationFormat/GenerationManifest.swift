import JSONText
package import UploadModel

/// What a generation says of itself: signed, and so the root of trust for every other file.
///
/// Written as RFC 8785; any other spelling of the same is refused. Times are strings of digits, because canonical
/// numbers are doubles and nanoseconds are larger.
package struct GenerationManifest: Equatable, Sendable {
    /// The only one that this program reads.
    package static let format: UInt64 = 2

    package let name: GenerationName
    package let createdAt: Timestamp
    /// Of a delta: the whole generation whose files it shares.
    package let base: GenerationName?
    package let lists: [GenerationList]
    /// Every other file of the generation, by name.
    package let files: [File]

    /// A file's name, size in bytes and SHA-256.
    package struct File: Equatable, Sendable {
        package let name: String
        package let byteCount: UInt64
        package let sha256: Digest

        package init(name: String, byteCount: UInt64, sha256: Digest) {
            self.name = name
            self.byteCount = byteCount
            self.sha256 = sha256
        }
    }

    package init(
        name: GenerationName,
        createdAt: Timestamp,
        base: GenerationName? = nil,
        lists: [GenerationList],
        files: [File]
    ) {
        self.name = name
        self.createdAt = createdAt
        self.base = base
        self.lists = lists
        self.files = files.sorted { $0.name < $1.name }
    }

    package func file(_ name: String) -> File? { files.first { $0.name == name } }

    /// The same content under another name.
    package func renamed(_ name: GenerationName, at time: Timestamp) -> GenerationManifest {
        GenerationManifest(name: name, createdAt: time, base: base, lists: lists, files: files)
    }
}

// MARK: - As JSON

extension GenerationManifest {
    package var bytes: [UInt8] { json.canonical }

    private var json: JSONValue {
        var object: JSONObject = [
            "format": .integer(Self.format), "generation": .string("\(name)"),
            "counter": .integer(name.counter),
            "created_at_ns": .string("\(createdAt.nanoseconds)"), "lists": .array(lists.map(\.json)),
            "files": .array(
                files.map { file in
                    [
                        "name": .string(file.name), "bytes": .integer(file.byteCount),
                        "sha256": .string(file.sha256.hex),
                    ]
                }
            ),
        ]
        if let base { object["base"] = .string("\(base)") }
        return .object(object)
    }

    /// Reads a manifest. Whether it is signed is for the caller to know before.
    ///
    /// What was read must write the same bytes again, so a member that is missing, unknown or out of range is found
    /// although each is read with a default.
    package init(reading bytes: RawSpan) throws(GenerationFault) {
        do {
            let json = try JSONValue(parsing: bytes, limits: .own)
            let format = UInt64(clamping: try json.integer("format"))
            guard format == Self.format else { throw GenerationFault.otherFormat(found: format) }
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
            File(
                name: try file.parsed("name") { GenerationFile.isName($0) ? $0 : nil },
                byteCount: try file.count("bytes"),
                sha256: try file.parsed("sha256") { $0.utf8.count == 64 ? Digest(hex: $0.utf8) : nil }
            )
        }
        guard Set(files.map(\.name)).count == files.count else {
            throw Self.damaged("two files have one name")
        }
        let lists = try json.list("lists") { list throws(TextFault) in try GenerationList(list) }
        guard Set(lists.map(\.name)).count == lists.count else {
            throw Self.damaged("two lists have one name")
        }
        let base = json["base"] == nil ? nil : try json.parsed("base") { GenerationName($0) }
        guard lists.allSatisfy({ ($0.base != nil) == (base != nil) && $0.hasSoundCounts }) else {
            throw Self.damaged("a list whose counts do not come from its base")
        }
        self.init(
            name: try json.parsed("generation") { GenerationName($0) },
            createdAt: try json.time("created_at_ns"),
            base: base,
            lists: lists,
            files: files
        )
    }

    private static func damaged(_ reason: String) -> GenerationFault {
        .damaged(file: GenerationFile.manifest, because: reason)
    }
}

extension JSONValue {
    func count(_ member: String) throws(TextFault) -> UInt64 {
        UInt64(clamping: try integer(member))
    }

    func time(_ member: String) throws(TextFault) -> Timestamp {
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
