/* SPDX-License-Identifier: MIT
 * tests/fuzz/fuzz_host.c -- the host of an agent under a schedule. */
#include "fuzz_host.h"

struct sp_addr fuzz_addr(uint8_t last, uint16_t port)
{
    return (struct sp_addr){ .family = SP_IPV4, .octets = { 192, 0, 2, last }, .port = port };
}

unsigned fuzz_host_flow(const struct sp_io *io)
{
    fuzz_law(io->flow.id > 0 && io->flow.id <= FUZZ_FLOWS);
    return (unsigned)io->flow.id - 1;
}

static void ask(struct fuzz_host *host, const struct sp_io *io)
{
    if (host->asked_count < FUZZ_ASKED)
        host->asked[host->asked_count++] = (struct fuzz_ask){ .cookie = io->cookie,
                                                              .protocol = io->protocol,
                                                              .name = io->kind == SP_IO_RESOLVE };
}

void fuzz_host_io(struct fuzz_host *host, const struct sp_io *io)
{
    struct fuzz_flow *flow;

    if (io->kind == SP_IO_CONNECT || io->kind == SP_IO_RESOLVE) {
        ask(host, io);
        return;
    }
    flow = &host->flows[fuzz_host_flow(io)];
    fuzz_law(flow->open);
    switch (io->kind) {
    case SP_IO_SEND:
        fuzz_law(!flow->owed || !io->want_sent);
        flow->owed = flow->owed || io->want_sent;
        break;
    case SP_IO_HOLD:
    case SP_IO_READ:
        fuzz_law(flow->held == (io->kind == SP_IO_READ));
        flow->held = io->kind == SP_IO_HOLD;
        break;
    case SP_IO_CLOSE: *flow = (struct fuzz_flow){ .open = false }; break;
    case SP_IO_CONNECT:
    case SP_IO_RESOLVE:
    case SP_IO_NONE: fuzz_law(false); break;
    }
}

bool fuzz_host_open(struct fuzz_host *host, unsigned n)
{
    if (host->flows[n].open)
        return false;
    host->flows[n] = (struct fuzz_flow){ .open = true };
    return true;
}

bool fuzz_host_close(struct fuzz_host *host, unsigned n)
{
    bool was = host->flows[n].open;

    host->flows[n] = (struct fuzz_flow){ .open = false };
    return was;
}

bool fuzz_host_pay(struct fuzz_host *host, unsigned n)
{
    bool owed = host->flows[n].owed;

    host->flows[n].owed = false;
    return owed;
}

bool fuzz_host_ask(struct fuzz_host *host, struct fuzz_ask *ask)
{
    if (host->asked_count == 0)
        return false;
    *ask = host->asked[--host->asked_count];
    return true;
}
