package import LinuxIO
import Synchronization
package import UploadModel

// Whoever writes to a disk of evidence can put a record of shredded headers there, but no entry into our custody log. So a
// record counts only where the log has the order that it names: it is entered before the record is written.

extension Vault {
    /// Ends what orders began: gives each copy the record that it lacks, and removes the headers that a kill left, or that a
    /// copy which was away, or a backup, has brought back. Where no order stands behind a record, nothing changes.
    ///
    /// - Parameter orders: The orders to shred an exhibit's headers that our custody log has.
    /// - Returns: The records that name none of them.
    package func completeShreddings(_ orders: (BundleID) -> Set<UploadID>) throws(SyscallError)
        -> [EvidenceFinding]
    {
        var unordered: [EvidenceFinding] = []
        for bundle in try recordedShreddings() {
            let orders = orders(bundle)
            if let record = try shreddingRecord(of: bundle, orders) {
                shredded.withLock { $0[bundle] = record }
            } else {
                unordered += try unorderedShreddings(of: bundle, orders)
            }
        }
        try copyRecords()
        for bundle in shredded.withLock({ $0.keys.sorted { $0.upload < $1.upload } }) {
            for (_, shelf) in shelves where try shelf.hasHeaders(of: bundle) {
                _ = try shelf.removeHeaders(of: bundle)
            }
        }
        return unordered
    }

    /// Exhibits of which something is there, and a record says that their headers were shredded, whoever wrote it.
    package func recordedShreddings() throws(SyscallError) -> [BundleID] {
        var found: Set<BundleID> = []
        for (_, shelf) in shelves {
            let names = try shelf.root.records(in: KeyRecords.shredded.rawValue).keys
            found.formUnion(names.compactMap { BundleID($0) })
        }
        var left: [BundleID] = []
        for bundle in found.sorted(by: { $0.upload < $1.upload }) where try holdsAnything(of: bundle) {
            left.append(bundle)
        }
        return left
    }

    private func holdsAnything(of bundle: BundleID) throws(SyscallError) -> Bool {
        for (_, shelf) in shelves {
            if try shelf.has(bundle) { return true }
            if try shelf.hasHeaders(of: bundle) { return true }
        }
        return false
    }

    /// Whether its headers were shredded, as far as this run knows the orders.
    func isShredded(_ bundle: BundleID) -> Bool { shredded.withLock { $0[bundle] != nil } }

    /// Whether its headers were shredded by an order: the log says that it was done, or a record names one that it has.
    package func isShredded(_ bundle: BundleID, by log: LoggedEvidence?) throws(SyscallError) -> Bool {
        guard let log else { return false }
        if log.isShredded(bundle) { return true }
        return try shreddingRecord(of: bundle, log.shreddings(of: bundle)) != nil
    }

    /// The bytes of that record, the vault's own first.
    func shreddingRecord(of bundle: BundleID, _ orders: Set<UploadID>) throws(SyscallError) -> [UInt8]? {
        for (_, shelf) in shelves {
            if let record = try shelf.shreddingRecord(of: bundle, orders) { return record }
        }
        return nil
    }

    /// The records of either copy that name none of these orders.
    package func unorderedShreddings(of bundle: BundleID, _ orders: Set<UploadID>) throws(SyscallError)
        -> [EvidenceFinding]
    {
        var found: [EvidenceFinding] = []
        for (place, shelf) in shelves where try shelf.shreddingRecord(of: bundle) != nil {
            if try shelf.shreddingRecord(of: bundle, orders) != nil { continue }
            let fault = BundleFault.shreddingNotOrdered(bundle.shredded)
            found.append(EvidenceFinding(bundle: bundle, place: place, fault: fault))
        }
        return found
    }
}

extension Shelf {
    /// What lies in this copy under the name of such a record, whoever wrote it.
    func shreddingRecord(of bundle: BundleID) throws(SyscallError) -> [UInt8]? {
        let (path, subject) = (Array(bundle.shredded.utf8), KeyRecords.shredded.rawValue)
        guard try root.statusIfThere(of: path, subject: subject) != nil else { return nil }
        return try root.open(path, [.noFollow, .nonBlocking], subject: subject)
            .readAll(limit: KeyRecords.largest, subject: subject)
    }

    /// The same, where it is such a record and names one of these orders.
    func shreddingRecord(of bundle: BundleID, _ orders: Set<UploadID>) throws(SyscallError) -> [UInt8]? {
        guard let record = try shreddingRecord(of: bundle),
            let order = KeyRecords.shredded.order(in: record, named: "\(bundle)"), orders.contains(order)
        else { return nil }
        return record
    }
}

extension CustodyEntry {
    /// The order to shred headers that this entry says was taken or carried out; `nil` of any other entry.
    package var shredding: UploadID? {
        guard kind == .keyShredded || kind == .orderReceived && reason == "keys.shred" else { return nil }
        return references["order"].flatMap { UploadID($0) }
    }
}
