import CLinuxIO
import Glibc

/// Asks another program of this machine where it listens.
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

    /// One line there and one line back; the answer may also end with the connection.
    ///
    /// - Parameters:
    ///   - seconds: For all of it, however slowly bytes come; connecting alone may take five.
    ///   - limit: Bytes of the answer.
    /// - Throws: ECONNREFUSED or ENOENT when nobody listens, ETIMEDOUT, EFBIG, EPIPE when nothing came.
    package static func line(
        answering question: [UInt8],
        from path: String,
        within seconds: Int,
        limit: Int
    ) throws(SyscallError) -> [UInt8] {
        let end = Clocks.monotonic + Int64(seconds) * 1_000_000_000
        let socket = Descriptor(owning: try check("connect", path) { bw_connect(path) })
        try socket.write(question + [UInt8(ascii: "\n")], subject: path)
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 * 1_024)
        while true {
            let left = Int32((end - Clocks.monotonic) / 1_000_000)
            guard left > 0, try check("poll", path, { bw_wait_readable(socket.raw, left) }) > 0 else {
                throw SyscallError(call: "read", subject: path, errno: ETIMEDOUT)
            }
            // One read(2), which takes what is there: a full buffer could be long in coming.
            let count = try read(socket, into: &chunk, path)
            let came = chunk[..<count]
            answer += came.prefix { $0 != UInt8(ascii: "\n") }
            if answer.count > limit { throw SyscallError(call: "read", subject: path, errno: EFBIG) }
            if count == 0, answer.isEmpty { throw SyscallError(call: "read", subject: path, errno: EPIPE) }
            if count == 0 || came.contains(UInt8(ascii: "\n")) { return answer }
        }
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
            let count = try read(socket, into: &chunk, path)
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return bytes
    }

    private static func read(
        _ socket: borrowing Descriptor,
        into chunk: inout [UInt8],
        _ path: String
    ) throws(SyscallError) -> Int {
        try check("read", path) {
            chunk.withUnsafeMutableBytes { Glibc.read(socket.raw, $0.baseAddress, $0.count) }
        }
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
