import LinuxIO

/// A key and where it belongs, as words that compare as the key's bytes do.
struct SpilledKey {
    var words: SIMD4<UInt64> { SIMD4(one, two, three, four) }
    /// The list in the upper 16 bits, the ordinal in the lower 48.
    let place: UInt64
    private let one, two, three, four: UInt64

    init(_ words: SIMD4<UInt64>, place: UInt64) {
        (one, two, three, four) = (words[0], words[1], words[2], words[3])
        self.place = place
    }

    @inline(__always)
    func bits(_ count: Int, behind bits: Int) -> Int {
        count == 0 ? 0 : Int((one &<< UInt64(bits)) &>> UInt64(64 - count))
    }

    @inline(__always)
    func byte(_ index: Int) -> Int { Int(words[index / 8] &>> UInt64(56 - 8 * (index % 8)) & 0xFF) }

    static func < (a: SpilledKey, b: SpilledKey) -> Bool {
        if a.one != b.one { return a.one < b.one }
        if a.two != b.two { return a.two < b.two }
        if a.three != b.three { return a.three < b.three }
        if a.four != b.four { return a.four < b.four }
        return a.place < b.place
    }
}

/// Keys on disk, in 256 parts by one of their bytes; of each part only a chunk is in memory.
///
/// The chunks of all parts lie in one file, so that one descriptor serves them.
final class Spill {
    /// Bytes of a key that are worth keeping.
    private let keyByteCount: Int
    /// The byte that keys are parted by.
    let depth: Int
    private let stride: Int
    private let file: Descriptor
    private let chunkCapacity: Int
    private let chunks: UnsafeMutableRawBufferPointer
    private var filled = [Int](repeating: 0, count: 256)
    /// Numbers of each part's chunks in the file.
    private var places = [[UInt32]](repeating: [], count: 256)
    private var chunkCount: UInt32 = 0
    private(set) var count: UInt64 = 0

    /// - Parameter directory: The file has no name there once it is open.
    init(keyByteCount: Int, depth: Int = 0, in directory: borrowing Descriptor) throws(SyscallError) {
        self.keyByteCount = keyByteCount
        self.depth = depth
        stride = 8 * ((keyByteCount + 7) / 8 + 1)
        chunkCapacity = 64 * 1_024 / stride
        let name = Array(".spill-\(UInt64.random(in: 0...(.max)))".utf8)
        file = try directory.open(name, [.readWrite, .create, .exclusive], mode: 0o600, subject: "lists")
        try directory.unlink(name, subject: "lists")
        chunks = .allocate(byteCount: 256 * chunkCapacity * stride, alignment: 16)
    }

    deinit { chunks.deallocate() }

    private var chunkByteCount: Int { chunkCapacity * stride }

    @inline(__always)
    func add(_ words: SIMD4<UInt64>, place: UInt64) throws(SyscallError) {
        let part = Int(words[depth / 8] &>> UInt64(56 - 8 * (depth % 8)) & 0xFF)
        let start = part * chunkByteCount + filled[part] * stride
        chunks.storeBytes(of: place, toByteOffset: start, as: UInt64.self)
        for word in 0..<(stride / 8 - 1) {
            chunks.storeBytes(of: words[word], toByteOffset: start + 8 * (word + 1), as: UInt64.self)
        }
        filled[part] += 1
        count += 1
        if filled[part] == chunkCapacity { try write(part) }
    }

    private func write(_ part: Int) throws(SyscallError) {
        let start = part * chunkByteCount
        let bytes = UnsafeRawBufferPointer(rebasing: chunks[start..<(start + chunkByteCount)])
        try file.write(bytes.bytes, subject: "lists")
        places[part].append(chunkCount)
        chunkCount += 1
        filled[part] = 0
    }

    func count(of part: Int) -> Int { places[part].count * chunkCapacity + filled[part] }

    /// Calls `body` for each key of a part, in the order in which they were added.
    func forEach(in part: Int, _ body: (SpilledKey) throws -> Void) throws {
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkByteCount, alignment: 16)
        defer { chunk.deallocate() }
        for place in places[part] {
            let count = try file.read(into: chunk, at: Int64(place) * Int64(chunkByteCount), subject: "lists")
            guard count == chunkByteCount else { throw SyscallError.cutShort("lists") }
            for key in 0..<chunkCapacity { try body(self.key(UnsafeRawBufferPointer(chunk), key * stride)) }
        }
        for key in 0..<filled[part] {
            try body(self.key(UnsafeRawBufferPointer(chunks), part * chunkByteCount + key * stride))
        }
    }

    @inline(__always)
    private func key(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> SpilledKey {
        var words = SIMD4<UInt64>()
        for word in 0..<(stride / 8 - 1) {
            words[word] = bytes.load(fromByteOffset: offset + 8 * (word + 1), as: UInt64.self)
        }
        return SpilledKey(words, place: bytes.load(fromByteOffset: offset, as: UInt64.self))
    }
}

// MARK: - In order

extension Spill {
    /// Calls `body` for every key in ascending order, equal ones by their places.
    ///
    /// A part that fits is sorted in memory; a larger one is parted again by its next byte. Where the bytes are used
    /// up all its keys are equal, and come in the order in which they were added.
    ///
    /// - Parameter memory: Bytes that sorting may take.
    func forEachInOrder(
        memory: Int,
        in directory: borrowing Descriptor,
        _ body: (SpilledKey) throws -> Void
    ) throws {
        let fitting = max(1_024, memory / (2 * MemoryLayout<SpilledKey>.stride))
        for part in 0..<256 where count(of: part) > 0 {
            if count(of: part) <= fitting {
                try forEachSorted(part, body)
            } else if depth + 1 < keyByteCount {
                let finer = try Spill(keyByteCount: keyByteCount, depth: depth + 1, in: directory)
                try forEach(in: part) { try finer.add($0.words, place: $0.place) }
                try finer.forEachInOrder(memory: memory, in: directory, body)
            } else {
                try forEach(in: part, body)
            }
        }
    }

    /// Spreads a part over buckets by the bits behind those that all its keys have in common, and sorts each bucket.
    /// Digests are spread evenly, so a bucket holds a handful.
    private func forEachSorted(_ part: Int, _ body: (SpilledKey) throws -> Void) throws {
        let count = self.count(of: part)
        let known = 8 * (depth + 1)
        let bits = known <= 40 ? min(20, max(0, Int.bitWidth - (count / 8).leadingZeroBitCount)) : 0

        let keys = UnsafeMutableBufferPointer<SpilledKey>.allocate(capacity: count)
        defer { keys.deallocate() }
        var starts = [Int](repeating: 0, count: (1 << bits) + 1)
        try forEach(in: part) { starts[$0.bits(bits, behind: known) + 1] += 1 }
        for bucket in 1..<starts.count { starts[bucket] += starts[bucket - 1] }
        var next = starts
        try forEach(in: part) { key in
            let bucket = key.bits(bits, behind: known)
            (keys.baseAddress! + next[bucket]).initialize(to: key)
            next[bucket] += 1
        }
        for bucket in 0..<(1 << bits) {
            var run = UnsafeMutableBufferPointer(rebasing: keys[starts[bucket]..<starts[bucket + 1]])
            run.count <= 24 ? Self.sortFew(run) : run.sort(by: <)
        }
        for index in 0..<count { try body(keys[index]) }
    }

    private static func sortFew(_ run: UnsafeMutableBufferPointer<SpilledKey>) {
        guard run.count > 1 else { return }
        for end in 1..<run.count {
            let key = run[end]
            var place = end
            while place > 0, key < run[place - 1] {
                run[place] = run[place - 1]
                place -= 1
            }
            run[place] = key
        }
    }
}
