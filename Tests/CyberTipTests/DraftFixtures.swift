import CyberTip
import UploadModel

// Everything here is invented: addresses from the ranges for documentation, digests of nothing.

/// Written by hand, so that a golden draft never moves with a clock.
let claim = Timestamp(seconds: 1_795_291_200, nanoseconds: 250_000_000)  // 2026-11-21T20:00:00.25Z
let detection = Timestamp(seconds: 1_795_291_203, nanoseconds: 0)

let upload = UploadID("019aa8a5-2000-7000-8000-000000000001")!

let contents = DigestSet(
    byteCount: 4_096,
    [
        Digest(.md5, [UInt8](repeating: 0x11, count: 16))!,
        Digest(.sha1, [UInt8](repeating: 0x22, count: 20))!,
        Digest(.sha256, [UInt8](repeating: 0x33, count: 32))!,
    ]
)

/// An entry that holds the file's MD5 and SHA-1, and a PDQ value that no draft may show.
let exactMatch = Match(
    entry: ListEntry(
        id: EntryID(list: "demo-a", ordinal: 17),
        listClass: .csam,
        digests: [contents.md5!, contents.sha1!],
        perceptual: SIMD4(repeating: 0xDEAD_BEEF_DEAD_BEEF),
        provenance: Provenance(
            supplier: "Example Supplier",
            generation: "2026-11-20T00-00-00Z",
            text: "made for demonstrations",
            synthetic: true
        )
    ),
    agreed: DigestAlgorithms([.md5, .sha1]),
    part: .content,
    grade: .g1
)

let fullContext = #"""
    {"uploader_ref":"account-4711","email":"user@mail.example","screen_name":"blue & <green>","ip":"2001:db8::17",
    "port":50123,"uploaded_at":"2026-11-21T20:59:58.5+01:00","original_filename":"holiday \"one\".jpg",
    "declared_media_type":"image/jpeg","session_ref":"s-99","page_url":"https://upload.example/p?a=1&b=2",
    "service":"Example Photos","correlation_id":"c-1","tenant":12345678901234567890}
    """#

func fullSettings() -> ReportSettings {
    var settings = ReportSettings()
    settings.company = "Example Hosting B.V."
    settings.firstName = "Robin"
    settings.lastName = "Example"
    settings.email = "reports@hosting.example"
    settings.phone = "+31 20 555 0100"
    settings.companyTemplate = "Serve process at the address in our terms."
    settings.termsOfService = "Illegal content is forbidden."
    settings.legalURL = "https://hosting.example/legal"
    settings.platform = "Example Photos for the Web"
    return settings
}

/// A draft's source in which one thing is different.
func source(
    _ context: String? = fullContext,
    path: [UInt8] = Array("in/a.jpg".utf8),
    matches: [Match] = [exactMatch],
    settings: ReportSettings = fullSettings(),
    environment: Environment = .demonstration
) -> DraftSource {
    source(bytes: context.map { Array($0.utf8) }, path, matches, settings, environment)
}

func source(
    bytes: [UInt8]?,
    _ path: [UInt8] = Array("in/a.jpg".utf8),
    _ matches: [Match] = [exactMatch],
    _ settings: ReportSettings = fullSettings(),
    _ environment: Environment = .demonstration
) -> DraftSource {
    DraftSource(
        upload: upload,
        bundle: BundleID(upload),
        spool: "photos",
        path: SpoolPath(path)!,
        claimedAt: claim,
        listedAt: detection,
        digests: contents,
        matches: matches,
        context: bytes,
        report: settings,
        environment: environment,
        program: "breakwaterd 0.1.0"
    )
}
