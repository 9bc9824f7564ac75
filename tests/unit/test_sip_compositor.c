/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_compositor.c -- a compositor: PUBLISHes one after the other, what their
 * answers say, and what stands after them. RFC 3903 6. */
#include "ua_unit.h"
#include "unit.h"

#include <stdio.h>

#include "../../dialog/sip_compositor.h"
#include "../../dialog/sip_ua_event.h"

#define ALICE "sip:alice@example.com"
#define PIDF  "application/pidf+xml"

static struct sp_limits limits;

static uint32_t share = 16; /* of an address */

static struct sip_compositor *compositor(uint32_t states, uint32_t store_octets)
{
    static const uint8_t                      seed[SP_SEED_OCTETS] = { 1 };
    static const struct sip_compositor_config config = {
        .domains = { "example.com, 192.0.2.2", 22 },
        .events = { "presence, x-mine", 16 },
    };

    limits = sp_limits_default;
    limits.event_states = states;
    limits.aor_states = share;
    limits.store_octets = store_octets;
    limits.message_octets = 4096;
    return sip_compositor_init(unit_room(sip_compositor_size(&limits)), &limits, seed, &config);
}

static struct sip_compositor_answer answer;
static char                         told[1024], etag[64];

/* One PUBLISH; "%" in the fields becomes the entity-tag that was given last. */
static uint16_t take(struct sip_compositor *c, uint64_t s, const char *uri, const char *fields,
                     const char *body, const struct sip_user *who)
{
    struct sip_field room[64];
    struct sip_msg   msg;
    struct sp_where  where;
    char             text[4096], lines[1024], *out = lines;
    const char      *at;

    for (at = fields; *at != '\0'; at++) {
        if (*at == '\n')
            *out++ = '\r';
        if (*at == '%')
            out += snprintf(out, sizeof lines - (size_t)(out - lines), "%s", etag);
        else
            *out++ = *at;
    }
    *out = '\0';
    snprintf(text, sizeof text,
             "PUBLISH %s SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:x@h>;tag=f\r\n"
             "To: <%s>\r\nCall-ID: c\r\nCSeq: 1 PUBLISH\r\n%sContent-Length: %zu\r\n\r\n%s",
             uri, uri, lines, strlen(body), body);
    sip_msg_init(&msg, room, 64);
    unit_err(sip_msg_parse(unit_text(text), &msg, &where), SP_OK);
    sip_compositor_take(c, s * 1000000, &msg, who, &answer);
    snprintf(told, sizeof told, "%.*s", SP_ARG(answer.fields));
    at = strstr(told, "SIP-ETag: ");
    if (at != NULL)
        snprintf(etag, sizeof etag, "%.*s", (int)strcspn(at + 10, "\r"), at + 10);
    return answer.status;
}

#define TYPE    "Content-Type: " PIDF "\n"
#define INITIAL "Event: presence\n" TYPE
#define MATCH   "Event: presence\nSIP-If-Match: %\n"

struct step {
    const char *fields, *body;
    uint16_t    status;
};

/* A few PUBLISHes, ten seconds apart from 10 s on; what the last one says; the body that stands.
 * 3903-6-4 */
static const struct story_row {
    struct step steps[4];
    const char *said, *stands;
} stories[] = {
    /* 3903-6-8, 3903-6-12, 3903-6-20, 3903-6-21 */
    { { { INITIAL, "<a/>", 200 } }, "Expires: 3600\r\n", "<a/>" },
    { { { INITIAL "Expires: 99\n", "<a/>", 200 } }, "Expires: 99\r\n", "<a/>" }, /* 3903-6-11 */
    { { { INITIAL "Expires: 9999\n", "<a/>", 200 } }, "Expires: 3600\r\n", "<a/>" },
    /* 3903-6-13 */
    { { { INITIAL "Expires: 59\n", "<a/>", 423 } }, "Min-Expires: 60\r\n", NULL },
    { { { INITIAL "Expires: x\n", "<a/>", 400 } }, "", NULL },
    /* refreshed, modified, removed: 3903-6-16, 3903-6-22 */
    { { { INITIAL, "<a/>", 200 }, { MATCH, "", 200 } }, "SIP-ETag: ", "<a/>" },
    { { { INITIAL, "<a/>", 200 }, { MATCH TYPE, "<b/>", 200 } }, "SIP-ETag: ", "<b/>" },
    { { { INITIAL, "<a/>", 200 }, { MATCH "Expires: 0\n", "", 200 } }, "Expires: 0\r\n", NULL },
    { { { INITIAL, "<a/>", 200 }, { MATCH, "", 200 }, { MATCH, "", 200 }, { MATCH, "", 200 } },
      "",
      "<a/>" },
    /* a PUBLISH that is refused changes nothing: 3903-6-5, 3903-6-18, 3903-6-19 */
    { { { INITIAL, "<a/>", 200 }, { MATCH TYPE "Expires: 5\n", "<b/>", 423 }, { MATCH, "", 200 } },
      "",
      "<a/>" },
    { { { INITIAL, "<a/>", 200 },
        { MATCH "Content-Type: text/plain\n", "b", 415 },
        { MATCH, "", 200 } },
      "",
      "<a/>" },
    /* 3903-6-10 */
    { { { "Event: presence\nSIP-If-Match: x\n" TYPE, "<b/>", 412 } }, "", NULL },
    { { { INITIAL, "<a/>", 200 }, { "Event: x-mine\nSIP-If-Match: %\n", "", 412 } }, "", "<a/>" },
    { { { INITIAL "Expires: 60\n", "<a/>", 200 }, { INITIAL, "<b/>", 200 } }, "", "<b/>" },
    { { { INITIAL, "<a/>", 200 },
        { MATCH "Expires: 0\n", "", 200 },
        { MATCH "Expires: 0\n", "", 412 } },
      "",
      NULL },
    /* 3903-6-9 */
    { { { INITIAL, "<a/>", 200 }, { MATCH "SIP-If-Match: x\n", "", 400 } }, "", "<a/>" },
    { { { "Event: presence\nSIP-If-Match: a b\n", "", 400 } }, "", NULL },
    { { { "Event: presence\nSIP-If-Match:\n", "", 400 } }, "", NULL },
    /* 3903-6-7 */
    { { { TYPE, "<a/>", 489 } }, "Allow-Events: presence, x-mine\r\n", NULL },
    { { { "Event: dialog\n" TYPE, "<a/>", 489 } }, "Allow-Events: presence, x-mine\r\n", NULL },
    /* 3903-6-14, 3903-6-15, 3903-10.1-3 */
    { { { "Event: presence\nContent-Type: text/plain\n", "a", 415 } },
      "Accept: application/pidf+xml\r\n",
      NULL },
    { { { "Event: presence\n", "a", 415 } }, "", NULL },
    { { { "Event: presence\n", "", 400 } }, "", NULL },
    { { { "Event: x-mine\nContent-Type: text/plain\n", "a", 200 } }, "SIP-ETag: ", NULL },
    /* 3903-6-17: nothing stays of an initial one that lasts no time */
    { { { INITIAL "Expires: 0\n", "<a/>", 200 } }, "Expires: 0\r\n", NULL },
    /* 3903-6-1, 3903-6-2, 3903-6-3 */
    { { { INITIAL "Record-Route: <sip:p;lr>\nContact: x y z\n", "<a/>", 200 } },
      "!Record-Route",
      "<a/>" },
};

static bool stands(struct sip_compositor *c, uint64_t s, struct sip_published *state)
{
    struct sip_uri   uri;
    struct sp_where  where;
    struct sp_handle walk = { 0, 0 };

    unit_err(sip_uri_parse(unit_text("sip:%61lice@example.com;x=y"), &uri, &where), SP_OK);
    return sip_compositor_next(c, s * 1000000, &uri, SP_LIT("presence"), &walk, state);
}

START_TEST(story)
{
    const struct story_row *row = &stories[_i];
    struct sip_compositor  *c = compositor(16, 65536);
    struct sip_published    state;
    char                    before[64];

    etag[0] = '\0'; /* of no story before */
    for (int i = 0; i < 4 && row->steps[i].status != 0; i++) {
        snprintf(before, sizeof before, "%s", etag);
        ck_assert_uint_eq(
            take(c, 10 + 10 * (uint64_t)i, ALICE, row->steps[i].fields, row->steps[i].body, NULL),
            row->steps[i].status);
        if (row->steps[i].status == 200)
            ck_assert_str_ne(before, etag); /* 3903-6-23 */
    }
    if (row->said[0] == '!')
        ck_assert_msg(strstr(told, row->said + 1) == NULL, "%s", told);
    else
        ck_assert_msg(strstr(told, row->said) != NULL, "%s", told);
    ck_assert(stands(c, 45, &state) == (row->stands != NULL));
    if (row->stands != NULL) {
        unit_eq(state.body, row->stands);
        unit_eq(state.content_type, PIDF);
        unit_eq(state.aor, ALICE);
    }
    ck_assert(!stands(c, 100000, &state));
    sip_compositor_tick(c, 1000000000000);
    while (sip_compositor_changed(c, &state))
        continue;
    ck_assert_uint_eq(sip_compositor_count(c), 0);
    ck_assert_uint_eq(sip_compositor_deadline(c), SP_NEVER);
}
END_TEST

static const struct sip_user alice = { .username = { "alice", 5 } };

/* 3903-6-6, 3903-14.1-1 */
static const struct right_row {
    const char            *uri;
    const struct sip_user *who;
    uint16_t               status;
} rights[] = {
    { ALICE, NULL, 200 },
    { ALICE, &alice, 200 },
    { "sip:bob@example.com", &alice, 403 },
    { "sip:bob@example.com", NULL, 200 },
    { "sip:alice@other.org", NULL, 404 },
    { "sip:example.com", NULL, 404 },
    { "x", NULL, 400 },
};

START_TEST(whose_state)
{
    ck_assert_uint_eq(
        take(compositor(4, 65536), 1, rights[_i].uri, INITIAL, "<a/>", rights[_i].who),
        rights[_i].status);
}
END_TEST

/* Several sources of one address; each change is told once. */
START_TEST(changes)
{
    struct sip_compositor *c = compositor(4, 65536);
    struct sip_published   state;
    struct sip_uri         uri;
    struct sp_where        where;
    struct sp_handle       walk = { 0, 0 };

    ck_assert(!sip_compositor_changed(c, &state));
    take(c, 10, ALICE, INITIAL "Expires: 100\n", "<a/>", NULL);
    take(c, 20, ALICE, INITIAL "Expires: 200\n", "<b/>", NULL);
    unit_err(sip_uri_parse(unit_text(ALICE), &uri, &where), SP_OK);
    ck_assert(sip_compositor_next(c, 30000000, &uri, SP_LIT("presence"), &walk, &state));
    unit_eq(state.body, "<b/>");
    ck_assert(sip_compositor_next(c, 30000000, &uri, SP_LIT("presence"), &walk, &state));
    unit_eq(state.body, "<a/>");
    ck_assert(!sip_compositor_next(c, 30000000, &uri, SP_LIT("presence"), &walk, &state));
    ck_assert(sip_compositor_changed(c, &state));
    unit_eq(state.body, "<a/>");
    ck_assert(sip_compositor_changed(c, &state));
    unit_eq(state.body, "<b/>");
    ck_assert(!sip_compositor_changed(c, &state));
    take(c, 30, ALICE, MATCH, "", NULL); /* a refresh changes nothing */
    ck_assert(!sip_compositor_changed(c, &state));
    ck_assert_uint_eq(sip_compositor_deadline(c), 110000000);
    sip_compositor_tick(c, 110000000);
    ck_assert(sip_compositor_changed(c, &state));
    unit_eq(state.aor, ALICE);
    unit_eq(state.event, "presence");
    ck_assert_uint_eq(state.body.len, 0);
    ck_assert(!sip_compositor_changed(c, &state));
    ck_assert_uint_eq(sip_compositor_count(c), 1);
}
END_TEST

/* At every capacity from none upward: 503 with Retry-After (3903-9-1, 3903-6-19), or 200. */
START_TEST(every_capacity)
{
    struct sip_compositor *c = compositor((uint32_t)_i % 6,
                                          _i < 6 ? 65536 : 64u * (uint32_t)(_i - 5));
    struct sip_published   state;
    int                    made = 0;

    for (int i = 0; i < 8; i++) {
        uint16_t status = take(c, 1, ALICE, INITIAL, "<a/>", NULL);

        ck_assert(status == 200 || status == 503);
        if (status == 503)
            ck_assert_ptr_nonnull(strstr(told, "Retry-After: "));
        made += status == 200;
    }
    if (_i < 6)
        ck_assert_int_eq(made, _i);
    if (made > 0)
        ck_assert_uint_eq(take(c, 1, ALICE, MATCH, "", NULL), 200);
    sip_compositor_tick(c, 10000000000);
    while (sip_compositor_changed(c, &state))
        continue;
    ck_assert_uint_eq(sip_compositor_count(c), 0);
}
END_TEST

/* An address has its share in each package; what it has can be refreshed and replaced, and others
 * have theirs. */
START_TEST(share_of_an_address)
{
    struct sip_compositor *c;

    share = 2;
    c = compositor(16, 65536);
    ck_assert_uint_eq(take(c, 1, ALICE, INITIAL, "<a/>", NULL), 200);
    ck_assert_uint_eq(take(c, 1, ALICE, INITIAL, "<b/>", NULL), 200);
    ck_assert_uint_eq(take(c, 1, ALICE, INITIAL, "<c/>", NULL), 503);
    ck_assert_ptr_nonnull(strstr(told, "Retry-After: "));
    ck_assert_uint_eq(take(c, 1, "sip:bob@example.com", INITIAL, "<a/>", NULL), 200);
    ck_assert_uint_eq(sip_compositor_count(c), 3);
    ck_assert_uint_eq(take(c, 100000, ALICE, INITIAL, "<c/>", NULL), 200); /* theirs are over */
}
END_TEST

/* ---- our own user agent publishes to it */

static struct sip_compositor *center;

static void serve(struct ua_end *end, const struct sip_ua_action *action)
{
    struct sp_slice empty = { NULL, 0 };

    if (action->kind != SIP_UA_REQUEST)
        return;
    sip_compositor_take(center, end->world->now_us, action->msg, action->who, &answer);
    unit_err(sip_ua_respond(end->ua, end->world->now_us, action->request, answer.status,
                            answer.fields, empty, empty),
             SP_OK);
}

START_TEST(both_sides)
{
    struct sip_ua_config      config = ua_config;
    struct ua_world          *world;
    struct sip_ua_publication one = { .uri = SP_LIT("sip:alice@192.0.2.2"),
                                      .event = SP_LIT("presence"),
                                      .content_type = SP_LIT(PIDF),
                                      .body = SP_LIT("<one/>"),
                                      .expires_s = 300 };
    struct ua_end            *end;

    config.methods |= 1u << SIP_PUBLISH;
    config.accept = SP_LIT("application/sdp, " PIDF);
    config.events = SP_LIT("presence");
    world = ua_world(&config, NULL, false, (uint32_t)_i);
    end = &world->ends[0];
    center = compositor(4, 65536);
    world->loss_percent = (uint32_t)_i % 3 * 15;
    world->ends[1].on_note = serve;
    unit_err(sip_ua_publish(end->ua, world->now_us, &one, &end->request), SP_OK);
    ua_run(world, 20000);
    ua_told(end, "PUBLISHED 200");
    unit_err(sip_ua_republish(end->ua, world->now_us, end->request, SP_LIT(PIDF), SP_LIT("<two/>")),
             SP_OK);
    ua_run(world, 20000);
    ua_told(end, "PUBLISHED 200 again");
    ua_run(world, 300000);
    sip_compositor_tick(center, world->now_us);
    ck_assert_uint_eq(sip_compositor_count(center), 1);
    ua_told(end, "PUBLISHED 200 again");
    unit_err(sip_ua_unpublish(end->ua, world->now_us, end->request), SP_OK);
    ua_run(world, 20000);
    ua_told(end, "UNPUBLISHED 200");
    ua_run(world, 64000);
    ua_empty(end);
}
END_TEST

Suite *test_sip_compositor_suite(void)
{
    Suite *suite = suite_create("sip_compositor");
    TCase *tcase = unit_tcase(suite, "compositor");

    unit_loop(tcase, story, stories);
    unit_loop(tcase, whose_state, rights);
    tcase_add_test(tcase, changes);
    tcase_add_loop_test(tcase, every_capacity, 0, 24);
    tcase_add_test(tcase, share_of_an_address);
    tcase_add_loop_test(tcase, both_sides, 0, 6);
    return suite;
}
