/* SPDX-License-Identifier: MIT
 * tests/unit/tx_unit.h -- a transaction layer on a bench: time is the test's, octets are text, and
 * all that the layer does is written down as a transcript.
 *
 * A line of a transcript: milliseconds, then `> INVITE` or `> 200` (sent), `CONNECT`, `CLOSE`,
 * `REQUEST`, `CANCEL`, `ACK`, `RESPONSE 180`, `TIMEOUT B`, `TRANSPORT`, `UNSENT`, `LOST`, or `gone`
 * when no transaction is left; `> PING` and `> PONG` are CRLFCRLF and CRLF. Lines end in LF. */
#ifndef SIPUSH_TESTS_UNIT_TX_UNIT_H
#define SIPUSH_TESTS_UNIT_TX_UNIT_H

#include "../../transaction/sip_layer.h"
#include "unit.h"

struct tx_bench {
    struct sip_tx_layer *layer;
    uint64_t             now_us;
    struct sp_flow       peer;                    /* the flow to and from 192.0.2.2:5060 */
    struct sp_handle     tx;                      /* the last that was told of, or made */
    struct sp_handle     invite;                  /* what the last CANCEL cancels */
    uint64_t             cookie;                  /* of the last CONNECT */
    bool                 connects;                /* answer CONNECT at once with `peer` */
    bool                 was_empty;               /* `gone` is written once */
    char                 sent[4096], first[4096]; /* the last and the first octets that were sent */
    uint64_t             sent_by;                 /* the flow of the last ones */
    char                 log[4096];               /* the transcript */
};

/* Limits for a bench: few of everything. */
struct sp_limits tx_limits(void);
/* A layer with UDP and TCP at 192.0.2.1:5060; the peer is at 192.0.2.2:5060. Over TCP its
 * connection is accepted already where `accepted`. */
void tx_bench(struct tx_bench *bench, const struct sp_limits *limits, enum sp_transport transport,
              bool accepted);

/* Collect all that the layer wants now. */
void tx_drain(struct tx_bench *bench);
/* Time passes: each timer fires at its moment. */
void tx_until(struct tx_bench *bench, uint64_t ms);
void tx_receive(struct tx_bench *bench, const char *text);
/* A request of ours to the peer. */
enum sp_err tx_request(struct tx_bench *bench, const char *method);
/* A response to the first request that was sent (or to the last), as a text in a static room. */
const char *tx_response_to(const char *request, unsigned status);
/* A request of the peer's, with branch z9hG4bK`branch`, in a static room. */
const char *tx_request_text(const char *method, const char *branch, const char *transport);
/* Answer the last server transaction. */
enum sp_err tx_answer(struct tx_bench *bench, unsigned status);

#endif
