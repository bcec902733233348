import UploadModel

/// A kind of value as suppliers name it.
enum SignalType: Equatable {
    case digest(DigestAlgorithm)
    case pdq
    /// Of a kind that nothing here can compute, by a name of our own spelling.
    case other(String)

    /// Reads a name in any spelling: `md5`, `video_md5`, `VideoMD5`, `HASH_MD5`, `SHA-1`, `ImagePDQ`.
    init(_ name: String) {
        let lower = name.lowercased()
        var core = String(lower.unicodeScalars.filter { $0 != "_" && $0 != "-" && $0 != " " })
        for prefix in ["hash", "image", "photo", "video", "file"]
        where core.hasPrefix(prefix) && core != prefix {
            core.removeFirst(prefix.count)
        }
        self =
            switch core {
            case "md5": .digest(.md5)
            case "sha1": .digest(.sha1)
            case "sha256": .digest(.sha256)
            case "pdq": .pdq
            default: .other(lower)
            }
    }
}
