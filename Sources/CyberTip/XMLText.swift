// XML 1.0, written by hand: two dozen lines that cannot be configured wrongly, and no parser to fool.

/// Collects lines of an XML document in UTF-8.
struct XMLText {
    private(set) var bytes: [UInt8] = Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".utf8)

    /// - Precondition: `text` is ours and holds no double hyphen.
    mutating func comment(_ text: String) { line("<!-- \(text) -->", depth: 0) }

    mutating func open(_ name: String, _ attributes: [Element.Attribute]) {
        line("<\(name)\(Self.written(attributes))>", depth: 0)
    }

    mutating func close(_ name: String) { line("</\(name)>", depth: 0) }

    mutating func element(_ element: Element, depth: Int = 0) {
        let start = "<\(element.name)\(Self.written(element.attributes))"
        let end = "</\(element.name)>"
        if !element.children.isEmpty {
            line(start + ">", depth: depth)
            for child in element.children { self.element(child, depth: depth + 1) }
            line(end, depth: depth)
        } else if element.text.isEmpty {
            line(start + "/>", depth: depth)
        } else {
            line(start + ">" + element.text.escapedAsText + end, depth: depth)
        }
    }

    private mutating func line(_ text: String, depth: Int) {
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
        bytes.append(contentsOf: text.utf8)
        bytes.append(UInt8(ascii: "\n"))
    }

    private static func written(_ attributes: [Element.Attribute]) -> String {
        attributes.map { " \($0.name)=\"\($0.value.escapedAsAttribute)\"" }.joined()
    }
}

extension String {
    /// Every character that XML 1.0 forbids shown as Swift would spell it, `\u{1B}`; all else as it is.
    ///
    /// - Source: Extensible Markup Language 1.0, fifth edition, production 2 (`Char`).
    package var legalInXML: String {
        escaped { $0.isLegalInXML ? nil : "\\u{\(String($0.value, radix: 16, uppercase: true))}" }
    }

    /// The same of every control character, category Cc: the name of a file is one line, and tells no terminal anything.
    package var withoutControls: String {
        escaped {
            $0.isLegalInXML && $0.properties.generalCategory != .control
                ? nil : "\\u{\(String($0.value, radix: 16, uppercase: true))}"
        }
    }

    var isLegalInXML: Bool { unicodeScalars.allSatisfy(\.isLegalInXML) }

    /// As the contents of an element. `>` is escaped because of `]]>`, and a carriage return because a reader
    /// would take it for a line feed.
    fileprivate var escapedAsText: String {
        escaped { scalar in
            switch scalar {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\r": "&#13;"
            default: nil
            }
        }
    }

    /// Between double quotation marks, where a reader takes white space of any kind for a space.
    fileprivate var escapedAsAttribute: String {
        escapedAsText.escaped { scalar in
            switch scalar {
            case "\"": "&quot;"
            case "\t", "\n": "&#\(scalar.value);"
            default: nil
            }
        }
    }

    private func escaped(_ escape: (Unicode.Scalar) -> String?) -> String {
        unicodeScalars.reduce(into: "") { text, scalar in
            if let escape = escape(scalar) { text += escape } else { text.unicodeScalars.append(scalar) }
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isLegalInXML: Bool {
        switch value {
        case 0x9, 0xA, 0xD, 0x20...0xD7FF, 0xE000...0xFFFD, 0x1_0000...0x10_FFFF: true
        default: false
        }
    }
}
