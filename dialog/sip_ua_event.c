/* SPDX-License-Identifier: MIT
 * dialog/sip_ua_event.c -- events, the verbs: subscriptions of both sides, publications. RFC
 * 6665, RFC 3903. */
#include "sip_ua_event.h"

#include "sip_notifier.h"
#include "sip_publication.h"
#include "sip_subscription.h"

/* Time passes with every verb that brings it. */
static void begin(struct sip_ua *ua, uint64_t now_us)
{
    ua->now_us = now_us;
    ua->in_hand = NULL;
}

enum sp_err sip_ua_subscribe(struct sip_ua *ua, uint64_t now_us,
                             const struct sip_ua_subscription *subscription,
                             struct sp_handle                 *handle)
{
    begin(ua, now_us);
    sip_core_work(ua);
    return sip_subscription_start(ua, subscription, handle);
}

enum sp_err sip_ua_unsubscribe(struct sip_ua *ua, uint64_t now_us, struct sp_handle subscription)
{
    begin(ua, now_us);
    sip_core_work(ua);
    return sip_subscription_stop(ua, subscription);
}

/* What is left to be done would accept the SUBSCRIBE whose verdict this is: it comes after. */
enum sp_err sip_ua_notify(struct sip_ua *ua, uint64_t now_us, struct sp_handle subscription,
                          const struct sip_ua_notification *notification)
{
    begin(ua, now_us);
    return sip_notifier_notify(ua, subscription, notification);
}

enum sp_err sip_ua_forbid(struct sip_ua *ua, uint64_t now_us, struct sp_handle subscription,
                          uint16_t status, struct sp_slice fields)
{
    begin(ua, now_us);
    return sip_notifier_forbid(ua, subscription, status, fields);
}

enum sp_err sip_ua_publish(struct sip_ua *ua, uint64_t now_us,
                           const struct sip_ua_publication *publication, struct sp_handle *handle)
{
    begin(ua, now_us);
    sip_core_work(ua);
    return sip_publication_start(ua, publication, handle);
}

enum sp_err sip_ua_republish(struct sip_ua *ua, uint64_t now_us, struct sp_handle publication,
                             struct sp_slice content_type, struct sp_slice body)
{
    begin(ua, now_us);
    sip_core_work(ua);
    return sip_publication_change(ua, publication, content_type, body);
}

enum sp_err sip_ua_unpublish(struct sip_ua *ua, uint64_t now_us, struct sp_handle publication)
{
    begin(ua, now_us);
    sip_core_work(ua);
    return sip_publication_stop(ua, publication);
}
