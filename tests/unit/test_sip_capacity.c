/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_capacity.c -- each pool of a user agent from none upward, the others as they
 * are: a story of every method between two agents. Whatever comes of it, both are as new in the
 * end. */
#include "caller_unit.h"
#include "unit.h"

#include <stddef.h>

#include "../../dialog/sip_ua_event.h"

#define A (&world->ends[0])
#define B (&world->ends[1])

static const struct sp_slice none = { NULL, 0 };

static const struct row {
    size_t   offset;
    uint32_t from, step, to;
} rows[] = {
    { offsetof(struct sp_limits, transactions), 0, 1, 32 },
    { offsetof(struct sp_limits, dialogs), 0, 1, 3 },
    { offsetof(struct sp_limits, source_dialogs), 0, 1, 3 },
    { offsetof(struct sp_limits, forks), 0, 1, 2 },
    { offsetof(struct sp_limits, registrations), 0, 1, 2 },
    { offsetof(struct sp_limits, subscriptions), 0, 1, 2 },
    { offsetof(struct sp_limits, notifiers), 0, 1, 2 },
    { offsetof(struct sp_limits, source_notifiers), 0, 1, 2 },
    { offsetof(struct sp_limits, publications), 0, 1, 2 },
    { offsetof(struct sp_limits, streams), 0, 1, 1 },
    { offsetof(struct sp_limits, stream_buffers), 0, 1, 1 },
    { offsetof(struct sp_limits, store_octets), 0, 256, 16384 },
    { offsetof(struct sp_limits, dialog_octets), 0, 32, 1024 },
    { offsetof(struct sp_limits, message_octets), 512, 64, 2048 }, /* no less: tools/limit.c */
    { offsetof(struct sp_limits, fields), 1, 1, 32 },
};

enum { AT_A, AT_B, AT_BOTH, PLACES };

/* What a verb may say for want of room, or because something before it came to nothing. */
static bool done(enum sp_err err)
{
    ck_assert_msg(err == SP_OK || err == SP_LIMIT || err == SP_STATE || err == SP_STALE ||
                      err == SP_UNSUPPORTED || err == SP_MISSING || err == SP_ROOM,
                  "%s", sp_err_name(err));
    return err == SP_OK;
}

static int heard; /* what succeeded */

/* The caller: INFO and UPDATE, then a re-INVITE, when the session stands. */
static void call(struct ua_end *end, const struct sip_ua_action *action)
{
    uint64_t         now_us = end->world->now_us;
    struct sp_handle handle;

    end->notes[0] = '\0';
    switch (action->kind) {
    case SIP_UA_ACCEPTED:
        heard++;
        if (action->again)
            return;
        (void)done(
            sip_ua_info(end->ua, now_us, action->session, SP_LIT("foo"), none, none, &handle));
        (void)done(sip_ua_update(end->ua, now_us, action->session, UA_SDP, SP_LIT("second")));
        return;
    case SIP_UA_ANSWERED:
        heard++;
        (void)done(sip_ua_reinvite(end->ua, now_us, action->session, UA_SDP, SP_LIT("third")));
        return;
    case SIP_UA_PROGRESS:
    case SIP_UA_REGISTERED:
    case SIP_UA_SUBSCRIBED:
    case SIP_UA_NOTIFIED:
    case SIP_UA_PUBLISHED: heard++; return;
    case SIP_UA_RESPONSE: heard += action->status == 200; return;
    default: return;
    }
}

/* The callee: a reliable response with the answer, and then the 200; 500 where that cannot be. */
static void answer(struct ua_end *end, const struct sip_ua_action *action)
{
    struct sip_ua_notification state = { .state = SIP_SUBSTATE_ACTIVE };
    uint64_t                   now_us = end->world->now_us;
    struct sp_slice            text = SP_LIT("answer");
    bool                       said = true;

    end->notes[0] = '\0';
    switch (action->kind) {
    case SIP_UA_INVITED:
        said = done(sip_ua_progress(end->ua, now_us, action->session, 183, true, UA_SDP, text)) ||
               done(sip_ua_accept(end->ua, now_us, action->session, UA_SDP, text));
        break;
    case SIP_UA_PRACKED:
        said = done(sip_ua_accept(end->ua, now_us, action->session, none, none));
        break;
    case SIP_UA_REINVITED:
        said = done(sip_ua_accept(end->ua, now_us, action->session, UA_SDP, text));
        break;
    case SIP_UA_UPDATED:
        if (action->sdp == SIP_UA_SDP_OFFER &&
            !done(sip_ua_respond(end->ua, now_us, action->request, 200, none, UA_SDP, text)))
            (void)done(sip_ua_respond(end->ua, now_us, action->request, 500, none, none, none));
        return;
    case SIP_UA_REQUEST:
        if (!done(sip_ua_respond(end->ua, now_us, action->request, 200,
                                 SP_LIT("SIP-ETag: e\r\nExpires: 600\r\n"), none, none)))
            (void)done(sip_ua_respond(end->ua, now_us, action->request, 500, none, none, none));
        return;
    case SIP_UA_SUBSCRIPTION:
        (void)done(sip_ua_notify(end->ua, now_us, action->request, &state));
        return;
    default: return;
    }
    if (!said && !done(sip_ua_refuse(end->ua, now_us, action->session, 500, none)))
        (void)done(sip_ua_end(end->ua, now_us, action->session));
}

/* The limit of this row is `value` at these ends. False: there is no such agent, and that is told
 * at its start. */
static bool start(struct ua_world *world, const struct row *row, uint32_t value, int place)
{
    struct sip_ua_config    config = ua_session_config;
    static struct sp_limits limits;
    static const uint8_t    seed[SP_SEED_OCTETS] = { 9 };

    config.methods |= 1u << SIP_REGISTER | 1u << SIP_PUBLISH;
    config.events = SP_LIT("presence");
    config.min_se_s = 0;
    for (int i = 0; i < 2; i++) {
        struct ua_end *end = &world->ends[i];

        limits = ua_limits;
        if (place == AT_BOTH || place == i)
            memcpy((char *)&limits + row->offset, &value, sizeof value);
        end->limits = limits;
        end->ua = sip_ua_init(unit_room(sip_ua_size(&limits)), &end->limits, seed, &config);
        if (end->ua == NULL)
            return false;
        sip_ua_bound(end->ua, &end->flow);
        end->on_note = i == 0 ? call : answer;
    }
    return true;
}

/* False: there is no room for the guard or the login. */
static bool with_credentials(struct ua_world *world)
{
    static char            hex[SP_DIGEST_HEX];
    static struct sip_user alice;

    alice.username = SP_LIT("alice");
    alice.ha1[SP_DIGEST_MD5] = sp_digest_ha1(SP_DIGEST_MD5, alice.username, SP_LIT("r"),
                                             SP_LIT("x"), hex);
    if (!done(sip_ua_guard(B->ua, SP_LIT("r"), &alice, 1, 600)) ||
        !done(sip_ua_login(A->ua, SP_LIT("r"), SP_LIT("alice"), SP_LIT("x"))))
        return false;
    A->kept = A->ua->store.used;
    B->kept = B->ua->store.used;
    return true;
}

static void live(struct ua_world *world)
{
    struct sip_ua_registration registration = { .aor = SP_LIT(UA_PEER), .expires_s = 600 };
    struct sip_ua_subscription subscription = { .uri = SP_LIT(UA_PEER),
                                                .event = SP_LIT("presence"),
                                                .expires_s = 600 };
    struct sip_ua_publication  publication = { .uri = SP_LIT(UA_PEER),
                                               .event = SP_LIT("presence"),
                                               .content_type = SP_LIT("application/sdp"),
                                               .body = SP_LIT("state"),
                                               .expires_s = 600 };
    struct sip_ua_request      message = ua_request(SIP_MESSAGE, "hello");
    struct sip_ua_request      invite = ua_request(SIP_INVITE, "offer");
    struct sp_handle           handles[5] = { { 0, 0 } };

    (void)done(sip_ua_register(A->ua, world->now_us, &registration, &handles[0]));
    ua_run(world, 50);
    (void)done(sip_ua_subscribe(A->ua, world->now_us, &subscription, &handles[1]));
    ua_run(world, 50);
    (void)done(sip_ua_publish(A->ua, world->now_us, &publication, &handles[2]));
    ua_run(world, 50);
    (void)done(sip_ua_send(A->ua, world->now_us, &message, &handles[3]));
    (void)done(sip_ua_invite(A->ua, world->now_us, &invite, &handles[4]));
    ua_run(world, 3000);
    (void)done(sip_ua_end(A->ua, world->now_us, handles[4]));
    (void)done(sip_ua_unregister(A->ua, world->now_us, handles[0]));
    (void)done(sip_ua_unsubscribe(A->ua, world->now_us, handles[1]));
    (void)done(sip_ua_unpublish(A->ua, world->now_us, handles[2]));
    ua_run(world, 4 * 64 * 500);
}

static int story(const struct row *row, uint32_t value, int place)
{
    struct ua_world *world = ua_world(NULL, NULL, false, 1);
    void            *session = NULL;
    size_t           used[2];

    heard = 0;
    if (!start(world, row, value, place) || !with_credentials(world))
        return 0;
    for (int i = 0; i < 2; i++)
        used[i] = world->ends[i].ua->store.used;
    live(world);
    while ((session = sp_pool_next(&B->ua->sessions, session)) != NULL)
        (void)done(sip_ua_end(B->ua, world->now_us, sp_pool_handle(&B->ua->sessions, session)));
    ua_run(world, 4000000);
    for (int i = 0; i < 2; i++) {
        ua_empty(&world->ends[i]);
        ck_assert_uint_eq(world->ends[i].ua->store.used, used[i]);
    }
    return heard;
}

START_TEST(from_none_upward)
{
    const struct row *row = &rows[_i / PLACES];
    int               most = 0, last = 0;

    for (uint32_t value = row->from; value <= row->to; value += row->step) {
        last = story(row, value, _i % PLACES);
        if (last > most)
            most = last;
    }
    ck_assert_int_eq(last, 11); /* with enough of it all of the story is told */
    ck_assert_int_eq(most, last);
}
END_TEST

Suite *test_sip_capacity_suite(void)
{
    Suite *suite = suite_create("sip_capacity");
    TCase *tcase = unit_tcase(suite, "capacity");

    tcase_add_loop_test(tcase, from_none_upward, 0, (int)UNIT_ROWS(rows) * PLACES);
    return suite;
}
