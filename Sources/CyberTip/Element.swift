import JSONText
import UploadModel

/// One element of a report, in memory: the form from which both the XML and the JSON are written.
///
/// Its text is legal XML from the start, so that no writer can produce a broken document.
struct Element: Equatable, Sendable {
    enum Content: Equatable, Sendable {
        case text(String)
        case flag(Bool)
        case number(Int)
        case children([Element])
    }

    let name: String
    let attributes: [Attribute]
    let content: Content

    struct Attribute: Equatable, Sendable {
        let name: String
        let value: String
    }

    private init(_ name: String, _ content: Content, _ attributes: [Attribute] = []) {
        self.name = name
        self.attributes = attributes
        self.content = content
    }

    init(_ name: String, _ text: String, _ attributes: [Attribute] = []) {
        self.init(name, .text(text.legalInXML), attributes)
    }

    init(_ name: String, _ flag: Bool) { self.init(name, .flag(flag)) }

    init(_ name: String, _ number: Int) { self.init(name, .number(number)) }

    /// An element and what it holds, in the order that ``Shape`` gives, whatever order they come in.
    ///
    /// - Precondition: Every child is in the table, and there are as many of it as the table allows.
    init(_ shape: Shape, _ attributes: [Attribute] = [], holding children: [Element?]) {
        var left = children.compactMap { $0 }
        var arranged: [Element] = []
        for child in shape.children {
            let found = left.filter { $0.name == child.name }
            precondition(
                child.occurrence.allows(found.count),
                "\(found.count) of \(child.name) in \(shape.name)"
            )
            arranged += found
            left.removeAll { $0.name == child.name }
        }
        precondition(left.isEmpty, "no place for an element in \(shape.name)")
        self.init(shape.name, .children(arranged), attributes)
    }
}

extension Shape.Occurrence {
    func allows(_ count: Int) -> Bool {
        switch self {
        case .one: count == 1
        case .optional: count <= 1
        case .many: true
        }
    }
}

extension Shape {
    /// A child's shape; the typed values name only children that are in the table.
    subscript(child: String) -> Shape {
        guard let found = children.first(where: { $0.name == child }) else {
            preconditionFailure("no \(child) in \(name)")
        }
        return found
    }
}

// MARK: - JSON

extension Element {
    /// Elements that may stand several times are arrays, also when there is one of them.
    func json(_ shape: Shape) -> JSONValue {
        switch content {
        case .text(let text): Self.json(text, attributes)
        case .flag(let flag): .bool(flag)
        case .number(let number): .integer(number)
        case .children(let children): .object(Self.json(children, in: shape))
        }
    }

    private static func json(_ text: String, _ attributes: [Attribute]) -> JSONValue {
        guard !attributes.isEmpty else { return .string(text) }
        var object: JSONObject = ["value": .string(text)]
        for attribute in attributes { object[attribute.name] = .string(attribute.value) }
        return .object(object)
    }

    private static func json(_ children: [Element], in shape: Shape) -> JSONObject {
        var object = JSONObject()
        for child in shape.children {
            let values = children.filter { $0.name == child.name }.map { $0.json(child) }
            guard let first = values.first else { continue }
            object[child.name] = child.occurrence == .many ? .array(values) : first
        }
        return object
    }
}
