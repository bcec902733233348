import UploadModel

/// Makes a record of a list whose parts the settings name.
struct MappedEntry {
    let mapping: ListMapping

    /// Reads an entry.
    ///
    /// - Parameter text: What stands in the place of a field; `nil` where there is nothing.
    func record(_ text: (ListField) throws(ListFault.Reason) -> [UInt8]?) throws(ListFault.Reason)
        -> ListRecord
    {
        var record = ListRecord()
        for (field, type) in Self.typed {
            if let bytes = try text(field) { try record.take(bytes.text, as: type) }
        }
        if let value = try text(.value) {
            if let name = try text(.type) {
                try record.take(value.text, as: SignalType(String(decoding: name, as: UTF8.self)))
            } else {
                try record.takeByLength(value.text)
            }
        }
        if let quality = try text(.quality) { try record.take(quality: quality.text) }
        if let size = try text(.size) { try record.take(size: size.text) }
        record.entry.name = try short(text(.id))
        record.entry.contributor = try short(text(.contributor))
        record.entry.classification = try short(text(.classification))
        if let time = try text(.timestamp) { record.changed = try ChangeTime.read(time.text) }
        if let status = try text(.status) {
            let word = status.text.trimmed.string.lowercased()
            record.isWithdrawn = mapping.removed.contains { $0.lowercased() == word }
            if !record.isWithdrawn, !word.isEmpty { record.status = word }
        }
        if !record.isWithdrawn, !isWanted(record.entry.classification) {
            record.leaveOut(.classification)
        }
        return record
    }

    private static let typed: [(ListField, SignalType)] = [
        (.md5, .digest(.md5)), (.sha1, .digest(.sha1)), (.sha256, .digest(.sha256)), (.pdq, .pdq),
        (.pdna, .other("pdna")), (.tmk, .other("tmk")),
    ]

    private func short(_ bytes: [UInt8]?) throws(ListFault.Reason) -> String {
        guard let bytes else { return "" }
        return try shortText(bytes.text)
    }

    private func isWanted(_ classification: String) -> Bool {
        mapping.classifications.isEmpty || mapping.classifications.contains(classification)
    }
}
