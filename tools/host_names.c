/* SPDX-License-Identifier: MIT
 * tools/host_names.c -- who answers names: --resolve and --nameserver; and sockets towards one. */
#include "host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../transport/sp_zone.h"
#include "target.h"

#define ZONE_OCTETS (4u << 20)
#define DNS_PORT    53

/* The whole of a file, at most `most` octets; `octets` tells how many. NULL: errno tells. */
static char *read_whole(const char *path, size_t most, size_t *octets)
{
    FILE *from = fopen(path, "rb");
    char *text = from != NULL ? malloc(most + 1) : NULL;

    *octets = text != NULL ? fread(text, 1, most + 1, from) : 0;
    if (text != NULL && (ferror(from) != 0 || *octets > most)) {
        if (*octets > most)
            errno = EFBIG;
        free(text);
        text = NULL;
    }
    if (from != NULL) {
        int saved = errno;

        (void)fclose(from);
        errno = saved;
    }
    return text;
}

static int use_zone(struct host *host)
{
    struct sp_zone_where where;
    size_t               octets;

    host->zone = read_whole(host->resolve_path, ZONE_OCTETS, &octets);
    if (host->zone == NULL) {
        host_complain(host, "%s: %s", host->resolve_path, strerror(errno));
        return EXIT_USAGE;
    }
    if (sp_zone_check(sp_slice(host->zone, octets), &where) != SP_OK) {
        host_complain(host, "%s:%zu:%zu: not what is wanted here: %s", host->resolve_path,
                      where.line, where.column, where.rule);
        return EXIT_USAGE;
    }
    sp_net_zone(host->net, sp_slice(host->zone, octets));
    return 0;
}

bool host_address(const char *text, struct sp_addr *addr)
{
    struct sp_slice all = sp_str(text);
    uint64_t        number;
    size_t          colon = all.len;

    if (sp_addr_parse(all, addr) == SP_OK)
        return true;
    for (size_t i = 0; i < all.len; i++)
        if (all.at[i] == ':')
            colon = i;
    if (sp_addr_parse(sp_head(all, colon), addr) != SP_OK ||
        sp_to_u64(sp_from(all, colon + 1), 65535, &number) != SP_OK || number == 0)
        return false;
    addr->port = (uint16_t)number;
    return true;
}

static int use_server(struct host *host)
{
    struct sp_addr server;

    if (!host_address(host->server_text, &server)) {
        host_complain(host, "--nameserver needs HOST:PORT, both numbers, not: %s",
                      host->server_text);
        return EXIT_USAGE;
    }
    if (server.port == 0)
        server.port = DNS_PORT;
    sp_net_server(host->net, &server);
    return 0;
}

int host_names(struct host *host)
{
    int code = host->resolve_path != NULL ? use_zone(host) : 0;

    return code == 0 && host->server_text != NULL ? use_server(host) : code;
}

static int open_towards(struct host *host, const struct sp_addr *target)
{
    struct sp_addr local = target_local(target);
    int            code = host_open(host, SP_UDP, SP_SIP, &local);

    if (code == 0 && target_is_loopback(&local))
        code = host_open(host, SP_TCP, SP_SIP, &local);
    return code;
}

int host_towards(struct host *host, const char *uri)
{
    struct sp_addr  targets[2];
    struct sp_ident ident;
    size_t          count;
    enum sp_err     err;
    int             code = 0;

    sp_ident_init(&ident, host->seed);
    err = target_addresses(host->net, &ident, uri, targets, &count, host_interrupted);
    if (err != SP_OK) {
        host_complain(host, "%s: %s", uri,
                      err == SP_UNSUPPORTED ? "only sip: over UDP and TCP; TLS is not supported"
                                            : sp_err_words(err));
        return err == SP_RESOLVE ? EXIT_CONNECT : EXIT_USAGE;
    }
    for (size_t i = 0; i < count && code == 0; i++)
        code = open_towards(host, &targets[i]);
    return code;
}
