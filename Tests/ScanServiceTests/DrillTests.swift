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
    }
}

extension ScratchHouse {
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
