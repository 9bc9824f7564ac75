/* SPDX-License-Identifier: MIT
 * tests/bench/bench_parser.h -- what a parser under measurement does, and what it must have seen.
 *
 * A peer is a shared object of its own, so that no name of its library meets one of ours. It has
 * one name: `bench_peer`. */
#ifndef SIPUSH_TESTS_BENCH_BENCH_PARSER_H
#define SIPUSH_TESTS_BENCH_BENCH_PARSER_H

#include <stddef.h>

/* What a full parse found; the same for all, or the figures compare nothing. */
struct bench_seen {
    unsigned vias, contacts, routes, record_routes; /* values, each parsed to its parts */
    unsigned cseq, content_length;
    unsigned max_forwards; /* 0 when there is none */
    unsigned user_octets;  /* of the Request-URI, From and To: their user parts */
    unsigned call_id_octets;
    unsigned has_type; /* Content-Type, split */
};

struct bench_parser {
    const char *name;
    /* Start line and header fields found, nothing typed; NULL where a library cannot. Octets of the
     * body, or -1. */
    int (*index)(const char *octets, size_t len);
    /* Request-URI, Via, From, To, Call-ID, CSeq, Contact, Route, Record-Route, Max-Forwards,
     * Content-Length and Content-Type, all of them, to their parts; NULL where a library cannot. 0,
     * or -1. */
    int (*full)(const char *octets, size_t len, struct bench_seen *seen);
};

extern const struct bench_parser bench_peer;

#endif
