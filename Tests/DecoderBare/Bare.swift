import LinuxIO
import PictureWire
import PictureWork

/// A decoder without the two outer layers of its cage, as an old kernel would leave it.
@main
struct Bare {
    static func main() throws {
        try Worker.start(wanted: [.noNewPrivileges, .notDumpable, .limits]).serve()
        ThisProcess.exit(0)
    }
}
