import JSONText
package import LinuxIO
import UploadModel

// What custodians took away is written down for good, a file each: keys in `retired/`, the headers of exhibits in
// `shredded/`. The vault and its second copy have the same files, so that neither disk brings back what was taken away.

/// A directory of such records.
enum KeyRecords: String, CaseIterable {
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

    /// Whether a file is such a record.
    func isOne(_ bytes: [UInt8], named name: String) -> Bool {
        let json = try? JSONValue(parsing: bytes)
        return json?["schema"]?.stringValue == schema && json?[subject]?.stringValue == name
    }
}

extension Vault {
    /// Writes a record into the vault; ``copyRecords()`` brings it to the second copy. Durable when this returns.
    func write(_ record: JSONValue, as name: String, in records: KeyRecords) throws(SyscallError) {
        try root.write(record.canonical, as: name, in: records)
    }

    /// Gives the vault and its second copy the records that only the other one has. Durable when this returns; without a
    /// second copy it does nothing.
    ///
    /// - Throws: `SyscallError` where one of the disks does not take them; the next call goes on.
    package func copyRecords() throws(SyscallError) {
        guard let second else { return }
        for records in KeyRecords.allCases {
            let here = try root.records(in: records.rawValue)
            let there = try second.records(records)
            for (name, bytes) in here where there[name] == nil {
                try second.root.write(bytes, as: name, in: records)
            }
            for (name, bytes) in there where here[name] == nil {
                try root.write(bytes, as: name, in: records)
            }
        }
    }

    /// The names of the records of either copy.
    func names(in records: KeyRecords) throws(SyscallError) -> Set<String> {
        var names = Set(try root.records(in: records.rawValue).keys)
        if let second { names.formUnion(try second.records(records).keys) }
        return names
    }
}

extension Shelf {
    /// The records of a second copy, by name, without what is none: another disk's stray file takes nothing away.
    func records(_ records: KeyRecords) throws(SyscallError) -> [String: [UInt8]] {
        try root.records(in: records.rawValue).filter { records.isOne($0.value, named: $0.key) }
    }

    /// Whether there is such a record of this name.
    func has(_ name: String, in records: KeyRecords) throws(SyscallError) -> Bool {
        let path = Array("\(records.rawValue)/\(name).json".utf8)
        guard try root.statusIfThere(of: path, subject: records.rawValue) != nil else { return false }
        let bytes = try root.open(path, .noFollow, subject: records.rawValue)
            .readAll(limit: 64 * 1_024, subject: records.rawValue)
        return records.isOne(bytes, named: name)
    }
}

extension Descriptor {
    fileprivate func write(_ bytes: [UInt8], as name: String, in records: KeyRecords) throws(SyscallError) {
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
            found[String(file.dropLast(5))] = try directory.open(entry.name, .noFollow, subject: name)
                .readAll(limit: 64 * 1_024, subject: name)
        }
        return found
    }
}
