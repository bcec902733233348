/// The plan of one box-filter pass over a line of pixels: which pixel comes in, leaves and is written at each
/// step.
///
/// Running sums of floats depend on the order of their additions. Both passes, along rows and along columns,
/// take theirs from here: add before subtract, one pixel each, divide by the number of pixels inside.
///
/// - Source: Jarosz, "Fast Image Convolutions"; PDQ paper, section on downsampling.
struct Box {
    /// Pixels in the line.
    let length: Int
    /// Pixels averaged, where the line has them.
    let window: Int
    /// Pixels to come in before the first is written.
    private let lead: Int

    /// The window that brings a line of `length` pixels down to 64.
    init(length: Int) {
        self.length = length
        window = (length + 127) / 128
        lead = (window + 2) / 2 - 1
    }

    var steps: Int { length + lead }

    func adds(at step: Int) -> Bool { step < length }
    func subtracts(at step: Int) -> Bool { step >= window }

    /// The pixel written after this step, if one is.
    func written(at step: Int) -> Int? { step >= lead ? step - lead : nil }

    /// Pixels inside the box after this step.
    func count(at step: Int) -> Float { Float(min(step + 1, length) - max(0, step + 1 - window)) }
}
