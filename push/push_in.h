/* SPDX-License-Identifier: MIT
 * push/push_in.h -- the receiver's insides: calls, their lines, and contents. RFC 3428 7, RFC
 * 5547 8.
 *
 * A call (struct push_call) is a SIP session; a line (struct push_line) is an m= line that is not
 * refused, with its MSRP session; a content (struct push_in) came by MESSAGE, is the file of a
 * line, or is a message within a line that has no file. A line that is refused or has ended is no
 * object: the offer, which is kept, says all that its answer needs. */
#ifndef SIPUSH_PUSH_PUSH_IN_H
#define SIPUSH_PUSH_PUSH_IN_H

#include "../base/list.h"
#include "../base/store.h"
#include "../base/timers.h"
#include "push_link.h"
#include "push_receiver.h"
#include "push_seen.h"

enum push_in_state {
    PUSH_IN_OFFERING,  /* the note OFFERED waits */
    PUSH_IN_OFFERED,   /* its user decides */
    PUSH_IN_READY,     /* accepted; another file of the offer is undecided */
    PUSH_IN_FLOWING,   /* session mode: its octets come */
    PUSH_IN_FILLING,   /* pager mode: the note CONTENT waits */
    PUSH_IN_FILLED,    /* pager mode: the note COMPLETE waits */
    PUSH_IN_CHECKING,  /* its user stores it */
    PUSH_IN_DELIVERED, /* the note waits */
    PUSH_IN_FAILED,    /* the note waits */
};

struct push_in {
    enum push_in_state state;
    struct sp_link     note;
    struct sp_link     in_line; /* in its line's contents */
    struct push_line  *line;    /* NULL: pager mode, or it has ended */
    struct sp_handle   request; /* pager mode: the MESSAGE */
    struct sp_handle   message; /* of MSRP; zero: none yet */
    uint64_t           user;
    uint64_t           octets; /* to come, as announced; UINT64_MAX: not told */
    uint64_t           offset; /* of the first that comes: file-range */
    enum sp_err        err;
    uint16_t           status;
    bool               repeated; /* a file that was delivered before: taken, not handed over */

    /* pager mode: a block of the store, and its parts */
    char           *block;
    struct sp_slice from, type, name, body;
    struct sp_slice app; /* of `apps` of the receiver; empty: none */
    struct push_key key; /* to know it again */
    int64_t         expires_s;
    bool            undated;
};

enum push_line_state {
    PUSH_LINE_OFFERED,  /* its content is undecided */
    PUSH_LINE_ACCEPTED, /* opened with the answer */
    PUSH_LINE_SETUP,    /* no request came in its session yet */
    PUSH_LINE_UP,       /* its session is bound to a connection */
    PUSH_LINE_ABORTED,  /* its file was given up; its sender may end it first, then we do */
};

struct push_line {
    enum push_line_state state;
    struct sp_link       in_call;
    struct push_call    *call;
    uint32_t             index; /* of the m= line */
    bool                 file;  /* else messages, each a content */
    struct sp_handle     msrp;
    struct sp_list       contents;
    struct sp_timer      timer; /* SETUP, UP, ABORTED */
    char                 session_id[PUSH_SESSION_ID_CHARS];
};

enum push_call_state {
    PUSH_CALL_PULLING,   /* our INVITE is under way: a pull */
    PUSH_CALL_PULLED,    /* its answer waits for the decision */
    PUSH_CALL_INVITED,   /* the INVITE waits for decisions */
    PUSH_CALL_TALKING,   /* answered */
    PUSH_CALL_REINVITED, /* a re-INVITE waits for decisions */
};

struct push_call {
    enum push_call_state state;
    struct sp_handle     sip;
    struct sp_slice      app;  /* of `apps` of the receiver; empty: none */
    struct sp_slice      from; /* blocks of the store */
    /* The one that was answered last, or the first one; of a pull, the answer, which says as much
     * of the file as an offer would. */
    struct sp_slice offer;
    uint64_t        user;    /* PULLING */
    struct sp_slice reoffer; /* REINVITED: the one that waits */
    /* The last offer, if it had icons beside it: `related_type` octets of Content-Type, and the
     * body. */
    struct sp_slice related;
    struct sp_slice answer; /* the last one */
    /* For each m= line of the offer that waits, 1 + the octets of its file that are here; a block
     * of the store, NULL: of none. */
    uint64_t              *held;
    struct push_media_addr media;
    uint64_t               sdp_id, sdp_version;
    uint16_t               related_type;
    uint16_t               decline; /* what the offer draws when nothing of it is taken; 0: 488 */
    bool           irrevocable;     /* the re-offer ended what was going on: it gets an answer */
    struct sp_list lines;
    /* INVITED, REINVITED: the next provisional response; TALKING: nothing is going on. */
    struct sp_timer timer;
};

/* Names of the receiver's timers. */
enum { PUSH_TIMER_LINE, PUSH_TIMER_CALL };

enum push_receiver_state { PUSH_RECEIVER_SERVING, PUSH_RECEIVER_CLOSING };

/* A parsed description and its room. */
struct push_room {
    struct sdp            sdp;
    struct sdp_media     *media;
    struct sdp_attribute *attributes;
};

struct push_receiver {
    enum push_receiver_state state;
    struct push_link         link;
    struct sp_limits         limits;
    struct sp_slice          accept;       /* a comma list */
    struct sp_slice          apps;         /* ids, a comma list */
    struct sp_slice          accept_types; /* the same for SDP and MSRP, split by SP */
    struct sp_slice          said_types;   /* the same, with what every endpoint takes */
    uint64_t                 max_size;
    bool                     resumes, references, multiparts;
    struct sp_pool           calls, lines, ins;
    struct push_seen         seen;
    uint32_t                 pagers; /* contents of pager mode among `ins` */
    struct sp_store          store;
    struct sp_timers         timers;
    struct sp_list           notes;   /* contents that have one */
    struct sp_handle         at_once; /* must be decided before the next note */
    char                    *scratch; /* a description to be written */
    char                    *text;    /* a path, a name, a header field */
    struct push_room         offered, before;
    struct sp_handle         registration; /* none: zero */
};

/* push_in.c: a content. */
/* A new one, not told yet; NULL: there is no room. `line` NULL: pager mode. */
struct push_in *push_in_make(struct push_receiver *receiver, struct push_line *line);
const char     *push_in_state_name(enum push_in_state state);
void push_in_enter(struct push_receiver *receiver, struct push_in *in, enum push_in_state state,
                   const char *on);
/* It will not be whole; its line, if it has one, loses it. Nothing happens after an end. One that
 * was not told yet is gone at once. */
void push_in_fail(struct push_receiver *receiver, struct push_in *in, enum sp_err err,
                  uint16_t status);
void push_in_deliver(struct push_receiver *receiver, struct push_in *in);
/* The note that its state waits for. */
void push_in_note(struct push_receiver *receiver, struct push_in *in,
                  struct push_receiver_action *action);
/* What MSRP is told for a status of SIP, and both for an error of ours. */
uint16_t push_msrp_status(uint16_t status);
uint16_t push_status_of(const struct push_in *in, enum sp_err err);

/* Who sent it: whom a neighbour that is trusted asserts, else who says so; a URI, empty: neither.
 */
struct sp_slice push_from_of(const struct sip_ua_action *sip);

/* push_page.c: MESSAGE. */
void push_page_offer(struct push_receiver *receiver, const struct sip_ua_action *sip);
void push_page_respond(struct push_receiver *receiver, struct push_in *in, uint16_t status);

/* push_media.c: lines and what comes over them. */
struct push_line *push_line_make(struct push_receiver *receiver, struct push_call *call,
                                 uint32_t index, bool file);
struct push_line *push_line_find(const struct push_call *call, uint32_t index);
void              push_line_accept(struct push_receiver *receiver, struct push_line *line);
/* Open its MSRP session with the peer of this block. */
SP_MUST_USE enum sp_err push_line_open(struct push_receiver *receiver, struct push_line *line,
                                       const struct sdp_msrp *offer, const struct sdp_msrp *answer);
/* Its contents fail with `err`, its session closes, and it is gone. */
void push_line_end(struct push_receiver *receiver, struct push_line *line, enum sp_err err,
                   uint16_t status);
/* A relay gave another URI for a line: its sender is told where to send to, in an offer of ours
 * (RFC 4976 9.4). */
void push_line_moved(struct push_receiver *receiver);
/* Give up the file that comes: `status` to its sender (RFC 5547 8.4). */
void push_line_abort(struct push_receiver *receiver, struct push_in *in, enum sp_err err,
                     uint16_t status);
/* No request came in its session in time, or nothing for too long; or its sender did not end an
 * aborted one. */
void push_line_timer(struct push_receiver *receiver, struct push_line *line);
/* Nothing is left to come over it, as far as we know. */
bool push_line_idle(const struct push_line *line);
/* True when `action` is filled: it is for the user. */
bool push_line_msrp(struct push_receiver *receiver, const struct msrp_action *msrp,
                    struct push_receiver_action *action);

/* push_register.c: our address-of-record. */
/* True when `action` is filled: it is for the user. */
bool push_register_sip(struct push_receiver *receiver, const struct sip_ua_action *sip,
                       struct push_receiver_action *action);
void push_register_end(struct push_receiver *receiver);

/* push_pull.c: our own requests for a file. */
enum push_pulled {
    PUSH_PULL_NONE, /* it is about no pull that is under way */
    PUSH_PULL_DONE,
    PUSH_PULL_TOLD, /* `action` is filled: it is for the user */
};
enum push_pulled push_pull_sip(struct push_receiver *receiver, const struct sip_ua_action *sip,
                               struct push_receiver_action *action);

/* push_call.c: SIP sessions. */
void push_call_enter(struct push_receiver *receiver, struct push_call *call,
                     enum push_call_state state, const char *on);
/* Its lines end, and it is gone. */
void push_call_forget(struct push_receiver *receiver, struct push_call *call, enum sp_err err);
void push_call_sip(struct push_receiver *receiver, const struct sip_ua_action *sip);
/* A file of an offer was decided: answer when it was the last one. */
void push_call_decided(struct push_receiver *receiver, struct push_call *call);
/* The first `octets` of a line's file are here: its refusal says so. */
void push_call_hold(struct push_receiver *receiver, const struct push_line *line, uint64_t octets);
/* Something ended: look whether anything is still going on. */
void push_call_settle(struct push_receiver *receiver, struct push_call *call);
/* It is undecided for long; or nothing has been going on for long. */
void push_call_timer(struct push_receiver *receiver, struct push_call *call);
/* A line was ended by us: say so in an offer. */
void push_call_drop(struct push_receiver *receiver, struct push_call *call);
/* End it, whatever its state; it is gone. */
void push_call_end(struct push_receiver *receiver, struct push_call *call, enum sp_err err);
/* The offer that its contents belong to. */
struct sp_slice push_call_offer(const struct push_call *call);
/* The icon that a=file-icon of its last offer names, if it came. */
void push_call_icon(const struct push_call *call, struct sp_slice file_icon,
                    struct push_content *content);

/* push_answer.c: offers in, answers out. */
/* Parse an offer. */
SP_MUST_USE enum sp_err push_offer_load(struct push_room *room, struct sp_slice offer,
                                        struct sp_where *where);
/* Make lines and contents of the offer that waits; those that it ends are ended. */
void push_offer_take(struct push_receiver *receiver, struct push_call *call);
/* Open what was accepted, and write the answer. False: nothing is taken. Errors stick in `to`. */
bool push_answer_write(struct push_receiver *receiver, struct push_call *call, struct sp_buf *to);
/* The file of the answer to a pull is to be told to the user. False: it cannot be taken. */
bool push_answer_pulled(struct push_receiver *receiver, struct push_call *call);
/* Open the lines that were accepted. False: none is left. */
bool push_answer_open(struct push_receiver *receiver, struct push_call *call);
/* What goes with a refusal of the whole offer: what of it would be taken, where some would. */
void push_refusal_write(struct push_receiver *receiver, struct push_call *call, struct sp_buf *to);
/* An offer of ours: the lines that there are go on, all others have port 0 (RFC 5547 8.4). */
void push_drop_write(struct push_receiver *receiver, struct push_call *call, struct sp_buf *to);
/* What the offer says of a line's file. Slices point into the offer and the receiver's text. */
void push_offer_content(struct push_receiver *receiver, const struct push_line *line,
                        struct push_content *content);

#endif
