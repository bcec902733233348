package import UploadModel

// What happened, and where.

package struct IncidentSummary: Equatable, Sendable {
    /// `nil` until somebody says; it then blocks.
    package var type: IncidentType?
    package var platform: String?
    /// Why this cannot wait. Any text at all escalates, so software never writes one.
    package var escalation: String?
    package var flags: Set<ReportFlag> = []
    package var dateTime: ZonedTime?
    /// What kind of time that is.
    package var dateTimeDescription: String?

    package init() {}
}

/// The place of the incident, of exactly one kind.
package enum InternetDetails: Equatable, Sendable {
    case webPage(WebPage)
    case email(MailIncident)
    case newsgroup(Newsgroup)
    case chat(ChatIncident)
    case game(GameIncident)
    case cellPhone(CellPhoneIncident)
    case offline(OfflineIncident)
    case peerToPeer(PeerIncident)
}

package struct WebPage: Equatable, Sendable {
    package var urls: [WebAddress] = []
    package var additionalInfo: String?
    package var isThirdPartyHosted: Bool?

    package init() {}
}

/// Each address also stands with a suspect, a recipient or a victim.
package struct MailIncident: Equatable, Sendable {
    package var addresses: [EmailAddress] = []
    package var content: String?
    package var additionalInfo: String?

    package init() {}
}

package struct Newsgroup: Equatable, Sendable {
    package var name: String?
    package var mail = MailIncident()

    package init() {}
}

package struct ChatIncident: Equatable, Sendable {
    package var client: String?
    package var room: String?
    package var content: String?
    package var additionalInfo: String?

    package init() {}
}

package struct GameIncident: Equatable, Sendable {
    package var game: String?
    package var console: String?
    package var content: String?
    package var additionalInfo: String?

    package init() {}
}

package struct CellPhoneIncident: Equatable, Sendable {
    package var phone: Phone?
    /// Degrees.
    package var latitude: Double?
    package var longitude: Double?
    package var additionalInfo: String?

    package init() {}
}

package struct OfflineIncident: Equatable, Sendable {
    package var place: String?
    package var addresses: [PostalAddress] = []
    package var additionalInfo: String?

    package init() {}
}

package struct PeerIncident: Equatable, Sendable {
    package var client: String?
    package var captures: [IPCapture] = []
    package var fileNames: String?
    package var additionalInfo: String?

    package init() {}
}

// MARK: - As elements

extension IncidentSummary: Composite {
    static let blank = IncidentSummary()
    static let parts: [Part<IncidentSummary>] = [
        .optional("incidentType", \.type),
        .optional("platform", \.platform),
        .optional("escalateToHighPriority", \.escalation),
        .flags("reportAnnotations", \.flags),
        .optional("incidentDateTime", \.dateTime),
        .optional("incidentDateTimeDescription", \.dateTimeDescription),
    ]
}

extension InternetDetails: Written {
    func element(_ shape: Shape) -> Element {
        let (name, value): (String, any Written) =
            switch self {
            case .webPage(let value): ("webPageIncident", value)
            case .email(let value): ("emailIncident", value)
            case .newsgroup(let value): ("newsgroupIncident", value)
            case .chat(let value): ("chatImIncident", value)
            case .game(let value): ("onlineGamingIncident", value)
            case .cellPhone(let value): ("cellPhoneIncident", value)
            case .offline(let value): ("nonInternetIncident", value)
            case .peerToPeer(let value): ("peer2peerIncident", value)
            }
        return Element(shape.name, holding: [value.element(shape[name])])
    }

    static func read(_ element: Element, _ shape: Shape) throws(Defect) -> Self {
        guard let child = element.children.first else { throw Defect("no place in it", .choice) }
        let place = shape[child.name]
        return switch child.name {
        case "webPageIncident": .webPage(try .read(child, place))
        case "emailIncident": .email(try .read(child, place))
        case "newsgroupIncident": .newsgroup(try .read(child, place))
        case "chatImIncident": .chat(try .read(child, place))
        case "onlineGamingIncident": .game(try .read(child, place))
        case "cellPhoneIncident": .cellPhone(try .read(child, place))
        case "nonInternetIncident": .offline(try .read(child, place))
        default: .peerToPeer(try .read(child, place))
        }
    }
}

extension WebPage: Composite {
    static let blank = WebPage()
    static let parts: [Part<WebPage>] = [
        .many("url", \.urls), .optional("additionalInfo", \.additionalInfo),
        .attribute("thirdPartyHostedContent", \.isThirdPartyHosted),
    ]
}

extension MailIncident: Composite {
    static let blank = MailIncident()
    static let parts: [Part<MailIncident>] = [
        .many("emailAddress", \.addresses), .optional("content", \.content),
        .optional("additionalInfo", \.additionalInfo),
    ]
}

extension Newsgroup: Composite {
    static let blank = Newsgroup()
    static let parts: [Part<Newsgroup>] =
        [.optional("name", \.name)] + Part.spread(\.mail, MailIncident.parts)
}

extension ChatIncident: Composite {
    static let blank = ChatIncident()
    static let parts: [Part<ChatIncident>] = [
        .optional("chatClient", \.client), .optional("chatRoomName", \.room), .optional("content", \.content),
        .optional("additionalInfo", \.additionalInfo),
    ]
}

extension GameIncident: Composite {
    static let blank = GameIncident()
    static let parts: [Part<GameIncident>] = [
        .optional("gameName", \.game), .optional("console", \.console), .optional("content", \.content),
        .optional("additionalInfo", \.additionalInfo),
    ]
}

extension CellPhoneIncident: Composite {
    static let blank = CellPhoneIncident()
    static let parts: [Part<CellPhoneIncident>] = [
        .optional("phoneNumber", \.phone), .optional("latitude", \.latitude),
        .optional("longitude", \.longitude), .optional("additionalInfo", \.additionalInfo),
    ]
}

extension OfflineIncident: Composite {
    static let blank = OfflineIncident()
    static let parts: [Part<OfflineIncident>] = [
        .optional("locationName", \.place), .many("incidentAddress", \.addresses),
        .optional("additionalInfo", \.additionalInfo),
    ]
}

extension PeerIncident: Composite {
    static let blank = PeerIncident()
    static let parts: [Part<PeerIncident>] = [
        .optional("client", \.client), .many("ipCaptureEvent", \.captures),
        .optional("fileNames", \.fileNames), .optional("additionalInfo", \.additionalInfo),
    ]
}
