/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_guard.c -- Digest as a server: by itself, and against our own client. */
#include "ua_unit.h"
#include "unit.h"

#include <stdio.h>

static char            bob_md5[SP_DIGEST_HEX], bob_sha[SP_DIGEST_HEX], alice_512[SP_DIGEST_HEX];
static struct sip_user users[2];

static void make_users(void)
{
    struct sp_slice realm = SP_LIT("the \"realm\"");

    memset(users, 0, sizeof users);
    users[0].username = SP_LIT("alice");
    users[0].ha1[SP_DIGEST_SHA_512_256] = sp_digest_ha1(SP_DIGEST_SHA_512_256, users[0].username,
                                                        realm, SP_LIT("wonder"), alice_512);
    users[1].username = SP_LIT("b\"ob");
    users[1].ha1[SP_DIGEST_MD5] = sp_digest_ha1(SP_DIGEST_MD5, users[1].username, realm,
                                                SP_LIT("builder"), bob_md5);
    users[1].ha1[SP_DIGEST_SHA_256] = sp_digest_ha1(SP_DIGEST_SHA_256, users[1].username, realm,
                                                    SP_LIT("builder"), bob_sha);
}

/* ---- two agents */

static const struct pair_row {
    const char *username, *password, *told, *other;
} pairs[] = {
    { "b\"ob", "builder", "RESPONSE 200", "REQUEST MESSAGE" },
    { "b\"ob", "wrong", "RESPONSE 401", "" },
    { "alice", "wonder", "RESPONSE 200", "REQUEST MESSAGE" },
    { "nobody", "wonder", "RESPONSE 401", "" },
    { NULL, NULL, "RESPONSE 401", "" },
};

static void check_who(struct ua_end *end, const struct sip_ua_action *action)
{
    (void)end;
    ck_assert_ptr_nonnull(action->who);
}

/* 3261-22.2-1, 3261-22-1, 3261-26.3.1-7; the client takes the topmost of what it is offered, and
 * has one name for all. */
START_TEST(client_and_server)
{
    const struct pair_row *row = &pairs[_i];
    struct ua_world       *world = ua_world(NULL, NULL, false, 1);
    struct sip_ua_request  request = ua_request(SIP_MESSAGE, "hello");
    struct sp_handle       handle;
    size_t first = sp_eq(sp_str(row->username ? row->username : ""), SP_LIT("alice"))
                       ? 0
                       : 1; /* whose algorithms are offered */

    make_users();
    world->ends[1].answer = 200;
    world->ends[1].on_note = check_who;
    unit_err(sip_ua_guard(world->ends[1].ua, SP_LIT("the \"realm\""), users + first, 1, 30), SP_OK);
    if (row->username != NULL)
        unit_err(sip_ua_login(world->ends[0].ua, sp_str(""), sp_str(row->username),
                              sp_str(row->password)),
                 SP_OK);
    unit_err(sip_ua_send(world->ends[0].ua, world->now_us, &request, &handle), SP_OK);
    ua_run(world, 100);
    ua_told(&world->ends[0], row->told);
    ua_told(&world->ends[1], row->other);
    ua_run(world, 64 * 500);
    ck_assert_uint_eq(sip_ua_open(world->ends[0].ua), 0);
}
END_TEST

/* A whole session behind the guard; the nonce expires in the middle and BYE is asked again. */
START_TEST(session_behind_a_guard)
{
    struct ua_world      *world = ua_world(NULL, NULL, false, 1);
    struct ua_end        *a = &world->ends[0], *b = &world->ends[1];
    struct sip_ua_request request = ua_request(SIP_INVITE, "offer");

    make_users();
    b->answer_invite = b->answer_reinvite = 200;
    unit_err(sip_ua_guard(b->ua, SP_LIT("the \"realm\""), users + 1, 1, 30), SP_OK);
    unit_err(sip_ua_login(a->ua, sp_str(""), SP_LIT("b\"ob"), SP_LIT("builder")), SP_OK);
    unit_err(sip_ua_invite(a->ua, world->now_us, &request, &a->session), SP_OK);
    ua_run(world, 100);
    ua_told(a, "ACCEPTED 200");
    ua_told(b, "INVITED; CONFIRMED");
    ck_assert_ptr_null(b->last.who); /* an ACK is nobody's */
    unit_err(sip_ua_reinvite(a->ua, world->now_us, a->session, UA_SDP, SP_LIT("x")), SP_OK);
    ua_run(world, 100);
    ua_told(a, "ACCEPTED 200 again");
    ua_told(b, "REINVITED; CONFIRMED");
    ua_run(world, 31000);
    unit_err(sip_ua_end(a->ua, world->now_us, a->session), SP_OK);
    ua_run(world, 100);
    ua_told(a, "ENDED 200");
    ua_told(b, "ENDED peer");
}
END_TEST

/* ---- by itself */

static struct sip_guard guard;
static struct sp_table  key;

static void make_guard(uint32_t capacity)
{
    static const uint8_t octets[16] = { 1 };
    struct sp_arena      measure = sp_arena(NULL), arena;

    make_users();
    sp_table_init(&key, &measure, 1, octets);
    arena = sp_arena(unit_room(measure.used));
    sp_table_init(&key, &arena, 1, octets);
    memset(&guard, 0, sizeof guard);
    guard.realm = SP_LIT("the \"realm\"");
    guard.users = users;
    guard.count = 2;
    guard.lifetime_us = 1000000;
    guard.key = &key;
    guard.capacity = capacity;
    guard.nonces = unit_room((capacity + 1) * sizeof *guard.nonces);
}

/* A nonce of the guard's. */
static struct sp_slice nonce_at(uint64_t now_us)
{
    struct sp_buf   to = sp_buf(unit_room(1024), 1024);
    struct sp_slice text;

    sip_put_challenges(&to, &guard, now_us, false);
    text = sp_written(&to);
    text = sp_from(text, sp_find_slice(text, SP_LIT("nonce=\"")) + 7);
    return sp_head(text, sp_find(text, '"'));
}

/* Puts a request with bob's credentials to the guard. */
static enum sip_guard_verdict knock(uint64_t now_us, struct sp_slice nonce, const char *nc,
                                    const char *password, const char *more)
{
    char                   text[1024], hex[SP_DIGEST_HEX], ha1[SP_DIGEST_HEX];
    struct sp_digest       d = { .qop = nc[0] != '\0' ? SP_DIGEST_AUTH : SP_DIGEST_NO_QOP };
    struct sip_field       fields[8];
    struct sip_msg         msg;
    struct sp_where        where;
    const struct sip_user *who;
    enum sip_guard_verdict verdict;

    d.ha1 = sp_digest_ha1(SP_DIGEST_MD5, SP_LIT("b\"ob"), guard.realm, sp_str(password), ha1);
    d.nonce = nonce;
    d.nc = sp_str(nc);
    d.cnonce = SP_LIT("c");
    d.method = SP_LIT("MESSAGE");
    d.uri = SP_LIT("sip:x");
    snprintf(
        text, sizeof text,
        "MESSAGE sip:x SIP/2.0\r\nAuthorization: Digest realm=\"the \\\"realm\\\"\", "
        "username=\"b\\\"ob\", nonce=\"%.*s\", uri=\"sip:x\", response=\"%.*s\"%s%s%s%s\r\n\r\n",
        SP_ARG(nonce), SP_ARG(sp_digest_response(&d, hex)),
        nc[0] != '\0' ? ", qop=auth, cnonce=\"c\", nc=" : "", nc, more[0] != '\0' ? ", " : "",
        more);
    sip_msg_init(&msg, fields, 8);
    unit_err(sip_msg_parse(unit_text(text), &msg, &where), SP_OK);
    verdict = sip_guard_check(&guard, now_us, &msg, &who);
    ck_assert((who == &users[1]) == (verdict == SIP_GUARD_IN));
    return verdict;
}

/* 3261-22.4-5, 8760-2.3-1, 8760-2.3-2, 8760-2.6-5, 7616-3.3-10, 7616-3.3-11, 7616-3.7-1, 7616-3.7-2
 */
START_TEST(challenges_on_the_wire)
{
    struct sp_buf   to = sp_buf(unit_room(1024), 1024);
    struct sp_slice text;

    make_guard(4);
    sip_put_challenges(&to, &guard, 5, true);
    text = sp_written(&to);
    for (int i = 0; i < 3; i++) {
        static const char *const names[] = { "SHA-512-256", "SHA-256", "MD5" };
        char                     want[128];
        size_t                   end = sp_find_slice(text, SP_LIT("\r\n"));
        struct sp_slice          line = sp_head(text, end);

        ck_assert(sp_starts(line, SP_LIT("WWW-Authenticate: Digest realm=\"the \\\"realm\\\"\", "
                                         "nonce=\"")));
        snprintf(want, sizeof want, "\", qop=\"auth,auth-int\", algorithm=%s, stale=true",
                 names[i]);
        ck_assert_uint_eq(sp_find_slice(line, sp_str(want)), line.len - strlen(want));
        text = sp_from(text, end + 2);
    }
    ck_assert_uint_eq(text.len, 0);
    ck_assert(!sp_eq(nonce_at(5), nonce_at(5)));
}
END_TEST

/* 3903-14.3-1 */
START_TEST(counts_are_taken_once)
{
    struct sp_slice nonce;

    make_guard(4);
    nonce = nonce_at(1000);
    ck_assert_int_eq(knock(2000, nonce, "00000001", "builder", ""), SIP_GUARD_IN);
    ck_assert_int_eq(knock(2000, nonce, "00000001", "builder", ""), SIP_GUARD_STALE);
    ck_assert_int_eq(knock(2000, nonce, "00000004", "builder", ""), SIP_GUARD_IN);
    ck_assert_int_eq(knock(2000, nonce, "00000002", "builder", ""), SIP_GUARD_IN); /* overtaken */
    ck_assert_int_eq(knock(2000, nonce, "00000002", "builder", ""), SIP_GUARD_STALE);
    ck_assert_int_eq(knock(2000, nonce, "00000000", "builder", ""), SIP_GUARD_STALE);
    ck_assert_int_eq(knock(2000, nonce, "00000400", "builder", ""), SIP_GUARD_IN);
    ck_assert_int_eq(knock(2000, nonce, "000003c0", "builder", ""), SIP_GUARD_STALE); /* too late */
    ck_assert_int_eq(knock(2000, nonce, "000003c1", "builder", ""), SIP_GUARD_IN);
    ck_assert_int_eq(knock(2000, nonce, "1", "builder", ""), SIP_GUARD_WRONG); /* 7616-3.5-9 */
    ck_assert_int_eq(knock(2000, nonce, "0000000g", "builder", ""), SIP_GUARD_WRONG);
    ck_assert_int_eq(knock(2000, nonce, "ffffffff", "builder", ""), SIP_GUARD_IN);
}
END_TEST

/* 3261-22.4-1: a client of RFC 2069 sends no qop; its nonce serves once */
/* 3261-22.4-7 */
START_TEST(without_qop)
{
    struct sp_slice nonce;

    make_guard(4);
    nonce = nonce_at(1000);
    ck_assert_int_eq(knock(2000, nonce, "", "builder", ""), SIP_GUARD_IN);
    ck_assert_int_eq(knock(2000, nonce, "", "builder", ""), SIP_GUARD_STALE);
}
END_TEST

/* 7616-3.3-5: stale only when all else is right */
START_TEST(nonces_expire)
{
    struct sp_slice nonce, other;
    char           *changed;

    make_guard(4);
    nonce = nonce_at(1000);
    ck_assert_int_eq(knock(1001000, nonce, "00000001", "builder", ""), SIP_GUARD_IN);
    ck_assert_int_eq(knock(1001001, nonce, "00000002", "builder", ""), SIP_GUARD_STALE);
    ck_assert_int_eq(knock(1001001, nonce, "00000002", "wrong", ""), SIP_GUARD_ASK);
    ck_assert_int_eq(knock(999, nonce, "00000002", "builder", ""), SIP_GUARD_STALE);
    /* one that we never gave */
    for (size_t i = 0; i < nonce.len; i++) {
        changed = unit_room(nonce.len);
        memcpy(changed, nonce.at, nonce.len);
        changed[i] = changed[i] == '0' ? '1' : '0';
        other = sp_slice(changed, nonce.len);
        ck_assert_int_eq(knock(2000, other, "00000009", "builder", ""), SIP_GUARD_STALE);
    }
    ck_assert_int_eq(knock(2000, sp_head(nonce, 39), "00000009", "builder", ""), SIP_GUARD_STALE);
    ck_assert_int_eq(knock(2000, sp_str(""), "00000009", "builder", ""), SIP_GUARD_STALE);
}
END_TEST

/* A nonce that had to be forgotten cannot come back. */
START_TEST(forgotten_nonces_are_stale)
{
    struct sp_slice nonces[3];

    make_guard(2);
    for (uint64_t i = 0; i < 3; i++)
        nonces[i] = nonce_at(1000 + i);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(knock(2000, nonces[i], "00000001", "builder", ""), SIP_GUARD_IN);
    ck_assert_int_eq(knock(2000, nonces[0], "00000002", "builder", ""), SIP_GUARD_STALE);
    ck_assert_int_eq(knock(2000, nonces[0], "00000001", "builder", ""), SIP_GUARD_STALE);
    ck_assert_int_eq(knock(2000, nonces[2], "00000002", "builder", ""), SIP_GUARD_IN);
    /* of the same moment as one that is kept */
    make_guard(2);
    for (int i = 0; i < 3; i++)
        nonces[i] = nonce_at(1000);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(knock(2000, nonces[i], "00000001", "builder", ""), SIP_GUARD_IN);
    ck_assert_int_eq(knock(2000, nonces[0], "00000001", "builder", ""), SIP_GUARD_STALE);
    make_guard(0);
    ck_assert_int_eq(knock(2000, nonce_at(1000), "00000001", "builder", ""), SIP_GUARD_STALE);
}
END_TEST

/* What the answer says of the nonce: rspauth as RFC 7616 3.5 has it, nextnonce after half its life,
 * which is taken. 7616-3.5-2, 7616-3.5-3, 7616-3.5-4, 7616-3.5-5, 7616-3.5-6, 7616-3.5-7,
 * 7616-3.5-8 */
static const struct info_row {
    const char *fields;
    uint64_t    at_us;
    bool        says, next;
} infos[] = {
    { ", qop=auth, cnonce=\"c\", nc=0000000a", 5000000, true, false },
    { ", qop=auth, cnonce=\"c\", nc=0000000a", 5600000, true, true },
    { ", qop=auth, cnonce=\"c\", nc=0000000a", 6100000, true, false }, /* expired: let in before */
    { "", 5000000, false, false },
    { NULL, 5000000, false, false },
};

START_TEST(authentication_info)
{
    const struct info_row *row = &infos[_i];
    char                   text[1024], hex[SP_DIGEST_HEX], want[256];
    struct sp_digest       d = { .qop = SP_DIGEST_AUTH };
    struct sip_field       fields[8];
    struct sip_msg         msg;
    struct sp_where        where;
    struct sp_slice        nonce, said;
    struct sp_buf          to = sp_buf(unit_room(1024), 1024);

    make_guard(4);
    nonce = nonce_at(5000000);
    d.qop = row->fields != NULL && row->fields[0] != '\0' ? SP_DIGEST_AUTH : SP_DIGEST_NO_QOP;
    d.ha1 = users[1].ha1[SP_DIGEST_MD5];
    d.nonce = nonce;
    d.nc = SP_LIT("0000000a");
    d.cnonce = SP_LIT("c");
    d.method = SP_LIT("MESSAGE");
    d.uri = SP_LIT("sip:x");
    snprintf(text, sizeof text,
             "MESSAGE sip:x SIP/2.0\r\n%s realm=\"the \\\"realm\\\"\", username=\"b\\\"ob\", "
             "nonce=\"%.*s\", uri=\"sip:x\", response=\"%.*s\"%s\r\n\r\n",
             row->fields != NULL ? "Authorization: Digest" : "X: Digest", SP_ARG(nonce),
             SP_ARG(sp_digest_response(&d, hex)), row->fields != NULL ? row->fields : "");
    sip_msg_init(&msg, fields, 8);
    unit_err(sip_msg_parse(unit_text(text), &msg, &where), SP_OK);
    sip_put_authentication_info(&to, &guard, row->at_us, &msg, SP_LIT("answer"));
    said = sp_written(&to);
    ck_assert((said.len > 0) == row->says);
    d.method = sp_slice(NULL, 0);
    snprintf(want, sizeof want,
             "Authentication-Info: qop=auth, rspauth=\"%.*s\", cnonce=\"c\", nc=0000000a",
             SP_ARG(sp_digest_response(&d, hex)));
    if (row->says)
        ck_assert(sp_starts(said, sp_str(want)));
    ck_assert(ua_has(said, "nextnonce=\"") == row->next);
    if (!row->next)
        return;
    said = sp_from(said, sp_find_slice(said, SP_LIT("nextnonce=\"")) + 11);
    said = sp_head(said, sp_find(said, '"'));
    ck_assert(!sp_eq(said, nonce));
    ck_assert_int_eq(knock(row->at_us + 900000, said, "00000001", "builder", ""), SIP_GUARD_IN);
}
END_TEST

/* ... and our own client uses it: it is asked once in all its life. 7616-3.5-1 */
static int asked;

static bool count_questions(struct ua_world *world, const struct ua_datagram *datagram)
{
    (void)world;
    asked += sp_starts(datagram->octets, SP_LIT("SIP/2.0 401 "));
    return false;
}

START_TEST(next_nonce_is_used)
{
    struct sip_ua_config       config = ua_config;
    struct sip_ua_registration one = { .aor = SP_LIT("sip:bob@192.0.2.2"), .expires_s = 700 };
    struct ua_world           *world;

    config.methods |= 1u << SIP_REGISTER;
    world = ua_world(&config, NULL, false, 1);
    make_users();
    asked = 0;
    world->drop = count_questions;
    world->ends[1].answer = 200;
    unit_err(sip_ua_guard(world->ends[1].ua, SP_LIT("the \"realm\""), users + 1, 1, 1000), SP_OK);
    unit_err(sip_ua_login(world->ends[0].ua, sp_str(""), SP_LIT("b\"ob"), SP_LIT("builder")),
             SP_OK);
    unit_err(sip_ua_register(world->ends[0].ua, world->now_us, &one, &world->ends[0].request),
             SP_OK);
    ua_run(world, 6 * 640 * 1000);
    ua_told(&world->ends[0], "REGISTERED 200; REGISTERED 200 again; REGISTERED 200 again; "
                             "REGISTERED 200 again; REGISTERED 200 again; REGISTERED 200 again");
    ck_assert_int_eq(asked, 1);
}
END_TEST

static const struct odd_row {
    const char            *field;
    enum sip_guard_verdict verdict;
} odds[] = {
    { "", SIP_GUARD_ASK },
    { "Authorization: Basic Ym9iOmJ1aWxkZXI=\r\n", SIP_GUARD_ASK }, /* 3261-22-2, 8760-2.6-1 */
    { "Authorization: Digest\r\n", SIP_GUARD_ASK },
    { "Authorization: Digest realm=\"other\", username=\"b\"\r\n", SIP_GUARD_ASK },
    { "Proxy-Authorization: Digest realm=\"the \\\"realm\\\"\"\r\n", SIP_GUARD_ASK },
    { "Authorization: Digest realm=\"the \\\"realm\\\"\", uri=\"sip:x\", username=\"alice\"\r\n",
      SIP_GUARD_ASK },
    { "Authorization: Digest realm=\"the \\\"realm\\\"\", username=\"alice\"\r\n",
      SIP_GUARD_WRONG },
    { "Authorization: Digest realm=\"the \\\"realm\\\"\", uri=\"x\", username=\"alice\"\r\n",
      SIP_GUARD_WRONG },
    /* 7616-3.4-1 */
    { "Authorization: Digest realm=\"the \\\"realm\\\"\", uri=\"sip:x\", username=\"a\", "
      "username*=UTF-8''a\r\n",
      SIP_GUARD_WRONG },
    { "Authorization: Digest realm=\"the \\\"realm\\\"\", uri=\"sip:x\", username=\"alice\", "
      "algorithm=SHA3, response=\"\"\r\n",
      SIP_GUARD_ASK },
    { "Authorization: Digest realm=\"the \\\"realm\\\"\", uri=\"sip:x\", username=\"alice\", "
      "algorithm=SHA-512-256, qop=x, response=\"\"\r\n",
      SIP_GUARD_ASK },
};

/* 3261-22.1-6, 3261-22.4-2 */
/* 7616-3.4.6-3 */
START_TEST(odd_credentials)
{
    char                   text[512];
    struct sip_field       fields[8];
    struct sip_msg         msg;
    struct sp_where        where;
    const struct sip_user *who;

    make_guard(4);
    snprintf(text, sizeof text, "MESSAGE sip:x SIP/2.0\r\n%s\r\n", odds[_i].field);
    sip_msg_init(&msg, fields, 8);
    unit_err(sip_msg_parse(unit_text(text), &msg, &where), SP_OK);
    ck_assert_int_eq(sip_guard_check(&guard, 2000, &msg, &who), odds[_i].verdict);
    ck_assert_ptr_null(who);
    /* 3261-22.1-7, 3261-22.1-8 */
    msg.method = SIP_ACK;
    ck_assert_int_eq(sip_guard_check(&guard, 2000, &msg, &who), SIP_GUARD_IN);
    msg.method = SIP_CANCEL;
    ck_assert_int_eq(sip_guard_check(&guard, 2000, &msg, &who), SIP_GUARD_IN);
}
END_TEST

Suite *test_sip_guard_suite(void)
{
    Suite *suite = suite_create("sip_guard");
    TCase *tcase = unit_tcase(suite, "guard");

    unit_loop(tcase, client_and_server, pairs);
    tcase_add_test(tcase, session_behind_a_guard);
    tcase_add_test(tcase, challenges_on_the_wire);
    tcase_add_test(tcase, counts_are_taken_once);
    tcase_add_test(tcase, without_qop);
    tcase_add_test(tcase, nonces_expire);
    tcase_add_test(tcase, forgotten_nonces_are_stale);
    unit_loop(tcase, authentication_info, infos);
    tcase_add_test(tcase, next_nonce_is_used);
    unit_loop(tcase, odd_credentials, odds);
    return suite;
}
