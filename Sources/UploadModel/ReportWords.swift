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
