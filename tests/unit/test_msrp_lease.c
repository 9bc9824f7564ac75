/* SPDX-License-Identifier: MIT
 * tests/unit/test_msrp_lease.c -- URIs of relays: asked for, renewed, lived on. RFC 4976 5.1. */
#include "msrp_unit.h"

#include <stdio.h>

#define RELAY "msrp://192.0.2.9:2855;tcp"
#define OWN   "msrp://b:1/t;tcp"

static enum sp_err use(struct msrp_side *side, const char *relays, uint32_t expires_s)
{
    struct msrp_relay_config config = { .relays = sp_str(relays),
                                        .own = SP_LIT(OWN),
                                        .username = SP_LIT("Alice"),
                                        .password = SP_LIT("secret"),
                                        .expires_s = expires_s,
                                        .user = 5 };
    struct sp_handle         relay;
    enum sp_err              err = msrp_use_relay(side->agent, side->now_us, &config, &relay);

    msrp_side_drain(side);
    return err;
}

/* The relay's response to the last request. */
static void answers(struct msrp_side *side, const char *status, const char *fields)
{
    char text[1024];

    snprintf(text, sizeof text,
             "MSRP %s %s\r\nTo-Path: " OWN "\r\nFrom-Path: " RELAY "\r\n%s-------%s$\r\n",
             side->last_id[0], status, fields, side->last_id[0]);
    msrp_side_in(side, 1, text);
}

#define CHALLENGE                                                                                  \
    "WWW-Authenticate: Digest realm=\"r\", qop=\"auth\", nonce=\"n1\", domain=\"/x\"\r\n"
#define GIVES "Use-Path: msrp://192.0.2.9:2855/u1;tcp\r\nExpires: 400\r\n"

/* Asked, challenged, given. */
static void hold(struct msrp_side *side)
{
    unit_err(use(side, RELAY, 0), SP_OK);
    msrp_side_connected(side, 1);
    answers(side, "401 Unauthorized", CHALLENGE);
    answers(side, "200 OK", GIVES);
    msrp_side_log(side, "CONNECT 192.0.2.9:2855\nAUTH " RELAY " $\nAUTH " RELAY " Digest $\n"
                        "RELAYED msrp://192.0.2.9:2855/u1;tcp " OWN "\n");
}

/* 6135-4.5-1, 4976-5.1-1, 4976-5.1-2, 4976-5.1-5: a connection, AUTH without credentials, then with
 * them. */
START_TEST(one_relay)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    hold(&side);
    unit_err(msrp_leave_relay(side.agent, side.now_us, side.relay), SP_OK);
    msrp_side_drain(&side);
    msrp_side_log(&side, "CLOSE 1\n");
    msrp_side_empty(&side);
    unit_err(msrp_leave_relay(side.agent, side.now_us, side.relay), SP_STALE);
}
END_TEST

/* 4976-5.1-6: each relay of a chain is asked, the second through the first. */
START_TEST(two_relays)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    unit_err(use(&side, RELAY " msrp://out:9;tcp", 900), SP_OK);
    msrp_side_connected(&side, 1);
    answers(&side, "200 OK", GIVES);
    answers(&side, "401 Unauthorized", CHALLENGE);
    answers(&side, "200 OK",
            "Use-Path: msrp://192.0.2.9:2855/u1;tcp msrp://out:9/u2;tcp\r\nExpires: 800\r\n");
    msrp_side_log(&side, "CONNECT 192.0.2.9:2855\nAUTH " RELAY " 900 $\n"
                         "AUTH msrp://192.0.2.9:2855/u1;tcp msrp://out:9;tcp 900 $\n"
                         "AUTH msrp://192.0.2.9:2855/u1;tcp msrp://out:9;tcp Digest 900 $\n"
                         "RELAYED msrp://out:9/u2;tcp msrp://192.0.2.9:2855/u1;tcp " OWN "\n");
    unit_err(msrp_side_open(&side, "t", true), SP_OK);
    unit_eq_slice(
        ((struct msrp_session *)sp_pool_find(&side.agent->sessions, side.session))->remote_path,
        SP_LIT("msrp://192.0.2.9:2855/u1;tcp msrp://out:9/u2;tcp "
               "msrp://192.0.2.1:7/t;tcp"));
    unit_err(msrp_close(side.agent, side.now_us, side.session), SP_OK);
    msrp_side_drain(&side);
    msrp_side_empty(&side);
}
END_TEST

static const struct refusal_row {
    const char *status, *fields, *log;
} refusals[] = {
    { "403 Forbidden", "", "UNRELAYED REFUSED 403\n" },
    { "401 Unauthorized", "", "UNRELAYED SYNTAX 401\n" },
    { "401 Unauthorized", "WWW-Authenticate: Basic realm=\"r\"\r\n",
      "UNRELAYED UNSUPPORTED 401\n" }, /* 4976-9.1-2 */
    { "401 Unauthorized", "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n",
      "UNRELAYED UNSUPPORTED 401\n" }, /* qop is a MUST */
    { "401 Unauthorized",
      "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=MD5-sess\r\n",
      "UNRELAYED UNSUPPORTED 401\n" },
    { "200 OK", "", "UNRELAYED MISSING 200\n" },
    { "423 Interval Out-of-Bounds", "", "UNRELAYED REFUSED 423\n" },
    { "481 No", "", "UNRELAYED REFUSED 481\n" },
};

START_TEST(refused)
{
    const struct refusal_row *row = &refusals[_i];
    struct msrp_side          side;
    char                      text[64];

    msrp_side_init(&side, &msrp_side_limits);
    unit_err(use(&side, RELAY, 0), SP_OK);
    msrp_side_connected(&side, 1);
    side.logged = 0;
    answers(&side, row->status, row->fields);
    snprintf(text, sizeof text, "CLOSE 1\n%s", row->log);
    msrp_side_log(&side, text);
    msrp_side_empty(&side);
}
END_TEST

/* A second challenge to the same credentials is a refusal, but for a stale nonce. */
START_TEST(asked_twice)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    unit_err(use(&side, RELAY, 0), SP_OK);
    msrp_side_connected(&side, 1);
    answers(&side, "401 Unauthorized", CHALLENGE);
    answers(&side, "401 Unauthorized",
            "WWW-Authenticate: Digest realm=\"r\",qop=\"auth\",nonce=\"n2\",stale=true\r\n");
    side.logged = 0;
    answers(&side, "401 Unauthorized", CHALLENGE);
    msrp_side_log(&side, "CLOSE 1\nUNRELAYED REFUSED 401\n");
}
END_TEST

/* The relay's bounds of Expires are taken over, once. */
START_TEST(bounds)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    unit_err(use(&side, RELAY, 5), SP_OK);
    msrp_side_connected(&side, 1);
    side.logged = 0;
    answers(&side, "423 Out", "Min-Expires: 60\r\n");
    msrp_side_log(&side, "AUTH " RELAY " 60 $\n");
    answers(&side, "423 Out", "Max-Expires: 50\r\n");
    msrp_side_log(&side, "CLOSE 1\nUNRELAYED REFUSED 423\n");
}
END_TEST

/* A relay that tells rspauth must know the password (4976 9.4): the digest of RFC 2617 3.2.3. */
START_TEST(relay_proves_itself)
{
    char             ha1[SP_DIGEST_HEX], hex[SP_DIGEST_HEX], fields[512];
    struct msrp_auth info = { .nonce = SP_LIT("n1"),
                              .cnonce = SP_LIT("c"),
                              .nc = SP_LIT("00000001") };
    struct sp_slice  good;
    struct msrp_side side;

    good = msrp_auth_response(
        &info, SP_DIGEST_MD5,
        sp_digest_ha1(SP_DIGEST_MD5, SP_LIT("Alice"), SP_LIT("r"), SP_LIT("secret"), ha1),
        SP_LIT(RELAY), true, hex);
    for (int lies = 0; lies < 2; lies++) {
        msrp_side_init(&side, &msrp_side_limits);
        unit_err(use(&side, RELAY, 0), SP_OK);
        msrp_side_connected(&side, 1);
        answers(&side, "401 Unauthorized", CHALLENGE);
        side.logged = 0;
        hex[0] = lies ? (char)(hex[0] ^ 1) : hex[0];
        snprintf(fields, sizeof fields,
                 GIVES "Authentication-Info: rspauth=\"%.*s\",cnonce=\"c\", nc=00000001, "
                       "qop=auth\r\n",
                 SP_ARG(good));
        answers(&side, "200 OK", fields);
        msrp_side_log(&side, lies ? "CLOSE 1\nUNRELAYED INTEGRITY 200\n"
                                  : "RELAYED msrp://192.0.2.9:2855/u1;tcp " OWN "\n");
    }
}
END_TEST

/* Three quarters of the time, then AUTH again; a new URI takes the place of the old in To-Path, and
 * is told. */
START_TEST(renewed)
{
    struct msrp_side     side;
    struct msrp_session *s;

    msrp_side_init(&side, &msrp_side_limits);
    hold(&side);
    unit_err(msrp_side_open(&side, "t", true), SP_OK);
    msrp_side_respond(&side, 1, 200);
    msrp_side_log(&side, "UP\nSEND $\n");
    msrp_side_wait(&side, 299999);
    msrp_side_log(&side, "");
    msrp_side_wait(&side, 1);
    msrp_side_log(&side, "AUTH " RELAY " $\n");
    answers(&side, "200 OK", "Use-Path: msrp://192.0.2.9:2855/u9;tcp\r\nExpires: 400\r\n");
    msrp_side_log(&side, "RELAYED msrp://192.0.2.9:2855/u9;tcp " OWN "\n");
    s = sp_pool_find(&side.agent->sessions, side.session);
    unit_eq_slice(s->remote_path, SP_LIT("msrp://192.0.2.9:2855/u9;tcp msrp://192.0.2.1:7/t;tcp"));
    msrp_side_wait(&side, 300000);
    msrp_side_log(&side, "AUTH " RELAY " $\n");
    answers(&side, "403 Forbidden", "");
    msrp_side_log(&side, "DOWN REFUSED\n");
    unit_err(msrp_close(side.agent, side.now_us, side.session), SP_OK);
    msrp_side_drain(&side);
    msrp_side_empty(&side);
}
END_TEST

/* The URIs die with the connection (4976-6.3-2), and the session that waits on them too. */
START_TEST(connection_lost)
{
    struct msrp_side side;
    struct sp_flow   flow = msrp_side_flow(1);

    msrp_side_init(&side, &msrp_side_limits);
    hold(&side);
    unit_err(msrp_side_open(&side, "t", false), SP_OK); /* passive: the peer speaks first */
    msrp_closed(side.agent, side.now_us, 0, &flow, SP_CLOSED);
    msrp_side_drain(&side);
    msrp_side_log(&side, "DOWN CLOSED\n");
    unit_err(msrp_close(side.agent, side.now_us, side.session), SP_OK);
    msrp_side_drain(&side);
    msrp_side_empty(&side);
}
END_TEST

START_TEST(no_answer)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    unit_err(use(&side, "msrp://out:9;tcp", 0), SP_OK);
    msrp_side_log(&side, "RESOLVE out:9\n");
    msrp_side_wait(&side, 30000);
    msrp_side_log(&side, "UNRELAYED TIMEOUT 0\n");
    unit_err(use(&side, RELAY, 0), SP_OK);
    msrp_side_connected(&side, 2);
    side.logged = 0;
    msrp_side_wait(&side, 30000);
    msrp_side_log(&side, "CLOSE 2\nUNRELAYED TIMEOUT 0\n");
}
END_TEST

static const struct use_row {
    const char *relays;
    enum sp_err err;
} uses[] = {
    { "msrps://h:1;tcp", SP_UNSUPPORTED },
    { RELAY " msrps://h:1;tcp", SP_UNSUPPORTED },
    { "msrp://h:1;udp", SP_UNSUPPORTED },
    { "h:1", SP_SYNTAX },
    { "", SP_SYNTAX },
};

START_TEST(unusable)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    unit_err(use(&side, uses[_i].relays, 0), uses[_i].err);
    msrp_side_empty(&side);
}
END_TEST

/* One session a handle (4976-3.1-1), and no more handles than there is room. What the session says
 * goes over the connection to its relay that is there: 4976-5.2-1, 4976-5.2-2. */
START_TEST(one_session)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    hold(&side);
    unit_err(msrp_side_open(&side, "t", true), SP_OK);
    msrp_side_log(&side, "UP\nSEND $\n");
    unit_err(msrp_side_open(&side, "u", true), SP_STALE);
    unit_err(use(&side, RELAY, 0), SP_OK);
    unit_err(use(&side, RELAY, 0), SP_LIMIT);
}
END_TEST

/* Through a relay success reports are asked for, and what nobody reported is bounded. */
START_TEST(unreported)
{
    struct sp_limits limits = msrp_side_limits;
    struct msrp_side side;
    char             text[600];

    limits.msrp_unreported_octets = 16000;
    msrp_side_init(&side, &limits);
    side.quiet = true;
    hold(&side);
    unit_err(msrp_side_open(&side, "t", true), SP_OK);
    msrp_side_respond(&side, 1, 200);
    side.logged = 0;
    msrp_side_send(&side, "msg1", 60000, false, MSRP_FAILURE_YES);
    msrp_side_respond(&side, 1, 200);
    msrp_side_log(&side, "SEND msg1 1-*/60000 S (8192) +\nSEND msg1 8193-*/60000 S (8192) +\n");
    snprintf(text, sizeof text,
             "MSRP abcd REPORT\r\nTo-Path: " OWN "\r\nFrom-Path: msrp://192.0.2.9:2855/u1;tcp "
             "msrp://192.0.2.1:7/t;tcp\r\nMessage-ID: msg1\r\nByte-Range: 1-8192/60000\r\n"
             "Status: 000 200 OK\r\n-------abcd$\r\n");
    msrp_side_in(&side, 1, text);
    msrp_side_log(&side, "SEND msg1 16385-*/60000 S (8192) +\n");
}
END_TEST

/* A far end that reports once, at the end, is waited for no longer than it takes to know that. */
START_TEST(never_reported)
{
    struct sp_limits limits = msrp_side_limits;
    struct msrp_side side;

    limits.msrp_unreported_octets = 8192;
    msrp_side_init(&side, &limits);
    side.quiet = true;
    hold(&side);
    unit_err(msrp_side_open(&side, "t", true), SP_OK);
    msrp_side_respond(&side, 1, 200);
    side.logged = 0;
    msrp_side_send(&side, "msg1", 20000, false, MSRP_FAILURE_YES);
    msrp_side_log(&side, "SEND msg1 1-*/20000 S (8192) +\n");
    msrp_side_respond(&side, 1, 200);
    msrp_side_wait(&side, 4999);
    msrp_side_log(&side, "");
    msrp_side_wait(&side, 1);
    msrp_side_log(&side, "SEND msg1 8193-*/20000 S (8192) +\nSEND msg1 16385-*/20000 S (3616) $\n");
}
END_TEST

/* The receiver behind a relay tells how far it is: each 16 KB, and the whole at the end. */
START_TEST(reports_so_far)
{
    static const char *const ranges[] = { "24576", "16384", "*" };
    static const char *const reports[] = { "1-16384/24576", "1-16383/16384", "1-16383/*" };
    struct msrp_side         side;
    static char              text[20000];
    char                     log[400];

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_passive(&side);
    side.quiet = true;
    for (int i = 0; i < (_i == 0 ? 3 : 2); i++) {
        int from = i * 8192, len;

        len = snprintf(
            text, sizeof text,
            "MSRP abc%d SEND\r\nTo-Path: msrp://b:1/t;tcp\r\nFrom-Path: "
            "msrp://192.0.2.9:2855/u;tcp msrp://192.0.2.1:7/t;tcp\r\nMessage-ID: msg1\r\n"
            "Success-Report: yes\r\nByte-Range: %d-%d/%s\r\nContent-Type: "
            "text/plain\r\n\r\n%08192d\r\n-------abc%d%c\r\n",
            i, from + 1, from + 8192, ranges[_i], 0, i, i == 2 ? '$' : '+');
        msrp_side_octets(&side, 1, sp_slice(text, (size_t)len));
    }
    snprintf(log, sizeof log,
             "UP\nMESSAGE msg1 text/plain %s\n200 abc0$\n200 abc1$\nREPORT msg1 %s 200$\n%s",
             ranges[_i], reports[_i],
             _i == 0 ? "COMPLETE msg1 24576\n200 abc2$\nREPORT msg1 1-24576/24576 200$\n" : "");
    msrp_side_log(&side, log); /* that it is all, its user says */
}
END_TEST

Suite *test_msrp_lease_suite(void)
{
    Suite *suite = suite_create("msrp_lease");
    TCase *tcase = tcase_create("all");

    tcase_add_test(tcase, one_relay);
    tcase_add_test(tcase, two_relays);
    tcase_add_loop_test(tcase, refused, 0, (int)UNIT_ROWS(refusals));
    tcase_add_test(tcase, asked_twice);
    tcase_add_test(tcase, bounds);
    tcase_add_test(tcase, relay_proves_itself);
    tcase_add_test(tcase, renewed);
    tcase_add_test(tcase, connection_lost);
    tcase_add_test(tcase, no_answer);
    tcase_add_loop_test(tcase, unusable, 0, (int)UNIT_ROWS(uses));
    tcase_add_test(tcase, one_session);
    tcase_add_test(tcase, unreported);
    tcase_add_test(tcase, never_reported);
    tcase_add_loop_test(tcase, reports_so_far, 0, 3);
    suite_add_tcase(suite, tcase);
    return suite;
}
