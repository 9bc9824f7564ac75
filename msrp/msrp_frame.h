/* SPDX-License-Identifier: MIT
 * msrp/msrp_frame.h -- a stream of octets into frames: heads, bodies, end-lines. RFC 4975 7.1, 9.
 *
 * The end-line alone frames; nothing in a head is believed. Any split of a stream gives the same
 * events, but for where body octets are cut. A head is gathered in the framer's own room and stays
 * there until the next frame begins; a body is handed through where it lies. Of the octets that
 * could begin an end-line none is kept: they equal the mark, so their number is enough. Never looks
 * at a body octet twice. */
#ifndef SIPUSH_MSRP_MSRP_FRAME_H
#define SIPUSH_MSRP_MSRP_FRAME_H

#include "msrp_endline.h"

enum msrp_frame_event {
    MSRP_FRAME_NONE, /* the input is used up */
    MSRP_FRAME_HEAD, /* `octets`: the start line and the header fields; `has_body`: a body follows
                      */
    MSRP_FRAME_BODY, /* `octets`: the next part of the body, never empty; valid until the next call
                      */
    MSRP_FRAME_END,  /* the end-line with `flag` */
    MSRP_FRAME_BROKEN, /* no frame: `err`, `where`; `octets`: the lines of its head that came whole.
                          For good. */
};

enum msrp_frame_state {
    MSRP_FRAMING_START,
    MSRP_FRAMING_HEAD,
    MSRP_FRAMING_BODY,
    MSRP_FRAMING_END,
    MSRP_FRAMING_BROKEN
};

#define MSRP_MARK_OCTETS (2 + MSRP_HYPHENS + MSRP_IDENT_OCTETS + 1 + 2)

struct msrp_frame {
    char                 *room; /* for one head */
    size_t                room_octets, used;
    size_t                line; /* where the line under way begins */
    enum msrp_frame_state state;
    char                  mark[MSRP_MARK_OCTETS]; /* CRLF hyphens id flag CRLF */
    uint8_t               id_end;                 /* the place of the flag in it */
    uint8_t               matched;                /* octets of the mark that the input ended with */
    uint8_t               before; /* octets of `matched` that stood before the body */

    /* what the event says */
    struct sp_slice octets;
    bool            has_body;
    char            flag; /* '$', '+' or '#' */
    enum sp_err err; /* SYNTAX, LIMIT: the head outgrows the room, MISMATCH: the end-line of another
                        frame */
    struct sp_where where; /* counted from the first octet of the frame */
};

/* `room` takes one head; longer ones break. */
void msrp_frame_init(struct msrp_frame *frame, void *room, size_t octets);

/* Take from `input` until something is to be said. */
enum msrp_frame_event msrp_frame_next(struct msrp_frame *frame, struct sp_slice *input);

/* Octets of a frame have come, its end has not. */
bool msrp_frame_within(const struct msrp_frame *frame);
/* The transaction id of the frame under way, or of the last; empty when none is known yet. */
struct sp_slice msrp_frame_id(const struct msrp_frame *frame);

#endif
