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
        arguments: [0, 17]
    )
    func mixed(start: Int) throws {
        let edges = [
            0, 1, 63, 64, 65, Lanes.chunk - 1, Lanes.chunk, Lanes.chunk + 1, 2 * Lanes.chunk, 700_001,
        ]
        // A step that shares no factor with the count visits every size once, large among small.
        let sorted = edges + (0..<61).map { $0 * 97 }
        let sizes = sorted.indices.map { sorted[($0 * 29 + start) % sorted.count] }
        let contents = sizes.map { content($0, seed: UInt8(start)) }
        let files = try contents.map { try scratch.file($0) }
        let answers = try digest(files.indices.map { (files[$0], UInt64(sizes[$0])) })
        #expect(answers.map(\.tag) == Array(files.indices))
        for (answer, content) in zip(answers, contents) {
            #expect(try answer.result.get() == DigestSet(of: content))
        }
    }

    @Test("only the digests that were asked for are given")
    func askedFor() throws {
        let file = try scratch.file(content(1_000))
        let answer = try #require(try digest([(file, 1_000)], DigestAlgorithms(.sha1)).first)
        #expect(try answer.result.get() == DigestSet(of: content(1_000), DigestAlgorithms(.sha1)))
    }

    @Test(
        "a file shorter than promised tells how much was there",
        arguments: [0, 10, Lanes.chunk, Lanes.chunk + 5]
    )
    func shorter(count: Int) throws {
        let files = try [scratch.file(content(count)), scratch.file(content(3))]
        let answers = try digest([(files[0], UInt64(count + 1)), (files[1], 3)])
        let first = try #require(try answers.first?.result.get())
        #expect(first.byteCount == UInt64(count))
        #expect(first == DigestSet(of: content(count)))
        #expect(try answers[1].result.get() == DigestSet(of: content(3)))
    }

    @Test("a file longer than promised is read as far as promised", arguments: [0, 5, Lanes.chunk])
    func longer(count: Int) throws {
        let file = try scratch.file(content(Lanes.chunk + 100))
        let answer = try #require(try digest([(file, UInt64(count))]).first)
        #expect(try answer.result.get() == DigestSet(of: Array(content(Lanes.chunk + 100)[..<count])))
    }

    @Test("a read that fails is given back as it failed, and the next file is right")
    func failure() throws {
        let files = try [scratch.file(content(100)), scratch.path, scratch.file(content(200))]
        let answers = try digest([(files[0], 100), (files[1], 50), (files[2], 200)])
        #expect(try answers[0].result.get() == DigestSet(of: content(100)))
        #expect(answers[1].result == .failure(SyscallError(call: "pread", subject: "upload", errno: EISDIR)))
        #expect(try answers[2].result.get() == DigestSet(of: content(200)))
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

private func digest(_ files: [(path: String, size: UInt64)], _ algorithms: DigestAlgorithms = .all) throws
    -> [Answer]
{
    var lanes = Lanes(algorithms)
    return try digest(files, with: &lanes)
}

/// Hands `files` to the lanes one after another, tagged by their places.
private func digest(_ files: [(path: String, size: UInt64)], with lanes: inout Lanes) throws -> [Answer] {
    var answers: [Answer] = []
    var trouble: SyscallError?
    var place = 0
    lanes.run {
        guard place < files.count else { return nil }
        defer { place += 1 }
        do throws(SyscallError) {
            return LaneFile(tag: place, descriptor: try .open(files[place].path), size: files[place].size)
        } catch {
            trouble = error
            return nil
        }
    } done: { file, result in
        answers.append(Answer(tag: file.tag, result: result))
    }
    if let trouble { throw trouble }
    return answers
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
