import LinuxIO
import UploadModel

/// The worker that decodes untrusted pictures. It takes no work in this version.
@main
struct Decoder {
    static func main() {
        let line = "breakwater-decoder: error: pictures are not decoded in this version\n"
        ThisProcess.writeToStandardError(Array(line.utf8))
        ThisProcess.exit(ExitCode.failed.rawValue)
    }
}
