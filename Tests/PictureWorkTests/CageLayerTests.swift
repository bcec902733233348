import CDeeds
import Glibc
import LinuxIO
import PictureWire
import Testing

@testable import PictureWork

/// Each layer of the cage by itself, in a process of its own.
@Suite struct CageLayerTests {
    static let terms = WorkerTerms(
        memory: 64 << 20,
        pixels: 1,
        bytes: 1,
        cpuMilliseconds: 100,
        cpuSecondsInAll: 1
    )

    @Test("no path is opened behind Landlock, and no port")
    func landlock() async {
        await #expect(processExitsWith: .success) {
            let report = Cage.enter(CageLayerTests.terms, wanted: [.noNewPrivileges, .landlock])
            precondition(report.layers == [.noNewPrivileges, .landlock] && report.landlockABI >= 1)
            for flags in [O_RDONLY, O_WRONLY] {
                precondition(open("/dev/null", flags) < 0 && errno == EACCES)
            }
            precondition(opendir("/") == nil && errno == EACCES)
            precondition(report.landlockABI < 4 || connectToMyself() == EACCES)
        }
    }

    /// A sanitizer needs more address space than the limit leaves.
    private static let hasSanitizer = dlsym(nil, "__tsan_init") != nil || dlsym(nil, "__asan_init") != nil

    @Test(
        "what is beyond the limits is not to be had",
        .disabled(if: hasSanitizer, "a sanitizer needs all of the address space")
    )
    func limits() async {
        await #expect(processExitsWith: .success) {
            precondition(Cage.enter(CageLayerTests.terms, wanted: .limits).layers == .limits)
            precondition(deed_allocate(200 << 20) == 0)
            precondition(deed_allocate(16 << 20) == 1)
            var descriptors = 0
            while dup(2) >= 0 { descriptors += 1 }
            precondition(descriptors <= 5 && errno == EMFILE)
            precondition(hardLimit(__rlimit_resource_t(4)) == 0, "core files")
            precondition(hardLimit(__rlimit_resource_t(1)) == 0, "files")
            precondition(hardLimit(__rlimit_resource_t(6)) == 0, "processes")
        }
    }

    @Test("neither core nor ptrace")
    func notDumpable() async {
        await #expect(processExitsWith: .success) {
            precondition(deed_is_dumpable() == 1)
            precondition(Cage.enter(CageLayerTests.terms, wanted: .notDumpable).layers == .notDumpable)
            precondition(deed_is_dumpable() == 0)
        }
    }

    @Test("a system call that is not on the list kills")
    func systemCalls() async {
        await #expect(processExitsWith: .signal(SIGSYS)) {
            _ = Cage.enter(CageLayerTests.terms, wanted: [.noNewPrivileges, .systemCalls])
            _ = getppid()
        }
    }

    @Test("CPU time that is used up kills")
    func cpuTime() async {
        await #expect(processExitsWith: .signal(SIGPROF)) {
            Cage.allowCPU(milliseconds: 50)
            while true {}
        }
    }

    @Test("a layer that was not wanted does not stand")
    func unwanted() async {
        await #expect(processExitsWith: .success) {
            let report = Cage.enter(CageLayerTests.terms, wanted: [])
            precondition(report == CageReport(layers: [], landlockABI: 0))
            precondition(open("/dev/null", O_RDONLY) >= 0)
        }
    }
}

/// The errno of a connection to a port of this machine.
private func connectToMyself() -> CInt {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(9).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, size) }
    }
    return result == 0 ? 0 : errno
}

private func hardLimit(_ what: __rlimit_resource_t) -> rlim_t {
    var limit = rlimit()
    return getrlimit(what, &limit) == 0 ? limit.rlim_max : .max
}
