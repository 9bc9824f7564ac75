/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_uas.c -- requests written by hand: the checks of RFC 3261 8.2 and what is
 * answered. */
#include "../../dialog/sip_uas.h"
#include "../../transaction/sip_layer.h"
#include "ua_unit.h"
#include "unit.h"

#include <stdio.h>

#define HEAD(method, uri, to)                                                                      \
    method " " uri " SIP/2.0\n"                                                                    \
           "Via: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1\n"                                          \
           "Max-Forwards: 70\nFrom: Bob <sip:bob@b.example>;tag=b\nTo: <sip:a@a.example>" to "\n"  \
           "Call-ID: one@b\nCSeq: 1 " method "\n"
#define URI     "sip:agent@192.0.2.1"
#define CONTACT "Contact: <sip:bob@192.0.2.2>\n"

/* What goes in, the status of what comes out (NULL: it is handed up), and two texts in it. */
static const struct check_row {
    const char *request, *status, *has, *has_too;
} checks[] = {
    /* 8.2.1 */
    { HEAD("FROB", URI, "") "\n", "501", "", "" },
    { HEAD("message", URI, "") "\n", "501", "", "" }, /* methods keep their case */
    /* 3261-8.2.1-2, 3261-8.2.1-3, 3261-8.2.1-4, 3261-21.4.6-1, 3261-20.5-1 */
    { HEAD("REGISTER", URI, "") "\n", "405",
      "\r\nAllow: INVITE, ACK, BYE, CANCEL, OPTIONS, MESSAGE\r\n", "" },
    { HEAD("SUBSCRIBE", URI, "") "\n", "405", "Allow: ", "" },
    { HEAD("REGISTER", "tel:+1", ";tag=x") "Require: x\n\n", "405", "", "" }, /* first the method */
    /* 3261-8.2.2.1-3 */
    { HEAD("MESSAGE", "tel:+1-201-555-0123", "") "\n", "416", "", "" },
    { HEAD("MESSAGE", "tel:+1", "") "Require: x\n\n", "416", "", "" }, /* then the URI */
    { HEAD("MESSAGE", "sips:agent@a.example", "") "\n", NULL, "", "" },
    /* 3261-8.2.2.1-1: any scheme in To */
    { "MESSAGE " URI " SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1\nMax-Forwards: 70\n"
      "From: <sip:b@b>;tag=b\nTo: <tel:+1>\nCall-ID: 1\nCSeq: 1 MESSAGE\n\n",
      NULL, "", "" },
    /* 3261-12.2.2-1, 3261-15.1.2-1 */
    { HEAD("MESSAGE", URI, ";tag=x") "\n", "481", "", "" },
    { HEAD("BYE", URI, ";tag=x") "\n", "481", "", "" },
    { HEAD("BYE", URI, "") "\n", "481", "", "" },
    { HEAD("INVITE", URI, ";tag=x") CONTACT "\n", "481", "", "" },
    { HEAD("OPTIONS", URI, ";tag=x") "Require: x\n\n", "481", "", "" }, /* then the dialog */
    /* 3261-8.2.2.3-1, 3261-8.2.2.3-2, 3261-21.4.15-1, 3261-20.32-1 */
    { HEAD("MESSAGE", URI, "") "Require: path, frob\nRequire: x\n\n", "420",
      "\r\nUnsupported: frob, x\r\n", "" },
    { HEAD("MESSAGE", URI, "") "Require: PATH , gruu\n\n", NULL, "", "" },
    { HEAD("MESSAGE", URI, "") "Require: x\nContent-Type: a/b\n\nbody", "420", "", "" },
    /* 3261-8.2.2-1, 3261-8.2.2-2 */
    { HEAD("MESSAGE", URI, "") "Frob: x\nExpires: never\nDate: x\n\n", NULL, "", "" },
    /* 8.2.3: 3261-8.2.3-1, 3261-8.2.3-2, 3261-21.4.13-1 */
    { HEAD("MESSAGE", URI, "") "Content-Type: text/html\n\nbody", "415",
      "\r\nAccept: text/plain, image/*\r\n", "" },
    { HEAD("OPTIONS", URI, "") "Content-Type: text/plain\n\nbody", "415",
      "\r\nAccept: application/sdp\r\n", "" },
    { HEAD("MESSAGE", URI, "") "Content-Type: text/plain;charset=UTF-8\n\nbody", NULL, "", "" },
    { HEAD("MESSAGE", URI, "") "c: IMAGE / png\n\nbody", NULL, "", "" },
    { HEAD("MESSAGE", URI, "") "Content-Type: text/html\n\n", NULL, "", "" }, /* no body */
    { HEAD("MESSAGE", URI,
           "") "Content-Type: text/html\nContent-Disposition: render;handling=optional\n\nbody",
      NULL, "", "" },
    /* 3261-23.2-20 */
    { HEAD("MESSAGE", URI,
           "") "Content-Type: text/html\nContent-Disposition: render;handling=required\n\nbody",
      "415", "", "" },
    /* 3261-21.4.1-1 */
    { HEAD("INVITE", URI, "") "Contact: <sip:@>\n\n", "400",
      "SIP/2.0 400 Contact: the value does not match the grammar\r\n", "" },
    /* 3261-8.2.3-3 */
    { HEAD("MESSAGE", URI, "") "Content-Type: text/plain\nContent-Encoding: gzip\n\nbody", "415",
      "\r\nAccept-Encoding: identity\r\n", "" },
    { HEAD("MESSAGE", URI, "") "Content-Type: text/plain\ne: Identity\n\nbody", NULL, "", "" },
    /* 3261-20.15-1 */
    { HEAD("MESSAGE", URI, "") "\nbody", "400", "", "" },
    { HEAD("MESSAGE", URI, "") "Content-Type: x\n\nbody", "400", "", "" },
    /* 20.1, 21.4.7: what the answer to an INVITE may be */
    { HEAD("INVITE", URI, "") CONTACT "Accept: text/plain\n\n", "406", "", "" },
    { HEAD("INVITE", URI, "") CONTACT "Accept: text/*, image/png\nAccept: x/y\n\n", "406", "", "" },
    { HEAD("INVITE", URI, "") CONTACT "Accept:\n\n", "406", "", "" },
    { HEAD("INVITE", URI, "") CONTACT "Accept: x/y\nAccept: application/*\n\n", NULL, "", "" },
    { HEAD("INVITE", URI, "") CONTACT "Accept: application/sdp;level=1\n\n", NULL, "", "" },
    /* 11.2: a body of a type that is accepted, or none */
    { HEAD("OPTIONS", URI, "") "Accept: text/plain\n\n", "200", "\r\nContent-Length: 0\r\n\r\n",
      "" },
    { HEAD("OPTIONS", URI, "") "Accept: text/plain\nAccept: application/*\n\n", "200",
      "\r\nContent-Length: 5\r\n\r\nv=0\r\n", "" },
    /* 3261-11-1, 3261-11.2-2, 3261-11.2-4 */
    { HEAD("OPTIONS", URI, "") "\n", "200",
      "\r\nAllow: INVITE, ACK, BYE, CANCEL, OPTIONS, MESSAGE\r\nSupported: path, gruu\r\n"
      "Accept: application/sdp, text/plain, image/*\r\nAccept-Encoding: identity\r\n"
      "Accept-Language: *\r\n",
      "\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n" },
    { HEAD("OPTIONS", URI, "") "\n", "200", "\r\nContact: <sip:agent@192.0.2.1:5060>\r\n",
      "\r\nServer: unit\r\n" },
};

/* 3261-8.2-3, 3261-8.2.1-1, 3261-8.2.6.1-1, 3261-8.2.6.1-2 */
START_TEST(checked_in_order)
{
    const struct check_row *row = &checks[_i];
    struct ua_world        *world = ua_world(NULL, NULL, true, 1);
    struct sp_slice         response;
    char                    line[32];

    ua_put(world, row->request);
    response = ua_take(world);
    if (row->status == NULL) {
        bool invite = sp_starts(sp_str(row->request), SP_LIT("INVITE"));

        if (invite)
            ck_assert_msg(sp_starts(response, SP_LIT("SIP/2.0 100 ")), "%.*s", SP_ARG(response));
        else
            ck_assert_msg(response.len == 0, "%.*s", SP_ARG(response));
        ua_told(&world->ends[0], invite ? "INVITED" : "REQUEST MESSAGE");
        return;
    }
    snprintf(line, sizeof line, "SIP/2.0 %s ", row->status);
    ck_assert_msg(sp_starts(response, sp_str(line)), "%.*s", SP_ARG(response));
    ck_assert_msg(ua_has(response, row->has), "%.*s", SP_ARG(response));
    ck_assert_msg(ua_has(response, row->has_too), "%.*s", SP_ARG(response));
    ua_told(&world->ends[0], "");
    ck_assert_uint_eq(sip_ua_open(world->ends[0].ua), 0);
}
END_TEST

/* 3261-8.2.6.2-1 to 3261-8.2.6.2-7: what a response takes from its request */
/* 3261-8.2.6.2-2, 3261-8.2.6.2-3, 3261-8.2.6.2-4, 3261-8.2.6.2-5, 3261-8.2.6.2-6 */
START_TEST(response_mirrors_request)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);
    struct ua_end   *end = &world->ends[0];
    struct sp_slice  none = { NULL, 0 }, response, tag;

    ua_put(world, "MESSAGE " URI " SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1\n"
                  "v: SIP/2.0/UDP 203.0.113.1;branch=z9hG4bK0;x=y\nMax-Forwards: 0\n"
                  "f: \"Bob\" <sip:bob@b.example>;tag=b;x\nt: sip:a@a.example\n"
                  "i: one@b\nCSeq: 00017 MESSAGE\nc: text/plain\nl: 2\n\nhi");
    ua_told(end, "REQUEST MESSAGE");
    unit_err(
        sip_ua_respond(end->ua, world->now_us, end->request, 200, SP_LIT("X: y\r\n"), none, none),
        SP_OK);
    ua_drain(end);
    response = ua_expect(world, "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1\r\n");
    ck_assert(ua_has(response, "SIP/2.0/UDP 203.0.113.1;branch=z9hG4bK0;x=y\r\n"));
    unit_eq(ua_value(response, "f"), "\"Bob\" <sip:bob@b.example>;tag=b;x");
    tag = ua_tag(response, "t");
    ck_assert_uint_ge(tag.len, 6);
    ck_assert(ua_has(response, "sip:a@a.example"));
    unit_eq(ua_value(response, "i"), "one@b");
    unit_eq(ua_value(response, "CSeq"), "00017 MESSAGE");
    unit_eq(ua_value(response, "X"), "y");
    /* 3428-7-2, 3428-7-3 */
    unit_eq(ua_value(response, "Content-Length"), "0");
    ck_assert(!ua_has(response, "\r\nContact:"));
    unit_err(sip_ua_respond(end->ua, world->now_us, end->request, 200, none, none, none), SP_STALE);
}
END_TEST

static const struct respond_row {
    uint16_t    status;
    const char *fields, *type, *body;
    enum sp_err err;
} responds[] = {
    { 200, "", "", "", SP_OK },
    { 200, "A: b", "", "", SP_INJECTION },
    { 200, "A: b\r\n\r\n", "", "", SP_INJECTION },
    { 200, "A: b\nC: d\r\n", "", "", SP_INJECTION },
    { 200, "A: b\r\nC: d\r\n", "", "", SP_OK },
    { 200, "", "text/plain", "x", SP_UNSUPPORTED }, /* 3428-7-2 */
    { 415, "", "text/plain", "x", SP_OK },
    { 99, "", "", "", SP_RANGE },
    { 700, "", "", "", SP_RANGE },
};

START_TEST(user_answers)
{
    const struct respond_row *row = &responds[_i];
    struct ua_world          *world = ua_world(NULL, NULL, true, 1);
    struct ua_end            *end = &world->ends[0];
    struct sp_handle          wrong;

    ua_put(world, HEAD("MESSAGE", URI, "") "\n");
    wrong = end->request;
    wrong.generation += 2;
    unit_err(sip_ua_respond(end->ua, world->now_us, wrong, 200, sp_str(""), sp_str(""), sp_str("")),
             SP_STALE);
    unit_err(sip_ua_respond(end->ua, world->now_us, end->request, row->status, sp_str(row->fields),
                            sp_str(row->type), sp_str(row->body)),
             row->err);
    ua_drain(end);
    ck_assert_int_eq(world->count, row->err == SP_OK ? 1 : 0);
}
END_TEST

/* A refusal of the user's own tells what we take, unless the user did. */
START_TEST(user_refuses_a_type)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);
    struct ua_end   *end = &world->ends[0];
    struct sp_slice  none = { NULL, 0 }, response;

    ua_put(world, HEAD("MESSAGE", URI, "") "\n");
    unit_err(sip_ua_respond(end->ua, world->now_us, end->request, 415,
                            _i == 0 ? none : SP_LIT("accept : a/b\r\n"), none, none),
             SP_OK);
    ua_drain(end);
    response = ua_expect(world, "SIP/2.0 415 ");
    unit_eq(ua_value(response, "Accept"), _i == 0 ? "text/plain, image/*" : "");
}
END_TEST

/* 3261-8.2.2.2-1, 3261-8.2.2.2-2: the same request by two paths */
START_TEST(merged_requests)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);
    struct ua_end   *end = &world->ends[0];
    struct sp_slice  none = { NULL, 0 };
    const char      *second = "MESSAGE " URI
                         " SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK2\nMax-Forwards: 70\n"
                         "From: <sip:bob@b.example>;tag=b\nTo: <sip:a@a.example>\nCall-ID: one@b\n"
                         "CSeq: 1 MESSAGE\n\n";

    ua_put(world, HEAD("MESSAGE", URI, "") "\n");
    ua_told(end, "REQUEST MESSAGE");
    ua_put(world, second);
    ua_told(end, "");
    ua_expect(world, "SIP/2.0 482 ");
    unit_err(sip_ua_respond(end->ua, world->now_us, end->request, 200, none, none, none), SP_OK);
    ua_drain(end);
    ua_expect(world, "SIP/2.0 200 ");
    /* When both transactions are over, it is a new request. */
    ua_run(world, 64 * 500);
    ua_put(world, second);
    ua_told(end, "REQUEST MESSAGE");
}
END_TEST

/* 3261-11.2-1: as an INVITE would be answered */
START_TEST(options_when_busy)
{
    struct ua_world      *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_request request = ua_request(SIP_INVITE, "offer");
    struct sp_handle      session;
    struct sp_slice       response;

    for (int i = 0; i < 4; i++)
        unit_err(sip_ua_invite(world->ends[0].ua, world->now_us, &request, &session), SP_OK);
    ua_drain(&world->ends[0]);
    while (ua_take(world).len > 0)
        continue;
    ua_put(world, HEAD("OPTIONS", URI, "") "\n");
    response = ua_expect(world, "SIP/2.0 486 ");
    ck_assert(ua_has(response, "\r\nRetry-After: "));
    ua_put(world, HEAD("INVITE", URI, "") CONTACT "\n"); /* 3261-13.3.1.3-1 */
    (void)ua_expect(world, "SIP/2.0 486 ");
    unit_err(sip_ua_invite(world->ends[0].ua, world->now_us, &request, &session), SP_LIMIT);
}
END_TEST

/* Without sessions an INVITE is not allowed, and OPTIONS says so. */
START_TEST(without_sessions)
{
    struct sp_limits limits;
    struct ua_world *world = ua_world(NULL, NULL, true, 1);

    limits = ua_limits;
    limits.dialogs = 0;
    world = ua_world(NULL, &limits, true, 1);
    ua_put(world, HEAD("OPTIONS", URI, "") "\n");
    ck_assert(
        ua_has(ua_expect(world, "SIP/2.0 200 "), "\r\nAllow: ACK, CANCEL, OPTIONS, MESSAGE\r\n"));
    ua_put(world, HEAD("INVITE", URI, "") CONTACT "\n");
    ua_expect(world, "SIP/2.0 405 ");
}
END_TEST

/* Takes all that is left of the layer's store, or gives it back. */
static void fill(struct ua_world *world, bool full)
{
    static const void *blocks[4096];
    static int         count;
    struct sp_store   *store = &world->ends[0].ua->tx->store;

    if (full) {
        count = 0;
        while ((blocks[count] = sp_store_take(store, 64)) != NULL)
            count++;
        return;
    }
    for (int i = 0; i < count; i++)
        sp_store_give(store, blocks[i]);
}

#define PAD "c2345678901234567890123456789012345678901234567890123456789012345678"

/* A request that just fits a block of 512 octets; its answers but 100, with this Server, do not, so
 * they cannot take its place. */
#define OWED(method, branch, more)                                                                 \
    method " " URI " SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK" branch "\n"               \
           "Max-Forwards: 70\nFrom: <sip:b@b.example>;tag=b\nTo: <sip:a@a.example>\n"              \
           "Call-ID: %s\nCSeq: 1 " method "\n" more "\n"
#define SERVER PAD PAD

static const char *fitted(const char *format)
{
    static char text[1024];
    static char pad[513];
    size_t      octets = strlen(format) - 2;

    for (const char *at = format; *at != '\0'; at++)
        octets += *at == '\n';
    memset(pad, 'c', sizeof pad - 1);
    snprintf(text, sizeof text, format, pad + sizeof pad - 1 - (446 - octets));
    return text;
}

/* An answer for which the store has no room comes when there is some. */
static const struct owed_row {
    const char *first, *second; /* requests; the second finds the store full, but for itself */
    bool        ends;           /* the user ends the session then */
    int         count;
    const char *answers[2];
} oweds[] = {
    { NULL, OWED("OPTIONS", "1", ""), false, 1, { "SIP/2.0 503 " } },
    { NULL, OWED("BYE", "1", ""), false, 1, { "SIP/2.0 481 " } },
    { NULL, OWED("MESSAGE", "1", "Require: x\n"), false, 1, { "SIP/2.0 420 " } },
    { OWED("INVITE", "i", CONTACT),
      OWED("CANCEL", "i", ""),
      false,
      2,
      { "SIP/2.0 200 ", "SIP/2.0 487 " } },
    { OWED("INVITE", "i", CONTACT), NULL, true, 1, { "SIP/2.0 480 " } },
};

static struct ua_world *served_by(const char *server)
{
    struct sip_ua_config config = ua_config;

    config.user_agent = sp_str(server);
    return ua_world(&config, NULL, true, 1);
}

START_TEST(owed_answers_are_paid)
{
    const struct owed_row *row = &oweds[_i];
    struct ua_world       *world = served_by(SERVER);
    struct ua_end         *end = &world->ends[0];
    struct sp_store       *store = &end->ua->tx->store;
    const void            *room;

    if (row->first != NULL) {
        ua_put(world, fitted(row->first));
        ua_expect(world, "SIP/2.0 100 ");
    }
    room = sp_store_take(store, 512);
    fill(world, true);
    sp_store_give(store, room); /* for the request, with what is added to it */
    if (row->second != NULL)
        ua_put(world, fitted(row->second));
    if (row->ends) {
        ck_assert_ptr_nonnull(sp_store_take(store, 512));
        unit_err(sip_ua_end(end->ua, world->now_us, end->session), SP_OK);
        ua_drain(end);
    }
    ck_assert_uint_eq(ua_take(world).len, 0);
    ck_assert_uint_eq(end->ua->owed_count, (unsigned)row->count);
    fill(world, false);
    ua_run(world, 10);
    for (int i = 0; i < row->count; i++)
        ua_expect(world, row->answers[i]);
    ck_assert_uint_eq(end->ua->owed_count, 0);
    ck_assert_uint_eq(sip_ua_open(end->ua), 0);
}
END_TEST

/* What a refusal repeats of its request cannot be written, or is too long: it goes without. */
static const struct unwritable_row {
    const char *head, *unit; /* the field, with '?' for NUL, and what follows it 7,000 times */
    const char *status;
} unwritables[] = {
    { "Require: a?b", "", "SIP/2.0 400 Require: " }, /* no token: the rules see it first */
    { "Require: a", ",a", "SIP/2.0 420 " },
};

START_TEST(refusals_that_cannot_be_written)
{
    const struct unwritable_row *row = &unwritables[_i];
    struct ua_world             *world = ua_world(NULL, NULL, true, 1);
    struct ua_end               *end = &world->ends[0];
    char                        *octets = unit_room(65536);
    struct sp_buf                to = sp_buf(octets, 65536);

    sp_put_text(&to, "MESSAGE " URI " SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1\r\n"
                     "From: <sip:bob@b.example>;tag=b\r\nTo: <sip:a@a.example>\r\n"
                     "Call-ID: one@b\r\nCSeq: 1 MESSAGE\r\n");
    sp_put_text(&to, row->head);
    for (int i = 0; i < 7000; i++)
        sp_put_text(&to, row->unit);
    sp_put_text(&to, "\r\n\r\n");
    for (size_t i = 0; i < to.len; i++)
        if (octets[i] == '?')
            octets[i] = '\0';
    sip_ua_receive(end->ua, world->now_us, &end->flow, unit_octets(octets, to.len));
    ua_drain(end);
    ua_expect(world, row->status);
    ua_run(world, 64000);
    ck_assert_uint_eq(sip_tx_open(end->ua->tx), 0);
}
END_TEST

/* A transaction is owed one thing, however often it is asked for. */
START_TEST(owed_once)
{
    struct sip_ua_request request = ua_request(SIP_INVITE, "offer");
    struct ua_world      *world = ua_world(NULL, NULL, true, 1);
    struct sp_limits      limits = ua_limits;
    struct sip_ua        *ua;
    struct sp_slice       invite;
    char                  text[512];

    limits.transactions = 1;
    world = ua_world(NULL, &limits, true, 1);
    ua = world->ends[0].ua;
    unit_err(sip_ua_invite(ua, world->now_us, &request, &world->ends[0].session), SP_OK);
    ua_drain(&world->ends[0]);
    invite = ua_expect(world, "INVITE ");
    snprintf(text, sizeof text,
             "SIP/2.0 180 Ringing\nVia: %.*s\nFrom: %.*s\nTo: <sip:b@b>;tag=b\nCall-ID: %.*s\n"
             "CSeq: 1 INVITE\n\n",
             SP_ARG(ua_value(invite, "Via")), SP_ARG(ua_value(invite, "From")),
             SP_ARG(ua_value(invite, "Call-ID")));
    ua_put(world, text);
    unit_err(sip_ua_end(ua, world->now_us, world->ends[0].session), SP_OK);
    for (int i = 0; i < 3; i++) {
        sip_uas_cancel(
            ua, sp_pool_handle(&ua->tx->transactions, sp_pool_next(&ua->tx->transactions, NULL)));
        ck_assert_uint_eq(ua->owed_count, 1);
    }
}
END_TEST

/* What its user says finds no room, and is said when there is some. */
START_TEST(user_answers_are_owed)
{
    struct ua_world *world = served_by(SERVER);
    struct ua_end   *end = &world->ends[0];
    struct sp_slice  none = { NULL, 0 };

    ua_put(world, fitted(_i == 0 ? OWED("MESSAGE", "m", "") : OWED("INVITE", "m", CONTACT)));
    while (ua_take(world).len > 0)
        continue;
    fill(world, true);
    if (_i == 0)
        unit_err(sip_ua_respond(end->ua, world->now_us, end->request, 200, none, none, none),
                 SP_OK);
    else
        unit_err(sip_ua_refuse(end->ua, world->now_us, end->session, 603,
                               SP_LIT("Warning: 399 x \"" PAD PAD PAD PAD PAD PAD PAD "\"\r\n")),
                 SP_OK);
    ua_drain(end);
    ck_assert_uint_eq(ua_take(world).len, 0);
    fill(world, false);
    ua_run(world, 10);
    ua_expect(world, _i == 0 ? "SIP/2.0 200 " : "SIP/2.0 603 ");
    ua_run(world, 64000);
    ck_assert_uint_eq(sip_tx_open(end->ua->tx), 0);
    ck_assert_uint_eq(sip_ua_open(end->ua), 0);
}
END_TEST

Suite *test_sip_uas_suite(void)
{
    Suite *suite = suite_create("sip_uas");
    TCase *tcase = unit_tcase(suite, "uas");

    unit_loop(tcase, checked_in_order, checks);
    tcase_add_test(tcase, response_mirrors_request);
    unit_loop(tcase, user_answers, responds);
    tcase_add_loop_test(tcase, user_refuses_a_type, 0, 2);
    tcase_add_test(tcase, merged_requests);
    tcase_add_test(tcase, options_when_busy);
    tcase_add_test(tcase, without_sessions);
    unit_loop(tcase, owed_answers_are_paid, oweds);
    unit_loop(tcase, refusals_that_cannot_be_written, unwritables);
    tcase_add_test(tcase, owed_once);
    tcase_add_loop_test(tcase, user_answers_are_owed, 0, 2);
    return suite;
}
