/* SPDX-License-Identifier: MIT
 * tests/unit/test_push_pull.c -- files that a receiver asks for: both agents, and the peer by hand.
 * RFC 5547 8.2.2, 8.3.2. */
#include "../../base/io.h"
#include "push_unit.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

#define OCTETS 70000

static struct push_content file;

static struct push_unit *world_of(const struct push_receiver_config *config)
{
    struct push_unit *unit;

    push_unit_serves = true;
    unit = push_unit_new(NULL, NULL, config);
    file = push_unit_content("f.png", "image/png", push_unit_pattern(OCTETS, 1), false);
    unit->outs[0].octets = sp_slice(file.body.at, OCTETS);
    unit->served = &file;
    return unit;
}

static struct push_unit *world(void)
{
    return world_of(NULL);
}

static enum sp_err pull(struct push_unit *unit, const char *to, const char *name)
{
    struct push_pull wanted = { .to = sp_str(to), .name = sp_str(name), .octets = UINT64_MAX };

    return push_receiver_pull(unit->receiver, unit->now_us, &wanted);
}

/* Asked for by name; what comes is told by the answer, its hash too, decided, and comes whole.
 * 5547-8.3.2-2, 5547-8.3.2-8 */
START_TEST(comes)
{
    struct push_unit *unit = world();

    unit_err(pull(unit, "sip:alice@192.0.2.1", "f.png"), SP_OK);
    push_unit_drain(unit);
    push_unit_run(unit, 5000);
    ck_assert_int_eq(unit->asked, 1);
    ck_assert_str_eq(unit->wanted, "f.png");
    ck_assert_uint_eq(unit->wanted_octets, UINT64_MAX);
    unit_err(unit->serve_err, SP_OK);
    ck_assert_int_eq(unit->offered, 1);
    ck_assert_uint_eq(unit->ins[0].announced, OCTETS);
    ck_assert_str_eq(unit->ins[0].type, "image/png");
    ck_assert_int_eq(unit->ins[0].has_sha1, 1);
    ck_assert_int_eq(unit->ins[0].delivered, 1);
    ck_assert_int_eq(memcmp(unit->ins[0].octets, unit->outs[0].octets.at, OCTETS), 0);
    unit_err(unit->outs[0].err, SP_OK);
    ck_assert_int_eq(unit->outs[0].ended, 1);
    ck_assert_int_eq(push_unit_count(unit, "a=recvonly"), 1);
    ck_assert_int_eq(push_unit_count(unit, "a=sendonly"), 1);
    push_unit_run(unit, 40000);
    push_unit_nothing_left(unit);
}
END_TEST

/* Refused, not what was asked for, or declined when it is seen: no octet flows. 5547-8.3.2-10 */
START_TEST(comes_not)
{
    struct push_receiver_config texts = { .accept_types = SP_LIT("text/plain") };
    struct push_unit           *unit = world_of(_i == 3 ? &texts : NULL); /* 4975-8.6-8 */

    if (_i == 0)
        unit->served = NULL, unit->serve_status = 404;
    if (_i == 1)
        file.name = SP_LIT("g.png");
    if (_i == 2)
        unit->decide[0] = 603;
    unit_err(pull(unit, "sip:alice@192.0.2.1", "f.png"), SP_OK);
    push_unit_drain(unit);
    push_unit_run(unit, 50000);
    ck_assert_int_eq(unit->offered, _i == 2 ? 1 : 0);
    ck_assert_uint_eq(unit->came, 0);
    if (_i != 2)
        ck_assert_ptr_nonnull(strstr(unit->words, "PULL_FAILED"));
    push_unit_nothing_left(unit);
}
END_TEST

/* What is here already is not asked for: the rest comes, in its place. 5547-8.2.2-1 */
START_TEST(rest)
{
    static const struct {
        uint64_t    offset, octets;
        bool        has_sha1;
        enum sp_err err;
    } rests[] = {
        { 1, OCTETS, true, SP_OK },
        { 69999, OCTETS, true, SP_OK },
        { 30000, OCTETS, true, SP_OK },
        { 70000, OCTETS, true, SP_RANGE },
        { 30000, UINT64_MAX, true, SP_RANGE },
        { 30000, OCTETS, false, SP_RANGE },
    };
    struct push_receiver_config config = { .resumes = true };
    struct push_unit           *unit = world_of(&config);
    uint64_t                    offset = rests[_i].offset;
    struct push_pull            wanted = { .to = SP_LIT("sip:alice@192.0.2.1"),
                                           .name = SP_LIT("f.png"),
                                           .octets = rests[_i].octets,
                                           .has_sha1 = rests[_i].has_sha1,
                                           .offset = offset };
    char                        range[64];

    memcpy(wanted.sha1, file.sha1, sizeof(wanted.sha1));
    unit_err(push_receiver_pull(unit->receiver, unit->now_us, &wanted), rests[_i].err);
    if (rests[_i].err != SP_OK)
        return;
    push_unit_drain(unit);
    push_unit_run(unit, 5000);
    unit_err(unit->serve_err, SP_OK);
    ck_assert_int_eq(unit->offered, 1);
    ck_assert_uint_eq(unit->ins[0].offset, offset);
    ck_assert_int_eq(unit->ins[0].delivered, 1);
    ck_assert_uint_eq(unit->came, OCTETS - offset);
    ck_assert_int_eq(memcmp(unit->ins[0].octets + offset, unit->outs[0].octets.at + offset,
                            (size_t)(OCTETS - offset)),
                     0);
    snprintf(range, sizeof(range), "a=file-range:%u-*", (unsigned)offset + 1);
    ck_assert_int_eq(push_unit_count(unit, range), 2); /* asked for, and answered so */
    push_unit_run(unit, 40000);
    push_unit_nothing_left(unit);
}
END_TEST

/* The offer has a selector, a new id, recvonly, and no further attribute of a file; answers that
 * are none to it; silence. 5547-8.2.2-1, 5547-8.2.2-2, 5547-8.2.2-3, 5547-8.2.2-4 */
START_TEST(answered_wrongly)
{
    static const char *const answers[] = {
        "",
        "nonsense",
        "v=0\no=- 1 1 IN IP4 192.0.2.3\ns=-\nc=IN IP4 192.0.2.3\nt=0 0\nm=message 0 TCP/MSRP *\n",
        "v=0\no=- 1 1 IN IP4 192.0.2.3\ns=-\nc=IN IP4 192.0.2.3\nt=0 0\n"
        "m=message 2855 TCP/MSRP *\na=recvonly\na=setup:passive\na=accept-types:*\n"
        "a=path:msrp://192.0.2.3:2855/s;tcp\na=file-selector:%F size:5\na=file-transfer-id:%T\n",
        "v=0\no=- 1 1 IN IP4 192.0.2.3\ns=-\nc=IN IP4 192.0.2.3\nt=0 0\n"
        "m=message 2855 TCP/MSRP *\na=sendonly\na=setup:passive\na=accept-types:*\n"
        "a=path:msrp://192.0.2.3:2855/s;tcp\n",
    };
    struct push_unit *unit = world();
    struct sp_slice   got;

    unit_err(pull(unit, "sip:carol@192.0.2.3", "f.png"), SP_OK);
    push_unit_drain(unit);
    push_unit_run(unit, 100);
    got = push_unit_hand_got(unit, "INVITE");
    unit_eq(push_unit_attribute(got, "file-selector", 0), "name:\"f.png\"");
    unit_eq(push_unit_attribute(got, "setup", 0), "active");
    ck_assert_uint_eq(push_unit_attribute(got, "file-transfer-id", 0).len, 32);
    ck_assert_int_eq(push_unit_count(unit, "a=recvonly"), 1);
    ck_assert_int_eq(push_unit_count(unit, "a=file-"), 2);
    if (_i < (int)UNIT_ROWS(answers))
        push_unit_hand_answer(unit, "INVITE", "200 OK", "", answers[_i]);
    push_unit_run(unit, 100000);
    ck_assert_ptr_nonnull(strstr(unit->words, "PULL_FAILED"));
    ck_assert_int_eq(unit->offered, 0);
}
END_TEST

/* What comes is not what the answer told, its hash or its size: the transfer failed, and both sides
 * know it. 5547-8.2.2-6, 5547-8.2.2-7 */
START_TEST(differs)
{
    struct push_unit          *unit = world();
    const struct push_unit_in *in = &unit->ins[0];
    struct push_content        told = { .has_sha1 = true };
    enum sp_err                err;

    if (_i == 0)
        file.sha1[0] ^= 1;
    if (_i == 1)
        file.octets = OCTETS - 1; /* it has grown since */
    unit->hold_stored = true;
    unit_err(pull(unit, "sip:alice@192.0.2.1", "f.png"), SP_OK);
    push_unit_drain(unit);
    push_unit_run(unit, 5000);
    ck_assert_int_eq(in->completes, 1);
    told.octets = in->announced;
    memcpy(told.sha1, in->sha1, sizeof(told.sha1));
    err = push_content_check(&told, sp_slice(in->octets, (size_t)in->extent));
    unit_err(err, SP_INTEGRITY);
    unit_err(push_receiver_stored(unit->receiver, unit->now_us, in->push, err), SP_OK);
    push_unit_drain(unit);
    push_unit_run(unit, 5000);
    ck_assert_int_eq(in->delivered, 0);
    ck_assert_int_eq(in->failed, 1);
    unit_err(in->err, SP_INTEGRITY);
    ck_assert_int_eq(unit->outs[0].ended, 1);
    ck_assert_int_ne(unit->outs[0].err, SP_OK);
    push_unit_run(unit, 40000);
    push_unit_nothing_left(unit);
}
END_TEST

/* Who asks for octets that are not given gets none. 5547-8.3.2-12 */
START_TEST(part_asked)
{
    static const struct {
        const char *range;
        bool        asked;
        const char *answer;
    } parts[] = {
        { "a=file-range:1-5\n", false, "SIP/2.0 488" }, /* the middle of a file is none of ours */
        { "a=file-range:70001-*\n", true, "SIP/2.0 488" }, /* past its end */
        { "a=file-range:0-*\n", false, "SIP/2.0 488" },
        { "a=file-range:69999-*\n", true, "SIP/2.0 200" },
        { "", true, "SIP/2.0 200" },
    };
    static const char offer[] =
        "v=0\r\no=- 1 1 IN IP4 192.0.2.3\r\ns=-\r\nc=IN IP4 192.0.2.3\r\nt=0 0\r\n"
        "m=message 2855 TCP/MSRP *\r\na=recvonly\r\na=setup:active\r\na=accept-types:*\r\n"
        "a=path:msrp://192.0.2.3:2855/s1s1s1s1;tcp\r\na=file-selector:name:\"f.png\"\r\n"
        "a=file-transfer-id:id1\r\n";
    struct push_unit *unit = world();
    char              room[2048];
    int               used;

    used = snprintf(room, sizeof(room),
                    "INVITE sip:alice@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.3:5060;branch="
                    "z9hG4bKpull\nMax-Forwards: 70\nFrom: <sip:carol@192.0.2.3>;tag=h\n"
                    "To: <sip:alice@192.0.2.1>\nCall-ID: pull\nCSeq: 1 INVITE\n"
                    "Contact: <sip:carol@192.0.2.3>\nContent-Type: application/sdp\n"
                    "Content-Length: %d\n\n",
                    (int)(sizeof(offer) - 1) +
                        (int)(strlen(parts[_i].range) + (parts[_i].range[0] != '\0')));
    for (const char *at = offer; *at != '\0'; at++)
        if (*at != '\r')
            room[used++] = *at;
    snprintf(room + used, sizeof(room) - (size_t)used, "%s", parts[_i].range);
    push_unit_hand_send(unit, PUSH_UNIT_SENDER, room);
    push_unit_run(unit, 100);
    ck_assert_int_eq(unit->asked, parts[_i].asked);
    ck_assert_uint_gt(push_unit_hand_got(unit, parts[_i].answer).len, 0);
    ck_assert_int_eq(push_unit_count(unit, "a=sendonly"), parts[_i].answer[8] == '2');
}
END_TEST

/* What is no pull at all. */
START_TEST(no_selector)
{
    struct push_unit *unit = world();

    unit_err(pull(unit, "sip:alice@192.0.2.1", ""), SP_MISSING);
    ck_assert_uint_eq(push_receiver_open(unit->receiver), 0);
    unit_err(pull(unit, "nothing", "f"), SP_SYNTAX);
    push_unit_nothing_left(unit);
}
END_TEST

Suite *test_push_pull_suite(void)
{
    Suite *suite = suite_create("push_pull");
    TCase *tcase = unit_tcase(suite, "push_pull");

    tcase_add_test(tcase, comes);
    tcase_add_loop_test(tcase, rest, 0, 6);
    tcase_add_loop_test(tcase, comes_not, 0, 4);
    tcase_add_loop_test(tcase, answered_wrongly, 0, 5);
    tcase_add_test(tcase, no_selector);
    tcase_add_loop_test(tcase, differs, 0, 2);
    tcase_add_loop_test(tcase, part_asked, 0, 5);
    return suite;
}
