/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_detour.c -- redirected requests: the target set, and what is sent. RFC
 * 3261 8.1.3.4. */
#include "ua_unit.h"
#include "unit.h"

#include <stdio.h>

#define END (&world->ends[0])

/* ---- the set */

static const struct set_row {
    const char *first, *second; /* fields of one response and the next; NULL: none */
    uint16_t    status;
    uint32_t    left;
    const char *want; /* what is tried, in order */
} sets[] = {
    { "Contact: <sip:b@x>\r\n", NULL, 302, 9, "sip:b@x " },
    { "Contact: <sip:b@x>;q=0.1, <sip:c@x>;q=0.9\r\nm: sip:d@x;q=0.55\r\n", NULL, 300, 9,
      "sip:c@x sip:d@x sip:b@x " },
    { "Contact: <sip:b@x>;q=0.099, <sip:c@x>;q=0.1, <sip:d@x>\r\n", NULL, 301, 9,
      "sip:d@x sip:c@x sip:b@x " },
    { "Contact: <sip:b@x>, <sip:c@x>, <sip:d@x>\r\n", NULL, 302, 2, "sip:b@x sip:c@x " },
    /* 3261-8.1.3.4-2: none twice, the first one neither */
    { "Contact: <sip:a@x>, <sip:b@x>, <sip:b@X>, <SIP:%62@x>\r\n",
      "Contact: <sip:a@x>, <sip:b@x>, <sip:c@x>\r\n", 302, 9, "sip:b@x sip:c@x " },
    { "Contact: <tel:+1>, <sips:b@x>, *\r\n", NULL, 302, 9, "" },
    { "Contact: <sip:b@x\r\n", NULL, 302, 9, "" },
    { "", NULL, 302, 9, "" },
    { "Contact: <sip:b@x>\r\n", NULL, 305, 9, "" },
    { "Contact: <sip:b@x>\r\n", NULL, 380, 9, "" },
    { "Contact: <sip:b@x>\r\n", NULL, 404, 9, "" },
    { "Contact: <sip:b@x>\r\n", NULL, 302, 0, "" },
    { "Contact: <sip:"
      "b234567890123456789012345678901234567890123456789012345678901234567890@x>\r\n",
      NULL, 302, 9, "" }, /* no room */
};

static void add(struct sip_detour *detour, struct sp_store *store, uint16_t status,
                const char *fields)
{
    struct sip_field room[8];
    struct sip_msg   msg;
    struct sp_where  where;
    char             text[512];

    snprintf(text, sizeof text, "SIP/2.0 %u x\r\n%s\r\n", status, fields);
    sip_msg_init(&msg, room, 8);
    unit_err(sip_msg_parse(unit_text(text), &msg, &where), SP_OK);
    sip_detour_add(detour, store, unit_room(64), 64, SP_LIT("sip:a@x"), &msg);
}

START_TEST(target_set)
{
    const struct set_row *row = &sets[_i];
    struct ua_world      *world = ua_world(NULL, NULL, true, 1);
    struct sip_detour     detour = { .left = row->left };
    struct sp_store      *store = &END->ua->store;
    size_t                used = store->used;
    struct sp_slice       uri;
    char                  tried[256] = "";

    add(&detour, store, row->status, row->first);
    for (int i = 0; sip_detour_next(&detour, &uri); i++) {
        snprintf(tried + strlen(tried), sizeof tried - strlen(tried), "%.*s ", SP_ARG(uri));
        if (i == 0 && row->second != NULL)
            add(&detour, store, row->status, row->second);
    }
    ck_assert_str_eq(tried, row->want);
    sip_detour_free(&detour, store);
    ck_assert_uint_eq(store->used, used);
}
END_TEST

/* ---- on the wire */

static void answer(struct ua_world *world, struct sp_slice request, const char *status,
                   const char *more)
{
    char text[4096];

    snprintf(text, sizeof text,
             "SIP/2.0 %s\nVia: %.*s\nFrom: %.*s\nTo: %.*s;tag=t\nCall-ID: %.*s\nCSeq: %.*s\n%s\n",
             status, SP_ARG(ua_value(request, "Via")), SP_ARG(ua_value(request, "From")),
             SP_ARG(ua_value(request, "To")), SP_ARG(ua_value(request, "Call-ID")),
             SP_ARG(ua_value(request, "CSeq")), more);
    ua_put(world, text);
}

static struct sp_slice sent(struct ua_world *world, int invite)
{
    struct sip_ua_request request = ua_request(invite ? SIP_INVITE : SIP_MESSAGE, "hello");
    struct sp_handle      handle;

    request.follow = 5;
    if (invite)
        unit_err(sip_ua_invite(END->ua, world->now_us, &request, &END->session), SP_OK);
    else
        unit_err(sip_ua_send(END->ua, world->now_us, &request, &handle), SP_OK);
    ua_drain(END);
    return ua_take(world);
}

static struct sp_slice expect_to(struct ua_world *world, int invite, const char *uri)
{
    char start[128];

    if (invite)
        ua_expect(world, "ACK "); /* for the refusal before */
    snprintf(start, sizeof start, "%s %s SIP/2.0\r\n", invite ? "INVITE" : "MESSAGE", uri);
    return ua_expect(world, start);
}

/* 3261-8.1.3.4-1, 3261-8.1.3.4-4 to 3261-8.1.3.4-9: INVITE and MESSAGE alike */
/* 3261-8.1.3.4-5, 3261-8.1.3.4-6, 3261-8.1.3.4-7, 3261-8.1.3.4-8, 3261-21.3.2-1, 3261-21.3.3-1 */
START_TEST(followed)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);
    struct sp_slice  first = sent(world, _i), request;

    answer(world, first, "302 Moved",
           "Contact: <sip:c@192.0.2.2;method=BYE?Subject=x>;q=0.5, <sip:d@192.0.2.2>\n");
    request = expect_to(world, _i, "sip:d@192.0.2.2");
    unit_eq_slice(ua_value(request, "To"), ua_value(first, "To"));
    unit_eq_slice(ua_value(request, "From"), ua_value(first, "From"));
    unit_eq_slice(ua_value(request, "Call-ID"), ua_value(first, "Call-ID"));
    ck_assert(!sp_eq(ua_value(request, "Via"), ua_value(first, "Via")));
    ck_assert(sp_starts(ua_value(request, "CSeq"), SP_LIT("2 ")));
    ck_assert(ua_has(request, "\r\n\r\nhello"));
    answer(world, request, "301 Moved", "Contact: <sip:e@192.0.2.2>, <sip:bob@192.0.2.2>\n");
    request = expect_to(world, _i, "sip:c@192.0.2.2");
    answer(world, request, "404 Not Found", "");
    request = expect_to(world, _i, "sip:e@192.0.2.2");
    answer(world, request, "486 Busy", "");
    ua_told(END, _i ? "REFUSED 486" : "RESPONSE 486");
    if (_i)
        ua_expect(world, "ACK ");
    ck_assert_uint_eq(ua_take(world).len, 0); /* 3261-21.4-1 */
    ua_run(world, 64 * 500);
    ua_empty(END);
    /* 3261-21.3.3-2: the next one goes where it is asked to */
    ck_assert(sp_starts(sent(world, _i),
                        sp_str(_i ? "INVITE sip:bob@192.0.2.2 " : "MESSAGE sip:bob@192.0.2.2 ")));
}
END_TEST

/* A target that cannot be asked, one whose name has no address, one that is silent; then one that
 * answers. */
START_TEST(bad_targets_are_passed_by)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);
    struct sp_slice  request = sent(world, _i);

    answer(world, request, "302 Moved",
           "Contact: <sip:c@192.0.2.2;transport=tls>, <sip:d@d.example>, <sip:e@192.0.2.2>, "
           "<sip:f@f.example>\n");
    ck_assert_str_eq(END->host, "d.example");
    if (_i)
        ua_expect(world, "ACK ");
    sip_ua_resolved(END->ua, world->now_us, END->cookie, NULL, 0);
    ua_drain(END);
    ua_expect(world, _i ? "INVITE sip:e@192.0.2.2 " : "MESSAGE sip:e@192.0.2.2 ");
    ua_run(world, 64 * 500 + 1000);
    ck_assert_str_eq(END->host, "f.example");
    sip_ua_resolved(END->ua, world->now_us, END->cookie, &END->flow.remote, 1);
    ua_drain(END);
    do
        request = ua_take(world);
    while (request.len > 0 && !ua_has(request, " sip:f@f.example "));
    ck_assert(request.len > 0);
    ua_told(END, "");
    answer(world, request, "200 OK", _i ? "Contact: <sip:f@192.0.2.2>\n" : "");
    ua_told(END, _i ? "ACCEPTED 200" : "RESPONSE 200");
}
END_TEST

/* 6xx speaks for everybody. */
START_TEST(declined_everywhere)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);
    struct sp_slice  request = sent(world, _i);

    answer(world, request, "302 Moved", "Contact: <sip:c@192.0.2.2>, <sip:d@192.0.2.2>\n");
    request = expect_to(world, _i, "sip:c@192.0.2.2");
    answer(world, request, "603 Decline", "");
    ua_told(END, _i ? "REFUSED 603" : "RESPONSE 603");
}
END_TEST

/* Ended by the user meanwhile: the redirection is a refusal. */
START_TEST(redirected_when_it_was_ended)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);
    struct sp_slice  request = sent(world, 1);

    unit_err(sip_ua_end(END->ua, world->now_us, END->session), SP_OK);
    answer(world, request, "302 Moved", "Contact: <sip:c@192.0.2.2>\n");
    ua_told(END, "REFUSED 302");
    ua_expect(world, "ACK ");
    ck_assert_uint_eq(ua_take(world).len, 0);
}
END_TEST

Suite *test_sip_detour_suite(void)
{
    Suite *suite = suite_create("sip_detour");
    TCase *tcase = unit_tcase(suite, "detour");

    unit_loop(tcase, target_set, sets);
    tcase_add_loop_test(tcase, followed, 0, 2);
    tcase_add_loop_test(tcase, bad_targets_are_passed_by, 0, 2);
    tcase_add_loop_test(tcase, declined_everywhere, 0, 2);
    tcase_add_test(tcase, redirected_when_it_was_ended);
    return suite;
}
