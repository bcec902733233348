import Glibc
import LinuxIO
import Testing
import UploadModel

@testable import VaultStore

/// What the recipient of an export checks our proofs with, run by the Python that is installed.
@Suite struct LogCheckScriptTests {
    /// A log of so many entries, and the extract of one exhibit's in `extract`.
    private struct Extract {
        let log: ScratchLog
        var place: String { "\(log.scratch.path)/extract" }

        init(_ count: Int) throws {
            log = try ScratchLog()
            try log.fill(count)
            try log.scratch.root.makeDirectory(Array("extract".utf8), mode: 0o750)
            let directory = try log.scratch.root.open(Array("extract".utf8), .directory)
            let proofs = try LogReader(of: log.scratch.root).proofs(about: [ScratchLog.exhibit(0)])
            try CustodyExtract.write(proofs, log.key.verifier, to: directory)
            try log.replace("check-log.py", with: LogCheckScript.bytes)
        }

        var holds: Bool {
            let script = "\(log.scratch.path)/check-log.py"
            return system("python3 '\(script)' '\(place)' '\(place)/vkey' >/dev/null 2>&1") == 0
        }

        /// Puts entry and proof beside themselves under another number, which the proof may say too.
        func copy(_ index: Int, as other: Int, saying said: Int) throws {
            try log.replace("extract/\(other).json", with: log.bytes("extract/\(index).json"))
            let text = String(decoding: try log.bytes("extract/\(index).tlog-proof"), as: UTF8.self)
            let rest = text.drop { $0 != "\n" }.dropFirst().drop { $0 != "\n" }
            let proof = "c2sp.org/tlog-proof@v1\nindex \(said)" + rest
            try log.replace("extract/\(other).tlog-proof", with: Array(proof.utf8))
        }
    }

    @Test("an extract holds, and an entry that stands in it twice does not")
    func twice() throws {
        let extract = try Extract(21)
        #expect(extract.holds)
        try extract.copy(10, as: 9, saying: 10)
        #expect(!extract.holds)
    }

    @Test("an entry at an index that the log does not have is none of its", arguments: [1, 7, -1])
    func outside(index: Int) throws {
        let extract = try Extract(1)
        #expect(extract.holds)
        try extract.copy(0, as: index, saying: index)
        #expect(!extract.holds)
    }
}
