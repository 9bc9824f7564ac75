/* SPDX-License-Identifier: MIT
 * dialog/sip_reliable.h -- our provisional responses that the peer must acknowledge. RFC 3262 3, 5.
 * Not for users.
 *
 * One at a time: sent, repeated at T1 doubling, acknowledged by a PRACK whose RAck names it, or
 * given up after 64*T1, when the INVITE is answered 504. Where the INVITE gets its final response
 * first, the PRACK is still taken. A 2xx waits for the PRACK of a description. Never: sends one to
 * whom does not know 100rel. */
#ifndef SIPUSH_DIALOG_SIP_RELIABLE_H
#define SIPUSH_DIALOG_SIP_RELIABLE_H

#include "sip_core.h"

struct sip_session;

enum sip_reliable_state {
    SIP_RELIABLE_NONE,     /* all that was sent is acknowledged */
    SIP_RELIABLE_REPEATED, /* sent again until the PRACK comes */
    SIP_RELIABLE_HELD,     /* the INVITE has its final response; the PRACK is awaited */
};

struct sip_reliable {
    enum sip_reliable_state state;
    uint32_t                rseq;        /* of the last one to this INVITE; 0: none */
    struct sp_slice         octets;      /* REPEATED: the response, in the store */
    bool                    described;   /* it has a description */
    uint16_t                status;      /* of the response */
    uint32_t                interval_ms; /* until it is repeated */
    uint64_t                end_us;      /* when it is given up */
    struct sp_handle        pracked;     /* their PRACK with an offer, which the user answers */
};

/* A new INVITE: its responses are numbered anew. */
void sip_reliable_begin(struct sip_ua *ua, struct sip_session *session);
/* Sends one. SP_RANGE: no status for it; SP_UNSUPPORTED: the peer does not know 100rel; SP_STATE:
 * another is not acknowledged, or a description has no place here; SP_MISSING: the first must have
 * the offer; SP_LIMIT, SP_ROOM. */
SP_MUST_USE enum sp_err sip_reliable_send(struct sip_ua *ua, struct sip_session *session,
                                          uint16_t status, struct sp_slice content_type,
                                          struct sp_slice body);
/* A PRACK came. */
void sip_reliable_pracked(struct sip_ua *ua, struct sip_session *session,
                          const struct sip_tx_action *action);
/* SIP_SESSION_RELIABLE fired. */
void sip_reliable_timer(struct sip_ua *ua, struct sip_session *session);
/* The INVITE has its final response: what is not acknowledged is not repeated any more. */
void sip_reliable_hold(struct sip_ua *ua, struct sip_session *session);
/* Nothing is awaited any more. */
void sip_reliable_drop(struct sip_ua *ua, struct sip_session *session);

#endif
