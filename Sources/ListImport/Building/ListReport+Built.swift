import GenerationFormat

// What only the finished build knows of a list.

extension BuildReport.ListReport {
    /// Takes over what is known once all entries are sorted.
    mutating func count(_ list: GenerationList) {
        kept = list.entryCount
        duplicates += list.recordCount - list.entryCount - leftOut
    }

    mutating func reject(_ crowded: Crowded) {
        if crowded.leavesNothing { leftOut += 1 }
        reject(.crowded, name, .kept(crowded.ordinal))
    }
}
