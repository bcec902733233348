package import UploadModel

/// What the reporting contract says of one element: how often it may stand, what it holds, and in which order.
///
/// This is the only place for order, number and form. The writer arranges by it, what a document breaks is found
/// by it, findings are sorted by it, and a rule that changes is a line that changes here.
///
/// - Source: NCMEC, "CyberTipline Reporting API Technical Documentation" of 2025-06-11, and the schema of
///   2025-11, in our own words.
package struct Shape: Sendable {
    package enum Occurrence: Sendable {
        case one, optional, many, atLeastOne

        func allows(_ count: Int) -> Bool {
            switch self {
            case .one: count == 1
            case .optional: count <= 1
            case .many: true
            case .atLeastOne: count >= 1
            }
        }

        /// Whether JSON has an array for it, also when there is one.
        package var isRepeated: Bool { self == .many || self == .atLeastOne }
    }

    package struct Attribute: Sendable {
        package let name: String
        package let kind: Kind
        package let isRequired: Bool
        package var longest: Int?
    }

    package let name: String
    package let occurrence: Occurrence
    package let kind: Kind
    /// In UTF-16 code units, as the service counts; `nil` where no limit is documented.
    package let longest: Int?
    package let attributes: [Attribute]
    package let children: [Shape]
    /// The first profile that has it.
    package private(set) var since = SchemaProfile.november2025

    package func attribute(_ name: String) -> Attribute? { attributes.first { $0.name == name } }
}

// MARK: - Spelling the table

extension Shape {
    typealias Children = [Shape]

    static func one(_ name: String, _ kind: Kind = .text, _ longest: Int? = nil, _ more: [Attribute] = [])
        -> Shape
    { leaf(name, .one, kind, longest, more) }

    static func optional(
        _ name: String,
        _ kind: Kind = .text,
        _ longest: Int? = nil,
        _ more: [Attribute] = []
    )
        -> Shape
    { leaf(name, .optional, kind, longest, more) }

    static func many(_ name: String, _ kind: Kind = .text, _ longest: Int? = nil, _ more: [Attribute] = [])
        -> Shape
    { leaf(name, .many, kind, longest, more) }

    static func group(
        _ occurrence: Occurrence,
        _ name: String,
        _ children: Children,
        as kind: Kind = .group,
        _ attributes: [Attribute] = []
    ) -> Shape {
        Shape(
            name: name,
            occurrence: occurrence,
            kind: kind,
            longest: nil,
            attributes: attributes,
            children: children
        )
    }

    /// A container of presence-only elements, one for each case.
    static func flags<Flag: CaseIterable & RawRepresentable<String> & Dated>(_ name: String, _: Flag.Type)
        -> Shape
    {
        group(
            .optional,
            name,
            Flag.allCases.map { .optional($0.rawValue, .flag).since($0.since) },
            as: .flags
        )
    }

    func since(_ profile: SchemaProfile) -> Shape {
        var shape = self
        shape.since = profile
        return shape
    }

    private static func leaf(
        _ name: String,
        _ occurrence: Occurrence,
        _ kind: Kind,
        _ longest: Int?,
        _ attributes: [Attribute]
    ) -> Shape {
        Shape(
            name: name,
            occurrence: occurrence,
            kind: kind,
            longest: longest ?? kind.longest,
            attributes: attributes,
            children: []
        )
    }
}

extension [Shape.Attribute] {
    static func may(_ name: String, _ kind: Kind) -> Self {
        [Shape.Attribute(name: name, kind: kind, isRequired: false)]
    }

    static func must(_ name: String, _ kind: Kind, _ longest: Int? = nil) -> Self {
        [Shape.Attribute(name: name, kind: kind, isRequired: true, longest: longest)]
    }
}

extension Shape {
    /// A child's shape; the typed values name only children that are in the table.
    subscript(child: String) -> Shape {
        guard let found = find(child) else { preconditionFailure("no \(child) in \(name)") }
        return found
    }

    func find(_ child: String) -> Shape? { children.first { $0.name == child } }
}
