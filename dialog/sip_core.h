/* SPDX-License-Identifier: MIT
 * dialog/sip_core.h -- what the files of this floor share: the agent, its requests, its notes. RFC
 * 3261 8. Not for users.
 *
 * A note for the user is a fact in the object that it is about, never a copied action: the object
 * stands in `notes` until sip_ua_next hands the fact out. A note that arises from a message is
 * handed out while the layer's message is still valid. */
#ifndef SIPUSH_DIALOG_SIP_CORE_H
#define SIPUSH_DIALOG_SIP_CORE_H

#include "../base/store.h"
#include "../base/timers.h"
#include "sip_detour.h"
#include "sip_dialog.h"
#include "sip_guard.h"
#include "sip_login.h"
#include "sip_merged.h"
#include "sip_target.h"
#include "sip_ua.h"

/* Whose an action of the layer, a resolved name or a note is. */
enum sip_owner {
    SIP_OWNER_NONE,
    SIP_OWNER_CLIENT,  /* a request outside of dialogs */
    SIP_OWNER_INVITE,  /* a session, by its INVITE */
    SIP_OWNER_SESSION, /* a session, by another request within it */
};

/* The owner of a note may be one more, which needs no cookies. */
enum {
    SIP_OWNER_REGISTRATION = SIP_OWNER_SESSION + 1,
    SIP_OWNER_SUBSCRIPTION,
    SIP_OWNER_NOTIFIER,
    SIP_OWNER_PUBLICATION
};

/* What a user must be told of an object; at most one thing at a time. */
struct sip_note {
    struct sp_link          link;
    enum sip_ua_action_kind kind;
    enum sip_ua_sdp         sdp;
    enum sip_method         method;
    enum sp_err             err;
    uint16_t                owner; /* enum sip_owner, or one of those that need no cookies */
    uint16_t                status;
    bool                    again, by_peer, reliable;
    struct sp_handle        request, invite; /* of sessions alone */
    const char             *timer;
};

/* An answer, or a CANCEL, for which the layer had no room: it is given as soon as there is some.
 * Until then the request is a transaction that nobody else would ever end. */
enum { SIP_OWED_TAG = 16 };

struct sip_owed {
    struct sp_handle tx;
    uint16_t         status;
    uint8_t          tag_octets;
    char             tag[SIP_OWED_TAG];
};

/* What a response may be longer than the request that it answers. */
enum { SIP_ANSWER_MORE = 1024 };

struct sip_ua {
    struct sip_tx_layer   *tx;
    struct sp_limits       limits;
    struct sip_ua_config   config; /* slices into `config_block` */
    void                  *config_block;
    struct sip_login       logins[SIP_UA_LOGINS];
    uint32_t               login_count;
    uint32_t               allow; /* methods that are answered: 1 << enum sip_method */
    struct sip_guard       guard;
    const struct sip_user *who;        /* sent the request in hand */
    const struct sp_addr  *neighbours; /* that are trusted */
    size_t                 neighbour_count;
    struct sp_trace        trace;
    struct sp_ident        ident;
    struct sp_store        store; /* texts of dialogs and requests, 2xx that are repeated */
    struct sp_timers       timers;
    struct sp_pool         clients;       /* struct sip_client */
    struct sp_pool         registrations; /* struct sip_registration */
    struct sp_list         registering;   /* those that have something to send */
    struct sp_pool         subscriptions; /* struct sip_subscription */
    struct sp_pool         notifiers;     /* struct sip_notifier */
    struct sp_pool         publications;  /* struct sip_publication */
    struct sp_list         eventful;      /* struct sip_affair: those that have something to do */
    struct sp_pool         sessions;      /* struct sip_session */
    struct sp_table        dialogs;
    struct sp_table        shares;   /* sip_share.h */
    struct sp_table        messages; /* clients with a MESSAGE under way, by where it goes */
    struct sip_merged      merged;
    struct sip_hops        hops;
    struct sp_list         notes;      /* struct sip_note */
    struct sp_list         work;       /* sessions with something due */
    struct sp_list         retries;    /* clients that are sent again */
    struct sp_list         waiting;    /* clients whose MESSAGE waits for another (RFC 3428 8) */
    bool                   turn;       /* a MESSAGE ended since the waiting ones were looked at */
    uint32_t               owed_count; /* of `owed` */
    uint64_t               now_us;
    /* The action in hand, while its message is valid; NULL once the layer was called again. */
    const struct sip_tx_action *in_hand;
    struct sip_tx_action        action;
    struct sip_msg              again; /* a request of a server transaction, indexed once more */
    struct sip_field           *again_fields;
    char                       *text;    /* limits.dialog_octets to write in: texts of dialogs */
    char                       *scratch; /* to write messages in */
    struct sip_note             request; /* that the request in hand is the user's */
    struct sp_handle            request_session; /* the session that it is in */
    struct sip_owed            *owed;            /* as many as there are transactions */
};

/* The names of timers, after those of sessions. */
enum {
    SIP_CORE_REGISTRATION_TIMER = 16,
    SIP_CORE_SUBSCRIPTION_TIMER,
    SIP_CORE_NOTIFIER_TIMER = SIP_CORE_SUBSCRIPTION_TIMER + 8,
    SIP_CORE_PUBLICATION_TIMER
};

/* Owner and object in the 64 bits that the layer and the host give back; and, of what a hop asks,
 * the number of the question. */
uint64_t         sip_core_cookie(enum sip_owner owner, struct sp_handle handle);
enum sip_owner   sip_core_owner(uint64_t cookie);
struct sp_handle sip_core_handle(uint64_t cookie);
uint8_t          sip_core_asked(uint64_t cookie);

/* A request that we may have to write more than once: for a resolved target, for another try. */
struct sip_draft {
    void           *block; /* NULL: no draft */
    enum sip_method method;
    uint32_t        cseq;
    struct sp_slice extension; /* the name of a SIP_METHOD_OTHER */
    struct sp_slice asked, to, from, route, fields, content_type,
        body;            /* from: empty: config.from */
    struct sp_slice uri; /* Request-URI: `asked`, or of the target set when it was redirected */
    struct sp_slice call_id, tag; /* of From */

    struct sp_slice   more;  /* further lines of ours, while it is written */
    bool              binds; /* REGISTER with our Contact, and for how long */
    uint32_t          expires_s;
    struct sp_slice   contact_params; /* of that Contact */
    struct sip_detour detour;
};

/* RFC 3263 4.3: why this target alone failed, so that another may do: it could not be sent to, was
 * silent to the end, or is out of service. SP_OK: that is not so. */
enum sp_err sip_core_down(const struct sip_tx_action *action);

/* What several requests have in common, when they do (10.2). */
struct sip_identity {
    struct sp_slice from, call_id, tag;
    uint32_t        cseq, expires_s;
    bool            binds;
    struct sp_slice contact_params;
};

/* sip_uac.c: requests that we write (8.1.1) */

/* The name of its method. */
struct sp_slice sip_draft_method(const struct sip_draft *draft);
/* Copies the request into texts of its own, with a new Call-ID, tag and CSeq. SP_SYNTAX: the URI or
 * the Route; SP_INJECTION: `fields` are no lines; SP_LIMIT. */
SP_MUST_USE enum sp_err sip_draft_make(struct sip_ua *ua, const struct sip_ua_request *request,
                                       struct sip_draft *draft);
/* The same as one of a series, that of a registration. */
SP_MUST_USE enum sp_err sip_draft_make_as(struct sip_ua *ua, const struct sip_ua_request *request,
                                          const struct sip_identity *identity,
                                          struct sip_draft          *draft);
/* Only its fields and body, for a request within a dialog, which has all the rest. */
SP_MUST_USE enum sp_err sip_draft_body(struct sip_ua *ua, const struct sip_ua_request *request,
                                       struct sip_draft *draft);
void                    sip_draft_free(struct sip_ua *ua, struct sip_draft *draft);
/* True: what was sent is not the end (NULL: no response came), the draft is for another target now,
 * of a new hop. */
bool sip_draft_detour(struct sip_ua *ua, struct sip_draft *draft, const struct sip_msg *response);
/* The URI that tells where it goes (8.1.2). SP_SYNTAX. */
SP_MUST_USE enum sp_err sip_draft_next_hop(const struct sip_draft *draft, struct sp_slice *uri);
/* The request outside of a dialog, whole but for Via; `challenges` are answered, NULL: none. */
void sip_put_draft(struct sip_ua *ua, struct sp_buf *to, const struct sip_draft *draft,
                   const struct sip_target *target, struct sip_challenges *challenges);
/* Answers to challenges, in a request that stands at the start of `to`; what they are is yielded.
 */
struct sp_slice sip_put_login(struct sip_ua *ua, struct sp_buf *to,
                              struct sip_challenges *challenges, struct sp_slice body);
/* Takes the challenges of a 401 or 407: sip_challenges_take with our logins. */
SP_MUST_USE enum sp_err sip_core_challenged(struct sip_ua *ua, struct sip_challenges *challenges,
                                            const struct sip_msg *response);
/* A 2xx came to a request with these: its tries are over, and its server may have a new nonce
 * (sip_challenges_next). */
void sip_core_accepted(struct sip_ua *ua, struct sip_challenges *challenges,
                       const struct sip_msg *response);
/* Contact, as we are reached from a target: of that transport and family; `params` after those of
 * the configuration. And the same for dialogs: the GRUU of our address where a registrar gave one
 * (RFC 5627 4.4). */
void sip_put_contact_as(const struct sip_ua *ua, struct sp_buf *to, const struct sip_target *target,
                        struct sp_slice params);
void sip_put_contact(const struct sip_ua *ua, struct sp_buf *to, const struct sip_target *target);
/* Allow, Supported, User-Agent: 20.5, 20.37, 20.41. */
void sip_put_allow(const struct sip_ua *ua, struct sp_buf *to);
void sip_put_supported(const struct sip_ua *ua, struct sp_buf *to);
/* Allow-Events: RFC 6665 4.4.4. */
void sip_put_events(const struct sip_ua *ua, struct sp_buf *to);
void sip_put_user_agent(const struct sip_ua *ua, struct sp_buf *to);

/* A request outside of dialogs that we sent. */
enum sip_client_state {
    SIP_CLIENT_RESOLVING, /* its target's name */
    SIP_CLIENT_WAITING,   /* for another MESSAGE to the same URI to end (RFC 3428 8) */
    SIP_CLIENT_SENT,      /* a transaction has it */
    SIP_CLIENT_RETRYING,  /* it was challenged or redirected and is to be sent again */
    SIP_CLIENT_ENDED,     /* its last note waits */
};

/* The registration, subscription, notifier or publication whose request one is; none: the user's.
 */
struct sip_house {
    int              owner; /* SIP_OWNER_REGISTRATION ... */
    struct sp_handle object;
};

struct sip_client {
    struct sip_note       note;    /* first: the note is the object */
    struct sp_link        wait;    /* in ua->waiting or ua->retries */
    struct sp_table_link  message; /* in ua->messages */
    enum sip_client_state state;
    struct sip_draft      draft;
    struct sip_hop        hop;
    struct sip_challenges challenges;
    struct sp_handle      session; /* that it is within; zero: none */
    struct sip_house      house;
    bool                  within; /* a dialog, of its session or its house */
    uint64_t              user;
};

SP_MUST_USE enum sp_err sip_client_send(struct sip_ua *ua, const struct sip_ua_request *request,
                                        struct sp_handle *handle);
/* A request of a registration, subscription, notifier or publication, with the challenges that it
 * knows. What becomes of it is told to that. `identity`: NULL makes a new one. */
SP_MUST_USE enum sp_err sip_client_serve(struct sip_ua *ua, const struct sip_ua_request *request,
                                         const struct sip_identity *identity,
                                         struct sip_house house, struct sip_challenges *challenges,
                                         struct sp_handle *handle);
/* The same within its dialog. */
SP_MUST_USE enum sp_err sip_client_serve_within(struct sip_ua               *ua,
                                                const struct sip_ua_request *request,
                                                struct sip_house             house,
                                                struct sip_challenges       *challenges,
                                                struct sp_handle            *handle);
/* The same within a session, which has a dialog. */
SP_MUST_USE enum sp_err sip_client_send_within(struct sip_ua *ua, struct sp_handle session,
                                               const struct sip_ua_request *request,
                                               struct sp_handle            *handle);
/* A response to it, its end without one; its hop is known, or an error tells that there is none. */
void sip_client_take(struct sip_ua *ua, struct sip_client *client,
                     const struct sip_tx_action *action);
void sip_client_resolved(struct sip_ua *ua, struct sip_client *client, enum sp_err err);
/* Those that wait for another MESSAGE to end and whose turn it is now are sent. */
void sip_client_turn(struct sip_ua *ua);
/* A challenged or redirected one is sent again. */
void sip_client_retry(struct sip_ua *ua, struct sip_client *client);
/* Its last note was handed out. */
void sip_client_free(struct sip_ua *ua, struct sip_client *client);

/* sip_within.c: for requests within a dialog, of whose owner only the handle is kept */

/* The request, whole but for Via, with the dialog's next number, which the draft notes. SP_STALE
 * sticks when it has ended. */
void sip_put_within(struct sip_ua *ua, struct sp_buf *to, struct sip_client *client);
/* It goes to another target: its number serves once more, where it is the dialog's latest. */
void sip_within_again(struct sip_ua *ua, const struct sip_client *client);
/* The URI of its next hop. SP_STALE, SP_SYNTAX. */
SP_MUST_USE enum sp_err sip_within_next_hop(struct sip_ua *ua, const struct sip_client *client,
                                            struct sp_slice *uri);
/* The status of a final response to a request within it; 408: silence (12.2.1.2). */
void sip_within_ended(struct sip_ua *ua, struct sp_handle session, uint16_t status);

/* sip_registration.c: the Service-Route of the address that a request is from, as a route set;
 * empty: none. */
struct sp_slice sip_registration_route(const struct sip_ua *ua, struct sp_slice from);
/* Its GRUU: the temporary one for who wants privacy; empty: none. */
struct sp_slice sip_registration_gruu(const struct sip_ua *ua, struct sp_slice from);

/* sip_affair.c: what stands beside sessions */
struct sip_affair;
/* Does what is due. */
void sip_affair_work(struct sip_ua *ua);
/* A client of the house speaks to it, not to the user. True: that is what it was. */
bool sip_affair_take(struct sip_ua *ua, struct sip_client *client);
void sip_affair_timer(struct sip_ua *ua, struct sp_timer *timer);
/* The note of one is handed out: whose it is. */
void sip_affair_told(struct sip_ua *ua, struct sip_note *note, struct sip_ua_action *action);
/* The dialog of a house; NULL: it has ended. */
struct sip_dialog *sip_affair_dialog(struct sip_ua *ua, struct sip_house house);
/* SUBSCRIBE, and a NOTIFY whose dialog is a subscription's. False: it is no affair of theirs. */
bool sip_affair_request(struct sip_ua *ua, struct sip_dialog *dialog,
                        const struct sip_tx_action *action);

/* sip_core.c */
/* What the last note left to be done. */
void                   sip_core_work(struct sip_ua *ua);
struct sp_buf          sip_core_scratch(struct sip_ua *ua);
struct sip_dialog_room sip_core_room(struct sip_ua *ua);
void sip_core_note(struct sip_ua *ua, struct sip_note *note, enum sip_ua_action_kind kind);
/* What is told with a note, but for its kind, becomes nothing. */
void sip_core_blank(struct sip_note *note);

#endif
