package import LinuxIO
import Synchronization

/// The generation that serves, and how the next one takes its place: opened and checked beside it, then one reference is
/// swapped.
///
/// Who looks up takes ``current`` for each upload and keeps it meanwhile, so there is no gap and no answer of two
/// generations; the last to let go of the old one unmaps it.
package final class ServingGeneration: Sendable {
    private let serving = Mutex<Generation?>(nil)

    package init() {}

    package var current: Generation? { serving.withLock { $0 } }

    /// Opens `<lists>/<name>/` and lets it serve.
    ///
    /// - Parameters:
    ///   - publicKey: As for ``Generation/open(_:in:publicKey:notBelow:)``, `counter` and `lists` too.
    ///   - admit: Called with the generation before anybody can see it, while the old one still serves; what it throws
    ///     keeps it out.
    @discardableResult
    package func take(
        _ name: String,
        in lists: borrowing Descriptor,
        publicKey: [UInt8],
        notBelow counter: UInt64,
        admit: (Generation) throws -> Void = { _ in }
    ) throws -> Generation {
        let next = try Generation.open(
            name,
            in: lists,
            publicKey: publicKey,
            notBelow: counter,
            sharing: current
        )
        try admit(next)
        // The old one is let go outside of the lock: unmapping it makes nobody wait for the reference.
        let former = serving.withLock { serving in
            defer { serving = next }
            return serving
        }
        withExtendedLifetime(former) {}
        return next
    }
}
