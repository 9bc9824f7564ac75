/* SPDX-License-Identifier: MIT
 * tools/lint.h -- what the files of `sipush lint` share: where findings go, and a reader for each
 * protocol.
 *
 * A finding stands at octets of `all`, which is what LINE and COLUMN count in: a file, a datagram
 * or a stream. */
#ifndef SIPUSH_TOOLS_LINT_H
#define SIPUSH_TOOLS_LINT_H

#include <stdio.h>

#include "../parser/sip_check.h"

struct msrp_check;
struct sdp;
struct sdp_media;

enum lint_protocol { LINT_AUTO, LINT_SIP, LINT_SDP, LINT_MSRP };

struct lint {
    FILE              *to;
    bool               json;
    bool               stream; /* --transport tcp */
    enum lint_protocol protocol;
    const char        *name; /* of the file, or of the packet within it */
    struct sp_slice    all;
    uint64_t           errors, warnings, notes;
    uint64_t           messages;
    /* where the last finding stood: the next is counted from there */
    const char        *told;
    uint64_t           told_line, told_column;
    struct msrp_check *msrp; /* of the stream that is read */
};

/* One finding at `at` (of `all`; its end when NULL). `field` and `rule` may be empty. */
void lint_say(struct lint *lint, const char *at, enum sip_severity severity, const char *clause,
              struct sp_slice field, const char *what, const char *rule);

/* All of `lint->all`, as the protocol says or as it looks. */
void lint_octets(struct lint *lint);

void lint_sip(struct lint *lint, struct sp_slice octets); /* one message */
void lint_sip_stream(struct lint *lint, struct sp_slice octets);
void lint_sdp(struct lint *lint, struct sp_slice octets);
void lint_msrp(struct lint *lint, struct sp_slice octets); /* a stream of frames */
/* The same in parts: what comes between them is of no account, and they are judged together. */
void lint_msrp_begin(struct lint *lint);
void lint_msrp_frames(struct lint *lint, struct sp_slice octets);

/* An m= block of MSRP; of others nothing is said. */
void lint_media(struct lint *lint, const struct sdp *sdp, const struct sdp_media *media);

/* A capture: each datagram and each stream in it. False: it is none. */
bool lint_pcap(struct lint *lint, struct sp_slice capture);
/* A trace of ours (.json): each message in it, but those whose body it does not hold, which are
 * counted. False: it is none. */
bool lint_trace(struct lint *lint, struct sp_slice trace, uint64_t *passed_over);

#endif
