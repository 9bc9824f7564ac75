/* SPDX-License-Identifier: MIT
 * dialog/sip_info.h -- INFO and its packages. RFC 6086; without a package RFC 2976. Not for users.
 *
 * What we take is config.recv_info and stands in our INVITE, and in answers to a Recv-Info. What
 * the peer takes is kept with the session as it said last. Never: knows a package. */
#ifndef SIPUSH_DIALOG_SIP_INFO_H
#define SIPUSH_DIALOG_SIP_INFO_H

#include "sip_core.h"

struct sip_session;

/* Recv-Info, empty or not; nothing where INFO is none of our methods. */
void sip_put_recv_info(const struct sip_ua *ua, struct sp_buf *to);
/* A message says what its sender takes, or says nothing. */
void sip_info_learn(struct sip_ua *ua, struct sip_session *session, const struct sip_msg *msg);
void sip_info_drop(struct sip_ua *ua, struct sip_session *session);
/* The peer takes this package; the empty one is INFO without. */
bool sip_info_may_send(const struct sip_session *session, struct sp_slice package);
/* An INFO that came: true, and it is handed up; false: it is answered 469, or 481 outside of a
 * session. */
bool sip_info_came(struct sip_ua *ua, const struct sip_session *session,
                   const struct sip_tx_action *action);
/* Info-Package and Content-Disposition of our INFO. */
void sip_put_info(struct sp_buf *to, struct sp_slice package, struct sp_slice body);

#endif
