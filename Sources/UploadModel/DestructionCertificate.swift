package import JSONText

/// What was done at one place where something of an exhibit lay.
package struct DestroyedPlace: Equatable, Sendable {
    package enum Method: String, CaseIterable, Sendable {
        /// Taken out of the file system. The medium was not overwritten: a backup, a snapshot or a disk that keeps old
        /// blocks may still hold it.
        case unlinked
        /// It was not there any more.
        case absent
    }

    /// Below the state, or below the second copy; it holds ids only.
    package let path: String
    package let what: String
    package let method: Method

    package init(path: String, what: String, method: Method) {
        (self.path, self.what, self.method) = (path, what, method)
    }
}

/// What is kept of an exhibit that was destroyed: who wanted it, why, and what was done where.
package struct DestructionCertificate: Equatable, Sendable {
    package let exhibit: BundleID
    package let basis: DestructionBasis
    package let approvals: [Approval]
    package let executedAt: Timestamp
    /// SHA-256 of the content, hexadecimal: without it nobody could say later which item it was.
    package let content: String?
    /// SHA-256 of the bag's tag manifest, hexadecimal.
    package let tagManifest: String?
    /// Where a second copy lay, by the paths that the settings had; each was open.
    package let secondCopies: [String]
    package let places: [DestroyedPlace]

    package init(
        exhibit: BundleID,
        basis: DestructionBasis,
        approvals: [Approval],
        executedAt: Timestamp,
        content: String?,
        tagManifest: String?,
        secondCopies: [String],
        places: [DestroyedPlace]
    ) {
        (self.exhibit, self.basis, self.approvals) = (exhibit, basis, approvals)
        (self.executedAt, self.content, self.tagManifest) = (executedAt, content, tagManifest)
        (self.secondCopies, self.places) = (secondCopies, places)
    }

    package var json: JSONValue {
        var object: JSONObject = [
            "schema": "breakwater-destruction-1", "exhibit": .string("\(exhibit)"),
            "basis": .string(basis.name), "approvals": .array(approvals.map(\.json)),
            "executed_at": .string("\(executedAt)"), "content_sha256": .optional(content),
            "tagmanifest_sha256": .optional(tagManifest),
            "second_copies": .array(secondCopies.map { .string($0) }), "places": .array(places.map(\.json)),
        ]
        if case .lawEnforcement(let request, let calledBack) = basis {
            object["request_sha256"] = .string(request)
            object["called_back_at"] = .optional(calledBack.map { "\($0)" })
        }
        return .object(object)
    }

    /// For people and for paper.
    package var text: String {
        var lines = [
            "Certificate of destruction", "", "exhibit      \(exhibit)", "basis        \(basis.name)",
            "executed at  \(executedAt)",
        ]
        if case .lawEnforcement(let request, let calledBack) = basis {
            lines.append("request      SHA-256 \(request)")
            lines += calledBack.map { ["called back  \($0)"] } ?? []
        }
        for approval in approvals {
            lines.append("agreed       \(approval.staff), \(approval.role.rawValue), \(approval.time)")
        }
        lines += content.map { ["content      SHA-256 \($0)"] } ?? []
        lines += tagManifest.map { ["tag manifest SHA-256 \($0)"] } ?? []
        lines += secondCopies.map { "second copy  \($0)" }
        lines += ["", "What was done, place by place:"]
        lines += places.map { "  \($0.method.rawValue)  \($0.what)  \($0.path)" }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension DestroyedPlace {
    fileprivate var json: JSONValue {
        ["path": .string(path), "what": .string(what), "method": .string(method.rawValue)]
    }
}
