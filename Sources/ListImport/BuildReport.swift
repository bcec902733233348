import GenerationFormat

/// What a build made of its sources, with numbers only: list values appear in no output.
package struct BuildReport: Equatable, Sendable {
    package let generation: String
    package let counter: UInt64
    package let lists: [ListReport]

    /// One list. What was read is what was kept, held twice or rejected.
    package struct ListReport: Equatable, Sendable {
        package let name: String
        /// Lines that held a digest.
        package internal(set) var read: UInt64 = 0
        package internal(set) var kept: UInt64 = 0
        /// Digests that the list had held before.
        package internal(set) var duplicates: UInt64 = 0
        package internal(set) var rejected: [Rejection: UInt64] = [:]
        /// Entries that need a hasher which this program does not have.
        package internal(set) var elsewhere: UInt64 = 0

        package init(name: String) { self.name = name }

        /// Takes over what is known once all entries are sorted.
        mutating func count(_ list: GenerationList) {
            kept = list.entryCount
            duplicates += list.recordCount - list.entryCount
        }
    }

    /// Why a digest is kept out although the list holds it.
    package enum Rejection: String, Sendable {
        /// It would meet every upload without content; such entries are on real lists.
        case emptyFile = "the empty file"
        /// Of a picture that says too little; it would meet many others like it.
        case unbalanced = "PDQ hashes with fewer than 120 or more than 136 bits set"
    }
}

/// Why no generation was built; the one that was installed still is.
package enum BuildFault: Error, Equatable {
    case noLists
    case repeatedName(String)
    case emptyList(String)
    case notAFile(String)
    case notASigningKey
    case anotherBuild
    case counterTooLow(wanted: UInt64, highest: UInt64)
    case countersUsedUp
    case nothingToCompare(String)
    case crowded(String)
    case tooManyEntries
    case noFormer
}

extension BuildFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noLists: "no list to build from; add a [[list]] to the settings"
        case .repeatedName(let name): "two lists are named \(name); give each a name of its own"
        case .emptyList(let name): "list \(name) has no entry; check its file, or mark it synthetic"
        case .notAFile(let path): "\(path) is not a regular file; name the list's file itself"
        case .notASigningKey:
            "not a signing key of 64 hexadecimal digits and a newline; make one with \"breakwater init\""
        case .anotherBuild: "another build is at work in this directory; wait for it"
        case .counterTooLow(let wanted, let highest):
            "counter \(wanted) is not above \(highest), which is there already; leave it out or choose a higher one"
        case .countersUsedUp:
            "no counter is left above \(GenerationName.highestCounter); start a new lists directory"
        case .nothingToCompare(let name):
            "list \(name) has an entry with neither a digest nor a perceptual hash; ask its supplier"
        case .crowded(let name):
            "list \(name) holds one value in more than \(GenerationBuild.mostAlike) different entries; ask its supplier"
        case .tooManyEntries:
            "more than \(EntryNumbers.most) entries or 65536 lists; leave lists out"
        case .noFormer:
            "no generation before the installed one is left; build one with \"breakwater list build\""
        }
    }
}
