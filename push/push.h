/* SPDX-License-Identifier: MIT
 * push/push.h -- words that the Push Sender Agent and the Push Receiver Agent share. RFC 3428 8.
 *
 * A push is one content (a file, a text) on its way from one agent to the other: in one MESSAGE
 * (pager mode) or over MSRP (session mode). The choice between the two is a pure function. */
#ifndef SIPUSH_PUSH_PUSH_H
#define SIPUSH_PUSH_PUSH_H

#include "../base/event.h"
#include "../base/sha1.h"
#include "../dialog/sip_ua.h"
#include "../msrp/msrp_agent.h"

enum push_mode { PUSH_AUTO, PUSH_PAGER, PUSH_SESSION };

const char *push_mode_name(enum push_mode mode); /* "auto", "pager", "session" */

#define PUSH_ICON_OCTETS 8192 /* it travels in signalling: RFC 5547 8.8 */

/* What is pushed, or offered. */
struct push_content {
    struct sp_slice name;   /* of a file, plain octets; empty: it is no file but a plain message */
    struct sp_slice type;   /* media type */
    uint64_t        octets; /* of all of it; UINT64_MAX: not told */
    /* Octets at its start that the receiver has already, and that do not come again (RFC 5547 6,
     * file-range): a transfer that goes on. 0: all of it comes. Session mode, files only. */
    uint64_t offset;
    /* Sender, session mode, files: `offset` is not known; ask the receiver how far it is, by an
     * offer of the last octet, and go on from there (push_receiver_decide_part). One that does not
     * tell gets all of it. */
    bool    resume;
    bool    has_sha1;
    uint8_t sha1[SP_SHA1_OCTETS]; /* of the whole content */
    /* Sender: the octets, where they are at hand and few (pager mode needs them); else empty. */
    struct sp_slice body;
    /* Files, session mode: when it was changed last, seconds since 1970; 0: not told (file-date).
     */
    int64_t modified_s;
    /* Files, session mode: a small picture of it, and its media type (RFC 5547 8.8); empty: none.
     * Sender: both stay until the order ended, as `body`; PUSH_ICON_OCTETS at most; a receiver that
     * takes no bodies of several parts gets the file without. */
    struct sp_slice icon, icon_type;
};

/* Are these octets, all of it, what was told: size and hash? SP_INTEGRITY. */
SP_MUST_USE enum sp_err push_content_check(const struct push_content *told, struct sp_slice octets);

/* What the choice of a mode looks at. */
struct push_choice {
    enum push_mode wanted;
    uint32_t       contents;     /* in this push order */
    bool           body_at_hand; /* the octets are given with the content */
    bool           part;         /* only a part of one of them is sent */
    /* Of the largest MESSAGE that pager mode would send, Via included; 0: it cannot be written. */
    size_t request_octets;
    size_t pager_octets; /* the limit: RFC 3428 8 */
};

/* Pager or session, and why (static text, for people). SP_LIMIT: pager is wanted, and the MESSAGE
 * would be too large, its octets are not at hand, or it would hold a part of a file. */
SP_MUST_USE enum sp_err push_choose(const struct push_choice *choice, enum push_mode *mode,
                                    const char **why);

#endif
