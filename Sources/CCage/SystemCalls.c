// The system calls of a decoder, as a seccomp filter; any other one, or one of another architecture, kills.

#define _GNU_SOURCE
#include "Layers.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define THIS_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

// The lower half of an argument lies first: both architectures are little-endian.
#define FIELD(name) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, name))
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define KILL BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)
#define ALLOW_CALL(number) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), ALLOW
/// With a third argument, the protection, that does not make memory executable.
#define ALLOW_DATA_ONLY(number)                                                                                       \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 4), FIELD(args[2]),                                                \
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1), KILL, ALLOW

#ifdef THIS_ARCHITECTURE
static const struct sock_filter program[] = {
    FIELD(arch), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCHITECTURE, 1, 0), KILL,
    FIELD(nr),
    // The picture and the channel. No call makes a new descriptor, except by receiving one.
    ALLOW_CALL(SYS_pread64), ALLOW_CALL(SYS_recvmsg), ALLOW_CALL(SYS_sendmsg), ALLOW_CALL(SYS_close),
    // The heap.
    ALLOW_CALL(SYS_brk), ALLOW_CALL(SYS_munmap), ALLOW_CALL(SYS_mremap), ALLOW_CALL(SYS_madvise),
    ALLOW_DATA_ONLY(SYS_mmap), ALLOW_DATA_ONLY(SYS_mprotect),
    // Locks of the runtime, time where the vDSO has none, the limit of CPU time, the end.
    ALLOW_CALL(SYS_futex), ALLOW_CALL(SYS_gettid), ALLOW_CALL(SYS_clock_gettime), ALLOW_CALL(SYS_getrandom),
    ALLOW_CALL(SYS_setitimer),
    ALLOW_CALL(SYS_rt_sigreturn), ALLOW_CALL(SYS_restart_syscall), ALLOW_CALL(SYS_exit), ALLOW_CALL(SYS_exit_group),
    KILL,
};

int bw_cage_system_calls(void) {
    struct sock_fprog filter = {
        .len = sizeof program / sizeof program[0], .filter = (struct sock_filter *)program,
    };
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0);
}
#else
int bw_cage_system_calls(void) { return -1; }
#endif
