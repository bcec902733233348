/// A state of the service's schema, by the month that it was seen in. An old one never emits what came later.
package enum SchemaProfile: String, CaseIterable, Comparable, Sendable {
    case november2025 = "2025-11"
    /// What readers of the documentation of 2026 have reported, and no schema has shown yet.
    case august2026 = "2026-08"

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// What a profile brought.
protocol Dated {
    var since: SchemaProfile { get }
}

extension Dated {
    var since: SchemaProfile { .november2025 }
}

extension Element {
    /// The same without what `profile` does not have yet; `lost` is told of each.
    func fitting(
        _ profile: SchemaProfile,
        _ shape: Shape,
        at field: Field,
        lost: (Field) -> Void = { _ in }
    ) -> Element {
        var fitting = self
        fitting.children = children.compactMap { child in
            guard let place = shape.find(child.name) else { return child }
            let field = field.child(child.name)
            guard place.since <= profile else {
                lost(field)
                return nil
            }
            return child.fitting(profile, place, at: field, lost: lost)
        }
        return fitting
    }
}
