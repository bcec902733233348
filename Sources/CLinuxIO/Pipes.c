// What a pipe's writing end can tell of its reader.

#define _GNU_SOURCE
#include "CLinuxIO.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

int bw_pipe_holds(int descriptor) {
    struct stat status;
    if (fstat(descriptor, &status) != 0) return -1;
    if (!S_ISFIFO(status.st_mode)) return 0;
    int count = 0;
    return ioctl(descriptor, FIONREAD, &count) == 0 ? count : -1;
}

int bw_wait_reader_gone(int descriptor, int milliseconds) {
    // POLLERR comes without being asked for.
    struct pollfd question = {.fd = descriptor};
    return poll(&question, 1, milliseconds);
}
