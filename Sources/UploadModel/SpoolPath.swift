/// Where an upload lies inside one of the spool's directories: bytes, relative, never a `String`.
///
/// Made where a name enters, from readdir or inotify, and the only way into Intake. It holds no NUL, no empty
/// part and neither `.` nor `..`, so it cannot lead out of the directory that it is resolved in; that no part
/// of it is a symbolic link is checked by the kernel at each open.
package struct SpoolPath: Hashable, Sendable {
    package let bytes: [UInt8]

    /// Longest path that is taken, one less than Linux's PATH_MAX. Must leave room for a context's suffix.
    package static let longest = 4_095

    package init?(_ bytes: some Sequence<UInt8>) { self.init(bytes: Array(bytes)) }

    /// The same without a copy, and without a list of the parts where there is one: every name of a listing comes here.
    package init?(bytes: [UInt8]) {
        guard !bytes.isEmpty, bytes.count <= Self.longest else { return nil }
        if bytes.contains(slash) {
            let parts = bytes.split(separator: slash, omittingEmptySubsequences: false)
            guard parts.allSatisfy(Self.isName) else { return nil }
        } else {
            guard Self.isName(bytes) else { return nil }
        }
        self.bytes = bytes
    }

    /// Whether `bytes` can name an entry of a directory.
    package static func isName(_ bytes: some Collection<UInt8>) -> Bool {
        !bytes.isEmpty && !bytes.contains(0) && !bytes.contains(slash)
            && !bytes.elementsEqual([dot]) && !bytes.elementsEqual([dot, dot])
    }

    /// The last part.
    package var name: [UInt8] {
        guard let cut = bytes.lastIndex(of: slash) else { return bytes }
        return Array(bytes[(cut + 1)...])
    }

    /// The directory that holds it; `nil` when that is the root.
    package var parent: SpoolPath? {
        guard let cut = bytes.lastIndex(of: slash) else { return nil }
        return SpoolPath(checked: Array(bytes[..<cut]))
    }

    package func appending(name: [UInt8]) -> SpoolPath? {
        guard Self.isName(name), bytes.count + 1 + name.count <= Self.longest else { return nil }
        return SpoolPath(checked: bytes + [slash] + name)
    }

    /// Where the context of this upload lies, `NAME.meta.json`.
    package var context: SpoolPath { SpoolPath(checked: bytes + Self.contextSuffix) }

    /// Whether the name ends as a context's.
    package var isContextName: Bool {
        bytes.count > Self.contextSuffix.count
            && bytes.suffix(Self.contextSuffix.count) == Self.contextSuffix[...]
    }

    /// The upload that this is the context of by its name; `nil` when the name has no such suffix.
    package var describedUpload: SpoolPath? {
        guard isContextName else { return nil }
        return SpoolPath(bytes.dropLast(Self.contextSuffix.count))
    }

    /// The same place under a name that no other upload has, `NAME~<id>`.
    ///
    /// A name that would grow past NAME_MAX (255) loses bytes at its end, the context's suffix accounted for.
    package func distinguished(by id: UploadID) -> SpoolPath {
        let mark = [UInt8(ascii: "~")] + Array("\(id)".utf8)
        let room = 255 - mark.count - Self.contextSuffix.count
        let distinct = Array(name.prefix(room)) + mark
        guard let parent else { return SpoolPath(checked: distinct) }
        return SpoolPath(checked: parent.bytes + [slash] + distinct)
    }

    /// All bytes at once; an array's own takes them one by one.
    package func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }

    private init(checked bytes: [UInt8]) { self.bytes = bytes }

    private static let contextSuffix = Array(".meta.json".utf8)
}

private let slash = UInt8(ascii: "/")
private let dot = UInt8(ascii: ".")
