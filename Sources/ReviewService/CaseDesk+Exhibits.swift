import Digests
import JSONText
import LinuxIO
import UploadModel
import VaultStore

// What a person finds of an exhibit, and what they put beside it.

extension CaseDesk {
    func classify(_ request: DeskRequest, _ staff: Staff) throws -> DeskAnswer {
        let (id, bundle) = try exhibit(of: request)
        let found = try request.value("class", "A1, A2, B1 or B2") {
            IndustryClass(rawValue: $0.uppercased())
        }
        let review = try record([.classified(bundle, found)], on: id, by: staff)
        return said(id, review, "\(bundle): classified \(found.rawValue); it is in the report")
    }

    func annotate(_ request: DeskRequest, _ staff: Staff) throws -> DeskAnswer {
        let (id, bundle) = try exhibit(of: request)
        let names = try request.list("flags")
        let flags = names.compactMap(FileFlag.init(rawValue:))
        guard flags.count == names.count else {
            let known = FileFlag.allCases.map(\.rawValue).joined(separator: ", ")
            throw DeskRefused.unusable("a flag has to be one of \(known)")
        }
        let review = try record([.annotated(bundle, Set(flags))], on: id, by: staff)
        let said = flags.isEmpty ? "no flag applies" : flags.map(\.rawValue).joined(separator: ", ")
        return self.said(id, review, "\(bundle): \(said)")
    }

    func dispose(_ request: DeskRequest, _ staff: Staff) throws -> DeskAnswer {
        let (id, bundle) = try exhibit(of: request)
        let review = try record([.disposed(bundle, try disposition(request))], on: id, by: staff)
        let waits = review[bundle]?.waitsForSecond != nil
        var answer = said(
            id,
            review,
            waits
                ? "\(bundle): not_csam is proposed; a second person has to say the same"
                : "\(bundle): \(review[bundle]?.disposition?.name ?? "")"
        )
        if waits { answer.code = .waitsForSecondPerson }
        return answer
    }

    private func disposition(_ request: DeskRequest) throws -> Disposition {
        switch try request.text("as") {
        case "confirmed": return .confirmed
        case "undetermined": return .undetermined
        case "not_csam": return .notCSAM(try request.textIfThere("reason") ?? "")
        case "duplicate_of":
            return .duplicateOf(
                try request.value("of", "the whole id of an exhibit") {
                    BundleID($0.hasPrefix("ex-") ? $0 : "ex-\($0)")
                }
            )
        default:
            throw DeskRefused.unusable(
                "the finding has to be confirmed, not_csam, undetermined or duplicate_of"
            )
        }
    }

    /// Context files, sealed before their row.
    func attach(_ request: DeskRequest, _ staff: Staff) throws -> DeskAnswer {
        let id = try subject(of: request).case
        guard !request.files.isEmpty else { throw DeskRefused.unusable("no file to attach is named") }
        let named = attachments(of: request.files)
        let events = named.map { ReviewEvent.attached($0) }
        try rehearse(events, after: try review(of: id), by: staff)
        try files.keep(request.files, as: named)
        let review = try record(events, on: id, by: staff)
        return said(id, review, "\(id): \(named.count) file\(named.count == 1 ? "" : "s") attached")
    }

    func attachments(of files: [NamedFile]) -> [Attachment] {
        files.map { Attachment(id: .fresh(at: now), name: $0.name, digests: DigestSet(of: $0.bytes)) }
    }

    func shelf(_ path: String) throws(SyscallError) -> ExhibitShelf {
        try ExhibitShelf(at: path, with: configuration.identity)
    }

    /// What the bundles of a case say, in the order of their claims, and those that say nothing any more.
    func shelved(_ id: CaseID) throws -> CaseShelf {
        let ending = try Set(
            keepings(of: id).filter { $0.orders.contains { $0.verb == .destroy } }.map(\.exhibit)
        )
        let review = try review(of: id)
        var found = CaseShelf()
        func miss(_ booked: BookedExhibit, _ error: any Error) {
            found.missing.append(MissingExhibit(booked, isEnding: ending.contains(booked.bundle), error))
        }
        var there: [BookedExhibit] = []
        for booked in try book.read({ try $0.exhibits(of: id) }) {
            do {
                _ = try shelf(booked.shelf).record(of: booked.bundle)
                there.append(booked)
            } catch {
                miss(booked, error)
            }
        }
        // Not of what was destroyed: nothing of that is opened.
        try say(opening: there.map(\.bundle), of: id, for: acting)
        for booked in there {
            do {
                let exhibit = try ShelvedExhibit(booked.bundle, on: try shelf(booked.shelf))
                if let adopted = review[booked.bundle]?.facts.manifest, adopted != exhibit.manifest {
                    throw OtherBundle()
                }
                found.exhibits.append(exhibit)
            } catch {
                miss(booked, error)
            }
        }
        return found
    }
}
