import GenerationFormat
import Glibc
import LinuxIO
import ListImport
import Testing
import UploadModel

/// A directory of its own under /tmp with lists, sources and a key, gone with its owner.
final class ScratchState: Sendable {
    let path: String
    let lists: Descriptor
    let key = SigningKey.generate()

    init() throws {
        var template = Array("/tmp/breakwater-import-XXXXXX".utf8CString)
        path = String(cString: mkdtemp(&template))
        lists = try Descriptor.directory(path).ensureDirectory(
            Array("lists".utf8),
            mode: 0o700,
            subject: "lists"
        )
    }

    deinit { try? Descriptor.directory("/tmp").removeTree(Array(path.utf8.dropFirst(5))) }

    var publicKey: [UInt8] { Hex.bytes(key.publicKeyHex.utf8) ?? [] }

    /// Writes a file and returns its path.
    func file(_ name: String, _ text: String) throws -> String {
        try Descriptor.directory(path)
            .writeDurably(Array(text.utf8), as: Array(name.utf8), mode: 0o600, subject: name)
        return "\(path)/\(name)"
    }

    func source(_ name: String, _ lines: [String]) throws -> ListSource {
        let text = lines.map { $0 + "\n" }.joined()
        return ListSource(
            name: name,
            file: try file("\(name).txt", text),
            supplier: "Invented",
            listClass: .csam
        )
    }

    @discardableResult
    func build(
        _ sources: [ListSource],
        counter: UInt64? = nil,
        served: UInt64 = 0,
        allowsShrinking: Bool = false
    ) throws -> BuildReport {
        try GenerationBuilder.build(
            sources: sources,
            into: lists,
            signingKey: key,
            at: .build,
            counter: counter,
            served: served,
            allowsShrinking: allowsShrinking
        )
    }

    /// Names in `lists/`, sorted.
    func names() throws -> [String] {
        var entries = try DirectoryEntries(of: lists)
        var names: [String] = []
        while let entry = try entries.next() { names.append(String(decoding: entry.name, as: UTF8.self)) }
        return names.sorted()
    }

    func mode(_ directory: String, _ name: String) throws -> UInt32 {
        try Descriptor.directory(directory).status(of: Array(name.utf8)).mode
    }
}
