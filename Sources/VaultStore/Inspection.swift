import LinuxIO
package import UploadModel

/// What `breakwater evidence verify` finds of one bundle in the vault and in its second copy. Needs no key.
package struct EvidenceFinding: Equatable, Sendable, CustomStringConvertible {
    package enum Place: String, Sendable {
        case vault
        case secondCopy = "second copy"
    }

    package let bundle: BundleID
    package let place: Place
    package let fault: BundleFault
    /// Whether it was set right from the other copy; the damaged one was set aside.
    package var isRepaired = false

    package var description: String {
        "\(bundle), \(place.rawValue): \(fault)\(isRepaired ? " (\(fault.repair))" : "")"
    }
}

extension Vault {
    /// Compares a bundle with its manifests, in both copies, and the copies and their headers with each other.
    ///
    /// - Parameters:
    ///   - repairing: Replaces what is damaged or missing in one copy by what is sound in the other. A damaged bundle is
    ///     never deleted: it is set aside as `.damaged-ex-<uuid>`.
    ///   - log: What the daemon's custody log says of exhibits.
    package func inspect(
        _ bundle: BundleID,
        repairing: Bool = false,
        against log: LoggedEvidence? = nil
    ) throws -> [EvidenceFinding] {
        let found =
            if try isDestroyed(bundle) {
                try remains(of: bundle)
            } else {
                try inspectBags(bundle, repairing) + inspectHeaders(bundle, repairing, against: log)
                    + asides(of: bundle) + unseenCopies(of: bundle)
            }
        // What a repair put in its place is held against it too.
        guard let log else { return found }
        let known = Set(found.map(\.fault.description))
        let more = try faults(of: bundle, against: log).filter { !known.contains($0.description) }
        return found + findings(bundle, .vault, more)
    }

    /// Copies that were written once, and that these settings do not name.
    private func unseenCopies(of bundle: BundleID) throws -> [EvidenceFinding] {
        findings(bundle, .secondCopy, try closedCopies(of: bundle).map(BundleFault.notLookedAt))
    }

    /// What repairs left of a bundle that is there.
    private func asides(of bundle: BundleID) throws -> [EvidenceFinding] {
        var found: [EvidenceFinding] = []
        for (place, shelf) in shelves {
            let paths = try shelf.remains(of: bundle).filter { $0.contains("/.damaged-") }
            found += findings(bundle, place, paths.map(BundleFault.setAside))
        }
        return found
    }

    /// Every bundle of the vault and its second copy, those of which a destruction left something, and those that the
    /// log knows of, so that what vanished and certificates are looked at too.
    package func everyBundle(known log: LoggedEvidence? = nil) throws -> [BundleID] {
        var found = Set(try destroyedBundles().filter { try log != nil || !remains(of: $0).isEmpty })
        if let log { found.formUnion(log.bundles) }
        try shelf.bundles { found.insert($0) }
        try second?.bundles { found.insert($0) }
        return found.sorted { $0.upload < $1.upload }
    }

    /// A certificate says so; the daemon writes it when all of the exhibit is gone.
    private func isDestroyed(_ bundle: BundleID) throws(SyscallError) -> Bool {
        let path = Array("certificates/\(bundle).json".utf8)
        return try root.statusIfThere(of: path, subject: "certificates") != nil
    }

    private func destroyedBundles() throws(SyscallError) -> [BundleID] {
        let path = Array("certificates".utf8)
        guard try root.statusIfThere(of: path, subject: "certificates") != nil else { return [] }
        var entries = try DirectoryEntries(of: try root.open(path, .directory, subject: "certificates"))
        var found: [BundleID] = []
        while let entry = try entries.next() {
            let name = String(decoding: entry.name, as: UTF8.self)
            guard name.hasSuffix(".json"), let bundle = BundleID(String(name.dropLast(5))) else { continue }
            found.append(bundle)
        }
        return found
    }

    /// What is left of an exhibit that was destroyed: an old backup that was put back, or a copy that came late.
    private func remains(of bundle: BundleID) throws(SyscallError) -> [EvidenceFinding] {
        var found: [EvidenceFinding] = []
        for (place, shelf) in shelves {
            found += findings(bundle, place, try shelf.remains(of: bundle).map(BundleFault.destroyed))
        }
        return found
    }

    private func inspectBags(_ bundle: BundleID, _ repairing: Bool) throws -> [EvidenceFinding] {
        guard let second else { return findings(bundle, .vault, try shelf.faults(of: bundle)) }
        let (here, there) = (try shelf.faults(of: bundle), try second.faults(of: bundle))
        if here.isEmpty, there.isEmpty {
            let isSame = try shelf.manifest(of: bundle) == second.manifest(of: bundle)
            return isSame ? [] : findings(bundle, .secondCopy, [.copiesDiffer("\(bundle)")])
        }
        var found = findings(bundle, .vault, here) + findings(bundle, .secondCopy, there)
        guard repairing, here.isEmpty || there.isEmpty else { return found }
        let (good, bad) = here.isEmpty ? (shelf, second) : (second, shelf)
        if bad === second { try recordSecondCopy(of: bundle) }
        try bad.setAside(bundle)
        try bad.copyBag(bundle, from: good)
        try bad.month(of: bundle).sync(subject: "\(bundle)")
        for index in found.indices { found[index].isRepaired = true }
        return found
    }

    private func inspectHeaders(_ bundle: BundleID, _ repairing: Bool, against log: LoggedEvidence?) throws
        -> [EvidenceFinding]
    {
        let orders = log?.shreddings(of: bundle) ?? []
        if try isShredded(bundle, by: log) {
            return try shreddedRemains(of: bundle, by: orders, repairing)
        }
        // It may have been ordered before the log was lost: then a repair would bring back what was taken away.
        let unordered = try unorderedShreddings(of: bundle, orders)
        return try unordered + compareHeaders(bundle, repairing && unordered.isEmpty)
    }

    private func compareHeaders(_ bundle: BundleID, _ repairing: Bool) throws -> [EvidenceFinding] {
        guard let second else {
            return try findings(bundle, .vault, shelf.headerFaults(of: bundle)) + oldHeaders(of: bundle)
        }
        let (here, there) = (try shelf.headerFaults(of: bundle), try second.headerFaults(of: bundle))
        if here.isEmpty, there.isEmpty {
            let isSame = try shelf.headers(of: bundle) == second.headers(of: bundle)
            if isSame { return try oldHeaders(of: bundle) }
            return findings(bundle, .secondCopy, [.copiesDiffer("keys/\(bundle)")])
        }
        var found = findings(bundle, .vault, here) + findings(bundle, .secondCopy, there)
        guard repairing, here.isEmpty || there.isEmpty else { return found }
        let (good, bad) = here.isEmpty ? (shelf, second) : (second, shelf)
        if bad === second { try recordSecondCopy(of: bundle) }
        try bad.place(good.headers(of: bundle), of: bundle)
        for index in found.indices { found[index].isRepaired = true }
        return found
    }

    /// What cannot be said of headers without their digests.
    private func oldHeaders(of bundle: BundleID) throws(SyscallError) -> [EvidenceFinding] {
        guard try !shelf.headers(of: bundle).isEmpty, try !shelf.hasHeaderDigests(of: bundle) else {
            return []
        }
        return findings(bundle, .vault, [.headersWithoutDigests])
    }

    /// Headers that should not be there: never what another copy is mended from.
    private func shreddedRemains(
        of bundle: BundleID,
        by orders: Set<UploadID>,
        _ repairing: Bool
    ) throws(SyscallError) -> [EvidenceFinding] {
        var found = try lostRecord(of: bundle, by: orders, repairing)
        for (place, shelf) in shelves where try shelf.hasHeaders(of: bundle) {
            found += findings(bundle, place, [.headersCameBack("keys/\(bundle)")])
            if repairing {
                _ = try shelf.removeHeaders(of: bundle)
                found[found.count - 1].isRepaired = true
            }
        }
        return found.isEmpty ? findings(bundle, .vault, [.headersShredded]) : found
    }

    /// That headers were shredded is written in both copies.
    private func lostRecord(
        of bundle: BundleID,
        by orders: Set<UploadID>,
        _ repairing: Bool
    ) throws(SyscallError) -> [EvidenceFinding] {
        guard let record = try shreddingRecord(of: bundle, orders) else { return [] }
        var found: [EvidenceFinding] = []
        for (place, shelf) in shelves where try shelf.shreddingRecord(of: bundle, orders) == nil {
            if repairing { try shelf.root.write(record, as: "\(bundle)", in: .shredded) }
            found += findings(bundle, place, [.missing(bundle.shredded)])
            found[found.count - 1].isRepaired = repairing
        }
        return found
    }

    private func findings(
        _ bundle: BundleID,
        _ place: EvidenceFinding.Place,
        _ faults: [BundleFault]
    ) -> [EvidenceFinding] {
        faults.map { EvidenceFinding(bundle: bundle, place: place, fault: $0) }
    }
}

extension Shelf {
    /// Paths of all that lies of a bundle, whatever its name.
    fileprivate func remains(of bundle: BundleID) throws(SyscallError) -> [String] {
        var paths: [String] = []
        let month = "\(bundle.year)/\(bundle.month)"
        if try has(bundle) { paths.append("exhibits/\(month)/\(bundle)") }
        for name in try exhibits.remains(of: bundle, in: month) {
            paths.append("exhibits/\(month)/" + String(decoding: name, as: UTF8.self))
        }
        for name in [bundle.name, bundle.name.hidden] {
            guard try keys.statusIfThere(of: name, subject: "keys") != nil else { continue }
            paths.append("keys/" + String(decoding: name, as: UTF8.self))
        }
        return paths
    }

    /// Gives a damaged bundle a name that no reader takes for a bundle's; one that is not there is no error.
    fileprivate func setAside(_ bundle: BundleID) throws(SyscallError) {
        let month = try month(of: bundle)
        guard try month.statusIfThere(of: bundle.name, subject: "\(bundle)") != nil else { return }
        var number = 0
        while true {
            let name = Array(".damaged-\(bundle)\(number == 0 ? "" : "-\(number)")".utf8)
            if try month.statusIfThere(of: name, subject: "\(bundle)") == nil {
                return try month.rename(bundle.name, to: month, name, subject: "\(bundle)")
            }
            number += 1
        }
    }
}
