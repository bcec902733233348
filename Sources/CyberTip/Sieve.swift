import JSONText
import UploadModel

// Reading the context's sections, which have the form of the report's own elements. What breaks a rule is left out,
// as little of it as can be, and said.

extension Context.Section {
    var shape: Shape {
        switch self {
        case .account: Shape.report["personOrUserReported"]
        case .recipients: Shape.report["intendedRecipient"]
        case .victims: Shape.report["victim"]
        case .places: Shape.report["internetDetails"]
        case .file: Shape.contextFile
        case .lawEnforcement: Shape.report["lawEnforcement"]
        }
    }

    var field: Field { self == .file ? Field("fileDetails") : Field("report").child(shape.name) }

    func remedy(in document: String) -> String { "\"\(rawValue)\" in \(document)" }
}

extension Scribe {
    /// The elements of a section that keep the contract.
    mutating func elements(_ section: Context.Section) -> [Element] {
        var sieve = Sieve(scribe: self, remedy: section.remedy(in: document))
        let elements = (context?[section] ?? []).compactMap { json in
            sieve.pass(sieve.read(json, section.shape, section.field), section.shape, section.field)
        }
        self = sieve.scribe
        return elements
    }

    mutating func values<Value: Written>(_ section: Context.Section, as _: Value.Type) -> [Value] {
        elements(section).compactMap { try? Value.read($0, section.shape) }
    }
}

private struct Sieve {
    var scribe: Scribe
    let remedy: String

    mutating func read(_ json: JSONValue, _ shape: Shape, _ field: Field) -> Element {
        Element(json, shape, at: field) { field, oddity in
            switch oddity {
            case .noPlace: leaveOut("a report has no place for it", .unknownElement, field)
            case .escaped: scribe.noteEscape(field, remedy: remedy)
            }
        }
    }

    /// - Returns: What of `element` keeps the contract; `nil` when nothing does, or nothing was said.
    mutating func pass(_ element: Element, _ shape: Shape, _ field: Field) -> Element? {
        guard shape.kind.isContainer || !element.text.isBlank || shape.kind == .flag else { return nil }
        var kept = passMarks(element, shape, field)
        kept.children = element.children.compactMap { pass($0, shape[$0.name], field.child($0.name)) }
        dropSurplus(&kept, shape, field)
        if !kept.children.isEmpty { addEmpty(&kept, shape) }
        // Its children are sound by now, so that whatever is still wrong is wrong with it.
        if let first = Contract(shape, detectedAt: scribe.detectedAt).violations(of: kept).first {
            if !isEmpty(kept) { leaveOut("\(first.problem), \(first.field)", first.rule, field) }
            return nil
        }
        return isEmpty(kept) && shape.kind.isContainer ? nil : kept
    }

    /// Without the attributes that are wrong, and without a date of a verification that was not stated.
    private mutating func passMarks(_ element: Element, _ shape: Shape, _ field: Field) -> Element {
        var kept = Element(element.name, element.text)
        for mark in element.attributes {
            guard let place = shape.attribute(mark.name), !mark.value.isBlank else { continue }
            let alone = Element(element.name, element.text, [mark])
            do {
                try place.kind.check(mark.value)
                if mark.name == "verificationDate", element[attribute: "verified"] != "true" {
                    throw Defect("a date of what is not verified", .verifiedDate)
                }
                let contract = Contract(shape, detectedAt: scribe.detectedAt)
                if let late = contract.violations(of: alone).first(where: { $0.rule == .past }) {
                    throw Defect(late.problem, .past)
                }
                kept.set(mark.name, mark.value)
            } catch { leaveOut("\(mark.name), \(error)", (error as? Defect)?.rule ?? .form, field) }
        }
        return kept
    }

    /// Where one may stand the first stands.
    private mutating func dropSurplus(_ element: inout Element, _ shape: Shape, _ field: Field) {
        for place in shape.children where !place.occurrence.isRepeated {
            guard let first = element.all(place.name).first, element.all(place.name).count > 1 else {
                continue
            }
            element.children.removeAll { $0.name == place.name }
            element.children.append(first)
            leaveOut("all but the first", .count, field.child(place.name))
        }
        element = element.arranged(by: shape)
    }

    /// What has to stand and may say nothing, as a victim's person.
    private func addEmpty(_ element: inout Element, _ shape: Shape) {
        for place in shape.children where place.occurrence == .one && place.kind == .group {
            guard !element.has(place.name), place.children.allSatisfy({ $0.occurrence.allows(0) }) else {
                continue
            }
            element.children.append(Element(place.name))
        }
        element = element.arranged(by: shape)
    }

    private func isEmpty(_ element: Element) -> Bool {
        element.children.isEmpty && element.text.isBlank && element.attributes.isEmpty
    }

    private mutating func leaveOut(_ problem: String, _ rule: ContractRule, _ field: Field) {
        scribe.note(rule.readiness, .warning, field, "left out: \(problem)", remedy: remedy)
    }
}
