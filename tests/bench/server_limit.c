/* SPDX-License-Identifier: MIT
 * tests/bench/server_limit.c PORT -- the floor under every SIP server over UDP: a datagram in, its
 * lines looked for, the same octets out. No parser, no transaction. */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
    struct sockaddr_in name = { .sin_family = AF_INET };
    int                fd = socket(AF_INET, SOCK_DGRAM, 0);
    volatile unsigned  lines = 0;
    static char        octets[65535];

    name.sin_port = htons((unsigned short)strtoul(argc > 1 ? argv[1] : "0", NULL, 10));
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&name, sizeof name) < 0)
        return 1;
    for (;;) {
        socklen_t   size = sizeof name;
        ssize_t     n = recvfrom(fd, octets, sizeof octets, 0, (struct sockaddr *)&name, &size);
        const char *at = octets, *end = octets + (n > 0 ? n : 0);

        while (at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
            at++;
            lines++;
        }
        if (n > 0)
            (void)sendto(fd, octets, (size_t)n, 0, (struct sockaddr *)&name, size);
    }
}
