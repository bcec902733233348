import UploadModel

/// Entries that a list held so far, to count without a build what a build would leave out: the same entry twice, and
/// values that too many entries hold.
///
/// 64 bits of each, so that memory is 128 MiB at most; beyond ``limit`` nothing new is taken in.
package struct EntriesSeen {
    package static let limit = 1_000_000

    private var entries: Set<Int> = []
    /// How many different entries hold a value.
    private var holders: [Int: UInt16] = [:]
    private var last: Int?
    private var ordinal: UInt64 = 0
    private var crowded: [Crowded] = []
    private var crowdedCount: UInt64 = 0
    private var leftOut: UInt64 = 0

    package init() {}

    package var isFull: Bool { entries.count >= Self.limit || holders.count >= Self.limit }

    /// - Returns: False for an entry that was there before in all that it says.
    package mutating func takesNew(_ entry: ImportedEntry) -> Bool {
        let hash = entry.hash
        // As a build numbers them, which finds other duplicates only when it sorts.
        if hash != last { ordinal += 1 }
        last = hash
        let isNew = entries.count < Self.limit ? entries.insert(hash).inserted : !entries.contains(hash)
        if isNew { takeValues(entry) }
        return isNew
    }

    private mutating func takeValues(_ entry: ImportedEntry) {
        let values = entry.valueHashes
        let full = values.filter { !takes($0) }.count
        for number in 0..<full {
            let isLast = number == values.count - 1
            if isLast { leftOut += 1 }
            crowdedCount += 1
            if crowded.count < BuildReport.ListReport.firstCount {
                crowded.append(Crowded(list: 0, ordinal: ordinal, leavesNothing: isLast))
            }
        }
    }

    private mutating func takes(_ value: Int) -> Bool {
        guard let count = holders[value] else {
            if holders.count < Self.limit { holders[value] = 1 }
            return true
        }
        guard count < GenerationBuild.mostAlike else { return false }
        holders[value] = count + 1
        return true
    }

    /// Puts what a build would leave out into the report of a list that was read with ``takesNew(_:)``.
    package func count(in report: inout BuildReport.ListReport) {
        for one in crowded { report.reject(one) }
        if crowdedCount > 0 { report.rejected[.crowded] = crowdedCount }
        report.leftOut = leftOut
        report.kept -= leftOut
    }
}

extension ImportedEntry {
    /// Of all that a record of a generation says.
    fileprivate var hash: Int {
        var hasher = Hasher()
        for digest in [md5, sha1, sha256] { hasher.combine(digest) }
        hasher.combine(perceptual)
        hasher.combine(size)
        for text in [name, contributor, classification] { hasher.combine(text) }
        return hasher.finalize()
    }

    fileprivate var valueHashes: [Int] {
        [md5, sha1, sha256].compactMap { $0?.hashValue } + (perceptual.map { [$0.hashValue] } ?? [])
    }
}
