import JSONText
import LinuxIO
import Testing
import UploadModel
import VaultStore

@testable import ScanService

@Suite struct DrillTests {
    @Test(
        "unsealed copies stay until two custodians have answered; then they go, each said in the custody log before"
    )
    func removal() async throws {
        let custodians = [AgeIdentity.generate(), AgeIdentity.generate()]
        let house = try ScratchHouse { settings in
            settings.evidence.custodians = .recipients(custodians.map { $0.recipient.text })
        }
        try house.handOver("a", ScratchHouse.listed)
        try await house.run { try house.isQuarantined(house.newest) }
        let bundle = try BundleID(house.newest)
        #expect(try house.text("state/vault/plain/\(bundle)") == ScratchHouse.listed)

        try house.answerDrill(custodians[0])
        try await house.run()
        #expect(try house.exists("state/vault/plain/\(bundle)"))

        try house.answerDrill(custodians[1])
        try await house.run {
            try house.exists("state/vault/plain/\(bundle)") ? "an unsealed copy less" : nil
        }
        #expect(try house.tree("state/vault/plain").isEmpty)
        #expect(
            try house.custody(of: bundle).filter { $0.hasSuffix(" unsealed-copy") } == [
                "plaintext.kept unsealed-copy", "plaintext.removed unsealed-copy",
            ]
        )
        // One entry for each answer, however often the daemon starts.
        try await house.run()
        let answered = try house.custodyKinds().filter { $0 == "key.drilled" }
        #expect(answered.count == 2)
    }

    @Test("a key that was retired counts for nothing and is sealed to no more, whatever the settings name")
    func retired() async throws {
        let custodians = [AgeIdentity.generate(), AgeIdentity.generate(), AgeIdentity.generate()]
        let house = try ScratchHouse { settings in
            settings.evidence.custodians = .recipients(custodians.map { $0.recipient.text })
        }
        try await house.run()
        for custodian in custodians { try house.answerDrill(custodian) }
        let gone = custodians[0].recipient.fingerprint
        let order = KeyOrder(
            id: .first,
            .retire(gone),
            reason: "",
            at: Timestamp(nanoseconds: 0),
            approvals: []
        )
        try house.vault().retire(gone, by: order, at: order.at)
        try house.handOver("a", ScratchHouse.listed)
        try await house.run { try house.isQuarantined(house.newest) }
        let sealedTo = try house.vault().custodians(of: BundleID(house.newest))
        #expect(!sealedTo.contains(gone))
        #expect(sealedTo.isSuperset(of: custodians.dropFirst().map(\.recipient.fingerprint)))
        #expect(try house.vault().retiredKeys() == [gone])
    }
}

extension ScratchHouse {
    fileprivate func custodyKinds() throws -> [String] {
        var kinds: [String] = []
        try LogReader(of: Descriptor.directory("\(path)/state/custody")).bundles { _, entries in
            kinds += try entries.map { try CustodyEntry(canonical: $0).kind.rawValue }
            return true
        }
        return kinds
    }

    fileprivate func answerDrill(_ identity: AgeIdentity) throws {
        let (vault, now) = (try vault(), Timestamp(nanoseconds: Clocks.realtime))
        let challenge = try AgeFile(
            Descriptor.open("\(path)/state/\(vault.beginDrill(identity.recipient, at: now))").readAll(
                limit: 65_536,
                subject: "challenge"
            )
        )
        let answer = String(decoding: try challenge.open(with: [identity]), as: UTF8.self)
        try vault.endDrill(identity.recipient, answer: answer, at: now)
    }

    /// What the custody log says of a bundle: kinds and reasons, in order.
    fileprivate func custody(of bundle: BundleID) throws -> [String] {
        var said: [String] = []
        let log = try LogReader(of: Descriptor.directory("\(path)/state/custody"))
        try log.bundles { _, entries in
            for bytes in entries {
                let entry = try CustodyEntry(canonical: bytes)
                guard entry.subject.exhibit == bundle else { continue }
                said.append("\(entry.kind.rawValue) \(entry.reason ?? "")")
            }
            return true
        }
        return said
    }
}
