/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_route.c -- remote target and route set: Request-URI and Route. RFC
 * 3261 12.2.1.1. */
#include "unit.h"

#include <stdio.h>

#include "../../dialog/sip_route.h"

static const struct route_row {
    const char *target, *set;
    enum sp_err err;
    const char *line, *next, *routes;
} rows[] = {
    /* 3261-12.2.1.1-11, 3261-12.2.1.1-12 */
    { "sip:user@remoteua", "", SP_OK, "M sip:user@remoteua SIP/2.0\r\n", "sip:user@remoteua", "" },
    /* 3261-12.2.1.1-13 */
    { "sip:user@remoteua", "<sip:p1;lr>\n<sip:p2>;x", SP_OK, "M sip:user@remoteua SIP/2.0\r\n",
      "sip:p1;lr", "Route: <sip:p1;lr>\r\nRoute: <sip:p2>;x\r\n" },
    /* the RFC's own example: 3261-12.2.1.1-14 to 3261-12.2.1.1-16 */
    { "sip:user@remoteua", "<sip:proxy1>\n<sip:proxy2>\n<sip:proxy3;lr>\n<sip:proxy4>", SP_OK,
      "M sip:proxy1 SIP/2.0\r\n", "sip:proxy1",
      "Route: <sip:proxy2>\r\nRoute: <sip:proxy3;lr>\r\nRoute: <sip:proxy4>\r\n"
      "Route: <sip:user@remoteua>\r\n" },
    { "sip:user@remoteua", "<sip:proxy1>", SP_OK, "M sip:proxy1 SIP/2.0\r\n", "sip:proxy1",
      "Route: <sip:user@remoteua>\r\n" },
    /* what may not stand in a Request-URI */
    { "sip:a@b;x=y;method=INVITE;z?Subject=s", "", SP_OK, "M sip:a@b;x=y;z SIP/2.0\r\n",
      "sip:a@b;x=y;method=INVITE;z?Subject=s", "" },
    { "sip:a@b?Subject=s", "", SP_OK, "M sip:a@b SIP/2.0\r\n", "sip:a@b?Subject=s", "" },
    { "sip:a@b;METHOD=x", "", SP_OK, "M sip:a@b SIP/2.0\r\n", "sip:a@b;METHOD=x", "" },
    { "sip:a@b", "<sip:p;method=x?y=z>", SP_OK, "M sip:p SIP/2.0\r\n", "sip:p;method=x?y=z",
      "Route: <sip:a@b>\r\n" },
    { "tel:+1", "<sip:p;lr>", SP_OK, "M tel:+1 SIP/2.0\r\n", "sip:p;lr", "Route: <sip:p;lr>\r\n" },
    { "", "", SP_SYNTAX, "", "", "" },
    { "sip:a@b", "sip:p>", SP_SYNTAX, "", "", "" },
};

/* 3261-8.1.2-2, 3261-8.1.2-6, 3261-8.1.2-7, 3261-12.2.1.1-15 */
START_TEST(route_of_a_request)
{
    const struct route_row *row = &rows[_i];
    struct sip_route        route;
    struct sp_buf line = sp_buf(unit_room(256), 256), routes = sp_buf(unit_room(256), 256);

    unit_err(sip_route_of(unit_text(row->target), unit_text(row->set), &route), row->err);
    if (row->err != SP_OK)
        return;
    sip_put_request(&line, SP_LIT("M"), &route);
    sip_put_route(&routes, &route);
    unit_eq(sp_written(&line), row->line);
    unit_eq(route.next, row->next);
    unit_eq(sp_written(&routes), row->routes);
}
END_TEST

static const struct set_row {
    const char *fields, *forward, *back;
    enum sp_err err;
} sets[] = {
    { "", "", "", SP_OK },
    { "Record-Route: <sip:a;lr>\r\n", "<sip:a;lr>", "<sip:a;lr>", SP_OK },
    { "Record-Route: <sip:a;lr>, <sip:bb;lr>;x=\",\"\r\nX: y\r\nrecord-route:  <sip:ccc>\r\n",
      "<sip:a;lr>\n<sip:bb;lr>;x=\",\"\n<sip:ccc>", "<sip:ccc>\n<sip:bb;lr>;x=\",\"\n<sip:a;lr>",
      SP_OK },
    { "Record-Route: \"A\r\n B\" <sip:a>\r\n", "\"A B\" <sip:a>", "\"A B\" <sip:a>", SP_OK },
    { "Record-Route: sip:a\r\n", "", "", SP_SYNTAX },
    { "Record-Route: <sip:a>, b\r\n", "", "", SP_SYNTAX },
};

START_TEST(set_of_a_message)
{
    const struct set_row *row = &sets[_i];
    struct sip_field      fields[16];
    struct sip_msg        msg;
    struct sp_where       where;
    char                  text[512];
    struct sp_buf         forward = sp_buf(unit_room(256), 256), back = sp_buf(unit_room(256), 256);

    snprintf(text, sizeof text, "OPTIONS sip:a SIP/2.0\r\n%s\r\n", row->fields);
    sip_msg_init(&msg, fields, 16);
    unit_err(sip_msg_parse(unit_text(text), &msg, &where), SP_OK);
    sp_put_char(&back, '!'); /* what stands before it stays */
    sip_put_route_set(&forward, &msg, false);
    sip_put_route_set(&back, &msg, true);
    unit_err(forward.err, row->err);
    unit_err(back.err, row->err);
    unit_eq(sp_written(&forward), row->forward);
    if (row->err == SP_OK)
        unit_eq(sp_from(sp_written(&back), 1), row->back);
}
END_TEST

START_TEST(set_without_room)
{
    struct sip_field fields[4];
    struct sip_msg   msg;
    struct sp_where  where;
    struct sp_buf    to = sp_buf(unit_room((size_t)_i), (size_t)_i);

    sip_msg_init(&msg, fields, 4);
    unit_err(sip_msg_parse(SP_LIT("OPTIONS sip:a SIP/2.0\r\nRecord-Route: <sip:a>,<sip:b>\r\n\r\n"),
                           &msg, &where),
             SP_OK);
    sip_put_route_set(&to, &msg, true);
    unit_err(to.err, _i < 15 ? SP_ROOM : SP_OK);
}
END_TEST

Suite *test_sip_route_suite(void)
{
    Suite *suite = suite_create("sip_route");
    TCase *tcase = unit_tcase(suite, "route");

    unit_loop(tcase, route_of_a_request, rows);
    unit_loop(tcase, set_of_a_message, sets);
    tcase_add_loop_test(tcase, set_without_room, 0, 17);
    return suite;
}
