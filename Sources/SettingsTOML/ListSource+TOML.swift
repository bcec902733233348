internal import UploadModel

// What `[[list]]` says of an entry's parts and of what a match leads to.

extension ListMapping {
    mutating func read(_ section: inout Section) {
        section.section("fields") { fields in
            for field in ListField.allCases {
                var place = ""
                fields.read(field.rawValue, into: &place, as: .someText)
                if !place.isEmpty { self.fields[field] = place }
            }
        }
        section.read("entries", into: &entries, as: .pointer)
        section.read("header", into: &header, as: .flag)
        section.read("separator", into: &separator, as: .separator)
        section.readTexts("classifications", into: &classifications)
        section.readTexts("removed", into: &removed)
    }
}

extension ListActions {
    mutating func readGrades(_ section: inout Section) {
        section.read("g1", into: &g1, as: .choice)
        section.read("g2", into: &g2, as: .choice)
        section.read("g3", into: &g3, as: .choice)
    }

    /// What a person has not classified by then may lead to a case and to no draft.
    mutating func readBands(_ section: inout Section) {
        guard let read = section.sections(ifThere: "bands", { DistanceBand(&$0) }) else { return }
        bands = read
        let distances = read.map(\.distance)
        if distances.isEmpty || zip(distances, distances.dropFirst()).contains(where: { $0 >= $1 }) {
            section.note("bands", "have no order; use at least one, by ascending distance")
        }
    }
}

extension DistanceBand {
    fileprivate init(_ section: inout Section) {
        var distance = 0
        var action = MatchAction.quarantine
        section.require("distance", into: &distance, as: .count(0...PerceptualHash.farthest))
        section.require("action", into: &action, as: .bandAction)
        self.init(distance: distance, action: action)
    }
}

extension Reading where Value == MatchAction {
    fileprivate static var bandAction: Self {
        Self(text: "\"quarantine\" or \"case\"; no perceptual match alone leads to a draft") { text in
            MatchAction(rawValue: text).flatMap { $0 <= .case ? $0 : nil }
        }
    }
}

extension Reading where Value == String {
    /// RFC 6901; `*` for each element on the way.
    fileprivate static var pointer: Self {
        Self(text: "\"\" or a pointer such as \"/value\"") { $0.isEmpty || isAbsolute($0) ? $0 : nil }
    }
}

extension Reading where Value == UInt8 {
    fileprivate static var separator: Self {
        Self(text: "one ASCII character that is no quotation mark") { text in
            let bytes = Array(text.utf8)
            guard bytes.count == 1, bytes[0] < 0x7F, bytes[0] >= 0x20 || bytes[0] == 0x09,
                bytes[0] != UInt8(ascii: "\"")
            else { return nil }
            return bytes[0]
        }
    }
}

// MARK: - What keys of one list mean together

extension Settings {
    /// A mapped format says where an entry's parts are, and no other does; Hash Sharing says which feed it is.
    func checkMappings(_ findings: Findings) {
        for (index, source) in lists.sources.enumerated() {
            func note(_ key: String, _ message: String) {
                findings.note(["list", "\(index)", key], key: "list.\(key)", message)
            }
            let name = source.format.rawValue
            if source.format.isMapped {
                if !source.mapping.hasValue { note("fields", source.mapping.wanted) }
                if source.mapping.fields[.type] != nil, source.mapping.fields[.value] == nil {
                    note("fields", "have a type without a value; name the value's place too")
                }
                if (source.mapping.fields[.status] == nil) != source.mapping.removed.isEmpty {
                    note("removed", "and fields.status belong together; use both or neither")
                }
                if source.format == .json,
                    let other = source.mapping.fields.values.first(where: { !isAbsolute($0) })
                {
                    note("fields", "have \(quoted(other)); use pointers such as \"/MD5\" with \"json\"")
                }
            } else if source.mapping != ListMapping() {
                note(
                    "fields",
                    "and their like do not go with format \(quoted(name)); use them with csv, tsv or json"
                )
            }
            if source.format == .ncmec {
                checkFeed(source, note)
            }
        }
    }

    private func checkFeed(_ source: ListSource, _ note: (String, String) -> Void) {
        if source.origin.isEmpty {
            note(
                "origin",
                "is missing; use the address that the pages came from, which says what feed they are of"
            )
        } else if source.origin.lowercased().contains("exploitative"),
            source.listClass == .csam || source.listClass == .benign
        {
            note(
                "class",
                "is \(quoted(source.listClass.rawValue)) of an exploitative feed; use \"exploitative\""
            )
        }
    }
}

extension ListFormat {
    fileprivate var isMapped: Bool { self == .csv || self == .tsv || self == .json }
}

extension ListMapping {
    fileprivate var hasValue: Bool {
        [.md5, .sha1, .sha256, .pdq, .value].contains { fields[$0] != nil }
    }

    fileprivate var wanted: String {
        "name no value; use at least one of md5, sha1, sha256, pdq and value, such as { md5 = \"MD5\" }"
    }
}
