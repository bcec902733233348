import Digests
import JSONText
import LinuxIO
import Testing
import UploadModel
import VaultStore

@testable import ReviewService

@Suite struct DeskFilesTests {
    private static let secret = "a sentence that must not lie on the disk"

    /// Every regular file below a directory, whole.
    private func bytes(below path: String) throws -> [[UInt8]] {
        var found: [[UInt8]] = []
        let directory = try Descriptor.directory(path)
        var entries = try DirectoryEntries(of: directory)
        while let entry = try entries.next() {
            let below = "\(path)/\(String(decoding: entry.name, as: UTF8.self))"
            if try directory.kind(of: entry) == .directory {
                found += try bytes(below: below)
            } else {
                found.append(try Descriptor.open(below).readAll(limit: 1 << 24))
            }
        }
        return found
    }

    private func oneCase() throws -> (ScratchDesk, JSONObject) {
        let scratch = try ScratchDesk()
        try scratch.preserve(minute: 0)
        try scratch.desk.adopt()
        return (scratch, ["id": .string(scratch.id(of: try scratch.cases().first))])
    }

    @Test("where it cannot be told which keys were taken away nothing is sealed, and what to do is said")
    func retiredKeysUnknown() throws {
        let (scratch, id) = try oneCase()
        let vault = try Descriptor.directory("\(scratch.state)/vault")
        try vault.writeNew([1], as: Array("retired".utf8), mode: 0o640, subject: "retired")
        let chat = NamedFile(name: "chat", bytes: Array(Self.secret.utf8))
        let refused = #expect(throws: RetiredKeysUnknown.self) {
            try scratch.ask("exhibit.attach", id, files: [chat])
        }
        #expect(refused?.description.hasPrefix("\(scratch.state)/vault/retired") == true)
        #expect(try bytes(below: "\(scratch.path)/desk/attachments").isEmpty)
        let forbidden = RetiredKeysUnknown(
            state: scratch.state,
            SyscallError(call: "openat2", subject: "retired", errno: 13)
        )
        #expect(forbidden.hint.contains("a member of the group of \(scratch.state)"))
    }

    @Test("drafts, attachments and receipts lie sealed, and open with the desk's key")
    func sealed() throws {
        let (scratch, id) = try oneCase()
        let chat = NamedFile(name: "chat with the user.txt", bytes: Array(Self.secret.utf8))
        _ = try scratch.ask("exhibit.attach", id, files: [chat])
        let home = try #require(id["id"]?.stringValue)
        try scratch.approve(home)
        try scratch.submit(home, as: 77)
        for name in ["drafts", "attachments", "receipts"] {
            let files = try bytes(below: "\(scratch.path)/desk/\(name)")
            #expect(!files.isEmpty)
            for text in [Self.secret, "account-4711", "chat with the user", "<r>77</r>"] {
                let needle = Array(text.utf8)
                let holds = files.contains { file in
                    file.indices.contains { file[$0...].starts(with: needle) }
                }
                #expect(!holds, "\(name) holds \"\(text)\"")
            }
        }
        var request = id
        let shown = try scratch.ask("case.show", id).value["attachments"]?.arrayValue?.first?.stringValue
        request["attachment"] = .optional(shown)
        let answer = try scratch.ask("exhibit.attachment", request, as: ScratchDesk.ben)
        guard case .files(let files) = answer.payload else { return #expect(Bool(false), "no files") }
        #expect(files.map(\.bytes) == [chat.bytes])
        #expect(throws: DeskRefused.self) {
            try scratch.ask("exhibit.attachment", request, as: ScratchDesk.otto)
        }
    }

    @Test("a custodian's key opens an attachment too, and nobody else's does")
    func custodians() throws {
        let custodian = AgeIdentity.generate()
        var settings = EvidenceSettings()
        settings.custodians = .recipients([custodian.recipient.text])
        let (scratch, desk) = (try ScratchDesk(), AgeIdentity.generate())
        let root = try Descriptor.directory(scratch.path)
            .ensureDirectory(Array("state/other".utf8), mode: 0o700, subject: "other")
        let files = try DeskFiles(in: root, settings, state: "/nonexistent", desk)
        let attachment = Attachment(
            id: .fresh(at: ScratchDesk.start),
            name: "chat.txt",
            digests: DigestSet(of: Array("hello".utf8))
        )
        try files.keep([NamedFile(name: "chat.txt", bytes: Array("hello".utf8))], as: [attachment])
        #expect(try files.content(of: attachment) == Array("hello".utf8))
        let folder = try root.open(Array("attachments".utf8), .directory)
        let kept = try SealedFolder(folder, subject: "attachments")
        #expect(
            try kept.bytes("content", of: "\(attachment.id)", with: custodian, limit: 64)
                == Array("hello".utf8)
        )
        #expect(throws: SealingFault.notForThisIdentity) {
            try kept.bytes("content", of: "\(attachment.id)", with: .generate(), limit: 64)
        }
    }

    @Test("an attachment that somebody exchanged is refused")
    func exchanged() throws {
        let (scratch, id) = try oneCase()
        _ = try scratch.ask(
            "exhibit.attach",
            id,
            files: [NamedFile(name: "a.txt", bytes: Array("hello".utf8))]
        )
        let home = try #require(id["id"]?.stringValue.flatMap { CaseID($0) })
        let attachment = try #require(try scratch.desk.review(of: home).attachments.first)
        try Descriptor.directory("\(scratch.path)/desk/attachments").removeTree(
            Array("\(attachment.id)".utf8)
        )
        try scratch.desk.files.keep([NamedFile(name: "a.txt", bytes: Array("other".utf8))], as: [attachment])
        var request = id
        request["attachment"] = .string("\(attachment.id)")
        #expect(throws: DeskFileChanged.self) { try scratch.ask("exhibit.attachment", request) }
    }
}
