import CHammingKernels
import GenerationFormat
import LinuxIO
import UploadModel

/// The filter in front of a table, as it is mapped, used once it was read in and found to be as it was signed: a bit that
/// is lost would be a match that is lost.
final class ServedFilter: Sendable {
    private let filter: DigestFilter
    private let file: MappedFile
    private let reading: ReadingIn

    /// `nil` where the table is small enough to do without.
    init?(_ algorithm: DigestAlgorithm, of manifest: GenerationManifest, in folder: borrowing Descriptor)
        throws
    {
        let name = GenerationFile.filter(EntryKind(algorithm))
        guard manifest.file(name) != nil else { return nil }
        let file = try MappedFile(name, of: manifest, in: folder)
        filter = try file.withBytes { bytes throws(GenerationFault) in try DigestFilter(bytes, of: algorithm)
        }
        self.file = file
        reading = ReadingIn([file], checking: [file], thread: "lists-filter")
    }

    deinit { reading.cancel() }

    var files: [MappedFile] { [file] }
    var isReady: Bool { reading.isReady }
    var isDamaged: Bool { reading.isDamaged }

    /// Keeps those of up to 64 digests that may be listed, each a bit, the first the lowest.
    @inline(__always)
    func mayHold(_ digests: Span<Digest>, _ range: Range<Int>) -> UInt64 {
        guard reading.isReady else { return .max }
        return file.withBytes { bytes in
            bytes.withUnsafeBytes { raw in
                for index in range {
                    bw_will_read(raw.baseAddress! + filter.offset(of: digests[index].words))
                }
            }
            var kept: UInt64 = 0
            for index in range where filter.mayHold(digests[index].words, in: bytes) {
                kept |= 1 << UInt64(index - range.lowerBound)
            }
            return kept
        }
    }
}
