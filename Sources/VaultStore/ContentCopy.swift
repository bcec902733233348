import Digests
package import JSONText
import LinuxIO
package import UploadModel

/// What came of reading an upload's content to preserve it.
struct ContentCopy: Sendable {
    /// The source when reading began.
    let found: FileStatus
    let digests: DigestSet
    /// Whether the source's size or times moved while it was read.
    let changedMeanwhile: Bool

    /// Bytes a read asks for.
    private static let step = 256 * 1_024

    /// Hands the bytes from offset 0 to the size that the source has now to `take`, in constant memory.
    ///
    /// Bounded by that size, so that a writer who keeps appending cannot fill the vault; that it grew is noted.
    init(
        of content: borrowing Descriptor,
        _ take: (RawSpan) throws(SyscallError) -> Void
    ) throws(SyscallError) {
        found = try content.status(subject: "upload")
        content.willReadInOrder()
        var running = RunningDigest()
        var buffer = [UInt8](repeating: 0, count: Self.step)
        var rest = found.size
        while rest > 0 {
            let read = try content.read(into: &buffer, at: Int64(found.size - rest), subject: "upload")
            let bytes = buffer.span.bytes.extracting(first: Int(min(UInt64(read), rest)))
            if bytes.isEmpty { break }
            running.update(bytes)
            try take(bytes)
            rest -= UInt64(bytes.byteCount)
        }
        digests = running.finish()
        changedMeanwhile = !found.hasSameContent(as: try content.status(subject: "upload"))
    }
}

extension FileStatus {
    var json: JSONValue {
        [
            "device": .string("\(device)"), "inode": .string("\(inode)"),
            "mode": .string(String(mode, radix: 8)), "uid": .integer(uid), "gid": .integer(gid),
            "links": .integer(links), "size": .integer(size), "blocks": .integer(blocks),
            "accessed_ns": .nanoseconds(accessed), "modified_ns": .nanoseconds(modified),
            "changed_ns": .nanoseconds(changed),
            "born_ns": born == 0 ? .null : .nanoseconds(born),
        ]
    }
}

/// Anybody may write what they like into an attribute, so that names and values are sealed.
extension [ExtendedAttribute] {
    var json: JSONValue {
        .array(
            map {
                [
                    "name_base64": .string(Base64.text($0.name)),
                    "value_base64": .string(Base64.text($0.value)),
                ]
            }
        )
    }

    /// Reads what ``json`` wrote.
    ///
    /// - Throws: `TextFault` naming the member that is missing or wrong.
    package init(attributes json: JSONValue) throws(TextFault) {
        guard let list = json.arrayValue else { throw TextFault(member: "extended_attributes") }
        self = try list.map { one throws(TextFault) in
            ExtendedAttribute(
                name: try one.parsed("name_base64", Base64.bytes),
                value: try one.parsed("value_base64", Base64.bytes)
            )
        }
    }

    /// What the technical record says of them: how many, and the SHA-256 of ``json``.
    var summary: JSONValue {
        [
            "count": .integer(count),
            "sha256": .optional(DigestSet(of: json.canonical, .init(.sha256)).sha256?.hex),
        ]
    }
}
