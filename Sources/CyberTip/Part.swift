// How a typed value becomes an element and is read back: one list for both ways, so that they cannot drift.

/// A value that fills a whole element.
protocol Written: Equatable, Sendable {
    func element(_ shape: Shape) -> Element
    static func read(_ element: Element, _ shape: Shape) throws(Defect) -> Self
}

/// A value that is one text.
protocol Scalar: Written {
    var written: String { get }
    init(written: String) throws(Defect)
}

extension Scalar {
    func element(_ shape: Shape) -> Element { Element(shape.name, written) }

    static func read(_ element: Element, _: Shape) throws(Defect) -> Self { try Self(written: element.text) }
}

/// A value of several parts.
protocol Composite: Written {
    /// What reading starts from. Its required parts are there to be overwritten; ``Contract`` has seen to it that
    /// the element has them.
    static var blank: Self { get }
    static var parts: [Part<Self>] { get }
}

extension Composite {
    func element(_ shape: Shape) -> Element {
        var element = Element(shape.name)
        for part in Self.parts { part.write(self, shape, &element) }
        return element.arranged(by: shape)
    }

    static func read(_ element: Element, _ shape: Shape) throws(Defect) -> Self {
        let names = Set(parts.map(\.name))
        if let odd = element.children.first(where: { !names.contains($0.name) }) {
            throw Defect("\(odd.name) has no place in our model", .unknownElement)
        }
        var value = blank
        for part in parts { try part.read(&value, element, shape) }
        return value
    }
}

/// One element, attribute or text of `Owner`, and the property that it fills.
struct Part<Owner>: Sendable {
    let name: String
    let write: @Sendable (Owner, Shape, inout Element) -> Void
    let read: @Sendable (inout Owner, Element, Shape) throws(Defect) -> Void
}

typealias Path<Owner, Value> = any WritableKeyPath<Owner, Value> & Sendable

extension Part {
    static func one<Value: Written>(_ name: String, _ path: Path<Owner, Value>) -> Part {
        Part(name: name) { owner, shape, element in
            element.children.append(owner[keyPath: path].element(shape[name]))
        } read: { owner, element, shape throws(Defect) in
            guard let child = element.all(name).first else { return }
            owner[keyPath: path] = try Value.read(child, shape[name])
        }
    }

    static func optional<Value: Written>(_ name: String, _ path: Path<Owner, Value?>) -> Part {
        Part(name: name) { owner, shape, element in
            guard let value = owner[keyPath: path] else { return }
            element.children.append(value.element(shape[name]))
        } read: { owner, element, shape throws(Defect) in
            guard let child = element.all(name).first else { return }
            owner[keyPath: path] = try Value.read(child, shape[name])
        }
    }

    static func many<Value: Written>(_ name: String, _ path: Path<Owner, [Value]>) -> Part {
        Part(name: name) { owner, shape, element in
            element.children += owner[keyPath: path].map { $0.element(shape[name]) }
        } read: { owner, element, shape throws(Defect) in
            for child in element.all(name) {
                owner[keyPath: path].append(try Value.read(child, shape[name]))
            }
        }
    }

    static func attribute<Value: Scalar>(_ name: String, _ path: Path<Owner, Value?>) -> Part {
        Part(name: "@\(name)") { owner, _, element in
            if let value = owner[keyPath: path] { element.set(name, value.written) }
        } read: { owner, element, _ throws(Defect) in
            if let text = element[attribute: name] { owner[keyPath: path] = try Value(written: text) }
        }
    }

    static func attribute<Value: Scalar>(_ name: String, _ path: Path<Owner, Value>) -> Part {
        Part(name: "@\(name)") { owner, _, element in
            element.set(name, owner[keyPath: path].written)
        } read: { owner, element, _ throws(Defect) in
            if let text = element[attribute: name] { owner[keyPath: path] = try Value(written: text) }
        }
    }

    static func text<Value: Scalar>(_ path: Path<Owner, Value>) -> Part {
        Part(name: "text()") { owner, _, element in
            element.set(text: owner[keyPath: path].written)
        } read: { owner, element, _ throws(Defect) in
            owner[keyPath: path] = try Value(written: element.text)
        }
    }

    /// Presence-only elements in a container, which is not written when there are none.
    static func flags<Flag>(_ name: String, _ path: Path<Owner, Set<Flag>>) -> Part
    where Flag: CaseIterable & RawRepresentable<String> & Sendable {
        Part(name: name) { owner, _, element in
            let set = Flag.allCases.filter(owner[keyPath: path].contains)
            guard !set.isEmpty else { return }
            element.children.append(Element(name, holding: set.map { Element($0.rawValue) }))
        } read: { owner, element, _ throws(Defect) in
            let found = element.all(name).flatMap(\.children).compactMap { Flag(rawValue: $0.name) }
            owner[keyPath: path] = Set(found)
        }
    }
}

extension Part {
    /// The parts of a value that `Owner` holds, as parts of `Owner`'s own element.
    static func spread<Inner>(_ path: Path<Owner, Inner>, _ parts: [Part<Inner>]) -> [Part] {
        parts.map { part in
            Part(name: part.name) { owner, shape, element in
                part.write(owner[keyPath: path], shape, &element)
            } read: { owner, element, shape throws(Defect) in
                try part.read(&owner[keyPath: path], element, shape)
            }
        }
    }
}
