import Digests
import LinuxIO
import UploadModel

/// A buffer, and the file that is read into it.
final class Lane {
    /// Bytes read at a time by sixteen lanes. Larger reads gain nothing, and these still fit into a core's cache; where
    /// there are more lanes, each reads less.
    static let chunk = 64 * 1_024

    private var file: LaneFile?
    private var size: UInt64 = 0
    /// What is read and not yet digested: whole blocks, the padding included.
    private(set) var blocks = 0
    /// Whether these blocks are the last.
    private(set) var isLast = false
    private(set) var trouble: SyscallError?

    private let chunk: Int
    private let buffer: UnsafeMutableRawBufferPointer
    private var start = 0
    private var offset: UInt64 = 0

    /// - Parameter chunk: Bytes read at a time, a multiple of 64.
    init(chunk: Int = Lane.chunk) {
        self.chunk = chunk
        buffer = .allocate(byteCount: chunk + LaneDigests.roomToPad, alignment: 64)
    }

    deinit { buffer.deallocate() }

    var isBusy: Bool { file != nil }

    /// Bytes read so far.
    var byteCount: UInt64 { offset }

    var next: UnsafeRawPointer { UnsafeRawPointer(buffer.baseAddress! + start) }

    /// Takes a file and reads its first bytes.
    func take(_ next: consuming LaneFile) {
        size = next.size
        file = consume next
        (blocks, isLast, trouble, start, offset) = (0, false, nil, 0, 0)
        fill()
    }

    /// Gives the file back and is idle.
    func giveBack() -> LaneFile? { file.take() }

    /// Notes that the next `count` blocks were digested, and reads on when none is left.
    func digested(_ count: Int) {
        blocks -= count
        start += count * LaneDigests.blockSize
        if blocks == 0 && !isLast { fill() }
    }

    /// Reads up to a chunk; the end of the file, or of what was promised, is padded where it lies.
    private func fill() {
        start = 0
        let left = size - offset
        let wanted = Int(min(UInt64(chunk), left))
        do throws(SyscallError) {
            let count = try read(wanted)
            offset += UInt64(count)
            isLast = count < wanted || UInt64(count) == left
            blocks = isLast ? pad(count) : count / LaneDigests.blockSize
        } catch {
            trouble = error
        }
    }

    private func read(_ wanted: Int) throws(SyscallError) -> Int {
        if wanted == 0 { return 0 }
        let window = UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
        switch file {
        case .some(let file):
            return try file.descriptor.read(into: window, at: Int64(offset), subject: "upload")
        case .none: return 0
        }
    }

    private func pad(_ count: Int) -> Int {
        let whole = count / LaneDigests.blockSize
        let rest = buffer.baseAddress! + whole * LaneDigests.blockSize
        return whole + LaneDigests.pad(rest, count: count % LaneDigests.blockSize, total: offset)
    }
}

extension Lane {
    /// Reads a whole file, one chunk after another, without taking it.
    func read(_ file: borrowing LaneFile, into digest: inout RunningDigest) -> Result<DigestSet, SyscallError>
    {
        var offset: UInt64 = 0
        do throws(SyscallError) {
            while offset < file.size {
                let wanted = Int(min(UInt64(chunk), file.size - offset))
                let window = UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
                let count = try file.descriptor.read(into: window, at: Int64(offset), subject: "upload")
                digest.update(UnsafeRawBufferPointer(rebasing: window[..<count]))
                offset += UInt64(count)
                if count < wanted { break }
            }
            return .success(digest.finish())
        } catch {
            _ = digest.finish()
            return .failure(error)
        }
    }
}
