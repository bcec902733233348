import Glibc
import LinuxIO
import PictureWire
import PictureWork

/// A decoder with next to no cage, as a kernel without Landlock and seccomp would leave it.
///
/// A "picture" that begins with `GIF89a reverse` is reversed where it lies while it is decoded, as somebody would
/// who writes to an upload in just that time. One that begins with `GIF89a hang` is never answered, and one that
/// begins with `GIF89a unread` cannot be read the first time. `GIF89a signal 9` ends the decoder by that signal, and the
/// next one does not see it any more.
@main
struct Bare {
    static func main() throws {
        var wasUnread = false
        try Worker.start(wanted: .noNewPrivileges).serve { bytes, picture, terms, job in
            if begins(picture, "GIF89a unread") {
                defer { wasUnread = true }
                return wasUnread ? plain : DecodedPicture(outcome: .unread, hashes: [])
            }
            endBySignal(picture)
            return reverse(picture) ? plain : bytes.decode(picture, terms, job)
        }
        ThisProcess.exit(0)
    }

    /// Decoded, and too small to have a hash.
    private static let plain = DecodedPicture(outcome: .whole, width: 1, height: 1, hashes: [])

    private static func begins(_ picture: borrowing Descriptor, _ text: String) -> Bool {
        var first = [UInt8](repeating: 0, count: text.utf8.count)
        return (try? picture.read(into: &first, at: 0)) == first.count && first == Array(text.utf8)
    }

    private static func endBySignal(_ picture: borrowing Descriptor) {
        let order = "GIF89a signal "
        guard begins(picture, order) else { return }
        var number = [UInt8](repeating: 0, count: 2)
        let count = (try? picture.read(into: &number, at: Int64(order.utf8.count))) ?? 0
        let digits = number[..<count].prefix { (48...57).contains($0) }
        let writing = open("/proc/self/fd/\(picture.raw)", O_WRONLY)
        pwrite(writing, "GIF89a reverse", order.utf8.count, 0)
        kill(getpid(), Int32(String(decoding: digits, as: UTF8.self)) ?? SIGABRT)
    }

    private static func reverse(_ picture: borrowing Descriptor) -> Bool {
        var content = [UInt8](repeating: 0, count: 1_024)
        let count = (try? picture.read(into: &content, at: 0)) ?? 0
        while content.starts(with: Array("GIF89a hang".utf8)) { pause() }
        guard content.starts(with: Array("GIF89a reverse".utf8)) else { return false }
        let writing = open("/proc/self/fd/\(picture.raw)", O_WRONLY)
        let reversed = Array(content[..<count].reversed())
        return pwrite(writing, reversed, count, 0) == count && close(writing) == 0
    }
}
