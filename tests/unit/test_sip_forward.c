/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_forward.c -- forwarding: what is changed is changed, all else is as it came.
 */
#include "../../parser/sip_forward.h"
#include "unit.h"

#define START   "INVITE sip:bob@biloxi.com SIP/2.0\r\n"
#define VIAS    "v :\r\n SIP/2.0/UDP a;branch=z9hG4bK1 ,\r\n\tSIP/2.0/UDP b\r\n"
#define ROUTE   "Route: <sip:p;lr>,<sip:q;lr>\r\n"
#define MESSAGE START VIAS ROUTE "Max-Forwards:70 \r\nXy:\r\n\r\nbody"

/* `cut`: the text in the message whose octets are meant; the first one. */
static const struct edit {
    enum sip_edit_kind kind;
    const char        *cut, *name, *text;
} edits[][3] = {
    { { SIP_EDIT_LAST, NULL, NULL, NULL } },
    { { SIP_EDIT_FIRST, NULL, "Via", "SIP/2.0/UDP p" } },
    { { SIP_EDIT_FIRST, NULL, "Record-Route", "<sip:p>" } },
    { { SIP_EDIT_FIRST, NULL, "xy", "1" } },
    { { SIP_EDIT_LAST, NULL, "Y", "1" }, { SIP_EDIT_LAST, NULL, "Z", "2" } },
    { { SIP_EDIT_REPLACE, "70", NULL, "69" },
      { SIP_EDIT_REPLACE, "sip:bob@biloxi.com", NULL, "sip:c" } },
    { { SIP_EDIT_REMOVE, "SIP/2.0/UDP a;branch=z9hG4bK1", NULL, NULL } },
    { { SIP_EDIT_REMOVE, "SIP/2.0/UDP b", NULL, NULL } },
    { { SIP_EDIT_REMOVE, "<sip:p;lr>", NULL, NULL },
      { SIP_EDIT_REPLACE, "<sip:q;lr>", NULL, "<sip:r>" } },
    { { SIP_EDIT_REMOVE, "<sip:p;lr>,<sip:q;lr>", NULL, NULL } },
    { { SIP_EDIT_REMOVE, "70", NULL, NULL }, { SIP_EDIT_FIRST, NULL, "Max-Forwards", "69" } },
};

static const char *const written[] = {
    MESSAGE,
    START "Via: SIP/2.0/UDP p\r\n" VIAS    ROUTE "Max-Forwards:70 \r\nXy:\r\n\r\nbody",
    START "Record-Route: <sip:p>\r\n" VIAS ROUTE "Max-Forwards:70 \r\nXy:\r\n\r\nbody",
    START VIAS                             ROUTE "Max-Forwards:70 \r\nxy: 1\r\nXy:\r\n\r\nbody",
    START VIAS                      ROUTE "Max-Forwards:70 \r\nXy:\r\nY: 1\r\nZ: 2\r\n\r\nbody",
    "INVITE sip:c SIP/2.0\r\n" VIAS ROUTE "Max-Forwards:69 \r\nXy:\r\n\r\nbody",
    START "v :\r\n SIP/2.0/UDP b\r\n" ROUTE "Max-Forwards:70 \r\nXy:\r\n\r\nbody",
    START "v :\r\n SIP/2.0/UDP a;branch=z9hG4bK1\r\n" ROUTE "Max-Forwards:70 \r\nXy:\r\n\r\nbody",
    START      VIAS "Route: <sip:r>\r\nMax-Forwards:70 \r\nXy:\r\n\r\nbody",
    START      VIAS "Max-Forwards:70 \r\nXy:\r\n\r\nbody",
    START VIAS ROUTE "Max-Forwards: 69\r\nXy:\r\n\r\nbody",
};

static struct sip_msg index_of(struct sp_slice text)
{
    struct sip_msg  msg;
    struct sp_where where;

    sip_msg_init(&msg, unit_room(60 * sizeof(struct sip_field)), 60);
    unit_err(sip_msg_parse(text, &msg, &where), SP_OK);
    return msg;
}

static struct sip_edit edit_of(const struct edit *edit, struct sp_slice text)
{
    struct sip_edit made = { .kind = edit->kind };

    if (edit->cut != NULL)
        made.octets = sp_slice(text.at + sp_find_slice(text, sp_str(edit->cut)), strlen(edit->cut));
    if (edit->name != NULL) {
        made.id = sip_field_of(sp_str(edit->name));
        made.name = sp_str(edit->name);
    }
    if (edit->text != NULL)
        made.text = sp_str(edit->text);
    return made;
}

START_TEST(edited)
{
    struct sp_slice text = unit_text(MESSAGE);
    struct sip_msg  msg = index_of(text);
    struct sip_edit made[3];
    struct sp_buf   out = sp_buf(unit_room(500), 500), turned = sp_buf(unit_room(500), 500);
    size_t          count = 0;

    while (count < 3 && (edits[_i][count].name != NULL || edits[_i][count].cut != NULL)) {
        made[count] = edit_of(&edits[_i][count], text);
        count++;
    }
    sip_put_forward(&out, &msg, made, count);
    unit_eq(sp_written(&out), written[_i]);
    if (count == 2 && made[0].kind != SIP_EDIT_LAST) { /* in any order */
        struct sip_edit first = made[0];

        made[0] = made[1];
        made[1] = first;
        sip_put_forward(&turned, &msg, made, count);
        unit_eq(sp_written(&turned), written[_i]);
    }
}
END_TEST

START_TEST(refused)
{
    struct sp_slice text = unit_text(MESSAGE);
    struct sip_msg  msg = index_of(text);
    struct edit     same[] = { { SIP_EDIT_REMOVE, "Max-Forwards:70", NULL, NULL },
                               { SIP_EDIT_REPLACE, "70", NULL, "6\r\nX: y" },
                               { SIP_EDIT_REPLACE, "70", NULL, "69" },
                               { SIP_EDIT_REMOVE, "70", NULL, NULL },
                               { SIP_EDIT_LAST, NULL, "X:", "y" } };
    struct sip_edit made[2];
    struct sp_buf   a = sp_buf(unit_room(500), 500), b = sp_buf(unit_room(500), 500),
                  c = sp_buf(unit_room(500), 500), d = sp_buf(unit_room(500), 500);

    made[0] = edit_of(&same[0], text); /* a name is no value */
    sip_put_forward(&a, &msg, made, 1);
    unit_err(a.err, SP_MISMATCH);
    made[0] = edit_of(&same[1], text);
    sip_put_forward(&b, &msg, made, 1);
    unit_err(b.err, SP_INJECTION);
    made[0] = edit_of(&same[2], text); /* twice the same octets */
    made[1] = edit_of(&same[3], text);
    sip_put_forward(&c, &msg, made, 2);
    unit_err(c.err, SP_MISMATCH);
    made[0] = edit_of(&same[4], text);
    sip_put_forward(&d, &msg, made, 1);
    unit_err(d.err, SP_INJECTION);
}
END_TEST

/* What a proxy does to each message of the torture test: a Via, one hop less; the rest octet for
 * octet. */
static const char *const files[] = {
    "rfc4475/wsinv.dat",
    "rfc4475/intmeth.dat",
    "rfc4475/esc01.dat",
    "rfc4475/escnull.dat",
    "rfc4475/esc02.dat",
    "rfc4475/lwsdisp.dat",
    "rfc4475/longreq.dat",
    "rfc4475/dblreq.dat",
    "rfc4475/semiuri.dat",
    "rfc4475/mpart01.dat",
    "rfc5118/mult-ip-in-header.dat",
};

START_TEST(proxied)
{
    struct sp_slice text = unit_file(files[_i]), hops, whole, at;
    struct sip_msg  msg = index_of(text);
    struct sip_edit made[2] = {
        { .kind = SIP_EDIT_FIRST, .id = SIP_FIELD_VIA, .text = SP_LIT("SIP/2.0/UDP p") },
        { .kind = SIP_EDIT_REPLACE, .text = SP_LIT("5") }
    };
    struct sp_buf out = sp_buf(unit_room(text.len + 100), text.len + 100), again = out;

    made[1].octets = hops = sip_msg_value(&msg, SIP_FIELD_MAX_FORWARDS);
    sip_put_forward(&out, &msg, made, 2);
    unit_err(out.err, SP_OK);
    whole = sp_written(&out);
    ck_assert_uint_eq(whole.len, msg.octets.len + 20 + 1 - hops.len + 0);
    /* taken out again, it is what it was */
    msg = index_of(whole);
    at = sip_msg_value(&msg, SIP_FIELD_VIA);
    unit_eq(at, "SIP/2.0/UDP p");
    made[0] = (struct sip_edit){ .kind = SIP_EDIT_REMOVE, .octets = at };
    made[1].octets = sip_msg_value(&msg, SIP_FIELD_MAX_FORWARDS);
    made[1].text = hops;
    again = sp_buf(unit_room(text.len + 100), text.len + 100);
    sip_put_forward(&again, &msg, made, 2);
    unit_eq_slice(sp_written(&again), sp_head(text, sp_written(&again).len));
}
END_TEST

Suite *test_sip_forward_suite(void)
{
    Suite *suite = suite_create("sip_forward");
    TCase *tcase = unit_tcase(suite, "sip_forward");

    unit_loop(tcase, edited, written);
    tcase_add_test(tcase, refused);
    unit_loop(tcase, proxied, files);
    return suite;
}
