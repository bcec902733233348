import Glibc
import LinuxIO
import Testing
import UploadModel

@testable import VaultStore

/// A writer that is killed again and again.
@Suite struct CustodyKillTests {
    @Test("nothing that was said to be there is gone after kill -9, and the log verifies", arguments: [1, 5])
    func killed(_ batch: Int) throws {
        let scratch = try ScratchState()
        var (said, older) = (0, [SignedCheckpoint]())
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<12 {
            let writer = try Writer(scratch.path, batch: batch)
            // Enough to pass a bundle's end in some rounds, and to be killed anywhere in others.
            writer.waitForLines(Int.random(in: 1...60, using: &generator))
            said = max(said, try writer.kill())
            let key = try #require(try LogKey.read(in: scratch.root))
            let log = try CustodyLog.open(in: scratch.root, key: key)
            #expect(Int(log.size) >= said && Int(log.size) <= said + batch)
            if let note = try log.publish() { older.append(note) }
            _ = consume log
            let verdict = try CustodyVerifier(key.verifier, older: older).verdict(on: scratch.root)
            #expect(verdict.findings == [])
        }
        #expect(said > 12)
    }
}

/// The helper program that appends until it is killed.
private final class Writer {
    private var child: pid_t = 0
    private let output: CInt

    init(_ directory: String, batch: Int) throws {
        let program = try #require(ThisProcess.directoryOfProgram) + "/custody-writer"
        var pair: [CInt] = [0, 0]
        try #require(pipe(&pair) == 0)
        output = pair[0]
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, pair[1], 1)
        posix_spawn_file_actions_addclose(&actions, pair[0])
        let words: [String] = [program, directory, "\(batch)"]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        try #require(posix_spawn(&child, program, &actions, nil, &arguments, environ) == 0)
        for argument in arguments { free(argument) }
        posix_spawn_file_actions_destroy(&actions)
        close(pair[1])
    }

    deinit { close(output) }

    private var lines: [UInt8] = []

    func waitForLines(_ count: Int) {
        var wanted = count
        while wanted > 0, let byte = next() { if byte == 10 { wanted -= 1 } }
    }

    /// - Returns: How many entries it had said to be there.
    func kill() throws -> Int {
        Glibc.kill(child, SIGKILL)
        while next() != nil {}
        var status: CInt = 0
        waitpid(child, &status, 0)
        let whole = lines.prefix(through: lines.lastIndex(of: 10) ?? -1)
        let last = whole.split(separator: 10).last ?? []
        return try #require(Int(String(decoding: last, as: UTF8.self)))
    }

    private func next() -> UInt8? {
        var byte: UInt8 = 0
        guard read(output, &byte, 1) == 1 else { return nil }
        lines.append(byte)
        return byte
    }
}
