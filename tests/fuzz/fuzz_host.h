/* SPDX-License-Identifier: MIT
 * tests/fuzz/fuzz_host.h -- the host of an agent under a schedule: which flows there are, and what
 * the agent asked for and waits to hear of.
 *
 * Flow n has the id n + 1. The laws of base/io.h hold here: octets go out on flows that are open,
 * no more than one piece of content awaits its `sent`, and what is held is not held again. */
#ifndef SIPUSH_TESTS_FUZZ_FUZZ_HOST_H
#define SIPUSH_TESTS_FUZZ_FUZZ_HOST_H

#include "../../base/io.h"
#include "fuzz.h"

#define FUZZ_FLOWS 8
#define FUZZ_ASKED 8

struct fuzz_flow {
    bool open, held;
    bool owed; /* `sent` */
};

struct fuzz_ask {
    uint64_t cookie;
    uint8_t  protocol; /* enum sp_protocol */
    bool     name;     /* RESOLVE; else CONNECT */
};

struct fuzz_host {
    struct fuzz_flow flows[FUZZ_FLOWS];
    struct fuzz_ask  asked[FUZZ_ASKED];
    unsigned         asked_count;
};

/* 192.0.2.last. */
struct sp_addr fuzz_addr(uint8_t last, uint16_t port);

/* Whatever the agent says to its host; its octets are the caller's to look at. What is asked beyond
 * FUZZ_ASKED is never answered. */
void fuzz_host_io(struct fuzz_host *host, const struct sp_io *io);
/* The flow that it is about. */
unsigned fuzz_host_flow(const struct sp_io *io);

/* Opens flow n; false: it is open. Closes it; false: it was not open. */
bool fuzz_host_open(struct fuzz_host *host, unsigned n);
bool fuzz_host_close(struct fuzz_host *host, unsigned n);
/* `sent` is owed on flow n, and is paid now. */
bool fuzz_host_pay(struct fuzz_host *host, unsigned n);
/* What was asked last, taken away; false: nothing. */
bool fuzz_host_ask(struct fuzz_host *host, struct fuzz_ask *ask);

#endif
