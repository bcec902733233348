import CLinuxIO
import Glibc

/// Asks a program of ours on its Unix socket.
package enum LocalSocket {
    /// One HTTP/1.0 GET; the answer is read to its end, 1 MiB and five seconds at most.
    ///
    /// - Throws: ECONNREFUSED or ENOENT when nobody listens.
    package static func get(_ target: String, from path: String) throws(SyscallError) -> (
        status: Int, body: [UInt8]
    ) {
        let socket = Descriptor(owning: try check("connect", path) { bw_connect(path) })
        try socket.write(
            Array("GET \(target) HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8),
            subject: path
        )
        return split(try readToEnd(socket, path))
    }

    private static func readToEnd(_ socket: borrowing Descriptor, _ path: String) throws(SyscallError)
        -> [UInt8]
    {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 * 1_024)
        while bytes.count < 1 << 20 {
            let count = try check("read", path) {
                chunk.withUnsafeMutableBytes { Glibc.read(socket.raw, $0.baseAddress, $0.count) }
            }
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return bytes
    }

    private static func split(_ answer: [UInt8]) -> (status: Int, body: [UInt8]) {
        let end = Array("\r\n\r\n".utf8)
        let words = String(decoding: answer.prefix(64), as: UTF8.self).split(separator: " ")
        let status = words.count > 1 ? Int(words[1]) ?? 0 : 0
        guard let cut = answer.indices.first(where: { answer[$0...].starts(with: end) }) else {
            return (status, [])
        }
        return (status, Array(answer[(cut + end.count)...]))
    }
}
