/* SPDX-License-Identifier: MIT
 * dialog/sip_uas.h -- a request that came: the checks before anybody sees it, and the responses.
 * RFC 3261 8.2, 9.2, 11.2. Not for users.
 *
 * The checks stand in the order of 8.2; the first that fails is the answer and nothing else
 * happened (8.2). A response takes all it can from the request itself: 405 its Allow, 415 its
 * Accept, 420 its Unsupported. Never: authenticates, looks at whose request it is (any user part is
 * ours). */
#ifndef SIPUSH_DIALOG_SIP_UAS_H
#define SIPUSH_DIALOG_SIP_UAS_H

#include "sip_core.h"

struct sip_answer {
    uint16_t        status;
    struct sp_slice reason; /* empty: the status's own */
    struct sp_slice tag;    /* of To, where the request has none; empty: sip_uas_tag */
    struct sp_slice fields; /* whole lines */
    struct sp_slice content_type, body;
    bool            dialog; /* it makes or refreshes a dialog: Record-Route and Contact (12.1.1) */
    uint32_t        rseq;   /* of a reliable provisional response (RFC 3262 3); 0: it is none */
};

/* The tag of our answers to this request: a keyed hash of what names it, so that all answers have
 * the same (8.2.6.2). */
enum { SIP_UAS_TAG_CHARS = 16 };
struct sp_slice sip_uas_tag(const struct sip_ua *ua, const struct sip_msg *request,
                            char room[SIP_UAS_TAG_CHARS]);

/* The whole response. `flow` is where the request came, for Contact. */
void sip_put_answer(const struct sip_ua *ua, struct sp_buf *to, const struct sip_msg *request,
                    const struct sp_flow *flow, const struct sip_answer *answer);

/* Writes and sends the answer to a server transaction whose request is `request`. The action in
 * hand is void after it. A refusal, and a 2xx that is only a status, reaches the peer in any case:
 * without its fields when these cannot be written (the peer's octets may stand in them), and as
 * soon as there is room (SP_OK: it is owed). SP_STALE, SP_STATE; of the others SP_LIMIT too, and
 * SP_INJECTION, SP_ROOM: the answer cannot be written. */
SP_MUST_USE enum sp_err sip_uas_answer(struct sip_ua *ua, struct sp_handle tx,
                                       const struct sip_msg *request, const struct sp_flow *flow,
                                       const struct sip_answer *answer);
/* The same, for a final answer that is a status and perhaps fields. */
void sip_uas_say(struct sip_ua *ua, const struct sip_tx_action *action, uint16_t status,
                 struct sp_slice fields);

/* This answer is still to be given, with this To tag (empty: sip_uas_tag); at once when there is
 * room for it, which is tried each time sip_uas_pay is called. */
void sip_uas_owe(struct sip_ua *ua, struct sp_handle tx, uint16_t status, struct sp_slice tag);
void sip_uas_pay(struct sip_ua *ua);
/* CANCEL for an INVITE of ours that has no final response (9.1), as soon as there is room for it.
 * Nothing happens when no provisional response came yet, or a final one did. */
void sip_uas_cancel(struct sip_ua *ua, struct sp_handle invite);

/* The number of its CSeq. */
uint32_t sip_uas_cseq(const struct sip_msg *msg);

/* The request of a server transaction, indexed in ua->again, and its flow. SP_STALE: it ended or
 * has its final response. */
SP_MUST_USE enum sp_err sip_uas_again(struct sip_ua *ua, struct sp_handle tx, struct sp_flow *flow);

/* The checks. 0: the request may be dealt with, and `dialog` is the one it is in, or NULL. Else the
 * status of the answer. */
uint16_t sip_uas_check(struct sip_ua *ua, const struct sip_tx_action *action,
                       struct sip_dialog **dialog);

/* 200 to OPTIONS, or what an INVITE would get (11.2). */
void sip_uas_options(struct sip_ua *ua, const struct sip_tx_action *action, bool in_dialog);

/* Seconds in a Retry-After: for want of room, and for an INVITE while another is pending (14.2: 0
 * to 10, by chance). */
#define SIP_RETRY_AFTER_LIMIT 10
/* "Retry-After: n" as a line, in `room`. */
struct sp_slice sip_uas_retry_after(char room[32], uint32_t seconds);

#endif
