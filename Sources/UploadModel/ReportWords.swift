// The words of a report that a person decides by; the service's own spelling, each list closed.

/// What kind of incident a report is about.
package enum IncidentType: String, CaseIterable, Sendable {
    /// The only one that software proposes.
    case possessionManufactureDistribution = "Child Pornography (possession, manufacture, and distribution)"
    case trafficking = "Child Sex Trafficking"
    case tourism = "Child Sex Tourism"
    case molestation = "Child Sexual Molestation"
    case misleadingDomainName = "Misleading Domain Name"
    case misleadingWords = "Misleading Words or Digital Images on the Internet"
    case enticement = "Online Enticement of Children for Sexual Acts"
    case unsolicitedMaterial = "Unsolicited Obscene Material Sent to a Child"
}

/// A state of the service's schema, by the month that it was seen in. An old one never emits what came later.
package enum SchemaProfile: String, CaseIterable, Comparable, Sendable {
    case november2025 = "2025-11"
    /// What readers of the documentation of 2026 have reported, and no schema has shown yet.
    case august2026 = "2026-08"

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// What a report may be marked as; a person's statement.
package enum ReportFlag: String, CaseIterable, Sendable {
    case sextortion, csamSolicitation, minorToMinorInteraction, spam, sadisticOnlineExploitation
    case informational
    /// These two were reported by one reader, who did not say what they are nested in.
    case potentialAggravatingFactors, instrumentalUse
}

/// What a person says of a case as such: a flag of its report, or what the report has to speak of elsewhere.
package enum CaseMark: RawRepresentable, CaseIterable, Hashable, Sendable {
    case flag(ReportFlag)
    /// Somebody else than its holder may have used the account.
    case compromiseSuspected
    /// Police asked or told the provider, which did not find it by itself.
    case leadFromPolice

    package static let allCases =
        ReportFlag.allCases.map(Self.flag) + [.compromiseSuspected, .leadFromPolice]

    package init?(rawValue: String) {
        guard let found = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
        self = found
    }

    package var rawValue: String {
        switch self {
        case .flag(let flag): flag.rawValue
        case .compromiseSuspected: "compromiseSuspected"
        case .leadFromPolice: "leadFromPolice"
        }
    }
}

/// The letter is the apparent age (A before, B in puberty), the digit the content (1 a sexual act, 2 lascivious
/// exhibition). Filled in only by a provider that has signed the industry's agreement.
package enum IndustryClass: String, CaseIterable, Sendable {
    case a1 = "A1"
    case a2 = "A2"
    case b1 = "B1"
    case b2 = "B2"
}

/// What a file may be marked as; a person's statement, never a list's.
package enum FileFlag: String, CaseIterable, Sendable {
    case animeDrawingVirtualHentai, potentialMeme, viral, possibleSelfProduction, physicalHarm, violenceGore
    case bestiality, liveStreaming, infant, generativeAi
}
