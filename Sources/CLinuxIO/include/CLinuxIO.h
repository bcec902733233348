// System calls that Swift cannot name: glibc has no function for them, they are variadic, or they are declared
// for _GNU_SOURCE only. Plain integers throughout, so that no type of the C library is imported twice.
#ifndef CLINUXIO_H
#define CLINUXIO_H

#include <stddef.h>
#include <stdint.h>

/// openat2(2) with RESOLVE_BENEATH, RESOLVE_NO_SYMLINKS and RESOLVE_NO_MAGICLINKS.
/// Returns a descriptor, or -1 with errno set.
int bw_open_beneath(int directory, const char *path, int flags, uint32_t mode);

/// fcntl(2) F_SETLEASE: asks for a read lease, which is given back here or when the file is closed.
/// Returns 0 when it was granted, or -1 with errno set (EAGAIN: somebody has the file open for writing).
int bw_take_read_lease(int descriptor);
int bw_give_lease_back(int descriptor);

/// fcntl(2) F_GETLEASE. Returns 1 while this open file has a read lease that nobody is breaking, else 0.
int bw_has_read_lease(int descriptor);

/// getdents64(2). Returns bytes written to `buffer`, 0 at the end, or -1 with errno set.
long bw_read_directory(int descriptor, void *buffer, size_t length);

/// What statx(2) tells, in plain integers; times in nanoseconds since 1970.
struct bw_status {
    uint32_t mode, links, uid, gid;
    uint64_t inode, size, blocks, device, mount, attributes;
    int64_t accessed, modified, changed, born;
};

/// statx(2) of `path` under `directory` (AT_EMPTY_PATH when `path` is empty), never following a link.
int bw_status_of(int directory, const char *path, struct bw_status *status);

/// renameat2(2). `flags` is 0 or 1 (RENAME_NOREPLACE).
int bw_rename(int from_directory, const char *from, int to_directory, const char *to, unsigned flags);

/// Sends `state` to the service manager's socket, sd_notify(3). Returns 0, or -1 with errno set.
int bw_notify(const char *socket_path, const char *state);

/// Connects to a Unix stream socket. Returns a descriptor, or -1 with errno set.
int bw_connect(const char *socket_path);

/// Binds a Unix stream socket to a path that must be free, and listens. Returns a descriptor, or -1 with errno set.
int bw_listen(const char *socket_path);

/// accept4(2) of a Unix stream socket, with SO_PEERCRED's user in `user`; each read or write waits so long at most.
/// Returns a descriptor, or -1 with errno set, also where the other side cannot be named.
int bw_accept(int listener, int seconds, uint32_t *user);

/// SO_RCVTIMEO and SO_SNDTIMEO. Returns 0, or -1 with errno set.
int bw_limit_waiting(int connection, int seconds);

/// Connects to a numeric address and port. Returns a descriptor, or -1 with errno set.
int bw_connect_tcp(const char *host, const char *port);

/// Ignores SIGIO and SIGPIPE in every thread, and blocks them in the calling one and all that it starts later.
void bw_block_stray_signals(void);

/// Gives the signals of a crash back to the kernel where a handler of the runtime's took them.
void bw_drop_crash_report(void);

/// setrlimit(2) RLIMIT_CORE 0 and prctl(2) PR_SET_DUMPABLE 0, which the kernel refuses to nobody.
void bw_forbid_core_files(void);

/// Whether entries may be made in this directory, faccessat(2). Returns 0, or -1 with errno set.
int bw_may_write(const char *path);

/// flistxattr(2) and fgetxattr(2).
long bw_list_attributes(int descriptor, char *names, size_t length);
long bw_read_attribute(int descriptor, const char *name, void *value, size_t length);

/// fsetxattr(2). Returns 0, or -1 with errno set.
int bw_set_attribute(int descriptor, const char *name, const void *value, size_t length);

/// Cores that this process may run on, sched_getaffinity(2); 1 when unknown.
int bw_cores(void);

/// Names the calling thread for ps(1), at most 15 bytes.
void bw_name_thread(const char *name);

/// Gives up every other identity for good: groups, group, user. The groups are `group`, `login_group`, and
/// those that `user_name` is a member of; where that is NULL, `group` alone.
int bw_become(uint32_t user, uint32_t group, const char *user_name, uint32_t login_group);

/// strerror(3) into `buffer`, safe among threads.
const char *bw_error_text(int error, char *buffer, size_t length);

/// Bytes of memory that the process has resident, from /proc/self/statm; 0 when unknown.
uint64_t bw_resident_bytes(void);

/// socketpair(2) that keeps the borders of what is sent, close-on-exec. Returns 0, or -1 with errno set.
int bw_packet_pair(int pair[2]);

/// Sends one packet, with a descriptor unless `passed` is -1. Never SIGPIPE, and never waits: EAGAIN where the other side
/// does not read. Returns bytes, or -1 with errno set.
long bw_send_packet(int socket, const void *bytes, size_t length, int passed);

/// Receives one packet. Returns its whole length, which may be above `length`, 0 at the end, or -1 with errno set.
/// `passed` becomes the descriptor that came with it, or -1; where it is NULL none is let in.
long bw_receive_packet(int socket, void *bytes, size_t length, int *passed);

/// poll(2) for reading; -1 waits for ever. Returns 0 when the time is over.
int bw_wait_readable(int descriptor, int milliseconds);

/// Bytes that lie in a pipe and that nobody has read; 0 for what is no pipe, -1 with errno set.
int bw_pipe_holds(int descriptor);

/// poll(2) of a pipe's writing end: whether every reader has gone away. Returns 0 when the time is over.
int bw_wait_reader_gone(int descriptor, int milliseconds);

/// Starts the program that `program` is open for: `input` as its descriptor 0, /dev/null as 1 and 2, no signal blocked
/// or ignored, next to no environment. Returns 0, or -1 with errno set.
int bw_spawn(int program, const char *name, int input, int *child);

/// waitpid(2) of a child that ends. Returns its exit code, and the signal that ended it or 0; -1 with errno set.
int bw_reap(int child, int *signal);

/// Whether the kernel holds its clock for synchronised, adjtimex(2).
int bw_clock_is_synchronised(void);

#endif
