import JSONText
import UploadModel
import VaultStore

// What an upload came to, as directories and rows tell: what is missing of it, or `nil`.

extension ScratchHouse {
    func isAt(_ id: UploadID, _ stage: String) throws -> String? {
        let found = try self.stage(id)
        return found == stage ? nil : "\(stage), and not \(found ?? "without rows")"
    }

    func isReleased(_ path: String, _ content: String) throws -> String? {
        try text("spool/released/\(path)") == content ? nil : "\(path) released"
    }

    /// Released, with no row and nothing left in work/.
    func isReleasedWithoutTrace(_ paths: String...) throws -> String? {
        guard try released() == paths.sorted() else { return "\(paths) released" }
        return try uploads().isEmpty && tree("spool/work").isEmpty ? nil : "no trace of \(paths)"
    }

    func isHeld(_ id: UploadID, _ content: String, context: String? = nil) throws -> String? {
        let isThere = try text("spool/held/\(id)") == content && text("spool/held/\(id).meta.json") == context
        return isThere ? try isAt(id, "held") : "in held/"
    }

    /// In the vault with its context, out of the spool, with a draft.
    func isQuarantined(_ id: UploadID, context: String? = nil) throws -> String? {
        if let missing = try isPreserved(id, Self.listed, context: context) { return missing }
        guard case .drafted? = try rows(id).last else { return "a row of the draft" }
        return try draft(of: id) == nil ? "a draft" : nil
    }

    /// In the vault with its context, out of the spool.
    func isPreserved(_ id: UploadID, _ content: String, context: String? = nil) throws -> String? {
        if let missing = try isAt(id, "awaiting-review") { return missing }
        guard let found = try sealed(.content, of: id), found == Array(content.utf8) else {
            return "a bundle with its bytes"
        }
        let subject = try JSONValue(parsing: sealed(.subject, of: id) ?? [])
        let kept = subject["context"]?["base64"]?.stringValue
        guard kept == context.map({ Base64.text(Array($0.utf8)) }) else { return "a bundle with its context" }
        return try exists("spool/held/\(id)") ? "its source removed" : nil
    }

    func isAnswered(_ order: UploadID) throws -> String? {
        let isDone =
            try exists("state/orders/answers/\(order).json") && !exists("state/orders/order-\(order)")
            && !exists("state/orders/taken-\(order)")
        return isDone ? nil : "an answer"
    }

    func areAll(_ count: Int) throws -> String? {
        let found = try uploads().map { try stage($0) ?? "gone" }
        return found.count == count ? nil : "\(count) uploads with rows, and not \(found)"
    }

    var newest: UploadID { get throws { try uploads().last ?? .first } }

    /// Where the bundles of ``UploadID/first`` lie.
    static var month: String { exhibits(.first) }

    static func exhibits(_ id: UploadID) -> String {
        let day = id.claimedAt.day
        return "state/vault/exhibits/\(day.prefix(4))/\(day.dropFirst(5).prefix(2))"
    }

    // MARK: - Building what was done before the crash

    /// A listed file with its rows up to the bundle's, which is in the vault; the file still lies at `place`.
    func bundled(at place: String, _ path: String, context: String? = nil) throws {
        try put(place, Self.listed)
        try write(.first, path, matched(), context: context)
        try preserve(.first, from: place)
        try write(.first, path, [.bundled(BundleID(.first))])
    }
}
