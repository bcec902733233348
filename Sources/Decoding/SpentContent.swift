import LinuxIO
import Synchronization

/// Contents that cost a worker its life, so that none of them is tried a third time.
///
/// A content is known by its length and a keyed hash of its bytes, which nobody outside this process can aim at. Bytes
/// are read for it only after a loss, and of files that are as long as one that is known.
final class SpentContent: Sendable {
    private let known = Mutex(Known())

    private struct Known {
        var losses: [Content: Int] = [:]
        /// From the oldest on.
        var order: [Content] = []
    }

    private struct Content: Hashable {
        let byteCount: UInt64
        let hash: Int
    }

    private static let mostLosses = 2
    /// Contents; the oldest are forgotten and may be tried again.
    private static let capacity = 4_096

    /// Whether the picture has been lost as often as it may.
    func isSpent(_ picture: borrowing Descriptor, byteCount: UInt64) -> Bool {
        let hasLength = known.withLock { $0.losses.contains { $0.key.byteCount == byteCount } }
        guard hasLength, let content = Self.content(of: picture, byteCount) else { return false }
        return known.withLock { $0.losses[content, default: 0] >= Self.mostLosses }
    }

    func note(_ picture: borrowing Descriptor, byteCount: UInt64) {
        guard let content = Self.content(of: picture, byteCount) else { return }
        known.withLock { known in
            if known.losses[content] == nil { known.order.append(content) }
            known.losses[content, default: 0] += 1
            if known.order.count > Self.capacity { known.losses[known.order.removeFirst()] = nil }
        }
    }

    private static func content(of picture: borrowing Descriptor, _ byteCount: UInt64) -> Content? {
        var hasher = Hasher()
        var chunk = [UInt8](repeating: 0, count: 256 * 1_024)
        var offset: UInt64 = 0
        while offset < byteCount {
            guard let count = try? picture.read(into: &chunk, at: Int64(offset), subject: "upload"), count > 0
            else {
                return nil
            }
            chunk.withUnsafeBytes { hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            offset += UInt64(count)
        }
        return Content(byteCount: byteCount, hash: hasher.finalize())
    }
}
