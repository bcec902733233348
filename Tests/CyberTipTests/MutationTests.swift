import Testing
import UploadModel

@testable import CyberTip

/// One change to a legal document that the contract refuses.
struct Mutation: CustomTestStringConvertible, Sendable {
    let rule: ContractRule
    /// Of the element that is changed, from the root.
    let path: String
    let what: String
    let change: @Sendable (inout Element) -> Void

    init(
        _ rule: ContractRule,
        _ path: String,
        _ what: String,
        _ change: @escaping @Sendable (inout Element) -> Void
    ) {
        self.rule = rule
        self.path = path
        self.what = what
        self.change = change
    }

    var testDescription: String { "\(rule.rawValue): \(path), \(what)" }

    static func text(_ rule: ContractRule, _ path: String, _ text: String, _ what: String? = nil) -> Mutation
    {
        Mutation(rule, path, what ?? text) { $0.set(text: text) }
    }

    static func long(_ path: String, _ limit: Int) -> Mutation {
        text(.length, path, String(repeating: "a", count: limit + 1), "\(limit + 1) characters")
    }

    static func twice(_ path: String, _ child: String) -> Mutation {
        Mutation(.count, path, "two of \(child)") { element in
            guard let at = element.children.firstIndex(where: { $0.name == child }) else { return }
            element.children.insert(element.children[at], at: at)
        }
    }

    static func without(_ path: String, _ child: String, _ rule: ContractRule = .count) -> Mutation {
        Mutation(rule, path, "no \(child)") { $0.children.removeAll { $0.name == child } }
    }

    static func attribute(_ rule: ContractRule, _ path: String, _ name: String, _ value: String) -> Mutation {
        Mutation(rule, path, "\(name) is \(value)") { element in
            let others = element.attributes.filter { $0.name != name }
            let new = Element.Attribute(name: name, value: value)
            element = Element(element.name, element.text, others + [new], holding: element.children)
        }
    }

    static func swapped(_ path: String, _ one: String, _ other: String) -> Mutation {
        Mutation(.order, path, "\(other) before \(one)") { element in
            let moved = element.children.filter { $0.name == other }
            element.children.removeAll { $0.name == other }
            let at = element.children.firstIndex { $0.name == one } ?? 0
            element.children.insert(contentsOf: moved, at: at)
        }
    }
}

extension Element {
    /// Changes the first element at the end of `path`, which starts below this one.
    mutating func edit(_ path: ArraySlice<Substring>, _ change: (inout Element) -> Void) -> Bool {
        guard let name = path.first else {
            change(&self)
            return true
        }
        return children.indices.contains { at in
            children[at].name == name && children[at].edit(path.dropFirst(), change)
        }
    }
}

@Suite struct MutationTests {
    @Test("what breaks a rule is refused by its name", arguments: Mutation.all)
    func refused(_ mutation: Mutation) throws {
        let path = mutation.path.split(separator: "/")
        let isReport = path.first == "report"
        var element = isReport ? LegalModels.maximal.report : LegalModels.maximal.file
        let contract = Contract(isReport ? .report : .fileDetails, detectedAt: detection)
        #expect(contract.violations(of: element) == [])
        let found = element.edit(path.dropFirst(), mutation.change)
        #expect(found, "no such element")
        let violations = contract.violations(of: element)
        #expect(violations.contains { $0.rule == mutation.rule }, "\(violations)")
        #expect(throws: Defect.self) {
            if isReport { _ = try Report(reading: element) } else { _ = try FileDetails(reading: element) }
            // Reading knows no clock.
            if mutation.rule == .past { throw Defect("", .past) }
        }
    }

    @Test("every rule of the contract has a mutation")
    func all() {
        // What has no form of its own in the table.
        let unused: Set<ContractRule> = [.form]
        #expect(Set(Mutation.all.map(\.rule)).union(unused) == Set(ContractRule.allCases))
    }

    @Test("every pair of neighbours that changes places is refused")
    func order() {
        for (shape, document) in [
            (Shape.report, LegalModels.maximal.report), (.fileDetails, LegalModels.maximal.file),
        ] {
            swapNeighbours(document, in: document, shape, [])
        }
    }

    private func swapNeighbours(_ element: Element, in root: Element, _ shape: Shape, _ path: [Substring]) {
        for at in element.children.indices.dropLast() {
            guard element.children[at].name != element.children[at + 1].name else { continue }
            guard Field(([root.name] + path.map(String.init)).joined(separator: "/")).shape?.kind == .group
            else {
                continue
            }
            var mutant = root
            _ = mutant.edit(path[...]) { $0.children.swapAt(at, at + 1) }
            let rules = Contract(root.name == "report" ? .report : .fileDetails).violations(of: mutant).map(
                \.rule
            )
            #expect(rules.contains(.order), "\(path) \(element.children[at].name)")
        }
        var seen: Set<String> = []
        for child in element.children where seen.insert(child.name).inserted && path.count < 3 {
            swapNeighbours(child, in: root, shape[child.name], path + [Substring(child.name)])
        }
    }
}
