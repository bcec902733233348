import Glibc
import LinuxIO
import Testing
import UploadModel

@testable import VaultStore

/// The vectors of the age project for its version 1 and X25519, in Tests/Goldens/age.
@Suite struct AgeVectorTests {
    static let directory =
        #filePath.prefix(upTo: #filePath.firstRange(of: "VaultStoreTests")!.lowerBound) + "Goldens/age"

    static let names: [String] = {
        var names: [String] = []
        let folder = try! Descriptor.directory(String(directory))
        var entries = try! DirectoryEntries(of: folder)
        while let entry = try! entries.next() { names.append(String(decoding: entry.name, as: UTF8.self)) }
        return names.filter { !$0.hasSuffix(".md") }.sorted()
    }()

    struct Vector {
        var fields: [String: String] = [:]
        var identities: [String] = []
        let file: [UInt8]

        init(_ bytes: [UInt8]) {
            var rest = bytes[...]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")), end > rest.startIndex {
                let line = String(decoding: rest[..<end], as: UTF8.self)
                let colon = line.firstRange(of: ": ")!
                let (key, value) = (String(line[..<colon.lowerBound]), String(line[colon.upperBound...]))
                fields[key] = value
                if key == "identity" { identities.append(value) }
                rest = rest[(end + 1)...]
            }
            file = Array(rest.dropFirst())
        }

        /// Header and body, where there is a line with a MAC; else all of it is header.
        var parts: (header: [UInt8], body: [UInt8]) {
            let mark = Array("\n---".utf8)
            guard let start = file.indices.first(where: { file[$0...].starts(with: mark) }),
                let end = file[(start + 1)...].firstIndex(of: UInt8(ascii: "\n"))
            else { return (file, []) }
            return (Array(file[...end]), Array(file[(end + 1)...]))
        }
    }

    enum Outcome: Equatable { case success, noMatch, hmacFailure, headerFailure, payloadFailure }

    @Test("each vector ends as the age project says", arguments: names)
    func vector(name: String) throws {
        let bytes = try Descriptor.open("\(Self.directory)/\(name)").readAll(limit: 1 << 24)
        let vector = Vector(bytes)
        let state = try ScratchState()
        var plain: [UInt8] = []
        let outcome = try Self.open(vector, state, &plain)
        switch vector.fields["expect"] {
        case "success": #expect(outcome == .success)
        case "no match": #expect(outcome == .noMatch)
        case "HMAC failure": #expect(outcome == .hmacFailure)
        case "header failure": #expect(outcome == .headerFailure)
        case "payload failure": #expect(outcome == .payloadFailure)
        case let other: Issue.record("\(other ?? "nothing") is expected")
        }
        // What is given out before a fault is authentic, to the byte.
        if let payload = vector.fields["payload"] {
            #expect(FileDigests(of: plain).listed.sha256?.hex == payload)
        }
    }

    private static func open(_ vector: Vector, _ state: ScratchState, _ plain: inout [UInt8]) throws
        -> Outcome
    {
        let (header, body) = vector.parts
        try state.replace("body", with: body)
        do {
            let identity = try vector.identities.first.map { try AgeIdentity(text: $0) } ?? .generate()
            let stream = try OpeningStream(header: header, identity: identity)
            try stream.chunks(of: state.root.open(Array("body".utf8)), subject: "test") { chunk in
                chunk.withUnsafeBytes { plain.append(contentsOf: $0) }
            }
            return .success
        } catch let fault as SealingFault {
            switch fault {
            case .notForThisIdentity: return .noMatch
            case .headerNotAuthentic: return .hmacFailure
            case .malformedHeader, .weakPoint, .notAnIdentity: return .headerFailure
            // The vectors count the nonce to the header; apart from it, it is the body's.
            case .truncated where body.count < ChunkCipher.nonce: return .headerFailure
            default: return .payloadFailure
            }
        }
    }
}
