/// The invented provider of the shipped settings. A report of production that names it would send police to nobody.
package enum ShippedPlaceholders {
    package static let person = (firstName: "Alex", lastName: "Example")
    package static let phone = "+1 555 0100"
    package static let company = "Example Photos, Inc."
    /// A domain that is set aside for examples (RFC 2606).
    package static let domain = "example.com"

    package static func isIn(_ address: String) -> Bool { address.lowercased().contains(domain) }
}

extension ReportSettings {
    /// The keys of `[report]` whose values are still the shipped ones.
    package var placeholders: [String] {
        [
            ("company", company == ShippedPlaceholders.company),
            ("last_name", (firstName, lastName) == ShippedPlaceholders.person),
            ("email", ShippedPlaceholders.isIn(email)), ("phone", phone == ShippedPlaceholders.phone),
            ("company_template", ShippedPlaceholders.isIn(companyTemplate)),
            ("legal_url", ShippedPlaceholders.isIn(legalURL)),
        ].filter(\.1).map { "report.\($0.0)" }
    }
}
