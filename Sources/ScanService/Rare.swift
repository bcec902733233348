/// A value that few have, kept apart, so that whoever has none needs no room for it: uploads are copied by the
/// hundred thousand.
@propertyWrapper
struct Rare<Value: Sendable>: Sendable {
    private indirect enum Kept {
        case nothing
        case value(Value)
    }

    private var kept = Kept.nothing

    init(wrappedValue: Value? = nil) { self.wrappedValue = wrappedValue }

    var wrappedValue: Value? {
        get { if case .value(let value) = kept { value } else { nil } }
        set { kept = newValue.map { .value($0) } ?? .nothing }
    }
}
