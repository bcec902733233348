import UploadModel

/// The tag files that say what a bag is.
///
/// - Source: RFC 8493, sections 2.1.1 and 2.2.2.
enum BagInfo {
    static let declarationName = "bagit.txt"
    static let name = "bag-info.txt"

    static let declaration = Array("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n".utf8)

    /// Names docs/formats/bagit-profile.json.
    static let profile = "urn:breakwater:bagit-profile:exhibit-2"
    /// Names docs/formats/bagit-profile-export.json.
    static let exportProfile = "urn:breakwater:bagit-profile:export-1"

    /// `bag-info.txt` of an exhibit; the date is the day of its match, not of the writing.
    static func bytes(of exhibit: Exhibit, oxum: PayloadOxum) -> [UInt8] {
        var lines: [(label: String, value: String)] = []
        let organization = exhibit.organization.onOneLine
        if !organization.isEmpty { lines.append(("Source-Organization", organization)) }
        lines.append(("Bagging-Date", exhibit.listedAt.day))
        lines.append(("External-Identifier", "urn:uuid:\(exhibit.upload)"))
        lines.append(("Bag-Software-Agent", exhibit.program.onOneLine))
        lines.append(("BagIt-Profile-Identifier", profile))
        lines.append((PayloadOxum.label, oxum.description))
        return lines.flatMap { Array("\($0.label): \($0.value)\n".utf8) }
    }
}

/// Bytes and files of a bag's payload, the first thing to compare.
struct PayloadOxum: Equatable, CustomStringConvertible {
    static let label = "Payload-Oxum"

    let bytes: UInt64
    let files: Int

    init(_ sizes: some Sequence<UInt64>) {
        (bytes, files) = sizes.reduce((0, 0)) { ($0.0 + $1, $0.1 + 1) }
    }

    var description: String { "\(bytes).\(files)" }

    /// Whether `info`, the bytes of `bag-info.txt`, states this once and nothing else of its kind.
    func isStated(in info: [UInt8]) -> Bool {
        let lines = String(decoding: info, as: UTF8.self).split(separator: "\n")
        return lines.filter { $0.hasPrefix(Self.label) } == ["\(Self.label): \(self)"]
    }
}

extension String {
    /// A value from the settings as one line of a tag file.
    var onOneLine: String {
        split { $0.isWhitespace || $0.isNewline }.joined(separator: " ")
    }
}
