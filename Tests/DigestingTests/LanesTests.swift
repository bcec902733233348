import Digests
import Glibc
import LinuxIO
import Testing
import UploadModel

@testable import Digesting

@Suite struct LanesTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test(
        "files of all sizes come back each once, with their tags and right digests",
        arguments: [0, 17],
        DigestKernels.all
    )
    func mixed(start: Int, kernels: DigestKernels) throws {
        let edges = [
            0, 1, 63, 64, 65, Lane.chunk - 1, Lane.chunk, Lane.chunk + 1, 2 * Lane.chunk, 700_001,
        ]
        // A step that shares no factor with the count visits every size once, large among small.
        let sorted = edges + (0..<61).map { $0 * 97 }
        let sizes = sorted.indices.map { sorted[($0 * 29 + start) % sorted.count] }
        let contents = sizes.map { content($0, seed: UInt8(start)) }
        let files = try contents.map { try scratch.file($0) }
        let answers = try digest(files.indices.map { (files[$0], UInt64(sizes[$0])) }, by: kernels)
        #expect(answers.map(\.tag) == Array(files.indices))
        for (answer, content) in zip(answers, contents) {
            #expect(try answer.result.get() == DigestSet(of: content))
        }
    }

    @Test("only the digests that were asked for are given", arguments: DigestKernels.all)
    func askedFor(kernels: DigestKernels) throws {
        let files = try (0..<20).map { (try scratch.file(content(1_000 + $0)), UInt64(1_000 + $0)) }
        for bits in 1..<8 as Range<UInt8> {
            let asked = DigestAlgorithms(rawValue: bits)
            for (index, answer) in try digest(files, asked, by: kernels).enumerated() {
                #expect(try answer.result.get() == DigestSet(of: content(1_000 + index), asked))
            }
        }
    }

    @Test("one lane's long file keeps no other from the files that follow", arguments: DigestKernels.all)
    func longAmongShort(kernels: DigestKernels) throws {
        let long = try scratch.file(content(40 * Lane.chunk))
        let short = try scratch.file(content(100))
        var files = [(path: long, size: UInt64(40 * Lane.chunk))]
        files += Array(repeating: (path: short, size: 100), count: 200)
        var order: [Int] = []
        var lanes = Lanes(kernels)
        let answers = try digest(files, with: &lanes) { order.append($0) }
        #expect(try answers.allSatisfy { try $0.result.get().byteCount == files[$0.tag].size })
        #expect(
            order.last == (kernels.lanes == nil ? 200 : 0),
            "the long file is done last where lanes are many"
        )
    }

    @Test(
        "a file shorter than promised tells how much was there",
        arguments: [0, 10, Lane.chunk, Lane.chunk + 5]
    )
    func shorter(count: Int) throws {
        let files = try [scratch.file(content(count)), scratch.file(content(3))]
        let answers = try digest([(files[0], UInt64(count + 1)), (files[1], 3)])
        let first = try #require(try answers.first?.result.get())
        #expect(first.byteCount == UInt64(count))
        #expect(first == DigestSet(of: content(count)))
        #expect(try answers[1].result.get() == DigestSet(of: content(3)))
    }

    @Test("a file longer than promised is read as far as promised", arguments: [0, 5, Lane.chunk])
    func longer(count: Int) throws {
        let file = try scratch.file(content(Lane.chunk + 100))
        let answer = try #require(try digest([(file, UInt64(count))]).first)
        #expect(try answer.result.get() == DigestSet(of: Array(content(Lane.chunk + 100)[..<count])))
    }

    @Test(
        "a read that fails is given back as it failed, and no other file notices",
        arguments: DigestKernels.all
    )
    func failure(kernels: DigestKernels) throws {
        // Every third is a directory, which cannot be read; every fifth is shorter than promised.
        let files = try (0..<40).map { index in
            let size = 100 + 3_000 * index
            let path = index % 3 == 1 ? scratch.path : try scratch.file(content(size))
            return (path: path, size: UInt64(index % 5 == 0 ? size + 1_000 : size))
        }
        for (index, answer) in try digest(files, by: kernels).enumerated() {
            if index % 3 == 1 {
                let said = SyscallError(call: "pread", subject: "upload", errno: EISDIR)
                #expect(answer.result == .failure(said))
            } else {
                #expect(try answer.result.get() == DigestSet(of: content(100 + 3_000 * index)))
            }
        }
    }

    @Test("failures between files leave nothing in their digests")
    func failuresBetween() throws {
        let file = try scratch.file(content(200))
        let answers = try digest([(scratch.path, 1), (file, 200), (scratch.path, 1), (file, 200)])
        for answer in answers where answer.tag % 2 == 1 {
            #expect(try answer.result.get() == DigestSet(of: content(200)))
        }
        #expect(answers.count == 4)
    }

    @Test("the file comes back open, its own position where it was")
    func comesBackOpen() throws {
        let file = try scratch.file(content(500))
        var lanes = Lanes()
        var given = false
        var sizes: [UInt64] = []
        let descriptor = try Descriptor.open(file)
        lanes.run {
            if given { return nil }
            given = true
            guard let again = try? descriptor.duplicate() else { return nil }
            return LaneFile(tag: 1, descriptor: again, size: 500)
        } done: { file, _ in
            if let status = try? file.descriptor.status() { sizes.append(status.size) }
            #expect(lseek(file.descriptor.raw, 0, SEEK_CUR) == 0)
        }
        #expect(sizes == [500])
    }

    @Test("lanes are used again, also after they had nothing to do")
    func again() throws {
        let file = try scratch.file(content(500))
        var lanes = Lanes()
        for files in [[], [(file, 500)], [], [(file, 500), (file, 500)]] as [[(String, UInt64)]] {
            let answers = try digest(files, with: &lanes)
            #expect(answers.count == files.count)
            #expect(try answers.allSatisfy { try $0.result.get() == DigestSet(of: content(500)) })
        }
    }
}

private struct Answer {
    let tag: Int
    let result: Result<DigestSet, SyscallError>
}

private func digest(
    _ files: [(path: String, size: UInt64)],
    _ algorithms: DigestAlgorithms = .all,
    by kernels: DigestKernels = .best
) throws -> [Answer] {
    var lanes = Lanes(kernels)
    return try digest(files, algorithms, with: &lanes)
}

/// Hands `files` to the lanes one after another, tagged by their places; the answers come sorted by tag.
private func digest(
    _ files: [(path: String, size: UInt64)],
    _ algorithms: DigestAlgorithms = .all,
    with lanes: inout Lanes,
    each: (Int) -> Void = { _ in }
) throws -> [Answer] {
    var answers: [Answer] = []
    var trouble: SyscallError?
    var place = 0
    lanes.run(algorithms) {
        guard place < files.count else { return nil }
        defer { place += 1 }
        do throws(SyscallError) {
            return LaneFile(tag: place, descriptor: try .open(files[place].path), size: files[place].size)
        } catch {
            trouble = error
            return nil
        }
    } done: { file, result in
        each(file.tag)
        answers.append(Answer(tag: file.tag, result: result))
    }
    if let trouble { throw trouble }
    return answers.sorted { $0.tag < $1.tag }
}

extension DigestKernels {
    /// Every way that this processor has.
    static let all = [best, oneAtATime] + DigestKernel.allCases.filter(\.isAvailable).map(only)
}

/// A directory of its own for one test, gone with the value.
final class Scratch {
    let path: String
    private var count = 0

    init() throws {
        var template = Array("/tmp/lanes-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw SyscallError(call: "mkdtemp", subject: "scratch", errno: errno)
        }
        path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }

    deinit {
        if let parent = try? Descriptor.directory("/tmp") {
            try? parent.removeTree(Array(path.utf8.dropFirst(5)))
        }
    }

    func file(_ content: [UInt8]) throws -> String {
        count += 1
        try Descriptor.directory(path).writeNew(
            content,
            as: Array("\(count)".utf8),
            mode: 0o600,
            subject: "file"
        )
        return "\(path)/\(count)"
    }
}

private func content(_ count: Int, seed: UInt8 = 0) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 / 251) &+ seed }
}
