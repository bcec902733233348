package import UploadModel

// What is said of an account in the same way, whoever's it is.

package struct Account: Equatable, Sendable {
    package var person: Person?
    /// Stable and unique at the provider, not a display name.
    package var identifier: String?
    package var service: String?
    package var isCompromised: Bool?
    package var screenName: String?
    package var displayNames: [String] = []
    package var profileURLs: [WebAddress] = []
    package var profileBio: String?
    package var captures: [IPCapture] = []
    package var devices: [Device] = []
    package var priorReports: [ReportID] = []
    package var temporarilyDisabled: Disabled?
    package var permanentlyDisabled: Disabled?
    package var location: EstimatedLocation?
    package var hasAllEmails: Bool?
    package var additionalInfo: String?

    package init() {}

    /// Whose it is; `nil` without an identifier.
    package var key: AccountKey? { identifier.map { AccountKey($0, of: service) } }
}

/// Where somebody came from, and when, as far as that was said.
package struct IPCapture: Equatable, Sendable {
    package var address: IPAddress
    package var event: EventName?
    package var dateTime: ZonedTime?
    package var isPossibleProxy: Bool?
    package var port: Port?

    package init(
        address: IPAddress,
        event: EventName? = nil,
        dateTime: ZonedTime? = nil,
        isPossibleProxy: Bool? = nil,
        port: Port? = nil
    ) {
        self.address = address
        self.event = event
        self.dateTime = dateTime
        self.isPossibleProxy = isPossibleProxy
        self.port = port
    }
}

package struct Device: Equatable, Sendable {
    /// `IMEI`, `ICCID`, `SSID` and others; free text.
    package var type: String
    package var value: String
    package var event: EventName?
    package var dateTime: ZonedTime?

    package init(type: String, value: String) {
        self.type = type
        self.value = value
    }
}

/// Whether an account was disabled, and whether its user was told, which tells police what the user knows.
package struct Disabled: Equatable, Sendable {
    package var flag: Bool
    package var date: ZonedTime?
    package var isUserNotified: Bool?
    package var notifiedDate: ZonedTime?
    /// Of a temporarily disabled account only.
    package var reenabledDate: ZonedTime?

    package init(_ flag: Bool) { self.flag = flag }
}

package struct EstimatedLocation: Equatable, Sendable {
    package var city: String?
    /// In the United States the two letters of a state.
    package var region: String?
    package var country: String
    package var isVerified: Bool?
    package var timestamp: ZonedTime?

    package init(country: String) { self.country = country }
}

// MARK: - As elements

extension Account {
    /// All that a suspect, a recipient and a victim share; the person's element has another name in each.
    static func parts(_ person: String) -> [Part<Account>] {
        [
            .optional(person, \.person),
            .optional("espIdentifier", \.identifier),
            .optional("espService", \.service),
            .optional("compromisedAccount", \.isCompromised),
            .optional("screenName", \.screenName),
            .many("displayName", \.displayNames),
            .many("profileUrl", \.profileURLs),
            .optional("profileBio", \.profileBio),
            .many("ipCaptureEvent", \.captures),
            .many("deviceId", \.devices),
            .many("priorCTReports", \.priorReports),
            .optional("accountTemporarilyDisabled", \.temporarilyDisabled),
            .optional("accountPermanentlyDisabled", \.permanentlyDisabled),
            .optional("estimatedLocation", \.location),
            .optional("allEmailsReported", \.hasAllEmails),
            .optional("additionalInfo", \.additionalInfo),
        ]
    }
}

extension IPCapture: Composite {
    static let blank = IPCapture(address: .blank)
    static let parts: [Part<IPCapture>] = [
        .one("ipAddress", \.address),
        .optional("eventName", \.event),
        .optional("dateTime", \.dateTime),
        .optional("possibleProxy", \.isPossibleProxy),
        .optional("port", \.port),
    ]
}

extension Device: Composite {
    static let blank = Device(type: "", value: "")
    static let parts: [Part<Device>] = [
        .one("idType", \.type),
        .one("idValue", \.value),
        .optional("eventName", \.event),
        .optional("dateTime", \.dateTime),
    ]
}

extension Disabled: Composite {
    static let blank = Disabled(false)
    static let parts: [Part<Disabled>] = [
        .text(\.flag),
        .attribute("disabledDate", \.date),
        .attribute("userNotified", \.isUserNotified),
        .attribute("userNotifiedDate", \.notifiedDate),
        .attribute("reenabledDate", \.reenabledDate),
    ]
}

extension EstimatedLocation: Composite {
    static let blank = EstimatedLocation(country: "")
    static let parts: [Part<EstimatedLocation>] = [
        .optional("city", \.city),
        .optional("region", \.region),
        .one("countryCode", \.country),
        .attribute("verified", \.isVerified),
        .attribute("timestamp", \.timestamp),
    ]
}
