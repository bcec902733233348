import GenerationFormat
import LinuxIO
import UploadModel

/// Writes the digests of one algorithm, which come in order.
struct DigestTableWriter {
    private let shape: DigestTableShape
    private let directory: SummedFile
    private let suffixes: SummedFile
    private let places: SummedFile
    private var filter: FilterWriter?
    private var count: UInt32 = 0
    /// Buckets whose beginning is written.
    private var begun = 0

    /// - Parameter count: About how many there will be; more or fewer make the table slower and nothing worse.
    init(
        _ algorithm: DigestAlgorithm,
        _ part: GenerationPart = .base,
        count: UInt64,
        filtered: Bool = false,
        in folder: borrowing Descriptor
    ) throws {
        let kind = EntryKind(algorithm)
        filter = filtered ? try FilterWriter(algorithm, count: count, in: folder) : nil
        shape = DigestTableShape(algorithm, count: count)
        directory = try SummedFile(
            part.name(GenerationFile.directory(kind)),
            FileHeader(.directory, parameter: shape.bits),
            in: folder
        )
        suffixes = try SummedFile(
            part.name(GenerationFile.suffixes(kind)),
            FileHeader(.suffixes, parameter: shape.bits),
            in: folder
        )
        places = try SummedFile(part.name(GenerationFile.places(kind)), FileHeader(.places), in: folder)
    }

    mutating func add(_ words: SIMD4<UInt64>, number: UInt32) throws(SyscallError) {
        try begin(through: shape.bucket(of: words))
        try suffixes.append(shape.suffix(of: words), byteCount: shape.width)
        try places.append(number)
        try filter?.add(words)
        count += 1
    }

    private mutating func begin(through bucket: Int) throws(SyscallError) {
        while begun <= bucket {
            try directory.append(count)
            begun += 1
        }
    }

    mutating func finish() throws(SyscallError) -> [GenerationManifest.File] {
        try begin(through: shape.bucketCount)
        var files = [try directory.finish(), try suffixes.finish(), try places.finish()]
        if var filter { files.append(try filter.finish()) }
        return files
    }
}

/// Writes the perceptual hashes, which come in order.
struct PlanesWriter {
    private let planes: SummedFile
    private let rest: SummedFile
    private let places: SummedFile
    /// The second words of a block that has begun.
    private var second: [UInt64] = []
    private(set) var count = 0

    init(_ part: GenerationPart = .base, in folder: borrowing Descriptor) throws {
        planes = try SummedFile(part.name(GenerationFile.planes), FileHeader(.planes), in: folder)
        rest = try SummedFile(part.name(GenerationFile.rest), FileHeader(.rest), in: folder)
        places = try SummedFile(
            part.name(GenerationFile.places(.perceptual)),
            FileHeader(.places),
            in: folder
        )
    }

    mutating func add(_ hash: SIMD4<UInt64>, number: UInt32) throws(SyscallError) {
        try planes.append(hash[0])
        second.append(hash[1])
        if second.count == PerceptualPlanes.blockSize { try endBlock() }
        try rest.append(hash[2])
        try rest.append(hash[3])
        try places.append(number)
        count += 1
    }

    private mutating func endBlock() throws(SyscallError) {
        for word in second { try planes.append(word) }
        second.removeAll(keepingCapacity: true)
    }

    mutating func finish() throws(SyscallError) -> [GenerationManifest.File] {
        if !second.isEmpty {
            let missing = PerceptualPlanes.blockSize - second.count
            for _ in 0..<missing { try planes.append(0 as UInt64) }
            try endBlock()
            for _ in 0..<missing { try planes.append(0 as UInt64) }
        }
        return [try planes.finish(), try rest.finish(), try places.finish()]
    }
}
