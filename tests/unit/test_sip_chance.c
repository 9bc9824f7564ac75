/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_chance.c -- two user agents whose users do what chance tells them, on a
 * network that loses, doubles and overtakes; in the end everything has ended, each thing once, and
 * every pool is empty. The seed is the test's number. */
#include "ua_unit.h"
#include "unit.h"

#include <stdio.h>

enum { KEPT = 64 };

/* What one user knows. */
struct user {
    struct ua_end   *end;
    struct sp_handle sessions[KEPT],
        waiting[KEPT]; /* under way; an INVITE or re-INVITE of it waits */
    int              session_count, waiting_count;
    struct sp_handle requests[KEPT]; /* of the peer, to be answered */
    int              request_count;
    struct sp_handle offers[KEPT]; /* UPDATE and PRACK of the peer with an offer */
    int              offer_count;
    int              open; /* requests of ours without their end */
};

static struct user users[2];
static uint32_t    state;

static uint32_t below(uint32_t limit)
{
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % limit;
}

static void add(struct sp_handle *list, int *count, struct sp_handle handle)
{
    ck_assert_int_lt(*count, KEPT);
    list[(*count)++] = handle;
}

/* False: it was not there. */
static bool drop(struct sp_handle *list, int *count, struct sp_handle handle)
{
    for (int i = 0; i < *count; i++)
        if (sp_handle_eq(list[i], handle)) {
            list[i] = list[--*count];
            return true;
        }
    return false;
}

static void take_note(struct ua_end *end, const struct sip_ua_action *action)
{
    struct user *user = &users[end->index];

    end->notes[0] = '\0';
    switch (action->kind) {
    case SIP_UA_REQUEST: add(user->requests, &user->request_count, action->request); break;
    case SIP_UA_RESPONSE:
        if (action->status >= 200)
            user->open--;
        break;
    case SIP_UA_FAILED:
        if (action->session.slot == 0)
            user->open--;
        else
            ck_assert(drop(user->sessions, &user->session_count, action->session));
        break;
    case SIP_UA_INVITED:
        add(user->sessions, &user->session_count, action->session);
        add(user->waiting, &user->waiting_count, action->session);
        break;
    case SIP_UA_REINVITED: add(user->waiting, &user->waiting_count, action->session); break;
    case SIP_UA_PROGRESS:
        if (below(2) == 0)
            (void)!sip_ua_prack(end->ua, end->world->now_us, action->session, UA_SDP,
                                SP_LIT("prack"));
        break;
    case SIP_UA_ACCEPTED:
        if (action->sdp == SIP_UA_SDP_OFFER && below(3) > 0)
            (void)!sip_ua_ack(end->ua, end->world->now_us, action->session, UA_SDP, SP_LIT("ack"));
        break;
    case SIP_UA_PRACKED:
    case SIP_UA_UPDATED:
        if (action->request.slot != 0)
            add(user->offers, &user->offer_count, action->request);
        break;
    case SIP_UA_CANCELLED:
        /* It may be accepted already, while a PRACK is awaited. */
        (void)drop(user->waiting, &user->waiting_count, action->session);
        if (!action->again)
            ck_assert(drop(user->sessions, &user->session_count, action->session));
        break;
    case SIP_UA_REFUSED:
        if (!action->again)
            ck_assert(drop(user->sessions, &user->session_count, action->session));
        break;
    case SIP_UA_ENDED:
        (void)drop(user->waiting, &user->waiting_count, action->session);
        ck_assert(drop(user->sessions, &user->session_count, action->session));
        break;
    default: break;
    }
}

static struct sp_handle any(struct sp_handle *list, int count)
{
    return count > 0 ? list[below((uint32_t)count)] : (struct sp_handle){ 0, 0 };
}

static void answer(struct user *user, struct sp_handle session)
{
    struct sp_slice none = { NULL, 0 };
    uint64_t        now_us = user->end->world->now_us;
    enum sp_err     err;

    switch (below(5)) {
    case 0:
        (void)!sip_ua_progress(user->end->ua, now_us, session, 180, below(2) == 0, UA_SDP,
                               below(2) == 0 ? SP_LIT("early") : none);
        break;
    case 1:
        err = sip_ua_refuse(user->end->ua, now_us, session, 486, none);
        ck_assert(err == SP_OK || err == SP_STATE || err == SP_STALE || err == SP_LIMIT);
        if (err != SP_OK)
            break;
        ck_assert(drop(user->waiting, &user->waiting_count, session));
        /* Of a first INVITE it was the end, and nothing follows. */
        if (sip_ua_progress(user->end->ua, now_us, session, 180, false, none, none) == SP_STALE)
            ck_assert(drop(user->sessions, &user->session_count, session));
        break;
    default:
        err = sip_ua_accept(user->end->ua, now_us, session, UA_SDP, SP_LIT("answer"));
        if (err == SP_STATE)
            err = sip_ua_accept(user->end->ua, now_us, session, none, none);
        ck_assert(err == SP_MISSING || err == SP_OK || err == SP_STATE || err == SP_STALE ||
                  err == SP_LIMIT);
        if (err == SP_OK)
            ck_assert(drop(user->waiting, &user->waiting_count, session));
        break;
    }
}

static void respond(struct user *user)
{
    struct sp_handle request = any(user->requests, user->request_count);
    struct sp_slice  none = { NULL, 0 };
    uint16_t         status = below(6) == 0 ? 480 : 200;
    enum sp_err      err;

    if (request.slot == 0)
        return;
    if (below(40) == 0)
        status = 481; /* the peer takes it for the end of a session, if it is in one */
    err = sip_ua_respond(user->end->ua, user->end->world->now_us, request, status, none, none,
                         none);
    if (err != SP_LIMIT)
        drop(user->requests, &user->request_count, request);
}

/* An offer is answered at once, or soon. */
static void respond_offer(struct user *user)
{
    struct sp_handle request = any(user->offers, user->offer_count);
    struct sp_slice  none = { NULL, 0 };
    enum sp_err      err;

    if (request.slot == 0)
        return;
    err = SP_RANGE; /* a PRACK is not refused */
    if (below(4) == 0)
        err = sip_ua_respond(user->end->ua, user->end->world->now_us, request, 488, none, none,
                             none);
    if (err == SP_RANGE)
        err = sip_ua_respond(user->end->ua, user->end->world->now_us, request, 200, none, UA_SDP,
                             SP_LIT("answer"));
    if (err != SP_LIMIT)
        drop(user->offers, &user->offer_count, request);
}

static void ask(struct user *user, bool within)
{
    struct sip_ua_request request = ua_request(within && below(2) == 0 ? SIP_INFO : SIP_MESSAGE,
                                               "x");
    struct sp_handle session = any(user->sessions, user->session_count), handle;
    uint64_t         now_us = user->end->world->now_us;
    enum sp_err      err;

    if (user->end->index == 1)
        request.uri = SP_LIT("sip:alice@192.0.2.1");
    err = within ? sip_ua_send_within(user->end->ua, now_us, session, &request, &handle)
                 : sip_ua_send(user->end->ua, now_us, &request, &handle);
    if (err == SP_OK)
        user->open++;
    else
        ck_assert_msg(err == SP_LIMIT || err == SP_STALE, "%s", sp_err_name(err));
}

static void act(struct user *user)
{
    struct sip_ua_request request = ua_request(SIP_INVITE, "offer");
    struct sp_handle      session = any(user->sessions, user->session_count);
    uint64_t              now_us = user->end->world->now_us;
    enum sp_err           err;

    if (user->end->index == 1)
        request.uri = SP_LIT("sip:alice@192.0.2.1");
    switch (below(12)) {
    case 0:
        if (below(3) == 0)
            request.body = sp_slice(NULL, 0);
        err = sip_ua_invite(user->end->ua, now_us, &request, &session);
        if (err == SP_OK)
            add(user->sessions, &user->session_count, session);
        else
            unit_err(err, SP_LIMIT);
        break;
    case 1:
    case 2:
    case 3:
        if (user->waiting_count > 0)
            answer(user, any(user->waiting, user->waiting_count));
        break;
    case 4: (void)!sip_ua_reinvite(user->end->ua, now_us, session, UA_SDP, SP_LIT("again")); break;
    case 5:
        if (below(3) == 0 && session.slot != 0 &&
            sip_ua_end(user->end->ua, now_us, session) == SP_OK)
            (void)drop(user->waiting, &user->waiting_count, session);
        break;
    case 6: ask(user, false); break;
    case 7: ask(user, true); break;
    case 8:
        (void)!sip_ua_update(user->end->ua, now_us, session, UA_SDP,
                             below(2) == 0 ? SP_LIT("update") : sp_slice(NULL, 0));
        break;
    case 9:
    case 10: respond_offer(user); break;
    default: respond(user); break;
    }
    ua_drain(user->end);
}

static struct ua_world *begin(uint32_t seed)
{
    struct sip_ua_config config = ua_config;
    struct sp_limits     limits;
    struct ua_world     *world = ua_world(NULL, NULL, false, seed);

    limits = ua_limits;
    limits.transactions = 8 + below(64);
    limits.dialogs = 1 + below(6);
    limits.store_octets = below(4) == 0 ? 8192 : 65536;
    config.methods |= 1u << SIP_INFO | 1u << SIP_PRACK | 1u << SIP_UPDATE;
    config.min_se_s = 90;
    config.session_expires_s = below(3) * 100;
    config.accept = SP_LIT("application/sdp, text/plain");
    world = ua_world(&config, &limits, false, seed);
    world->loss_percent = below(3) * 15;
    world->dup_percent = below(3) * 15;
    world->delay_us = 1000 + below(400000);
    world->corrupt_percent = below(3) == 0 ? 10 : 0;
    memset(users, 0, sizeof users);
    for (int i = 0; i < 2; i++) {
        users[i].end = &world->ends[i];
        world->ends[i].on_note = take_note;
    }
    return world;
}

START_TEST(everything_ends)
{
    struct ua_world *world;

    state = (uint32_t)_i * 2654435761u + 1;
    world = begin((uint32_t)_i);
    for (int step = 0; step < 150; step++) {
        act(&users[below(2)]);
        ua_run(world, below(8) == 0 ? below(40000) : below(300));
    }
    /* The users go home; the network recovers. */
    world->loss_percent = world->corrupt_percent = 0;
    for (int i = 0; i < 2; i++) {
        while (users[i].offer_count > 0)
            respond_offer(&users[i]);
        while (users[i].request_count > 0)
            respond(&users[i]);
        for (int k = users[i].session_count - 1; k >= 0; k--)
            (void)!sip_ua_end(users[i].end->ua, world->now_us, users[i].sessions[k]);
    }
    for (int round = 0; round < 10; round++) {
        ua_run(world, 4 * 64 * 500);
        for (int i = 0; i < 2; i++) {
            while (users[i].offer_count > 0)
                respond_offer(&users[i]);
            while (users[i].request_count > 0)
                respond(&users[i]);
            for (int k = users[i].session_count - 1; k >= 0; k--)
                (void)!sip_ua_end(users[i].end->ua, world->now_us, users[i].sessions[k]);
            ua_drain(users[i].end);
        }
    }
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(users[i].session_count, 0);
        ck_assert_int_eq(users[i].open, 0);
        ua_empty(users[i].end);
        ck_assert_uint_eq(sip_tx_open(users[i].end->ua->tx), 0);
    }
}
END_TEST

Suite *test_sip_chance_suite(void)
{
    Suite *suite = suite_create("sip_chance");
    TCase *tcase = unit_tcase(suite, "chance");

    tcase_add_loop_test(tcase, everything_ends, 0, 100);
    return suite;
}
