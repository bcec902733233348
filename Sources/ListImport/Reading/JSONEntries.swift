import JSONText
import UploadModel

/// `json`: entries as objects, in an array somewhere in the text or one after the other.
///
/// The text is cut into its entries as it comes; JSONText judges each entry, and each name and value on the way to them.
/// Memory is one entry, at most ``longestEntry``, and the depth is bounded, whatever the file's size.
struct JSONEntries {
    private let entry: MappedEntry
    private let pointer: String
    private let pattern: [String]
    private let fields: [ListField: [String]]

    static let longestEntry = 1 << 20
    private static let deepest = 32

    init(_ mapping: ListMapping) {
        entry = MappedEntry(mapping: mapping)
        pointer = mapping.entries
        pattern = JSONPointer.parts(mapping.entries)
        fields = mapping.fields.mapValues(JSONPointer.parts)
    }

    func read(_ source: ByteSource, _ take: (ListRecord, ListFault.Place) throws -> Void) throws {
        var bytes = try JSONBytes(source)
        var count: UInt64 = 0
        try bytes.skipSpace()
        guard try bytes.peek() != nil else { throw source.fault(.json(.empty)) }
        while true {
            try walk(&bytes, pattern[...], depth: 0) { text, offset in
                count += 1
                let place = ListFault.Place.entry(count, byte: offset)
                do {
                    try take(try record(text), place)
                } catch let reason as ListFault.Reason {
                    throw source.fault(reason, at: place)
                }
            }
            let isBroken = try bytes.skipSpace()
            guard try bytes.peek() != nil else { return }
            // Texts one after the other stand on lines of their own; anything else is damage.
            guard isBroken, pattern.isEmpty else {
                throw bytes.fault(.json(.trailingBytes(offset: Int(bytes.offset))))
            }
        }
    }

    private func record(_ text: [UInt8]) throws(ListFault.Reason) -> ListRecord {
        let value: JSONValue
        do throws(JSONFault) {
            value = try JSONValue(
                parsing: text,
                limits: JSONLimits(bytes: Self.longestEntry, depth: Self.deepest)
            )
        } catch {
            throw .json(error)
        }
        guard value.objectValue != nil else { throw .notAnEntry }
        return try entry.record { field throws(ListFault.Reason) in
            guard let place = fields[field], let found = JSONPointer.value(at: place, in: value) else {
                return nil
            }
            guard let text = found.scalarText else { throw .notAValue }
            return text
        }
    }

    // MARK: - Cutting

    private typealias Take = ([UInt8], UInt64) throws -> Void

    /// Goes along `pattern` to the entries below the value that begins here, and takes the value.
    private func walk(_ bytes: inout JSONBytes, _ pattern: ArraySlice<String>, depth: Int, _ take: Take)
        throws
    {
        guard depth < Self.deepest else { throw bytes.fault(.tooDeep) }
        guard let wanted = pattern.first else { return try entries(&bytes, take) }
        if wanted == "*" {
            guard try bytes.skip([UInt8(ascii: "[")]) else { throw bytes.fault(.noEntries(pointer: pointer)) }
            return try elements(&bytes) { bytes in
                try walk(&bytes, pattern.dropFirst(), depth: depth + 1, take)
            }
        }
        guard try bytes.skip([UInt8(ascii: "{")]) else { throw bytes.fault(.noEntries(pointer: pointer)) }
        var isFound = false
        try members(&bytes) { bytes, name in
            guard name == wanted else { return try skipValue(&bytes, depth: depth + 1) }
            if isFound { throw bytes.fault(.repeated) }
            isFound = true
            try walk(&bytes, pattern.dropFirst(), depth: depth + 1, take)
        }
        if !isFound { throw bytes.fault(.noEntries(pointer: pointer)) }
    }

    /// An array of entries, or one.
    private func entries(_ bytes: inout JSONBytes, _ take: Take) throws {
        guard try bytes.peek() == UInt8(ascii: "[") else {
            if !pattern.isEmpty { throw bytes.fault(.noEntries(pointer: pointer)) }
            let offset = bytes.offset
            return try take(try cut(&bytes), offset)
        }
        _ = try bytes.take()
        try elements(&bytes) { bytes in
            let offset = bytes.offset
            try take(try cut(&bytes), offset)
        }
    }

    private func skipValue(_ bytes: inout JSONBytes, depth: Int) throws {
        guard depth < Self.deepest else { throw bytes.fault(.tooDeep) }
        switch try bytes.peek() {
        case UInt8(ascii: "["):
            _ = try bytes.take()
            try elements(&bytes) { try skipValue(&$0, depth: depth + 1) }
        case UInt8(ascii: "{"):
            _ = try bytes.take()
            try members(&bytes) { bytes, _ in try skipValue(&bytes, depth: depth + 1) }
        default:
            _ = try judge(try cut(&bytes), bytes)
        }
    }

    /// Behind the opening bracket to behind the closing one.
    private func elements(_ bytes: inout JSONBytes, _ element: (inout JSONBytes) throws -> Void) throws {
        try bytes.skipSpace()
        if try bytes.skip([UInt8(ascii: "]")]) { return }
        repeat {
            try bytes.skipSpace()
            try element(&bytes)
            try bytes.skipSpace()
        } while try another(&bytes, before: UInt8(ascii: "]"))
    }

    private func members(_ bytes: inout JSONBytes, _ member: (inout JSONBytes, String) throws -> Void) throws
    {
        try bytes.skipSpace()
        if try bytes.skip([UInt8(ascii: "}")]) { return }
        repeat {
            try bytes.skipSpace()
            guard let name = try judge(try cut(&bytes), bytes).stringValue, try skipColon(&bytes) else {
                throw bytes.unexpected
            }
            try member(&bytes, name)
            try bytes.skipSpace()
        } while try another(&bytes, before: UInt8(ascii: "}"))
    }

    private func skipColon(_ bytes: inout JSONBytes) throws -> Bool {
        try bytes.skipSpace()
        guard try bytes.skip([UInt8(ascii: ":")]) else { return false }
        try bytes.skipSpace()
        return true
    }

    private func another(_ bytes: inout JSONBytes, before closing: UInt8) throws -> Bool {
        switch try bytes.take() {
        case UInt8(ascii: ","): true
        case closing: false
        default: throw bytes.unexpected
        }
    }

    private func judge(_ text: [UInt8], _ bytes: JSONBytes) throws -> JSONValue {
        do throws(JSONFault) {
            return try JSONValue(parsing: text, limits: JSONLimits(bytes: Self.longestEntry, depth: 1))
        } catch {
            throw bytes.fault(.json(error))
        }
    }

    /// Takes one value's text by its brackets and quotation marks alone.
    private func cut(_ bytes: inout JSONBytes) throws -> [UInt8] {
        var text: [UInt8] = []
        var depth = 0
        while let next = try bytes.peek() {
            switch next {
            case UInt8(ascii: "\""):
                try cutString(&bytes, into: &text)
                if depth == 0 { return text }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return try ended(text, bytes) }
                depth -= 1
                text.append(try bytes.take())
                if depth == 0 { return text }
                continue
            case UInt8(ascii: ","), UInt8(ascii: ":"), 0x20, 0x09, 0x0A, 0x0D:
                if depth == 0 { return try ended(text, bytes) }
            default: break
            }
            text.append(try bytes.take())
            try checkLength(text, bytes)
        }
        if depth > 0 || text.isEmpty { throw bytes.fault(.cutShort) }
        return text
    }

    /// Where a value should be there must be one.
    private func ended(_ text: [UInt8], _ bytes: JSONBytes) throws -> [UInt8] {
        if text.isEmpty { throw bytes.unexpected }
        return text
    }

    private func cutString(_ bytes: inout JSONBytes, into text: inout [UInt8]) throws {
        text.append(try bytes.take())
        while true {
            let byte = try bytes.take()
            text.append(byte)
            if byte == UInt8(ascii: "\\") { text.append(try bytes.take()) }
            try checkLength(text, bytes)
            if byte == UInt8(ascii: "\"") { return }
        }
    }

    private func checkLength(_ text: [UInt8], _ bytes: JSONBytes) throws {
        guard text.count < Self.longestEntry else { throw bytes.fault(.tooLong(limit: Self.longestEntry)) }
    }
}
