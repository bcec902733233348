import JSONText
import UploadModel

/// One element of a report, in memory: the form from which both the XML and the JSON are written.
///
/// Its text is legal XML from the start, so that no writer can produce a broken document.
package struct Element: Equatable, Sendable {
    package let name: String
    package private(set) var attributes: [Attribute]
    package private(set) var text: String
    /// Set by whoever edits a tree; ``Contract`` says whether the result still stands.
    package var children: [Element]

    package struct Attribute: Equatable, Sendable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value.legalInXML
        }
    }

    package init(
        _ name: String,
        _ text: String = "",
        _ attributes: [Attribute] = [],
        holding children: [Element] = []
    ) {
        self.name = name
        self.attributes = attributes
        self.text = text.legalInXML
        self.children = children
    }

    package subscript(attribute name: String) -> String? { attributes.first { $0.name == name }?.value }

    package func all(_ name: String) -> [Element] { children.filter { $0.name == name } }

    /// The text of the first child of that name.
    package subscript(text name: String) -> String? { all(name).first?.text }

    func has(_ name: String) -> Bool { children.contains { $0.name == name } }

    // MARK: - Filling

    mutating func set(_ attribute: String, _ value: String) {
        attributes.append(Attribute(name: attribute, value: value))
    }

    mutating func set(text value: String) { text = value.legalInXML }

    /// In the order that the table gives, whatever order they came in.
    func arranged(by shape: Shape) -> Element {
        var arranged = self
        arranged.children = shape.children.flatMap { all($0.name) }
        arranged.attributes =
            attributes.filter { shape.attribute($0.name) == nil }
            + shape.attributes.flatMap { place in attributes.filter { $0.name == place.name } }
        return arranged
    }
}

// MARK: - JSON

extension Element {
    /// Elements that may stand several times are arrays, also when there is one of them. A report's number and a
    /// coordinate are text, since canonical JSON would respell them.
    func json(_ shape: Shape) -> JSONValue {
        let marks = shape.attributes.compactMap { place in
            self[attribute: place.name].map { (place.name, place.kind.json($0)) }
        }
        guard shape.kind.isContainer || !marks.isEmpty else { return shape.kind.json(text) }
        var object = JSONObject()
        if !shape.kind.isContainer { object["value"] = shape.kind.json(text) }
        for (name, value) in marks { object[name] = value }
        for place in shape.children {
            let values = all(place.name).map { $0.json(place) }
            guard let first = values.first else { continue }
            object[place.name] = place.occurrence.isRepeated ? .array(values) : first
        }
        return .object(object)
    }

    /// What reading JSON met that is not taken as it is.
    enum Oddity {
        case noPlace, escaped
    }

    /// What JSON of the same form says, a number by its spelling. `odd` is told of all that is not taken as it is.
    init(_ json: JSONValue, _ shape: Shape, at field: Field, odd: (Field, Oddity) -> Void) {
        self.init(shape.name)
        if case .object(let object) = json {
            for (key, value) in object where value != .null { take(key, value, shape, at: field, odd: odd) }
        } else if let text = json.written, !shape.kind.isContainer {
            take(text: text, at: field, odd: odd)
        } else {
            odd(field, .noPlace)
        }
        self = arranged(by: shape)
    }

    private mutating func take(
        _ key: String,
        _ value: JSONValue,
        _ shape: Shape,
        at field: Field,
        odd: (Field, Oddity) -> Void
    ) {
        if let text = value.written, shape.attribute(key) != nil {
            set(key, text)
        } else if let text = value.written, key == "value", !shape.kind.isContainer {
            take(text: text, at: field, odd: odd)
        } else if let place = shape.find(key) {
            for value in place.occurrence.isRepeated ? value.arrayValue ?? [value] : [value] {
                if place.kind == .flag, value == false { continue }
                children.append(Element(value, place, at: field.child(key), odd: odd))
            }
        } else {
            odd(key.isPlainName ? field.child(key) : field, .noPlace)
        }
    }

    private mutating func take(text: String, at field: Field, odd: (Field, Oddity) -> Void) {
        set(text: text)
        if !text.isLegalInXML { odd(field, .escaped) }
    }

    /// The two as one: what may stand once is the first's, and what may stand several times is there once each. Only
    /// a person is put together of both; a location of two halves would be no place at all. `differs` is told of each
    /// value that `other` has and that is not taken.
    func joined(with other: Element, _ shape: Shape, at field: Field, differs: (Field) -> Void) -> Element {
        var joined = self
        for place in shape.children {
            if place.occurrence.isRepeated {
                for child in other.all(place.name) where !joined.children.contains(child) {
                    joined.children.append(child)
                }
            } else if let theirs = other.all(place.name).first {
                if let at = joined.children.firstIndex(where: { $0.name == place.name }) {
                    let field = field.child(place.name)
                    if place.kind == .group, place.attributes.isEmpty {
                        joined.children[at] = joined.children[at].joined(
                            with: theirs,
                            place,
                            at: field,
                            differs: differs
                        )
                    } else if joined.children[at] != theirs {
                        differs(field)
                    }
                } else {
                    joined.children.append(theirs)
                }
            }
        }
        return joined.arranged(by: shape)
    }
}

extension Kind {
    fileprivate func json(_ text: String) -> JSONValue {
        switch self {
        case .boolean: Bool(text).map { .bool($0) } ?? .string(text)
        case .integer: Int(text).map { .integer($0) } ?? .string(text)
        case .flag: true
        default: .string(text)
        }
    }
}

extension String {
    /// Whether it can be shown to a person as it is; a member's name may be anything.
    fileprivate var isPlainName: Bool {
        utf8.count <= 40 && utf8.allSatisfy { $0.isDigit || $0 == UInt8(ascii: "_") || 97...122 ~= $0 | 0x20 }
    }
}

extension JSONValue {
    /// A scalar as an element would spell it.
    fileprivate var written: String? {
        switch self {
        case .string(let text): text
        case .number(let number): number.spelling
        case .bool(let flag): "\(flag)"
        case .null, .array, .object: nil
        }
    }
}
