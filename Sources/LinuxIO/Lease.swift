import CLinuxIO
import Glibc

/// What asking for a read lease tells about writers.
package enum WriterProbe: Equatable, Sendable {
    /// Granted and given back: nobody has the file open for writing, mapped for writing included.
    case noWriter
    /// Somebody still writes.
    case writer
    /// The kernel does not answer: another user's file without CAP_LEASE, or a file system without leases.
    case refused
}

extension Descriptor {
    /// Asks whether anybody holds this file open for writing. The descriptor must be open for reading only.
    ///
    /// The lease is given back at once; SIGIO must be ignored, since a writer that opens meanwhile raises it.
    ///
    /// - Source: fcntl(2), F_SETLEASE.
    package func probeForWriters() -> WriterProbe {
        let found = takeReadLease()
        if found == .noWriter { giveLeaseBack() }
        return found
    }

    /// As ``probeForWriters()``, and keeps the lease until the file is closed: whoever wants to write waits for that, at
    /// most for /proc/sys/fs/lease-break-time, 45 s.
    package func takeReadLease() -> WriterProbe {
        if bw_take_read_lease(raw) == 0 { return .noWriter }
        return errno == EAGAIN || errno == EBUSY ? .writer : .refused
    }

    /// Gives a kept lease back, so that whoever waits to write goes on; nothing where there is none.
    package func giveLeaseBack() { _ = bw_give_lease_back(raw) }

    /// Whether a lease that was taken still stands: then nobody has opened the file for writing since, nor cut it.
    ///
    /// - Source: fcntl(2), F_GETLEASE, which tells of a lease that is being broken as if it were gone.
    package var hasReadLease: Bool { bw_has_read_lease(raw) != 0 }
}
