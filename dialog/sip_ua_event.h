/* SPDX-License-Identifier: MIT
 * dialog/sip_ua_event.h -- events, as the user of a user agent sees them: subscriptions of both
 * sides, publications. RFC 6665, RFC 3903.
 *
 * Verbs are called and notes come as with the others of sip_ua.h, which has the notes. A handle is
 * in `request` of a note, and is good until the note that says it is over. */
#ifndef SIPUSH_DIALOG_SIP_UA_EVENT_H
#define SIPUSH_DIALOG_SIP_UA_EVENT_H

#include "../parser/sip_event.h"
#include "sip_ua.h"

/* What we want to be told. Slices are copied. */
struct sip_ua_subscription {
    struct sp_slice uri;       /* whose state: Request-URI and To */
    struct sp_slice event;     /* Event: "presence", "dialog;id=7" */
    struct sp_slice accept;    /* media types, comma list; empty: as the package has it */
    struct sp_slice route;     /* as in sip_ua_request */
    struct sp_slice fields;    /* as in sip_ua_request */
    uint32_t        expires_s; /* that is asked for; 0: the state of now, once (4.4.3) */
    uint64_t        user;
};

/* What is told to who subscribed. */
struct sip_ua_notification {
    enum sip_substate state;         /* PENDING, ACTIVE, TERMINATED */
    struct sp_slice   reason;        /* TERMINATED: "deactivated", "rejected", "noresource" ... */
    uint32_t          retry_after_s; /* TERMINATED: 0: none */
    struct sp_slice   content_type, body;
};

/* What we want to be known. Slices are copied. */
struct sip_ua_publication {
    struct sp_slice uri;   /* whose state: Request-URI and To */
    struct sp_slice event; /* as in sip_ua_subscription */
    struct sp_slice route, fields;
    struct sp_slice content_type, body;
    uint32_t        expires_s; /* that is asked for */
    uint64_t        user;
};

/* Subscriptions (4.1): made, refreshed before they expire, made anew where the notifier ends them
 * for a reason that allows it. Each NOTIFY is answered at once and told (NOTIFIED); one that comes
 * from another fork has a handle of its own. Errors as sip_ua_send; SP_SYNTAX: the event. */
SP_MUST_USE enum sp_err sip_ua_subscribe(struct sip_ua *ua, uint64_t now_us,
                                         const struct sip_ua_subscription *subscription,
                                         struct sp_handle                 *handle);
/* End it (4.1.2.3); UNSUBSCRIBED follows, after the last NOTIFY. SP_STALE. */
SP_MUST_USE enum sp_err sip_ua_unsubscribe(struct sip_ua *ua, uint64_t now_us,
                                           struct sp_handle subscription);

/* The answer to SIP_UA_SUBSCRIPTION, and each later state: NOTIFY now, or as soon as the one under
 * way is answered. The last body is kept and told again with each refresh. Who says nothing before
 * the next call of sip_ua_next leaves the subscription pending, with a NOTIFY that has no body.
 * TERMINATED ends it: SUBSCRIPTION_ENDED follows. SP_STALE; SP_UNSUPPORTED: the subscriber does not
 * accept the type; SP_SYNTAX: the reason is no token; SP_STATE: it is over; SP_LIMIT. */
SP_MUST_USE enum sp_err sip_ua_notify(struct sip_ua *ua, uint64_t now_us,
                                      struct sp_handle                  subscription,
                                      const struct sip_ua_notification *notification);
/* Refuse a subscription that SIP_UA_SUBSCRIPTION has just told: its handle is gone. SP_STATE: it
 * is accepted already; SP_STALE, SP_RANGE, SP_INJECTION. */
SP_MUST_USE enum sp_err sip_ua_forbid(struct sip_ua *ua, uint64_t now_us,
                                      struct sp_handle subscription, uint16_t status,
                                      struct sp_slice fields);

/* Publications (RFC 3903 4): made, refreshed before they expire, made anew when their entity-tag is
 * not known any more (412). Errors as sip_ua_send; SP_SYNTAX: the event; SP_MISSING: no body. */
SP_MUST_USE enum sp_err sip_ua_publish(struct sip_ua *ua, uint64_t now_us,
                                       const struct sip_ua_publication *publication,
                                       struct sp_handle                *handle);
/* Another state in its place (4.4). SP_STALE, SP_MISSING, SP_LIMIT. */
SP_MUST_USE enum sp_err sip_ua_republish(struct sip_ua *ua, uint64_t now_us,
                                         struct sp_handle publication, struct sp_slice content_type,
                                         struct sp_slice body);
/* Remove it (4.5); UNPUBLISHED follows. SP_STALE. */
SP_MUST_USE enum sp_err sip_ua_unpublish(struct sip_ua *ua, uint64_t now_us,
                                         struct sp_handle publication);

#endif
