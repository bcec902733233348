import Glibc
import LinuxIO
import PictureWire
import PictureWork

/// A decoder with next to no cage, as a kernel without Landlock and seccomp would leave it.
///
/// A "picture" that begins with `GIF89a reverse` is reversed where it lies while it is decoded, as somebody would
/// who writes to an upload in just that time. One that begins with `GIF89a hang` is never answered.
@main
struct Bare {
    static func main() throws {
        try Worker.start(wanted: .noNewPrivileges).serve { bytes, picture, terms, readings in
            reverse(picture)
                ? DecodedPicture(outcome: .whole, width: 1, height: 1, hashes: [])
                : bytes.decode(picture, terms, readings)
        }
        ThisProcess.exit(0)
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
