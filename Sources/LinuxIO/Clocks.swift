import CLinuxIO
import Glibc

/// The kernel's clocks, in nanoseconds.
package enum Clocks {
    /// UTC, since 1970; may jump.
    package static var realtime: Int64 { now(CLOCK_REALTIME) }
    /// Since some point before start; never goes back.
    package static var monotonic: Int64 { now(CLOCK_MONOTONIC) }
    /// CPU time of this process, user and system.
    package static var processCPU: Int64 { now(CLOCK_PROCESS_CPUTIME_ID) }

    /// Whether the kernel holds its clock for synchronised, adjtimex(2).
    package static var isSynchronised: Bool { bw_clock_is_synchronised() != 0 }

    /// Names this run of the kernel; what ``monotonic`` counts is comparable within one. Empty without /proc.
    package static var bootID: String {
        guard let file = try? Descriptor.open("/proc/sys/kernel/random/boot_id"),
            let text = try? file.readAll(limit: 64)
        else { return "" }
        return String(decoding: text.prefix { $0 != 10 }, as: UTF8.self)
    }

    private static func now(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
