/* SPDX-License-Identifier: MIT
 * dialog/sip_option.h -- option tags: those that we know, and what a message says its sender can.
 * RFC 3261 19.2, 20.5, 20.32, 20.37; RFC 3262 4; RFC 3311 4; RFC 4028 7.1. Not for users.
 *
 * 100rel is ours when PRACK is among our methods, timer when session timers are configured; the
 * rest is the user's configuration. */
#ifndef SIPUSH_DIALOG_SIP_OPTION_H
#define SIPUSH_DIALOG_SIP_OPTION_H

#include "sip_core.h"

/* What a peer said that it can; or-ed. */
enum sip_can {
    SIP_CAN_UPDATE = 1,  /* UPDATE stands in its Allow */
    SIP_CANT_UPDATE = 2, /* it sent an Allow without UPDATE */
    SIP_CAN_100REL = 4,  /* 100rel in Supported or Require */
    SIP_NEEDS_100REL = 8,
    SIP_CAN_TIMER = 16,
};

/* The option is one that we support (8.2.2.3). */
bool sip_option_is_ours(const struct sip_ua *ua, struct sp_slice tag);
/* The field, a list of option tags, has this one. */
bool sip_option_in(const struct sip_msg *msg, enum sip_field_id id, const char *tag);
/* What the sender of `msg` can, given what is known of it already: Allow stands until another
 * comes, option tags are of the message alone. */
uint32_t sip_option_read(uint32_t known, const struct sip_msg *msg);
/* Session timers (RFC 4028) are configured; PRACK is answered. */
bool sip_option_timer(const struct sip_ua *ua);
bool sip_option_100rel(const struct sip_ua *ua);

#endif
