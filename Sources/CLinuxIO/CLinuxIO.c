#define _GNU_SOURCE
#include "CLinuxIO.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/openat2.h>
#include <netdb.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#ifndef STATX_MNT_ID
#define STATX_MNT_ID 0x1000U
#endif

int bw_open_beneath(int directory, const char *path, int flags, uint32_t mode) {
    struct open_how how = {
        .flags = (uint64_t)(flags | O_CLOEXEC),
        .mode = (flags & (O_CREAT | O_TMPFILE)) ? mode : 0,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

int bw_take_read_lease(int descriptor) { return fcntl(descriptor, F_SETLEASE, F_RDLCK); }

int bw_give_lease_back(int descriptor) { return fcntl(descriptor, F_SETLEASE, F_UNLCK); }

int bw_has_read_lease(int descriptor) { return fcntl(descriptor, F_GETLEASE) == F_RDLCK; }

long bw_read_directory(int descriptor, void *buffer, size_t length) {
    return syscall(SYS_getdents64, descriptor, buffer, length);
}

// Anybody may give a file a time of the year 300000; the count ends in 2262 and stays there.
static int64_t nanoseconds(struct statx_timestamp time) {
    if (time.tv_sec >= INT64_MAX / 1000000000) return INT64_MAX;
    if (time.tv_sec <= INT64_MIN / 1000000000) return INT64_MIN;
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

int bw_status_of(int directory, const char *path, struct bw_status *status) {
    struct statx found;
    int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | (*path ? 0 : AT_EMPTY_PATH);
    if (statx(directory, path, flags, STATX_BASIC_STATS | STATX_BTIME | STATX_MNT_ID, &found) != 0) return -1;
    *status = (struct bw_status){
        .mode = found.stx_mode, .links = found.stx_nlink, .uid = found.stx_uid, .gid = found.stx_gid,
        .inode = found.stx_ino, .size = found.stx_size, .blocks = found.stx_blocks,
        .device = makedev(found.stx_dev_major, found.stx_dev_minor),
        .mount = found.stx_mnt_id,
        .attributes = found.stx_attributes & found.stx_attributes_mask,
        .accessed = nanoseconds(found.stx_atime), .modified = nanoseconds(found.stx_mtime),
        .changed = nanoseconds(found.stx_ctime),
        .born = found.stx_mask & STATX_BTIME ? nanoseconds(found.stx_btime) : 0,
    };
    return 0;
}

int bw_rename(int from_directory, const char *from, int to_directory, const char *to, unsigned flags) {
    return renameat2(from_directory, from, to_directory, to, flags);
}

int bw_notify(const char *socket_path, const char *state) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(socket_path);
    if (length >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path, socket_path, length);
    if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    ssize_t sent = sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address, size);
    int saved = errno;
    close(fd);
    errno = saved;
    return sent < 0 ? -1 : 0;
}

static int connected(int family, const struct sockaddr *address, socklen_t size) {
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    struct timeval patience = {.tv_sec = 5};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(fd, address, size) == 0) return fd;
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

int bw_connect_tcp(const char *host, const char *port) {
    struct addrinfo wanted = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM}, *found;
    if (getaddrinfo(host, port, &wanted, &found) != 0) {
        errno = EADDRNOTAVAIL;
        return -1;
    }
    int fd = connected(found->ai_family, found->ai_addr, found->ai_addrlen);
    int saved = errno;
    freeaddrinfo(found);
    errno = saved;
    return fd;
}

int bw_connect(const char *socket_path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(socket_path);
    if (length >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path, socket_path, length);
    return connected(AF_UNIX, (struct sockaddr *)&address, sizeof address);
}

void bw_block_stray_signals(void) {
    // A mask is a thread's own, and the kernel sends SIGIO to any thread that has not blocked it.
    signal(SIGIO, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGIO);
    sigaddset(&set, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void bw_drop_crash_report(void) {
    const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGABRT, SIGFPE, SIGTRAP, SIGQUIT};
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) {
        struct sigaction known;
        if (sigaction(fatal[i], NULL, &known) != 0) continue;
        if (known.sa_handler == SIG_DFL || known.sa_handler == SIG_IGN) continue;
        signal(fatal[i], SIG_DFL);
    }
}

void bw_forbid_core_files(void) {
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

int bw_may_write(const char *path) { return faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS); }

uint64_t bw_resident_bytes(void) {
    unsigned long total = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file) return 0;
    int read = fscanf(file, "%lu %lu", &total, &resident);
    fclose(file);
    return read == 2 ? (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

long bw_list_attributes(int descriptor, char *names, size_t length) { return flistxattr(descriptor, names, length); }

long bw_read_attribute(int descriptor, const char *name, void *value, size_t length) {
    return fgetxattr(descriptor, name, value, length);
}

int bw_set_attribute(int descriptor, const char *name, const void *value, size_t length) {
    return fsetxattr(descriptor, name, value, length, 0);
}

int bw_cores(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    int count = CPU_COUNT(&set);
    return count > 0 ? count : 1;
}

void bw_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

static int take_groups(const char *user_name, gid_t login_group, gid_t more) {
    gid_t groups[1024];
    int count = sizeof groups / sizeof *groups - 1;
    if (getgrouplist(user_name, login_group, groups, &count) < 0) {
        errno = E2BIG;
        return -1;
    }
    groups[count++] = more;
    return setgroups((size_t)count, groups);
}

int bw_become(uint32_t user, uint32_t group, const char *user_name, uint32_t login_group) {
    if (user_name ? take_groups(user_name, login_group, group) : setgroups(0, NULL)) return -1;
    if (setresgid(group, group, group) != 0) return -1;
    return setresuid(user, user, user);
}

const char *bw_error_text(int error, char *buffer, size_t length) { return strerror_r(error, buffer, length); }
