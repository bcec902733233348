import UploadModel

/// Why an exhibit is not kept otherwise, given back, destroyed or handed over.
enum KeepingRefused: WayOut, Equatable {
    case elsewhere(BundleID)
    case notDecided(BundleID)
    case notRestored(BundleID)
    case restored(BundleID)
    case waits(UploadID)
    case tooLate(UploadID)
    case samePerson
    case destroyed(BundleID)
    case noHold(String)
    case notLonger
    case nothingProposed(BundleID)
    case proposed(BundleID)
    case destruction(DestructionRefused)
    case heldInTheLog(BundleID, Hold)
    case noCertificate(BundleID)
    case noRecipient
    case nothingToExport(CaseID)
    case nothingKept(String)
    case exportFailed(String)

    var description: String {
        switch self {
        case .elsewhere(let bundle): "\(bundle) is of another node, and only its own daemon acts on it"
        case .notDecided(let bundle): "\(bundle) is not disposed of as \"not_csam\" by all who have to agree"
        case .notRestored(let bundle): "\(bundle) was not restored, so nothing is suppressed for it"
        case .restored(let bundle): "\(bundle) was restored already"
        case .waits(let order): "order \(order) is not answered yet"
        case .tooLate(let order): "too late: order \(order) is under way"
        case .samePerson: "you asked for it yourself, and it needs a second person"
        case .destroyed(let bundle): "\(bundle) was destroyed"
        case .noHold(let id): "there is no hold \(id) that could be changed so"
        case .notLonger: "nothing runs that could be extended, or it would not be longer"
        case .nothingProposed(let bundle): "nobody asked to destroy \(bundle)"
        case .proposed(let bundle): "somebody asked to destroy \(bundle) already"
        case .destruction(let why): "\(why)"
        case .heldInTheLog(let bundle, let hold):
            "a \(hold.kind.rawValue) hold of \(bundle), \(hold.id), forbids it; the custody log has it, and the desk's book lacks it"
        case .noCertificate(let bundle): "there is no certificate of \(bundle)"
        case .noRecipient: "the recipient is no age public key"
        case .nothingToExport(let id): "\(id) has nothing that could be handed over"
        case .nothingKept(let id): "nothing is kept of \(id), and so nothing was done"
        case .exportFailed(let why): "nothing was exported: \(why)"
        }
    }

    var hint: String {
        switch self {
        case .elsewhere: "do it at that node's desk"
        case .notDecided:
            "\"breakwater exhibit dispose ID not_csam --reason WHY\", a second person too where a digest agreed"
        case .notRestored: "\"breakwater exhibit restore\" gives it back and suppresses what it met"
        case .restored: "\"breakwater exhibit suppress\" or \"lift\" change what is suppressed"
        case .waits: "breakwaterd takes it when it runs; \"breakwater case show\" has its answer"
        case .tooLate: "\"breakwater case show\" has its answer"
        case .samePerson: "ask another person to type the same"
        case .destroyed: "\"breakwater destroy certificate\" shows what was done"
        case .noHold: "\"breakwater retention list\" shows the holds"
        case .notLonger: "\"breakwater retention list\" says until when it is preserved"
        case .nothingProposed: "\"breakwater destroy request\" asks for it"
        case .proposed: "approve or refuse that request"
        case .destruction: "\"breakwater retention list\" says where the exhibit stands"
        case .heldInTheLog:
            "the book may come from an old backup; \"breakwater retention hold release\" ends the hold by its id"
        case .noCertificate: "the daemon writes it when it has destroyed the exhibit"
        case .noRecipient: "it reads age1...; the recipient's \"age-keygen -y\" prints it"
        case .nothingToExport, .nothingKept:
            "\"breakwater case show\" lists its exhibits and attachments; \"exhibit attach\" preserves a file"
        case .exportFailed: "\"breakwater evidence verify\" says what is wrong with a bundle"
        }
    }

    var exitCode: ExitCode {
        switch self {
        case .samePerson, .destruction(.samePerson), .destruction(.waitsForCounsel): .waitsForSecondPerson
        case .noHold, .noRecipient: .calledWrongly
        case .waits: .mayPass
        case .exportFailed: .failed
        case .tooLate, .elsewhere, .notDecided, .notRestored, .restored, .destroyed, .notLonger,
            .nothingProposed,
            .proposed,
            .destruction, .heldInTheLog, .noCertificate, .nothingToExport, .nothingKept:
            .no
        }
    }
}
