import CLinuxIO
import Glibc
import Synchronization

/// A POSIX thread of our own, for work that blocks: reads of spool files, fsync, inotify. Never the cooperative pool.
package final class BlockingThread: Sendable {
    private let handle: pthread_t
    private let joined = Atomic(false)

    private final class Work: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(_ name: String, _ body: @escaping @Sendable () -> Void) {
            (self.name, self.body) = (name, body)
        }

        func run() {
            bw_name_thread(name)
            body()
        }
    }

    /// Starts a thread that the program cannot do without: it ends where the kernel gives none.
    ///
    /// - Parameter name: At most 15 bytes, shown by ps(1) and top(1).
    package convenience init(_ name: String, _ body: @escaping @Sendable () -> Void) {
        do throws(SyscallError) {
            try self.init(ifPossible: name, body)
        } catch {
            preconditionFailure("\(error)")
        }
    }

    /// Starts a thread for work that can be left out or done in place.
    ///
    /// - Parameters:
    ///   - name: At most 15 bytes, shown by ps(1) and top(1).
    ///   - stack: Bytes.
    /// - Throws: EAGAIN where a limit on threads or memory is reached, pthread_create(3); `body` is not run then.
    package init(
        ifPossible name: String,
        stack: Int = 1 << 20,
        _ body: @escaping @Sendable () -> Void
    ) throws(SyscallError) {
        var handle = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, stack)
        let work = Unmanaged.passRetained(Work(String(name.prefix(15)), body))
        let failed = pthread_create(
            &handle,
            &attributes,
            { argument in
                Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue().run()
                return nil
            },
            work.toOpaque()
        )
        guard failed == 0 else {
            work.release()
            throw SyscallError(call: "pthread_create", subject: "thread \(name)", errno: failed)
        }
        self.handle = handle
    }

    deinit { if !joined.load(ordering: .relaxed) { pthread_detach(handle) } }

    /// Waits until the body has returned. Call it from a thread, or for a body that is about to return.
    package func join() {
        if !joined.exchange(true, ordering: .relaxed) { pthread_join(handle, nil) }
    }
}

/// A mutex with a condition, for handing values between threads of our own.
package final class Monitor<Value>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var value: Value

    package init(_ value: sending Value) {
        self.value = value
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Changes the value and wakes whoever waits.
    package func change<Result>(_ body: (inout Value) throws -> sending Result) rethrows -> sending Result {
        pthread_mutex_lock(mutex)
        defer {
            pthread_cond_broadcast(condition)
            pthread_mutex_unlock(mutex)
        }
        return try body(&value)
    }

    /// Changes the value and wakes nobody: for changes that nobody waits for.
    package func changeQuietly<Result>(_ body: (inout Value) throws -> sending Result) rethrows
        -> sending Result
    {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value)
    }

    /// Reads the value without waking anybody.
    package func read<Result>(_ body: (Value) -> sending Result) -> sending Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body(value)
    }

    /// Waits until `body` gives something, at most until `deadline` on the monotonic clock.
    package func wait<Result>(until deadline: Int64? = nil, _ body: (inout Value) -> sending Result?)
        -> sending Result?
    {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = body(&value) {
                pthread_cond_broadcast(condition)
                return result
            }
            guard let deadline else {
                pthread_cond_wait(condition, mutex)
                continue
            }
            var time = timespec(sinceEpoch: deadline)
            if pthread_cond_timedwait(condition, mutex, &time) == ETIMEDOUT { return body(&value) }
        }
    }
}
