// A person, and how to reach one.

package struct Person: Equatable, Sendable {
    package var firstName: String?
    package var lastName: String?
    package var phones: [Phone] = []
    package var emails: [Email] = []
    package var addresses: [PostalAddress] = []
    package var age: Int?
    /// Whether the stated age and the apparent one disagree; later profiles only.
    package var hasAgeDiscrepancy: Bool?
    package var dateOfBirth: CalendarDate?

    package init() {}

    package var isEmpty: Bool { self == Person() }

    /// Whether somebody who has to call would know whom, and how.
    var isReachable: Bool {
        (firstName ?? lastName) != nil && !(phones.isEmpty && emails.isEmpty)
    }
}

/// Also a number that police can call; a contact person has no age.
package struct Phone: Equatable, Sendable {
    package var number: String
    package var type: PhoneType?
    package var verified = Verification()
    package var callingCode: CallingCode?
    package var `extension`: String?

    package init(_ number: String) { self.number = number }
}

package struct Email: Equatable, Sendable {
    package var address: EmailAddress
    package var type: EmailType?
    package var verified = Verification()

    package init(_ address: EmailAddress) { self.address = address }
}

/// Whether the provider has verified something, and when; `nil` where that is not known.
package struct Verification: Equatable, Sendable {
    package var flag: Bool?
    package var date: ZonedTime?

    package init(_ flag: Bool? = nil, at date: ZonedTime? = nil) {
        self.flag = flag
        self.date = date
    }
}

package struct PostalAddress: Equatable, Sendable {
    package var type: AddressType?
    package var street: String?
    package var city: String?
    package var zipCode: String?
    /// Two letters, United States only.
    package var state: String?
    package var region: String?
    /// ISO 3166-1 alpha-2.
    package var country: String?

    package init() {}
}

// MARK: - As elements

extension Person: Composite {
    static let blank = Person()
    static let parts: [Part<Person>] = [
        .optional("firstName", \.firstName),
        .optional("lastName", \.lastName),
        .many("phone", \.phones),
        .many("email", \.emails),
        .many("address", \.addresses),
        .optional("age", \.age),
        .optional("ageAssertionDiscrepancy", \.hasAgeDiscrepancy),
        .optional("dateOfBirth", \.dateOfBirth),
    ]
}

/// Whom to call: a person of whom only a name and ways to reach are said.
package struct ContactPerson: Equatable, Sendable, Composite {
    package var person: Person

    package init(_ person: Person) { self.person = person }

    static let blank = ContactPerson(Person())
    static let parts = Part.spread(\ContactPerson.person, Array(Person.parts.prefix(5)))
}

extension Phone: Composite {
    static let blank = Phone("")
    static let parts: [Part<Phone>] =
        [.text(\.number), .attribute("type", \.type)] + Part.spread(\.verified, Verification.parts) + [
            .attribute("countryCallingCode", \.callingCode), .attribute("extension", \.extension),
        ]
}

extension Email: Composite {
    static let blank = Email(.blank)
    static let parts: [Part<Email>] =
        [.text(\.address), .attribute("type", \.type)] + Part.spread(\.verified, Verification.parts)
}

extension Verification {
    fileprivate static let parts: [Part<Verification>] = [
        .attribute("verified", \.flag), .attribute("verificationDate", \.date),
    ]
}

extension PostalAddress: Composite {
    static let blank = PostalAddress()
    static let parts: [Part<PostalAddress>] = [
        .attribute("type", \.type),
        .optional("address", \.street),
        .optional("city", \.city),
        .optional("zipCode", \.zipCode),
        .optional("state", \.state),
        .optional("nonUsaState", \.region),
        .optional("country", \.country),
    ]
}
