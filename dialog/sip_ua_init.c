/* SPDX-License-Identifier: MIT
 * dialog/sip_ua_init.c -- the memory of a user agent, laid out once; its configuration. RFC 3261
 * 8, 20.5. */
#include <string.h>

#include "sip_notifier.h"
#include "sip_publication.h"
#include "sip_registration.h"
#include "sip_session.h"
#include "sip_subscription.h"
#include "sip_texts.h"
#include "sip_ua.h"

/* A buddy store needs room for the block that each text is rounded up to. */
static size_t store_octets(const struct sp_limits *limits)
{
    return (size_t)limits->store_octets +
           ((size_t)limits->dialogs + 2 * (size_t)limits->registrations +
            2 * (size_t)limits->subscriptions + 2 * (size_t)limits->notifiers +
            limits->publications) *
               limits->dialog_octets +
           limits->dialog_octets;
}

/* Measures over an empty arena, lays out over another. */
static struct sip_ua *lay_out(struct sp_arena *arena, const struct sp_limits *limits,
                              const uint8_t key[16])
{
    struct sip_ua  spare, *ua = sp_arena_take(arena, 1, sizeof(*ua));
    struct sip_ua *to = ua != NULL ? ua : &spare;

    sp_pool_init(&to->clients, arena, limits->transactions, sizeof(struct sip_client));
    sp_pool_init(&to->registrations, arena, limits->registrations, sizeof(struct sip_registration));
    sp_pool_init(&to->subscriptions, arena, limits->subscriptions, sizeof(struct sip_subscription));
    sp_pool_init(&to->notifiers, arena, limits->notifiers, sizeof(struct sip_notifier));
    sp_pool_init(&to->publications, arena, limits->publications, sizeof(struct sip_publication));
    sp_pool_init(&to->sessions, arena, limits->dialogs, sizeof(struct sip_session));
    sp_store_init(&to->store, arena, store_octets(limits));
    sp_timers_init(&to->timers, arena,
                   limits->dialogs * SIP_SESSION_TIMERS + limits->registrations +
                       limits->subscriptions * SIP_SUBSCRIPTION_TIMERS + limits->notifiers +
                       limits->publications);
    sp_table_init(&to->dialogs, arena,
                  limits->dialogs + 2 * limits->subscriptions + limits->notifiers, key);
    sp_table_init(&to->shares, arena, limits->dialogs + limits->notifiers, key);
    sp_table_init(&to->messages, arena, limits->transactions, key);
    sip_merged_init(&to->merged, arena, limits->transactions);
    to->again_fields = sp_arena_take(arena, limits->fields, sizeof(*to->again_fields));
    to->text = sp_arena_take(arena, limits->dialog_octets, 1);
    to->scratch = sp_arena_take(arena, (size_t)limits->message_octets + SIP_ANSWER_MORE, 1);
    to->guard.capacity = limits->transactions + 1;
    to->guard.nonces = sp_arena_take(arena, to->guard.capacity, sizeof(*to->guard.nonces));
    to->owed = sp_arena_take(arena, limits->transactions, sizeof(*to->owed));
    return ua;
}

size_t sip_ua_size(const struct sp_limits *limits)
{
    static const uint8_t key[16] = { 0 };
    struct sp_arena      arena = sp_arena(NULL);

    (void)lay_out(&arena, limits, key);
    (void)sp_arena_room(&arena, 1, sip_tx_size(limits));
    return arena.used;
}

static bool copy_config(struct sip_ua *ua, const struct sip_ua_config *config)
{
    struct sp_slice *const texts[] = { &ua->config.from,           &ua->config.contact_user,
                                       &ua->config.contact_params, &ua->config.user_agent,
                                       &ua->config.accept,         &ua->config.message_types,
                                       &ua->config.supported,      &ua->config.capabilities,
                                       &ua->config.events,         &ua->config.recv_info,
                                       &ua->config.preferred,      &ua->config.privacy };

    ua->config = *config;
    return sip_texts_move(&ua->store, ua->limits.dialog_octets, texts,
                          sizeof(texts) / sizeof(texts[0]), &ua->config_block) == SP_OK;
}

/* ACK, CANCEL, OPTIONS are everybody's (11), BYE goes with INVITE (13.1); without room for a
 * session there is no INVITE. */
static uint32_t allowed(uint32_t methods, const struct sp_limits *limits)
{
    uint32_t always = 1u << SIP_ACK | 1u << SIP_CANCEL | 1u << SIP_OPTIONS;

    if (limits->dialogs == 0)
        methods &= ~(1u << SIP_INVITE | 1u << SIP_BYE);
    if ((methods & 1u << SIP_INVITE) != 0)
        methods |= 1u << SIP_BYE;
    return (methods & ~(1u << SIP_METHOD_OTHER)) | always;
}

struct sip_ua *sip_ua_init(void *memory, const struct sp_limits *limits,
                           const uint8_t seed[SP_SEED_OCTETS], const struct sip_ua_config *config)
{
    struct sp_arena arena = sp_arena(memory);
    struct sp_ident ident;
    uint8_t         key[16], tx_seed[SP_SEED_OCTETS];
    struct sip_ua  *ua;

    sp_ident_init(&ident, seed);
    sp_ident_octets(&ident, key, sizeof(key));
    sp_ident_split(&ident, tx_seed);
    ua = lay_out(&arena, limits, key);
    ua->limits = *limits;
    ua->ident = ident;
    ua->guard.key = &ua->dialogs;
    ua->tx = sip_tx_init(sp_arena_room(&arena, 1, sip_tx_size(limits)), limits, tx_seed);
    ua->hops = (struct sip_hops){ .tx = ua->tx, .store = &ua->store, .ident = &ua->ident };
    sp_list_init(&ua->hops.asks);
    sp_list_init(&ua->notes);
    sp_list_init(&ua->work);
    sp_list_init(&ua->registering);
    sp_list_init(&ua->eventful);
    sp_list_init(&ua->retries);
    sp_list_init(&ua->waiting);
    ua->allow = allowed(config->methods, limits);
    if (config->events.len > 0 && limits->notifiers > 0)
        ua->allow |= 1u << SIP_SUBSCRIBE;
    return copy_config(ua, config) ? ua : NULL;
}
