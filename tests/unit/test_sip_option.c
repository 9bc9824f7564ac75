/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_option.c -- option tags, ours and the peer's. */
#include "../../dialog/sip_option.h"
#include "caller_unit.h"
#include "unit.h"

#include <stdio.h>

static const struct read_row {
    const char *fields;
    uint32_t    known, can;
} reads[] = {
    { "", 0, 0 },
    { "", SIP_CAN_UPDATE | SIP_CAN_100REL | SIP_CAN_TIMER, SIP_CAN_UPDATE },
    { "", SIP_CANT_UPDATE, SIP_CANT_UPDATE },
    { "Allow: INVITE, UPDATE\r\n", SIP_CANT_UPDATE, SIP_CAN_UPDATE },
    { "Allow: INVITE\r\n", SIP_CAN_UPDATE, SIP_CANT_UPDATE },
    { "Allow: INVITE\r\nAllow: UPDATE\r\n", 0, SIP_CAN_UPDATE },
    { "Allow: Update\r\n", 0, SIP_CANT_UPDATE },
    { "Supported: 100rel\r\n", 0, SIP_CAN_100REL },
    { "k: a, 100REL , timer\r\n", 0, SIP_CAN_100REL | SIP_CAN_TIMER },
    { "Require: 100rel\r\n", 0, SIP_CAN_100REL | SIP_NEEDS_100REL },
    { "Require: timer\r\n", 0, SIP_CAN_TIMER },
    { "Supported: x100rel, timers\r\n", 0, 0 },
};

/* 3311-4-1: what the peer says is heard */
START_TEST(what_a_message_says)
{
    const struct read_row *row = &reads[_i];
    char                   text[512];
    struct sip_field       fields[16];
    struct sip_msg         msg;
    struct sp_where        where;

    snprintf(text, sizeof text, "SIP/2.0 200 OK\r\n%sContent-Length: 0\r\n\r\n", row->fields);
    sip_msg_init(&msg, fields, 16);
    unit_err(sip_msg_parse(unit_text(text), &msg, &where), SP_OK);
    ck_assert_uint_eq(sip_option_read(row->known, &msg), row->can);
}
END_TEST

static const struct ours_row {
    const char *supported;
    bool        prack, timer;
    const char *written;
} ourss[] = {
    { "", false, false, "" },
    { "path", false, false, "Supported: path\r\n" },
    { "", true, false, "Supported: 100rel\r\n" },
    { "path", true, true, "Supported: path, 100rel, timer\r\n" },
    { "timer,100rel", true, true, "Supported: timer,100rel\r\n" },
    { "", false, true, "Supported: timer\r\n" },
};

/* 4028-7.1-1, 3262-4-2 */
START_TEST(what_we_say)
{
    const struct ours_row *row = &ourss[_i];
    struct sip_ua_config   config = ua_config;
    struct ua_world       *world;
    struct sp_buf          to = sp_buf(unit_room(128), 128);

    config.supported = sp_str(row->supported);
    if (row->prack)
        config.methods |= 1u << SIP_PRACK;
    config.min_se_s = row->timer ? 90 : 0;
    world = ua_world(&config, NULL, true, 1);
    sip_put_supported(world->ends[0].ua, &to);
    unit_eq(sp_written(&to), row->written);
    ck_assert_int_eq(sip_option_is_ours(world->ends[0].ua, SP_LIT("100REL")), row->prack);
    ck_assert_int_eq(sip_option_is_ours(world->ends[0].ua, SP_LIT("timer")), row->timer);
    ck_assert(!sip_option_is_ours(world->ends[0].ua, SP_LIT("gruu")));
    ck_assert_int_eq(sip_option_is_ours(world->ends[0].ua, SP_LIT("path")),
                     sp_starts(sp_str(row->supported), SP_LIT("path")));
}
END_TEST

Suite *test_sip_option_suite(void)
{
    Suite *suite = suite_create("sip_option");
    TCase *tcase = unit_tcase(suite, "option");

    unit_loop(tcase, what_a_message_says, reads);
    unit_loop(tcase, what_we_say, ourss);
    return suite;
}
