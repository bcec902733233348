import ArgumentParser
import GenerationFormat
import HashLists
import LinuxIO
import ListImport
import ScanService
import UploadModel

/// `breakwater list rollback`: the content of an older generation under a new counter.
struct ListRollback: Verb {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Install an older content again, signed under a new counter.",
        discussion:
            "The old counter would be refused, since a newer one was served. Every byte is verified first."
    )

    @Argument(help: "A generation's name; without it the one before the installed one.")
    var generation: String?

    @Option(help: "The new counter; without it the next above all that are there or were served.")
    var counter: UInt64?

    @Option(help: "The settings file.")
    var config: String

    func act() throws -> UploadModel.ExitCode {
        let deployment = try Deployment(config)
        let name = try generation.map(ListSign.name)
        try ListSign.again(
            name,
            deployment,
            counter: counter,
            formerKey: try Configuration.publicKey(deployment.settings.lists)
        )
        return .done
    }
}

/// `breakwater list sign`: the same content under another key.
struct ListSign: Verb {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Sign the installed content again under a new counter: after the key was changed.",
        discussion: "Every byte is verified first, with the key that signed it before."
    )

    @Option(help: "The file of the public key that it was signed with; without it lists.public_key.")
    var formerKey: String?

    @Option(help: "The new counter; without it the next above all that are there or were served.")
    var counter: UInt64?

    @Option(help: "The settings file.")
    var config: String

    func act() throws -> UploadModel.ExitCode {
        let deployment = try Deployment(config)
        guard let installed = try Generation.currentName(in: try deployment.lists()) else {
            throw Refused("no generation is installed", hint: "run \"breakwater list build\"", .calledWrongly)
        }
        var former = deployment.settings.lists
        if let formerKey { former.publicKey = formerKey }
        try Self.again(
            try Self.name(installed),
            deployment,
            counter: counter,
            formerKey: try Configuration.publicKey(former)
        )
        return .done
    }

    static func name(_ text: String) throws -> GenerationName {
        guard let name = GenerationName(text) else { throw GenerationFault.notAGenerationName }
        return name
    }

    static func again(
        _ name: GenerationName?,
        _ deployment: Deployment,
        counter: UInt64?,
        formerKey: [UInt8]
    ) throws {
        let lists = try deployment.lists()
        let signed = try GenerationBuilder.signAgain(
            name,
            in: lists,
            signingKey: try deployment.signingKey(),
            at: Timestamp(nanoseconds: Clocks.realtime),
            counter: counter,
            served: try deployment.highestServed(forCounter: counter)
        ) { source in
            let manifest = try Generation.verifiedManifest(source, in: lists, publicKey: formerKey)
            try Output.line("verified \(source)")
            return manifest
        }
        try Output.line("installed \(signed.name)")
        Leftover.note(signed.leftover)
    }
}
