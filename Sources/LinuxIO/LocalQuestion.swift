import CLinuxIO
import Glibc

/// Asks a program of ours where it listens.
package enum LocalQuestion {
    /// One HTTP/1.0 GET; the answer is read to its end, 1 MiB and five seconds at most.
    ///
    /// - Throws: ECONNREFUSED or ENOENT when nobody listens.
    package static func get(_ target: String, from path: String) throws(SyscallError) -> (
        status: Int, body: [UInt8]
    ) {
        try ask(target, Descriptor(owning: try check("connect", path) { bw_connect(path) }), path)
    }

    /// The same over TCP, from a numeric address.
    package static func get(
        _ target: String,
        host: String,
        port: Int
    ) throws(SyscallError) -> (status: Int, body: [UInt8]) {
        let place = "\(host):\(port)"
        return try ask(
            target,
            Descriptor(owning: try check("connect", place) { bw_connect_tcp(host, "\(port)") }),
            place
        )
    }

    private static func ask(
        _ target: String,
        _ socket: consuming Descriptor,
        _ place: String
    ) throws(SyscallError) -> (status: Int, body: [UInt8]) {
        let request = "GET \(target) HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        try socket.write(Array(request.utf8), subject: place)
        return split(try readToEnd(socket, place))
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
