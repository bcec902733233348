import ListImport
package import UploadModel

/// What is read is the same however the bytes come, and every entry has a value. Of XML that is damaged libxml2 may find
/// another fault first.
package func checkReading(
    _ bytes: [UInt8],
    _ format: ListFormat,
    _ set: (inout ListSource) -> Void = { _ in }
) {
    var source = ListSource(name: "fuzz", file: "fuzz", supplier: "Invented", listClass: .csam)
    source.format = format
    set(&source)
    func read(_ pieceByteCount: Int) -> (
        entries: [ImportedEntry], outcome: Result<BuildReport.ListReport, ListFault>
    ) {
        var entries: [ImportedEntry] = []
        do {
            let report = try ListReading.read(bytes, as: source, pieceByteCount: pieceByteCount) {
                entries.append($0)
                return true
            }
            return (entries, .success(report))
        } catch let fault as ListFault {
            return (entries, .failure(fault))
        } catch {
            fatalError("another error than a fault of the list")
        }
    }
    let whole = read(1 << 20)
    let cut = read(5)
    precondition(whole.entries == cut.entries, "other entries where the bytes come in pieces")
    precondition(
        whole.outcome == cut.outcome || format == .ncmec && whole.outcome.isFault && cut.outcome.isFault,
        "another outcome where the bytes come in pieces"
    )
    for entry in whole.entries {
        precondition(
            entry.md5 != nil || entry.sha1 != nil || entry.sha256 != nil || entry.perceptual != nil,
            "no value"
        )
    }
}

extension Result {
    fileprivate var isFault: Bool { if case .failure = self { true } else { false } }
}
