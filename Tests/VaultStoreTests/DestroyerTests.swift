import JSONText
import LinuxIO
import Testing
import UploadModel

@testable import VaultStore

/// What is left of an exhibit after its destruction: the certificate, and nothing that it was about.
@Suite struct DestroyerTests {
    static let bundle = BundleID(Exhibit.uploadID)
    static let exhibit = "exhibits/" + String(decoding: bundle.path, as: UTF8.self)
    static let other = "vault/exhibits/2025/12/ex-019ab2c3-d4e5-7f60-8123-456789abcdee/data/content"
    static let time = Timestamp(nanoseconds: 1_795_300_000_000_000_000)

    static let approvals = ["s-17", "s-18"].map {
        Approval(staff: StaffID($0)!, role: .custodian, time: time, request: Exhibit.uploadID)
    }

    /// A state as sealed exhibits leave it, with another exhibit beside.
    static func filled() throws -> ScratchState {
        let state = try ScratchState()
        for path in [
            "vault/\(exhibit)/data/content.age.body", "vault/\(exhibit)/tagmanifest-sha256.txt",
            "vault/keys/\(bundle)/content.custodian.age.hdr", "vault/plain/\(bundle)",
            "drafts/\(Exhibit.uploadID)/draft.json", "second/\(exhibit)/data/content.age.body",
            "second/keys/\(bundle)/content.custodian.age.hdr", other,
        ] {
            let parent = path.split(separator: "/").dropLast().joined(separator: "/")
            _ = try LogFiles(state.root).directory(Array(parent.utf8), mode: 0o750)
            try state.replace(path, with: Array(path.utf8))
        }
        return state
    }

    static func destroy(_ state: ScratchState) throws -> DestructionRecord {
        let second = try state.root.open(Array("second".utf8), .directory)
        let bytes = try Destroyer(state: state.root, secondCopy: second).destroy(
            bundle,
            basis: .expiry,
            approvals: approvals,
            content: "ab",
            at: time
        )
        return DestructionRecord(bytes: bytes, json: try JSONValue(parsing: bytes))
    }

    struct DestructionRecord {
        let bytes: [UInt8]
        let json: JSONValue

        func method(_ what: String) -> String? {
            json["places"]?.arrayValue?.first { $0["what"]?.stringValue == what }?["method"]?.stringValue
        }
    }

    @Test("every copy goes, the certificate says so place by place, and others stay")
    func everyCopy() throws {
        let state = try Self.filled()
        let record = try Self.destroy(state)
        let left = try state.entries().filter { $0.status.kind == .regular }.map(\.path)
        #expect(
            left == [
                "vault/certificates/\(Self.bundle).json", "vault/certificates/\(Self.bundle).txt", Self.other,
            ]
        )
        #expect(record.method("key headers, vault") == "unlinked")
        #expect(record.method("key headers, second copy") == "unlinked")
        #expect(record.method("sealed bodies and records, vault") == "unlinked")
        #expect(record.method("sealed bodies and records, second copy") == "unlinked")
        #expect(record.method("unsealed copy") == "unlinked")
        #expect(record.method("draft report") == "unlinked")
        #expect(record.json["tagmanifest_sha256"]?.stringValue?.utf8.count == 64)
        let text = try state.text("vault/certificates/\(Self.bundle).txt")
        #expect(text.contains("agreed       s-18, custodian"))
    }

    @Test("what was not there is said to be absent, and destroyed again it is the same certificate")
    func again() throws {
        let state = try Self.filled()
        try state.root.removeTree(Array("vault/keys/\(Self.bundle)".utf8))
        let record = try Self.destroy(state)
        #expect(record.method("key headers, vault") == "absent")
        #expect(try Self.destroy(state).bytes == record.bytes)
    }

    @Test("what a try before a crash removed is not called absent by the one after it")
    func interrupted() throws {
        let state = try Self.filled()
        let whole = try Self.destroy(state)
        // As a kill leaves it after the last removal, before the certificate.
        for name in ["\(Self.bundle).json", "\(Self.bundle).txt"] {
            try state.root.unlink(Array("vault/certificates/\(name)".utf8))
        }
        try state.replace("vault/certificates/.\(Self.bundle).begun", with: whole.bytes)
        let record = try Self.destroy(state)
        #expect(record.json["tagmanifest_sha256"] == whole.json["tagmanifest_sha256"])
        for what in ["key headers, vault", "key headers, second copy", "unsealed copy", "draft report"] {
            #expect(record.method(what) == "unlinked", "\(what)")
        }
        #expect(try state.names(below: "vault/certificates").allSatisfy { !$0.hasPrefix(".") })
    }

    @Test("what a repair set aside and what a killed writer left of an exhibit goes too")
    func leftovers() throws {
        let state = try Self.filled()
        let month = "vault/exhibits/\(Self.bundle.year)/\(Self.bundle.month)"
        for path in [
            "\(month)/.damaged-\(Self.bundle)-1", "\(month)/.\(Self.bundle)", "second/keys/.\(Self.bundle)",
        ] {
            try state.root.makeDirectory(Array(path.utf8), mode: 0o750)
        }
        _ = try Self.destroy(state)
        #expect(
            try state.entries().allSatisfy { !$0.path.contains(".damaged") && !$0.path.contains("/.ex-") }
        )
    }

    @Test("where the second copy is set and its disk is not there, nothing is destroyed")
    func secondIsAbsent() throws {
        let state = try Self.filled()
        try state.root.removeTree(Array("second/exhibits".utf8))
        try state.root.removeTree(Array("second/keys".utf8))
        let before = try state.entries().map(\.path)
        #expect(throws: SecondCopyRefused.notLaidOut) { try Self.destroy(state) }
        #expect(try state.entries().map(\.path) == before)
    }

    @Test("a destroyed exhibit is not restored from a copy that came back, which is told")
    func noResurrection() throws {
        let state = try ScratchState()
        let vault = try state.vault(secondCopy: SealedPreservationTests.second(state))
        let content = try state.upload(Exhibit.content)
        let bundle = try vault.preserve(.sample(), content: content, context: nil, under: .usual())
        _ = try Destroyer(state: state.root).destroy(
            bundle,
            basis: .expiry,
            approvals: Self.approvals,
            content: nil,
            at: Self.time
        )
        #expect(try vault.everyBundle() == [bundle])
        let found = try vault.inspect(bundle, repairing: true)
        #expect(found.map(\.place) == [.secondCopy, .secondCopy] && found.allSatisfy { !$0.isRepaired })
        #expect(try !vault.has(bundle))
        _ = try vault.second.map { try $0.exhibits.removeTree(bundle.path, subject: "test") }
        _ = try vault.second.map { try $0.keys.removeTree(bundle.name, subject: "test") }
        #expect(try vault.inspect(bundle, repairing: true) == [] && vault.everyBundle() == [])
    }
}

/// The desk's signature.
@Suite struct OrderSignatureTests {
    @Test("a signature holds for its bytes and key only")
    func holds() throws {
        let seed = [UInt8](repeating: 3, count: 32)
        let order = Array("{}".utf8)
        let signature = try #require(OrderSignature.sign(order, seed: seed))
        let text = try #require(OrderSignature.publicKeyText(seed: seed))
        let key = try #require(Hex.bytes(text.utf8))
        #expect(OrderSignature.holds(signature, over: order, key: key))
        #expect(!OrderSignature.holds(signature, over: order + [10], key: key))
        #expect(!OrderSignature.holds(signature, over: order, key: [UInt8](key.reversed())))
        #expect(!OrderSignature.holds(signature + [0], over: order, key: key))
        #expect(!OrderSignature.holds([], over: order, key: key))
        #expect(OrderSignature.sign(order, seed: [1]) == nil)
    }
}
