// A Landlock ruleset that handles every right the kernel knows and grants none.
//
// The numbers are written here because the headers of a stable distribution are older than its users' kernels.
// Source: Documentation/userspace-api/landlock.rst of Linux 6.12.

#define _GNU_SOURCE
#include "Layers.h"

#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self 446
#endif

#define ASK_FOR_ABI 1

struct ruleset {
    uint64_t paths, network, scopes;
};

/// Rights to paths were added with ABI 2 (refer), 3 (truncate) and 5 (ioctl of devices).
static uint64_t path_rights(long abi) {
    int count = abi >= 5 ? 16 : abi >= 3 ? 15 : abi >= 2 ? 14 : 13;
    return (1ULL << count) - 1;
}

static size_t size_for(long abi) {
    if (abi >= 6) return sizeof(struct ruleset);
    return abi >= 4 ? offsetof(struct ruleset, scopes) : offsetof(struct ruleset, network);
}

int bw_cage_landlock(int *abi) {
    long found = syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_FOR_ABI);
    if (found < 1) return -1;
    struct ruleset nothing = {
        .paths = path_rights(found),
        .network = found >= 4 ? 3 : 0,  // bind and connect over TCP
        .scopes = found >= 6 ? 3 : 0,   // abstract sockets, signals
    };
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &nothing, size_for(found), 0);
    if (ruleset < 0) return -1;
    int result = (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
    close(ruleset);
    if (result == 0) *abi = (int)found;
    return result;
}
