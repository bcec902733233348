import UploadModel

// The account and its people, and where they came from.

extension ReadinessRule {
    static let ofAccount = [
        ReadinessRule("RL08", .warning, .user("espService"), "missing", from: Remedy.context("service")) {
            $0.account.service == nil
        },
        ReadinessRule(
            "RL09",
            .warning,
            .user("espIdentifier"),
            "missing",
            from: Remedy.context("uploader_ref")
        ) {
            $0.account.identifier == nil
        },
        ReadinessRule(
            "RL10",
            .warning,
            .userEmail,
            "neither an e-mail address nor a phone of the user",
            from: Remedy.context("email")
        ) { $0.person.emails.isEmpty && $0.person.phones.isEmpty },
        ReadinessRule(
            "RL10",
            .warning,
            .userEmail,
            "does not say whether the provider verified it, and when",
            from: Remedy.context("account.personOrUserReportedPerson.email.verified")
        ) { $0.person.contacts.contains { !$0.isComplete } },
        ReadinessRule(
            "RL29",
            .warning,
            .user("espIdentifier"),
            "exhibits of the same account and window are not in it, or it has several accounts",
            from: "the case"
        ) {
            let accounts = $0.report.isBatch ? 1 : max($0.report.users.count, $0.uploaders.count)
            return $0.decided.books.exhibitsLeftOut > 0 || accounts > 1
        },
        ReadinessRule(
            "RL30",
            .warning,
            .user("priorCTReports"),
            "earlier reports of the account are not named",
            from: Remedy.books
        ) { !Set($0.decided.books.priorReports).isSubset(of: $0.account.priorReports) },
        ReadinessRule(
            "RL31",
            .warning,
            .user("accountPermanentlyDisabled"),
            "does not say whether the account was disabled, and its user told",
            from: Remedy.context("account.accountPermanentlyDisabled")
        ) { !$0.account.hasState },
        ReadinessRule(
            "RL32",
            .warning,
            .user("compromisedAccount"),
            "the provider suspects that the account is compromised, and the report does not say so",
            from: Remedy.context("account.compromisedAccount")
        ) { $0.decided.books.isCompromiseSuspected && $0.account.isCompromised != true },
        ReadinessRule(
            "RL33",
            .advice,
            .user("deviceId"),
            "no devices, linked accounts or billing data",
            from: Remedy.context("account.deviceId, account.associatedAccount")
        ) { $0.account.devices.isEmpty && $0.report.users.allSatisfy(\.associated.isEmpty) },
        ReadinessRule(
            "RL34",
            .warning,
            .user("estimatedLocation"),
            "a location without the time that it was seen at",
            from: Remedy.context("account.estimatedLocation.timestamp")
        ) { $0.account.location.map { $0.timestamp == nil } ?? false },
        ReadinessRule(
            "RL35",
            .warning,
            .report.child("intendedRecipient"),
            "something was sent, and nobody is named whom it was sent to",
            from: Remedy.context("recipients")
        ) { $0.report.wasSent && $0.report.recipients.isEmpty && $0.report.victims.isEmpty },
        ReadinessRule(
            "RL43",
            .warning,
            .user("priorCTReports"),
            "the same file of the account was reported before, and that report is not named",
            from: Remedy.books
        ) { !Set($0.decided.books.reportsOfSameFile).isSubset(of: $0.account.priorReports) },
    ]

    static let ofAddresses = [
        ReadinessRule(
            "RL11",
            .warning,
            .userIP,
            "no address of the user with what happened and when",
            from: Remedy.context("ip")
        ) { !$0.account.captures.contains { $0.event != nil && $0.dateTime != nil } },
        ReadinessRule(
            "RL13",
            .warning,
            .userPort,
            "an IPv4 address may be many users'; only the source port tells which",
            from: Remedy.context("port")
        ) { $0.captures.contains { $0.address.isVersion4 && $0.port == nil } },
        ReadinessRule(
            "RL14",
            .warning,
            .userIP,
            "an address of a private network, which is a proxy's and not the user's",
            from: Remedy.context("ip")
        ) { $0.captures.contains(where: \.address.isPrivate) },
        ReadinessRule(
            "RL15",
            .advice,
            .user("ipCaptureEvent/possibleProxy"),
            "speaks of a proxy, and does not say why",
            from: Remedy.context("account.additionalInfo")
        ) { $0.captures.contains { $0.isPossibleProxy != nil } && $0.account.additionalInfo == nil },
        ReadinessRule(
            "RL16",
            .warning,
            .user("ipCaptureEvent"),
            "not both the registration and the last logins",
            from: Remedy.context("account.ipCaptureEvent")
        ) { !Set([.registration, .login]).isSubset(of: $0.account.captures.compactMap(\.event)) },
    ]
}

extension Account {
    /// Whether it says that the account is disabled or not, and of a disabled one whether its user was told.
    fileprivate var hasState: Bool {
        let states = [temporarilyDisabled, permanentlyDisabled].compactMap { $0 }
        return !states.isEmpty && states.allSatisfy { !$0.flag || $0.isUserNotified != nil }
    }
}

extension Person {
    fileprivate var contacts: [Verification] { emails.map(\.verified) + phones.map(\.verified) }
}

extension Verification {
    fileprivate var isComplete: Bool { flag == false || (flag == true && date != nil) }
}

extension Report {
    /// A mail and a chat have another end.
    fileprivate var wasSent: Bool {
        places.contains { place in
            switch place {
            case .email, .chat: true
            case .webPage, .newsgroup, .game, .cellPhone, .offline, .peerToPeer: false
            }
        }
    }
}
