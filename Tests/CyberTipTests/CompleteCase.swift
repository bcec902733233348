import CyberTip
import UploadModel

// A case that no rule finds anything in, for tests that change one thing of it.

private let dossierContext = #"""
    {"uploader_ref":"account-4711","ip":"198.51.100.17","port":50123,"uploaded_at":"2026-11-21T20:59:58.5+01:00",
    "original_filename":"holiday.jpg","page_url":"https://upload.example/albums/17","service":"Example Photos",
    "account":{
      "personOrUserReportedPerson":{
        "email":[{"value":"user@mail.example","verified":true,"verificationDate":"2026-01-02T00:00:00Z"}],
        "address":[{"type":"Billing","city":"Utrecht","country":"NL"}]},
      "compromisedAccount":false,
      "ipCaptureEvent":[
        {"ipAddress":"2001:db8::17","eventName":"Registration","dateTime":"2026-01-02T00:00:00Z"},
        {"ipAddress":"2001:db8::18","eventName":"Login","dateTime":"2026-11-21T19:00:00Z"}],
      "deviceId":[{"idType":"IMEI","idValue":"00123"}],
      "accountPermanentlyDisabled":{"value":true,"disabledDate":"2026-11-21T20:00:01Z","userNotified":false},
      "estimatedLocation":{"city":"Utrecht","countryCode":"NL","timestamp":"2026-11-21T19:00:00Z"}},
    "file":{"publiclyAvailable":false}}
    """#

extension DraftSource {
    /// What a provider sends whose application says all that it knows.
    static var complete: DraftSource {
        var settings = fullSettings()
        settings.email = "ncmec@hosting.org"
        return source(
            dossierContext,
            matches: [match(exactMatch, synthetic: false)],
            settings: settings,
            environment: .production
        )
    }
}

func match(
    _ match: Match,
    listClass: ListClass? = nil,
    grade: Grade? = nil,
    synthetic: Bool? = nil
) -> Match {
    let old = match.entry.provenance
    let entry = ListEntry(
        id: match.entry.id,
        listClass: listClass ?? match.entry.listClass,
        digests: match.entry.digests,
        provenance: Provenance(
            supplier: old.supplier,
            generation: old.generation,
            text: old.text,
            synthetic: synthetic ?? old.synthetic
        )
    )
    let grade = grade ?? match.grade
    return Match(
        entry: entry,
        agreed: grade == .g4 ? [] : match.agreed,
        distance: grade == .g4 ? 12 : nil,
        part: match.part,
        grade: grade
    )
}

extension Dossier {
    static var complete: Dossier {
        var decided = Decisions()
        decided.files[upload] = FileDecision()
        decided.files[upload]?.flags = []
        return DraftReport(from: [.complete], decided: decided).dossier
    }
}
