import UploadModel

// The document that opens a report.

extension Shape {
    package static let report = group(
        .one,
        "report",
        [
            optional("batchedReport", .flag, nil, .must("reason", .oneOf(["VIRAL_POTENTIAL_MEME"]))),
            incidentSummary,
            group(.many, "internetDetails", incidents, as: .choice),
            lawEnforcement,
            group(
                .one,
                "reporter",
                [
                    group(.one, "reportingPerson", person),
                    group(.optional, "contactPerson", contact),
                    optional("companyTemplate"),
                    optional("termsOfService"),
                    optional("legalURL", .url),
                ]
            ),
            group(.many, "personOrUserReported", suspect),
            group(.many, "intendedRecipient", recipient),
            group(.many, "victim", victim),
            optional("additionalInfo"),
        ]
    )

    private static let incidentSummary = group(
        .one,
        "incidentSummary",
        [
            one("incidentType", .oneOf(IncidentType.literals)),
            optional("platform", .text, 256),
            optional("escalateToHighPriority", .text, 3_000),
            flags("reportAnnotations", ReportFlag.self),
            one("incidentDateTime", .time),
            optional("incidentDateTimeDescription", .text, 3_000),
        ]
    )

    private static let lawEnforcement = group(
        .optional,
        "lawEnforcement",
        [
            one("agencyName", .text, 255),
            optional("caseNumber", .text, 100),
            group(.optional, "officerContact", contact),
            optional("reportedToLe", .boolean),
            optional("servedLegalProcessDomestic", .boolean),
            optional(
                "servedLegalProcessInternational",
                .boolean,
                nil,
                .may("fleaCountry", .oneOf(Codes.countries))
            ),
        ]
    )

    private static let content = [optional("content"), optional("additionalInfo")]

    private static let incidents = [
        group(
            .optional,
            "webPageIncident",
            [many("url", .url), optional("additionalInfo")],
            .may("thirdPartyHostedContent", .boolean)
        ),
        group(.optional, "emailIncident", [many("emailAddress", .email)] + content),
        group(
            .optional,
            "newsgroupIncident",
            [optional("name", .text, 255), many("emailAddress", .email)] + content
        ),
        group(
            .optional,
            "chatImIncident",
            [optional("chatClient", .text, 255), optional("chatRoomName", .text, 255)] + content
        ),
        group(
            .optional,
            "onlineGamingIncident",
            [optional("gameName", .text, 255), optional("console", .text, 255)] + content
        ),
        group(
            .optional,
            "cellPhoneIncident",
            [phone(.optional, "phoneNumber"), optional("latitude", .number), optional("longitude", .number)]
                + [optional("additionalInfo")]
        ),
        group(
            .optional,
            "nonInternetIncident",
            [optional("locationName", .text, 255), address("incidentAddress"), optional("additionalInfo")]
        ),
        group(
            .optional,
            "peer2peerIncident",
            [
                optional("client", .text, 255), ipCaptureEvent(.many), optional("fileNames"),
                optional("additionalInfo"),
            ]
        ),
    ]
}
