import GenerationFormat
import Glibc
import HashLists
import LinuxIO
import ListImport
import Synchronization
import UploadModel

/// Generations that replace each other under a stream of look-ups, through the class that the daemon serves from.
///
/// The generation of counter c holds the numbers of a window that moves on with c, so the one right answer to each
/// question is known from the counter alone. A reader takes the reference once a batch, as a lane does.
final class Reload: Sendable {
    private let ground: Ground
    private let digests: Window
    private let pictures: Window
    private let serving = ServingGeneration()
    private let isOver = Atomic(false)

    private static let readers = 2
    private static let batch = 16
    /// Nanoseconds between two batches of one reader: 10,000 look-ups a second in all.
    private static let pace = Int64(readers * batch) * 1_000_000_000 / 10_000
    /// Milliseconds that a generation serves before the next is installed.
    private static let term: UInt32 = 200

    init(_ path: String, window: Int, pictures count: Int) throws {
        ground = try Ground(path)
        (digests, pictures) = (Window(count: UInt64(window)), Window(count: UInt64(count)))
    }

    /// Which numbers a generation holds: an eighth of them goes with each.
    struct Window {
        let count: UInt64

        private var step: UInt64 { max(1, count / 8) }

        func numbers(_ counter: UInt64) -> Range<UInt64> { counter * step..<counter * step + count }

        /// A number in the window, or as often in the windows before and after it.
        func question(_ counter: UInt64, _ random: UInt64) -> UInt64 {
            (counter - 1) * step + random % (count + 2 * step)
        }
    }

    func run(generations: Int) throws {
        var names: [GenerationName] = []
        let built = try seconds {
            for counter in 1...UInt64(generations) { names.append(try build(counter)) }
        }
        try install(names[0])
        let before = OwnMemory.now
        let readers = (0..<Self.readers).map { Reader(number: UInt64($0)) }
        let memory = MemoryWatch()
        let threads = readers.map { reader in BlockingThread("reader") { self.ask(reader) } }
        let watching = BlockingThread("memory") { memory.watch { !self.isOver.load(ordering: .relaxed) } }
        var slowest = 0.0
        let took = try seconds {
            for name in names.dropFirst() {
                ThisProcess.sleep(milliseconds: Self.term)
                slowest = max(slowest, try seconds { try install(name) })
            }
            ThisProcess.sleep(milliseconds: Self.term)
        }
        isOver.store(true, ordering: .relaxed)
        for thread in threads + [watching] { thread.join() }
        let tally = readers.map(\.tally).reduce(into: Tally()) { $0.add($1) }
        report([
            ("generations", Double(generations)), ("digests_each", Double(digests.count)),
            ("pictures_each", Double(pictures.count)), ("build_seconds", built),
            ("slowest_takeover_ms", slowest * 1e3), ("lookups", Double(tally.lookups)),
            ("lookups_a_second", Double(tally.lookups) / took), ("found", Double(tally.found)),
            ("wrong_answers", Double(tally.wrong)), ("longest_ms", Double(tally.longest) / 1e6),
            ("longest_less_waiting_for_a_core_ms", Double(tally.longestRunning) / 1e6),
            ("over_10_ms", Double(tally.overTen)), ("own_mib_before", before),
            ("own_mib_first_half_most", memory.mostOfFirstHalf),
            ("own_mib_second_half_most", memory.mostOfSecondHalf),
            ("own_mib_after", OwnMemory.now), ("generations_mapped_after", Double(mappedInTheEnd())),
        ])
    }

    // MARK: - Generations

    /// Writes one beside the others, as the builder would, which keeps no more than two.
    private func build(_ counter: UInt64) throws -> GenerationName {
        let name = GenerationName(counter: counter, tag: 1)
        let folder = try ground.lists.ensureDirectory(Array("\(name)".utf8), mode: 0o700, subject: "\(name)")
        var build = try GenerationBuild(lists: [Ground.source], workspace: folder)
        var entry = ImportedEntry()
        for number in digests.numbers(counter) {
            entry.md5 = Digests.md5(number)
            try build.add(entry, list: 0)
        }
        entry.md5 = nil
        for number in pictures.numbers(counter) {
            entry.perceptual = Pictures.hash(number)
            try build.add(entry, list: 0)
        }
        let bytes = try build.finish(as: name, at: Timestamp(nanoseconds: Clocks.realtime)).bytes
        let signature = try ground.key.signature(of: bytes)
        for (file, bytes) in [(GenerationFile.manifest, bytes), (GenerationFile.signature, signature)] {
            try folder.writeNew(bytes, as: Array(file.utf8), mode: 0o640, subject: file)
        }
        return name
    }

    private func install(_ name: GenerationName) throws {
        let current = Array(GenerationFile.current.utf8)
        try ground.lists.writeDurably(name.currentFile, as: current, mode: 0o640, subject: "current")
        let counter = serving.current?.counter ?? 0
        let installed = try Generation.currentName(in: ground.lists) ?? ""
        try serving.take(installed, in: ground.lists, publicKey: ground.publicKey, notBelow: counter)
    }

    /// Those whose files this process still maps, once there is one or five seconds are over: what is large is unmapped
    /// by a thread of its own.
    private func mappedInTheEnd() -> Int {
        for _ in 0..<50 where mappedGenerations() > 1 { ThisProcess.sleep(milliseconds: 100) }
        return mappedGenerations()
    }

    private func mappedGenerations() -> Int {
        let maps = (try? Descriptor.open("/proc/self/maps").readAll(limit: 1 << 24)) ?? []
        let lines = String(decoding: maps, as: UTF8.self).split(separator: "\n")
        let folders = lines.filter { $0.contains("/state/lists/g") }.map {
            $0.split(separator: "/").dropLast().last
        }
        return Set(folders).count
    }

    // MARK: - Look-ups

    struct Tally {
        var lookups = 0, found = 0, wrong = 0, overTen = 0
        /// Nanoseconds.
        var longest: Int64 = 0
        /// Nanoseconds, without those in which the thread was ready and other processes had the cores.
        var longestRunning: Int64 = 0

        mutating func add(_ other: Tally) {
            lookups += other.lookups
            found += other.found
            wrong += other.wrong
            overTen += other.overTen
            longest = max(longest, other.longest)
            longestRunning = max(longestRunning, other.longestRunning)
        }
    }

    /// A reader's own; nobody else looks before its thread has ended.
    final class Reader: @unchecked Sendable {
        let number: UInt64
        var tally = Tally()

        init(number: UInt64) { self.number = number }
    }

    private func ask(_ reader: Reader) {
        let waiting = CoreWait()
        let begin = Clocks.monotonic
        var batches: UInt64 = 0
        while !isOver.load(ordering: .relaxed) {
            let early = begin + Int64(batches) * Self.pace - Clocks.monotonic
            if early > 0 { ThisProcess.sleep(milliseconds: UInt32(early / 1_000_000 + 1)) }
            let waited = waiting.nanoseconds
            let longest = askBatch(reader, batches)
            batches += 1
            reader.tally.longest = max(reader.tally.longest, longest)
            let running = longest - (waiting.nanoseconds - waited)
            reader.tally.longestRunning = max(reader.tally.longestRunning, running)
            if running > 10_000_000 { reader.tally.overTen += 1 }
        }
    }

    /// - Returns: The nanoseconds of the slowest look-up; the first waits for the reference, and after the last it is let
    ///   go, which may be what unmaps a generation.
    private func askBatch(_ reader: Reader, _ number: UInt64) -> Int64 {
        var longest: Int64 = 0
        var last = Clocks.monotonic
        func lap() {
            let now = Clocks.monotonic
            longest = max(longest, now - last)
            last = now
        }
        var generation = serving.current
        for place in 0..<UInt64(Self.batch) {
            let random = mixed((number * UInt64(Self.batch) + place) * UInt64(Self.readers) + reader.number)
            switch askOne(generation!, random) {
            case .found: reader.tally.found += 1
            case .notFound: break
            case .wrong: reader.tally.wrong += 1
            }
            lap()
        }
        generation = nil
        lap()
        reader.tally.lookups += Self.batch
        return longest
    }

    private enum Answer { case found, notFound, wrong }

    private func askOne(_ generation: Generation, _ random: UInt64) -> Answer {
        if random % 8 == 0, pictures.count > 0 { return askPicture(generation, random / 8) }
        let counter = generation.counter
        let number = digests.question(counter, random / 8)
        let window = digests.numbers(counter)
        let digest = Digests.md5(number)
        let entries = generation.entries(meeting: DigestSet(byteCount: 1, [digest]))
        guard window.contains(number) else { return entries.isEmpty ? .notFound : .wrong }
        guard entries.count == 1, entries[0].digests == [digest],
            entries[0].id.ordinal == number - window.lowerBound + 1,
            entries[0].provenance.generation == generation.name
        else { return .wrong }
        return .found
    }

    private func askPicture(_ generation: Generation, _ random: UInt64) -> Answer {
        let counter = generation.counter
        let number = pictures.question(counter, random)
        let distance = Int(random >> 32 % 32)
        let window = pictures.numbers(counter)
        let bits = Pictures.turned(number, distance)
        let hash = PerceptualHash(bits: bits, quality: 100, reading: .full, orientation: .original)
        let near = generation.neighbours(of: [hash])[0]
        guard window.contains(number) else { return near.isEmpty ? .notFound : .wrong }
        guard near.count == 1, near[0].distance == distance,
            near[0].entry.id.ordinal == digests.count + number - window.lowerBound + 1
        else { return .wrong }
        return .found
    }
}

/// How long the thread that asks was ready and had no core, proc(5) `schedstat`.
struct CoreWait: ~Copyable {
    private let file: Descriptor

    init() {
        do { file = try Descriptor.open("/proc/thread-self/schedstat") } catch { fatalError("\(error)") }
    }

    var nanoseconds: Int64 {
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = (try? file.read(into: &bytes, at: 0, subject: "schedstat")) ?? 0
        let fields = String(decoding: bytes[..<count], as: UTF8.self).split(separator: " ")
        return fields.count > 1 ? Int64(fields[1]) ?? 0 : 0
    }
}

/// What is resident and no file's: the kernel cannot take it back as it can the pages of a mapped list.
enum OwnMemory {
    /// MiB, proc(5) `VmRSS` without `RssFile`.
    static var now: Double {
        let text = (try? Descriptor.open("/proc/self/status").readAll(limit: 1 << 16)) ?? []
        var kib: [Substring: Double] = [:]
        for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
            let words = line.split { $0 == ":" || $0 == "\t" || $0 == " " }
            if words.count == 3 { kib[words[0]] = Double(words[1]) }
        }
        return ((kib["VmRSS"] ?? 0) - (kib["RssFile"] ?? 0)) / 1_024
    }
}

/// Looks at it every five milliseconds.
final class MemoryWatch: @unchecked Sendable {
    private var seen: [Double] = []

    func watch(while goOn: () -> Bool) {
        while goOn() {
            seen.append(OwnMemory.now)
            ThisProcess.sleep(milliseconds: 5)
        }
    }

    var mostOfFirstHalf: Double { seen.prefix(seen.count / 2).max() ?? 0 }
    var mostOfSecondHalf: Double { seen.suffix(seen.count / 2).max() ?? 0 }
}
