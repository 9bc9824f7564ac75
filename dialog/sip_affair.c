/* SPDX-License-Identifier: MIT
 * dialog/sip_affair.c -- what stands beside sessions: registrations, subscriptions of both sides,
 * publications. RFC 3261 10, RFC 6665, RFC 3903. */
#include "sip_affair.h"

#include "../parser/sip_delta.h"
#include "sip_notifier.h"
#include "sip_publication.h"
#include "sip_registration.h"
#include "sip_subscription.h"
#include "sip_uas.h"

enum {
    EARLY_S = 60,      /* a refresh goes so long before the end: a transaction lasts 32 s at most */
    FIRST_WAIT_S = 30, /* after a failure (10.2.7: not at once), doubled with each */
    LAST_WAIT_S = 1800
};

void sip_affair_due(struct sip_ua *ua, struct sip_affair *affair)
{
    sp_list_add(&ua->eventful, &affair->work);
}

uint32_t sip_affair_refresh_s(uint32_t seconds)
{
    if (seconds > 2 * EARLY_S)
        return seconds - EARLY_S;
    return seconds > 2 ? seconds / 2 : 1;
}

uint32_t sip_affair_wait_s(uint32_t failures, const struct sip_msg *response)
{
    uint32_t         seconds = FIRST_WAIT_S;
    struct sip_delta delta;
    struct sp_where  where;

    if (response != NULL &&
        sip_delta_parse(sip_msg_value(response, SIP_FIELD_RETRY_AFTER), &delta, &where) == SP_OK)
        return delta.seconds > 0 ? delta.seconds : 1;
    for (uint32_t i = 1; i < failures && seconds < LAST_WAIT_S; i++)
        seconds *= 2;
    return seconds < LAST_WAIT_S ? seconds : LAST_WAIT_S;
}

uint32_t sip_affair_longer_s(uint32_t asked_s, const struct sip_msg *response)
{
    uint64_t seconds = 0;

    if (response == NULL || response->status != 423 ||
        sp_to_u64(sip_msg_value(response, SIP_FIELD_MIN_EXPIRES), UINT32_MAX, &seconds) != SP_OK ||
        seconds <= asked_s)
        return 0;
    return (uint32_t)seconds;
}

bool sip_affair_is_fatal(uint16_t status)
{
    return status == 404 || status == 405 || status == 410 || status == 416 || status == 489 ||
           status == 501 || status == 604 || (status >= 480 && status <= 485);
}

void sip_affair_work(struct sip_ua *ua)
{
    struct sp_link *link;

    while ((link = sp_list_first(&ua->registering)) != NULL) {
        sp_list_remove(link);
        sip_registration_work(ua, SP_OF(link, struct sip_registration, work));
    }
    while ((link = sp_list_first(&ua->eventful)) != NULL) {
        struct sip_affair *affair = SP_OF(link, struct sip_affair, work);

        sp_list_remove(link);
        switch (affair->note.owner) {
        case SIP_OWNER_SUBSCRIPTION:
            sip_subscription_work(ua, (struct sip_subscription *)affair);
            break;
        case SIP_OWNER_NOTIFIER: sip_notifier_work(ua, (struct sip_notifier *)affair); break;
        default: sip_publication_work(ua, (struct sip_publication *)affair); break;
        }
    }
}

bool sip_affair_take(struct sip_ua *ua, struct sip_client *client)
{
    if (client->house.owner == SIP_OWNER_NONE)
        return false;
    /* A provisional response is no news. */
    if (client->state == SIP_CLIENT_ENDED) {
        switch (client->house.owner) {
        case SIP_OWNER_REGISTRATION: sip_registration_take(ua, client); break;
        case SIP_OWNER_SUBSCRIPTION: sip_subscription_take(ua, client); break;
        case SIP_OWNER_NOTIFIER: sip_notifier_take(ua, client); break;
        default: sip_publication_take(ua, client); break;
        }
        sip_client_free(ua, client);
    }
    return true;
}

void sip_affair_timer(struct sip_ua *ua, struct sp_timer *timer)
{
    if (timer->name == SIP_CORE_REGISTRATION_TIMER)
        sip_registration_timer(ua, timer->owner);
    else if (timer->name < SIP_CORE_NOTIFIER_TIMER)
        sip_subscription_timer(ua, timer);
    else if (timer->name == SIP_CORE_NOTIFIER_TIMER)
        sip_notifier_timer(ua, timer->owner);
    else
        sip_publication_timer(ua, timer->owner);
}

void sip_affair_told(struct sip_ua *ua, struct sip_note *note, struct sip_ua_action *action)
{
    switch (note->owner) {
    case SIP_OWNER_REGISTRATION:
        sip_registration_told(ua, (struct sip_registration *)note, action);
        break;
    case SIP_OWNER_SUBSCRIPTION:
        sip_subscription_told(ua, (struct sip_subscription *)note, action);
        break;
    case SIP_OWNER_NOTIFIER: sip_notifier_told(ua, (struct sip_notifier *)note, action); break;
    default: sip_publication_told(ua, (struct sip_publication *)note, action); break;
    }
}

struct sip_dialog *sip_affair_dialog(struct sip_ua *ua, struct sip_house house)
{
    if (house.owner == SIP_OWNER_SUBSCRIPTION) {
        struct sip_subscription *one = sp_pool_find(&ua->subscriptions, house.object);

        return one != NULL && one->dialog.block != NULL ? &one->dialog : NULL;
    }
    if (house.owner == SIP_OWNER_NOTIFIER) {
        struct sip_notifier *one = sp_pool_find(&ua->notifiers, house.object);

        return one != NULL ? &one->dialog : NULL;
    }
    return NULL;
}

bool sip_affair_request(struct sip_ua *ua, struct sip_dialog *dialog,
                        const struct sip_tx_action *action)
{
    bool ours = dialog != NULL && dialog->usage != SIP_USAGE_SESSION;

    switch (action->msg->method) {
    case SIP_SUBSCRIBE: return sip_notifier_subscribe(ua, dialog, action);
    case SIP_OPTIONS: return false;
    case SIP_NOTIFY:
        if (ours && dialog->usage != SIP_USAGE_NOTIFIER) {
            sip_subscription_notify(ua, dialog, action);
            return true;
        }
        if (!ours && (ua->config.methods & 1u << SIP_NOTIFY) != 0)
            return false; /* the user's own */
        break;
    default:
        if (!ours)
            return false;
        break;
    }
    sip_uas_say(ua, action, 481, sp_slice(NULL, 0)); /* RFC 6665 4.1.3; no other usage there */
    return true;
}
