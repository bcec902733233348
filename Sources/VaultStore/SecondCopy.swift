package import LinuxIO
package import UploadModel

/// Where a second copy may lie.
enum SecondCopyRule {
    /// A second copy on the disk of the first is none; and where the other disk is not mounted, its mount point lies on
    /// the disk of the first. A demonstration or test may do with one disk.
    static func allows(device: UInt64, besideStateOn state: UInt64, in environment: Environment) -> Bool {
        environment != .production || device != state
    }
}

/// Why the second copy is not written to, with the way out.
package enum SecondCopyRefused: WayOut, Equatable {
    case sameDisk(String)
    /// It holds no `exhibits` or no `keys`, where exhibits were copied to.
    case notLaidOut
    /// An exhibit was copied there, and the settings name it no more, or its disk is away.
    case notOpen(String)

    package var description: String {
        switch self {
        case .sameDisk(let path): "evidence.second_copy: \(path) lies on the disk that state.root lies on"
        case .notLaidOut: "evidence.second_copy holds no exhibits/ or no keys/"
        case .notOpen(let path): "a second copy lies at \(path), which is not open"
        }
    }

    package var hint: String {
        switch self {
        case .sameDisk:
            "mount the other disk (a unit's RequiresMountsFor= waits for it), or set second_copy = \"\"; what "
                + "was copied before stays where it is, and is not destroyed until that copy is named again"
        case .notOpen:
            "mount its disk, name it in evidence.second_copy or link that path to where it is now, and start again; until "
                + "then the exhibit is not destroyed, for that copy would stay"
        case .notLaidOut: "mount its disk; until then nothing is destroyed, for that copy would stay"
        }
    }

    package var exitCode: ExitCode { .settingsRefused }
}

extension SecondCopyRefused {
    /// - Parameter state: The state's root, absolute; where it is not there yet, nothing stands against the copy.
    /// - Throws: ``sameDisk(_:)``, or `SyscallError` where there is no second copy.
    package static func check(_ path: String, besides state: String, in environment: Environment) throws {
        let directory = try Descriptor.directory(path)
        let status = try? Descriptor.directory(state).status(subject: state)
        guard let status else { return }
        try check(directory, at: path, besidesStateOn: status.device, in: environment)
    }

    static func check(_ path: String, besidesStateOn device: UInt64, in environment: Environment) throws {
        try check(try Descriptor.directory(path), at: path, besidesStateOn: device, in: environment)
    }

    private static func check(
        _ directory: borrowing Descriptor,
        at path: String,
        besidesStateOn state: UInt64,
        in environment: Environment
    ) throws {
        let device = try directory.status(subject: path).device
        guard SecondCopyRule.allows(device: device, besideStateOn: state, in: environment) else {
            throw sameDisk(path)
        }
    }
}

extension Vault {
    /// Destroys in the copies that this vault was opened with, whatever the settings say since.
    ///
    /// - Throws: ``SecondCopyRefused`` where the bundle was copied to a place that is not open; `SyscallError`.
    package func destroyer(of bundle: BundleID, state: borrowing Descriptor) throws -> Destroyer {
        if let path = try closedCopies(of: bundle).first { throw SecondCopyRefused.notOpen(path) }
        guard let second else { return try Destroyer(state: state) }
        let copies = try secondCopies(of: bundle)
        return try Destroyer(state: state, secondCopy: second.root.duplicate(), at: copies)
    }
}
