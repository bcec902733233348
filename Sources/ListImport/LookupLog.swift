import Crypto
package import LinuxIO
package import UploadModel

/// The record of what people asked the lists: `lists/lookups.log`, a line a question.
///
/// Somebody who may ask without limit can find out what a list holds. The line holds no value: its tag is keyed, so
/// only who has `lists/lookups.key` can tell whether a given value was asked for.
package struct LookupLog: ~Copyable {
    private let directory: Descriptor
    private let lock: FileLock

    private static let name = Array("lookups.log".utf8)
    private static let keyName = Array("lookups.key".utf8)
    /// Nanoseconds from one question to the next.
    private static let pause: Int64 = 1_000_000_000

    /// `nil` while another question is asked.
    package init?(in lists: borrowing Descriptor) throws(SyscallError) {
        guard let lock = try FileLock.take("lookups.lock", in: lists, subject: "lists/lookups.lock") else {
            return nil
        }
        let directory = try lists.duplicate()
        self.lock = lock
        self.directory = directory
    }

    /// Waits until a second is over since the last question, then records this one, durably. Ask the lists afterwards.
    package func record(_ value: [UInt8], by who: String, at time: () -> Timestamp) throws(SyscallError) {
        let file = try directory.open(
            Self.name,
            [.write, .create, .append],
            mode: 0o640,
            subject: "lists/lookups.log"
        )
        try file.setMode(0o640, subject: "lists/lookups.log")
        let status = try file.status(subject: "lists/lookups.log")
        // A clock that was set back must not make anybody wait for longer.
        let rest = min(Self.pause, status.modified + Self.pause - time().nanoseconds)
        if rest > 0, status.size > 0 { ThisProcess.sleep(milliseconds: UInt32(rest / 1_000_000) + 1) }
        let tag = HMAC<SHA256>.authenticationCode(for: value, using: try key())
        let name = Self.printable(who)
        let line = "\(time()) \(Hex.text(Array(tag).prefix(16))) \(name)\n"
        try file.write(Array(line.utf8), subject: "lists/lookups.log")
        try file.sync(subject: "lists/lookups.log")
    }

    /// A name from the environment must not end the line, nor begin one that nobody asked for.
    private static func printable(_ who: String) -> String {
        var name = ""
        name.unicodeScalars += who.unicodeScalars.filter {
            ![.control, .format, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
        }
        return name
    }

    private func key() throws(SyscallError) -> SymmetricKey {
        if try directory.statusIfThere(of: Self.keyName, subject: "lists/lookups.key") == nil {
            let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
            try directory.writeDurably(bytes, as: Self.keyName, mode: 0o600, subject: "lists/lookups.key")
        }
        let bytes = try directory.open(Self.keyName, subject: "lists/lookups.key")
            .readAll(limit: 64, subject: "lists/lookups.key")
        return SymmetricKey(data: bytes)
    }
}
