import UploadModel

/// One manifest of a bag: paths and their digests, one line a file.
///
/// Written as `sha256sum` would, sorted by path. Reading takes exactly that form and nothing else that the
/// standard allows: what does not read was not written by us.
///
/// - Source: RFC 8493, sections 2.1.3 and 2.2.1.
struct BagManifest: Equatable, Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case sha256, sha512

        var payloadName: String { "manifest-\(rawValue).txt" }
        var tagName: String { "tagmanifest-\(rawValue).txt" }
        fileprivate var digits: Int { self == .sha256 ? 64 : 128 }
    }

    struct Line: Equatable, Sendable {
        let digest: String
        let path: String
    }

    let lines: [Line]

    init(_ kind: Kind, of files: [String: FileDigests]) {
        lines = files.sorted { $0.key < $1.key }.map { Line(digest: $0.value[kind], path: $0.key) }
    }

    /// - Returns: `nil` when a line has another form than ours.
    init?(_ kind: Kind, reading bytes: [UInt8]) {
        guard bytes.last == UInt8(ascii: "\n") else { return nil }
        var lines: [Line] = []
        for line in bytes.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            guard let line = Line(kind, line) else { return nil }
            lines.append(line)
        }
        self.lines = lines
    }

    var bytes: [UInt8] { lines.flatMap { Array("\($0.digest)  \($0.path)\n".utf8) } }

    var paths: [String] { lines.map(\.path) }
}

extension BagManifest.Line {
    fileprivate init?(_ kind: BagManifest.Kind, _ line: ArraySlice<UInt8>) {
        let digest = line.prefix(kind.digits)
        let path = line.dropFirst(kind.digits + 2)
        guard digest.count == kind.digits, digest.allSatisfy(\.isLowerCaseHex),
            line.dropFirst(kind.digits).starts(with: "  ".utf8), path.isBagPath
        else { return nil }
        self.digest = String(decoding: digest, as: UTF8.self)
        self.path = String(decoding: path, as: UTF8.self)
    }
}

extension Collection<UInt8> {
    /// A name that we give to a file: `[0-9a-z._-]`, no dot at its start. An uploader's name is never one.
    var isBagName: Bool {
        guard let first, first != UInt8(ascii: ".") else { return false }
        return allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
            case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
            default: false
            }
        }
    }

    /// Names with slashes between them.
    fileprivate var isBagPath: Bool {
        split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy(\.isBagName)
    }
}

extension UInt8 {
    fileprivate var isLowerCaseHex: Bool { hexDigit != nil && !(65...70).contains(self) }
}
