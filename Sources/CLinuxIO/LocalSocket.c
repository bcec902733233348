#define _GNU_SOURCE
#include "CLinuxIO.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

int bw_listen(const char *socket_path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(socket_path);
    if (length >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path, socket_path, length);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0) return -1;
    // Linux makes the file with the socket's own mode, so that nobody is let in before its owner says who; a umask would be
    // that of every other thread too.
    if (fchmod(listener, 0600) != 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listener, 64) != 0) {
        int error = errno;
        close(listener);
        errno = error;
        return -1;
    }
    return listener;
}

/// Fails closed: who cannot be named is nobody.
static int peer_of(int connection, uint32_t *user) {
    int domain = -1;
    socklen_t length = sizeof domain;
    if (getsockopt(connection, SOL_SOCKET, SO_DOMAIN, &domain, &length) != 0) return -1;
    struct ucred peer = {0};
    length = sizeof peer;
    if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return -1;
    if (domain != AF_UNIX || length != sizeof peer || peer.pid == 0) {
        errno = EPERM;
        return -1;
    }
    *user = peer.uid;
    return 0;
}

int bw_accept(int listener, int seconds, uint32_t *user) {
    int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (connection < 0) return -1;
    if (bw_limit_waiting(connection, seconds) == 0 && peer_of(connection, user) == 0) return connection;
    int error = errno;
    close(connection);
    errno = error;
    return -1;
}

int bw_limit_waiting(int connection, int seconds) {
    struct timeval limit = {.tv_sec = seconds};
    if (setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) != 0) return -1;
    return setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}
