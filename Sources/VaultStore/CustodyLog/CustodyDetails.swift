import Crypto
package import JSONText
import LinuxIO
import UploadModel

/// What an entry's commitment covers.
package struct CustodyDetail: Equatable, Sendable {
    package let salt: [UInt8]
    package let detail: JSONValue

    /// SHA-256(salt || canonical detail), hexadecimal.
    package var commitment: String {
        Hex.text(SHA256.hash(data: salt + detail.canonical))
    }
}

/// The side records of a log: personal data, which the log itself never holds.
struct CustodyDetails: Sendable {
    let files: LogFiles

    /// Keeps a statement's detail, durably; the entry that commits to it comes after.
    ///
    /// - Returns: The commitment; `nil` where there is no detail.
    func keep(_ statement: CustodyStatement) throws(SyscallError) -> String? {
        guard let detail = statement.detail else { return nil }
        let record = CustodyDetail(salt: Array(SymmetricKey(size: .bits256).bytes), detail: detail)
        let json: JSONValue = ["salt": .string(Base64.text(record.salt)), "detail": detail]
        try files.place(json.canonical, at: Self.path(statement.id), mode: 0o600, directories: 0o700)
        return record.commitment
    }

    /// - Returns: `nil` where it was forgotten, or is not what the entry commits to.
    func read(of entry: CustodyEntry) throws -> CustodyDetail? {
        guard let bytes = try files.read(Self.path(entry.id), limit: 1 << 20),
            let json = try? JSONValue(parsing: bytes), let detail = json["detail"],
            let salt = json["salt"]?.stringValue.flatMap(Base64.bytes)
        else { return nil }
        let record = CustodyDetail(salt: salt, detail: detail)
        return record.commitment == entry.commitment ? record : nil
    }

    func forget(_ entry: UploadID) throws(SyscallError) {
        do throws(SyscallError) {
            let directory = try files.directory(LogFiles.details, mode: 0o700)
            try directory.unlink(Self.name(entry), subject: "custody detail")
            try directory.sync(subject: "custody detail")
        } catch {
            if !error.isNotThere { throw error }
        }
    }

    private static func path(_ entry: UploadID) -> [UInt8] {
        LogFiles.details + [UInt8(ascii: "/")] + name(entry)
    }

    private static func name(_ entry: UploadID) -> [UInt8] { Array("\(entry).json".utf8) }
}

extension SymmetricKey {
    fileprivate var bytes: [UInt8] { withUnsafeBytes { Array($0) } }
}
