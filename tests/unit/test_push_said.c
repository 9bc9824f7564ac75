/* SPDX-License-Identifier: MIT
 * tests/unit/test_push_said.c -- what the descriptions of both sides say of MSRP, in every offer
 * and every answer that went over the wire. RFC 4975 8, 14.1; RFC 6135 4. */
#include <stdio.h>

#include "../../msrp/msrp_uri.h"
#include "../../push/push_out.h"
#include "../../sdp/sdp_exchange.h"
#include "../../sdp/sdp_types.h"
#include "push_unit.h"
#include "unit.h"

#define SAID 128

static struct {
    char            ids[SAID][64]; /* session-ids that were said, each once a description */
    int             count;
    int             offers, answers, lines;
    bool            listens;        /* the offerer does */
    char            version[2][64]; /* the o= line and the body said last, of either side */
    struct sp_slice body[2];
} said;

static struct sp_slice value_of(struct sp_slice body, const char *name)
{
    struct sp_slice rest = sp_from(body, sp_find_slice(body, sp_str(name)) + strlen(name));

    return sp_head(rest, sp_find(rest, '\r'));
}

/* 4975-8.2-5, 4975-8.3-2, 4975-14.1-1: hard to guess, at least 80 bits (letters of 32 or more), and
 * one session's alone. */
static void is_secret(struct sp_slice id)
{
    bool upper = false, lower = false, digit = false;

    ck_assert_uint_ge(id.len, 16);
    ck_assert_uint_lt(id.len, sizeof said.ids[0]);
    for (size_t i = 0; i < id.len; i++) {
        upper = upper || (id.at[i] >= 'A' && id.at[i] <= 'Z');
        lower = lower || (id.at[i] >= 'a' && id.at[i] <= 'z');
        digit = digit || sp_is_digit(id.at[i]);
    }
    ck_assert((upper && lower) || (lower && digit) || (upper && digit));
    for (int i = 0; i < said.count; i++)
        ck_assert_msg(!sp_eq(sp_str(said.ids[i]), id), "a session-id of two sessions");
    ck_assert_int_lt(said.count, SAID);
    memcpy(said.ids[said.count], id.at, id.len);
    said.ids[said.count++][id.len] = '\0';
}

/* One m= line that is not refused. */
static void check_line(const struct sdp *sdp, const struct sdp_media *media, bool offer, bool again)
{
    struct sdp_msrp msrp;
    struct msrp_uri uri;
    struct sp_where where;
    struct sp_slice rest, octets;

    said.lines++;
    unit_err(sdp_msrp_read(sdp, media, &msrp, &where), SP_OK);
    unit_err(msrp_path_check(msrp.path, &where), SP_OK); /* 4975-8.2-1 */
    for (rest = msrp.path; msrp_path_next(&rest, &octets);) {
        unit_err(msrp_uri_parse(octets, &uri, &where), SP_OK);
        ck_assert_uint_ne(uri.port, 0); /* 4975-8.2-2 */
    }
    /* the last of them is ours: 4975-8.2-3, 4975-8.1-1, 4975-8.1-5 */
    unit_eq_slice(uri.host, sdp->connection.address);
    ck_assert_uint_eq(uri.port, media->port);
    if (!again)
        is_secret(uri.session_id);
    /* 4975-8.6-1, 4975-8.6-3: message/cpim is mandatory to take (13), and said */
    ck_assert_uint_gt(msrp.accept_types.len, 0);
    ck_assert(sdp_types_allow(msrp.accept_types, SP_LIT("message/cpim")));
    /* 6135-4.2.1-1, 6135-3-1, and what may be said when: 6135-4.2.2-2, 6135-4.2.2-3, 6135-4.2.2-4
     */
    ck_assert_int_ne(msrp.setup, SDP_SETUP_NONE);
    if (offer)
        ck_assert_int_eq(msrp.setup, said.listens ? SDP_SETUP_ACTPASS : SDP_SETUP_ACTIVE);
    /* 6135-4.2.2-1: where a connection is taken, it is taken there */
    if (msrp.setup != SDP_SETUP_ACTIVE)
        ck_assert_uint_eq(uri.port, 2855);
}

/* A description on the wire: from `side`, which offers or answers. */
static void check_body(struct sp_slice body, int side, bool offer)
{
    struct sdp           sdp;
    struct sdp_media     media[16];
    struct sdp_attribute attributes[256];
    struct sp_where      where;
    char                 lines[64];
    bool                 again = sp_eq(body, said.body[side]);

    sdp_init(&sdp, media, 16, attributes, 256);
    unit_err(sdp_parse(body, &sdp, &where), SP_OK);
    /* 4975-8.4-3: the same o= line where nothing changed, and only there */
    snprintf(lines, sizeof lines, "%.*s", SP_ARG(value_of(body, "\no=")));
    if (said.body[side].len > 0)
        ck_assert_int_eq(strcmp(lines, said.version[side]) == 0, again);
    memcpy(said.version[side], lines, sizeof lines);
    said.body[side] = body;
    for (uint32_t i = 0; i < sdp.media_count; i++) {
        char            want[64];
        struct sp_slice line = sdp.media[i].port == 0 ? sp_slice(NULL, 0) : body;

        ck_assert(
            sdp_is_msrp(&sdp.media[i])); /* 4975-8.1-2, 4975-8.1-3, 4975-8.1-4: to the letter */
        snprintf(want, sizeof want, "\r\nm=message %u TCP/MSRP *\r\n", sdp.media[i].port);
        ck_assert_uint_lt(sp_find_slice(body, sp_str(want)), body.len);
        if (line.len > 0)
            check_line(&sdp, &sdp.media[i], offer, again);
    }
    if (offer)
        said.offers++;
    else
        said.answers++;
}

/* All that was said between the two, in its order; requests and responses carry their sides in
 * From, whose tag tells who began the dialog. */
static void check_wire(const struct push_unit *unit)
{
    struct sp_slice rest = sp_slice(unit->wire, unit->wire_octets);

    memset(&said, 0, sizeof said);
    said.listens = unit->sender->link.listeners[0].id != 0;
    while (rest.len > 0) {
        size_t          at = sp_find_slice(rest, SP_LIT("\r\n\r\n"));
        struct sp_slice head = sp_head(rest, at + 4), body;
        uint64_t        octets = 0;

        unit_err(sp_to_u64(value_of(head, "\nContent-Length: "), 65536, &octets), SP_OK);
        body = sp_head(sp_from(rest, head.len), (size_t)octets);
        rest = sp_from(rest, head.len + (size_t)octets);
        if (body.len == 0 || !sp_starts(body, SP_LIT("v=0")))
            continue;
        if (sp_starts(head, SP_LIT("SIP/2.0 2")))
            check_body(body, 1, false);
        else if (sp_starts(head, SP_LIT("INVITE ")))
            check_body(body, 0, true);
    }
}

static struct push_content contents[4];

static void make(void)
{
    contents[0] = push_unit_content("a", "image/png", push_unit_pattern(5000, 1), false);
    contents[1] = push_unit_content("", "text/plain", push_unit_pattern(300, 2), false);
    contents[2] = push_unit_content("b", "text/html", push_unit_pattern(70000, 3), false);
    contents[3] = push_unit_content("c", "image/png", push_unit_pattern(9, 4), false);
}

/* In sequence each file is another offer: the answerer's path is another then, and is used,
 * 4975-8.4-1, 4975-8.4-2. In parallel all lines have one port, and are told apart, 4975-8.1-6. A
 * line that is refused has port 0, 4975-8.1-5. */
START_TEST(every_description)
{
    struct push_receiver_config three = { .accept_types = SP_LIT("text/*, image/png") };
    struct push_unit           *unit = push_unit_new(NULL, NULL, _i < 6 ? NULL : &three);
    bool                        parallel = _i % 2 == 0, refuses = _i == 2 || _i == 3;

    make();
    if (_i == 4 || _i == 5) /* it cannot be connected to: 6135-4.2.2-3 */
        unit->sender->link.listeners[0].id = 0;
    if (refuses)
        unit->decide[1] = 603;
    unit_err(push_unit_order(unit, PUSH_SESSION, parallel, contents, 4), SP_OK);
    push_unit_finish(unit);
    check_wire(unit);
    ck_assert_int_ge(said.offers, parallel ? 1 : 3);
    ck_assert_int_eq(said.answers, said.offers);
    ck_assert_int_ge(said.lines, 6);
    for (int i = 0; i < 4; i++)
        ck_assert(unit->outs[i].err == SP_OK || (refuses && unit->outs[i].err == SP_REFUSED));
}
END_TEST

Suite *test_push_said_suite(void)
{
    Suite *suite = suite_create("push_said");
    TCase *tcase = unit_tcase(suite, "push_said");

    tcase_add_loop_test(tcase, every_description, 0, 8);
    return suite;
}
