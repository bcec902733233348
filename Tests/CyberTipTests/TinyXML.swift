// Judges well-formedness for these tests, without any code of the writer: XML 1.0 less what a draft never has
// (document types, CDATA, processing instructions).

struct NotWellFormed: Error {
    let what: String
    let offset: Int
}

/// An element that was read back.
struct Node: Equatable {
    let name: String
    var attributes: [String: String] = [:]
    var children: [Node] = []
    var text = ""

    init(_ name: String) { self.name = name }

    /// The elements at the end of a path of names.
    func all(_ path: String) -> [Node] {
        path.split(separator: "/").reduce([self]) { found, name in
            found.flatMap { $0.children.filter { $0.name == name } }
        }
    }

    func text(_ path: String) -> String? { all(path).first?.text }

    /// Every element in it with the path that leads there.
    func walk(_ path: String = "", visit: (String, Node) -> Void) {
        let here = path.isEmpty ? name : "\(path)/\(name)"
        visit(here, self)
        for child in children { child.walk(here, visit: visit) }
    }
}

struct TinyXML {
    private let scalars: [Unicode.Scalar]
    private var at = 0

    static func read(_ bytes: [UInt8]) throws -> Node {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw NotWellFormed(what: "not UTF-8", offset: 0)
        }
        var reader = TinyXML(text)
        try reader.expect(#"<?xml version="1.0" encoding="UTF-8"?>"#)
        try reader.skipSpaceAndComments()
        let root = try reader.element()
        try reader.skipSpaceAndComments()
        guard reader.at == reader.scalars.count else { throw reader.fault("something follows the root") }
        return root
    }

    private init(_ text: String) { scalars = Array(text.unicodeScalars) }

    private func fault(_ what: String) -> NotWellFormed { NotWellFormed(what: what, offset: at) }

    private func starts(_ text: String) -> Bool { scalars[at...].starts(with: text.unicodeScalars) }

    private mutating func expect(_ text: String) throws {
        guard starts(text) else { throw fault("expected \(text)") }
        at += text.unicodeScalars.count
    }

    private mutating func skipSpaceAndComments() throws {
        while at < scalars.count {
            if " \n".unicodeScalars.contains(scalars[at]) {
                at += 1
            } else if starts("<!--") {
                try comment()
            } else {
                return
            }
        }
    }

    private mutating func comment() throws {
        try expect("<!--")
        while !starts("--") {
            guard at < scalars.count else { throw fault("comment without end") }
            _ = try character()
        }
        try expect("-->")
    }

    private mutating func element() throws -> Node {
        try expect("<")
        var node = Node(try name())
        while starts(" ") { try attribute(of: &node) }
        if starts("/>") {
            try expect("/>")
            return node
        }
        try expect(">")
        while !starts("</") {
            if starts("<!--") {
                try comment()
            } else if starts("<") {
                node.children.append(try element())
            } else {
                if starts("]]>") { throw fault("]]> in text") }
                node.text.unicodeScalars.append(try character())
            }
        }
        try expect("</\(node.name)>")
        return node
    }

    private mutating func attribute(of node: inout Node) throws {
        try expect(" ")
        let name = try name()
        try expect("=\"")
        var value = ""
        while !starts("\"") { value.unicodeScalars.append(try character()) }
        try expect("\"")
        guard node.attributes.updateValue(value, forKey: name) == nil else { throw fault("attribute twice") }
    }

    private mutating func name() throws -> String {
        let found = scalars[at...].prefix {
            $0.properties.isAlphabetic || $0 == ":" || ("0"..."9").contains($0)
        }
        guard !found.isEmpty else { throw fault("expected a name") }
        at += found.count
        return String(String.UnicodeScalarView(found))
    }

    /// One character of text, an attribute or a comment, references resolved.
    private mutating func character() throws -> Unicode.Scalar {
        guard at < scalars.count else { throw fault("cut short") }
        if starts("&") { return try reference() }
        let scalar = scalars[at]
        guard Self.isLegal(scalar), scalar != "<", scalar != "\r" else {
            throw fault("U+\(scalar.value) stands bare")
        }
        at += 1
        return scalar
    }

    private mutating func reference() throws -> Unicode.Scalar {
        let body = String(String.UnicodeScalarView(scalars[at...].dropFirst().prefix { $0 != ";" }))
        at += body.unicodeScalars.count + 2
        let named: [String: Unicode.Scalar] = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]
        if let scalar = named[body] { return scalar }
        guard body.hasPrefix("#"), let value = UInt32(body.dropFirst()), let scalar = Unicode.Scalar(value),
            Self.isLegal(scalar)
        else { throw fault("reference to nothing") }
        return scalar
    }

    private static func isLegal(_ scalar: Unicode.Scalar) -> Bool {
        ["\t", "\n", "\r"].contains(scalar)
            || (scalar.value >= 0x20 && ![0xFFFE, 0xFFFF].contains(scalar.value))
    }
}
