package import UploadModel

/// What becomes of a context before any upload has it: `breakwater context check FILE`.
package struct ContextCheck: Sendable {
    /// What a draft would leave out, and what the context could say and does not.
    package let findings: [Finding]

    /// - Parameters:
    ///   - bytes: Of a `NAME.meta.json`.
    ///   - now: Stands for the detection; nothing that happened lies after it.
    package init(_ bytes: [UInt8], now: Timestamp) {
        var scribe = Scribe(reading: Context(reading: bytes), detectedAt: now)
        let said = ContextReading(&scribe)
        scribe.judgeContext()
        let dossier = Dossier(
            report: Report(said),
            files: [FileStanding(said.file)],
            decided: Decisions(),
            environment: .production,
            detectedAt: now
        )
        let missing = dossier.findings.filter { $0.remedy?.hasSuffix(Remedy.inContext) == true }
        findings = (scribe.findings + missing).inOrder
    }
}

extension Report {
    fileprivate init(_ said: ContextReading) {
        self.init()
        incident.dateTime = said.uploadedAt
        user = said.user
        places = said.places
        recipients = said.recipients
        victims = said.victims
        lawEnforcement = said.lawEnforcement
    }
}
