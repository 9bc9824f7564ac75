/* SPDX-License-Identifier: MIT
 * tests/unit/test_push_relay.c -- URIs of relays, asked for ahead: ready, lent, given back. */
#include "unit.h"

#include "../../msrp/msrp_core.h"
#include "../../push/push_link.h"

static struct push_link *make_link(void)
{
    struct push_link    *link = unit_room(sizeof *link);
    struct sip_ua_config config = { 0 };
    struct sp_arena      measured = sp_arena(NULL), arena;
    struct sp_limits     limits = sp_limits_small;
    uint8_t              seed[SP_SEED_OCTETS] = { 4 };
    struct sp_addr       here = { .family = SP_IPV4, .octets = { 192, 0, 2, 7 }, .port = 5 };
    struct sp_flow       flow = { 1, SP_TCP, SP_MSRP, .local = here };

    limits.msrp_leases = 2;
    memset(link, 0, sizeof *link);
    ck_assert(push_link_init(link, &measured, &limits, NULL));
    memset(link, 0, sizeof *link);
    sp_ident_init(&link->ident, seed);
    arena = sp_arena(unit_room(measured.used));
    ck_assert(push_link_init(link, &arena, &limits, &config));
    push_link_bound(link, &flow);
    link->now_us = 1000;
    return link;
}

static const struct push_relay_config config = { .relays = { "msrp://192.0.2.9:1;tcp", 22 },
                                                 .username = { "a", 1 },
                                                 .password = { "b", 1 },
                                                 .ready = 1 };

/* What the endpoint would tell of the entry that was asked for. */
static void tell(struct push_link *link, enum msrp_action_kind kind, const char *path)
{
    struct msrp_action note = { .kind = kind, .content = sp_str(path), .err = SP_REFUSED };

    for (uint32_t i = 0; i < link->relay.count; i++)
        if (link->relay.entries[i].state == PUSH_RELAY_ASKED)
            note.session = link->relay.entries[i].lease;
    push_relay_note(link, &note);
}

START_TEST(without_relays)
{
    struct push_link *link = make_link();
    char              id[PUSH_SESSION_ID_CHARS] = { 0 }, other[PUSH_SESSION_ID_CHARS] = { 0 };

    ck_assert(push_relay_draw(link, id) && push_relay_draw(link, other));
    ck_assert(memcmp(id, other, sizeof id) != 0);
    ck_assert_ptr_null(push_relay_find(link, sp_slice(id, sizeof id)));
}
END_TEST

/* 4976-5.1-3: a URI serves one session; the next is asked for when it is lent. */
START_TEST(lent_once)
{
    struct push_link              *link = make_link();
    struct push_media_addr         media = { .addr = { .family = SP_IPV4, .port = 5 } };
    const struct push_relay_entry *lent;
    char          id[PUSH_SESSION_ID_CHARS] = { 0 }, more[PUSH_SESSION_ID_CHARS] = { 0 };
    char          room[100];
    struct sp_buf path = sp_buf(room, sizeof room);

    unit_err(push_relay_use(link, 1000, &config), SP_OK);
    ck_assert(!push_relay_draw(link, id)); /* not ready yet */
    tell(link, MSRP_RELAYED, "msrp://r:1/u;tcp msrp://own;tcp");
    ck_assert_uint_eq(link->relay.ready, 1);
    ck_assert(push_relay_draw(link, id));
    ck_assert(!push_relay_draw(link, more));
    lent = push_relay_find(link, sp_slice(id, sizeof id));
    ck_assert_ptr_nonnull(lent);
    push_put_path(link, &path, &media, sp_slice(id, sizeof id));
    unit_eq(sp_written(&path), "msrp://r:1/u;tcp msrp://own;tcp");
    tell(link, MSRP_RELAYED, "msrp://r:1/v;tcp msrp://own;tcp");
    ck_assert(push_relay_draw(link, more));
    push_relay_return(link, id);
    ck_assert_ptr_null(push_relay_find(link, sp_slice(id, sizeof id)));
    ck_assert_ptr_nonnull(push_relay_find(link, sp_slice(more, sizeof more)));
}
END_TEST

/* A renewal gave another URI: it is what is said from then on, of one that is ready and of one that
 * a session has; neither is ready again by it. */
START_TEST(renewed)
{
    struct push_link      *link = make_link();
    struct push_media_addr media = { .addr = { .family = SP_IPV4, .port = 5 } };
    struct msrp_action     note = { .kind = MSRP_RELAYED };
    char                   id[PUSH_SESSION_ID_CHARS] = { 0 }, room[100];
    struct sp_buf          path = sp_buf(room, sizeof room);

    unit_err(push_relay_use(link, 1000, &config), SP_OK);
    tell(link, MSRP_RELAYED, "msrp://r:1/u;tcp msrp://own;tcp");
    note.session = link->relay.entries[0].lease;
    for (int i = 0; i < 2; i++) {
        note.content = i == 0 ? SP_LIT("msrp://r:1/v;tcp msrp://own;tcp")
                              : SP_LIT("msrp://r:1/w;tcp msrp://own;tcp");
        push_relay_note(link, &note);
        ck_assert_uint_eq(link->relay.ready, i == 0 ? 1 : 0);
        if (i == 0)
            ck_assert(push_relay_draw(link, id));
        path.len = 0;
        push_put_path(link, &path, &media, sp_slice(id, sizeof id));
        unit_eq_slice(sp_written(&path), note.content);
    }
}
END_TEST

/* A relay that refuses is asked again after a while. */
START_TEST(refused)
{
    struct push_link *link = make_link();

    unit_err(push_relay_use(link, 1000, &config), SP_OK);
    tell(link, MSRP_UNRELAYED, "");
    unit_err(link->relay.err, SP_REFUSED);
    ck_assert_uint_eq(push_relay_deadline(link), 1000 + PUSH_RELAY_AGAIN_US);
    link->now_us = 1000 + PUSH_RELAY_AGAIN_US;
    push_relay_tick(link);
    ck_assert(push_relay_deadline(link) == SP_NEVER);
    tell(link, MSRP_RELAYED, "msrp://r:1/u;tcp msrp://own;tcp");
    unit_err(link->relay.err, SP_OK);
    ck_assert_uint_eq(link->relay.ready, 1);
}
END_TEST

START_TEST(wrong_use)
{
    struct push_link        *link = make_link();
    struct push_relay_config wrong = config;

    wrong.ready = 3;
    unit_err(push_relay_use(link, 1000, &wrong), SP_LIMIT);
    wrong.ready = 0;
    unit_err(push_relay_use(link, 1000, &wrong), SP_LIMIT);
    wrong.ready = 1;
    wrong.relays = SP_LIT("msrps://h:1;tcp");
    unit_err(push_relay_use(link, 1000, &wrong), SP_UNSUPPORTED);
    ck_assert_uint_eq(link->relay.config.relays.len, 0);
}
END_TEST

Suite *test_push_relay_suite(void)
{
    Suite *suite = suite_create("push_relay");
    TCase *tcase = tcase_create("all");

    tcase_add_test(tcase, without_relays);
    tcase_add_test(tcase, lent_once);
    tcase_add_test(tcase, renewed);
    tcase_add_test(tcase, refused);
    tcase_add_test(tcase, wrong_use);
    suite_add_tcase(suite, tcase);
    return suite;
}
