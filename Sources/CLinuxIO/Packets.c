// Records over a socket pair, each with a descriptor at most, and the program at its other end.

#define _GNU_SOURCE
#include "CLinuxIO.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int bw_packet_pair(int pair[2]) { return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair); }

union control {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int))];
};

long bw_send_packet(int socket, const void *bytes, size_t length, int passed) {
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = length};
    union control control = {0};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (passed >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        *header = (struct cmsghdr){
            .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(header), &passed, sizeof passed);
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

long bw_receive_packet(int socket, void *bytes, size_t length, int *passed) {
    struct iovec part = {.iov_base = bytes, .iov_len = length};
    union control control = {0};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (passed) {
        *passed = -1;
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
    }
    long count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_TRUNC);
    struct cmsghdr *header = count > 0 && passed ? CMSG_FIRSTHDR(&message) : NULL;
    if (header && header->cmsg_type == SCM_RIGHTS && header->cmsg_len == CMSG_LEN(sizeof(int))) {
        memcpy(passed, CMSG_DATA(header), sizeof *passed);
    }
    return count;
}

int bw_wait_readable(int descriptor, int milliseconds) {
    struct pollfd question = {.fd = descriptor, .events = POLLIN};
    return poll(&question, 1, milliseconds);
}

static int prepare(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes, int input) {
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setsigdefault(attributes, &all);
    // What a terminal or an operator sends to our group is not meant for what it has in hand.
    posix_spawnattr_setpgroup(attributes, 0);
    posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    int failed = posix_spawn_file_actions_adddup2(actions, input, 0);
    for (int output = 1; output <= 2 && !failed; output++) {
        failed = posix_spawn_file_actions_addopen(actions, output, "/dev/null", O_WRONLY, 0);
    }
    return failed;
}

int bw_spawn(int program, const char *name, int input, int *child) {
    // The name is looked up by the child, before its descriptors are closed.
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", program);
    char *arguments[] = {(char *)name, NULL};
    // A backtrace of a dying worker would be written by a program that the cage does not let it start.
    char *environment[] = {"SWIFT_BACKTRACE=enable=no", NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    int failed = prepare(&actions, &attributes, input);
    if (!failed) failed = posix_spawn(child, path, &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    errno = failed;
    return failed ? -1 : 0;
}

int bw_reap(int child, int *signal) {
    int status;
    pid_t reaped;
    do reaped = waitpid(child, &status, 0);
    while (reaped < 0 && errno == EINTR);
    if (reaped < 0) return -1;
    *signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}
