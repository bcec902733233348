import CLinuxIO
import Glibc

/// This process: who it runs as, what it uses, what it tells the service manager.
package enum ThisProcess {
    package static var user: UInt32 { geteuid() }
    package static var group: UInt32 { getegid() }

    /// Cores that this process may run on, at least 1.
    package static var cores: Int { Int(bw_cores()) }

    package static var residentBytes: UInt64 { bw_resident_bytes() }

    package static var openDescriptors: Int {
        guard let directory = try? Descriptor.directory("/proc/self/fd"),
            var entries = try? DirectoryEntries(of: directory)
        else { return 0 }
        var count = 0
        while (try? entries.next()) != nil { count += 1 }
        return count
    }

    /// Ignores SIGIO (somebody wants to write to a file whose lease we hold) and SIGPIPE in the whole process; a child
    /// program starts without this.
    ///
    /// An asynchronous `main` does not run on the process's first thread, so a mask alone would leave that one to be
    /// ended by the signal.
    package static func blockStraySignals() { bw_block_stray_signals() }

    /// Leaves a crash to the kernel, which ends us by the signal and says nothing. Call it before anything is read.
    ///
    /// The runtime's own report shows 16 bytes of memory for each register on standard error, and those may be an
    /// upload's or a key's. A signal that is ignored stays so.
    package static func dropCrashReport() { bw_drop_crash_report() }

    /// Forbids core files of this process, also where a program collects them, and that others of its user read its
    /// memory. A child program starts without this.
    ///
    /// - Source: core(5), PR_SET_DUMPABLE(2const).
    package static func forbidCoreFiles() { bw_forbid_core_files() }

    /// Gives up root for good: the groups that this user has when it logs in and `group`, then user.
    package static func become(user: UInt32, group: UInt32) throws(SyscallError) {
        let login = getpwuid(user)?.pointee
        _ = try check("setresuid", "uid \(user)") {
            bw_become(user, group, login?.pw_name, login?.pw_gid ?? group)
        }
    }

    /// The name of a user for a message or a command line, or its number.
    package static func name(ofUser user: UInt32) -> String {
        getpwuid(user).map { String(cString: $0.pointee.pw_name) } ?? "\(user)"
    }

    /// A user by name or number; `nil` when there is none of that name.
    package static func user(named text: String) -> UInt32? {
        if let number = UInt32(text) { return number }
        return getpwnam(text).map { $0.pointee.pw_uid }
    }

    /// Whether a person sees what is written to standard output.
    package static var outputIsTerminal: Bool { isatty(1) == 1 }

    /// A group by name or number; `nil` when there is none of that name.
    package static func group(named text: String) -> UInt32? {
        if let number = UInt32(text) { return number }
        return getgrnam(text).map { $0.pointee.gr_gid }
    }

    package static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    /// Tells the service manager `READY=1` and the like; does nothing when there is none.
    ///
    /// - Source: sd_notify(3).
    package static func notifyServiceManager(_ state: String) {
        guard let socket = environment("NOTIFY_SOCKET") else { return }
        _ = bw_notify(socket, state)
    }

    /// chmod(2), for what was made by others at a path of ours, such as a socket.
    package static func setMode(_ mode: UInt32, ofPath path: String) throws(SyscallError) {
        _ = try check("chmod", path) { chmod(path, mode) }
    }

    /// The program's arguments as the kernel gave them; a `String` would repair what is not UTF-8.
    package static var rawArguments: [[UInt8]] {
        (0..<Int(CommandLine.argc)).compactMap { index in
            CommandLine.unsafeArgv[index].map { pointer in
                Array(UnsafeRawBufferPointer(start: pointer, count: strlen(pointer)))
            }
        }
    }

    /// Where the running program's file lies; `nil` without /proc.
    package static var directoryOfProgram: String? {
        var path = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = path.withUnsafeMutableBytes { readlink("/proc/self/exe", $0.baseAddress!, $0.count) }
        guard count > 0, let slash = path[..<count].lastIndex(of: UInt8(ascii: "/")) else { return nil }
        return String(decoding: path[..<slash], as: UTF8.self)
    }

    package static func workingDirectory() throws(SyscallError) -> String {
        guard let path = getcwd(nil, 0) else {
            throw SyscallError(call: "getcwd", subject: "directory", errno: errno)
        }
        defer { free(path) }
        return String(cString: path)
    }

    package static func makeDirectoryIfMissing(_ path: String, mode: UInt32) throws(SyscallError) {
        if mkdir(path, mode) != 0 && errno != EEXIST {
            throw SyscallError(call: "mkdir", subject: path, errno: errno)
        }
    }

    /// For a command that waits for somebody; the daemon never sleeps so.
    package static func sleep(milliseconds: UInt32) { usleep(milliseconds * 1_000) }

    package static func exit(_ code: Int32) -> Never { Glibc.exit(code) }

    package static func setFileModeMask(_ mask: UInt32) { _ = umask(mask) }

    /// Writes to standard error in one call, so that lines of several threads do not mix.
    package static func writeToStandardError(_ bytes: [UInt8]) {
        _ = bytes.withUnsafeBytes { Glibc.write(2, $0.baseAddress, $0.count) }
    }

    package static var standardErrorIsTerminal: Bool { isatty(2) == 1 }

    package static func writeToStandardOutput(_ bytes: [UInt8]) throws(SyscallError) {
        try Descriptor.write(bytes.span.bytes, to: 1, subject: "standard output")
    }
}
