internal import TOMLKit

/// What is wrong so far, with the lines to say where; one for all sections of a file.
final class Findings {
    private let lines: KeyLines
    private var problems: [SettingsProblem] = []

    init(lines: KeyLines) {
        self.lines = lines
        for (place, line) in lines.nulls {
            let key = oneLine(place.joined(separator: "."))
            problems.append(SettingsProblem(line: line, key: key, message: "holds a NUL; leave it out"))
        }
    }

    func note(_ place: KeyLines.Place, key: String, _ message: String) {
        problems.append(SettingsProblem(line: lines.line(of: place), key: key, message: message))
    }

    /// In the order of their lines, then as they were found.
    var inOrder: [SettingsProblem] {
        let ranked = problems.enumerated().sorted { left, right in
            (left.element.line ?? .max, left.offset) < (right.element.line ?? .max, right.offset)
        }
        return ranked.map(\.element)
    }
}

/// One table of the file. It hands out values by key, notes what is wrong with them, and knows a key as soon as it
/// was asked for: what nobody asked for is an unknown key.
struct Section {
    private let table: TOMLTable?
    private let name: String
    private let place: KeyLines.Place
    private let findings: Findings
    private var asked: [String] = []

    /// Reads the whole file.
    static func read(_ table: TOMLTable, _ findings: Findings, _ body: (inout Section) -> Void) {
        Section(table: table, name: "", place: [], findings: findings).finish(body)
    }

    private init(table: TOMLTable?, name: String, place: KeyLines.Place, findings: Findings) {
        self.table = table
        self.name = name
        self.place = place
        self.findings = findings
    }

    // MARK: - Values

    /// Leaves `value`, the default, where the key is absent or refused.
    mutating func read<Value>(_ key: String, into value: inout Value, as reading: Reading<Value>) {
        guard let found = found(key) else { return }
        guard let read = reading.value(Found(found)) else {
            return note(key, "is \(Found(found)); use \(reading.wanted)")
        }
        value = read
    }

    /// As `read`, for a key without a default.
    mutating func require<Value>(_ key: String, into value: inout Value, as reading: Reading<Value>) {
        if found(key) == nil { note(key, "is missing; use \(reading.wanted)") }
        read(key, into: &value, as: reading)
    }

    /// For a key that has one meaning so far.
    mutating func check(_ key: String, as reading: Reading<String>) {
        var ignored = ""
        read(key, into: &ignored, as: reading)
    }

    /// As `read`, for an array of texts.
    mutating func readTexts(_ key: String, into value: inout [String]) {
        guard let found = found(key) else { return }
        let texts = found.array.map { elements in elements.map { $0.string } }
        guard let texts, !texts.contains(nil) else {
            return note(key, "is \(Found(found)); use texts, [\"...\", \"...\"]")
        }
        value = texts.compactMap(\.self)
    }

    // MARK: - Tables

    /// Reads `[key]`; one that is absent is read as an empty one, so that what it requires is noted.
    mutating func section(_ key: String, _ body: (inout Section) -> Void) {
        let found = found(key)
        if let found, found.table == nil {
            return note(key, "is \(Found(found)); use a table, [\(full(key))]")
        }
        Section(table: found?.table, name: full(key), place: place + [key], findings: findings).finish(body)
    }

    private func full(_ key: String) -> String { name.isEmpty ? key : "\(name).\(key)" }

    /// Reads each table of an array, `nil` where there is none.
    mutating func sections<Value>(ifThere key: String, _ body: (inout Section) -> Value) -> [Value]? {
        found(key) == nil ? nil : sections(key, body)
    }

    /// Reads each `[[key]]`.
    ///
    /// - Returns: As many values as the file has tables, or none when something else stands in their place.
    mutating func sections<Value>(_ key: String, isRequired: Bool = false, _ body: (inout Section) -> Value)
        -> [Value]
    {
        let found = found(key)
        let elements = found?.array.map(Array.init) ?? []
        let tables = elements.compactMap { $0.table }
        if let found, found.array == nil || tables.count < elements.count {
            note(
                key,
                "is \(Found(elements.first { $0.table == nil } ?? found)); use tables, [[\(full(key))]]"
            )
            return []
        }
        if isRequired, tables.isEmpty { note(key, "is missing; use at least one [[\(key)]]") }
        return tables.enumerated().map { index, table in
            Section(table: table, name: full(key), place: place + [key, "\(index)"], findings: findings)
                .finish(body)
        }
    }

    // MARK: - Keys

    @discardableResult
    private consuming func finish<Value>(_ body: (inout Section) -> Value) -> Value {
        let value = body(&self)
        for key in table?.keys ?? [] where !asked.contains(key) {
            let near = nearest(to: key, of: asked)
            note(key, "is unknown" + (near.map { "; did you mean \($0)" } ?? "; take it out"))
        }
        return value
    }

    private mutating func found(_ key: String) -> (any TOMLValueConvertible)? {
        if !asked.contains(key) { asked.append(key) }
        let value: (any TOMLValueConvertible)? = table?[key]
        return value
    }

    func note(_ key: String, _ message: String) {
        let shown = oneLine(key.isEmpty ? "\"\"" : key)
        findings.note(place + [key], key: name.isEmpty ? shown : "\(name).\(shown)", message)
    }
}
