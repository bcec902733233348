import JSONText
package import LinuxIO
import Synchronization
import UploadModel

// What custodians took away is written down for good, a file each: keys in `retired/`, the headers of exhibits in
// `shredded/`. The vault and its second copy have the same files, so that neither disk brings back what was taken away.

/// A directory of such records.
enum KeyRecords: String {
    case retired
    case shredded

    var schema: String {
        switch self {
        case .retired: "breakwater-retired-key-1"
        case .shredded: "breakwater-shredded-1"
        }
    }

    /// The member that names what the file is named after.
    private var subject: String {
        switch self {
        case .retired: "key"
        case .shredded: "exhibit"
        }
    }

    /// Bytes of a record that is read at all.
    static let largest = 64 * 1_024

    /// Whether a file is such a record.
    func isOne(_ bytes: [UInt8], named name: String) -> Bool { read(bytes, named: name) != nil }

    /// The order that a record names; `nil` also where the file is no record.
    func order(in bytes: [UInt8], named name: String) -> UploadID? {
        read(bytes, named: name)?["order"]?.stringValue.flatMap { UploadID($0) }
    }

    private func read(_ bytes: [UInt8], named name: String) -> JSONValue? {
        guard let json = try? JSONValue(parsing: bytes) else { return nil }
        return json["schema"]?.stringValue == schema && json[subject]?.stringValue == name ? json : nil
    }
}

extension Vault {
    /// Writes a record into the vault; ``copyRecords()`` brings it to the second copy. Durable when this returns.
    func write(_ record: JSONValue, as name: String, in records: KeyRecords) throws(SyscallError) {
        try root.write(record.canonical, as: name, in: records)
    }

    /// Gives the vault and its second copy the records of retired keys that only the other one has, and both the records of
    /// shredded headers that this run knows the order of. Durable when this returns; without a second copy it does nothing.
    ///
    /// - Throws: `SyscallError` where one of the disks does not take them; the next call goes on.
    package func copyRecords() throws(SyscallError) {
        guard let second else { return }
        let here = try root.records(in: KeyRecords.retired.rawValue)
        let there = try second.records(.retired)
        for (name, bytes) in here where there[name] == nil {
            try second.root.write(bytes, as: name, in: .retired)
        }
        for (name, bytes) in there where here[name] == nil { try root.write(bytes, as: name, in: .retired) }
        for (bundle, bytes) in shredded.withLock(\.self) {
            for (_, shelf) in shelves where try shelf.shreddingRecord(of: bundle) != bytes {
                try shelf.root.write(bytes, as: "\(bundle)", in: .shredded)
            }
        }
    }

}

extension Shelf {
    /// The records of a second copy, by name, without what is none: another disk's stray file takes no key away.
    func records(_ records: KeyRecords) throws(SyscallError) -> [String: [UInt8]] {
        try root.records(in: records.rawValue).filter { records.isOne($0.value, named: $0.key) }
    }
}

extension Descriptor {
    func write(_ bytes: [UInt8], as name: String, in records: KeyRecords) throws(SyscallError) {
        let group = try status(subject: "vault").gid
        try vaultDirectory(records.rawValue, group: group).writeDurably(
            bytes,
            as: Array("\(name).json".utf8),
            mode: VaultModes.file,
            subject: records.rawValue
        )
    }

    /// The files `NAME.json` of a directory of the vault, by NAME; none where the directory is not there.
    func records(in name: String) throws(SyscallError) -> [String: [UInt8]] {
        guard try statusIfThere(of: Array(name.utf8), subject: name) != nil else { return [:] }
        let directory = try open(Array(name.utf8), .directory, subject: name)
        var found: [String: [UInt8]] = [:]
        var entries = try DirectoryEntries(of: directory, subject: name)
        while let entry = try entries.next() {
            let file = String(decoding: entry.name, as: UTF8.self)
            guard file.hasSuffix(".json"), !file.hasPrefix(".") else { continue }
            found[String(file.dropLast(5))] = try directory.open(
                entry.name,
                [.noFollow, .nonBlocking],
                subject: name
            )
            .readAll(limit: KeyRecords.largest, subject: name)
        }
        return found
    }
}
