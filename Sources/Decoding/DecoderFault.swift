package import LinuxIO
package import PictureWire
package import UploadModel

/// Why there is no decoder.
package enum DecoderFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// No program at any of these places.
    case noProgram([String])
    case notStarted(SyscallError)
    /// It ended, or said what no decoder says, before its first picture.
    case notReady
    /// Layers that its cage misses, while the settings require them all.
    case cageIncomplete(missing: CageLayers)

    package var description: String {
        switch self {
        case .noProgram(let places): "no decoder program at \(places.joined(separator: " or "))"
        case .notStarted(let error): "the decoder could not be started: \(error)"
        case .notReady: "the decoder ended before its first picture, or is of another version"
        case .cageIncomplete(let missing):
            "the decoder's cage misses \(missing.names.joined(separator: ", ")), "
                + "and decoder.require_sandbox is set"
        }
    }

    /// Whether a decoder may be had a little later without anybody's doing: descriptors, processes or memory were short,
    /// or the machine so busy that the worker was not ready in time.
    package var mayPass: Bool {
        switch self {
        case .notStarted(let error): error.mayPass
        case .notReady: true
        case .noProgram, .cageIncomplete: false
        }
    }

    /// What stands of the cage all the same.
    package var layers: CageLayers {
        if case .cageIncomplete(let missing) = self { CageLayers.all.subtracting(missing) } else { [] }
    }
}

extension DecoderFault: WayOut {
    package var exitCode: ExitCode {
        switch self {
        case .cageIncomplete: .settingsRefused
        case .noProgram, .notStarted, .notReady: .failed
        }
    }

    package var hint: String {
        switch self {
        case .cageIncomplete:
            "run a kernel that has them, or set decoder.require_sandbox = false and bear the risk"
        case .noProgram, .notStarted, .notReady:
            "install breakwater-decoder of the same version; see decoder.program"
        }
    }
}

/// How a worker was lost while it had a picture in hand.
package enum WorkerLoss: String, CaseIterable, Error, Sendable {
    /// A signal that a program brings on itself.
    case crashed
    /// A system call that the cage does not know. A runtime or an allocator that reports its own failure makes one.
    case caught
    case cpuTime = "cpu-time"
    case wallTime = "wall-time"
    /// Ended by somebody else, by hand or since memory is short.
    case killed
    /// It ended by itself without an answer.
    case left
    /// An answer that no decoder gives.
    case malformed
}
