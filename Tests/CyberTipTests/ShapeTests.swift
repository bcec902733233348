import Testing
import UploadModel

@testable import CyberTip

@Suite struct ShapeTests {
    @Test("the table has the contract's order and number")
    func order() {
        var found: [String: String] = [:]
        func enter(_ shape: Shape) {
            guard !shape.children.isEmpty else { return }
            let line = shape.children.map { $0.name + $0.occurrence.sign }.joined(separator: " ")
            #expect(found[shape.name] == nil || found[shape.name] == line, "\(shape.name) differs by place")
            found[shape.name] = line
            for child in shape.children { enter(child) }
        }
        enter(.report)
        // A file has one address at most; everything else has many.
        found["fileDetails"] = Shape.fileDetails.children.map { $0.name + $0.occurrence.sign }
            .joined(separator: " ")
        for name in ["fileAnnotations", "details"] { enter(Shape.fileDetails[name]) }
        #expect(found == contract)
    }

    @Test("the table has the contract's limits")
    func limits() {
        let rows = contractLengths.split { $0 == "," || $0 == "\n" }.map { $0.split(separator: " ") }
        func find(_ name: String, in shape: Shape) -> Shape? {
            shape.find(name) ?? shape.children.lazy.compactMap { find(name, in: $0) }.first
        }
        for row in rows {
            let shape = find(String(row[0]), in: .report) ?? find(String(row[0]), in: .fileDetails)
            #expect(shape != nil && shape?.longest == Int(row[1]), "\(row[0])")
        }
        #expect(Field("report/reporter/reportingPerson/phone").shape?.longest == 50)
        #expect(Field("report/personOrUserReported/estimatedLocation/city").shape?.longest == 255)
        #expect(Field("report/lawEnforcement/officerContact/address/city").shape?.longest == 100)
        #expect(Field("report/reporter/reportingPerson/email").shape?.longest == 255)
        #expect(Shape.fileDetails["originalFileHash"].attribute("hashType")?.longest == 64)
        #expect(Shape.fileDetails["details"]["nameValuePair"]["name"].longest == 64)
    }

    @Test("every element of the table is in the model, except the two that we never write")
    func coverage() {
        var missing: Set<String> = []
        func visit(_ shape: Shape, _ elements: [Element], _ path: String) {
            if elements.isEmpty { missing.insert(path) }
            for attribute in shape.attributes
            where !elements.contains(where: { $0[attribute: attribute.name] != nil }) {
                missing.insert("\(path)@\(attribute.name)")
            }
            for child in shape.children {
                visit(child, elements.flatMap { $0.all(child.name) }, "\(path)/\(child.name)")
            }
        }
        visit(.report, [LegalModels.maximal.report], "report")
        visit(.fileDetails, [LegalModels.maximal.file], "fileDetails")
        #expect(
            missing == [
                "report/batchedReport", "report/batchedReport@reason", "fileDetails/fileName",
                "fileDetails/potentialMeme",
            ]
        )
    }

    @Test("a draft's elements stand in the contract's order, each as often as it may")
    func drafts() throws {
        let root = try TinyXML.read(DraftReport(from: source()).xml)
        for child in root.children { child.walk(visit: followsContract) }
    }

    @Test("a batch is written as such")
    func batch() {
        var report = Report()
        report.isBatch = true
        #expect(report.element.children.first?[attribute: "reason"] == "VIRAL_POTENTIAL_MEME")
    }
}

extension Shape.Occurrence {
    var sign: String {
        switch self {
        case .one: ""
        case .optional: "?"
        case .many: "*"
        case .atLeastOne: "+"
        }
    }
}

/// The line of each element.
private let contract: [String: String] = contractText.split(separator: "\n").reduce(into: [:]) {
    lines,
    line in
    let parts = line.split(separator: ":", maxSplits: 1)
    lines[String(parts[0])] = parts[1].split(separator: " ").joined(separator: " ")
}

/// Expects of one element that what it holds is in the contract, in order, and as often as it allows.
func followsContract(_ path: String, _ node: Node) {
    guard !node.children.isEmpty else { return }
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    let order = (contract[name] ?? "").split(separator: " ")
    let names = order.map { $0.trimmingSuffix(while: { "?*+".contains($0) }) }
    let places = node.children.map { child in names.firstIndex { $0 == child.name } ?? -1 }
    #expect(!places.contains(-1) && places == places.sorted(), "\(path)")
    for (name, sign) in zip(names, order.map(\.last)) where !(path == "fileDetails" && name.hasSuffix("Id")) {
        let count = node.all(String(name)).count
        #expect(count == 1 || sign == "*" || (count == 0 && sign == "?"), "\(path)/\(name)")
    }
}

extension Substring {
    fileprivate func trimmingSuffix(while isOdd: (Character) -> Bool) -> Substring {
        var rest = self
        while let last = rest.last, isOdd(last) { rest.removeLast() }
        return rest
    }
}
