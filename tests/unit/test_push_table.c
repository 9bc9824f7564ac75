/* SPDX-License-Identifier: MIT
 * tests/unit/test_push_table.c -- what an answer means to the sender: each row of the profile's
 * table, against a peer written by hand that always answers the same, in virtual time. Three
 * texts, and once the same again is allowed. */
#include "push_unit.h"
#include "unit.h"

#define TO "sip:carol@192.0.2.3"

/* How an order of three contents ends, and how many requests it takes. */
struct end {
    enum sp_err err;
    int         requests;
};

static const struct row {
    const char *status, *fields;
    struct end  pager, session;
    int         free; /* requests of both modes, where the mode is ours to choose */
} rows[] = {
    /* it reached the user agent; somebody in between took it */
    { "200 OK", "", { SP_OK, 3 }, { 0, 0 }, 0 },
    { "202 Accepted", "", { SP_PENDING, 3 }, { 0, 0 }, 0 },
    /* elsewhere, which is nowhere here; a challenge that we have nothing for */
    { "302 Moved Temporarily", "", { SP_REFUSED, 1 }, { SP_REFUSED, 1 }, 1 },
    { "401 Unauthorized",
      "WWW-Authenticate: Digest realm=\"r\",nonce=\"n\"\r\n",
      { SP_REFUSED, 1 },
      { SP_REFUSED, 1 },
      1 },
    { "407 Proxy Authentication Required", "", { SP_REFUSED, 1 }, { SP_REFUSED, 1 }, 1 },
    /* permanent: this content, and the next is asked for */
    { "403 Forbidden", "", { SP_REFUSED, 3 }, { SP_REFUSED, 1 }, 1 },
    { "603 Decline", "", { SP_REFUSED, 3 }, { SP_REFUSED, 1 }, 1 },
    { "606 Not Acceptable", "", { SP_REFUSED, 3 }, { SP_REFUSED, 1 }, 1 },
    { "603 Decline", "Retry-After: 1\r\n", { SP_REFUSED, 3 }, { SP_REFUSED, 1 }, 1 },
    /* permanent: nobody there, so no content gets further */
    { "404 Not Found", "", { SP_REFUSED, 1 }, { SP_REFUSED, 1 }, 1 },
    { "604 Does Not Exist Anywhere", "", { SP_REFUSED, 1 }, { SP_REFUSED, 1 }, 1 },
    /* passing: the same again, as a new transaction */
    { "408 Request Timeout", "", { SP_REFUSED, 2 }, { SP_REFUSED, 2 }, 2 },
    { "480 Temporarily Unavailable", "", { SP_REFUSED, 2 }, { SP_REFUSED, 2 }, 2 },
    { "486 Busy Here", "Retry-After: 9\r\n", { SP_REFUSED, 2 }, { SP_REFUSED, 2 }, 2 },
    { "486 Busy Here", "Retry-After: 7200\r\n", { SP_REFUSED, 1 }, { SP_REFUSED, 1 }, 1 },
    { "600 Busy Everywhere", "", { SP_REFUSED, 1 }, { SP_REFUSED, 1 }, 1 },
    { "600 Busy Everywhere", "Retry-After: 9\r\n", { SP_REFUSED, 2 }, { SP_REFUSED, 2 }, 2 },
    { "500 Server Internal Error", "", { SP_REFUSED, 2 }, { SP_REFUSED, 2 }, 2 },
    { "503 Service Unavailable", "Retry-After: 3\r\n", { SP_REFUSED, 2 }, { SP_REFUSED, 2 }, 2 },
    { "504 Server Time-out", "", { SP_REFUSED, 2 }, { SP_REFUSED, 2 }, 2 },
    { NULL, "", { SP_TIMEOUT, 2 }, { SP_TIMEOUT, 2 }, 2 },
    /* too large for a MESSAGE; another mode or type, else permanent */
    { "413 Request Entity Too Large", "", { SP_REFUSED, 3 }, { SP_REFUSED, 1 }, 1 },
    { "513 Message Too Large", "", { SP_REFUSED, 3 }, { SP_REFUSED, 1 }, 1 },
    { "415 Unsupported Media Type", "", { SP_REFUSED, 3 }, { SP_REFUSED, 1 }, 4 },
    { "488 Not Acceptable Here", "", { SP_REFUSED, 3 }, { SP_REFUSED, 1 }, 4 },
    /* no option of ours could be dropped */
    { "420 Bad Extension", "Unsupported: x\r\n", { SP_REFUSED, 1 }, { SP_REFUSED, 1 }, 1 },
    { "501 Not Implemented", "", { SP_REFUSED, 1 }, { SP_REFUSED, 1 }, 1 },
};

static int requests(const struct push_unit *unit)
{
    return push_unit_count(unit, "MESSAGE " TO) + push_unit_count(unit, "INVITE " TO);
}

static bool is_invited(const struct push_unit *unit, int before)
{
    return push_unit_count(unit, "INVITE " TO) > before;
}

/* Until the order ended: each request that is new gets the answer. */
static void run(struct push_unit *unit, const struct row *row)
{
    int answered = 0, invites = 0;

    for (int i = 0; i < 2000 && unit->ended == 0; i++) {
        push_unit_run(unit, 100);
        if (row->status == NULL || requests(unit) == answered)
            continue;
        push_unit_hand_answer(unit, is_invited(unit, invites) ? "INVITE" : "MESSAGE", row->status,
                              row->fields, "");
        invites = push_unit_count(unit, "INVITE " TO);
        answered++;
        push_unit_run(unit, 10);
    }
    ck_assert_int_eq(unit->ended, 1);
}

/* The wire has repetitions of what is not answered: they are not new requests. */
static int transactions(const struct push_unit *unit)
{
    struct sp_slice rest = sp_slice(unit->wire, unit->wire_octets), last = { NULL, 0 };
    int             count = 0;

    for (;;) {
        struct sp_slice id;

        rest = sp_from(rest, sp_find_slice(rest, SP_LIT("Call-ID: ")));
        if (rest.len == 0)
            return count;
        id = sp_head(rest, sp_find(rest, '\r'));
        count += last.len == 0 || !sp_eq(id, last);
        last = id;
        rest = sp_from(rest, id.len);
    }
}

static void ended(const struct push_unit *unit, const struct row *row, enum sp_err err, int wanted)
{
    ck_assert_int_eq(row->status != NULL ? requests(unit) : transactions(unit), wanted);
    for (int i = 0; i < 3; i++) {
        unit_err(unit->outs[i].err, err);
        ck_assert_uint_eq(unit->outs[i].status,
                          row->status != NULL ? strtoul(row->status, NULL, 10) : 0);
        ck_assert_int_eq(unit->outs[i].ended, 1); /* told once */
    }
}

static struct push_unit *ordered(enum push_mode mode)
{
    static struct push_content texts[3];
    struct push_unit          *unit = push_unit_new(NULL, NULL, NULL);

    texts[0] = push_unit_content("", "text/plain", unit_text("one"), true);
    texts[1] = push_unit_content("", "text/plain", unit_text("two"), true);
    texts[2] = push_unit_content("", "text/plain", unit_text("three"), true);
    unit->retries = 1;
    unit_err(push_unit_order_to(unit, TO, mode, false, texts, 3), SP_OK);
    return unit;
}

START_TEST(to_message)
{
    struct push_unit *unit = ordered(PUSH_PAGER);

    run(unit, &rows[_i]);
    ended(unit, &rows[_i], rows[_i].pager.err, rows[_i].pager.requests);
}
END_TEST

START_TEST(to_invite)
{
    struct push_unit *unit;

    if (rows[_i].session.requests == 0)
        return; /* a 2xx has a description */
    unit = ordered(PUSH_SESSION);
    run(unit, &rows[_i]);
    ended(unit, &rows[_i], rows[_i].session.err, rows[_i].session.requests);
}
END_TEST

/* Three contents begin as a session. */
START_TEST(to_either)
{
    struct push_unit *unit;

    if (rows[_i].free == 0)
        return;
    unit = ordered(PUSH_AUTO);
    run(unit, &rows[_i]);
    ended(unit, &rows[_i], rows[_i].session.err, rows[_i].free);
}
END_TEST

Suite *test_push_table_suite(void)
{
    Suite *suite = suite_create("push_table");
    TCase *tcase = unit_tcase(suite, "push_table");

    unit_loop(tcase, to_message, rows);
    unit_loop(tcase, to_invite, rows);
    unit_loop(tcase, to_either, rows);
    return suite;
}
