import CyberTip
import JSONText
import LinuxIO
import UploadModel

/// The exhibits of a case as they lie on their shelves.
struct CaseShelf {
    var exhibits: [ShelvedExhibit] = []
    var missing: [MissingExhibit] = []
}

/// An exhibit of a case whose bundle cannot be read.
struct MissingExhibit: Equatable, Sendable {
    let bundle: BundleID
    let reason: Reason

    enum Reason: Equatable, Sendable {
        /// The daemon certified it.
        case destroyed
        case destructionOrdered
        case notOnItsShelf
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
            } else if (error as? SyscallError)?.isNotThere == true {
                .notOnItsShelf
            } else {
                .unreadable("\(error)")
            }
    }

    /// What nobody meant to be gone holds an approval up: the report would silently say less than it should.
    var severity: Finding.Severity {
        switch reason {
        case .destroyed, .destructionOrdered: .warning
        case .notOnItsShelf, .unreadable: .blocking
        }
    }

    var json: JSONValue {
        [
            "rule": .null, "severity": .string(severity.rawValue), "field": .string("\(bundle)"),
            "problem": .string(problem), "remedy": .optional(remedy),
        ]
    }

    var line: String {
        "finding     \(severity.rawValue): \(bundle): \(problem)" + (remedy.map { "; \($0)" } ?? "")
    }

    private var problem: String {
        switch reason {
        case .destroyed: "is destroyed, so the report cannot speak of it"
        case .destructionOrdered: "its destruction is ordered, so the report cannot speak of it"
        case .notOnItsShelf: "does not lie where it was adopted from, so the report cannot speak of it"
        case .unreadable(let why): "cannot be read, so the report cannot speak of it: \(why)"
        }
    }

    private var remedy: String? {
        switch reason {
        case .destroyed: "\"breakwater destroy certificate\" shows why"
        case .destructionOrdered: nil
        case .notOnItsShelf: "mount or copy it back"
        case .unreadable: "verify the bundle, and compare it with a backup"
        }
    }
}

extension [MissingExhibit] {
    func count(_ severity: Finding.Severity) -> Int { count { $0.severity == severity } }
}

extension BookedExhibit {
    /// Beside the exhibits of its shelf, which is a state directory or a vault alone.
    fileprivate var hasCertificate: Bool {
        ["\(shelf)/vault", shelf].contains { vault in
            let path = "\(vault)/certificates/\(bundle).json"
            return (try? Descriptor.status(ofPath: Array(path.utf8), subject: "certificate")) != nil
        }
    }
}
