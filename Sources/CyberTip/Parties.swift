// The accounts of a report, each with what only it can say.

/// The account that is reported; investigators see it as the suspect.
package struct ReportedUser: Equatable, Sendable {
    package var account = Account()
    package var vehicleDescription: String?
    /// Whether the user is one of another service.
    package var isThirdParty: Bool?
    package var groupIdentifier: String?
    package var associated: [AssociatedAccount] = []

    package init() {}

    package var isEmpty: Bool { self == ReportedUser() }
}

/// An account that was sent what is reported.
package struct Recipient: Equatable, Sendable {
    package var account = Account()
    package var groupIdentifier: String?

    package init() {}
}

package struct Victim: Equatable, Sendable {
    package var person = Person()
    /// Its own `person` stays empty.
    package var account = Account()
    package var schoolName: String?
    package var associated: [AssociatedAccount] = []

    package init() {}
}

/// An account that belongs to another: who pays, a linked profile, a parent's.
package struct AssociatedAccount: Equatable, Sendable {
    package var type: AssociationType
    package var platform: Platform?
    package var middleName: String?
    /// Names, approximate age or date of birth (not both), and ways to reach.
    package var person = Person()
    /// Its own `person` stays empty, and it has no estimated location.
    package var account = Account()
    package var groupIdentifier: String?

    package init(_ type: AssociationType) { self.type = type }

    package struct Platform: Equatable, Sendable {
        package var name: String
        package var isThirdPartyUser: Bool?

        package init(_ name: String) { self.name = name }
    }
}

// MARK: - As elements

extension ReportedUser: Composite {
    static let blank = ReportedUser()
    static let parts: [Part<ReportedUser>] =
        Part.spread(\.account, Account.parts("personOrUserReportedPerson")) + [
            .optional("vehicleDescription", \.vehicleDescription),
            .optional("thirdPartyUserReported", \.isThirdParty),
            .optional("groupIdentifier", \.groupIdentifier),
            .many("associatedAccount", \.associated),
        ]
}

extension Recipient: Composite {
    static let blank = Recipient()
    static let parts: [Part<Recipient>] =
        Part.spread(\.account, Account.parts("intendedRecipientPerson")) + [
            .optional("groupIdentifier", \.groupIdentifier)
        ]
}

extension Victim: Composite {
    static let blank = Victim()
    static let parts: [Part<Victim>] =
        [.one("victimPerson", \.person)] + Part.spread(\.account, Array(Account.parts("").dropFirst())) + [
            .optional("schoolName", \.schoolName), .many("associatedAccount", \.associated),
        ]
}

extension AssociatedAccount: Composite {
    static let blank = AssociatedAccount(.other)
    static let parts: [Part<AssociatedAccount>] =
        [
            .attribute("type", \.type),
            .optional("platform", \.platform),
            .optional("firstName", \.person.firstName),
            .optional("middleName", \.middleName),
            .optional("lastName", \.person.lastName),
            .optional("approximateAge", \.person.age),
            .optional("dateOfBirth", \.person.dateOfBirth),
            .many("phone", \.person.phones),
            .many("email", \.person.emails),
            .many("address", \.person.addresses),
            .optional("groupIdentifier", \.groupIdentifier),
            // In the singular here, unlike everywhere else.
            .many("priorCTReport", \.account.priorReports),
        ] + Part.spread(\.account, Account.parts("").filter { !absent.contains($0.name) })

    private static let absent: Set = ["", "priorCTReports", "estimatedLocation"]
}

extension AssociatedAccount.Platform: Composite {
    static let blank = AssociatedAccount.Platform("")
    static let parts: [Part<AssociatedAccount.Platform>] = [
        .text(\.name), .attribute("thirdPartyUser", \.isThirdPartyUser),
    ]
}
