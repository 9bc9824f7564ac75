/* SPDX-License-Identifier: MIT
 * dialog/sip_affair.h -- what stands beside sessions: registrations, subscriptions of both sides,
 * publications. RFC 3261 10, RFC 6665, RFC 3903. Not for users.
 *
 * The agent knows none of them by name: here its work, timers, notes, requests and the ends of
 * their clients are led to whose they are. Never: decides anything itself. */
#ifndef SIPUSH_DIALOG_SIP_AFFAIR_H
#define SIPUSH_DIALOG_SIP_AFFAIR_H

#include "sip_core.h"

/* What subscriptions, notifiers and publications begin with. */
struct sip_affair {
    struct sip_note note; /* first: the note is the object */
    struct sp_link  work; /* in ua->eventful while something is due */
};

/* Something is to be done as soon as what happened was told. */
void sip_affair_due(struct sip_ua *ua, struct sip_affair *affair);
/* Seconds after which a state that lives so long is refreshed: a minute before its end, or at half
 * a short time. A peer that grants next to nothing is not asked without a pause: 1 at least. */
uint32_t sip_affair_refresh_s(uint32_t seconds);
/* Seconds to wait after a failure: what Retry-After says (1 at least), else longer with each in a
 * row. */
uint32_t sip_affair_wait_s(uint32_t failures, const struct sip_msg *response);
/* The answers to a request within a subscription's dialog that end it (RFC 6665 4.1.2.2, 4.2.2). */
bool sip_affair_is_fatal(uint16_t status);
/* The time that a 423 asks for, where it is longer than `asked_s`; else 0. */
uint32_t sip_affair_longer_s(uint32_t asked_s, const struct sip_msg *response);

#endif
