import UploadModel

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
