package import JSONText
package import LinuxIO
import Synchronization
package import UploadModel

/// Modes in the vault: the desk's group reads, only the daemon writes. New entries take the directory's group.
enum VaultModes {
    static let directory: UInt32 = 0o2750
    static let file: UInt32 = 0o440
}

/// The evidence bundles and drafts under one state directory, sealed.
///
/// A bundle is `vault/exhibits/<yyyy>/<mm>/ex-<uuid>/`, year and month those of the upload's id; what opens it lies
/// apart, in `vault/keys/ex-<uuid>/`. Whatever has a leading dot is being written, or was when its writer was killed;
/// all else is whole. Calls block: make them from threads of our own. Several uploads may be preserved at a time, one
/// upload only once at a time.
package final class Vault: Sendable {
    /// `vault/`.
    let root: Descriptor
    let shelf: Shelf
    /// The second copy, where the settings name one.
    let second: Shelf?
    /// As the settings name it; empty for none.
    let secondPath: String
    let drafts: Descriptor
    let sealer: Sealer
    /// Whose headers were shredded by an order of our custody log, as far as this run knows, with the record of it.
    let shredded = Mutex<[BundleID: [UInt8]]>([:])

    private init(
        root: consuming Descriptor,
        shelf: Shelf,
        second: Shelf?,
        at secondPath: String,
        drafts: consuming Descriptor,
        sealer: Sealer = Sealer()
    ) {
        (self.shelf, self.second, self.sealer) = (shelf, second, sealer)
        self.secondPath = secondPath
        self.root = root
        self.drafts = drafts
    }

    /// Opens the vault to write to it: makes what is missing, with the state's group, and removes what killed
    /// runs left half-written. Only for the one who holds the state's lock. ``completeShreddings(_:)`` comes once the custody
    /// log is open.
    ///
    /// The second copy stays the directory that was opened here, and the disk that it lies on: it is held open, so
    /// that neither other settings nor another mount over its path can take its place until the next start.
    ///
    /// - Parameter secondCopy: Absolute path of a directory that is there; empty for none.
    /// - Throws: ``SecondCopyRefused`` where it lies on the state's disk, in production.
    package static func open(
        state: borrowing Descriptor,
        secondCopy: String = "",
        environment: Environment = .production
    )
        throws -> Vault
    {
        try open(state: state, secondCopy: secondCopy, environment: environment, sealer: Sealer())
    }

    static func open(
        state: borrowing Descriptor,
        secondCopy: String,
        environment: Environment,
        sealer: Sealer
    ) throws -> Vault {
        let status = try state.status(subject: "state")
        let group = status.gid
        if !secondCopy.isEmpty {
            try SecondCopyRefused.check(secondCopy, besidesStateOn: status.device, in: environment)
        }
        let root = try state.vaultDirectory("vault", group: group)
        let vault = Vault(
            root: try root.duplicate(),
            shelf: try Shelf(in: root, group: group),
            second: secondCopy.isEmpty
                ? nil : try Shelf(in: Descriptor.directory(secondCopy), group: group),
            at: secondCopy,
            drafts: try state.vaultDirectory("drafts", group: group),
            sealer: sealer
        )
        try vault.drafts.removeLeftovers(subject: "drafts") { UploadID($0) != nil }
        try vault.removeUnfinishedPlainCopies()
        try vault.copyRecords()
        try vault.recordSecondCopies()
        for shelf in [vault.shelf, vault.second].compactMap(\.self) {
            try shelf.keys.recoverHeaders { bundle throws(SyscallError) in try shelf.has(bundle) }
            try shelf.eachMonth { month in
                try month.removeLeftovers(subject: "exhibits") { BundleID($0) != nil }
            }
        }
        return vault
    }

    /// Opens a vault that is there to look at it, also while its daemon runs. Changes nothing.
    package static func openForReading(
        state: borrowing Descriptor,
        secondCopy: String = ""
    ) throws(SyscallError) -> Vault {
        let root = try state.open(Array("vault".utf8), .directory, subject: "vault")
        let second = secondCopy.isEmpty ? nil : try Shelf(reading: Descriptor.directory(secondCopy))
        return Vault(
            root: try root.duplicate(),
            shelf: try Shelf(reading: root),
            second: second,
            at: secondCopy,
            drafts: try state.open(Array("drafts".utf8), .directory, subject: "drafts")
        )
    }
}

// MARK: - Looking

extension Vault {
    package var hasSecondCopy: Bool { second != nil }

    /// The copies that are open.
    var shelves: [(EvidenceFinding.Place, Shelf)] {
        [(.vault, shelf)] + (second.map { [(.secondCopy, $0)] } ?? [])
    }

    /// Whether the bundle is there; under its own name it is complete.
    package func has(_ bundle: BundleID) throws(SyscallError) -> Bool { try shelf.has(bundle) }

    /// Reads the whole bundle from the disk and compares it with its manifests. Needs no key.
    ///
    /// - Returns: All that is wrong with it; nothing when it is sound.
    package func verify(_ bundle: BundleID) throws(SyscallError) -> [BundleFault] {
        try shelf.faults(of: bundle)
    }

    /// What is missing of the headers that open a bundle, is none, or is not what was written. Needs no key.
    package func headerFaults(of bundle: BundleID) throws(SyscallError) -> [BundleFault] {
        try shelf.headerFaults(of: bundle)
    }

    /// Visits every complete bundle, oldest month first, without holding them all in memory.
    package func bundles(_ visit: (BundleID) throws -> Void) throws { try shelf.bundles(visit) }

    /// The technical record of a bundle, `data/exhibit.json`; not verified.
    package func exhibit(of bundle: BundleID) throws -> JSONValue {
        let path = bundle.path + Array("/data/exhibit.json".utf8)
        let file = try shelf.exhibits.open(path, subject: "\(bundle)")
        return try JSONValue(parsing: try file.readAll(limit: JSONLimits.own.bytes, subject: "\(bundle)"))
    }
}

extension Shelf {
    func bundles(_ visit: (BundleID) throws -> Void) throws {
        try eachMonth { month in
            var entries = try DirectoryEntries(of: month, subject: "exhibits")
            while let entry = try entries.next() {
                if let bundle = BundleID(String(decoding: entry.name, as: UTF8.self)) { try visit(bundle) }
            }
        }
    }

    fileprivate func eachMonth(_ body: (borrowing Descriptor) throws -> Void) throws {
        for year in try exhibits.names(digits: 4) {
            let months = try exhibits.open(year, .directory, subject: "exhibits")
            for month in try months.names(digits: 2) {
                let bundles = try months.open(month, .directory, subject: "exhibits")
                try body(bundles)
            }
        }
    }
}

// MARK: - Directories

extension BundleID {
    var year: String { String(upload.claimedAt.day.prefix(4)) }
    var month: String { String(upload.claimedAt.day.dropFirst(5).prefix(2)) }
    var name: [UInt8] { Array(description.utf8) }
    /// From `exhibits/`.
    var path: [UInt8] { Array("\(year)/\(month)/\(self)".utf8) }
}

extension [UInt8] {
    /// The name that a directory has while it is written.
    var hidden: [UInt8] { [UInt8(ascii: ".")] + self }
}

extension Descriptor {
    /// A directory of the vault, durable: made if missing, and given its mode and group also where a run was
    /// killed between making it and saying so.
    func vaultDirectory(_ name: String, group: UInt32? = nil) throws(SyscallError) -> Descriptor {
        let directory = try ensureDirectory(Array(name.utf8), mode: VaultModes.directory, subject: name)
        let found = try directory.status(subject: name)
        if let group, found.gid != group { try directory.setGroup(group, subject: name) }
        if found.mode != VaultModes.directory { try directory.setMode(VaultModes.directory, subject: name) }
        try sync(subject: name)
        return directory
    }

    /// Removes the hidden directories whose name without the dot is one of ours.
    fileprivate func removeLeftovers(
        subject: String,
        _ isOurs: (String) -> Bool
    ) throws(SyscallError) {
        var entries = try DirectoryEntries(of: self, subject: subject)
        while let entry = try entries.next() {
            guard entry.name.first == UInt8(ascii: ".") else { continue }
            guard isOurs(String(decoding: entry.name.dropFirst(), as: UTF8.self)) else { continue }
            try removeTree(entry.name, subject: subject)
        }
    }

    /// The entries whose name is so many decimal digits, in order.
    fileprivate func names(digits: Int) throws(SyscallError) -> [[UInt8]] {
        var names: [[UInt8]] = []
        var entries = try DirectoryEntries(of: self, subject: "exhibits")
        while let entry = try entries.next() {
            let isNumber = entry.name.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            if isNumber, entry.name.count == digits { names.append(entry.name) }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }
}
