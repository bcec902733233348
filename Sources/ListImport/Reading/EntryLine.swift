import JSONText
import UploadModel

/// `ndjson`: our own format, an object a line; docs/formats/list-sources.md has its members.
struct EntryLine: LineFormat {
    static var longest: Int { 64 * 1_024 }

    private(set) var updated: ChangeTime?
    private var isFirst = true

    mutating func record(in line: Text) throws(ListFault.Reason) -> ListRecord? {
        if line.trimmed.byteCount == 0 { return nil }
        defer { isFirst = false }
        let object = try Self.object(line)
        if isFirst, object["updated"] != nil {
            updated = try Self.header(object)
            return nil
        }
        return try ListRecord(object)
    }

    /// The first line may say when the list was as it is here, and nothing else.
    private static func header(_ object: JSONObject) throws(ListFault.Reason) -> ChangeTime {
        guard object.count == 1 else { throw .unknownMember }
        guard case .string(let text)? = object["updated"],
            let time = try ChangeTime.read(Array(text.utf8).text),
            time.scale == .date
        else { throw .notATime }
        return time
    }

    private static func object(_ line: Text) throws(ListFault.Reason) -> JSONObject {
        let value: JSONValue
        do throws(JSONFault) {
            value = try line.withSpan { bytes throws(JSONFault) in
                try JSONValue(parsing: bytes, limits: JSONLimits(bytes: longest, depth: 4))
            }
        } catch {
            throw .json(error)
        }
        guard let object = value.objectValue else { throw .notAnEntry }
        return object
    }
}

extension ListRecord {
    fileprivate init(_ object: JSONObject) throws(ListFault.Reason) {
        for (key, value) in object {
            let text = try Self.text(of: value)
            switch key {
            case "md5": try take(text.text, as: .digest(.md5))
            case "sha1": try take(text.text, as: .digest(.sha1))
            case "sha256": try take(text.text, as: .digest(.sha256))
            case "pdq": try take(text.text, as: .pdq)
            case "unmatchable": try take(text.text, as: .other(String(decoding: text, as: UTF8.self)))
            case "quality": try take(quality: text.text)
            case "size": try take(size: text.text)
            case "id": entry.name = try shortText(text.text)
            case "contributor": entry.contributor = try shortText(text.text)
            case "classification": entry.classification = try shortText(text.text)
            default: throw .unknownMember
            }
        }
    }

    private static func text(of value: JSONValue) throws(ListFault.Reason) -> [UInt8] {
        guard let text = value.scalarText else { throw .notAValue }
        return text
    }
}

extension JSONValue {
    /// The text of a value that is not made of others; empty for null.
    var scalarText: [UInt8]? {
        switch self {
        case .null: []
        case .bool(let flag): Array((flag ? "true" : "false").utf8)
        case .number(let number): Array(number.spelling.utf8)
        case .string(let text): Array(text.utf8)
        case .array, .object: nil
        }
    }
}

extension ImportedEntry {
    /// The values alone: what names an entry that has no id.
    var valuesLine: [UInt8] {
        var values = ImportedEntry()
        (values.md5, values.sha1, values.sha256, values.perceptual) = (md5, sha1, sha256, perceptual)
        return values.line
    }

    /// The line that ``EntryLine`` reads.
    var line: [UInt8] {
        var object = JSONObject()
        for digest in [md5, sha1, sha256] {
            if let digest { object[digest.algorithm.name] = .string(digest.hex) }
        }
        if let perceptual { object["pdq"] = .string(PerceptualHash.hex(perceptual)) }
        if let size { object["size"] = .number(size) }
        for (key, text) in [("id", name), ("contributor", contributor), ("classification", classification)] {
            if !text.isEmpty { object[key] = .string(text) }
        }
        return JSONValue.object(object).line
    }
}
