package import UploadModel

/// What a report says of one file: a template, to be completed with `reportId` and `fileId` while submitting.
package struct FileDetails: Equatable, Sendable {
    package var originalName: String?
    package var uploadedAt: ZonedTime?
    package var location: WebAddress?
    /// Whether a person looked at the whole of the file. No list, match or program can make this true.
    package var isViewed: Bool
    package var isExifViewed: Bool
    package var isPubliclyAvailable: Bool?
    package var relevance: FileRelevance
    package var digests: [Digest]
    /// One at most; more belong to the user.
    package var capture: IPCapture?
    package var additionalInfo: [String]
}

package enum FileRelevance: String, Sendable {
    case reported = "Reported"
}

extension FileDetails {
    var element: Element {
        let shape = Shape.fileDetails
        return Element(
            shape,
            holding: [
                originalName.map { Element("originalFileName", $0) },
                uploadedAt.map { Element("uploadedToEspTimestamp", $0.text) },
                location.map { Element("locationOfFile", $0.text) },
                Element("fileViewedByEsp", isViewed),
                Element("exifViewedByEsp", isExifViewed),
                isPubliclyAvailable.map { Element("publiclyAvailable", $0) },
                Element("fileRelevance", relevance.rawValue),
                capture?.element(shape["ipCaptureEvent"]),
            ] + digests.map(Self.element) + additionalInfo.map { Element("additionalInfo", $0) }
        )
    }

    private static func element(_ digest: Digest) -> Element {
        Element(
            "originalFileHash",
            digest.hex,
            [Element.Attribute(name: "hashType", value: digest.algorithm.hashType)]
        )
    }
}

extension DigestAlgorithm {
    /// As the contract's examples spell them; SHA256 follows their pattern.
    fileprivate var hashType: String {
        switch self {
        case .md5: "MD5"
        case .sha1: "SHA1"
        case .sha256: "SHA256"
        }
    }
}
