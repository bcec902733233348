import Digests
import Foundation
import Testing
import UploadModel

/// Every length around blocks and reads, against programs that others wrote.
@Suite struct CoreutilsTests {
    static let lengths =
        Array(0...300)
        + [512, 4_096, 65_536, 256 * 1_024, 512 * 1_024].flatMap { size in (-1...1).map { size + $0 } }

    static let content = invented(lengths.max()!)

    @Test("digests are those of coreutils, whatever the length", arguments: DigestAlgorithm.allCases)
    func sameAsCoreutils(algorithm: DigestAlgorithm) throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "digests-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        for length in Self.lengths {
            try Data(Self.content.prefix(length)).write(to: directory.appending(path: "\(length)"))
        }
        let said = try Self.run("\(algorithm.name)sum", in: directory)
        #expect(said.count == Self.lengths.count)
        for length in Self.lengths {
            let ours = DigestSet(of: Array(Self.content.prefix(length)), DigestAlgorithms(algorithm))[
                algorithm
            ]
            #expect(ours?.hex == said["\(length)"], "\(length) bytes")
        }
    }

    /// One process over all files, whose lines say `digest  name`.
    private static func run(_ program: String, in directory: URL) throws -> [String: String] {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/\(program)")
        process.currentDirectoryURL = directory
        process.arguments = lengths.map(String.init)
        process.standardOutput = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        let words = text.split(separator: "\n").map { $0.split(separator: " ") }
        return Dictionary(uniqueKeysWithValues: words.map { (String($0[1]), String($0[0])) })
    }
}
