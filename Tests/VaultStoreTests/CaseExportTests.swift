import Glibc
import LinuxIO
import Testing
import UploadModel

@testable import VaultStore

@Suite struct CaseExportTests {
    static let bundles = [BundleID(Exhibit.uploadID), BundleID(.other)]
    static let recipient = AgeIdentity.generate()

    static func export(_ bundles: [BundleID] = bundles) -> CaseExport {
        CaseExport(
            name: "case-\(Exhibit.uploadID)-r1",
            bundles: bundles,
            recipient: recipient.recipient,
            organization: "Example Hosting",
            program: "breakwater 0.1.0",
            at: Exhibit.sample().listedAt
        )
    }

    /// Two bundles and a custody folder; gives the export's place.
    static func exported(_ state: ScratchState) throws -> String {
        try state.preserve()
        try state.preserve(.sample(upload: .other), Array("another upload".utf8))
        try state.root.makeDirectory(Array("proofs".utf8), mode: 0o700)
        try state.replace("proofs/events.jsonl", with: Array("{}\n".utf8))
        try state.root.makeDirectory(Array("out".utf8), mode: 0o700)
        let out = try state.root.open(Array("out".utf8), .directory)
        try state.vault().write(
            export(),
            into: out,
            with: ScratchState.desk,
            custody: "\(state.path)/proofs"
        )
        return "out/\(export().name)"
    }

    @Test("each line of an export's manifests holds, and so do those of the bags in it")
    func manifestsHold() throws {
        let state = try ScratchState()
        let place = try Self.exported(state)
        let bags = [place] + Self.bundles.map { "\(place)/data/exhibits/\($0)" }
        for bag in bags {
            for kind in ["manifest", "tagmanifest"] {
                for sums in ["sha256", "sha512"] {
                    let command =
                        "cd '\(state.path)/\(bag)' && \(sums)sum --check --strict --quiet \(kind)-\(sums).txt"
                    #expect(system(command) == 0, "\(bag) \(kind) \(sums)")
                }
            }
        }
        try state.change("\(place)/data/readme.txt") { $0[0] ^= 1 }
        #expect(system("cd '\(state.path)/\(place)' && sha512sum --check --status manifest-sha512.txt") != 0)
    }

    @Test("the bundles are what lies in the vault, to the byte")
    func bundlesAreVerbatim() throws {
        let state = try ScratchState()
        let place = try Self.exported(state)
        for bundle in Self.bundles {
            let source = ScratchState.place(of: bundle)
            let names = try state.names(below: source)
            #expect(try state.names(below: "\(place)/data/exhibits/\(bundle)") == names)
            for entry in try state.entries(below: source) where entry.status.kind == .regular {
                let copy = "\(place)/data/exhibits/\(bundle)" + entry.path.dropFirst(source.count)
                #expect(try state.read(copy) == state.read(entry.path))
            }
        }
        #expect(try state.text("\(place)/data/custody/events.jsonl") == "{}\n")
    }

    @Test("the recipient opens both parts with age and the commands of the readme; nobody else does")
    func recipientOpens() throws {
        let state = try ScratchState()
        let place = try Self.exported(state)
        let age = AgeProgram(state: state)
        let bundle = Self.bundles[1]
        for part in ["content", "subject"] {
            let header = try state.read("\(place)/data/keys/\(bundle)/\(part).age.hdr")
            let body = try state.read("\(place)/data/exhibits/\(bundle)/data/\(part).age.body")
            #expect(try age.open(header, body, Self.recipient) == (try state.opened(part, of: bundle)))
            for identity in ScratchState.custodians + [ScratchState.desk] {
                #expect(try age.open(header, body, identity) == nil)
            }
        }
        let readme = try state.text("\(place)/data/readme.txt")
        #expect(
            readme.contains(
                "cat data/keys/\(bundle)/content.age.hdr data/exhibits/\(bundle)/data/content.age.body |"
            )
        )
        #expect(readme.contains(Self.recipient.recipient.text))
    }

    @Test("what is damaged is not exported, and nothing is left of the try")
    func damagedIsRefused() throws {
        let state = try ScratchState()
        let place = try state.preserve()
        try state.change("\(place)/data/exhibit.json") { $0[3] ^= 1 }
        try state.root.makeDirectory(Array("out".utf8), mode: 0o700)
        let out = try state.root.open(Array("out".utf8), .directory)
        #expect(throws: ExportRefused.self) {
            try state.vault().write(
                Self.export([Self.bundles[0]]),
                into: out,
                with: ScratchState.desk,
                custody: nil
            )
        }
        #expect(try state.names(below: "out").isEmpty)
    }
}
