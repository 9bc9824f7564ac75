/* SPDX-License-Identifier: MIT
 * tests/unit/test_push_app.c -- applications: lists of ids, Accept-Contact, and who is refused. */
#include "../../push/push_app.h"

#include "push_unit.h"
#include "unit.h"

static char room[1024];

static const struct list_row {
    const char *apps;
    enum sp_err err;
    const char *list, *contact, *request;
} lists[] = {
    { "", SP_OK, "", "", "" },
    { "ulp.ua", SP_OK, "ulp.ua", ";+g.oma.pusheventapp=\"ulp.ua\"",
      "Accept-Contact: *;+g.oma.pusheventapp=\"ulp.ua\";require;explicit, "
      "*;methods=\"MESSAGE\";require\r\n" },
    { " x-wap-application:mms.ua , x-oma-application:ulp.ua,,", SP_OK, "mms.ua,ulp.ua",
      ";+g.oma.pusheventapp=\"mms.ua,ulp.ua\"",
      "Accept-Contact: *;+g.oma.pusheventapp=\"mms.ua,ulp.ua\";require;explicit, "
      "*;methods=\"MESSAGE\";require\r\n" },
    { "a b", SP_SYNTAX, "", "", "" },
    { "a\"", SP_SYNTAX, "", "", "" },
    { "a\r\nX: y", SP_SYNTAX, "", "", "" },
    { "a/b", SP_SYNTAX, "", "", "" },
};

START_TEST(list)
{
    const struct list_row *row = &lists[_i];
    struct sp_buf          to = sp_buf(room, sizeof(room));

    push_put_apps(&to, unit_text(row->apps));
    unit_err(to.err, row->err);
    unit_eq(sp_written(&to), row->list);
    to = sp_buf(room, sizeof(room));
    push_put_app_contact(&to, unit_text(row->apps));
    unit_eq(sp_written(&to), row->contact);
    to = sp_buf(room, sizeof(room));
    push_put_app_request(&to, unit_text(row->apps), SIP_MESSAGE);
    unit_eq(sp_written(&to), row->request);
}
END_TEST

static const struct request_row {
    const char   *fields, *ours;
    enum push_app app;
    const char   *id;
} requests[] = {
    { "", "ulp.ua", PUSH_APP_NONE, "" },
    { "Accept-Contact: *;methods=\"MESSAGE\";require\r\n", "ulp.ua", PUSH_APP_NONE, "" },
    { "Accept-Contact: *;+g.oma.pusheventapp=\"ulp.ua\";require;explicit\r\n", "mms.ua,ulp.ua",
      PUSH_APP_OURS, "ulp.ua" },
    { "a: *;+g.oma.pusheventapp=\"x,MMS.UA\";require\r\n", "mms.ua,ulp.ua", PUSH_APP_OURS,
      "mms.ua" },
    { "a: *;+g.oma.pusheventapp=\"x-oma-application:ulp.ua\"\r\n", "ulp.ua", PUSH_APP_OURS,
      "ulp.ua" },
    { "a: *;+g.oma.pusheventapp=\"x\";require;explicit\r\n", "ulp.ua", PUSH_APP_OTHER, "" },
    { "a: *;+g.oma.pusheventapp=\"x\";require;explicit\r\n", "", PUSH_APP_OTHER, "" },
    { "a: *;+g.oma.pusheventapp=\"x\"\r\n", "ulp.ua", PUSH_APP_NONE, "" }, /* only a wish */
    { "a: *;+g.oma.pusheventapp=\"x\";require\r\na: *;+g.oma.pusheventapp=\"ulp.ua\"\r\n", "ulp.ua",
      PUSH_APP_OURS, "ulp.ua" },
    { "a: *;+g.oma.pusheventapp;require\r\n", "ulp.ua", PUSH_APP_OTHER, "" },
};

START_TEST(request)
{
    const struct request_row *row = &requests[_i];
    struct sip_field          fields[16];
    struct sip_msg            msg;
    struct sp_where           where;
    struct sp_slice           id;
    struct sp_buf             to = sp_buf(room, sizeof(room));

    sp_put_text(&to, "MESSAGE sip:b@h SIP/2.0\r\n");
    sp_put_text(&to, row->fields);
    sp_put_text(&to, "\r\n");
    sip_msg_init(&msg, fields, 16);
    unit_err(sip_msg_parse(sp_written(&to), &msg, &where), SP_OK);
    ck_assert_int_eq(push_app_of(&msg, unit_text(row->ours), &id), row->app);
    unit_eq(id, row->id);
}
END_TEST

START_TEST(by_type)
{
    unit_eq(push_app_of_type(unit_text("application/vnd.omaloc-supl-init")), "ulp.ua");
    unit_eq(push_app_of_type(unit_text("Application/VND.wap.mms-message;x=y")), "mms.ua");
    unit_eq(push_app_of_type(unit_text("text/plain")), "");
}
END_TEST

/* Both agents: the right application, another one, none; by MESSAGE and by session. */
START_TEST(agents)
{
    static const struct {
        const char *asked, *has, *type, *told;
        bool        taken;
    } rows[] = {
        { "ulp.ua", "mms.ua, ulp.ua", "text/plain", "ulp.ua", true },
        { "ulp.ua", "mms.ua", "text/plain", "", false },
        { "ulp.ua", "", "text/plain", "", false },
        { NULL, "ulp.ua", "application/vnd.wap.mms-message", "mms.ua", true },
        { NULL, "ulp.ua", "text/plain", "", true },
    };
    struct push_receiver_config config = { .apps = unit_text(rows[_i / 3].has) };
    struct push_unit           *unit = push_unit_new(NULL, NULL, &config);
    struct push_content content = push_unit_content(_i % 3 == 2 ? "f" : "", rows[_i / 3].type,
                                                    unit_text("octets"), true);

    unit->apps = rows[_i / 3].asked;
    unit_err(push_unit_order(unit, _i % 3 == 0 ? PUSH_PAGER : PUSH_SESSION, false, &content, 1),
             SP_OK);
    push_unit_finish(unit);
    if (rows[_i / 3].taken) {
        push_unit_delivered(unit, 0, 0);
        ck_assert_str_eq(unit->ins[0].app, rows[_i / 3].told);
    } else {
        unit_err(unit->outs[0].err, SP_REFUSED);
        ck_assert_uint_eq(unit->outs[0].status, 480);
        ck_assert_int_eq(unit->offered, 0);
    }
}
END_TEST

START_TEST(no_id)
{
    struct push_receiver_config config = { .apps = SP_LIT("a b") };
    uint8_t                     seed[SP_SEED_OCTETS] = { 0 };
    struct push_unit           *unit = push_unit_new(NULL, NULL, NULL);
    struct push_content         content = push_unit_content("", "", unit_text("x"), true);

    ck_assert_ptr_null(push_receiver_init(unit_room(push_receiver_size(&sp_limits_default)),
                                          &sp_limits_default, seed, &config));
    unit->apps = "a b";
    unit_err(push_unit_order(unit, PUSH_PAGER, false, &content, 1), SP_SYNTAX);
}
END_TEST

Suite *test_push_app_suite(void)
{
    Suite *suite = suite_create("push_app");
    TCase *tcase = unit_tcase(suite, "push_app");

    unit_loop(tcase, list, lists);
    unit_loop(tcase, request, requests);
    tcase_add_test(tcase, by_type);
    tcase_add_loop_test(tcase, agents, 0, 15);
    tcase_add_test(tcase, no_id);
    return suite;
}
