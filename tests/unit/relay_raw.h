/* SPDX-License-Identifier: MIT
 * tests/unit/relay_raw.h -- one relay, and what strangers say to it, octet for octet.
 *
 * What the relay sends on a connection is kept as text; `sent` is told at once. */
#ifndef SIPUSH_TESTS_RELAY_RAW_H
#define SIPUSH_TESTS_RELAY_RAW_H

#include "relay_unit.h"

#define RAW_FLOWS 6
#define US        "msrp://relay.lab:2855;tcp"
#define CLIENT    "msrp://c:5/x;tcp"

struct raw {
    struct msrp_relay *relay;
    uint64_t           now_us;
    char               out[RAW_FLOWS][8192]; /* what was sent on a flow, since it was looked at */
    size_t             len[RAW_FLOWS];
    bool               closed[RAW_FLOWS];
    uint64_t           cookie; /* of the last CONNECT */
    char               nonce[64], uri[200];
    struct sp_addr     remote;
    bool               hold;   /* `sent` is not told; what does not fit is counted alone */
    unsigned           asked;  /* for `sent` */
    size_t             octets; /* sent in all */
};

void           raw_drain(struct raw *raw);
struct sp_flow raw_flow(const struct raw *raw, unsigned n);
void           raw_init(struct raw *raw, bool anywhere);
void           raw_accept(struct raw *raw, unsigned n);
void           raw_in(struct raw *raw, unsigned n, const char *text);
void           raw_wait(struct raw *raw, uint64_t ms);
void           raw_find(struct raw *raw, unsigned n, const char *from, const char *to, char *room,
                        size_t octets);
void           raw_ask(struct raw *raw, unsigned n, const char *from, const char *fields);
const char    *raw_credentials(struct raw *raw, const char *user, const char *password,
                               const char *nc);
void           raw_starts(const struct raw *raw, unsigned n, const char *what);
void           raw_log_in(struct raw *raw, unsigned n, const char *from);

#endif
