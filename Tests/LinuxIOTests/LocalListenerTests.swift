import CLinuxIO
import Glibc
import Testing

@testable import LinuxIO

@Suite struct LocalListenerTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test("nobody but its owner is let in before a socket has its mode, whatever the umask")
    func closedAtFirst() throws {
        let path = "\(scratch.path)/socket"
        try withFileModeMask(0) { close(bw_listen(path)) }
        #expect(try scratch.root.status(of: bytes("socket")).mode == 0o600)
    }

    @Test(
        "a socket has exactly its mode, also where one lay there before",
        arguments: [0o600, 0o660] as [UInt32]
    )
    func mode(_ mode: UInt32) throws {
        let path = "\(scratch.path)/socket"
        _ = try LocalListener(at: path, mode: 0o600, group: nil)
        let listener = try LocalListener(at: path, mode: mode, group: nil)
        #expect(try scratch.root.status(of: bytes("socket")).mode == mode)
        #expect(try listener.next() == nil)
    }
}
