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
        #expect(record.method("key headers, vault") == "cryptographic-erase")
        #expect(record.method("key headers, second copy") == "cryptographic-erase")
        #expect(record.method("sealed bodies and records, vault") == "deleted")
        #expect(record.method("sealed bodies and records, second copy") == "deleted")
        #expect(record.method("unsealed copy") == "deleted")
        #expect(record.method("draft report") == "deleted")
        #expect(record.json["tagmanifest_sha256"]?.stringValue?.utf8.count == 64)
        let text = try state.text("vault/certificates/\(Self.bundle).txt")
        #expect(text.contains("agreed       s-18, custodian"))
    }

    @Test("destroyed again it is the same certificate, and what a crash left goes and is said")
    func again() throws {
        let state = try Self.filled()
        try state.root.removeTree(Array("vault/keys/\(Self.bundle)".utf8))
        let record = try Self.destroy(state)
        #expect(record.method("key headers, vault") == "absent")
        #expect(try Self.destroy(state).bytes == record.bytes)
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
