import UploadModel

// The document that describes one file, and the template that a draft has of it.

extension Shape {
    package static let fileDetails = file([one("reportId", .long), one("fileId", .text)])

    /// Without `reportId` and `fileId`, which the service gives while submitting.
    package static let fileTemplate = file([])

    /// What an application may say of a file, and nothing that only a person or a program of ours can know; all the
    /// addresses it knows of the file, of which a report then has one.
    static let contextFile = group(
        .one,
        "fileDetails",
        ["originalFileName", "locationOfFile", "publiclyAvailable"].map { fileTemplate[$0] } + [
            ipCaptureEvent(.many), deviceID, fileTemplate["details"], fileTemplate["additionalInfo"],
        ]
    )

    private static func file(_ ids: Children) -> Shape {
        group(.one, "fileDetails", ids + described)
    }

    private static let described: Children = [
        // In the schema and nowhere explained; we never write it.
        optional("fileName"),
        optional("originalFileName", .text, 2_056),
        optional("uploadedToEspTimestamp", .time),
        optional("locationOfFile", .url),
        optional("fileViewedByEsp", .boolean),
        optional("exifViewedByEsp", .boolean),
        optional("publiclyAvailable", .boolean),
        optional("fileRelevance", .oneOf(FileRelevance.literals)),
        // The old form; either this or the container after it, and we write the container.
        optional("potentialMeme", .boolean),
        flags("fileAnnotations", FileFlag.self),
        optional("industryClassification", .oneOf(IndustryClass.literals)),
        many("originalFileHash", .text, nil, .must("hashType", .text, 64)),
        // One at most, unlike the user's: a second one makes the service refuse the document.
        ipCaptureEvent(.optional),
        deviceID,
        group(
            .many,
            "details",
            [
                group(.atLeastOne, "nameValuePair", [one("name", .text, 64), one("value")])
            ],
            as: .group,
            .may("type", .oneOf(DetailsType.literals))
        ),
        many("additionalInfo"),
    ]
}
