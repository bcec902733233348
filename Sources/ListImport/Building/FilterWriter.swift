import GenerationFormat
import LinuxIO
import UploadModel

/// Writes the filter in front of a table, from its digests in order.
struct FilterWriter {
    private let filter: DigestFilter
    private let file: SummedFile
    private var block = DigestFilter.Block()
    /// Blocks that are written.
    private var written = 0

    /// - Parameter count: About how many digests there will be; with more of them more absent ones pass.
    init(_ algorithm: DigestAlgorithm, count: UInt64, in folder: borrowing Descriptor) throws {
        filter = DigestFilter(count: count)
        file = try SummedFile(
            GenerationFile.filter(EntryKind(algorithm)),
            FileHeader(.filter, parameter: filter.blocks),
            in: folder
        )
    }

    mutating func add(_ words: SIMD4<UInt64>) throws(SyscallError) {
        try write(before: filter.block(of: words))
        block |= DigestFilter.bits(of: words)
    }

    private mutating func write(before next: Int) throws(SyscallError) {
        while written < next {
            for word in 0..<8 { try file.append(block[word]) }
            block = DigestFilter.Block()
            written += 1
        }
    }

    mutating func finish() throws(SyscallError) -> GenerationManifest.File {
        try write(before: filter.blocks)
        return try file.finish()
    }
}
