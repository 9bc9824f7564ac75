/* SPDX-License-Identifier: MIT
 * tests/unit/test_push_icon.c -- the icon of a file beside the offer: RFC 5547 8.8, RFC 2387. */
#include "../../push/push_icon.h"

#include "push_unit.h"
#include "unit.h"

#include <stdio.h>

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
        if (files[i].icon.len > 0)
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
    unit_err(push_unit_order_to(unit, "sip:carol@192.0.2.3", _i == 1 ? PUSH_AUTO : PUSH_SESSION,
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
                          _i == 2 ? "Accept: application/sdp\r\nAccept: multipart/related\r\n"
                                  : "Accept: application/sdp\r\n",
                          "");
    push_unit_run(unit, 100);
    if (_i == 2) { /* it was not for the parts */
        unit_err(unit->outs[0].err, SP_REFUSED);
        ck_assert_int_eq(push_unit_count(unit, "INVITE sip:"), 1);
        return;
    }
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

/* RFC 5547 figure 8: the whole INVITE, and what it draws; the answer is that of figure 9 but for
 * what is ours. 5547-8.8-2 */
START_TEST(figure_8)
{
    static const char body[] =
        "--boundary71\nContent-Type: application/sdp\nContent-Length: 506\n\nv=0\n"
        "o=alice 2890844526 2890844526 IN IP4 alicepc.example.com\ns=\n"
        "c=IN IP4 alicepc.example.com\nt=0 0\nm=message 7654 TCP/MSRP *\n"
        "i=This is my latest picture\na=sendonly\na=accept-types:message/cpim\n"
        "a=accept-wrapped-types:*\na=path:msrp://alicepc.example.com:7654/jshA7we;tcp\n"
        "a=file-selector:name:\"My cool picture.jpg\" type:image/jpeg size:4092 "
        "hash:sha-1:72:24:5F:E8:65:3D:DA:F3:71:36:2F:86:D4:71:91:3E:E4:A2:CE:2E\n"
        "a=file-transfer-id:Q6LMoGymJdh0IKIgD6wD0jkcfgva4xvE\na=file-disposition:render\n"
        "a=file-date:creation:\"Mon, 15 May 2006 15:01:31 +0300\"\n"
        "a=file-icon:cid:id2@alicepc.example.com\n\n"
        "--boundary71\nContent-Type: image/jpeg\nContent-Transfer-Encoding: binary\n"
        "Content-ID: <id2@alicepc.example.com>\nContent-Length: 9\n"
        "Content-Disposition: icon\n\na preview\n--boundary71--\n";
    struct push_unit          *unit = push_unit_new(NULL, NULL, NULL);
    const struct push_unit_in *in = &unit->ins[0];
    struct sp_slice            got;
    char                       room[4096];
    size_t                     octets = sizeof(body) - 1;

    for (const char *at = body; *at != '\0'; at++)
        octets += *at == '\n';
    snprintf(room, sizeof(room),
             "INVITE sip:bob@example.com SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.3:5060;branch="
             "z9hG4bKfigure8\nTo: Bob <sip:bob@example.com>\n"
             "From: Alice <sip:alice@example.com>;tag=1928301774\nCall-ID: a84b4c76e66710\n"
             "CSeq: 1 INVITE\nMax-Forwards: 70\nDate: Sun, 21 May 2006 13:02:03 GMT\n"
             "Contact: <sip:alice@alicepc.example.com>\n"
             "Content-Type: multipart/related; type=\"application/sdp\";\n"
             "              boundary=\"boundary71\"\nContent-Length: %zu\n\n%s",
             octets, body);
    push_unit_hand_send(unit, PUSH_UNIT_RECEIVER, room);
    push_unit_run(unit, 100);
    ck_assert_int_eq(unit->offered, 1);
    ck_assert_str_eq(in->name, "My cool picture.jpg");
    ck_assert_str_eq(in->type, "image/jpeg");
    ck_assert_uint_eq(in->announced, 4092);
    ck_assert_uint_eq(in->sha1[0], 0x72);
    ck_assert_uint_eq(in->icon_octets, 9);
    ck_assert_mem_eq(in->icon, "a preview", 9);
    ck_assert_str_eq(in->icon_type, "image/jpeg");
    ck_assert_int_eq(in->modified_s, 0); /* it tells the creation alone */
    got = push_unit_hand_got(unit, "SIP/2.0 200");
    unit_eq(push_unit_attribute(got, "file-selector", 0),
            "name:\"My cool picture.jpg\" type:image/jpeg size:4092 "
            "hash:sha-1:72:24:5F:E8:65:3D:DA:F3:71:36:2F:86:D4:71:91:3E:E4:A2:CE:2E");
    unit_eq(push_unit_attribute(got, "file-transfer-id", 0), "Q6LMoGymJdh0IKIgD6wD0jkcfgva4xvE");
    ck_assert_uint_lt(sp_find_slice(got, SP_LIT("\r\na=recvonly\r\n")), got.len);
    ck_assert_uint_eq(sp_find_slice(got, SP_LIT("file-icon")), got.len);
    ck_assert_uint_eq(sp_find_slice(got, SP_LIT("file-date")), got.len);
}
END_TEST

Suite *test_push_icon_suite(void)
{
    Suite *suite = suite_create("push_icon");
    TCase *tcase = unit_tcase(suite, "push_icon");

    unit_loop(tcase, taken_apart, rows);
    tcase_add_loop_test(tcase, comes, 0, 2);
    tcase_add_loop_test(tcase, without, 0, 3);
    tcase_add_test(tcase, bounded);
    tcase_add_test(tcase, figure_8);
    return suite;
}
