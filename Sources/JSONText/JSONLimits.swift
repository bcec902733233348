/// How much of a text is read before it is refused.
package struct JSONLimits: Equatable, Sendable {
    package var bytes: Int

    /// Arrays and objects inside each other: `[]` needs 1, `[{}]` needs 2, `7` none. Never more than
    /// ``deepest``, whatever is asked for.
    package var depth: Int

    package init(bytes: Int = 64 * 1024, depth: Int = 32) {
        self.bytes = bytes
        self.depth = depth
    }

    /// An upload's context, which the application wrote and a user may have had a hand in.
    package static let context = JSONLimits(bytes: 64 * 1024, depth: 16)

    /// What we wrote ourselves: manifests, rows, orders.
    package static let own = JSONLimits(bytes: 64 * 1024 * 1024, depth: 64)

    /// Reading, writing, comparing and letting go of a value all recurse by its depth. So much fits into
    /// 512 KiB of stack in a debug build, and into a quarter of that in a release build.
    static let deepest = 128
}
