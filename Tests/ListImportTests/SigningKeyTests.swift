import LinuxIO
import ListImport
import Testing

@Suite struct SigningKeyTests {
    @Test("a key that was written reads back, and both files have their modes")
    func roundTrip() throws {
        let scratch = try ScratchState()
        try scratch.key.write(to: "\(scratch.path)/key")
        let text = try text(of: "\(scratch.path)/key")
        #expect(text.utf8.count == 65)
        #expect(try SigningKey(file: text).publicKeyHex == scratch.key.publicKeyHex)
        #expect(try self.text(of: "\(scratch.path)/key.pub") == scratch.key.publicKeyHex + "\n")
        #expect(try scratch.mode(scratch.path, "key") == 0o600)
        #expect(try scratch.mode(scratch.path, "key.pub") == 0o644)
    }

    @Test("no key is ever overwritten", arguments: ["key", "key.pub"])
    func keeps(name: String) throws {
        let scratch = try ScratchState()
        let path = try scratch.file(name, "precious")
        #expect(throws: SyscallError.self) { try scratch.key.write(to: "\(scratch.path)/key") }
        #expect(try text(of: path) == "precious")
        let other = name == "key" ? "key.pub" : "key"
        #expect(try Descriptor.directory(scratch.path).statusIfThere(of: Array(other.utf8)) == nil)
    }

    @Test("the seed of RFC 8032's first test gives its public key")
    func vector() throws {
        let key = try SigningKey(file: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60\n")
        #expect(key.publicKeyHex == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    }

    @Test(
        "anything else is no signing key, and the message does not repeat it",
        arguments: [
            "", "\n", "9d61b1\n", String(repeating: "0", count: 64), String(repeating: "x", count: 64) + "\n",
        ]
    )
    func refuses(text: String) {
        let fault = #expect(throws: BuildFault.notASigningKey) { try SigningKey(file: text) }
        #expect(fault?.description.contains("9d61b1") == false)
    }

    private func text(of path: String) throws -> String {
        String(decoding: try Descriptor.open(path).readAll(limit: 1_024), as: UTF8.self)
    }
}
