/* SPDX-License-Identifier: MIT
 * push/push_receiver.h -- the Push Receiver Agent. RFC 3428, RFC 4975, RFC 5547 8; ../docs/guide
 * tells the profile.
 *
 * Tells of each content that is offered, lets its user decide before an octet of it flows (in
 * session mode: before the INVITE is answered), hands the octets on where they lie, and confirms a
 * content to the sender only after the user stored it. Driven by the verbs of base/io.h; flows of
 * SIP and MSRP alike. */
#ifndef SIPUSH_PUSH_PUSH_RECEIVER_H
#define SIPUSH_PUSH_PUSH_RECEIVER_H

#include "push.h"
#include "push_relay.h"

struct push_receiver;

/* Slices are copied. */
struct push_receiver_config {
    struct sp_slice uri;        /* our own, for From and Contact user; empty: none */
    struct sp_slice user_agent; /* empty: none */
    /* Media ranges of contents, comma list ("text/plain, image/..."); empty: all. */
    struct sp_slice accept_types;
    uint64_t        max_size; /* octets of one content; 0: no bound */
    /* The user reads content.offset of what is offered and accepts it only where it has the octets
     * before; otherwise a part of a file is refused with 488. */
    bool resumes;
    /* The user fetches what references mean; else a message/external-body is refused with 415
     * (RFC 4483 5.3). */
    bool references;
    /* The user takes multiparts apart: they are well whatever accept_types has, which is of their
     * parts. */
    bool multiparts;
    /* Peers stand behind a middlebox that rewrites addresses: sessions of MSRP are known by their
     * session-id alone (msrp_agent_match_session_id). */
    bool session_id_alone;
    /* Ids of the applications that there are, comma list; a push for another one is refused with
     * 480. */
    struct sp_slice apps;
};

enum push_receiver_action_kind {
    PUSH_RECEIVER_IO,
    /* `push`: a content is offered: `mode`, `from`, `content`; answer with push_receiver_decide. A
     * plain message within a session (`at_once`) must be decided before the next call of next. */
    PUSH_RECEIVER_OFFERED,
    PUSH_RECEIVER_CONTENT, /* `octets` belong at `offset`; in any order, and perhaps again */
    /* All octets are there, `total` of them, those before content.offset included; check, store,
       then push_receiver_stored. */
    PUSH_RECEIVER_COMPLETE,
    /* Its confirmation is on its way to the sender; the handle is gone. */
    PUSH_RECEIVER_DELIVERED,
    /* It will not be whole: `err`, or declined: REFUSED with `status`; the handle is gone.
     * REPEATED: a file that was delivered came once more, since its sender did not hear of it. */
    PUSH_RECEIVER_FAILED,
    /* Our address-of-record: its binding stands (`err` SP_OK), for the first time or after a
     * refresh; or it is over: taken away (SP_CLOSED), refused (SP_REFUSED, `status`) or lost. */
    PUSH_RECEIVER_REGISTRATION,
    /* A pull came to nothing before a file was offered: REFUSED with `status`, or what failed. */
    PUSH_RECEIVER_PULL_FAILED,
};

struct push_receiver_action {
    enum push_receiver_action_kind kind;
    struct sp_io                   io;
    struct sp_handle               push;
    uint64_t                       user;    /* as set with push_receiver_decide */
    enum push_mode                 mode;    /* OFFERED */
    struct sp_slice                from;    /* OFFERED: URI of the sender (From) */
    struct push_content            content; /* OFFERED; slices valid until the next call */
    bool                           at_once; /* OFFERED */
    /* OFFERED: id of the application that it is for, as the request or its type tells; empty: none
     * in particular. */
    struct sp_slice app;
    /* OFFERED by MESSAGE: when it expires, in seconds since 1970 (Expires counted from Date: RFC
     * 3428 4); INT64_MAX: never, or it is not told. */
    int64_t expires_s;
    /* OFFERED by MESSAGE: it has no Date, so expires_s counts from when it came (RFC 3428 7). */
    bool            undated;
    uint64_t        offset, total;
    struct sp_slice octets;
    uint16_t        status;
    enum sp_err     err;
};

size_t push_receiver_size(const struct sp_limits *limits);
/* NULL: the texts of `config` exceed limits.dialog_octets, or one of `apps` is no id. */
struct push_receiver *push_receiver_init(void *memory, const struct sp_limits *limits,
                                         const uint8_t                      seed[SP_SEED_OCTETS],
                                         const struct push_receiver_config *config);
void                  push_receiver_trace(struct push_receiver *receiver, struct sp_trace trace);
/* The neighbours whose word about a sender is believed (RFC 3325), as sip_ua_trust has it: whom
 * they assert is `from`. */
void push_receiver_trust(struct push_receiver *receiver, const struct sp_addr *neighbours,
                         size_t count);
/* A local socket or listener, of SIP or of MSRP (flow.protocol). */
void push_receiver_bound(struct push_receiver *receiver, const struct sp_flow *local);
/* MSRP goes through relays of ours from now on, after the listeners are bound: a session needs a
 * URI that is ready, and some are kept so. push_receiver_relays says how many there are, and what
 * went wrong last (`err`, `status`: 401 means the user or the password). SP_LIMIT, SP_SYNTAX,
 * SP_UNSUPPORTED (TLS), SP_MISSING (no address of ours). */
SP_MUST_USE enum sp_err push_receiver_use_relays(struct push_receiver *receiver, uint64_t now_us,
                                                 const struct push_relay_config *config);
uint32_t                push_receiver_relays(const struct push_receiver *receiver, enum sp_err *err,
                                             uint16_t *status);

/* What the configuration itself says to a content: 200, 413 (too large) or 415 (type): a pure
 * function, for users without rules of their own. What holds others (a multipart, a reference) is
 * well as such: its parts are to be judged. */
uint16_t push_receiver_judge(const struct push_receiver_config *config,
                             const struct push_content         *content);

/* Accept (status 200) or decline (4xx, 6xx) what was offered. `user` comes back in every later
 * note. SP_STALE, SP_STATE. */
SP_MUST_USE enum sp_err push_receiver_decide(struct push_receiver *receiver, uint64_t now_us,
                                             struct sp_handle push, uint16_t status, uint64_t user);
/* Decline a file for the part of it that is offered (488), and tell that its first `have` octets
 * are here: the sender may offer it from there on, by file-range. Not past its last octet.
 * SP_STALE, SP_STATE; else as push_receiver_decide. RFC 3261 21.4.26, RFC 5547 6. */
SP_MUST_USE enum sp_err push_receiver_decide_part(struct push_receiver *receiver, uint64_t now_us,
                                                  struct sp_handle push, uint64_t have);
/* The user stored the content (SP_OK), or could not (STORAGE, LIMIT) or found that it differs
 * (INTEGRITY): confirms to the sender, or reports the failure. SP_STALE, SP_STATE. */
SP_MUST_USE enum sp_err push_receiver_stored(struct push_receiver *receiver, uint64_t now_us,
                                             struct sp_handle push, enum sp_err err);
/* All of it came, and it cannot be taken: what it holds is of no use here. The sender is told with
 * `status` (4xx, 5xx, 6xx); FAILED follows, REFUSED with it. SP_STALE, SP_STATE. */
SP_MUST_USE enum sp_err push_receiver_refuse(struct push_receiver *receiver, uint64_t now_us,
                                             struct sp_handle push, uint16_t status);
/* Give up on a push that is under way (the disk is full): the sender is told. FAILED follows.
 * SP_STALE. */
SP_MUST_USE enum sp_err push_receiver_abort(struct push_receiver *receiver, uint64_t now_us,
                                            struct sp_handle push, enum sp_err err);

/* A file that is asked for (RFC 5547 8.2.2); at least one of its selectors. Slices are copied. */
struct push_pull {
    struct sp_slice to, route; /* URIs; no route: empty */
    struct sp_slice name;      /* plain; empty: any */
    struct sp_slice type;      /* empty: any */
    uint64_t        octets;    /* UINT64_MAX: any */
    bool            has_sha1;
    uint8_t         sha1[SP_SHA1_OCTETS];
    /* Octets at its start that are here and need not come again (RFC 5547 6, file-range); with size
     * and hash, for it must be the same file. What comes is told by OFFERED. 0: all of it. */
    uint64_t offset;
    uint64_t user;
};
/* Ask for it: OFFERED follows, with what the peer says that it is, to be decided as a push is; or
 * PULL_FAILED. SP_MISSING: no selector; SP_RANGE: an offset that is none; SP_LIMIT; SP_UNSUPPORTED:
 * no address of ours; else as sip_ua_invite. */
SP_MUST_USE enum sp_err push_receiver_pull(struct push_receiver *receiver, uint64_t now_us,
                                           const struct push_pull *pull);

/* Who we are when a registrar or proxy asks for credentials: as sip_ua_login. SP_LIMIT. */
SP_MUST_USE enum sp_err push_receiver_login(struct push_receiver *receiver, struct sp_slice realm,
                                            struct sp_slice username, struct sp_slice password);
/* Bind an address-of-record to us, with what we can take in the Contact, and keep it so;
 * push_receiver_close takes the binding away. Errors as sip_ua_register. PUSH.md, RFC 3840 9. */
SP_MUST_USE enum sp_err push_receiver_register(struct push_receiver *receiver, uint64_t now_us,
                                               const struct sip_ua_registration *registration);
/* Take it away before the end. Nothing happens without one. */
void push_receiver_unregister(struct push_receiver *receiver, uint64_t now_us);

/* The verbs of base/io.h. */
void push_receiver_receive(struct push_receiver *receiver, uint64_t now_us,
                           const struct sp_flow *flow, struct sp_slice octets);
void push_receiver_accepted(struct push_receiver *receiver, uint64_t now_us,
                            const struct sp_flow *flow);
void push_receiver_connected(struct push_receiver *receiver, uint64_t now_us, uint64_t cookie,
                             const struct sp_flow *flow);
void push_receiver_closed(struct push_receiver *receiver, uint64_t now_us, uint64_t cookie,
                          const struct sp_flow *flow, enum sp_err err);
void push_receiver_resolved(struct push_receiver *receiver, uint64_t now_us, uint64_t cookie,
                            const struct sp_addr *addrs, size_t count);
void push_receiver_found(struct push_receiver *receiver, uint64_t now_us, uint64_t cookie,
                         const struct sp_record *records, size_t count);
void push_receiver_sent(struct push_receiver *receiver, uint64_t now_us,
                        const struct sp_flow *flow);
/* Any of those above, as a host has it. */
void     push_receiver_event(struct push_receiver *receiver, uint64_t now_us,
                             const struct sp_net_event *event);
void     push_receiver_tick(struct push_receiver *receiver, uint64_t now_us);
uint64_t push_receiver_deadline(const struct push_receiver *receiver);
bool     push_receiver_next(struct push_receiver *receiver, struct push_receiver_action *action);
/* End every session in order; drive on until push_receiver_open is 0. */
void push_receiver_close(struct push_receiver *receiver, uint64_t now_us);
/* Pushes, sessions and transactions that are not over yet. */
uint32_t push_receiver_open(const struct push_receiver *receiver);

void push_receiver_count(const struct push_receiver *receiver, struct sip_tx_counters *sip,
                         struct msrp_counters *msrp);

#endif
