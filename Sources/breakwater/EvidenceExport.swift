import ArgumentParser
import JSONText
import LinuxIO
import UploadModel

/// `breakwater evidence export`: a case as a bag of bags, with key headers for one recipient alone.
struct EvidenceExport: Verb {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract:
            "Hand a case's bundles over to one recipient, with custody proofs and how to check and open them.",
        discussion:
            "Asked of the desk, which opens nothing for it: it wraps the bundles' keys for the recipient."
    )
    @OptionGroup var desk: DeskOptions
    @Argument(help: "The case's id, or the beginning of it.") var id: String
    @Option(help: "The recipient's age public key, age1...") var to: String
    @Option(help: "A directory that is there; the export becomes a new directory in it.") var output: String

    func act() throws -> UploadModel.ExitCode {
        let goal = try Descriptor.directory(output)
        var client = try DeskClient(desk)
        let (answer, code) = try client.ask("evidence.export", ["id": .string(id), "recipient": .string(to)])
        let paths = (answer["files"]?.arrayValue ?? []).compactMap(\.stringValue).map {
            $0.split(separator: "/")
        }
        guard let name = paths.first?.first, paths.allSatisfy({ Self.isOurs($0) && $0[0] == name }) else {
            throw Refused("a file has a name that is not ours", hint: "use the desk of the same version")
        }
        let (final, hidden) = (Array(name.utf8), Array(".\(name)".utf8))
        try goal.removeTree(hidden, subject: output)
        try goal.makeDirectory(hidden, mode: 0o700, subject: output)
        let bag = try goal.open(hidden, .directory, subject: output)
        for path in paths { try receive(path.dropFirst(), into: bag, &client) }
        try bag.sync(subject: output)
        try goal.rename(hidden, to: goal, final, subject: "\(output)/\(name)")
        try goal.sync(subject: output)
        return code
    }

    private static func isOurs(_ path: [Substring]) -> Bool {
        path.count > 1 && path.allSatisfy { !$0.hasPrefix(".") }
    }

    private func receive(
        _ path: ArraySlice<Substring>,
        into directory: borrowing Descriptor,
        _ client: inout DeskClient
    ) throws {
        let name = Array(path.first!.utf8)
        if path.count > 1 {
            let below = try directory.ensureDirectory(name, mode: 0o700, subject: output)
            return try receive(path.dropFirst(), into: below, &client)
        }
        let file = try directory.open(name, [.write, .create, .exclusive], mode: 0o600, subject: output)
        try client.receive { try file.write($0, subject: output) }
        try file.sync(subject: output)
    }
}
