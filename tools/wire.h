/* SPDX-License-Identifier: MIT
 * tools/wire.h -- messages out of the octets that a trace tells of.
 *
 * Frames each direction of each flow as its peer does: a datagram is a SIP message, a stream is cut
 * by Content-Length or by MSRP's end-lines. For those who watch; nothing here answers, and what
 * cannot be framed is handed on as it is. */
#ifndef SIPUSH_TOOLS_WIRE_H
#define SIPUSH_TOOLS_WIRE_H

#include "../base/trace.h"

#define WIRE_BODY 1024 /* octets of an MSRP body that are kept */

struct wire_message {
    const struct sp_flow *flow;
    bool                  sent;
    bool                  broken; /* it is no message: `head` is what there is */
    uint64_t              now_us; /* when its last octet passed */
    struct sp_slice       head;   /* start line and fields, without the empty line */
    struct sp_slice       body;   /* SIP: all; MSRP: the first WIRE_BODY octets */
    uint64_t              body_octets;
    bool                  has_body;
    char                  flag; /* MSRP: of the end-line */
};

struct wire_user {
    void *host;
    void (*message)(void *host, const struct wire_message *message);
    /* A run of octets on its way; `ends`: a message ends with it. */
    void (*octets)(void *host, const struct sp_flow *flow, bool sent, uint64_t now_us,
                   struct sp_slice run, bool ends);
};

struct wire;

struct wire *wire_new(struct wire_user user);
void         wire_free(struct wire *wire);
/* An event of SENT or RECEIVED. */
void wire_event(struct wire *wire, const struct sp_trace_event *event);
/* A connection is gone: its state is not needed any more. */
void wire_closed(struct wire *wire, const struct sp_flow *flow);

/* The first line, and the value of a field of a head (letters folded; empty: none). */
struct sp_slice wire_line(struct sp_slice head);
struct sp_slice wire_field(struct sp_slice head, const char *name);

#endif
