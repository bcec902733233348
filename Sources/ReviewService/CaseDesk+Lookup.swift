import CyberTip
import Digests
import JSONText
import LinuxIO
import UploadModel

// What the site's own records say of an account: asked once for every case, and again when a person wants it. Whatever
// comes of it, a draft is made.

extension CaseDesk {
    private var service: LookupSettings { configuration.settings.desk.lookup }

    /// `case lookup CASE`: asks again.
    func lookUp(_ request: DeskRequest, _ staff: Staff) throws -> DeskAnswer {
        guard !service.socket.isEmpty else { throw LookupRefused.noService }
        let id = try subject(of: request).case
        guard let account = try book.read({ try $0.case(id)?.account }) else {
            throw LookupRefused.noAccount(id)
        }
        try alone { try rehearseLookup(of: id, by: staff) }
        return try answer(to: ask(about: account, id, staff), about: id)
    }

    /// Refuses whoever may not, before anybody is asked.
    private func rehearseLookup(of id: CaseID, by staff: Staff) throws {
        let example = AccountLookup(id: .fresh(at: now), outcome: .failed(.unreachable))
        try rehearse([.lookedUp(example)], after: review(of: id), by: staff)
    }

    private func answer(to lookup: AccountLookup, about id: CaseID) throws -> DeskAnswer {
        let text =
            if let failure = lookup.failure {
                "\(id): \(failure.sentence)"
            } else {
                "\(id): answered; \"report lint\" says what it adds"
            }
        var answer = said(id, try review(of: id), text, ["lookup": .string(lookup.word)])
        if !lookup.isAnswered { answer.code = .mayPass }
        return answer
    }

    /// Asks about the accounts of cases for which nobody has been asked, a few at a time; each once, whatever comes of it.
    ///
    /// - Returns: What could not be asked, for the operator.
    package func lookUpNews() throws -> [String] {
        guard !service.socket.isEmpty else { return [] }
        var trouble: [String] = []
        for known in try book.read({ try $0.casesToLookUp(atMost: 8) }) {
            guard let account = known.account else { continue }
            guard let failure = try ask(about: account, known.id, .desk).failure else { continue }
            trouble.append("\(known.id): \(failure.sentence)")
            // One that hangs would keep the others waiting as long, each.
            if failure == .timedOut { break }
        }
        return trouble
    }

    /// The custody log has that somebody asks before anybody is asked; the answer is sealed on the disk, then its row.
    private func ask(about account: AccountKey, _ id: CaseID, _ staff: Staff) throws -> AccountLookup {
        let lookupID = UploadID.fresh(at: now)
        try alone(for: staff) { try log.append([asking(lookupID, about: id, staff)]) }
        let (outcome, bytes) = answer(about: account)
        let lookup = AccountLookup(id: lookupID, outcome: outcome)
        if let bytes { try files.keep(answer: bytes, as: lookup.id) }
        do {
            try alone(for: staff) { _ = try record([.lookedUp(lookup)], on: id, by: staff) }
        } catch {
            if bytes != nil { try files.remove(answer: lookup.id) }
            throw error
        }
        return lookup
    }

    private func asking(_ lookup: UploadID, about id: CaseID, _ staff: Staff) -> CustodyStatement {
        CustodyStatement(
            at: now,
            .contextAsked,
            by: actor(staff),
            about: CustodySubject(case: id),
            reason: "asking",
            references: ["lookup": "\(lookup)"]
        )
    }

    /// Nothing but the account goes over the socket: the service learns neither why nor about what.
    private func answer(about account: AccountKey) -> (AccountLookup.Outcome, [UInt8]?) {
        do {
            let bytes = try LocalQuestion.line(
                answering: account.question,
                from: service.socket,
                within: service.timeout,
                limit: Int(service.largest)
            )
            _ = try AccountAnswer(reading: bytes, about: account, at: now)
            return (.answered(sha256: DigestSet(of: bytes).sha256?.hex ?? ""), bytes)
        } catch let failure as AccountLookup.Failure {
            return (.failed(failure), nil)
        } catch {
            let error = error as? SyscallError
            let failure: AccountLookup.Failure =
                error?.isTooLarge == true ? .tooLarge : error?.isTimedOut == true ? .timedOut : .unreachable
            return (.failed(failure), nil)
        }
    }

    /// Puts the answer, or why there is none, into what a report is made from.
    func consult(about id: CaseID, _ review: Review, _ decided: inout Decisions) throws {
        guard let account = try book.read({ try $0.case(id)?.account }) else { return }
        guard let lookup = review.lookup, let at = review.lookedUpAt else {
            if !service.socket.isEmpty { decided.findings.append(.lookup(.advice, "was not asked yet", id)) }
            return
        }
        switch lookup.outcome {
        case .failed(let failure): decided.findings.append(.lookup(.warning, failure.problem, id))
        case .answered(let sha256):
            try say(opening: ["lookup": "\(lookup.id)"], of: id)
            do {
                let bytes = try files.answer(lookup.id, sha256: sha256)
                decided.answer = try AccountAnswer(reading: bytes, about: account, at: at)
            } catch let failure as AccountLookup.Failure {
                // Since it was asked, the case may have learned of which service its account is.
                decided.findings.append(.lookup(.warning, failure.problem, id))
            } catch {
                decided.findings.append(
                    .lookup(.warning, "answered, and the kept answer cannot be read: \(error)", id)
                )
            }
        }
    }
}

extension AccountKey {
    /// The line that the service is asked with.
    fileprivate var question: [UInt8] {
        var object: JSONObject = ["schema": "breakwater-lookup-1", "uploader_ref": .string(ref)]
        object["service"] = service.map { .string($0) }
        return JSONValue.object(object).canonical
    }
}

extension Finding {
    fileprivate static func lookup(_ severity: Severity, _ problem: String, _ id: CaseID) -> Finding {
        Finding(
            rule: nil,
            severity: severity,
            field: Field("report/personOrUserReported"),
            problem: "the look-up service \(problem)",
            remedy: "\"breakwater case lookup \(id)\", once the service answers"
        )
    }
}

extension AccountLookup.Failure {
    fileprivate var sentence: String {
        "the look-up service \(problem); desk.lookup in breakwater.toml names it"
    }

    fileprivate var problem: String {
        switch self {
        case .unreachable: "could not be reached"
        case .timedOut: "did not answer in time, desk.lookup_timeout"
        case .tooLarge: "answered with more than desk.lookup_largest"
        case .malformed: "answered with something else than one line that holds a JSON object"
        case .otherAccount: "answered about another account than it was asked about"
        }
    }
}

/// Why nobody is asked about an account.
enum LookupRefused: WayOut, Equatable {
    case noService
    case noAccount(CaseID)

    var description: String {
        switch self {
        case .noService: "no look-up service is named"
        case .noAccount(let id): "\(id) names no account"
        }
    }

    var hint: String {
        switch self {
        case .noService: "desk.lookup in breakwater.toml names its socket"
        case .noAccount: "\"uploader_ref\" in NAME.meta.json would have named it"
        }
    }

    var exitCode: ExitCode { .calledWrongly }
}
