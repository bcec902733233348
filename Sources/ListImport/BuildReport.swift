import GenerationFormat
package import LinuxIO

/// What a build made of its sources, with numbers only: list values appear in no output.
package struct BuildReport: Equatable, Sendable {
    package let generation: String
    package let counter: UInt64
    package let lists: [ListReport]
    package let extent: BuildExtent
    /// What kept an older generation from being removed once this one was installed; the next build tries again.
    package let leftover: SyscallError?
}

/// Why no generation was built; the one that was installed still is.
package enum BuildFault: Error, Equatable {
    case noLists
    case repeatedName(String)
    case emptyList(String)
    case notASigningKey
    case anotherBuild
    case counterTooLow(wanted: UInt64, highest: UInt64)
    case countersUsedUp
    case nothingToCompare(String)
    case tooManyEntries
    case noFormer
    case shrunk(String, from: UInt64, to: UInt64)
}

extension BuildFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noLists: "no list to build from; add a [[list]] to the settings"
        case .repeatedName(let name): "two lists are named \(name); give each a name of its own"
        case .emptyList(let name):
            "list \(name) has no entry; \"breakwater list import --dry-run\" says what is kept out"
        case .notASigningKey:
            "not a signing key of 64 hexadecimal digits and a newline; make one with \"breakwater init\""
        case .anotherBuild: "another build is at work in this directory; wait for it"
        case .counterTooLow(let wanted, let highest):
            "counter \(wanted) is not above \(highest), which is there or was served already; leave it out or choose a higher one"
        case .countersUsedUp:
            "no counter is left above \(GenerationName.highestCounter); start a new lists directory"
        case .nothingToCompare(let name):
            "list \(name) has an entry with neither a digest nor a perceptual hash; ask its supplier"
        case .tooManyEntries:
            "more than \(EntryNumbers.most) entries or 65536 lists; leave lists out"
        case .shrunk(let name, let before, let now):
            "list \(name) has \(before) entries now and \(now) in its file; see that the file is whole, or build with \"--allow-shrinking\""
        case .noFormer:
            "no generation before the installed one is left; build one with \"breakwater list build\""
        }
    }
}
