/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_dialog.c -- a dialog: made, found, refreshed, written. RFC 3261 12. */
#include "unit.h"

#include <stdio.h>

#include "../../dialog/sip_dialog.h"

static struct sp_store        store;
static struct sip_dialog_room room;
static struct sip_field       fields[32];
static struct sip_msg         msg;

static void make_room(size_t most)
{
    struct sp_arena measure = sp_arena(NULL), arena;

    sp_store_init(&store, &measure, 4096);
    arena = sp_arena(unit_room(measure.used));
    sp_store_init(&store, &arena, 4096);
    room.store = &store;
    room.most = most;
    room.text = unit_room(most);
}

static void parse(const char *start, const char *text)
{
    char            whole[1024];
    struct sp_where where;

    snprintf(whole, sizeof whole, "%s\r\n%s\r\n", start, text);
    sip_msg_init(&msg, fields, 32);
    unit_err(sip_msg_parse(unit_text(whole), &msg, &where), SP_OK);
}

#define REQUEST  "INVITE sip:a@192.0.2.1 SIP/2.0"
#define RESPONSE "SIP/2.0 200 OK"
#define PARTIES                                                                                    \
    "From: \"F\" <sip:f@f>;tag=ft;x\r\nTo: sip:t@t;tag=tt\r\nCall-ID: id@x\r\nCSeq: 314 INVITE\r\n"
#define CONTACT "Contact: \"C\" <sip:c@192.0.2.2;x>;q=1\r\n"
#define ROUTES  "Record-Route: <sip:r1;lr>, <sip:r2;lr>\r\n"

/* 3261-12.1-1, 3261-12.1.1-8 */
START_TEST(made_by_a_request)
{
    struct sip_dialog dialog;

    make_room(512);
    parse(REQUEST, "From: \"F\" <sip:f@f>;tag=ft;x\r\nTo: sip:t@t\r\nCall-ID: id@x\r\nCSeq: 314 "
                   "INVITE\r\n" CONTACT ROUTES);
    unit_err(sip_dialog_of_request(&dialog, &room, &msg, SP_LIT("ours")), SP_OK);
    unit_eq(dialog.call_id, "id@x");   /* 3261-12.1.1-12 */
    unit_eq(dialog.local_tag, "ours"); /* 3261-12.1.1-13 */
    unit_eq(dialog.remote_tag, "ft");
    unit_eq(dialog.remote, "\"F\" <sip:f@f>"); /* 3261-12.1.1-15 */
    unit_eq(dialog.local, "<sip:t@t>");
    unit_eq(dialog.target, "sip:c@192.0.2.2;x");        /* 3261-12.1.1-9 */
    unit_eq(dialog.routes, "<sip:r1;lr>\n<sip:r2;lr>"); /* 3261-12.1.1-7 */
    ck_assert_uint_eq(dialog.remote_cseq, 314);         /* 3261-12.1.1-10 */
    ck_assert(dialog.remote_seen);
    ck_assert_uint_eq(dialog.local_cseq, 0); /* 3261-12.1.1-11 */
    sip_dialog_free(&dialog, &store);
    ck_assert_uint_eq(store.used, 0);
}
END_TEST

/* RFC 4475 3.4.1: no cookie, no tag, no Contact. */
START_TEST(made_by_a_request_of_rfc2543)
{
    struct sip_dialog dialog;

    make_room(512);
    parse(REQUEST, "Via: SIP/2.0/UDP h;branch=1\r\nFrom: <sip:f@f;user=phone>\r\nTo: sip:t@t\r\n"
                   "Call-ID: id@x\r\nCSeq: 314 INVITE\r\n");
    unit_err(sip_dialog_of_request(&dialog, &room, &msg, SP_LIT("ours")), SP_OK);
    unit_eq(dialog.target, "sip:f@f;user=phone");
    unit_eq(dialog.remote_tag, "");
    sip_dialog_free(&dialog, &store);
}
END_TEST

/* 3261-12.1.2-6, 3261-12.1.2-9 */
START_TEST(made_by_a_response)
{
    struct sip_dialog dialog;

    make_room(512);
    parse(RESPONSE, PARTIES CONTACT ROUTES);
    unit_err(sip_dialog_of_response(&dialog, &room, &msg, SP_LIT("sip:other")), SP_OK);
    unit_eq(dialog.local_tag, "ft"); /* 3261-12.1.2-10 */
    unit_eq(dialog.remote_tag, "tt");
    unit_eq(dialog.local, "\"F\" <sip:f@f>"); /* 3261-12.1.2-12 */
    unit_eq(dialog.remote, "<sip:t@t>");
    unit_eq(dialog.target, "sip:c@192.0.2.2;x");
    unit_eq(dialog.routes, "<sip:r2;lr>\n<sip:r1;lr>"); /* 3261-12.1.2-4 */
    ck_assert_uint_eq(dialog.local_cseq, 314);          /* 3261-12.1.2-7 */
    ck_assert(!dialog.remote_seen);                     /* 3261-12.1.2-8 */
    sip_dialog_free(&dialog, &store);

    parse(RESPONSE, PARTIES);
    unit_err(sip_dialog_of_response(&dialog, &room, &msg, SP_LIT("sip:other")), SP_OK);
    unit_eq(dialog.target, "sip:other");
    unit_eq(dialog.routes, ""); /* 3261-12.1.2-5 */
    sip_dialog_free(&dialog, &store);

    /* a peer of RFC 2543: 3261-12.1.2-11 */
    parse(RESPONSE,
          "From: <sip:f@f>;tag=ft\r\nTo: sip:t@t\r\nCall-ID: id@x\r\nCSeq: 314 INVITE\r\n");
    unit_err(sip_dialog_of_response(&dialog, &room, &msg, SP_LIT("sip:other")), SP_OK);
    unit_eq(dialog.remote_tag, "");
}
END_TEST

static const struct bad_row {
    const char *start, *fields;
    size_t      most;
    enum sp_err err;
} bads[] = {
    { REQUEST, PARTIES, 512, SP_MISSING },
    { REQUEST, PARTIES "Via: SIP/2.0/UDP h;branch=z9hG4bKx\r\n", 512, SP_MISSING },
    { REQUEST, PARTIES "Via: SIP/2.0/UDP\r\n", 512, SP_MISSING },
    { REQUEST, PARTIES "Contact: *\r\n", 512, SP_SYNTAX },
    { REQUEST, PARTIES "Contact: <sip:\r\n", 512, SP_SYNTAX },
    { REQUEST, PARTIES CONTACT "Record-Route: sip:a\r\n", 512, SP_SYNTAX },
    { REQUEST, PARTIES CONTACT, 20, SP_LIMIT },
    { REQUEST, PARTIES CONTACT, 45, SP_LIMIT },
    { RESPONSE, PARTIES "Contact: *\r\n", 512, SP_SYNTAX },
    { RESPONSE, PARTIES CONTACT "Record-Route: x\r\n", 512, SP_SYNTAX },
    { RESPONSE, PARTIES CONTACT, 20, SP_LIMIT },
    { RESPONSE, PARTIES CONTACT ROUTES, 60, SP_LIMIT },
};

START_TEST(not_made)
{
    const struct bad_row *row = &bads[_i];
    struct sip_dialog     dialog;

    make_room(row->most);
    parse(row->start, row->fields);
    unit_err(msg.request ? sip_dialog_of_request(&dialog, &room, &msg, SP_LIT("x"))
                         : sip_dialog_of_response(&dialog, &room, &msg, SP_LIT("sip:x")),
             row->err);
    ck_assert_uint_eq(store.used, 0);
}
END_TEST

static const struct refresh_row {
    const char *contact;
    enum sp_err err;
    const char *target;
    bool        moved;
} refreshes[] = {
    { "Contact: <sip:new@192.0.2.9>\r\n", SP_OK, "sip:new@192.0.2.9", true },
    { "Contact: <sip:c@192.0.2.2;x>;q=0.5\r\n", SP_OK, "sip:c@192.0.2.2;x", false },
    { "", SP_OK, "sip:c@192.0.2.2;x", false },
    { "Contact: *\r\n", SP_SYNTAX, "sip:c@192.0.2.2;x", false },
    { "Contact: <sip:"
      "a23456789a123456789a123456789a123456789a123456789a123456789a123456789a123456789"
      "@192.0.2.9>\r\n",
      SP_LIMIT, "sip:c@192.0.2.2;x", false },
};

/* 3261-12.2.1.2-1, 3261-12.2.2-6 */
START_TEST(target_is_refreshed)
{
    const struct refresh_row *row = &refreshes[_i];
    struct sip_dialog         dialog;
    size_t                    used;
    bool                      moved = true;

    make_room(90);
    parse(RESPONSE, PARTIES CONTACT ROUTES);
    unit_err(sip_dialog_of_response(&dialog, &room, &msg, SP_LIT("sip:other")), SP_OK);
    used = store.used;
    parse(RESPONSE, row->contact);
    unit_err(sip_dialog_refresh(&dialog, &room, &msg, &moved), row->err);
    unit_eq(dialog.target, row->target);
    unit_eq(dialog.routes, "<sip:r2;lr>\n<sip:r1;lr>"); /* the route set stays */
    unit_eq(dialog.call_id, "id@x");
    ck_assert(moved == row->moved);
    ck_assert_uint_eq(store.used, used);
}
END_TEST

START_TEST(found_by_its_name)
{
    static const uint8_t key[16] = { 1 };
    struct sp_arena      measure = sp_arena(NULL), arena;
    struct sp_table      table;
    struct sip_dialog    dialog;
    struct sip_dialog_id id;

    sp_table_init(&table, &measure, 4, key);
    arena = sp_arena(unit_room(measure.used));
    sp_table_init(&table, &arena, 4, key);
    make_room(512);
    parse(RESPONSE, PARTIES CONTACT);
    unit_err(sip_dialog_of_response(&dialog, &room, &msg, SP_LIT("")), SP_OK);
    sip_dialog_add(&table, &dialog);
    unit_err(sip_dialog_id_of(&msg, &id), SP_OK);
    ck_assert_ptr_eq(sip_dialog_find(&table, &id), &dialog);
    /* a request of the peer has From and To the other way round */
    parse("BYE sip:x SIP/2.0",
          "From: <sip:t@t>;tag=tt\r\nTo: <sip:f@f>;tag=ft\r\nCall-ID: id@x\r\n");
    unit_err(sip_dialog_id_of(&msg, &id), SP_OK);
    ck_assert_ptr_eq(sip_dialog_find(&table, &id), &dialog);
    parse("BYE sip:x SIP/2.0",
          "From: <sip:t@t>;tag=ft\r\nTo: <sip:f@f>;tag=tt\r\nCall-ID: id@x\r\n");
    unit_err(sip_dialog_id_of(&msg, &id), SP_OK);
    ck_assert_ptr_null(sip_dialog_find(&table, &id));
    parse("BYE sip:x SIP/2.0",
          "From: <sip:t@t>;tag=tt\r\nTo: <sip:f@f>;tag=ft\r\nCall-ID: ID@x\r\n");
    unit_err(sip_dialog_id_of(&msg, &id), SP_OK);
    ck_assert_ptr_null(sip_dialog_find(&table, &id));
    parse("BYE sip:x SIP/2.0", "From: <sip:t\r\nTo: <sip:f@f>;tag=ft\r\nCall-ID: id@x\r\n");
    unit_err(sip_dialog_id_of(&msg, &id), SP_SYNTAX);
}
END_TEST

/* 3261-12.2.2-2 to 3261-12.2.2-5 */
/* 3261-12.2.2-3, 3261-12.2.2-4 */
START_TEST(numbers_rise)
{
    struct sip_dialog dialog;

    memset(&dialog, 0, sizeof dialog);
    ck_assert(sip_dialog_take_cseq(&dialog, 0)); /* the first, whatever it is */
    ck_assert(!sip_dialog_take_cseq(&dialog, 0));
    ck_assert(sip_dialog_take_cseq(&dialog, 5));
    ck_assert(!sip_dialog_take_cseq(&dialog, 4));
    ck_assert(!sip_dialog_take_cseq(&dialog, 5));
    ck_assert(sip_dialog_take_cseq(&dialog, UINT32_MAX));
    ck_assert(!sip_dialog_take_cseq(&dialog, 0));
}
END_TEST

/* 3261-12.2.1.1-1 to 3261-12.2.1.1-13 */
/* 3261-8.1.1.4-1, 3261-12.2.1.1-2, 3261-12.2.1.1-3, 3261-12.2.1.1-4, 3261-12.2.1.1-6,
 * 3261-12.2.1.1-10, 3261-12.2.1.1-11, 3261-12.2.1.1-12 */
START_TEST(head_of_a_request)
{
    struct sip_dialog dialog;
    struct sp_slice   next;
    struct sp_buf     to = sp_buf(unit_room(512), 512);

    make_room(512);
    parse(RESPONSE, PARTIES CONTACT ROUTES);
    unit_err(sip_dialog_of_response(&dialog, &room, &msg, SP_LIT("")), SP_OK);
    sip_put_dialog_head(&to, &dialog, SP_LIT("BYE"), 315);
    unit_eq(sp_written(&to), "BYE sip:c@192.0.2.2;x SIP/2.0\r\n"
                             "Max-Forwards: 70\r\n"
                             "From: \"F\" <sip:f@f>;tag=ft\r\n"
                             "To: <sip:t@t>;tag=tt\r\n"
                             "Call-ID: id@x\r\n"
                             "CSeq: 315 BYE\r\n"
                             "Route: <sip:r2;lr>\r\n"
                             "Route: <sip:r1;lr>\r\n");
    unit_err(sip_dialog_next_hop(&dialog, &next), SP_OK);
    unit_eq(next, "sip:r2;lr");
    /* 3261-12.2.1.1-5 */
    dialog.local_tag.len = dialog.remote_tag.len = 0;
    to = sp_buf(unit_room(512), 512);
    sip_put_dialog_head(&to, &dialog, SP_LIT("BYE"), 315);
    ck_assert_uint_lt(sp_find_slice(sp_written(&to), SP_LIT("From: \"F\" <sip:f@f>\r\n")), to.len);
    ck_assert_uint_lt(sp_find_slice(sp_written(&to), SP_LIT("To: <sip:t@t>\r\n")), to.len);
    dialog.target = SP_LIT("nothing");
    to = sp_buf(unit_room(512), 512);
    sip_put_dialog_head(&to, &dialog, SP_LIT("BYE"), 315);
    unit_err(to.err, SP_SYNTAX);
}
END_TEST

Suite *test_sip_dialog_suite(void)
{
    Suite *suite = suite_create("sip_dialog");
    TCase *tcase = unit_tcase(suite, "dialog");

    tcase_add_test(tcase, made_by_a_request);
    tcase_add_test(tcase, made_by_a_request_of_rfc2543);
    tcase_add_test(tcase, made_by_a_response);
    unit_loop(tcase, not_made, bads);
    unit_loop(tcase, target_is_refreshed, refreshes);
    tcase_add_test(tcase, found_by_its_name);
    tcase_add_test(tcase, numbers_rise);
    tcase_add_test(tcase, head_of_a_request);
    return suite;
}
