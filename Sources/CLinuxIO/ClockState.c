#include "CLinuxIO.h"

#include <sys/timex.h>

// Here because Swift's Glibc does not import sys/timex.h.
int bw_clock_is_synchronised(void) {
    struct timex state = {0};
    return adjtimex(&state) != TIME_ERROR;
}
