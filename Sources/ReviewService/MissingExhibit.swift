import CyberTip
import LinuxIO
import UploadModel

/// The exhibits of a case as they lie on their shelves.
struct CaseShelf {
    var exhibits: [ShelvedExhibit] = []
    var missing: [MissingExhibit] = []
}

/// An exhibit of a case whose bundle cannot be read, or is not the one that was adopted.
struct MissingExhibit: Equatable, Sendable {
    let bundle: BundleID
    let reason: Reason

    enum Reason: Equatable, Sendable {
        /// The daemon certified it.
        case destroyed
        case destructionOrdered
        case notOnItsShelf
        /// Its manifest is another one than when it joined the case.
        case changed
        /// What stood in the way, with nothing of the upload in it.
        case unreadable(String)
    }

    init(_ booked: BookedExhibit, isEnding: Bool, _ error: any Error) {
        bundle = booked.bundle
        reason =
            if booked.hasCertificate {
                .destroyed
            } else if isEnding {
                .destructionOrdered
            } else if error is OtherBundle {
                .changed
            } else if (error as? SyscallError)?.isNotThere == true {
                .notOnItsShelf
            } else {
                .unreadable("\(error)")
            }
    }

    /// As the draft says it, where the exhibit belongs in the report.
    var finding: Finding {
        Finding(rule: nil, severity: severity, field: Field("\(bundle)"), problem: problem, remedy: remedy)
    }

    /// What nobody meant to be gone holds an approval up: the report would silently say less than it should.
    private var severity: Finding.Severity {
        switch reason {
        case .destroyed, .destructionOrdered: .warning
        case .notOnItsShelf, .changed, .unreadable: .blocking
        }
    }

    private var problem: String {
        switch reason {
        case .destroyed: "is destroyed, so the report cannot speak of it"
        case .destructionOrdered: "its destruction is ordered, so the report cannot speak of it"
        case .notOnItsShelf: "does not lie where it was adopted from, so the report cannot speak of it"
        case .changed: "is not the bundle that was adopted, so the report does not speak of it"
        case .unreadable(let why): "cannot be read, so the report cannot speak of it: \(why)"
        }
    }

    private var remedy: String? {
        switch reason {
        case .destroyed: "\"breakwater destroy certificate\", which shows why"
        case .destructionOrdered: nil
        case .notOnItsShelf: "the disk that it lay on, mounted again or copied back"
        case .changed, .unreadable: "a backup, once the bundle was verified"
        }
    }
}

/// What lies in an exhibit's place is another bundle than the one that was adopted.
struct OtherBundle: Error {}

extension BookedExhibit {
    /// Beside the exhibits of its shelf, which is a state directory or a vault alone.
    fileprivate var hasCertificate: Bool {
        ["\(shelf)/vault", shelf].contains { vault in
            let path = "\(vault)/certificates/\(bundle).json"
            return (try? Descriptor.status(ofPath: Array(path.utf8), subject: "certificate")) != nil
        }
    }
}
