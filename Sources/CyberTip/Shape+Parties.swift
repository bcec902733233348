import UploadModel

// Who a report speaks of: persons, and the accounts that are theirs.

extension Shape {
    static let contact = [
        optional("firstName", .text, 100), optional("lastName", .text, 100), phone(.many, "phone"),
        email, address("address"),
    ]

    static let person =
        contact + [
            optional("age", .integer(0...150)),
            optional("ageAssertionDiscrepancy", .boolean).since(.august2026),
            optional("dateOfBirth", .date),
        ]

    static let suspect =
        [
            group(.optional, "personOrUserReportedPerson", person),
            optional("vehicleDescription", .text, 300),
        ] + account + [optional("thirdPartyUserReported", .boolean), priorReports, groupIdentifier] + state
        + [associatedAccount, optional("additionalInfo")]

    static let recipient =
        [group(.optional, "intendedRecipientPerson", person)] + account + [priorReports, groupIdentifier]
        + state + [optional("additionalInfo")]

    static let victim =
        [group(.one, "victimPerson", person)] + account + [optional("schoolName", .text, 255), priorReports]
        + state + [associatedAccount, optional("additionalInfo")]

    private static let account = [
        optional("espIdentifier", .text, 255),
        optional("espService", .text, 100),
        optional("compromisedAccount", .boolean),
        optional("screenName", .text, 256),
        many("displayName", .text, 255),
        many("profileUrl", .url),
        optional("profileBio"),
        ipCaptureEvent(.many),
        deviceID,
    ]

    private static let state = disabled + [estimatedLocation, optional("allEmailsReported", .boolean)]

    private static let priorReports = many("priorCTReports", .long)
    private static let groupIdentifier = optional("groupIdentifier", .text, 255)

    /// The documentation calls the attribute `accountType`; the schema refuses that, and it wins.
    private static let associatedAccount = group(
        .many,
        "associatedAccount",
        [
            optional("platform", .text, 256, .may("thirdPartyUser", .boolean)),
            optional("firstName", .text, 256),
            optional("middleName", .text, 256),
            optional("lastName", .text, 256),
            optional("approximateAge", .integer(0...150)),
            optional("dateOfBirth", .date),
            phone(.many, "phone"),
            email,
            optional("allEmailsReported", .boolean),
            address("address"),
            optional("espService", .text, 256),
            optional("espIdentifier", .text, 256),
            many("profileUrl", .url),
            optional("screenName", .text, 256),
            many("displayName", .text, 255),
            optional("profileBio"),
            groupIdentifier,
            optional("compromisedAccount", .boolean),
        ] + disabled + [
            ipCaptureEvent(.many), deviceID, many("priorCTReport", .long), optional("additionalInfo"),
        ],
        as: .group,
        .must("type", .oneOf(AssociationType.literals))
    )

    // MARK: - Parts of them

    static func phone(_ occurrence: Occurrence, _ name: String) -> Shape {
        let attributes =
            [Attribute].may("type", .oneOf(PhoneType.literals)) + verified
            + .may("countryCallingCode", .callingCode) + .may("extension", .digits(10))
        return occurrence == .many
            ? many(name, .text, 50, attributes) : optional(name, .text, 50, attributes)
    }

    static func address(_ name: String) -> Shape {
        group(
            .many,
            name,
            [
                optional("address", .text, 255), optional("city", .text, 100), optional("zipCode", .text, 20),
                optional("state", .oneOf(Codes.states)), optional("nonUsaState", .text, 100),
                optional("country", .oneOf(Codes.countries)),
            ],
            as: .group,
            .may("type", .oneOf(AddressType.literals))
        )
    }

    static func ipCaptureEvent(_ occurrence: Occurrence) -> Shape {
        group(
            occurrence,
            "ipCaptureEvent",
            [
                one("ipAddress", .ipAddress), eventName, optional("dateTime", .time),
                optional("possibleProxy", .boolean), optional("port", .integer(1...65_535)),
            ]
        )
    }

    static let deviceID = group(
        .many,
        "deviceId",
        [one("idType", .text, 255), one("idValue", .text, 2_083), eventName, optional("dateTime", .time)]
    )

    private static let eventName = optional("eventName", .oneOf(EventName.literals))

    private static let email = many("email", .email, nil, .may("type", .oneOf(EmailType.literals)) + verified)

    private static let verified =
        [Attribute].may("verified", .boolean) + .may("verificationDate", .time)

    private static let disabled = [
        optional("accountTemporarilyDisabled", .boolean, nil, told + .may("reenabledDate", .time)),
        optional("accountPermanentlyDisabled", .boolean, nil, told),
    ]

    private static let told =
        [Attribute].may("disabledDate", .time) + .may("userNotified", .boolean)
        + .may("userNotifiedDate", .time)

    private static let estimatedLocation = group(
        .optional,
        "estimatedLocation",
        [
            optional("city", .text, 255), optional("region", .text, 255),
            one("countryCode", .oneOf(Codes.countries)),
        ],
        as: .group,
        .may("verified", .boolean) + .may("timestamp", .time)
    )
}
