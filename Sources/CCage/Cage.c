#define _GNU_SOURCE
#include "Layers.h"

#include <malloc.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

static uint64_t address_space(void) {
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file) return 0;
    int found = fscanf(file, "%lu", &pages);
    fclose(file);
    return found == 1 ? (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

static int limit(int what, uint64_t value) {
    struct rlimit both = {.rlim_cur = value, .rlim_max = value};
    return setrlimit(what, &both);
}

int bw_cage_limit(const struct bw_cage_limits *limits) {
    uint64_t now = address_space();
    if (now == 0) return -1;
    return limit(RLIMIT_AS, now + limits->memory) | limit(RLIMIT_CPU, limits->cpu_seconds)
        | limit(RLIMIT_NOFILE, limits->descriptors) | limit(RLIMIT_FSIZE, 0) | limit(RLIMIT_NPROC, 0)
        | limit(RLIMIT_CORE, 0) | limit(RLIMIT_MEMLOCK, 0) | limit(RLIMIT_MSGQUEUE, 0);
}

static uint32_t stands(uint32_t layer, int result) { return result == 0 ? layer : 0; }

uint32_t bw_cage_enter_layers(const struct bw_cage_limits *limits, uint32_t wanted, int *landlock_abi) {
    uint32_t built = 0;
    *landlock_abi = 0;
    if (wanted & BW_CAGE_NO_NEW_PRIVILEGES) {
        built |= stands(BW_CAGE_NO_NEW_PRIVILEGES, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    }
    if (wanted & BW_CAGE_NOT_DUMPABLE) built |= stands(BW_CAGE_NOT_DUMPABLE, prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
    if (wanted & BW_CAGE_LIMITS) built |= stands(BW_CAGE_LIMITS, bw_cage_limit(limits));
    if (wanted & BW_CAGE_LANDLOCK) built |= stands(BW_CAGE_LANDLOCK, bw_cage_landlock(landlock_abi));
    if (wanted & BW_CAGE_SYSTEM_CALLS) built |= stands(BW_CAGE_SYSTEM_CALLS, bw_cage_system_calls());
    return built;
}

uint32_t bw_cage_enter(const struct bw_cage_limits *limits, int *landlock_abi) {
    return bw_cage_enter_layers(limits, BW_CAGE_WHOLE, landlock_abi);
}

int bw_close_from(int first) { return (int)syscall(SYS_close_range, first, ~0U, 0); }

void bw_steady_heap(void) {
    // What ordinary pictures need is kept: giving it back and taking it again costs them a seventh of their time.
    mallopt(M_MMAP_THRESHOLD, 16 << 20);
    mallopt(M_TRIM_THRESHOLD, 32 << 20);
}

int bw_limit_cpu_from_now(uint32_t milliseconds) {
    struct itimerval timer = {
        .it_value = {.tv_sec = milliseconds / 1000, .tv_usec = (milliseconds % 1000) * 1000},
    };
    return setitimer(ITIMER_PROF, &timer, NULL);
}

void bw_name_process(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }
