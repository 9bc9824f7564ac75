/* SPDX-License-Identifier: MIT
 * transport/sp_host.c -- the clock, the entropy and the names of the system. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sp_net.h"
#include "sp_sock.h"

uint64_t sp_net_now_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

enum sp_err sp_net_entropy(void *to, size_t octets)
{
    int    fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    size_t have = 0;

    if (fd < 0)
        return SP_STORAGE;
    while (have < octets) {
        ssize_t n = read(fd, (char *)to + have, octets - have);

        if (n <= 0 && !(n < 0 && errno == EINTR))
            break;
        have += n > 0 ? (size_t)n : 0;
    }
    (void)close(fd);
    return have == octets ? SP_OK : SP_STORAGE;
}

static bool known(const struct sp_addr *addrs, size_t count, const struct sp_addr *addr)
{
    for (size_t i = 0; i < count; i++)
        if (sp_addr_eq(&addrs[i], addr))
            return true;
    return false;
}

size_t sp_net_resolve(struct sp_slice host, uint16_t port, struct sp_addr *addrs, size_t room)
{
    struct addrinfo  hints = { .ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICHOST };
    struct addrinfo *found = NULL;
    char             name[256];
    size_t           count = 0;

    if (room > 0 && sp_addr_parse(host, &addrs[0]) == SP_OK) {
        addrs[0].port = port;
        return 1;
    }
    if (host.len == 0 || host.len >= sizeof name || sp_find(host, '\0') < host.len)
        return 0;
    memcpy(name, host.at, host.len);
    name[host.len] = '\0';
    if (getaddrinfo(name, NULL, &hints, &found) != 0) {
        hints.ai_flags = 0;
        if (getaddrinfo(name, NULL, &hints, &found) != 0)
            return 0;
    }
    for (const struct addrinfo *at = found; at != NULL && count < room; at = at->ai_next) {
        struct sockaddr_storage each;
        struct sp_addr          addr;

        if (at->ai_addrlen > sizeof each)
            continue;
        memset(&each, 0, sizeof each);
        memcpy(&each, at->ai_addr, at->ai_addrlen);
        addr = sp_sock_addr(&each);
        addr.port = port;
        if (addr.family != SP_NO_ADDRESS && !known(addrs, count, &addr))
            addrs[count++] = addr;
    }
    freeaddrinfo(found);
    return count;
}
