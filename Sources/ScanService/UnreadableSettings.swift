package import LinuxIO
package import UploadModel

/// A settings file that cannot be read.
package struct UnreadableSettings: WayOut {
    private let error: SyscallError

    package init(_ error: SyscallError) { self.error = error }

    package var description: String { "\(error)" }
    package var exitCode: ExitCode { .settingsRefused }

    package var hint: String {
        error.isForbidden
            ? "run it with sudo, or let its user read it: group breakwater, mode 0640, as installed"
            : "name the settings file with --config; \"breakwater init\" makes one for a demonstration"
    }
}
