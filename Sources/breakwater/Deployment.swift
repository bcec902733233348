import HashLists
import LedgerStore
import LinuxIO
import ScanService
import SettingsTOML
import UploadModel
import VaultStore

/// One deployment as the command line sees it: settings, and the state's directories as their owner.
struct Deployment {
    let settings: Settings
    let file: String

    /// Reads the settings and becomes the state's owner.
    ///
    /// Root becomes that user for good; anybody else is told the line to type.
    ///
    /// - Parameter asOwner: `false` for what works on the settings' directory and not on the state.
    init(_ file: String, asOwner: Bool = true) throws {
        let text: [UInt8]
        do {
            text = try Descriptor.open(file).readAll(limit: 1 << 20, subject: file)
        } catch {
            throw UnreadableSettings(error)
        }
        settings = try Settings(toml: String(decoding: text, as: UTF8.self), file: file)
        self.file = file
        if asOwner { try becomeOwner() }
    }

    private func becomeOwner() throws {
        let owner = try Descriptor.status(
            ofPath: Array(settings.state.root.utf8),
            subject: settings.state.root
        )
        if ThisProcess.user == owner.uid { return }
        guard ThisProcess.user == 0 else {
            let name = ThisProcess.name(ofUser: owner.uid)
            let line = CommandLine.arguments.dropFirst().map(Self.quoted).joined(separator: " ")
            throw Refused(
                "the state belongs to \(name)",
                hint:
                    "run \"sudo -u \(UInt32(name) == nil ? name : "'#\(name)'") \(Breakwater.name) \(line)\"",
                .calledWrongly
            )
        }
        try ThisProcess.become(user: owner.uid, group: owner.gid)
    }

    private static func quoted(_ argument: String) -> String {
        let isPlain = argument.utf8.allSatisfy { byte in
            byte > 0x7F || "./-_=:@,+".utf8.contains(byte)
                || ("0"..."9").contains(Character(UnicodeScalar(byte)))
                || Character(UnicodeScalar(byte)).isLetter
        }
        return isPlain && !argument.isEmpty
            ? argument
            : "'"
                + argument.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
                + "'"
    }

    func state() throws(SyscallError) -> Descriptor { try Descriptor.directory(settings.state.root) }

    func lists() throws -> Descriptor {
        try state().ensureDirectory(Array("lists".utf8), mode: 0o700, subject: "\(settings.state.root)/lists")
    }

    func ledger() throws -> Ledger { try Ledger(reading: "\(settings.state.root)/ledger.db") }

    /// The ledger, or `nil` before the daemon's first start.
    func ledgerIfThere() throws -> Ledger? {
        let found = try state().statusIfThere(of: Array("ledger.db".utf8), subject: "ledger")
        return found == nil ? nil : try ledger()
    }

    func vault() throws -> Vault {
        let (root, second) = (settings.state.root, settings.evidence.secondCopy)
        do throws(SyscallError) {
            return try Vault.openForReading(state: try state(), secondCopy: second)
        } catch {
            guard error.isNotThere else { throw error }
            guard (try? Descriptor.directory("\(root)/vault/keys")) != nil else {
                throw Refused(
                    "\(root)/vault is not there, or not all of it",
                    hint: "the daemon's first start makes it; where it was lost bring it back from a backup"
                )
            }
            throw Refused(
                "\(second): not there, or it holds no exhibits/ or no keys/",
                hint:
                    "mount the disk of evidence.second_copy; the daemon's start makes what a fresh one needs"
            )
        }
    }

    /// The generation that is installed, checked.
    func generation() throws -> Generation? {
        let lists = try lists()
        guard let name = try Generation.currentName(in: lists) else { return nil }
        return try Generation.open(
            name,
            in: lists,
            publicKey: try Configuration.publicKey(settings.lists),
            notBelow: 0
        )
    }

    /// The one upload that a prefix of its id names. A case or bundle is named by its upload's id.
    ///
    /// - Parameter least: Characters that must be given; more for what cannot be undone.
    func upload(_ prefix: String, in ledger: Ledger, least: Int = 1) throws -> LedgerUpload {
        let bare = ["case-", "ex-"].reduce(prefix) {
            $0.hasPrefix($1) ? String($0.dropFirst($1.count)) : $0
        }
        guard bare.utf8.count >= least else {
            throw Refused(
                "\"\(prefix)\" is too short for an id",
                hint: "give at least \(least) of its characters",
                .calledWrongly
            )
        }
        let found = try ledger.find(prefix: bare)
        guard let id = found.first, let upload = try ledger.upload(id) else {
            throw Refused(
                "there is no upload \(prefix)",
                hint: "\"breakwater held list\" and \"case list\" show ids",
                .calledWrongly
            )
        }
        guard found.count == 1 else {
            throw Refused(
                "\(prefix) begins more than one id",
                hint: "give more of its characters",
                .calledWrongly
            )
        }
        return upload
    }
}
