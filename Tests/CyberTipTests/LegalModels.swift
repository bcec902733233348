import UploadModel

@testable import CyberTip

/// Makes models that keep every rule: with nothing that may be absent, with everything, or with anything.
struct LegalModels {
    enum Fullness {
        case minimal, maximal, random
    }

    let fullness: Fullness
    var random: SplitMix64
    private(set) var count = 0
    private(set) var hasAge = false

    init(_ fullness: Fullness, seed: UInt64 = 0) {
        self.fullness = fullness
        random = SplitMix64(state: seed)
    }

    // MARK: - How much

    mutating func maybe<Value>(_ make: (inout Self) -> Value) -> Value? {
        switch fullness {
        case .minimal: nil
        case .maximal: make(&self)
        case .random: random.next() % 3 == 0 ? make(&self) : nil
        }
    }

    mutating func some<Value>(_ make: (inout Self) -> Value) -> [Value] {
        let most =
            switch fullness {
            case .minimal: 0
            case .maximal: 2
            case .random: Int(random.next() % 3)
            }
        return (0..<most).map { _ in make(&self) }
    }

    mutating func one<Value>(of values: [Value]) -> Value {
        if fullness == .random { return values[Int(random.next() % UInt64(values.count))] }
        count += 1
        return values[count % values.count]
    }

    mutating func flags<Flag: CaseIterable & Hashable>() -> Set<Flag> {
        Set(Flag.allCases.filter { _ in maybe { _ in true } ?? false })
    }

    // MARK: - Scalars

    /// Up to `longest` UTF-16 units, from everywhere; never blank.
    mutating func text(_ longest: Int = 300) -> String {
        count += 1
        guard fullness == .random else { return "text \(count)" }
        var text = one(of: hostile + ["00123", "1e5", "0x1f", "true", " a "]).legalInXML
        while random.next() % 2 == 0 {
            let scalar = Unicode.Scalar(UInt32(random.next() % 0x11_0000)) ?? "é"
            text += String(scalar).legalInXML
        }
        while text.utf16.count > longest { text.unicodeScalars.removeLast() }
        return text.isBlank ? "x" : text
    }

    mutating func flag() -> Bool { one(of: [true, false]) }

    mutating func time() -> ZonedTime {
        let zone = one(of: ["Z", "+01:00", "-11:30"])
        let second = fullness == .random ? Int(random.next() % 60) : 7
        return try! ZonedTime(
            "2025-0\(1 + second % 9)-1\(second % 10)T1\(second % 10):00:\(10 + second % 50)\(zone)"
        )
    }

    mutating func date() -> CalendarDate { try! CalendarDate(one(of: ["1990-02-28", "2004-02-29"])) }

    mutating func url() -> WebAddress {
        try! WebAddress(one(of: ["https://a.example/p?a=1&b=2", "http://b.example:8080/"]))
    }

    mutating func address() -> EmailAddress {
        try! EmailAddress(one(of: ["a@mail.example", "o'neil+1@mail.example", "b@mail.example"]))
    }

    mutating func report() -> ReportID { ReportID(one(of: [1, 9_007_199_254_740_993, .max])) }

    // MARK: - Parts

    mutating func verification() -> Verification {
        guard let flag = maybe({ $0.fullness == .maximal || $0.flag() }) else { return Verification() }
        return Verification(flag, at: flag ? maybe { $0.time() } : nil)
    }

    mutating func email() -> Email {
        var email = Email(address())
        email.type = maybe { $0.one(of: EmailType.allCases) }
        email.verified = verification()
        return email
    }

    mutating func phone() -> Phone {
        var phone = Phone(one(of: ["20 555 0100", "00123", "(555) 0100"]))
        phone.type = maybe { $0.one(of: PhoneType.allCases) }
        phone.verified = verification()
        phone.callingCode = maybe { try! CallingCode($0.one(of: ["+31", "+1"])) }
        phone.extension = maybe { $0.one(of: ["7", "0123456789"]) }
        return phone
    }

    mutating func postal() -> PostalAddress {
        var address = PostalAddress()
        address.type = maybe { $0.one(of: AddressType.allCases) }
        address.street = maybe { $0.text(255) }
        address.city = maybe { $0.text(100) }
        address.zipCode = maybe { $0.text(20) }
        address.state = maybe { $0.one(of: Codes.states) }
        address.region = maybe { $0.text(100) }
        address.country = maybe { $0.one(of: Codes.countries) }
        return address
    }

    mutating func contact() -> Person {
        var person = Person()
        person.firstName = maybe { $0.text(100) }
        person.lastName = maybe { $0.text(100) }
        person.phones = some { $0.phone() }
        person.emails = some { $0.email() }
        person.addresses = some { $0.postal() }
        return person
    }

    mutating func person() -> Person {
        var person = contact()
        person.age = maybe { $0.one(of: [0, 17, 150]) }
        person.hasAgeDiscrepancy = maybe { $0.flag() }
        person.dateOfBirth = maybe { $0.date() }
        return person
    }

    mutating func capture() -> IPCapture {
        var capture = IPCapture(
            address: try! IPAddress(one(of: ["192.0.2.7", "2001:db8::1", "::ffff:192.0.2.7"]))
        )
        capture.event = maybe { $0.one(of: EventName.allCases) }
        capture.dateTime = maybe { $0.time() }
        capture.isPossibleProxy = maybe { $0.flag() }
        capture.port = maybe { try! Port($0.one(of: ["1", "65535"])) }
        return capture
    }

    mutating func device() -> Device {
        var device = Device(type: text(255), value: text(2_083))
        device.event = maybe { $0.one(of: EventName.allCases) }
        device.dateTime = maybe { $0.time() }
        return device
    }

    mutating func disabled(isPermanent: Bool) -> Disabled {
        var disabled = Disabled(flag())
        disabled.isUserNotified = maybe { $0.flag() }
        disabled.date = maybe { _ in try! ZonedTime("2025-02-01T00:00:00Z") }
        disabled.notifiedDate = maybe { _ in try! ZonedTime("2025-02-01T01:00:00+01:00") }
        if !isPermanent { disabled.reenabledDate = maybe { _ in try! ZonedTime("2025-02-01T00:00:01Z") } }
        return disabled
    }

    mutating func location() -> EstimatedLocation {
        var location = EstimatedLocation(country: one(of: ["US", "NL"]))
        location.city = maybe { $0.text(255) }
        let isAmerican = location.country == "US"
        location.region = isAmerican ? one(of: Codes.states) : maybe { $0.text(255) }
        location.isVerified = maybe { $0.flag() }
        location.timestamp = maybe { $0.time() }
        return location
    }

    mutating func account(hasPerson: Bool = true, hasLocation: Bool = true) -> Account {
        var account = Account()
        if hasPerson { account.person = maybe { $0.person() } }
        account.identifier = maybe { $0.text(255) }
        account.service = maybe { $0.text(100) }
        account.isCompromised = maybe { $0.flag() }
        account.screenName = maybe { $0.text(256) }
        account.displayNames = some { $0.text(255) }
        account.profileURLs = some { $0.url() }
        account.profileBio = maybe { $0.text() }
        account.captures = some { $0.capture() }
        account.devices = some { $0.device() }
        account.priorReports = some { $0.report() }
        account.temporarilyDisabled = maybe { $0.disabled(isPermanent: false) }
        account.permanentlyDisabled = maybe { $0.disabled(isPermanent: true) }
        if hasLocation { account.location = maybe { $0.location() } }
        account.hasAllEmails = maybe { $0.flag() }
        account.additionalInfo = maybe { $0.text() }
        return account
    }

    mutating func associated() -> AssociatedAccount {
        var other = AssociatedAccount(one(of: AssociationType.allCases))
        other.platform = maybe {
            var platform = AssociatedAccount.Platform($0.text(256))
            platform.isThirdPartyUser = $0.maybe { $0.flag() }
            return platform
        }
        other.person = contact()
        other.middleName = maybe { $0.text(256) }
        hasAge.toggle()
        if hasAge {
            other.person.age = maybe { _ in 40 }
        } else {
            other.person.dateOfBirth = maybe { $0.date() }
        }
        other.account = account(hasPerson: false, hasLocation: false)
        other.groupIdentifier = maybe { $0.text(255) }
        return other
    }
}
