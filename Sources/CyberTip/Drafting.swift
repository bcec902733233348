import UploadModel

// Reading the context, field by field. Each part takes what it needs through the scribe, which notes what it had to
// leave out.

/// One upload's rows, and what its context says.
struct UploadReading {
    let source: DraftSource
    let said: ContextReading

    init(_ source: DraftSource, _ scribe: inout Scribe) {
        self.source = source
        said = ContextReading(&scribe)
    }
}

/// What the application said, read once so that it is noted once.
struct ContextReading {
    let uploadedAt: ZonedTime?
    let page: WebAddress?
    /// The address of the upload itself.
    let capture: IPCapture?
    let user: ReportedUser?
    let recipients: [Recipient]
    let victims: [Victim]
    let places: [InternetDetails]
    let lawEnforcement: LawEnforcement?
    /// What the application knows of the file, and every address that it knows of it.
    let file: FileDetails
    let captures: [IPCapture]
    let reference: String?

    init(_ scribe: inout Scribe) {
        let uploadedAt = scribe.uploadTime
        page = scribe.read(.member(.pageURL), for: .pageURL) { text throws(Defect) in try WebAddress(text) }
        let capture = scribe.capture(at: uploadedAt)
        self.uploadedAt = uploadedAt
        self.capture = capture
        (file, captures) = scribe.file(uploadedAt, page, capture)
        user = ReportedUser(capture, &scribe)
        recipients = scribe.values(.recipients, as: Recipient.self)
        victims = scribe.values(.victims, as: Victim.self)
        places =
            scribe.values(.places, as: InternetDetails.self)
            + [page.map(InternetDetails.page)].compactMap { $0 }
        lawEnforcement = scribe.values(.lawEnforcement, as: LawEnforcement.self).first
        reference = scribe.text(.member(.correlationID), for: .info)
            .map { "The provider's reference for the upload: \($0)" }
    }
}

extension InternetDetails {
    static func page(_ address: WebAddress) -> Self {
        var page = WebPage()
        page.urls = [address]
        return .webPage(page)
    }
}

extension Scribe {
    fileprivate var uploadTime: ZonedTime? {
        mutating get {
            let time = read(.member(.uploadedAt), for: .fileTime) { [detectedAt] text throws(Defect) in
                let time = try ZonedTime(text)
                guard !time.isAfter(detectedAt) else { throw Defect("lies after the detection", .past) }
                return time
            }
            if time == nil, isOfUpload {
                note("RL02", .advice, .incidentTime, "the time of the claim stands here instead")
            }
            return time
        }
    }

    fileprivate mutating func capture(at time: ZonedTime?) -> IPCapture? {
        let address = read(.member(.ip), for: .userIP) { text throws(Defect) in try IPAddress(text) }
        let port = read(.member(.port), for: .userPort) { text throws(Defect) in try Port(text) }
        if address == nil, port != nil {
            note("RL13", .warning, .userPort, "left out: a port says nothing without its address")
        }
        return address.map { IPCapture(address: $0, event: .upload, dateTime: time, port: port) }
    }

    /// The file as the application describes it. Of its addresses the upload's stands with it; all stay known.
    fileprivate mutating func file(
        _ uploadedAt: ZonedTime?,
        _ page: WebAddress?,
        _ capture: IPCapture?
    ) -> (FileDetails, [IPCapture]) {
        let told = elements(.file).first
        let shape = Shape.contextFile
        let captures = (told?.all("ipCaptureEvent") ?? []).compactMap {
            try? IPCapture.read($0, shape["ipCaptureEvent"])
        }
        var file = told.flatMap { try? FileDetails.read($0, shape) } ?? FileDetails(.reported)
        let all = [capture].compactMap { $0 } + captures
        file.capture = all.first { $0.event == .upload } ?? all.first
        file.originalName = text(.member(.originalFilename), for: .fileName) ?? name(file.originalName)
        file.uploadedAt = uploadedAt
        file.location = page ?? file.location
        if let type = text(.member(.declaredMediaType), for: .fileInfo) {
            file.additionalInfo.append("Media type as declared with the upload, not checked: \(type)")
        }
        return (file, all)
    }

    /// A name of the section "file".
    private mutating func name(_ raw: String?) -> String? {
        guard let raw, raw.withoutControls != raw else { return raw }
        noteEscape(.fileName, remedy: Remedy.context("file.originalFileName"))
        return raw.withoutControls
    }
}

extension ReportedUser {
    /// - Returns: `nil` when nothing at all was said of the account.
    init?(_ capture: IPCapture?, _ scribe: inout Scribe) {
        self = scribe.values(.account, as: ReportedUser.self).first ?? ReportedUser()
        let email = scribe.read(.member(.email), for: .userEmail) { text throws(Defect) in
            try EmailAddress(text)
        }
        if let email, account.person?.emails.contains(where: { $0.address == email }) != true {
            account.person = account.person ?? Person()
            account.person?.emails.append(Email(email))
        }
        let identifier = scribe.text(.member(.uploaderRef), for: .user("espIdentifier"))
        account.identifier = identifier ?? account.identifier
        account.service = scribe.text(.member(.service), for: .user("espService")) ?? account.service
        let screenName = scribe.text(.member(.screenName), for: .user("screenName"))
        account.screenName = screenName ?? account.screenName
        if let capture, !account.captures.contains(capture) { account.captures.insert(capture, at: 0) }
        let session = scribe.text(.member(.sessionRef), for: .user("additionalInfo"))
            .map { "The provider's reference for the session: \($0)" }
        account.additionalInfo = [account.additionalInfo, session].lines
        if isEmpty { return nil }
    }
}

extension [String?] {
    /// What there is, a line each; `nil` when there is nothing.
    var lines: String? {
        let lines = compactMap { $0 }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }
}
