/* SPDX-License-Identifier: MIT
 * dialog/sip_ua.h -- a SIP user agent: requests outside of dialogs, and sessions. RFC 3261 8, 9,
 * 11, 12, 13, 14, 15; RFC 3428; RFC 3262, 3311, 4028, 6086.
 *
 * Writes the requests and responses that its user means, keeps dialogs (route set, targets, CSeq,
 * tags), sends ACK and repeats 2xx, refuses what it cannot do (405, 415, 416, 420, 481, 482, 501
 * ...) before its user sees it. Bodies are the user's: an offer or an answer is octets here, of
 * which only the turn is known. Driven by the verbs of base/io.h. */
#ifndef SIPUSH_DIALOG_SIP_UA_H
#define SIPUSH_DIALOG_SIP_UA_H

#include "../transaction/sip_tx.h"
#include "sip_guard.h"

struct sip_ua;

/* What this user agent is. Slices are copied at init, together at most limits.dialog_octets. */
struct sip_ua_config {
    struct sp_slice from; /* our own URI, for From; empty: sip:anonymous@anonymous.invalid */
    struct sp_slice contact_user;   /* user part of our Contact; may be empty */
    struct sp_slice contact_params; /* of the Contact field: ";+sip.message;methods=\"...\"" */
    struct sp_slice user_agent;     /* User-Agent and Server; empty: none */
    uint32_t methods; /* requests that are handed up, 1 << enum sip_method; ACK, CANCEL and OPTIONS
                         are added */
    struct sp_slice accept;        /* media types of request bodies, comma list: "text/plain,
                                      application/sdp"; also in 415 and OPTIONS */
    struct sp_slice message_types; /* media types that MESSAGE may carry, comma list, with ranges;
                                      Accept in its 415, and with the others in OPTIONS */
    struct sp_slice supported; /* option tags, comma list; empty: none. 100rel is added when PRACK
                                  is among `methods`, timer when `min_se_s` is set */
    struct sp_slice capabilities; /* SDP body of a 200 to OPTIONS; empty: none */
    struct sp_slice events;       /* event packages that others may subscribe to, comma list:
                                     Allow-Events; empty: none, and SUBSCRIBE is like others */
    struct sp_slice preferred;    /* URI that we wish to be asserted as: P-Preferred-Identity (RFC
                                     3325 9.2); empty: none */
    struct sp_slice privacy;      /* value of Privacy (RFC 3323 4.2): "id", "none"; empty: none */
    struct sp_slice recv_info;    /* INFO packages that we take (RFC 6086), comma list; Recv-Info is
                                     sent when INFO is among `methods` */
    uint32_t min_se_s;            /* session timers (RFC 4028): the least interval that we take,
                                     counts as 90 at least; 0: no session timers */
    uint32_t session_expires_s;   /* the interval that we ask for; 0: we ask for none */
};

/* A request to send outside of a dialog, INVITE among them. Slices are copied. */
struct sip_ua_request {
    enum sip_method method;
    struct sp_slice uri;    /* Request-URI and To */
    struct sp_slice route;  /* URI of an outbound proxy: a preloaded Route; empty: none */
    struct sp_slice fields; /* further header fields, written with sip_put_field; whole lines */
    struct sp_slice content_type, body;
    uint64_t        user;
    struct sp_slice to; /* To; empty: `uri` */
    uint8_t  follow;    /* other targets that may be tried when it is redirected (3xx); 0: none */
    uint32_t expires_s; /* INVITE: its Expires, after which it is cancelled (13.2.1); 0: none */
    struct sp_slice extension; /* the name of a SIP_METHOD_OTHER, a token that no row of
                                  sip_method.h has (25.1 extension-method) */
};

/* What a registration does with the bindings of its address-of-record. */
enum sip_ua_binding {
    SIP_UA_BIND,   /* ours is made and kept */
    SIP_UA_QUERY,  /* they are asked for, once (10.2.3): they are in the message of UNREGISTERED */
    SIP_UA_UNBIND, /* all of them are removed, whoever made them (10.2.2) */
};

/* Bindings of an address-of-record. Slices are copied. */
struct sip_ua_registration {
    struct sp_slice     aor;       /* address-of-record: To and From */
    struct sp_slice     registrar; /* Request-URI; empty: the host of `aor` (10.2.6) */
    struct sp_slice     route;     /* as in sip_ua_request */
    struct sp_slice     fields;    /* as in sip_ua_request */
    uint32_t            expires_s; /* that is asked for */
    uint64_t            user;
    enum sip_ua_binding what;
    struct sp_slice contacts; /* further values of Contact, comma list without expires: bound and
                                 removed with ours; empty: none */
    struct sp_slice instance; /* +sip.instance of our Contact, with its brackets:
                                 "<urn:uuid:...>" (RFC 5626 4.1); empty: none */
    uint32_t reg_id;          /* of our Contact, which is a flow then (RFC 5626 4.2); 0: none */
};

/* What the registrar told with the last 200. Slices are valid until the next call on this agent. */
struct sip_ua_registered {
    uint32_t        expires_s;     /* of our binding */
    struct sp_slice service_route; /* values of Service-Route, split by line feeds (RFC 3608) */
    struct sp_slice path;          /* of Path, the same (RFC 3327) */
    struct sp_slice associated;    /* of P-Associated-URI, the same (RFC 7315 5.1) */
    struct sp_slice pub_gruu, temp_gruu; /* URIs, of our Contact (RFC 5627) */
    bool            outbound;            /* the flow is used (RFC 5626) */
    uint32_t        flow_timer_s;        /* Flow-Timer; 0: none */
};

enum sip_ua_action_kind {
    SIP_UA_IO, /* `io`: to be performed */

    /* outside of dialogs */
    SIP_UA_REQUEST,  /* a request came: answer it with sip_ua_respond and the handle */
    SIP_UA_RESPONSE, /* to our request: `status`, provisional or final, `msg`; after a final one its
                        handle is gone */
    SIP_UA_FAILED, /* our request, or our INVITE before its final response, came to nothing: `err`;
                      the handle is gone */

    /* sessions: the INVITE that makes one */
    SIP_UA_INVITED,  /* an INVITE came: `session`, `msg`; sip_ua_progress, sip_ua_accept,
                        sip_ua_refuse */
    SIP_UA_PROGRESS, /* 1xx to our INVITE; `reliable` ones (RFC 3262) of a re-INVITE too. `sdp`
                        OFFER: sip_ua_prack with the answer. Of another branch of a fork the session
                        is a new one, and `invite` is that of sip_ua_invite */
    SIP_UA_ACCEPTED, /* 2xx to our INVITE or re-INVITE, ACK is on its way; `msg` holds the answer;
                        `sdp` OFFER: the ACK waits for sip_ua_ack. Other early dialogs of the INVITE
                        are gone with it; where `invite` is set, so is that session, and `session`
                        is the one that stands */
    SIP_UA_REFUSED,  /* 3xx-6xx to our INVITE (the session is gone) or to our re-INVITE (`again`, it
                        goes on) */
    SIP_UA_CANCELLED, /* the INVITE that came was cancelled or expired: 487 is sent, the session is
                       * gone; of a re-INVITE (`again`) it goes on. So too when no PRACK came for
                       * it (err TIMEOUT, 504) */

    /* sessions: later */
    SIP_UA_CONFIRMED, /* ACK for our 2xx came; `sdp` ANSWER: with the answer to our offer */
    SIP_UA_REINVITED, /* an INVITE within the session: sip_ua_accept or sip_ua_refuse */
    SIP_UA_PRACKED,   /* PRACK for our reliable 1xx came. `sdp` ANSWER: to our offer; OFFER:
                         sip_ua_respond to `request` with 200 and the answer */
    SIP_UA_UPDATED,  /* an UPDATE came (RFC 3311). `sdp` OFFER: sip_ua_respond to `request` at once,
                        with 200 and the answer, 488, or 504 where somebody must be asked first;
                        else it is answered */
    SIP_UA_ANSWERED, /* the end of our UPDATE, or of our PRACK that had an offer (`method`):
                        `status`, 2xx: `msg` holds the answer; else all is as before */
    SIP_UA_REFRESHED, /* the session's timer begins anew (RFC 4028): the peer's 2xx to our refresh,
                         or `by_peer` */
    SIP_UA_ENDED, /* over and gone: BYE came (err SP_OK, `by_peer`), our BYE was answered, or `err`
                     (TIMEOUT: no ACK, no answer, no PRACK, no refresh: `timer` "session") */

    /* registrations: the handle is in `request` */
    SIP_UA_REGISTERED,   /* 200 to REGISTER: the binding stands, or goes on (`again`) */
    SIP_UA_UNREGISTERED, /* the registration is over and gone: removed as asked, refused (`status`,
                            `msg`) or lost (`err`) */

    /* events (sip_ua_event.h): the handle is in `request` */
    SIP_UA_SUBSCRIBED,         /* 2xx to our SUBSCRIBE; `again`: to a refresh */
    SIP_UA_NOTIFIED,           /* NOTIFY `msg` came; it is answered */
    SIP_UA_UNSUBSCRIBED,       /* our subscription is over and gone: as asked, by the notifier
                                * (`by_peer`), refused (`status`, `msg`) or lost (`err`) */
    SIP_UA_SUBSCRIPTION,       /* somebody subscribes: `msg`; sip_ua_notify, sip_ua_forbid */
    SIP_UA_SUBSCRIPTION_ENDED, /* over and gone: as we said, expired or ended by the subscriber
                                * (`by_peer`), or NOTIFY could not be delivered (`status`, `err`) */
    SIP_UA_PUBLISHED,          /* 2xx to our PUBLISH: the state stands, or goes on (`again`) */
    SIP_UA_UNPUBLISHED, /* the publication is over and gone: as asked, refused (`status`, `msg`) or
                           lost (`err`) */
};

/* What the session description in a message is, where it counts (RFC 3261 13.2.1, RFC 3262 5, RFC
 * 3311 5): one that stands elsewhere, or again, is to be left alone. */
enum sip_ua_sdp { SIP_UA_SDP_NONE, SIP_UA_SDP_OFFER, SIP_UA_SDP_ANSWER };

struct sip_ua_action {
    enum sip_ua_action_kind kind;
    struct sp_io            io;
    struct sp_handle        request; /* REQUEST, RESPONSE, FAILED; PRACKED, UPDATED with an offer */
    struct sp_handle        session;
    struct sp_handle        invite; /* PROGRESS, ACCEPTED of another branch: what was invited */
    uint64_t                user;
    uint16_t                status;
    bool                    again;    /* ACCEPTED, REFUSED, CANCELLED: of a re-INVITE */
    bool                    by_peer;  /* ENDED, REFRESHED, UPDATED */
    bool                    reliable; /* PROGRESS: it is acknowledged */
    enum sip_ua_sdp         sdp;      /* what is described in `msg` */
    enum sip_method         method;   /* ANSWERED: UPDATE or PRACK */
    enum sp_err             err;
    const char             *timer; /* err TIMEOUT: "B", "F", "H" ... */
    const struct sip_msg
                   *msg;      /* valid until the next call on this agent; NULL when there is none */
    struct sp_flow  flow;     /* on which msg came */
    struct sp_slice asserted; /* who a neighbour that we trust says the sender of msg is, a URI;
                                 empty: nobody said */
    const struct sip_user *who; /* REQUEST, INVITED, REINVITED: whose credentials msg has; NULL */
};

/* Logins that are kept. */
#define SIP_UA_LOGINS 4

size_t         sip_ua_size(const struct sp_limits *limits);
struct sip_ua *sip_ua_init(void *memory, const struct sp_limits *limits,
                           const uint8_t seed[SP_SEED_OCTETS], const struct sip_ua_config *config);
void           sip_ua_trace(struct sip_ua *ua, struct sp_trace trace);
/* As sip_tx_bound. */
void sip_ua_bound(struct sip_ua *ua, const struct sp_flow *local);
/* The local address that stands towards a peer in our messages, for c= and path; false: none of
 * that family. */
bool sip_ua_local(const struct sip_ua *ua, uint8_t family, struct sp_addr *local);

/* Who we are when a server or proxy asks for credentials (Digest); an empty realm is every one that
 * no other login names. Without a login, 401 and 407 are responses like others. Slices are copied.
 * SP_LIMIT: SIP_UA_LOGINS, or no room. */
SP_MUST_USE enum sp_err sip_ua_login(struct sip_ua *ua, struct sp_slice realm,
                                     struct sp_slice username, struct sp_slice password);

/* From now on requests but ACK and CANCEL need the credentials of one of `users` in `realm` (401);
 * their octets are the caller's and outlive the agent. A nonce serves for `lifetime_s`. SP_LIMIT:
 * no room. */
SP_MUST_USE enum sp_err sip_ua_guard(struct sip_ua *ua, struct sp_slice realm,
                                     const struct sip_user *users, size_t count,
                                     uint32_t lifetime_s);

/* The neighbours whose P-Asserted-Identity is believed (RFC 3325): addresses, a port where only
 * that counts; the caller's, they outlive the agent. */
void sip_ua_trust(struct sip_ua *ua, const struct sp_addr *neighbours, size_t count);

/* Requests outside of dialogs. Where the request goes: the first Route, else the Request-URI; its
 * targets are found as RFC 3263 4 has it, and where one fails the next is tried. SP_SYNTAX: a URI;
 * SP_UNSUPPORTED: scheme or transport; SP_LIMIT; SP_INJECTION, SP_ROOM. */
SP_MUST_USE enum sp_err sip_ua_send(struct sip_ua *ua, uint64_t now_us,
                                    const struct sip_ua_request *request, struct sp_handle *handle);
/* A request within a session: INFO, MESSAGE, OPTIONS and the like; `uri`, `route` and
 * `follow` are not looked at. RESPONSE or FAILED follow; 408, 481 and silence end the session as
 * well (12.2.1.2). SP_STALE: no such session, or it has no dialog yet; SP_UNSUPPORTED: a method
 * that has a verb of its own; else as sip_ua_send. */
SP_MUST_USE enum sp_err sip_ua_send_within(struct sip_ua *ua, uint64_t now_us,
                                           struct sp_handle             session,
                                           const struct sip_ua_request *request,
                                           struct sp_handle            *handle);
/* The answer to SIP_UA_REQUEST; `fields` as in sip_ua_request. 405, 415 and 420 tell Allow, Accept
 * and Unsupported by themselves where `fields` does not. SP_STALE, SP_LIMIT, SP_INJECTION,
 * SP_RANGE; SP_UNSUPPORTED: a body in a 2xx to MESSAGE; SP_ROOM: longer than a message, or than a
 * datagram where the request came by UDP, and it waits for another, 500 say. */
SP_MUST_USE enum sp_err sip_ua_respond(struct sip_ua *ua, uint64_t now_us, struct sp_handle request,
                                       uint16_t status, struct sp_slice fields,
                                       struct sp_slice content_type, struct sp_slice body);
/* The whole MESSAGE or other request that `request` would be on the wire, our Via left out, for its
 * size (RFC 3428 8) and --dry-run. Errors stick in `to`. */
void sip_ua_preview(struct sip_ua *ua, const struct sip_ua_request *request, struct sp_buf *to);

/* Registrations (10.2): bindings are asked for or removed, or ours is made, refreshed before they
 * expire, tried again while the binding lives, with a longer time when the registrar wants it
 * (423). While it stands, requests outside of dialogs whose From is its address go by its
 * Service-Route, after their own route, and a GRUU that came for our own address is our Contact in
 * dialogs. Errors as sip_ua_send. */
SP_MUST_USE enum sp_err sip_ua_register(struct sip_ua *ua, uint64_t now_us,
                                        const struct sip_ua_registration *registration,
                                        struct sp_handle                 *handle);
/* What stands. False: no such registration, or no 200 yet. */
bool sip_ua_registered(const struct sip_ua *ua, struct sp_handle registration,
                       struct sip_ua_registered *registered);
/* Take the binding away; UNREGISTERED follows. SP_STALE. */
SP_MUST_USE enum sp_err sip_ua_unregister(struct sip_ua *ua, uint64_t now_us,
                                          struct sp_handle registration);

/* Sessions: our INVITE (method is INVITE, body the offer; without one the peer offers). It is
 * cancelled when nothing came for limits.timer_c_ms after a 1xx. Errors as sip_ua_send. */
SP_MUST_USE enum sp_err sip_ua_invite(struct sip_ua *ua, uint64_t now_us,
                                      const struct sip_ua_request *request,
                                      struct sp_handle            *session);
/* A re-INVITE with a new offer, or without one; after a glare (491) it is sent again by itself.
 * SP_STATE: another INVITE of this session is under way, or an offer is. */
SP_MUST_USE enum sp_err sip_ua_reinvite(struct sip_ua *ua, uint64_t now_us,
                                        struct sp_handle session, struct sp_slice content_type,
                                        struct sp_slice body);
/* Their INVITE or re-INVITE: 180 or 183; 200 with the answer, or with the offer where they made
 * none; 3xx-6xx. SP_STATE: none waits, or a description is not due; SP_MISSING: one is.
 * `reliable` (RFC 3262): repeated until PRACKED; always where the INVITE requires it.
 * SP_UNSUPPORTED: the peer does not know of it; SP_STATE: the one before is not acknowledged. Only
 * a reliable one is an answer or offer; the 200 after an answer has no body. */
SP_MUST_USE enum sp_err sip_ua_progress(struct sip_ua *ua, uint64_t now_us,
                                        struct sp_handle session, uint16_t status, bool reliable,
                                        struct sp_slice content_type, struct sp_slice body);
SP_MUST_USE enum sp_err sip_ua_accept(struct sip_ua *ua, uint64_t now_us, struct sp_handle session,
                                      struct sp_slice content_type, struct sp_slice body);
SP_MUST_USE enum sp_err sip_ua_refuse(struct sip_ua *ua, uint64_t now_us, struct sp_handle session,
                                      uint16_t status, struct sp_slice fields);
/* The same with a body: to a 488, what would be taken (21.4.26). */
SP_MUST_USE enum sp_err sip_ua_refuse_with(struct sip_ua *ua, uint64_t now_us,
                                           struct sp_handle session, uint16_t status,
                                           struct sp_slice fields, struct sp_slice content_type,
                                           struct sp_slice body);
/* The PRACK for the reliable 1xx that was just told: with the answer to its offer, or with an offer
 * of ours (before the next sip_ua_next; else it leaves by itself, without a body). SP_STATE: none
 * is due, or no offer may be made; SP_MISSING: the answer; SP_LIMIT. */
SP_MUST_USE enum sp_err sip_ua_prack(struct sip_ua *ua, uint64_t now_us, struct sp_handle session,
                                     struct sp_slice content_type, struct sp_slice body);
/* The ACK for a 2xx that has an offer, with its answer. SP_STATE: none waits; SP_MISSING; SP_LIMIT.
 */
SP_MUST_USE enum sp_err sip_ua_ack(struct sip_ua *ua, uint64_t now_us, struct sp_handle session,
                                   struct sp_slice content_type, struct sp_slice body);
/* An UPDATE (RFC 3311), early or later, with or without an offer; ANSWERED follows. After a glare
 * (491) it is sent again by itself. SP_STATE: the peer has no dialog yet, another UPDATE is under
 * way, or no offer may be made now; SP_UNSUPPORTED: the peer's Allow has no UPDATE; SP_LIMIT. */
SP_MUST_USE enum sp_err sip_ua_update(struct sip_ua *ua, uint64_t now_us, struct sp_handle session,
                                      struct sp_slice content_type, struct sp_slice body);
/* An INFO of this package (RFC 6086), with its parameters; empty: one of none (RFC 2976). RESPONSE
 * or FAILED follow. SP_UNSUPPORTED: the peer does not take the package; else as
 * sip_ua_send_within. */
SP_MUST_USE enum sp_err sip_ua_info(struct sip_ua *ua, uint64_t now_us, struct sp_handle session,
                                    struct sp_slice package, struct sp_slice content_type,
                                    struct sp_slice body, struct sp_handle *request);
/* End it, whatever its state: CANCEL (as soon as 9.1 allows), BYE (as soon as 15 allows), or 480 to
 * an INVITE that waits; BYE to one branch of a fork. ENDED or REFUSED follows. SP_STALE. */
SP_MUST_USE enum sp_err sip_ua_end(struct sip_ua *ua, uint64_t now_us, struct sp_handle session);
void                    sip_ua_set_user(struct sip_ua *ua, struct sp_handle session, uint64_t user);

/* The verbs of base/io.h. */
void sip_ua_receive(struct sip_ua *ua, uint64_t now_us, const struct sp_flow *flow,
                    struct sp_slice octets);
void sip_ua_accepted(struct sip_ua *ua, uint64_t now_us, const struct sp_flow *flow);
void sip_ua_connected(struct sip_ua *ua, uint64_t now_us, uint64_t cookie,
                      const struct sp_flow *flow);
void sip_ua_closed(struct sip_ua *ua, uint64_t now_us, uint64_t cookie, const struct sp_flow *flow,
                   enum sp_err err);
/* The answer to SP_IO_RESOLVE: addresses; or records, where it asked for SRV or NAPTR. */
void     sip_ua_resolved(struct sip_ua *ua, uint64_t now_us, uint64_t cookie,
                         const struct sp_addr *addrs, size_t count);
void     sip_ua_found(struct sip_ua *ua, uint64_t now_us, uint64_t cookie,
                      const struct sp_record *records, size_t count);
void     sip_ua_tick(struct sip_ua *ua, uint64_t now_us);
uint64_t sip_ua_deadline(const struct sip_ua *ua);
bool     sip_ua_next(struct sip_ua *ua, struct sip_ua_action *action);

void sip_ua_count(const struct sip_ua *ua, struct sip_tx_counters *counters);
/* Sessions and requests under way. */
uint32_t sip_ua_open(const struct sip_ua *ua);

#endif
