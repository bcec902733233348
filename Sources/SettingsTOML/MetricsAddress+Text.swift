internal import UploadModel

// `metrics.listen` in both directions.

extension Reading where Value == MetricsAddress {
    static var address: Self {
        Self(text: "\"\", \"unix:/PATH\" with a path of at most 103 bytes, or \"tcp:HOST:PORT\"") {
            MetricsAddress($0)
        }
    }
}

extension MetricsAddress {
    init?(_ text: String) {
        if text.isEmpty {
            self = .none
        } else if let path = text.after("unix:") {
            guard isAbsolute(path), path.utf8.count <= Self.longestPath else { return nil }
            self = .unix(path)
        } else if let place = text.after("tcp:") {
            self.init(tcp: place)
        } else {
            return nil
        }
    }

    /// `HOST:PORT`, the host in brackets where it has colons itself.
    private init?(tcp place: String) {
        let bytes = Array(place.utf8)
        guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")),
            let port = wholeNumber(bytes[(colon + 1)...]), (1...65_535).contains(port)
        else { return nil }
        var host = bytes[..<colon]
        let isBracketed = host.count > 2 && host.first == UInt8(ascii: "[") && host.last == UInt8(ascii: "]")
        if isBracketed { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, host.contains(UInt8(ascii: ":")) == isBracketed, host.allSatisfy(Self.isHostByte)
        else { return nil }
        self = .tcp(host: String(decoding: host, as: UTF8.self), port: port)
    }

    /// As it is written in the file; reads back as the same address.
    var text: String {
        switch self {
        case .none: ""
        case .unix(let path): "unix:\(path)"
        case .tcp(let host, let port) where host.utf8.contains(UInt8(ascii: ":")): "tcp:[\(host)]:\(port)"
        case .tcp(let host, let port): "tcp:\(host):\(port)"
        }
    }

    /// Letters, digits and what addresses, names and IPv6 zones need besides.
    private static func isHostByte(_ byte: UInt8) -> Bool {
        isLowercase(byte | 0x20) || isDigit(byte) || ".-:%_".utf8.contains(byte)
    }

    /// Bytes that `sockaddr_un` holds before its closing NUL.
    private static let longestPath = 103
}

extension String {
    fileprivate func after(_ prefix: String) -> String? {
        guard utf8.starts(with: prefix.utf8) else { return nil }
        return String(decoding: utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
    }
}
