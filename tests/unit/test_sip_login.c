/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_login.c -- Digest as a client, against a server written by hand. */
#include "callee_unit.h"
#include "caller_unit.h"
#include "unit.h"

#include <stdio.h>

#define END (&world->ends[0])

static const struct sp_slice none = { NULL, 0 };

/* A response to `request` with further lines. */
static void answer(struct ua_world *world, struct sp_slice request, const char *status,
                   const char *more)
{
    struct sp_slice to = ua_value(request, "To");
    char            text[4096];

    snprintf(text, sizeof text,
             "SIP/2.0 %s\nVia: %.*s\nFrom: %.*s\nTo: %.*s%s\nCall-ID: %.*s\nCSeq: %.*s\n%s\n",
             status, SP_ARG(ua_value(request, "Via")), SP_ARG(ua_value(request, "From")),
             SP_ARG(to), ua_has(to, ";tag=") ? "" : ";tag=s", SP_ARG(ua_value(request, "Call-ID")),
             SP_ARG(ua_value(request, "CSeq")), more);
    ua_put(world, text);
}

static struct ua_world *with_login(void)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);

    unit_err(sip_ua_login(END->ua, sp_str(""), SP_LIT("bob"), SP_LIT("zanzibar")), SP_OK);
    unit_err(sip_ua_login(END->ua, SP_LIT("proxy \"p\""), SP_LIT("al\"ice"), SP_LIT("secret")),
             SP_OK);
    return world;
}

static struct sp_slice sent(struct ua_world *world, enum sip_method method)
{
    struct sip_ua_request request = ua_request(method, "hello");
    struct sp_handle      handle;

    if (method == SIP_INVITE)
        unit_err(sip_ua_invite(END->ua, world->now_us, &request, &END->session), SP_OK);
    else
        unit_err(sip_ua_send(END->ua, world->now_us, &request, &handle), SP_OK);
    ua_drain(END);
    return ua_expect(world, method == SIP_INVITE ? "INVITE " : "MESSAGE ");
}

/* The value of a parameter of Authorization, without quotes. */
static struct sp_slice param(struct sp_slice field, const char *name)
{
    char            key[32];
    struct sp_slice value;

    snprintf(key, sizeof key, " %s=", name);
    value = sp_from(field, sp_find_slice(field, sp_str(key)));
    if (value.len == 0)
        return value;
    value = sp_from(value, strlen(key));
    if (value.at[0] == '"')
        return sp_head(sp_from(value, 1), sp_find(sp_from(value, 1), '"'));
    return sp_head(value, sp_find(value, ','));
}

/* The response that a server expects. */
static void check_response(struct sp_slice request, struct sp_slice field, const char *username,
                           const char *realm, const char *password, enum sp_digest_qop qop)
{
    char             ha1[SP_DIGEST_HEX], hex[SP_DIGEST_HEX];
    struct sp_digest d;

    ck_assert(sp_digest_algorithm_of(param(field, "algorithm"), &d.algorithm));
    d.ha1 = sp_digest_ha1(d.algorithm.hash, sp_str(username), sp_str(realm), sp_str(password), ha1);
    d.qop = qop;
    d.nonce = param(field, "nonce");
    d.nc = param(field, "nc");
    d.cnonce = param(field, "cnonce");
    d.method = sp_head(request, sp_find(request, ' '));
    d.uri = SP_LIT("sip:bob@192.0.2.2");
    d.body = sp_from(request, sp_find_slice(request, SP_LIT("\r\n\r\n")) + 4);
    unit_eq_slice(param(field, "response"), sp_digest_response(&d, hex));
    unit_eq_slice(param(field, "uri"), d.uri);
}

#define CHALLENGE(more) "WWW-Authenticate: Digest realm=\"r\", nonce=\"n1\"" more "\n"

static const struct try_row {
    const char        *fields;
    bool               again;
    enum sp_digest_qop qop;
    const char        *algorithm, *has;
} tries[] = {
    { CHALLENGE(", qop=\"auth\", algorithm=SHA-256, opaque=\"o,o\""), true, SP_DIGEST_AUTH,
      "SHA-256", ", opaque=\"o,o\"" },
    { CHALLENGE(""), true, SP_DIGEST_NO_QOP, "", "" }, /* RFC 2069 */
    { CHALLENGE(", qop=\"auth-int\", algorithm=MD5"), true, SP_DIGEST_AUTH_INT, "MD5",
      " qop=auth-int," },
    { CHALLENGE(", qop=\"auth-int,auth\", algorithm=SHA-512-256"), true, SP_DIGEST_AUTH,
      "SHA-512-256", " qop=auth, nc=00000001" },
    { CHALLENGE(", qop=\"auth\", algorithm=MD5-sess"), true, SP_DIGEST_AUTH, "MD5-sess", "" },
    /* 7616-3.4.4-2 */
    { CHALLENGE(", qop=\"auth\", algorithm=SHA-256, userhash=true"), true, SP_DIGEST_AUTH,
      "SHA-256", ", userhash=true" },
    /* 8760-2.4-1, 8760-2.4-2, 7616-3.7-3: the topmost that we know */
    { "WWW-Authenticate: Digest realm=\"r\", nonce=\"n0\", qop=\"auth\", algorithm=SHA3\n"
      "WWW-Authenticate: Basic realm=\"r\"\n"
      "WWW-Authenticate: Digest realm=\"r\", nonce=\"n1\", qop=\"auth\", algorithm=SHA-256\n"
      "WWW-Authenticate: Digest realm=\"r\", nonce=\"n1\", qop=\"auth\", algorithm=MD5\n",
      true, SP_DIGEST_AUTH, "SHA-256", "" },
    /* 3261-22-2, 8760-2.6-1 */
    { "WWW-Authenticate: Basic realm=\"r\"\n", false, SP_DIGEST_AUTH, "", "" },
    { "WWW-Authenticate: Digest nonce=\"n1\"\n", false, SP_DIGEST_AUTH, "", "" },
    { CHALLENGE(", qop=\"auth-conf\""), false, SP_DIGEST_AUTH, "", "" },
    { "WWW-Authenticate: Digest\n", false, SP_DIGEST_AUTH, "", "" },
    { "", false, SP_DIGEST_AUTH, "", "" },
};

/* 3261-8.1.3.5-1, 3261-8.1.3.5-6, 3261-22.2-2, 3261-22.2-4, 3261-22.4-3, 3261-22.4-4, 3261-22.4-6,
 * 7616-3.4-5, 7616-3.4-6, 8760-2.6-2, 8760-2.6-4, 8760-2.6-5 */
/* 7616-3.3-2, 7616-3.3-3, 7616-3.3-7, 7616-3.3-8, 7616-3.4-2, 7616-3.4-3, 7616-3.4-4,
 * 7616-3.4.6-1, 7616-3.4.6-2 */
/* 8760-2.4-4, 3261-26.3.2.1-8 */
START_TEST(challenged)
{
    const struct try_row *row = &tries[_i];
    struct ua_world      *world = with_login();
    struct sp_slice       first = sent(world, SIP_MESSAGE), again, field;

    answer(world, first, "401 Unauthorized", row->fields);
    if (!row->again) {
        ua_told(END, "RESPONSE 401");
        ck_assert_uint_eq(ua_take(world).len, 0);
        return;
    }
    ua_told(END, "");
    again = ua_expect(world, "MESSAGE sip:bob@192.0.2.2 ");
    unit_eq(ua_value(again, "CSeq"), "2 MESSAGE");
    unit_eq_slice(ua_value(again, "Call-ID"), ua_value(first, "Call-ID"));
    unit_eq_slice(ua_value(again, "From"), ua_value(first, "From"));
    unit_eq_slice(ua_value(again, "To"), ua_value(first, "To"));
    field = ua_value(again, "Authorization");
    ck_assert(!ua_has(sp_slice(field.at, (size_t)(again.at + again.len - field.at)),
                      "\r\nAuthorization:")); /* one a realm */
    unit_eq(param(field, "nonce"), "n1");
    unit_eq(param(field, "algorithm"), row->algorithm);
    ck_assert_msg(ua_has(field, row->has), "%.*s", SP_ARG(field));
    ck_assert((param(field, "cnonce").len > 0) == (row->qop != SP_DIGEST_NO_QOP));
    check_response(again, field, "bob", "r", "zanzibar", row->qop);
    answer(world, again, "200 OK", "");
    ua_told(END, "RESPONSE 200");
    ua_run(world, 64 * 500);
    ck_assert_uint_eq(sip_ua_open(END->ua), 0);
}
END_TEST

/* 3261-22.1-11, 7616-3.3-6: what was refused is not tried again; a stale nonce is */
START_TEST(refused_and_stale)
{
    struct ua_world *world = with_login();
    struct sp_slice  request = sent(world, SIP_MESSAGE);

    answer(world, request, "401 No", CHALLENGE(", qop=\"auth\""));
    request = ua_expect(world, "MESSAGE ");
    answer(world, request, "401 No",
           "WWW-Authenticate: Digest realm=\"r\", nonce=\"n2\", qop=\"auth\", stale=TRUE\n");
    request = ua_expect(world, "MESSAGE ");
    unit_eq(param(ua_value(request, "Authorization"), "nonce"), "n2");
    unit_eq(param(ua_value(request, "Authorization"), "nc"), "00000001");
    unit_eq(ua_value(request, "CSeq"), "3 MESSAGE");
    answer(world, request, "401 No",
           "WWW-Authenticate: Digest realm=\"r\", nonce=\"n3\", qop=\"auth\", stale=false\n");
    ua_told(END, "RESPONSE 401");
    ck_assert_uint_eq(ua_take(world).len, 0);
}
END_TEST

/* Stale for ever is given up. */
START_TEST(stale_without_end)
{
    struct ua_world *world = with_login();
    struct sp_slice  request = sent(world, SIP_MESSAGE);
    int              count = 0;

    for (; request.len > 0 && count < 20; count++) {
        answer(world, request, "401 No", CHALLENGE(", qop=\"auth\", stale=true"));
        request = ua_take(world);
    }
    ck_assert_int_eq(count, 7);
    ua_told(END, "RESPONSE 401");
}
END_TEST

/* 3261-22.3-4, 3261-22.3-12: a proxy, then the server: both at once, each with its own login and
 * count */
/* 3261-22.3-7, 3261-22.3-13, 3261-21.4.8-1 */
/* 7616-3.8-2 */
START_TEST(proxy_and_server)
{
    struct ua_world *world = with_login();
    struct sp_slice  request = sent(world, SIP_MESSAGE), field;

    answer(world, request, "407 Proxy",
           "Proxy-Authenticate: Digest realm=\"proxy \\\"p\\\"\", nonce=\"p1\", qop=\"auth\"\n");
    request = ua_expect(world, "MESSAGE ");
    ck_assert_uint_eq(ua_value(request, "Authorization").len, 0);
    answer(world, request, "401 No", CHALLENGE(", qop=\"auth\""));
    request = ua_expect(world, "MESSAGE ");
    field = ua_value(request, "Proxy-Authorization");
    ck_assert(ua_has(field, "username=\"al\\\"ice\", realm=\"proxy \\\"p\\\"\", nonce=\"p1\""));
    unit_eq(param(field, "nc"), "00000002");
    check_response(request, field, "al\"ice", "proxy \"p\"", "secret", SP_DIGEST_AUTH);
    field = ua_value(request, "Authorization");
    unit_eq(param(field, "nc"), "00000001");
    check_response(request, field, "bob", "r", "zanzibar", SP_DIGEST_AUTH);
    unit_eq(ua_value(request, "CSeq"), "3 MESSAGE");
    answer(world, request, "200 OK", "");
    ua_told(END, "RESPONSE 200");
    /* what was shown to a proxy is not shown to the next one */
    request = sent(world, SIP_MESSAGE);
    ck_assert_uint_eq(ua_value(request, "Proxy-Authorization").len, 0);
}
END_TEST

/* The next request, with this nonce for the `nc`th time. */
static struct sp_slice expect_nonce(struct ua_world *world, const char *start, const char *nonce,
                                    const char *nc)
{
    struct sp_slice request = ua_expect(world, start);

    unit_eq(param(ua_value(request, "Authorization"), "nonce"), nonce);
    unit_eq(param(ua_value(request, "Authorization"), "nc"), nc);
    return request;
}

/* 3261-13.2.2.4-5: the ACK has the credentials of its INVITE; later requests of the session have
 * new ones */
START_TEST(session_with_credentials)
{
    struct ua_world *world = with_login();
    struct sp_slice  request = sent(world, SIP_INVITE), ack, bye;

    answer(world, request, "401 No", CHALLENGE(", qop=\"auth\""));
    ua_expect(world, "ACK ");
    request = ua_expect(world, "INVITE ");
    unit_eq(ua_value(request, "CSeq"), "2 INVITE");
    ck_assert(ua_has(request, "\r\n\r\nhello"));
    answer(world, request, "200 OK", "Contact: <sip:bob@192.0.2.2>\n");
    ua_told(END, "ACCEPTED 200");
    ack = ua_expect(world, "ACK ");
    unit_eq(ua_value(ack, "CSeq"), "2 ACK");
    unit_eq_slice(ua_value(ack, "Authorization"), ua_value(request, "Authorization"));
    unit_err(sip_ua_reinvite(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("more")), SP_OK);
    ua_drain(END);
    request = ua_expect(world, "INVITE ");
    unit_eq(param(ua_value(request, "Authorization"), "nc"), "00000002");
    answer(world, request, "407 Proxy", "Proxy-Authenticate: Digest realm=\"q\", nonce=\"p1\"\n");
    ua_expect(world, "ACK ");
    request = ua_expect(world, "INVITE ");
    unit_eq(ua_value(request, "CSeq"), "4 INVITE");
    answer(world, request, "200 OK", "");
    ua_told(END, "ACCEPTED 200 again");
    ack = ua_expect(world, "ACK ");
    unit_eq_slice(ua_value(ack, "Proxy-Authorization"), ua_value(request, "Proxy-Authorization"));
    unit_err(sip_ua_end(END->ua, world->now_us, END->session), SP_OK);
    ua_drain(END);
    bye = ua_expect(world, "BYE ");
    unit_eq(ua_value(bye, "CSeq"), "5 BYE");
    answer(world, bye, "401 No",
           "WWW-Authenticate: Digest realm=\"r\", nonce=\"n2\", qop=\"auth\", stale=true\n");
    bye = ua_expect(world, "BYE ");
    unit_eq(ua_value(bye, "CSeq"), "6 BYE");
    unit_eq(param(ua_value(bye, "Authorization"), "nonce"), "n2");
    answer(world, bye, "200 OK", "");
    ua_told(END, "ENDED 200");
    ua_run(world, 64 * 500);
    ck_assert_uint_eq(sip_ua_open(END->ua), 0);
}
END_TEST

/* 7616-3.5-1: what each 2xx of a session says is the next nonce is that of its next request: to
 * PRACK, INVITE, UPDATE and re-INVITE. The ACK has what the INVITE had. */
START_TEST(session_takes_the_next_nonce)
{
    struct ua_world *world = ua_world(&ua_session_config, NULL, true, 1);
    struct sp_slice  request, credentials;

    unit_err(sip_ua_login(END->ua, none, SP_LIT("bob"), SP_LIT("zanzibar")), SP_OK);
    request = sent(world, SIP_INVITE);
    answer(world, request, "401 No", CHALLENGE(", qop=\"auth\""));
    ua_expect(world, "ACK ");
    request = ua_expect(world, "INVITE ");
    credentials = ua_value(request, "Authorization");
    answer(world, request, "183 Ringing",
           CALLEE_CONTACT "Require: 100rel\nRSeq: 1\n" CALLER_SDP "answer");
    answer(world, expect_nonce(world, "PRACK ", "n1", "00000002"), "200 OK",
           "Authentication-Info: nextnonce=\"a\"\n");
    unit_err(sip_ua_update(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("more")), SP_OK);
    ua_drain(END);
    answer(world, expect_nonce(world, "UPDATE ", "a", "00000001"), "200 OK",
           CALLEE_CONTACT "Authentication-Info: nextnonce=\"b\"\n" CALLER_SDP "answer");
    answer(world, request, "200 OK", CALLEE_CONTACT "Authentication-Info: nextnonce=\"c\"\n");
    unit_eq_slice(ua_value(ua_expect(world, "ACK "), "Authorization"), credentials);
    unit_err(sip_ua_reinvite(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("more")), SP_OK);
    ua_drain(END);
    request = expect_nonce(world, "INVITE ", "c", "00000001");
    answer(world, request, "200 OK",
           CALLEE_CONTACT "Authentication-Info: nextnonce=\"d\"\n" CALLER_SDP "answer");
    unit_eq(param(ua_value(ua_expect(world, "ACK "), "Authorization"), "nonce"), "c");
    unit_err(sip_ua_end(END->ua, world->now_us, END->session), SP_OK);
    ua_drain(END);
    expect_nonce(world, "BYE ", "d", "00000001");
}
END_TEST

/* The other branches of a fork get the same credentials in their ACK. */
START_TEST(fork_with_credentials)
{
    struct ua_world *world = with_login();
    struct sp_slice  request = sent(world, SIP_INVITE), ack;
    char             text[2048];

    answer(world, request, "401 No", CHALLENGE(", qop=\"auth\""));
    ua_expect(world, "ACK ");
    request = ua_expect(world, "INVITE ");
    answer(world, request, "200 OK", "Contact: <sip:bob@192.0.2.2>\n");
    ua_expect(world, "ACK ");
    snprintf(
        text, sizeof text,
        "SIP/2.0 200 OK\nVia: %.*s\nFrom: %.*s\nTo: %.*s;tag=other\nCall-ID: %.*s\nCSeq: %.*s\n"
        "Contact: <sip:carol@192.0.2.2>\n\n",
        SP_ARG(ua_value(request, "Via")), SP_ARG(ua_value(request, "From")),
        SP_ARG(ua_value(request, "To")), SP_ARG(ua_value(request, "Call-ID")),
        SP_ARG(ua_value(request, "CSeq")));
    ua_put(world, text);
    ack = ua_expect(world, "ACK sip:carol@192.0.2.2 ");
    unit_eq_slice(ua_value(ack, "Authorization"), ua_value(request, "Authorization"));
    ua_expect(world, "BYE sip:carol@192.0.2.2 ");
}
END_TEST

/* What was shown to one server is not shown to the target that it names: MESSAGE and INVITE. */
START_TEST(redirected_with_credentials)
{
    struct ua_world      *world = with_login();
    struct sip_ua_request request = ua_request(_i == 0 ? SIP_MESSAGE : SIP_INVITE, "x");
    struct sp_handle      handle;
    struct sp_slice       message;

    request.follow = 3;
    unit_err(_i == 0 ? sip_ua_send(END->ua, world->now_us, &request, &handle)
                     : sip_ua_invite(END->ua, world->now_us, &request, &handle),
             SP_OK);
    ua_drain(END);
    answer(world, ua_take(world), "401 No", CHALLENGE(", qop=\"auth\""));
    if (_i == 1)
        ua_expect(world, "ACK ");
    message = ua_take(world);
    ck_assert_uint_gt(ua_value(message, "Authorization").len, 0);
    answer(world, message, "302 Moved", "Contact: <sip:other@192.0.2.2>\n");
    if (_i == 1)
        ua_expect(world, "ACK ");
    message = ua_take(world);
    ck_assert(ua_has(message, " sip:other@192.0.2.2 "));
    ck_assert_uint_eq(ua_value(message, "Authorization").len, 0);
}
END_TEST

/* Ended while the challenge is on its way: no second INVITE. */
START_TEST(challenged_when_it_was_ended)
{
    struct ua_world *world = with_login();
    struct sp_slice  request = sent(world, SIP_INVITE);

    unit_err(sip_ua_end(END->ua, world->now_us, END->session), SP_OK);
    answer(world, request, "401 No", CHALLENGE(", qop=\"auth\""));
    ua_told(END, "REFUSED 401");
    ua_expect(world, "ACK ");
    ck_assert_uint_eq(ua_take(world).len, 0);
}
END_TEST

START_TEST(without_a_login)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);
    struct sp_slice  request;

    unit_err(sip_ua_login(END->ua, SP_LIT("other"), SP_LIT("a"), SP_LIT("b")), SP_OK);
    request = sent(world, SIP_MESSAGE);
    answer(world, request, "401 No", CHALLENGE(", qop=\"auth\""));
    ua_told(END, "RESPONSE 401");
    for (int i = 1; i < SIP_UA_LOGINS; i++)
        unit_err(sip_ua_login(END->ua, sp_str(""), SP_LIT("a"), SP_LIT("b")), SP_OK);
    unit_err(sip_ua_login(END->ua, sp_str(""), SP_LIT("a"), SP_LIT("b")), SP_LIMIT);
}
END_TEST

/* The count is hexadecimal and eight digits wide. */
START_TEST(nonce_counts)
{
    struct sp_slice       request = UNIT_LIT("x");
    struct sip_login      login = { .username = SP_LIT("a"), .password = SP_LIT("b") };
    struct ua_world      *world = with_login();
    struct sip_login_room room = { .logins = &login,
                                   .count = 1,
                                   .store = &END->ua->store,
                                   .ident = &END->ua->ident,
                                   .text = unit_room(512),
                                   .most = 512 };
    struct sip_challenges challenges = { 0 };
    struct sip_field      fields[8];
    struct sip_msg        msg;
    struct sp_where       where;
    char                  want[16];

    sip_msg_init(&msg, fields, 8);
    unit_err(sip_msg_parse(SP_LIT("SIP/2.0 401 x\r\nWWW-Authenticate: Digest realm=\"r\",\r\n "
                                  "nonce=\"n\", qop=\"auth\"\r\n\r\n"),
                           &msg, &where),
             SP_OK);
    unit_err(sip_challenges_take(&challenges, &room, &msg), SP_OK);
    for (unsigned i = 1; i < 0x120; i++) {
        struct sp_buf to = sp_buf(unit_room(1024), 1024);

        sip_put_credentials(&to, &challenges, &room, SP_LIT("M"), SP_LIT("sip:x"), request);
        snprintf(want, sizeof want, "%08x", i);
        unit_eq(param(sp_head(sp_written(&to), to.len - 2), "nc"), want);
    }
    sip_challenges_free(&challenges, &END->ua->store);
}
END_TEST

Suite *test_sip_login_suite(void)
{
    Suite *suite = suite_create("sip_login");
    TCase *tcase = unit_tcase(suite, "login");

    unit_loop(tcase, challenged, tries);
    tcase_add_test(tcase, refused_and_stale);
    tcase_add_test(tcase, stale_without_end);
    tcase_add_test(tcase, proxy_and_server);
    tcase_add_test(tcase, session_with_credentials);
    tcase_add_test(tcase, session_takes_the_next_nonce);
    tcase_add_test(tcase, fork_with_credentials);
    tcase_add_loop_test(tcase, redirected_with_credentials, 0, 2);
    tcase_add_test(tcase, challenged_when_it_was_ended);
    tcase_add_test(tcase, without_a_login);
    tcase_add_test(tcase, nonce_counts);
    return suite;
}
