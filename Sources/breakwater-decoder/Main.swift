import LinuxIO
import PictureWork

/// The worker that decodes untrusted pictures for breakwaterd, which starts it and talks to it over descriptor 0.
///
/// It says nothing: what keeps it from its work is its exit code, and the daemon tells the operator.
@main
struct Decoder {
    static func main() {
        ThisProcess.dropCrashReport()
        do {
            try Worker.start().serve()
            ThisProcess.exit(0)
        } catch {
            ThisProcess.exit(70)
        }
    }
}
