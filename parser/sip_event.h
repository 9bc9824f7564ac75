/* SPDX-License-Identifier: MIT
 * parser/sip_event.h -- Event, Allow-Events, Subscription-State. RFC 6665 8.2, 8.4. */
#ifndef SIPUSH_PARSER_SIP_EVENT_H
#define SIPUSH_PARSER_SIP_EVENT_H

#include "sip_item.h"

struct sip_event {
    struct sp_slice type;   /* package with its templates: "presence.winfo" */
    struct sp_slice id;     /* empty: none */
    struct sp_slice params; /* all of them */
};

/* Event; and one value of Allow-Events, which has no parameters. SP_SYNTAX. */
SP_MUST_USE enum sp_err sip_event_parse(struct sp_slice value, struct sip_event *event,
                                        struct sp_where *where);
void                    sip_event_write(struct sp_buf *to, const struct sip_event *event);
/* The same package, templates and id: RFC 6665 8.2.1. Octet for octet. */
bool sip_event_eq(const struct sip_event *a, const struct sip_event *b);

enum sip_substate {
    SIP_SUBSTATE_OTHER,
    SIP_SUBSTATE_ACTIVE,
    SIP_SUBSTATE_PENDING,
    SIP_SUBSTATE_TERMINATED
};

struct sip_subscription_state {
    enum sip_substate state;
    struct sp_slice   name;   /* the state's octets */
    struct sp_slice   reason; /* empty: none */
    bool              has_expires, has_retry_after;
    uint32_t          expires, retry_after; /* seconds */
    struct sp_slice   params;
};

/* SP_SYNTAX; SP_RANGE for seconds above 2^32 - 1. */
SP_MUST_USE enum sp_err sip_subscription_state_parse(struct sp_slice                value,
                                                     struct sip_subscription_state *state,
                                                     struct sp_where               *where);
/* From state (its name when OTHER), reason, expires and retry_after; `params` is not looked at. */
void sip_subscription_state_write(struct sp_buf *to, const struct sip_subscription_state *state);

#endif
