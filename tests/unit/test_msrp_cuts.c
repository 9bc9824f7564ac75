/* SPDX-License-Identifier: MIT
 * tests/unit/test_msrp_cuts.c -- a stream cut at every octet; messages cut and ordered at random.
 * RFC 4975 7.3.1. */
#include "msrp_unit.h"

#include <stdio.h>

#define PATHS "To-Path: msrp://b:1/t;tcp\r\nFrom-Path: msrp://192.0.2.1:7/t;tcp\r\n"

/* Ten chunks: of three messages, with bodies that look like end-lines, an empty one, one without a
 * body, a report, one given up. */
static const char stream[] =
    "MSRP aaa1 SEND\r\n" PATHS "Message-ID: msg1\r\nByte-Range: 1-*/12\r\n"
    "Content-Type: text/plain\r\n\r\nhello\r\n-------aaa1+\r\n"
    "MSRP aaa2 SEND\r\n" PATHS "Message-ID: msg2\r\nSuccess-Report: yes\r\n"
    "Content-Type: text/plain\r\n\r\n-------aaa1$\r\n-------aaa2\r\n-------aaa2$\r\n"
    "MSRP aaa3 SEND\r\n" PATHS "Message-ID: msg1\r\nByte-Range: 6-12/12\r\n"
    "Content-Type: text/plain\r\n\r\n, world\r\n-------aaa3$\r\n"
    "MSRP aaa4 SEND\r\n" PATHS "-------aaa4$\r\n"
    "MSRP aaa5 SEND\r\n" PATHS "Message-ID: msg3\r\nByte-Range: 1-0/0\r\n"
    "Content-Type: text/plain\r\n\r\n\r\n-------aaa5$\r\n"
    "MSRP aaa6 REPORT\r\n" PATHS "Message-ID: none\r\nByte-Range: 1-1/1\r\nStatus: 000 200 OK\r\n"
    "-------aaa6$\r\n"
    "MSRP aaa7 SEND\r\n" PATHS "Message-ID: msg4\r\nByte-Range: 1-*/*\r\n"
    "Content-Type: text/plain\r\n\r\n\r\n\r\n-------aaa7#\r\n"
    "MSRP aaa8 NICKNAME\r\n" PATHS "-------aaa8$\r\n"
    "MSRP aaa9 SEND\r\n" PATHS "Message-ID: msg5\r\nFailure-Report: no\r\n"
    "Content-Type: text/plain\r\n\r\n-\r\n--\r\n-------aaa\r\n-------aaa9$\r\n"
    "MSRP aa10 SEND\r\n" PATHS "Message-ID: msg6\r\nContent-Type: image/png\r\n\r\nx\r\n"
    "-------aa10$\r\n";

static void without_contents(struct msrp_side *side)
{
    msrp_side_passive(side);
    side->quiet = true; /* where a body is cut, is nobody's affair */
}

/* What was told, or what was sent: when the one is done among the other, depends on the reads. */
static size_t lines_of(const struct msrp_side *side, bool sent, char *to)
{
    size_t len = 0;

    for (size_t at = 0; at < side->logged;) {
        size_t end = at + sp_find(sp_slice(side->log + at, side->logged - at), '\n') + 1;
        bool   out = sp_is_digit(side->log[at]) || side->log[at] == 'R' || side->log[at] == 'S';

        if (out == sent) {
            memcpy(to + len, side->log + at, end - at);
            len += end - at;
        }
        at = end;
    }
    return len;
}

START_TEST(at_every_octet)
{
    static struct msrp_side whole, cut;
    static char             want[sizeof whole.log], got[sizeof whole.log];

    msrp_side_init(&whole, &msrp_side_limits);
    without_contents(&whole);
    msrp_side_in(&whole, 1, stream);
    ck_assert(strstr(whole.log, "COMPLETE msg1 12\n") != NULL);
    ck_assert(strstr(whole.log, "415 aa10$\n") != NULL);
    for (size_t at = 1; at < sizeof stream - 1; at++) {
        msrp_side_init(&cut, &msrp_side_limits);
        without_contents(&cut);
        msrp_side_octets(&cut, 1, sp_slice(stream, at));
        msrp_side_octets(&cut, 1, sp_slice(stream + at, sizeof stream - 1 - at));
        for (int sent = 0; sent < 2; sent++) {
            size_t a = lines_of(&whole, sent, want), b = lines_of(&cut, sent, got);

            ck_assert_msg(a == b && memcmp(want, got, a) == 0, "cut at %zu: %.*s", at, (int)b, got);
        }
    }
}
END_TEST

/* ---- one message, cut and ordered at random ---- */

static uint32_t draw(uint32_t *state, uint32_t below)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) % below;
}

static struct {
    char   octets[300], came[300];
    size_t len;
    bool   complete;
} message;

static void collect(struct msrp_agent *agent, uint64_t now_us)
{
    struct msrp_action action;

    while (msrp_next(agent, &action)) {
        if (action.kind == MSRP_CONTENT) {
            ck_assert_uint_le(action.offset + action.content.len, message.len);
            memcpy(message.came + action.offset, action.content.at, action.content.len);
        }
        if (action.kind == MSRP_COMPLETE) {
            ck_assert(!message.complete);
            ck_assert_uint_eq(action.total, message.len);
            message.complete = true;
            unit_err(msrp_judge(agent, now_us, action.message, 200), SP_OK);
        }
    }
}

/* Octets `from` to `to` of the message, as a chunk, in pieces. */
static void chunk(struct msrp_agent *agent, uint32_t seed, uint32_t *state, size_t from, size_t to)
{
    static char    text[1200];
    char           id[16];
    struct sp_flow flow = msrp_side_flow(1);
    int            len, at = 0;

    snprintf(id, sizeof id, "%08x", *state);
    len = snprintf(text, sizeof text,
                   "MSRP %s SEND\r\n" PATHS "Message-ID: m%07x\r\nByte-Range: %zu-%s/%s\r\n"
                   "Content-Type: text/plain\r\n\r\n",
                   id, seed, from + 1, "*", draw(state, 2) != 0 ? "*" : "LEN");
    if (strstr(text, "/LEN") != NULL)
        len = (int)(strstr(text, "/LEN") - text) +
              snprintf(strstr(text, "/LEN"), 60, "/%zu\r\nContent-Type: text/plain\r\n\r\n",
                       message.len);
    memcpy(text + len, message.octets + from, to - from);
    len += (int)(to - from);
    len += snprintf(text + len, 40, "\r\n-------%s%c\r\n", id, to == message.len ? '$' : '+');
    while (at < len) {
        int take = 1 + (int)draw(state, (uint32_t)(len - at));

        msrp_receive(agent, 1000, &flow, unit_octets(text + at, (size_t)take));
        collect(agent, 1000);
        at += take;
    }
}

/* Cut at random, in a random order, some twice, some overlapping: the same octets. */
static void one_message(struct msrp_agent *agent, uint32_t seed)
{
    uint32_t state = seed * 2654435761u + 1;
    size_t   cuts[9] = { 0 }, count = 1 + draw(&state, 7);

    memset(&message, 0, sizeof message);
    message.len = 1 + draw(&state, sizeof message.octets - 1);
    for (size_t i = 0; i < message.len; i++)
        message.octets[i] = "-\r\nab"[draw(&state, 5)];
    for (size_t i = 1; i < count; i++) { /* in order */
        cuts[i] = draw(&state, (uint32_t)message.len);
        for (size_t k = i; k > 0 && cuts[k] < cuts[k - 1]; k--) {
            size_t swap = cuts[k];

            cuts[k] = cuts[k - 1];
            cuts[k - 1] = swap;
        }
    }
    cuts[count] = message.len;
    for (size_t left = count; left > 0;) {
        size_t   n = draw(&state, (uint32_t)count);
        uint32_t more = draw(&state, 4) == 0 ? draw(&state, 20) : 0;
        size_t   to = cuts[n + 1] + more < message.len ? cuts[n + 1] + more : cuts[n + 1];

        if (cuts[n] == SIZE_MAX || cuts[n] == cuts[n + 1] || cuts[n + 1] == SIZE_MAX) {
            /* gone already, or empty: the first that is left, instead */
            for (n = 0; n < count && (cuts[n] == SIZE_MAX); n++)
                continue;
            to = message.len;
            left = 1;
        }
        chunk(agent, seed, &state, n < count ? cuts[n] : 0, to);
        left--;
    }
    if (!message.complete)
        chunk(agent, seed, &state, 0, message.len);
    ck_assert_msg(message.complete, "seed %u: not complete", seed);
    ck_assert_msg(memcmp(message.octets, message.came, message.len) == 0, "seed %u differs", seed);
}

START_TEST(ten_thousand_seeds)
{
    struct msrp_side side;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_side_passive(&side);
    for (uint32_t seed = (uint32_t)_i * 2500; seed < ((uint32_t)_i + 1) * 2500; seed++)
        one_message(side.agent, seed);
}
END_TEST

Suite *test_msrp_cuts_suite(void)
{
    Suite *suite = suite_create("msrp_cuts");
    TCase *tcase = tcase_create("all");

    tcase_add_test(tcase, at_every_octet);
    tcase_add_loop_test(tcase, ten_thousand_seeds, 0, 4);
    suite_add_tcase(suite, tcase);
    return suite;
}
