package import UploadModel

/// What an element breaks of the reporting contract. Names the rule and the field, never the value.
package struct Violation: Equatable, Sendable {
    package let rule: ContractRule
    package let field: Field
    package let problem: String
}

/// Holds a document against the table and the rules that no table has.
package struct Contract: Sendable {
    let shape: Shape
    let profile: SchemaProfile
    /// Every reported moment lies before it; `nil` asks nothing of them.
    let detectedAt: Timestamp?

    package init(_ shape: Shape, profile: SchemaProfile = .august2026, detectedAt: Timestamp? = nil) {
        self.shape = shape
        self.profile = profile
        self.detectedAt = detectedAt
    }

    /// Everything that `element` breaks, from its top down; empty when the service would take it.
    package func violations(of element: Element) -> [Violation] {
        guard element.name == shape.name else {
            return [
                Violation(rule: .unknownElement, field: Field(element.name), problem: "not \(shape.name)")
            ]
        }
        return violations(element, shape, Field(shape.name))
    }

    /// - Throws: The first thing that it breaks.
    func admit(_ element: Element) throws(Defect) {
        guard let first = violations(of: element).first else { return }
        throw Defect("\(first.field): \(first.problem)", first.rule)
    }

    private func violations(_ element: Element, _ shape: Shape, _ field: Field) -> [Violation] {
        var found = Level(field: field)
        checkText(element, shape, &found)
        checkAttributes(element, shape, &found)
        checkNumbers(element, shape, &found)
        checkOrder(element, shape, &found)
        for rule in CrossRule.byName[shape.name] ?? [] where rule.isBroken(element) {
            found.note(rule.rule, rule.problem)
        }
        return found.violations
            + element.children.flatMap { child in
                shape.find(child.name).map { violations(child, $0, field.child(child.name)) } ?? []
            }
    }

    private func checkText(_ element: Element, _ shape: Shape, _ found: inout Level) {
        found.note { () throws(Defect) in try shape.kind.check(element.text) }
        if let longest = shape.longest, element.text.utf16.count > longest {
            found.note(.length, "longer than \(longest) characters")
        }
        checkPast(element.text, shape.kind, &found)
    }

    private func checkAttributes(_ element: Element, _ shape: Shape, _ found: inout Level) {
        for attribute in element.attributes where !attribute.isOfXML {
            guard let place = shape.attribute(attribute.name) else {
                found.note(.unknownAttribute, "has no attribute \(attribute.name)")
                continue
            }
            found.note { () throws(Defect) in try place.kind.check(attribute.value) }
            if let longest = place.longest, attribute.value.utf16.count > longest {
                found.note(.length, "\(place.name) is longer than \(longest) characters")
            }
            checkPast(attribute.value, place.kind, &found)
        }
        for place in shape.attributes where place.isRequired && element[attribute: place.name] == nil {
            found.note(.missingAttribute, "needs the attribute \(place.name)")
        }
    }

    private func checkPast(_ text: String, _ kind: Kind, _ found: inout Level) {
        guard let detectedAt else { return }
        let time = kind == .date ? (try? CalendarDate(text))?.start : try? ZonedTime(text)
        guard [.time, .date].contains(kind), let time, time.isAfter(detectedAt) else { return }
        found.note(.past, "lies in the future of the draft")
    }

    private func checkNumbers(_ element: Element, _ shape: Shape, _ found: inout Level) {
        if shape.kind == .choice, element.children.count != 1 { found.note(.choice, "holds not exactly one") }
        for place in shape.children where !place.occurrence.allows(element.all(place.name).count) {
            let count = element.all(place.name).count
            found.note(.count, count == 0 ? "missing" : "\(count) of them", at: place.name)
        }
    }

    private func checkOrder(_ element: Element, _ shape: Shape, _ found: inout Level) {
        let places = element.children.map { child in
            shape.children.firstIndex { $0.name == child.name && $0.since <= profile }
        }
        if places.contains(nil) {
            found.note(.unknownElement, "holds what profile \(profile.rawValue) has not")
        }
        let known = places.compactMap { $0 }
        if shape.kind != .flags, known != known.sorted() {
            found.note(.order, "its elements are out of order")
        }
    }
}

/// What is wrong with one element, its children apart.
private struct Level {
    let field: Field
    private(set) var violations: [Violation] = []

    init(field: Field) { self.field = field }

    /// - Parameter child: What it is about, where that is not there to be asked itself.
    mutating func note(_ rule: ContractRule, _ problem: String, at child: String? = nil) {
        let field = child.map(field.child) ?? field
        violations.append(Violation(rule: rule, field: field, problem: problem))
    }

    mutating func note(_ check: () throws(Defect) -> Void) {
        do { try check() } catch { note(error.rule, error.description) }
    }
}

extension Element.Attribute {
    /// Says where the schema lies, and nothing of the report.
    fileprivate var isOfXML: Bool { name.hasPrefix("xmlns:") || name.hasPrefix("xsi:") }
}
