/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_failover.c -- a target that is down costs no request: the next one of its
 * name is tried. RFC 3263 4.3.
 *
 * Every name has the ports 5060 and 5070 of one host; all requests to the first come to nothing. */
#include "callee_unit.h"
#include "caller_unit.h"
#include "unit.h"

#define END (&world->ends[0])

enum how { SILENT, BUSY_503, BOUNCED, REFUSED_500, SILENT_AFTER_100 };

/* The targets of the name that was asked last: both, or the second alone. */
static void resolve(struct ua_world *world, size_t from, size_t count)
{
    struct sp_addr addrs[2];

    unit_err(sp_addr_parse(SP_LIT("192.0.2.2"), &addrs[0]), SP_OK);
    addrs[1] = addrs[0];
    addrs[0].port = 5060;
    addrs[1].port = 5070;
    sip_ua_resolved(END->ua, world->now_us, END->cookie, addrs + from, count);
    ua_drain(END);
}

static void bounce(struct ua_world *world, uint16_t port)
{
    struct sp_flow flow = END->flow;

    flow.remote.port = port;
    sip_ua_closed(END->ua, world->now_us, 0, &flow, SP_TRANSPORT);
    ua_drain(END);
}

/* The request to a target comes to nothing. */
static void let_down(struct ua_world *world, struct sp_slice request, enum how how)
{
    uint16_t port = world->port;

    switch (how) {
    case BUSY_503: ua_callee_answer(world, request, "503 Service Unavailable", "x", ""); break;
    case REFUSED_500: ua_callee_answer(world, request, "500 Oops", "x", ""); break;
    case BOUNCED: bounce(world, port); break;
    case SILENT_AFTER_100: ua_callee_answer(world, request, "100 Trying", "", ""); /* fallthrough */
    case SILENT: ua_run(world, 64 * 500 + 10); break;
    }
}

/* What the other end gets next, but for what it has had already: retransmissions, and the ACK that
 * belongs to the failed request. */
static struct sp_slice expect(struct ua_world *world, const char *start, uint16_t port)
{
    struct sp_slice message;

    do
        message = ua_take(world);
    while (message.len > 0 && world->port != port);
    if (!sp_starts(message, sp_str(start)))
        ck_abort_msg("expected \"%s\", got \"%.*s\"", start, SP_ARG(message));
    return message;
}

static struct sp_slice branch_of(struct sp_slice message)
{
    struct sp_slice via = ua_value(message, "Via");

    return sp_from(via, sp_find_slice(via, SP_LIT("branch=")));
}

/* 3263-4.3-1: identical, but for the branch. */
static void is_again(struct sp_slice first, struct sp_slice second)
{
    struct sp_slice one = branch_of(first), other = branch_of(second);

    ck_assert_uint_eq(first.len, second.len);
    ck_assert_uint_gt(one.len, 23);
    ck_assert(!sp_eq(one, other));
    ck_assert(sp_eq(sp_head(first, (size_t)(one.at - first.at)),
                    sp_head(second, (size_t)(other.at - second.at))));
    ck_assert(sp_eq(sp_from(one, 40), sp_from(other, 40)) || one.len < 40);
    ck_assert(sp_eq(sp_from(first, (size_t)(one.at - first.at) + one.len),
                    sp_from(second, (size_t)(other.at - second.at) + other.len)));
}

static const struct row {
    enum sip_method method;
    enum how        how;
    bool            goes_on;
    const char     *told; /* of the last target, or of the only one */
} rows[] = {
    { SIP_MESSAGE, SILENT, true, "FAILED 408 TIMEOUT F" },
    { SIP_MESSAGE, BUSY_503, true, "RESPONSE 503" },
    { SIP_MESSAGE, BOUNCED, true, "FAILED 503 TRANSPORT" },
    { SIP_MESSAGE, REFUSED_500, false, "RESPONSE 500" },
    { SIP_MESSAGE, SILENT_AFTER_100, false, "RESPONSE 100; FAILED 408 TIMEOUT F" },
    { SIP_INVITE, SILENT, true, "FAILED 408 TIMEOUT B" },
    { SIP_INVITE, BUSY_503, true, "REFUSED 503" },
    { SIP_INVITE, BOUNCED, true, "FAILED 503 TRANSPORT" },
    { SIP_INVITE, REFUSED_500, false, "REFUSED 500" },
};

static void ask(struct ua_world *world, enum sip_method method)
{
    struct sip_ua_request request = ua_request(method, "x");

    request.uri = SP_LIT("sip:bob@b.example");
    if (method == SIP_INVITE)
        unit_err(sip_ua_invite(END->ua, world->now_us, &request, &END->session), SP_OK);
    else
        unit_err(sip_ua_send(END->ua, world->now_us, &request, &END->request), SP_OK);
    ua_drain(END);
    ck_assert_str_eq(END->host, "b.example");
    ck_assert_int_eq(END->question, SP_ASK_NAPTR);
}

/* 3263-4.2-1, 3263-4.2-2, 3261-8.1.2-8, 3261-21.5.4-2: the first is tried, then the next. */
START_TEST(the_next_target)
{
    const struct row *row = &rows[_i];
    struct ua_world  *world = ua_world(NULL, NULL, true, 1);
    struct sp_slice   first, second;
    const char       *start = row->method == SIP_INVITE ? "INVITE " : "MESSAGE ";

    ask(world, row->method);
    resolve(world, 0, 2);
    first = expect(world, start, 5060);
    let_down(world, first, row->how);
    if (row->goes_on) {
        ua_told(END, "");
        second = expect(world, start, 5070);
        is_again(first, second);
        let_down(world, second, row->how);
    }
    ua_told(END, row->told);
    ua_run(world, 64 * 500);
    ua_empty(END);
}
END_TEST

/* The second does what the first did not. */
START_TEST(the_second_answers)
{
    const struct row *row = &rows[_i];
    struct ua_world  *world = ua_world(NULL, NULL, true, 1);
    const char       *start = row->method == SIP_INVITE ? "INVITE " : "MESSAGE ";

    if (!row->goes_on)
        return;
    ask(world, row->method);
    resolve(world, 0, 2);
    let_down(world, expect(world, start, 5060), row->how);
    ua_callee_answer(world, expect(world, start, 5070), "200 OK", "b", CALLEE_CONTACT);
    ua_told(END, row->method == SIP_INVITE ? "ACCEPTED 200" : "RESPONSE 200");
}
END_TEST

/* Records: the next server's addresses are asked for when its turn comes. */
START_TEST(the_next_server)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);
    struct sp_record records[2];
    struct sp_slice  first, second;
    const char      *start = _i == 0 ? "MESSAGE " : "INVITE ";

    memset(records, 0, sizeof records);
    for (int i = 0; i < 2; i++) {
        records[i].order = (uint16_t)i;
        records[i].name_octets = 9;
        memcpy(records[i].name, i == 0 ? "a.example" : "c.example", 9);
    }
    ask(world, _i == 0 ? SIP_MESSAGE : SIP_INVITE);
    sip_ua_found(END->ua, world->now_us, END->cookie, NULL, 0);
    ua_drain(END);
    ck_assert_int_eq(END->question, SP_ASK_SRV);
    ck_assert_str_eq(END->host, "_sip._udp.b.example");
    sip_ua_found(END->ua, world->now_us, END->cookie, records, 2);
    ua_drain(END);
    ck_assert_int_eq(END->question, SP_ASK_ADDRS);
    ck_assert_str_eq(END->host, "a.example");
    resolve(world, 0, 1);
    first = expect(world, start, 5060);
    let_down(world, first, SILENT);
    ck_assert_str_eq(END->host, "c.example");
    ua_told(END, "");
    sip_ua_found(END->ua, world->now_us, END->cookie, records, 2); /* not what was asked */
    resolve(world, 1, 1);
    second = expect(world, start, 5070);
    is_again(first, second);
    let_down(world, second, SILENT);
    ck_assert_str_eq(END->host, "_sip._tcp.b.example"); /* TCP is left */
    sip_ua_resolved(END->ua, world->now_us, END->cookie, NULL, 0);
    ua_drain(END);
    ua_told(END, "FAILED 408 TIMEOUT"); /* what came of those that there were */
    ua_run(world, 64 * 500);
    ua_empty(END);
}
END_TEST

/* A session whose peer said that it is reached by a name; its ACK is sent. */
static struct ua_world *confirmed(void)
{
    struct sp_slice  invite;
    struct ua_world *world = ua_calling(&invite);

    ua_callee_answer(world, invite, "200 OK", "b", "Contact: <sip:bob@c.example:9>\n");
    ua_told(END, "ACCEPTED 200");
    ck_assert_int_eq(END->question, SP_ASK_ADDRS);
    resolve(world, 0, 2);
    ua_expect(world, "ACK sip:bob@c.example:9 ");
    ck_assert_uint_eq(world->port, 5060);
    return world;
}

/* The ACKs to the first target are not heard: after two in vain they go to the second, and stay. */
START_TEST(acks_go_elsewhere)
{
    static const uint16_t ports[] = { 5060, 5070, 5070, 5070 };
    struct sp_slice       invite;
    struct ua_world      *world = ua_calling(&invite);

    ua_callee_answer(world, invite, "200 OK", "b", "Contact: <sip:bob@c.example:9>\n");
    resolve(world, 0, 2);
    ua_expect(world, "ACK sip:bob@c.example:9 ");
    for (int i = 0; i < 4; i++) {
        ua_callee_answer(world, invite, "200 OK", "b", "Contact: <sip:bob@c.example:9>\n");
        ua_expect(world, "ACK sip:bob@c.example:9 ");
        ck_assert_uint_eq(world->port, ports[i]);
    }
    ua_told(END, "ACCEPTED 200");
}
END_TEST

/* BYE and re-INVITE, under the same number. */
START_TEST(within_the_session)
{
    struct ua_world *world = confirmed();
    struct sp_slice  first, second;
    bool             bye = _i % 2 == 0;
    const char      *start = bye ? "BYE " : "INVITE ";

    if (bye)
        unit_err(sip_ua_end(END->ua, world->now_us, END->session), SP_OK);
    else
        unit_err(sip_ua_reinvite(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("again")),
                 SP_OK);
    ua_drain(END);
    first = expect(world, start, 5060);
    let_down(world, first, (enum how)(_i / 2));
    ua_told(END, "");
    second = expect(world, start, 5070);
    is_again(first, second);
    ua_callee_answer(world, second, "200 OK", "b", "Contact: <sip:bob@c.example:9>\n");
    ua_told(END, bye ? "ENDED 200" : "ACCEPTED 200 again");
    if (bye)
        return;
    ua_drain(END);
    expect(world, "ACK ", 5070); /* the session stays with the target that answers */
    unit_err(sip_ua_end(END->ua, world->now_us, END->session), SP_OK);
    ua_drain(END);
    second = expect(world, "BYE ", 5070);
    unit_eq(ua_value(second, "CSeq"), "3 BYE");
}
END_TEST

/* UPDATE too. */
START_TEST(update_within)
{
    struct ua_world *world = confirmed();
    struct sp_slice  first, second, none = { NULL, 0 };

    unit_err(sip_ua_update(END->ua, world->now_us, END->session, none, none), SP_OK);
    ua_drain(END);
    first = expect(world, "UPDATE ", 5060);
    let_down(world, first, (enum how)_i);
    ua_told(END, "");
    second = expect(world, "UPDATE ", 5070);
    is_again(first, second);
    let_down(world, second, (enum how)_i);
    ua_told(END, _i == SILENT     ? "ENDED 408 TIMEOUT"
                 : _i == BUSY_503 ? "ANSWERED 503"
                                  : "ANSWERED 503 TRANSPORT");
}
END_TEST

/* And the PRACK of an early dialog. */
START_TEST(prack_early)
{
    struct ua_world      *world = ua_world(&ua_session_config, NULL, true, 1);
    struct sip_ua_request request = ua_request(SIP_INVITE, "offer");
    struct sp_slice       invite, first, second;

    unit_err(sip_ua_invite(END->ua, world->now_us, &request, &END->session), SP_OK);
    ua_drain(END);
    invite = ua_expect(world, "INVITE ");
    ua_callee_answer(world, invite, "183 Progress", "b",
                     "Contact: <sip:bob@c.example:9>\nRequire: 100rel\nRSeq: 1\n");
    ua_told(END, "PROGRESS 183 reliable");
    resolve(world, 0, 2);
    first = expect(world, "PRACK ", 5060);
    let_down(world, first, (enum how)_i);
    second = expect(world, "PRACK ", 5070);
    is_again(first, second);
    ua_callee_answer(world, second, "200 OK", "", "");
    ua_callee_answer(world, invite, "200 OK", "b", "Contact: <sip:bob@c.example:9>\n");
    ua_told(END, "ACCEPTED 200");
}
END_TEST

/* INFO within a session keeps its number, unless a later one went out meanwhile. */
START_TEST(numbers_within)
{
    struct ua_world      *world = confirmed();
    struct sip_ua_request request = ua_request(SIP_INFO, "x");
    struct sp_handle      handle;
    struct sp_slice       first, second;

    unit_err(sip_ua_send_within(END->ua, world->now_us, END->session, &request, &handle), SP_OK);
    ua_drain(END);
    resolve(world, 0, 2);
    first = expect(world, "INFO ", 5060);
    unit_eq(ua_value(first, "CSeq"), "2 INFO");
    if (_i == 1) {
        unit_err(sip_ua_reinvite(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("again")),
                 SP_OK);
        ua_drain(END);
        ua_callee_answer(world, expect(world, "INVITE ", 5060), "200 OK", "b",
                         "Contact: <sip:bob@c.example:9>\n");
        ua_told(END, "ACCEPTED 200 again");
    }
    let_down(world, first, BUSY_503);
    ua_told(END, "");
    second = expect(world, "INFO ", 5070);
    unit_eq(ua_value(second, "CSeq"), _i == 0 ? "2 INFO" : "4 INFO");
    if (_i == 0)
        is_again(first, second);
    ua_callee_answer(world, second, "200 OK", "b", "");
    ua_told(END, "RESPONSE 200");
}
END_TEST

/* The answer to the question before, which came late, is not that to the one that is open. */
START_TEST(late_answers)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);
    uint64_t         first;

    ask(world, SIP_MESSAGE);
    first = END->cookie;
    sip_ua_found(END->ua, world->now_us, first, NULL, 0);
    ua_drain(END);
    ck_assert_str_eq(END->host, "_sip._udp.b.example");
    ck_assert(END->cookie != first);
    sip_ua_found(END->ua, world->now_us, first, NULL, 0);
    ua_drain(END);
    ck_assert_str_eq(END->host, "_sip._udp.b.example");
    END->cookie = first;
    resolve(world, 0, 2);
    ck_assert_uint_eq(ua_take(world).len, 0);
    ua_told(END, "");
}
END_TEST

/* 3263-4-1, 3263-4-2: what is sent again goes where it went, and nothing is asked anew. */
START_TEST(retransmissions_stay)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);
    unsigned         count = 0;

    ask(world, _i == 0 ? SIP_MESSAGE : SIP_INVITE);
    resolve(world, 0, 2);
    END->host[0] = '\0';
    ua_run(world, 31600);
    for (; ua_take(world).len > 0; count++)
        ck_assert_uint_eq(world->port, 5060);
    ck_assert_uint_eq(count, _i == 0 ? 11 : 7);
    ck_assert_str_eq(END->host, "");
}
END_TEST

/* 3263-4-3, 3263-4-2, 3263-4.4-1: CANCEL, and the ACK for a refusal, go where their INVITE went: to
 * the second.
 */
START_TEST(the_rest_goes_along)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);
    struct sp_slice  invite, cancel;

    ask(world, SIP_INVITE);
    resolve(world, 0, 2);
    let_down(world, expect(world, "INVITE ", 5060), BOUNCED);
    invite = expect(world, "INVITE ", 5070);
    ua_callee_answer(world, invite, "180 Ringing", "b", CALLEE_CONTACT);
    unit_err(sip_ua_end(END->ua, world->now_us, END->session), SP_OK);
    ua_drain(END);
    cancel = ua_expect(world, "CANCEL ");
    ck_assert_uint_eq(world->port, 5070);
    ck_assert(sp_eq(branch_of(cancel), branch_of(invite)));
    ua_callee_answer(world, cancel, "200 OK", "b", "");
    ua_callee_answer(world, invite, "503 Service Unavailable", "b", "");
    ua_expect(world, "ACK ");
    ck_assert_uint_eq(world->port, 5070);
    ua_told(END, "PROGRESS 180; REFUSED 503"); /* nobody else is asked, it was cancelled */
}
END_TEST

Suite *test_sip_failover_suite(void)
{
    Suite *suite = suite_create("sip_failover");
    TCase *tcase = unit_tcase(suite, "failover");

    unit_loop(tcase, the_next_target, rows);
    unit_loop(tcase, the_second_answers, rows);
    tcase_add_loop_test(tcase, the_next_server, 0, 2);
    tcase_add_test(tcase, acks_go_elsewhere);
    tcase_add_loop_test(tcase, within_the_session, 0, 6);
    tcase_add_loop_test(tcase, update_within, 0, 3);
    tcase_add_loop_test(tcase, prack_early, 0, 3);
    tcase_add_loop_test(tcase, numbers_within, 0, 2);
    tcase_add_test(tcase, late_answers);
    tcase_add_loop_test(tcase, retransmissions_stay, 0, 2);
    tcase_add_test(tcase, the_rest_goes_along);
    return suite;
}
