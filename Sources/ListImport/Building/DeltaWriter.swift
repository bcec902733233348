import GenerationFormat
import LinuxIO

/// Writes the files of a delta.
struct DeltaWriter: ~Copyable {
    private let lists: [ListAlignment]
    private let workspace: Descriptor

    init(_ lists: [ListAlignment], in workspace: borrowing Descriptor) throws(SyscallError) {
        self.lists = lists
        self.workspace = try workspace.duplicate()
    }

    func write(_ touched: TouchedValues) throws -> [GenerationManifest.File] {
        let numbers = EntryNumbers(lists.map(\.count))
        var files = [try changes()]
        for place in lists.indices { files += try records(place) }
        for kind in EntryKind.allCases {
            files += try table(kind, touched.answers(kind), numbers)
        }
        return files
    }

    private func changes() throws -> GenerationManifest.File {
        let file = try SummedFile(GenerationFile.changes, FileHeader(.changes), in: workspace)
        try file.append(EntryChanges.bytes(lists.map(\.changes)))
        return try file.finish()
    }

    private func records(_ place: Int) throws -> [GenerationManifest.File] {
        guard !lists[place].added.isEmpty else { return [] }
        let writer = try RecordsWriter(place, .delta, in: workspace)
        for added in lists[place].added { try writer.append(added.record) }
        return try writer.finish()
    }

    private func table(_ kind: EntryKind, _ answers: [TouchedValues.Answer], _ numbers: EntryNumbers) throws
        -> [GenerationManifest.File]
    {
        guard !answers.isEmpty else { return [] }
        guard let algorithm = kind.algorithm else {
            var writer = try PlanesWriter(.delta, in: workspace)
            for answer in answers {
                for number in answer.numbers(numbers) { try writer.add(answer.words, number: number) }
            }
            return try writer.finish()
        }
        var writer = try DigestTableWriter(algorithm, .delta, count: UInt64(answers.count), in: workspace)
        for answer in answers {
            for number in answer.numbers(numbers) { try writer.add(answer.words, number: number) }
        }
        return try writer.finish()
    }
}

extension TouchedValues.Answer {
    /// As a table holds it.
    fileprivate func numbers(_ numbers: EntryNumbers) -> [UInt32] {
        places.isEmpty ? [EntryNumbers.withdrawn] : places.map(numbers.number)
    }
}
