import GenerationFormat

/// How much of a generation was written.
package enum BuildExtent: Equatable, Sendable {
    case whole(Reason)
    /// What changed since the generation `base`, whose files it shares.
    case delta(base: String, added: UInt64, withdrawn: UInt64)

    /// Why a build was a whole one.
    package enum Reason: Error, Equatable {
        case asked
        case nothingInstalled
        /// The installed generation cannot be built upon.
        case unusable(String)
        case otherLists
        case tooManyChanges(most: UInt64)
        case crowded
        case baseCrowded
        case kindGone
        case otherFilters
        /// The base's files cannot get a second name.
        case cannotLink(String)
    }
}

extension BuildExtent: CustomStringConvertible {
    package var description: String {
        switch self {
        case .whole(let reason): "whole, since \(reason)"
        case .delta(let base, let added, let withdrawn):
            "a delta upon \(base), \(added) added and \(withdrawn) withdrawn"
        }
    }
}

extension BuildExtent.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .asked: "that was asked for"
        case .nothingInstalled: "nothing was installed"
        case .unusable(let why): "the installed generation cannot be built upon: \(why)"
        case .otherLists: "the lists are not those of the installed generation"
        case .tooManyChanges(let most):
            "more entries changed than a delta of this base may hold, \(most)"
        case .crowded: "a changed entry has a value that more than 256 entries of its list hold"
        case .baseCrowded:
            "the installed generation leaves out values that more than 256 entries of a list hold"
        case .otherFilters: "the installed generation's filters are not what lists.resident asks for"
        case .cannotLink(let why): "the installed generation's files cannot be linked: \(why)"
        case .kindGone: "no entry has a digest or hash of some kind any more"
        }
    }
}

extension BuildExtent {
    /// Of a generation that is a delta.
    init(_ manifest: GenerationManifest) {
        self = .delta(
            base: manifest.base.map { "\($0)" } ?? "",
            added: manifest.lists.reduce(0) { $0 + ($1.base?.added ?? 0) },
            withdrawn: manifest.lists.reduce(0) { $0 + ($1.base?.withdrawn ?? 0) }
        )
    }
}
