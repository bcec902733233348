package import UploadModel

/// What a report says of one file: a template, until the service has given `reportID` and `fileID` while submitting.
package struct FileDetails: Equatable, Sendable {
    package var reportID: ReportID?
    package var fileID: FileID?
    package var originalName: String?
    package var uploadedAt: ZonedTime?
    package var location: WebAddress?
    /// Whether a person looked at the whole of the file. No list, match or program can make this true. Always said,
    /// either way.
    package var isViewed = false
    package var isExifViewed = false
    package var isPubliclyAvailable: Bool?
    /// Always said: a file without it would count as reported.
    package var relevance: FileRelevance
    package var flags: Set<FileFlag> = []
    package var classification: IndustryClass?
    /// Of the bytes as the user uploaded them.
    package var hashes: [FileHash] = []
    /// One at most; more belong to the user.
    package var capture: IPCapture?
    package var devices: [Device] = []
    package var details: [Details] = []
    package var additionalInfo: [String] = []

    package init(_ relevance: FileRelevance) { self.relevance = relevance }

    package var isTemplate: Bool { reportID == nil || fileID == nil }
}

package struct FileHash: Equatable, Sendable {
    /// As the contract's examples spell them, `MD5` and `SHA1`; others follow their pattern.
    package var type: String
    package var value: String

    package init(type: String, value: String) {
        self.type = type
        self.value = value
    }

    package init(_ digest: Digest) {
        self.init(type: digest.algorithm.hashType, value: digest.hex)
    }

    /// Whether the value is as long as its type's are, so that no perceptual hash passes for a digest.
    var isOfItsType: Bool {
        guard let algorithm = DigestAlgorithm.allCases.first(where: { $0.hashType == type }) else {
            return !DigestAlgorithm.allCases.contains { $0.title == type }
        }
        return value.utf8.count == 2 * algorithm.byteCount
    }
}

/// A list of names and values, such as a camera wrote into the file.
package struct Details: Equatable, Sendable {
    package var type: DetailsType?
    package var pairs: [Pair] = []

    package init(_ pairs: [Pair]) { self.pairs = pairs }

    package struct Pair: Equatable, Sendable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }
}

extension DigestAlgorithm {
    var hashType: String {
        switch self {
        case .md5: "MD5"
        case .sha1: "SHA1"
        case .sha256: "SHA256"
        }
    }
}

// MARK: - As an element

extension FileDetails {
    var shape: Shape { isTemplate ? .fileTemplate : .fileDetails }

    var element: Element { element(.fileDetails) }

    /// - Throws: ``Defect`` when the element breaks the contract, or says what this model does not hold.
    package init(reading element: Element) throws(Defect) {
        let shape = element.has("reportId") ? Shape.fileDetails : .fileTemplate
        try Contract(shape).admit(element)
        self = try Self.read(element, .fileDetails)
    }
}

extension FileDetails: Composite {
    static let blank = FileDetails(.reported)
    static let parts: [Part<FileDetails>] = [
        .optional("reportId", \.reportID),
        .optional("fileId", \.fileID),
        .optional("originalFileName", \.originalName),
        .optional("uploadedToEspTimestamp", \.uploadedAt),
        .optional("locationOfFile", \.location),
        .one("fileViewedByEsp", \.isViewed),
        .one("exifViewedByEsp", \.isExifViewed),
        .optional("publiclyAvailable", \.isPubliclyAvailable),
        .one("fileRelevance", \.relevance),
        .flags("fileAnnotations", \.flags),
        .optional("industryClassification", \.classification),
        .many("originalFileHash", \.hashes),
        .optional("ipCaptureEvent", \.capture),
        .many("deviceId", \.devices),
        .many("details", \.details),
        .many("additionalInfo", \.additionalInfo),
    ]
}

extension FileHash: Composite {
    static let blank = FileHash(type: "", value: "")
    static let parts: [Part<FileHash>] = [.text(\.value), .attribute("hashType", \.type)]
}

extension Details: Composite {
    static let blank = Details([])
    static let parts: [Part<Details>] = [.attribute("type", \.type), .many("nameValuePair", \.pairs)]
}

extension Details.Pair: Composite {
    static let blank = Details.Pair("", "")
    static let parts: [Part<Details.Pair>] = [.one("name", \.name), .one("value", \.value)]
}
