package import LinuxIO
package import UploadModel

/// Somebody who can open evidence.
package struct Custodian: Hashable, Sendable {
    /// The name of the key's file, or the fingerprint where the settings hold the key itself.
    package let name: String
    package let recipient: AgeRecipient
}

/// The public keys of a deployment, read from its settings.
package struct SealingKeys: Equatable, Sendable {
    package let custodians: [Custodian]
    package let review: AgeRecipient?
    /// The key of a demonstration, whose private half lies beside its deployment.
    package let demonstration: AgeRecipient?

    package init(custodians: [Custodian], review: AgeRecipient? = nil, demonstration: AgeRecipient? = nil) {
        (self.custodians, self.review, self.demonstration) = (custodians, review, demonstration)
    }

    /// Reads the recipients, and of the demonstration's identity its public half.
    ///
    /// - Throws: ``EvidenceRefused``, `SyscallError`.
    package init(reading settings: EvidenceSettings) throws {
        custodians = try Self.custodians(settings.custodians)
        review = try settings.review.isEmpty ? nil : Self.recipient(settings.review, key: "evidence.review")
        demonstration = try Self.demonstrationIdentity(settings)?.recipient
        let all = custodians.map(\.recipient) + [demonstration].compactMap(\.self)
        guard Set(all).count == all.count else { throw EvidenceRefused.sameKeyTwice }
        guard !all.isEmpty else { throw EvidenceRefused.noKeys }
    }

    /// The identity that `breakwater init` made; `nil` where the settings name none.
    package static func demonstrationIdentity(_ settings: EvidenceSettings) throws -> AgeIdentity? {
        let path = settings.demonstrationKey
        guard !path.isEmpty else { return nil }
        let text = try readable("evidence.demonstration_key") { () throws(SyscallError) in
            try Descriptor.open(path).readAll(limit: 64 * 1_024, subject: path)
        }
        guard let identity = try? AgeIdentity.all(inFile: String(decoding: text, as: UTF8.self)).first else {
            throw EvidenceRefused.notAnIdentity(file: path)
        }
        return identity
    }

    /// Whom evidence is sealed to: every custodian, and the desk. The demonstration's key stands in for what is missing.
    ///
    /// - Throws: ``EvidenceRefused/noKeys`` where custodians took away every key that the settings name.
    package func audiences() throws(EvidenceRefused) -> Audiences {
        let able = custodians.map(\.recipient) + [demonstration].compactMap(\.self)
        guard !able.isEmpty else { throw .noKeys }
        return Audiences(custodians: able, review: [review ?? demonstration].compactMap(\.self))
    }

    /// Whom the case desk seals its own files to: the custodians, and itself. Reads no private key. The desk's own stands
    /// in for custodians that the settings do not name, as only a demonstration's may.
    ///
    /// - Parameter retired: Fingerprints that nothing is sealed to any more.
    /// - Throws: ``EvidenceRefused``, also where no other key is named than retired ones.
    package static func audiences(
        ofDesk identity: AgeIdentity,
        _ settings: EvidenceSettings,
        without retired: Set<String> = []
    ) throws -> Audiences {
        let named = try custodians(settings.custodians).map(\.recipient)
        let custodians = named.filter { !retired.contains($0.fingerprint) }
        guard named.isEmpty || !custodians.isEmpty else { throw EvidenceRefused.noKeys }
        let desk = [identity.recipient]
        return Audiences(custodians: custodians.isEmpty ? desk : custodians, review: desk)
    }

    /// Whether what matches a list of real values may be sealed with these keys.
    package var mayServeRealLists: Bool { demonstration == nil && custodians.count >= 2 }

    /// What stands against these keys beside these lists and in this environment.
    ///
    /// - Throws: ``EvidenceRefused``.
    package func check(_ environment: Environment, _ lists: [ListSource]) throws(EvidenceRefused) {
        if demonstration != nil, environment == .production { throw .demonstrationInProduction }
        if let real = lists.first(where: { !$0.synthetic }) { try checkServing(real.name) }
    }

    /// - Parameter list: A list of real values.
    /// - Throws: ``EvidenceRefused`` where what matches it may not be sealed with these keys.
    package func checkServing(_ list: String) throws(EvidenceRefused) {
        if mayServeRealLists { return }
        if demonstration != nil { throw .demonstrationBesideRealList(list) }
        throw .tooFewCustodians(list: list, found: custodians.count)
    }
}

extension SealingKeys {
    private static func custodians(_ keys: CustodianKeys) throws -> [Custodian] {
        switch keys {
        case .recipients(let texts):
            return try texts.map { text in
                let recipient = try recipient(text, key: "evidence.custodians")
                return Custodian(name: recipient.fingerprint, recipient: recipient)
            }
        case .directory(let path):
            return try names(in: path).map { name in
                let file = "\(path)/\(name)"
                let text = try readable("evidence.custodians") { () throws(SyscallError) in
                    try Descriptor.open(file).readAll(limit: 64 * 1_024, subject: file)
                }
                return Custodian(name: String(name.dropLast(4)), recipient: try recipient(inFile: text, file))
            }
        }
    }

    private static func names(in path: String) throws -> [String] {
        var names: [String] = []
        let directory = try readable("evidence.custodians") { () throws(SyscallError) in
            try Descriptor.directory(path)
        }
        var entries = try DirectoryEntries(of: directory, subject: path)
        while let entry = try entries.next() {
            let name = String(decoding: entry.name, as: UTF8.self)
            if name.hasSuffix(".pub"), !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    private static func readable<Found: ~Copyable>(
        _ key: String,
        _ body: () throws(SyscallError) -> Found
    ) throws(EvidenceRefused) -> Found {
        do { return try body() } catch { throw .unreadable(key: key, error) }
    }

    /// The one recipient among a file's lines; lines that begin with `#` are comments.
    private static func recipient(inFile text: [UInt8], _ file: String) throws -> AgeRecipient {
        let lines = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline)
            .filter { !$0.hasPrefix("#") }
        guard let line = lines.first, lines.count == 1 else {
            throw EvidenceRefused.notOneRecipient(file: file)
        }
        return try recipient(String(line.filter { !$0.isWhitespace }), key: file)
    }

    private static func recipient(_ text: String, key: String) throws(EvidenceRefused) -> AgeRecipient {
        do {
            return try AgeRecipient(text: text)
        } catch {
            throw .notARecipient(key: key)
        }
    }
}

/// Why evidence cannot be sealed as the settings say, with the way out.
package enum EvidenceRefused: WayOut, Equatable {
    case noKeys
    case notARecipient(key: String)
    case notOneRecipient(file: String)
    case notAnIdentity(file: String)
    case unreadable(key: String, SyscallError)
    case sameKeyTwice
    case demonstrationInProduction
    case demonstrationBesideRealList(String)
    case tooFewCustodians(list: String, found: Int)

    package var description: String {
        switch self {
        case .noKeys:
            "evidence.custodians names no key that is not retired, so nothing that matches could be sealed"
        case .notARecipient(let key): "\(key): not an age recipient, age1... with 62 characters"
        case .notOneRecipient(let file): "\(file): holds not exactly one age recipient"
        case .notAnIdentity(let file): "\(file): not an age identity"
        case .unreadable(let key, let error): "\(key): \(error)"
        case .sameKeyTwice: "evidence.custodians and evidence.demonstration_key name a key twice"
        case .demonstrationInProduction:
            "evidence.demonstration_key is set, and environment is \"production\""
        case .demonstrationBesideRealList(let list):
            "evidence.demonstration_key is set, and list \(list) is not synthetic"
        case .tooFewCustodians(let list, let found):
            "list \(list) is not synthetic, and evidence.custodians holds \(found) of the two keys that it needs"
        }
    }

    package var hint: String {
        switch self {
        case .noKeys, .tooFewCustodians:
            "each custodian runs \"age-keygen -o KEY\" on a machine of their own and hands over the line age1...; "
                + "name two such keys in evidence.custodians"
        case .notARecipient, .notOneRecipient:
            "a custodian's public key is the line that \"age-keygen -y KEY\" prints"
        case .unreadable(let key, _):
            "make what \(key) names, or name what is there; the daemon's user must be able to read it"
        case .notAnIdentity: "\"breakwater init\" makes one for a demonstration"
        case .sameKeyTwice: "each custodian needs a key that nobody else has"
        case .demonstrationInProduction, .demonstrationBesideRealList:
            "take demonstration_key out and name two custodians in evidence.custodians: the demonstration's private "
                + "key lies beside the evidence that it opens"
        }
    }

    package var exitCode: ExitCode { .settingsRefused }
}
