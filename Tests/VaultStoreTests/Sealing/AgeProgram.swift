import Glibc
import LinuxIO

@testable import VaultStore

/// Debian's `age` on files of a scratch directory.
struct AgeProgram {
    let state: ScratchState

    /// What `header` and `body`, one after the other, hold for `identity`; `nil` when age refuses.
    func open(_ header: [UInt8], _ body: [UInt8], _ identity: AgeIdentity) throws -> [UInt8]? {
        try state.replace("theirs.age", with: header + body)
        try state.replace("identity.txt", with: Array("# invented\n\(identity.secretText)\n".utf8))
        try? state.root.unlink(Array("theirs.plain".utf8))
        // To standard output: with -o an empty plaintext makes no file at all.
        guard run("age -d -i identity.txt theirs.age > theirs.plain") else { return nil }
        return try state.root.open(Array("theirs.plain".utf8)).readAll(limit: 1 << 24)
    }

    /// An age file as age writes it, cut into its header and its body.
    func seal(_ plain: [UInt8], to recipients: [AgeRecipient]) throws -> (header: [UInt8], body: [UInt8]) {
        try state.replace("ours.plain", with: plain)
        let who = recipients.map { "-r \($0.text)" }.joined(separator: " ")
        guard run("age \(who) ours.plain > ours.age") else { throw AgeFailed() }
        let whole = try state.root.open(Array("ours.age".utf8)).readAll(limit: 1 << 24)
        return Self.cut(whole)
    }

    struct AgeFailed: Error {}

    /// After the line with the MAC.
    static func cut(_ whole: [UInt8]) -> (header: [UInt8], body: [UInt8]) {
        let mark = Array("\n--- ".utf8)
        let start = whole.indices.first { whole[$0...].starts(with: mark) }!
        let end = whole[(start + 1)...].firstIndex(of: UInt8(ascii: "\n"))! + 1
        return (Array(whole[..<end]), Array(whole[end...]))
    }

    private func run(_ command: String) -> Bool { system("cd '\(state.path)' && \(command) 2> age.log") == 0 }
}

extension ScratchState {
    /// Seals `plain` into a file of this directory; gives its header for `recipients` and its body.
    func seal(_ plain: [UInt8], to recipients: [AgeRecipient]) throws -> (header: [UInt8], body: [UInt8]) {
        let key = FileKey()
        try replace("body", with: [])
        let file = try root.open(Array("body".utf8), .write)
        var stream = try SealingStream(key, to: file, subject: "test")
        // In uneven parts, so that chunks begin in the middle of them.
        var rest = plain[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(40_961))
            try stream.update(part.span.bytes)
            rest = rest.dropFirst(40_961)
        }
        let written = try stream.finish()
        let body = try root.open(Array("body".utf8)).readAll(limit: 1 << 24)
        guard FileDigests(of: body) == written.digests else { throw AgeProgram.AgeFailed() }
        return (try AgeHeader(key, for: recipients).bytes, body)
    }

    /// Opens what lies in `header` and `body` by our own stream.
    func open(_ header: [UInt8], _ body: [UInt8], _ identity: AgeIdentity) throws -> [UInt8] {
        try replace("opened", with: body)
        let file = try root.open(Array("opened".utf8))
        return try OpeningStream(header: header, identity: identity)
            .bytes(of: file, limit: 1 << 24, subject: "test")
    }
}

/// Bytes that repeat nowhere near, the same for the same length.
func inventedBytes(_ count: Int) -> [UInt8] {
    var state = UInt64(count) &+ 0x9e37_79b9_7f4a_7c15
    return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 33)
    }
}
