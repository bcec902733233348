#include "CDeeds.h"

#include <stddef.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <unistd.h>

int deed_fork(void) { return fork() >= 0; }

int deed_ptrace(void) { return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0; }

int deed_is_dumpable(void) { return prctl(PR_GET_DUMPABLE) != 0; }
