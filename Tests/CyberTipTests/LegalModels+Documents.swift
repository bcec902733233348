import UploadModel

@testable import CyberTip

extension LegalModels {
    // MARK: - Report

    private mutating func user() -> ReportedUser {
        var user = ReportedUser()
        user.account = account()
        user.vehicleDescription = maybe { $0.text(300) }
        user.isThirdParty = maybe { $0.flag() }
        user.groupIdentifier = maybe { $0.text(255) }
        user.associated = some { $0.associated() }
        return user
    }

    private mutating func recipient() -> Recipient {
        var recipient = Recipient()
        recipient.account = account()
        recipient.groupIdentifier = maybe { $0.text(255) }
        return recipient
    }

    private mutating func victim() -> Victim {
        var victim = Victim()
        victim.person = person()
        victim.account = account(hasPerson: false)
        victim.schoolName = maybe { $0.text(255) }
        victim.associated = some { $0.associated() }
        return victim
    }

    private mutating func lawEnforcement() -> LawEnforcement {
        var police = LawEnforcement(agency: text(255))
        police.caseNumber = maybe { $0.text(100) }
        police.officer = maybe { ContactPerson($0.contact()) }
        police.wasReported = maybe { $0.flag() }
        police.hasDomesticProcess = maybe { $0.flag() }
        police.internationalProcess = maybe {
            var process = LawEnforcement.ForeignProcess($0.flag())
            process.country = $0.maybe { $0.one(of: Codes.countries) }
            return process
        }
        return police
    }

    private mutating func mail(_ known: [EmailAddress]) -> MailIncident {
        var mail = MailIncident()
        mail.addresses = known.filter { _ in maybe { _ in true } ?? false }
        mail.content = maybe { $0.text() }
        mail.additionalInfo = maybe { $0.text() }
        return mail
    }

    private mutating func place(_ kind: Int, _ known: [EmailAddress]) -> InternetDetails {
        switch kind % 8 {
        case 0:
            var page = WebPage()
            page.urls = some { $0.url() }
            page.additionalInfo = maybe { $0.text() }
            page.isThirdPartyHosted = maybe { $0.flag() }
            return .webPage(page)
        case 1: return .email(mail(known))
        case 2:
            var group = Newsgroup()
            group.name = maybe { $0.text(255) }
            group.mail = mail(known)
            return .newsgroup(group)
        case 3:
            var chat = ChatIncident()
            chat.client = maybe { $0.text(255) }
            chat.room = maybe { $0.text(255) }
            chat.content = maybe { $0.text() }
            chat.additionalInfo = maybe { $0.text() }
            return .chat(chat)
        case 4:
            var game = GameIncident()
            game.game = maybe { $0.text(255) }
            game.console = maybe { $0.text(255) }
            game.content = maybe { $0.text() }
            game.additionalInfo = maybe { $0.text() }
            return .game(game)
        case 5:
            var cell = CellPhoneIncident()
            cell.phone = maybe { $0.phone() }
            cell.latitude = maybe { $0.one(of: [52.5, -1e-05, 90]) }
            cell.longitude = maybe { $0.one(of: [-180, 0.1, 4.25]) }
            cell.additionalInfo = maybe { $0.text() }
            return .cellPhone(cell)
        case 6:
            var offline = OfflineIncident()
            offline.place = maybe { $0.text(255) }
            offline.addresses = some { $0.postal() }
            offline.additionalInfo = maybe { $0.text() }
            return .offline(offline)
        default:
            var peer = PeerIncident()
            peer.client = maybe { $0.text(255) }
            peer.captures = some { $0.capture() }
            peer.fileNames = maybe { $0.text() }
            peer.additionalInfo = maybe { $0.text() }
            return .peerToPeer(peer)
        }
    }

    mutating func reportModel() -> Report {
        var report = Report()
        report.incident.type = one(of: IncidentType.allCases)
        report.incident.platform = maybe { $0.text(256) }
        report.incident.escalation = maybe { $0.text(3_000) }
        report.incident.flags = flags()
        report.incident.dateTime = time()
        report.incident.dateTimeDescription = maybe { $0.text(3_000) }
        report.lawEnforcement = maybe { $0.lawEnforcement() }
        report.reporter.person = person()
        report.reporter.person.emails.append(Email(try! EmailAddress("ncmec@hosting.example")))
        report.reporter.contact = maybe { ContactPerson($0.contact()) }
        report.reporter.companyTemplate = maybe { $0.text() }
        report.reporter.termsOfService = maybe { $0.text() }
        report.reporter.legalURL = maybe { $0.url() }
        report.user = maybe { $0.user() }
        report.recipients = some { $0.recipient() }
        report.victims = some { $0.victim() }
        report.additionalInfo = maybe { $0.text() }
        let known = (report.users.map(\.account.person) + report.recipients.map(\.account.person))
            .flatMap { $0?.emails ?? [] }.map(\.address)
        switch fullness {
        case .minimal: break
        case .maximal: report.places = (0..<8).map { place($0, Array(known.prefix(1))) }
        case .random: report.places = some { $0.place(Int($0.random.next() % 8), known) }
        }
        return report
    }

    // MARK: - File

    mutating func fileModel() -> FileDetails {
        var file = FileDetails(fullness == .random ? one(of: FileRelevance.allCases) : .reported)
        if maybe({ _ in true }) ?? false {
            file.reportID = report()
            file.fileID = try! FileID(written: "0123456789abcdef0123456789abcdef")
        }
        file.originalName = maybe { $0.text(2_056) }
        file.uploadedAt = maybe { $0.time() }
        file.location = maybe { $0.url() }
        file.isViewed = maybe { $0.fullness == .maximal || $0.flag() } ?? false
        file.isExifViewed = file.isViewed && (maybe { $0.fullness == .maximal || $0.flag() } ?? false)
        file.isPubliclyAvailable = maybe { $0.flag() }
        file.flags = flags()
        if file.relevance == .reported {
            file.classification = maybe { $0.one(of: IndustryClass.allCases) }
        } else {
            file.flags.remove(.potentialMeme)
        }
        file.hashes = some { FileHash(type: $0.one(of: ["MD5", "SHA1", "PDQ"]), value: $0.text()) }
        file.capture = maybe { $0.capture() }
        file.devices = some { $0.device() }
        file.details = some {
            var details = Details([Details.Pair($0.text(64), $0.text())])
            details.type = $0.maybe { $0.one(of: DetailsType.allCases) }
            details.pairs += $0.some { Details.Pair($0.text(64), $0.text()) }
            return details
        }
        file.additionalInfo = some { $0.text() }
        return file
    }
}
