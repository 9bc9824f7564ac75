/* SPDX-License-Identifier: MIT
 * tests/unit/test_push_icon.c -- the icon of a file beside the offer: RFC 5547 8.8, RFC 2387. */
#include "../../push/push_icon.h"

#include "push_unit.h"
#include "unit.h"

#define SDP_PART "Content-Type: application/sdp\r\n\r\nv=0\r\n"
#define ICON_PART                                                                                  \
    "Content-Type: image/png\r\nContent-ID: <i@h>\r\nContent-Disposition: icon\r\n\r\npixels"
#define BODY(first, second) "--b\r\n" first "\r\n--b\r\n" second "\r\n--b--\r\n"
#define RELATED             "multipart/related;type=\"application/sdp\";boundary=b"

/* 5547-8.8-2, 5547-8.8-3: the root is the first part, or the one that `start` names. */
static const struct row {
    const char *type, *body, *sdp, *icon; /* of cid:i@h; NULL: none */
} rows[] = {
    { RELATED, BODY(SDP_PART, ICON_PART), "v=0\r\n", "pixels" },
    { "Multipart/Related; boundary=\"b\"", BODY(SDP_PART, ICON_PART), "v=0\r\n", "pixels" },
    { RELATED, BODY(ICON_PART, SDP_PART), "", "pixels" }, /* the root is a picture */
    { RELATED, BODY("Content-Type: application/x\r\n\r\nv=0\r\n", ICON_PART), "", "pixels" },
    { RELATED ";start=\"<s@h>\"", BODY(ICON_PART, "Content-ID: <s@h>\r\n" SDP_PART), "v=0\r\n",
      "pixels" },
    { RELATED ";start=\"<i@h>\"", BODY(SDP_PART, ICON_PART), "", "pixels" },
    { RELATED ";start=\"<x@h>\"", BODY(SDP_PART, ICON_PART), "", "pixels" },
    { RELATED, BODY(SDP_PART, "Content-ID: <j@h>\r\n\r\nx"), "v=0\r\n", NULL },
    { RELATED, BODY(SDP_PART, "\r\nx"), "v=0\r\n", NULL },
    { RELATED, "--b\r\n" SDP_PART "\r\n--b--\r\n", "v=0\r\n", NULL },
    { "multipart/related", BODY(SDP_PART, ICON_PART), "", NULL }, /* no boundary */
    { "multipart/related;boundary=c", BODY(SDP_PART, ICON_PART), "", NULL },
    { "application/sdp", "v=0\r\n", "v=0\r\n", NULL },
    { "", "v=0\r\n", "v=0\r\n", NULL },
    { RELATED, "", "", NULL },
};

START_TEST(taken_apart)
{
    const struct row *row = &rows[_i];
    struct sp_slice   body = unit_text(row->body), type = unit_text(row->type);
    struct sp_slice   icon_type = { NULL, 0 }, icon = { NULL, 0 };
    bool              there;

    unit_eq(push_related_root(type, body), row->sdp);
    there = push_related_icon(type, body, unit_text("cid:i@h"), &icon_type, &icon);
    ck_assert_int_eq(there, row->icon != NULL);
    if (there) {
        unit_eq(icon, row->icon);
        unit_eq(icon_type, "image/png");
    }
    ck_assert(!push_related_icon(type, body, unit_text(""), &icon_type, &icon));
    ck_assert(!push_related_icon(type, body, unit_text("http://h/i"), &icon_type, &icon));
}
END_TEST

static const char pixels[] = "\x89PNG\r\n--not a boundary\r\n\0\xff";

static void make_files(struct push_content files[3])
{
    files[0] = push_unit_content("a.png", "image/png", push_unit_pattern(5000, 1), false);
    files[1] = push_unit_content("b.bin", "application/x-b", push_unit_pattern(70000, 2), false);
    files[2] = push_unit_content("c.png", "image/png", push_unit_pattern(9, 3), false);
    files[0].icon = sp_slice(pixels, sizeof(pixels));
    files[0].icon_type = SP_LIT("image/png");
    files[2].icon = push_unit_pattern(PUSH_ICON_OCTETS, 4);
    files[2].icon_type = SP_LIT("image/x-large");
}

/* Each file is offered with its own icon, in sequence and in parallel; all arrive.
 * 5547-8.8-1, 5547-8.8-2, 5547-8.8-3, 5547-8.8-4 */
START_TEST(comes)
{
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    struct push_content files[3];
    struct sp_slice     wire, root;

    make_files(files);
    unit_err(push_unit_order(unit, PUSH_SESSION, _i == 1, files, 3), SP_OK);
    push_unit_finish(unit);
    for (int i = 0; i < 3; i++) {
        push_unit_delivered(unit, i, i);
        ck_assert_uint_eq(unit->ins[i].icon_octets, files[i].icon.len);
        ck_assert_mem_eq(unit->ins[i].icon, files[i].icon.at, files[i].icon.len);
        ck_assert_str_eq(unit->ins[i].icon_type, i == 0   ? "image/png"
                                                 : i == 1 ? ""
                                                          : "image/x-large");
    }
    push_unit_nothing_left(unit);
    wire = sp_slice(unit->wire, unit->wire_octets);
    ck_assert_int_eq(push_unit_count(unit, "multipart/related;type=\"application/sdp\";boundary="),
                     _i == 1 ? 1 : 2);
    /* the description is the first of the parts */
    root = sp_from(wire, sp_find_slice(wire, SP_LIT("\r\n\r\n--")) + 4);
    root = sp_from(root, sp_find(root, '\n') + 1);
    ck_assert(sp_starts(root, SP_LIT("Content-Type: application/sdp\r\n\r\nv=0\r\n")));
    ck_assert_int_eq(push_unit_count(unit, "a=file-icon:cid:"), 2);
    ck_assert_int_eq(push_unit_count(unit, "Content-Disposition: icon\r\n"), 2);
}
END_TEST

/* Who takes no bodies of several parts gets the offer again, as one body, without icons.
 * 5547-8.8-5 */
START_TEST(without)
{
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    struct push_content file;
    struct sp_slice     got;

    file = push_unit_content("a.png", "image/png", push_unit_pattern(50, 1), true);
    file.icon = sp_slice(pixels, sizeof(pixels));
    file.icon_type = SP_LIT("image/png");
    unit_err(push_unit_order_to(unit, "sip:carol@192.0.2.3", _i == 0 ? PUSH_SESSION : PUSH_AUTO,
                                false, &file, 1),
             SP_OK);
    if (_i == 1) { /* an icon does not make a session of what fits a MESSAGE */
        push_unit_run(unit, 100);
        ck_assert_uint_gt(push_unit_hand_got(unit, "MESSAGE").len, 0);
        return;
    }
    push_unit_run(unit, 100);
    got = push_unit_hand_got(unit, "INVITE");
    ck_assert_uint_lt(sp_find_slice(got, SP_LIT("multipart/related")), got.len);
    push_unit_hand_answer(unit, "INVITE", "415 Unsupported Media Type",
                          "Accept: application/sdp\r\n", "");
    push_unit_run(unit, 100);
    got = push_unit_hand_got(unit, "INVITE");
    ck_assert_uint_eq(sp_find_slice(got, SP_LIT("multipart/related")), got.len);
    ck_assert_uint_lt(sp_find_slice(got, SP_LIT("Content-Type: application/sdp\r\n")), got.len);
    ck_assert_uint_eq(sp_find_slice(got, SP_LIT("file-icon")), got.len);
    ck_assert_int_eq(unit->ended, 0);
    push_unit_hand_answer(unit, "INVITE", "415 Unsupported Media Type", "", ""); /* not for ever */
    push_unit_run(unit, 100);
    unit_err(unit->outs[0].err, SP_REFUSED);
    ck_assert_uint_eq(unit->outs[0].status, 415);
}
END_TEST

/* It is signalling: a large one is not taken, nor one of no type. 5547-8.8-6 */
START_TEST(bounded)
{
    struct push_unit   *unit = push_unit_new(NULL, NULL, NULL);
    struct push_content file;

    file = push_unit_content("a.png", "image/png", push_unit_pattern(50, 1), true);
    file.icon = push_unit_pattern(PUSH_ICON_OCTETS + 1, 1);
    file.icon_type = SP_LIT("image/png");
    unit_err(push_unit_order(unit, PUSH_SESSION, false, &file, 1), SP_LIMIT);
    file.icon = sp_head(file.icon, 1);
    file.icon_type = SP_LIT("");
    unit_err(push_unit_order(unit, PUSH_SESSION, false, &file, 1), SP_MISSING);
    file.icon_type = SP_LIT("image/png\r\nX: y");
    unit_err(push_unit_order(unit, PUSH_SESSION, false, &file, 1), SP_INJECTION);
}
END_TEST

Suite *test_push_icon_suite(void)
{
    Suite *suite = suite_create("push_icon");
    TCase *tcase = unit_tcase(suite, "push_icon");

    unit_loop(tcase, taken_apart, rows);
    tcase_add_loop_test(tcase, comes, 0, 2);
    tcase_add_loop_test(tcase, without, 0, 2);
    tcase_add_test(tcase, bounded);
    return suite;
}
