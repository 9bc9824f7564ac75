/* SPDX-License-Identifier: MIT
 * dialog/sip_session.h -- a session: the INVITE usage of a dialog, both sides. RFC 3261 9, 13,
 * 14, 15. Not for users.
 *
 * sip_session.c is the machine: states, events, timers. sip_session_uac.c writes and sends our
 * INVITE, ACK, CANCEL and BYE; sip_session_uas.c deals with those of the peer; sip_early.c has the
 * dialogs before the 2xx. What must be sent is `due` and is done by sip_session_work, after the
 * note about its cause was handed out, or when the next hop's name is resolved. Never: reads an
 * offer or an answer. */
#ifndef SIPUSH_DIALOG_SIP_SESSION_H
#define SIPUSH_DIALOG_SIP_SESSION_H

#include "sip_core.h"
#include "sip_offer.h"
#include "sip_prack.h"
#include "sip_reliable.h"
#include "sip_session_timer.h"
#include "sip_share.h"
#include "sip_update.h"

enum sip_session_state {
    /* our INVITE */
    SIP_SESSION_RESOLVING,    /* the name of its target */
    SIP_SESSION_CALLING,      /* sent; no response yet */
    SIP_SESSION_PROCEEDING,   /* a provisional response came */
    SIP_SESSION_CANCEL_WAITS, /* to be cancelled as soon as a provisional response comes (9.1) */
    SIP_SESSION_CANCELLING,   /* CANCEL is sent; a final response must come */
    SIP_SESSION_FORKED,       /* a further early dialog of the INVITE of `parent` */
    /* their INVITE */
    SIP_SESSION_INVITED,  /* the user decides */
    SIP_SESSION_ACCEPTS,  /* he did; our 2xx waits for the PRACK of a description (RFC 3262 5) */
    SIP_SESSION_ANSWERED, /* our 2xx is repeated until the ACK (13.3.1.4); of a re-INVITE too */
    SIP_SESSION_HANGS_UP, /* as ANSWERED, and BYE follows the ACK (15) */
    /* both */
    SIP_SESSION_CONFIRMED,
    SIP_SESSION_REINVITING, /* our re-INVITE is under way */
    SIP_SESSION_ACK_WAITS,  /* their 2xx has an offer: the ACK waits for the user's answer */
    SIP_SESSION_REINVITED,  /* theirs waits for the user */
    SIP_SESSION_REACCEPTS,  /* as ACCEPTS, of a re-INVITE */
    SIP_SESSION_ENDING,     /* our BYE is under way and the user waits for its end */
    SIP_SESSION_LEAVING, /* the same, and nobody waits: the user knows of the end, or never knew of
                            this fork */
    SIP_SESSION_LINGERS, /* over, and a PRACK may still come (RFC 3262 3) */
    SIP_SESSION_GONE,    /* to be given back */
};

enum sip_session_event {
    SIP_ON_RESOLVED,    /* the INVITE can be sent */
    SIP_ON_PROVISIONAL, /* 1xx to our INVITE */
    SIP_ON_SUCCESS,     /* 2xx, with its dialog made or refreshed */
    SIP_ON_CHALLENGE,   /* 401 or 407 that we can answer: the request goes again (22.2) */
    SIP_ON_INTERVAL,    /* 422: it goes again with a longer interval (RFC 4028 7.3) */
    SIP_ON_DETOUR,      /* our request goes to another target (8.1.3.4, RFC 3263 4.3) */
    SIP_ON_REFUSAL,     /* 3xx to 6xx */
    SIP_ON_GLARE,       /* 491 to our re-INVITE, for the first time */
    SIP_ON_LOST,        /* 408, 481 or nothing at all to our re-INVITE: the dialog is over (14.1) */
    SIP_ON_FAILURE,     /* our INVITE came to nothing, or nothing can be sent to the peer */
    SIP_ON_INVITE,      /* a re-INVITE */
    SIP_ON_CANCEL,      /* their INVITE is cancelled, or expired; 487 is sent */
    SIP_ON_ACK,         /* for our 2xx */
    SIP_ON_BYE,         /* theirs */
    SIP_ON_BYE_DONE,    /* ours has its final response, or none came */
    SIP_ON_ACCEPT,      /* the user: our 2xx is sent */
    SIP_ON_HOLD,        /* the user: our 2xx is ready and waits for a PRACK */
    SIP_ON_ANSWER,      /* the user: his answer for the ACK is kept */
    SIP_ON_REFUSE,      /* the user: our refusal is sent */
    SIP_ON_REINVITE,    /* the user */
    SIP_ON_END,         /* the user; a refusal of their INVITE is sent */
    SIP_ON_TIMER_LIMIT, /* 64*T1 without ACK (13.3.1.4); our INVITE rang too long, or expired */
    SIP_ON_TIMER_GLARE, /* 14.1 */
    SIP_ON_UNACKED,     /* 64*T1 without PRACK; a 5xx is sent (RFC 3262 3) */
    SIP_ON_EXPIRED,     /* the session was not refreshed (RFC 4028 10) */
};

enum sip_session_due {
    SIP_DUE_ACK = 1,
    SIP_DUE_INVITE = 2,
    SIP_DUE_CANCEL = 4,
    SIP_DUE_BYE = 8,
    SIP_DUE_HOP = 16,
    SIP_DUE_PRACK = 32,
    SIP_DUE_UPDATE = 64,
    SIP_DUE_ANSWER = 128, /* the 2xx that waited for a PRACK */
};

enum sip_session_timer {
    SIP_SESSION_REPEAT, /* 2xx: T1 doubling to T2; provisional: every minute (13.3.1.1) */
    SIP_SESSION_LIMIT,  /* 64*T1; INVITED: Expires (13.3.1); PROCEEDING: how long it may ring */
    SIP_SESSION_GLARE,
    SIP_SESSION_RELIABLE, /* a reliable provisional response again (RFC 3262 3) */
    SIP_SESSION_UPDATE,   /* an UPDATE again after a glare (RFC 3311 5.3) */
    SIP_SESSION_EXPIRES,  /* our INVITE is void: 13.2.1 */
    SIP_SESSION_REFRESH,  /* RFC 4028 10: refresh, or the end */
    SIP_SESSION_TIMERS
};

struct sip_answer;

struct sip_session {
    struct sip_note        note; /* first: the note is the object */
    struct sp_link         work; /* in ua->work while something is due */
    enum sip_session_state state;
    bool                   owner; /* the Call-ID is ours */
    uint32_t               due;   /* enum sip_session_due, or-ed */
    struct sp_table_link   share; /* of who invited us */
    struct sip_dialog      dialog;
    struct sip_draft       draft;  /* our INVITE that is under way or waits after a glare */
    struct sp_handle       invite; /* the INVITE transaction that is under way, ours or theirs */
    struct sip_hop         hop;
    struct sip_challenges  challenges;
    struct sp_handle       parent; /* FORKED: the session of its INVITE */
    uint32_t               forks;  /* sessions whose parent this is */
    uint32_t               can;    /* the peer, enum sip_can, or-ed */
    struct sip_offer       offer;
    struct sip_prack       prack;
    struct sip_reliable    reliable;
    struct sip_update      update;
    struct sip_refresh     refresh;
    struct sp_slice        recv_info;   /* of the peer, in the store; NULL: it said nothing */
    struct sip_content     ack;         /* our answer in the ACK, for a 2xx that comes again */
    struct sp_handle       bye;         /* our BYE that is under way */
    struct sp_slice        credentials; /* of our INVITE, for its ACK (13.2.2.4); in the store */
    uint32_t               ack_cseq;    /* of the INVITE that our ACK acknowledges */
    uint32_t               unheard;     /* 2xx that came again all the same, at this target */
    uint32_t               answer_cseq; /* of the INVITE that our 2xx answers */
    struct sp_slice        answer;      /* our 2xx, in the store */
    uint16_t               progress;    /* the provisional status that is repeated; 0: none */
    bool                   owes_offer;  /* their INVITE made none, and we have yet to */
    bool                   is_refresh;  /* our re-INVITE is none of the user's (RFC 4028 7.4) */
    uint32_t               interval_ms; /* until the 2xx is repeated */
    uint32_t               glares;      /* of the re-INVITE in `draft` */
    struct sp_timer        timers[SIP_SESSION_TIMERS];
    uint64_t               user;
};

/* sip_session.c */

/* A new session in `state`, with its timers ready; NULL: no room. */
struct sip_session *sip_session_take(struct sip_ua *ua, enum sip_session_state state);
/* The session that a user's handle means; NULL: gone, or none of the user's affair any more. */
struct sip_session *sip_session_find(struct sip_ua *ua, struct sp_handle handle);
void sip_session_on(struct sip_ua *ua, struct sip_session *session, enum sip_session_event on);
/* Sends what is due, as far as the next hop is known. */
void sip_session_work(struct sip_ua *ua, struct sip_session *session);
/* Nothing can be sent to the peer any more, or this request could not; another target may do. */
void sip_session_cannot(struct sip_ua *ua, struct sip_session *session, enum sp_err err);
/* RFC 3263 4.3: the target of the request of this number is down, and there is another. */
bool sip_session_next_target(struct sip_session *session, const struct sip_tx_action *action,
                             uint32_t cseq);
void sip_session_due(struct sip_ua *ua, struct sip_session *session, uint32_t due);
void sip_session_timer(struct sip_ua *ua, struct sp_timer *timer);
/* How long our INVITE may ring from now on. */
void sip_session_start_ringing(struct sip_ua *ua, struct sip_session *session);
/* A random time of 14.1 before a request goes again that met one of theirs. */
void sip_session_start_glare(struct sip_ua *ua, struct sip_session *session,
                             enum sip_session_timer timer);
void sip_session_start_timer(struct sip_ua *ua, struct sip_session *session,
                             enum sip_session_timer timer, uint64_t ms);
/* Gives it back at once, untold. */
void sip_session_free(struct sip_ua *ua, struct sip_session *session);
/* Our INVITE has no final response yet, and this is the session that it was sent for. */
bool sip_session_is_calling(const struct sip_session *session);
/* Their INVITE or re-INVITE has no final response yet. */
bool sip_session_is_asked(const struct sip_session *session);
/* The dialog has no 2xx yet. */
bool sip_session_is_early(const struct sip_session *session);

/* sip_session_uac.c */
SP_MUST_USE enum sp_err sip_session_invite(struct sip_ua *ua, const struct sip_ua_request *request,
                                           struct sp_handle *handle);
SP_MUST_USE enum sp_err sip_session_reinvite(struct sip_ua *ua, struct sip_session *session,
                                             struct sp_slice content_type, struct sp_slice body,
                                             bool is_refresh);
/* The answer to the offer of a 2xx: the ACK goes. SP_STATE: none waits. */
SP_MUST_USE enum sp_err sip_session_answer(struct sip_ua *ua, struct sip_session *session,
                                           struct sp_slice content_type, struct sp_slice body);
/* Each sends one request. */
SP_MUST_USE enum sp_err sip_session_send_invite(struct sip_ua *ua, struct sip_session *session);
SP_MUST_USE enum sp_err sip_session_send_ack(struct sip_ua *ua, struct sip_session *session);
SP_MUST_USE enum sp_err sip_session_send_bye(struct sip_ua *ua, struct sip_session *session);
/* The URI of the next hop. SP_SYNTAX. */
SP_MUST_USE enum sp_err sip_session_next_hop(const struct sip_session *session,
                                             struct sp_slice          *uri);
/* The draft of our INVITE is for another target now. */
void sip_session_detour(struct sip_ua *ua, struct sip_session *session);
/* Its hop is known, or `err` tells that there is none. */
void sip_session_resolved(struct sip_ua *ua, struct sip_session *session, enum sp_err err);
/* A response to our INVITE, or its end without one; `session` may be gone (NULL). And the same for
 * our BYE. */
void sip_session_take_invite(struct sip_ua *ua, struct sip_session *session,
                             const struct sip_tx_action *action);
void sip_session_take_other(struct sip_ua *ua, struct sip_session *session,
                            const struct sip_tx_action *action);

/* sip_session_uas.c */
void sip_session_invited(struct sip_ua *ua, const struct sip_tx_action *action);
/* A request within the dialog. */
void                    sip_session_reinvited(struct sip_ua *ua, struct sip_session *session,
                                              const struct sip_tx_action *action);
void                    sip_session_bye(struct sip_ua *ua, struct sip_session *session,
                                        const struct sip_tx_action *action);
void                    sip_session_ack(struct sip_ua *ua, const struct sip_tx_action *action);
void                    sip_session_cancel(struct sip_ua *ua, const struct sip_tx_action *action);
SP_MUST_USE enum sp_err sip_session_progress(struct sip_ua *ua, struct sip_session *session,
                                             uint16_t status, bool reliable,
                                             struct sp_slice content_type, struct sp_slice body);
SP_MUST_USE enum sp_err sip_session_accept(struct sip_ua *ua, struct sip_session *session,
                                           struct sp_slice content_type, struct sp_slice body);
/* Answers the INVITE that waits with a refusal. SP_STATE: none waits. */
SP_MUST_USE enum sp_err sip_session_refuse(struct sip_ua *ua, struct sip_session *session,
                                           uint16_t status, struct sp_slice fields,
                                           struct sp_slice content_type, struct sp_slice body);
/* 487, or another status, to the INVITE that waits. */
void sip_session_terminate(struct sip_ua *ua, struct sip_session *session, uint16_t status);
/* The 2xx that waited for a PRACK goes; where it cannot, it is tried again. */
void sip_session_send_answer(struct sip_ua *ua, struct sip_session *session);
/* An answer to the INVITE that waits, from its own octets. */
SP_MUST_USE enum sp_err sip_session_answer_invite(struct sip_ua *ua, struct sip_session *session,
                                                  struct sip_answer *answer);
/* The timer that sends something again; and the one after which an invitation is void (13.3.1). */
void sip_session_repeat(struct sip_ua *ua, struct sip_session *session);
void sip_session_expire(struct sip_ua *ua, struct sip_session *session);

#endif
