/* SPDX-License-Identifier: MIT
 * transport/sp_sock.c -- addresses, errors and sockets of POSIX in words of this house. */
#define _GNU_SOURCE
#include "sp_sock.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

socklen_t sp_sock_name(const struct sp_addr *addr, struct sockaddr_storage *name)
{
    struct sockaddr_in  *v4 = (struct sockaddr_in *)(void *)name;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)name;

    memset(name, 0, sizeof *name);
    if (addr->family == SP_IPV4) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(addr->port);
        memcpy(&v4->sin_addr, addr->octets, 4);
        return sizeof *v4;
    }
    if (addr->family == SP_IPV6) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(addr->port);
        memcpy(&v6->sin6_addr, addr->octets, 16);
        return sizeof *v6;
    }
    return 0;
}

struct sp_addr sp_sock_addr(const struct sockaddr_storage *name)
{
    const struct sockaddr_in  *v4 = (const struct sockaddr_in *)(const void *)name;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)name;
    struct sp_addr             addr = { 0 };

    if (name->ss_family == AF_INET) {
        addr.family = SP_IPV4;
        addr.port = ntohs(v4->sin_port);
        memcpy(addr.octets, &v4->sin_addr, 4);
    } else if (name->ss_family == AF_INET6) {
        addr.family = SP_IPV6;
        addr.port = ntohs(v6->sin6_port);
        memcpy(addr.octets, &v6->sin6_addr, 16);
    }
    return addr;
}

enum sp_err sp_sock_err(int number)
{
    switch (number) {
    case ECONNREFUSED: return SP_REFUSED;
    case ECONNRESET:
    case ECONNABORTED:
    case EPIPE: return SP_CLOSED;
    case ETIMEDOUT: return SP_TIMEOUT;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM: return SP_LIMIT;
    default: return SP_TRANSPORT;
    }
}

/* Never blocks, does not outlive an exec. */
static int tame(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
        return -1;
    return fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/* Small messages must not wait for an acknowledgement of earlier ones. Not fatal where it fails. */
static void no_delay(int fd)
{
    int on = 1;

    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

int sp_sock_open(enum sp_transport transport, uint8_t family)
{
    int on = 1, saved;
    int fd = socket(family == SP_IPV6 ? AF_INET6 : AF_INET,
                    transport == SP_TCP ? SOCK_STREAM : SOCK_DGRAM, 0);

    if (fd < 0)
        return -1;
    if (tame(fd) < 0 ||
        (family == SP_IPV6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) < 0)) {
        saved = errno;
        (void)close(fd);
        errno = saved;
        return -1;
    }
    if (transport == SP_TCP)
        no_delay(fd);
    return fd;
}

int sp_sock_adopt(int fd)
{
    if (tame(fd) < 0)
        return -1;
    no_delay(fd);
    return 0;
}

struct sp_addr sp_sock_local(int fd)
{
    struct sockaddr_storage name;
    socklen_t               octets = sizeof name;

    memset(&name, 0, sizeof name);
    if (getsockname(fd, (struct sockaddr *)(void *)&name, &octets) < 0)
        return (struct sp_addr){ 0 };
    return sp_sock_addr(&name);
}

struct sp_addr sp_sock_remote(int fd)
{
    struct sockaddr_storage name;
    socklen_t               octets = sizeof name;

    memset(&name, 0, sizeof name);
    if (getpeername(fd, (struct sockaddr *)(void *)&name, &octets) < 0)
        return (struct sp_addr){ 0 };
    return sp_sock_addr(&name);
}

struct sp_addr sp_sock_towards(const struct sp_addr *remote)
{
    struct sockaddr_storage name;
    socklen_t               octets = sp_sock_name(remote, &name);
    struct sp_addr          local = { .family = remote->family };
    int                     fd = octets > 0 ? sp_sock_open(SP_UDP, remote->family) : -1;

    /* To connect a datagram socket sends nothing: the system only looks up the route. */
    if (fd >= 0 && connect(fd, (struct sockaddr *)(void *)&name, octets) == 0)
        local = sp_sock_local(fd);
    if (fd >= 0)
        (void)close(fd);
    local.port = 0;
    if (sp_addr_any(&local)) {
        memset(local.octets, 0, sizeof local.octets);
        if (local.family == SP_IPV4)
            local.octets[0] = 127;
        local.octets[local.family == SP_IPV4 ? 3 : 15] = 1;
    }
    return local;
}
