#include "CDeeds.h"

#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <unistd.h>

int deed_fork(void) { return fork() >= 0; }

int deed_ptrace(void) { return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0; }

int deed_is_dumpable(void) { return prctl(PR_GET_DUMPABLE) != 0; }

int deed_allocate(unsigned long bytes) {
    volatile char *kept = malloc(bytes);
    if (kept == NULL) return 0;
    kept[0] = kept[bytes - 1] = 1;
    return 1;
}
