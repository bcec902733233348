/// The way to an element from the root of its document, `report/reporter/reportingPerson/email`.
package struct Field: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ path: String) { description = path }

    func child(_ name: String) -> Field { Field("\(description)/\(name)") }

    /// What the table says of it; `nil` for what is about a document as a whole.
    package var shape: Shape? { Self.places[self]?.shape }

    /// Its place in both documents, read from the top.
    var order: Int { Self.places[self]?.order ?? -1 }

    private static let places: [Field: (order: Int, shape: Shape)] = {
        var places: [Field: (order: Int, shape: Shape)] = [:]
        func enter(_ shape: Shape, at field: Field) {
            places[field] = (places.count, shape)
            for child in shape.children { enter(child, at: field.child(child.name)) }
        }
        enter(.report, at: Field(Shape.report.name))
        enter(.fileDetails, at: Field(Shape.fileDetails.name))
        return places
    }()
}
