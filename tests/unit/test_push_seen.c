/* SPDX-License-Identifier: MIT
 * tests/unit/test_push_seen.c -- a push that comes again is handed over once. */
#include "../../push/push_seen.h"

#include <stdio.h>

#include "push_unit.h"
#include "unit.h"

/* Without a Content-ID, `id` of the request: Call-ID and CSeq. */
static struct push_key key_of(const char *from, const char *id, const char *body)
{
    struct sip_field fields[8];
    struct sip_msg   msg;
    struct sp_where  where;
    struct push_key  key;
    char             text[512];

    snprintf(text, sizeof(text), "MESSAGE sip:b@h SIP/2.0\r\n%s%s%s\r\n%s",
             id == NULL     ? ""
             : id[0] == '<' ? "Content-ID: "
                            : "",
             id != NULL ? id : "", id != NULL ? "\r\n" : "", body);
    sip_msg_init(&msg, fields, 8);
    unit_err(sip_msg_parse(unit_text(text), &msg, &where), SP_OK);
    push_key_of(&key, &msg, unit_text(from));
    return key;
}

START_TEST(keys_tell)
{
    struct push_key key = key_of("sip:a@h", "<1@x>", "body"), other;

    other = key_of("sip:a@h", "<1@x>", "body");
    ck_assert(push_key_eq(&key, &other));
    other = key_of("sip:b@h", "<1@x>", "body");
    ck_assert(!push_key_eq(&key, &other));
    other = key_of("sip:a@h", "<2@x>", "body");
    ck_assert(!push_key_eq(&key, &other));
    other = key_of("sip:a@h", "<1@x>", "bodY");
    ck_assert(!push_key_eq(&key, &other));
    key = other = key_of("sip:a@h", NULL, "body");
    ck_assert(!key.has);
    ck_assert(!push_key_eq(&key, &other));
    key = key_of("sip:a@h", "Call-ID: a\r\nCSeq: 1 MESSAGE", "body");
    other = key_of("sip:a@h", "Call-ID: a\r\nCSeq: 1 MESSAGE", "body");
    ck_assert(push_key_eq(&key, &other)); /* a request that comes again */
    other = key_of("sip:a@h", "Call-ID: a\r\nCSeq: 2 MESSAGE", "body");
    ck_assert(!push_key_eq(&key, &other)); /* two equal texts are two texts */
    other = key_of("sip:a@h", "Call-ID: b\r\nCSeq: 1 MESSAGE", "body");
    ck_assert(!push_key_eq(&key, &other));
    other = key_of("sip:b@h", "Call-ID: a\r\nCSeq: 1 MESSAGE", "body");
    ck_assert(!push_key_eq(&key, &other));
}
END_TEST

START_TEST(ring)
{
    struct push_seen seen;
    struct sp_arena  measured = sp_arena(NULL), arena;
    struct push_key  keys[4];
    char             id[16];

    push_seen_init(&seen, &measured, (uint32_t)_i);
    arena = unit_arena(measured);
    push_seen_init(&seen, &arena, (uint32_t)_i);
    for (int k = 0; k < 4; k++) {
        snprintf(id, sizeof(id), "<%d@x>", k);
        keys[k] = key_of("sip:a@h", id, "");
        ck_assert(!push_seen_has(&seen, 1, &keys[k]));
        push_seen_add(&seen, 1, &keys[k]);
    }
    for (int k = 0; k < 4; k++) {
        ck_assert_int_eq(push_seen_has(&seen, 2, &keys[k]), k >= 4 - _i);
        ck_assert(!push_seen_has(&seen, UINT64_C(3600000001), &keys[k]));
    }
}
END_TEST

/* The 200 is lost, the sender asks again as a new request: delivered once, and both say so. */
START_TEST(lost_200)
{
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    struct push_content text = push_unit_content("", "text/plain", unit_text("hello"), true);

    unit->retries = 2;
    unit->hold = _i == 1;
    unit->deaf[PUSH_UNIT_SENDER] = true;
    unit_err(push_unit_order(unit, PUSH_PAGER, false, &text, 1), SP_OK);
    push_unit_run(unit, 33000);
    ck_assert_int_eq(unit->offered, 1);
    ck_assert_int_eq(unit->ins[0].delivered, _i == 0);
    unit->deaf[PUSH_UNIT_SENDER] = false;
    push_unit_run(unit, 4000);
    if (_i == 1) /* it came again while it was decided: the answer goes to the later request */
        unit_err(push_receiver_decide(unit->receiver, unit->now_us, unit->ins[0].push, 200, 1),
                 SP_OK);
    push_unit_finish(unit);
    push_unit_delivered(unit, 0, 0);
    ck_assert_int_eq(unit->offered, 1);
}
END_TEST

/* The same text on purpose, twice: two pushes. */
START_TEST(said_twice)
{
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    struct push_content texts[2];

    texts[0] = texts[1] = push_unit_content("", "text/plain", unit_text("yes"), true);
    unit->retries = (uint32_t)_i;
    unit_err(push_unit_order(unit, PUSH_PAGER, false, texts, 2), SP_OK);
    push_unit_finish(unit);
    push_unit_delivered(unit, 0, 0);
    push_unit_delivered(unit, 1, 1);
}
END_TEST

Suite *test_push_seen_suite(void)
{
    Suite *suite = suite_create("push_seen");
    TCase *tcase = unit_tcase(suite, "push_seen");

    tcase_add_test(tcase, keys_tell);
    tcase_add_loop_test(tcase, ring, 0, 5);
    tcase_add_loop_test(tcase, lost_200, 0, 2);
    tcase_add_loop_test(tcase, said_twice, 0, 2);
    return suite;
}
