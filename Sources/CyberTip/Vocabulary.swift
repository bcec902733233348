package import UploadModel

// The words that the service takes, each list closed. Those that a person decides by are in UploadModel.

/// What happened when an address or a device was seen. There is no word for a message, a download or a share.
package enum EventName: String, CaseIterable, Sendable {
    case login = "Login"
    case registration = "Registration"
    case purchase = "Purchase"
    case upload = "Upload"
    case other = "Other"
    case unknown = "Unknown"
}

package enum PhoneType: String, CaseIterable, Sendable {
    case mobile = "Mobile"
    case home = "Home"
    case business = "Business"
    case work = "Work"
    case fax = "Fax"
    case internet = "Internet"
    case recovery = "Recovery"
}

package enum EmailType: String, CaseIterable, Sendable {
    case home = "Home"
    case work = "Work"
    case business = "Business"
    case recovery = "Recovery"
}

package enum AddressType: String, CaseIterable, Sendable {
    case home = "Home"
    case business = "Business"
    case billing = "Billing"
    case shipping = "Shipping"
    case technical = "Technical"
}

package enum AssociationType: String, CaseIterable, Sendable {
    case billing = "Billing"
    case linked = "Linked"
    case business = "Business"
    case creator = "Creator"
    case parentOrGuardian = "Parent/Guardian"
    case other = "Other"
}

package enum DetailsType: String, CaseIterable, Sendable {
    case exif = "EXIF"
    case hash = "HASH"
}

package enum FileRelevance: String, CaseIterable, Sendable {
    /// Also what the service assumes where nothing is said, so we always say it.
    case reported = "Reported"
    /// Context: a chat log, a screenshot.
    case supplemental = "Supplemental Reported"
}

extension ReportFlag: Dated {
    package var since: SchemaProfile {
        switch self {
        case .sextortion, .csamSolicitation, .minorToMinorInteraction, .spam, .sadisticOnlineExploitation:
            .november2025
        case .informational, .potentialAggravatingFactors, .instrumentalUse: .august2026
        }
    }
}

extension FileFlag: Dated {}

extension CaseIterable where Self: RawRepresentable<String> {
    static var literals: [String] { allCases.map(\.rawValue) }
}

/// Codes of places. What the schema takes beyond these, an empty string and geo-IP's pseudo countries, says nothing.
enum Codes {
    /// - Source: ISO 3166-1 alpha-2.
    static let countries = words(
        """
        AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY
        BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK
        FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR
        IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK
        ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM
        PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF
        TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
        """
    )

    /// The fifty states, the district and three territories; the schema has no others.
    static let states = words(
        """
        AL AK AZ AR CA CO CT DE DC FL GA GU HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND
        OH OK OR PA PR RI SC SD TN TX UT VT VA VI WA WV WI WY
        """
    )

    private static func words(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map(String.init)
    }
}
