/* SPDX-License-Identifier: MIT
 * dialog/sip_early.h -- the dialogs of our INVITE before its 2xx. RFC 3261 12.1.2, 13.2.2.1,
 * 13.2.2.4; RFC 3262 4. Not for users.
 *
 * The first provisional response with a To tag gives the session its dialog; one with another tag
 * (a fork) makes a session of its own, whose parent it is, as far as limits.forks and the pool go.
 * The first 2xx is of one of them, or of none; the others are gone with it, untold. */
#ifndef SIPUSH_DIALOG_SIP_EARLY_H
#define SIPUSH_DIALOG_SIP_EARLY_H

#include "sip_session.h"

/* The INVITE outside of a dialog is sent (again): what it offers is offered. */
void sip_early_begin(struct sip_ua *ua, struct sip_session *session);
/* A 101 to 199 to our INVITE or re-INVITE came. */
void sip_early_take(struct sip_ua *ua, struct sip_session *session, const struct sip_msg *msg);
/* The session that a 2xx confirms: `session` itself, or the fork that takes its place. `dialog` is
 * the early dialog of the 2xx; NULL: none. NULL: a dialog that we ended already. */
struct sip_session *sip_early_adopt(struct sip_ua *ua, struct sip_session *session,
                                    struct sip_dialog *dialog);
/* The dialog of the 2xx, whatever was before (13.2.2.4). SP_SYNTAX, SP_LIMIT: there is none. */
SP_MUST_USE enum sp_err sip_early_confirm(struct sip_ua *ua, struct sip_session *session,
                                          const struct sip_msg *msg);
/* A 2xx of a dialog that nobody knows, to an INVITE that is answered or over: it gets its ACK and
 * is ended. `session`: of the INVITE, NULL: gone. One source has no more of these than its share of
 * sessions (sip_share.h); what is beyond it comes again. */
void sip_early_astray(struct sip_ua *ua, const struct sip_session *session,
                      const struct sip_tx_action *action, uint32_t cseq);
/* All early dialogs of it are over: forks, and its own. */
void sip_early_drop(struct sip_ua *ua, struct sip_session *session);
/* It is no fork of its parent any more. */
void sip_early_leave(struct sip_ua *ua, struct sip_session *session);

#endif
