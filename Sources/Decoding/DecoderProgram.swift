package import LinuxIO
package import UploadModel

/// Where the decoder's program lies. It is opened once, so that what is at its path later does not matter.
package enum DecoderProgram {
    package static let name = "breakwater-decoder"
    private static let libexec = "/usr/libexec/breakwater"

    /// Opens the program that the settings name, else the one beside the running program, else the one in libexec.
    ///
    /// - Throws: ``DecoderFault/noProgram(_:)`` with the places that were tried, or ``DecoderFault/notStarted(_:)`` where
    ///   one could not be opened for a reason that may pass.
    package static func open(_ settings: DecoderSettings) throws(DecoderFault) -> Descriptor {
        let places = settings.program.isEmpty ? usualPlaces : [settings.program]
        for place in places {
            do throws(SyscallError) {
                let program = try Descriptor.open(place, .read)
                if isProgram(program) { return program }
            } catch {
                if error.mayPass { throw .notStarted(error) }
            }
        }
        throw .noProgram(places)
    }

    private static var usualPlaces: [String] {
        [ThisProcess.directoryOfProgram, libexec].compactMap { $0.map { "\($0)/\(name)" } }
    }

    private static func isProgram(_ file: borrowing Descriptor) -> Bool {
        guard let status = try? file.status(subject: name) else { return false }
        return status.kind == .regular && status.mode & 0o111 != 0
    }
}
