/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_msg.c -- indexing a message: start lines, fields, bodies, and the place of
 * what is wrong. */
#include "../../parser/sip_msg.h"
#include "unit.h"

#include <stdio.h>

#define ROOM 40

static enum sp_err index_msg(struct sp_slice octets, struct sip_msg *msg, struct sp_where *where)
{
    sip_msg_init(msg, unit_room(ROOM * sizeof(struct sip_field)), ROOM);
    return sip_msg_parse(octets, msg, where);
}

static const struct start {
    const char *line;
    enum sp_err err;
    size_t      at;
    const char *rule, *method, *uri, *version; /* or status in `method`, reason in `uri` */
} starts[] = {
    { "INVITE sip:bob@biloxi.com SIP/2.0", SP_OK, 0, "", "INVITE", "sip:bob@biloxi.com",
      "SIP/2.0" },
    { "FOO x sip/2.0", SP_OK, 0, "", "FOO", "x",
      "sip/2.0" }, /* 7.1: the version is case-insensitive */
    { "SIP/2.0 200 OK", SP_OK, 0, "", "200", "OK", "SIP/2.0" },
    { "sip/2.0 699 a  b", SP_OK, 0, "", "699", "a  b", "sip/2.0" },
    { "SIP/2.0 100 ", SP_OK, 0, "", "100", "", "SIP/2.0" }, /* RFC 4475 3.1.1.13 */
    { "SIP/2.0 100", SP_OK, 0, "", "100", "", "SIP/2.0" },
    { "SIP/2.0 200 = 2**3 * 5**2 \xd0\xbd\xd0\xbe", SP_OK, 0, "", "200",
      "= 2**3 * 5**2 \xd0\xbd\xd0\xbe", "SIP/2.0" }, /* 3.1.1.12 */
    { "OPTIONS sip:t.watson@example.org SIP/7.0", SP_UNSUPPORTED, 33, "SIP-Version", "OPTIONS",
      "sip:t.watson@example.org", "SIP/7.0" }, /* 3.1.2.16 */
    { "SIP/2.10 200 OK", SP_UNSUPPORTED, 0, "SIP-Version", "200", "OK", "SIP/2.10" },
    { "INVITE sip:user@example.com; lr SIP/2.0", SP_SYNTAX, 28, "SIP-Version", "INVITE",
      "sip:user@example.com; lr", "SIP/2.0" }, /* 3.1.2.8 */
    { "INVITE  sip:user@example.com  SIP/2.0", SP_SYNTAX, 7, "Request-URI", "INVITE",
      "sip:user@example.com", "SIP/2.0" }, /* 3.1.2.9 */
    { "OPTIONS sip:a@b SIP/2.0  ", SP_SYNTAX, 15, "SIP-Version", "OPTIONS", "sip:a@b", "SIP/2.0" },
    { "OPTIONS sip:a@b", SP_SYNTAX, 15, "SIP-Version", "OPTIONS", "", "" },
    { "OPTIONS", SP_SYNTAX, 7, "Method", "OPTIONS", "", "" },
    { "GET / HTTP/1.1", SP_SYNTAX, 5, "SIP-Version", "GET", "", "" },
    { " INVITE sip:a@b SIP/2.0", SP_SYNTAX, 0, "Method", "", "", "" },
    { "(x) sip:a@b SIP/2.0", SP_SYNTAX, 0, "Method", "", "", "" },
    { "INVITE\tsip:a@b SIP/2.0", SP_SYNTAX, 6, "Method", "INVITE", "sip:a@b", "SIP/2.0" },
    { "INVITE sip:a@b SIP/2", SP_SYNTAX, 14, "SIP-Version", "INVITE", "", "" },
    { "INVITE sip:a@b SIP/2.0.0", SP_SYNTAX, 14, "SIP-Version", "INVITE", "", "" },
    { "SIP/2.0 20 OK", SP_SYNTAX, 8, "Status-Code", "0", "OK", "SIP/2.0" },
    { "SIP/2.0 2000 OK", SP_SYNTAX, 8, "Status-Code", "0", "OK", "SIP/2.0" },
    { "SIP/2.0 4294967301 better not break the receiver", SP_SYNTAX, 8, "Status-Code", "0",
      "better not break the receiver", "SIP/2.0" }, /* 3.1.2.19 */
    { "SIP/2.0 099 x", SP_RANGE, 8, "Status-Code", "0", "x", "SIP/2.0" },
    { "SIP/2.0 700 x", SP_RANGE, 8, "Status-Code", "0", "x", "SIP/2.0" },
    { "SIP/2.0  200 x", SP_SYNTAX, 8, "Status-Code", "0", "200 x", "SIP/2.0" },
    { "SIP/2.0", SP_SYNTAX, 0, "SIP-Version", "0", "", "" },
    { "SIP/x 200 OK", SP_SYNTAX, 0, "SIP-Version", "0", "", "" },
    { "INVITE sip:a@b\nX SIP/2.0", SP_SYNTAX, 14, "CRLF", "", "", "" },
    { "INVITE sip:a@b\rX SIP/2.0", SP_SYNTAX, 14, "CRLF", "", "", "" },
};

START_TEST(start_line)
{
    const struct start *row = &starts[_i];
    struct sip_msg      msg;
    struct sp_where     where;
    char                text[200];

    snprintf(text, sizeof text, "%s\r\nl: 0\r\n\r\n", row->line);
    unit_err_at(index_msg(unit_text(text), &msg, &where), where, row->err, row->at);
    ck_assert_str_eq(where.rule, row->rule);
    unit_eq(msg.version, row->version);
    if (msg.request) {
        unit_eq(msg.method_name, row->method);
        ck_assert_int_eq(msg.method, sip_method_of(sp_str(row->method)));
        unit_eq(msg.request_uri, row->uri);
    } else if (sp_starts_nocase(sp_str(row->line), SP_LIT("SIP/"))) {
        ck_assert_int_eq(msg.status, (int)strtol(row->method, NULL, 10));
        unit_eq(msg.reason, row->uri);
    }
    /* the field is there, whatever the line was */
    ck_assert_uint_eq(msg.field_count, 1);
}
END_TEST

static const struct body {
    const char *text;
    enum sp_err err;
    size_t      at;
    const char *rule, *body;
    size_t      fields;
} bodies[] = {
#define R "X a SIP/2.0\r\n" /* 13 octets */
    { R "\r\n", SP_OK, 0, "", "", 0 },
    { "\r\n\r\n" R "l: 1\r\n\r\nbc", SP_OK, 0, "", "b",
      1 },                                   /* 7.5; 18.3: octets beyond are dropped */
    { R "\r\nabc", SP_OK, 0, "", "abc", 0 }, /* 18.3: the rest of the datagram */
    { R "l: 4\r\n\r\nabc", SP_PARTIAL, 24, "message-body", "abc", 1 },  /* RFC 4475 3.1.2.2 */
    { R "l: -999\r\n\r\nabc", SP_SYNTAX, 16, "Content-Length", "", 1 }, /* 3.1.2.3 */
    { R "l:\r\n\r\nabc", SP_SYNTAX, 15, "Content-Length", "", 1 },
    { R "l: 4294967296\r\n\r\n", SP_RANGE, 16, "Content-Length", "", 1 },
    { R "l: 1\r\nContent-Length : 2\r\n\r\nabc", SP_REPEATED, 16, "Content-Length", "",
      2 }, /* 3.3.9 */
    { R "l: 1\r\nContent-Length:\r\n 1\r\n\r\nabc", SP_OK, 0, "", "a", 2 },
    { R "A:b\r\nC : d\r\nE:\r\n f\r\n\tg\r\nH:\r\n\r\n", SP_OK, 0, "", "", 4 },
    { R "A:b\r\n", SP_PARTIAL, 18, "CRLF", "", 0 }, /* the next line might go on with it */
    { R "A:b\r\nC", SP_PARTIAL, 19, "CRLF", "", 1 },
    { R "A:b\r\n\r", SP_PARTIAL, 19, "CRLF", "", 1 },
    { R, SP_PARTIAL, 13, "CRLF", "", 0 },
    { "X a SIP/2.0", SP_PARTIAL, 11, "CRLF", "", 0 },
    { "", SP_SYNTAX, 0, "Method", "", 0 },
    { "\r\n\r\n", SP_SYNTAX, 4, "Method", "", 0 },
    { R "A b\r\nC:d\r\n\r\n", SP_SYNTAX, 15, "HCOLON", "", 1 },
    { R "A\r\nC:d\r\n\r\n", SP_SYNTAX, 14, "HCOLON", "", 1 },
    { R ": b\r\nC:d\r\n\r\n", SP_SYNTAX, 13, "header-name", "", 1 },
    { R " b\r\nC:d\r\n\r\n", SP_SYNTAX, 14, "header-name", "", 1 },
    { R "A(: b\r\n c\r\nC:d\r\n\r\n", SP_SYNTAX, 14, "HCOLON", "", 1 },
    { R "A: b\nc\r\nC:d\r\n\r\n", SP_SYNTAX, 17, "CRLF", "", 1 },
    { R "A: b\rc\r\nC:d\r\n\r\n", SP_SYNTAX, 17, "CRLF", "", 1 },
    { R "A: b\r\r\nC:d\r\n\r\n", SP_SYNTAX, 17, "CRLF", "", 1 },
    { R "A: b\nC:d\n\n", SP_SYNTAX, 17, "CRLF", "", 0 },
};

/* 3261-7-1 */
START_TEST(body)
{
    const struct body *row = &bodies[_i];
    struct sip_msg     msg;
    struct sp_where    where;

    unit_err_at(index_msg(unit_text(row->text), &msg, &where), where, row->err, row->at);
    ck_assert_str_eq(where.rule, row->rule);
    unit_eq(msg.body, row->body);
    ck_assert_uint_eq(msg.field_count, row->fields);
    ck_assert_uint_eq(msg.octets.len, msg.head.len + msg.body.len);
}
END_TEST

START_TEST(fields)
{
    struct sip_msg  msg;
    struct sp_where where;

    unit_err(index_msg(
                 unit_text(R "v:a\r\nX-Y :\r\n  b  c\r\n\td \t\r\nVIA: e\r\nEmpty:\r\nt:f\r\n\r\n"),
                 &msg, &where),
             SP_OK);
    ck_assert_uint_eq(msg.field_count, 5);
    ck_assert_int_eq(msg.fields[0].id, SIP_FIELD_VIA);
    unit_eq(msg.fields[0].name, "v");
    unit_eq(msg.fields[0].value, "a");
    ck_assert_int_eq(msg.fields[1].id, SIP_FIELD_OTHER);
    unit_eq(msg.fields[1].name, "X-Y");
    unit_eq(msg.fields[1].value, "b  c\r\n\td"); /* folds inside are kept */
    unit_eq(msg.fields[3].value, "");
    ck_assert_uint_eq(msg.first[SIP_FIELD_VIA], 1);
    ck_assert_uint_eq(msg.first[SIP_FIELD_TO], 5);
    ck_assert_uint_eq(msg.first[SIP_FIELD_FROM], 0);
}
END_TEST

/* A message that was read before, well or not, leaves nothing in the next. */
START_TEST(read_again)
{
    static const struct {
        const char *text;
        enum sp_err err;
    } before[] = {
        { R "v:a\r\nv:b\r\nt:c\r\n\r\nbody", SP_OK },
        { "", SP_OK },
        { "x", SP_SYNTAX },
        { "f:a\r\nf:b", SP_PARTIAL },
    };
    enum sp_err     err;
    struct sip_msg  msg;
    struct sp_where where;

    for (size_t i = 0; i < UNIT_ROWS(before); i++) {
        sip_msg_init(&msg, unit_room(ROOM * sizeof(struct sip_field)), ROOM);
        err = i % 2 ? sip_frag_parse(unit_text(before[i].text), &msg, &where)
                    : sip_msg_parse(unit_text(before[i].text), &msg, &where);
        unit_err(err, before[i].err);
        unit_err(sip_msg_parse(unit_text("SIP/2.0 200 OK\r\nf:d\r\n\r\n"), &msg, &where), SP_OK);
        ck_assert(!msg.request && msg.status == 200 && msg.request_uri.len == 0);
        ck_assert_uint_eq(msg.field_count, 1);
        ck_assert_ptr_null(sip_msg_find(&msg, SIP_FIELD_VIA));
        ck_assert_ptr_null(sip_msg_find(&msg, SIP_FIELD_TO));
        ck_assert_ptr_null(sip_msg_find_next(&msg, sip_msg_find(&msg, SIP_FIELD_FROM)));
        ck_assert_uint_eq(msg.body.len, 0);
    }
}
END_TEST

START_TEST(nul_octets)
{
    struct sip_msg  msg;
    struct sp_where where;

    unit_err(index_msg(UNIT_LIT(R "t: \"\\\0\" <sip:a@b>\r\nl: 2\r\n\r\n\0\r"), &msg, &where),
             SP_OK);
    ck_assert_uint_eq(msg.fields[0].value.len, 14);
    ck_assert_uint_eq(msg.body.len, 2);
}
END_TEST

/* Too little room: what fits is there, the head's end is found all the same. */
START_TEST(too_little_room)
{
    struct sp_slice text = unit_text(R "a: 1\r\nb: 2\r\nl: 3\r\n\r\nxyz");

    for (uint32_t room = 0; room <= 4; room++) {
        struct sip_msg  msg;
        struct sp_where where;

        sip_msg_init(&msg, unit_room(room * sizeof(struct sip_field)), room);
        unit_err_at(sip_msg_parse(text, &msg, &where), where, room < 3 ? SP_ROOM : SP_OK,
                    13 + 6 * room);
        ck_assert_uint_eq(msg.field_count, room < 3 ? room : 3);
        unit_eq(msg.body, "xyz");
        unit_err(sip_msg_parse(text, &msg, &where),
                 room < 3 ? SP_ROOM : SP_OK); /* again, in the same */
    }
}
END_TEST

static const char whole[] = "INVITE sip:bob@biloxi.com SIP/2.0\r\n"
                            "Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bK776asdhds\r\n"
                            "Max-Forwards: 70\r\n"
                            "To: Bob\r\n <sip:bob@biloxi.com>\r\n"
                            "From: Alice <sip:alice@atlanta.com>;tag=1928301774\r\n"
                            "Call-ID: a84b4c76e66710@pc33.atlanta.com\r\n"
                            "CSeq: 314159 INVITE\r\n"
                            "Content-Type: text/plain\r\n"
                            "Content-Length: 7\r\n\r\nab\r\n\r\nc";

/* No prefix of a message is taken for another message. */
START_TEST(prefixes)
{
    for (size_t len = 0; len < sizeof whole - 1; len++) {
        struct sip_msg  msg;
        struct sp_where where;
        enum sp_err     err = index_msg(unit_octets(whole, len), &msg, &where);

        ck_assert_msg(err == SP_PARTIAL || err == SP_SYNTAX, "%zu octets: %s", len,
                      sp_err_name(err));
        if (len > 33)
            unit_err(err, SP_PARTIAL);
    }
}
END_TEST

/* Whatever octet is changed into whatever else: slices stay inside, and errors have their place. */
START_TEST(any_octet)
{
    static const char octets[] = "\0\r\n\t :,;<>\"\\\x7f\xff";

    for (size_t at = 0; at < sizeof whole - 1; at++)
        for (size_t i = 0; i < sizeof octets - 1; i++) {
            struct sp_slice text = unit_octets(whole, sizeof whole - 1);
            char           *room = unit_room(text.len);
            struct sip_msg  msg;
            struct sp_where where;

            memcpy(room, text.at, text.len);
            room[at] = octets[i];
            (void)!index_msg(sp_slice(room, text.len), &msg, &where);
            ck_assert_uint_le(where.octet, text.len);
            for (uint32_t f = 0; f < msg.field_count; f++) {
                ck_assert(msg.fields[f].name.at >= room);
                ck_assert(msg.fields[f].value.at + msg.fields[f].value.len <= room + text.len);
                for (size_t c = 0; c + 1 < msg.fields[f].value.len;
                     c++) /* CRs only as part of folds */
                    if (msg.fields[f].value.at[c] == '\r')
                        ck_assert_int_eq(msg.fields[f].value.at[c + 1], '\n');
            }
        }
}
END_TEST

static const struct frag {
    const char *text;
    enum sp_err err;
    size_t      at;
    size_t      fields;
    const char *version, *body;
} frags[] = {
    /* RFC 3420 3.1 */
    { "INVITE sip:alice@atlanta.com SIP/2.0\r\n", SP_OK, 0, 0, "SIP/2.0", "" },
    { "SIP/2.0 603 Declined\r\n", SP_OK, 0, 0, "SIP/2.0", "" },
    { "REGISTER sip:atlanta.com SIP/2.0\r\nTo: sip:a@b\r\nContact: <sip:a@b>;q=0.9,\r\n\t<sip:c@"
      "d>;q=0.1\r\n",
      SP_OK, 0, 2, "SIP/2.0", "" },
    { "From: Alice <sip:alice@atlanta.com>\r\nTo: Bob <sip:bob@biloxi.com>\r\n", SP_OK, 0, 2, "",
      "" },
    { "Content-Type: text/plain\r\nContent-Length: 11\r\n\r\nHi There!\r\n", SP_OK, 0, 2, "",
      "Hi There!\r\n" },
    { "\r\nbody", SP_OK, 0, 0, "", "body" },
    { "", SP_OK, 0, 0, "", "" },
    /* 3.2 */
    { "INVITE\r\n", SP_SYNTAX, 6, 0, "", "" },
    { "INVITE sip:alice@atlanta.com SIP/1.09\r\n", SP_UNSUPPORTED, 29, 0, "SIP/1.09", "" },
    { "From: a", SP_PARTIAL, 7, 0, "", "" },
    { "From: a\r\n b", SP_PARTIAL, 11, 0, "", "" },
    { "From a\r\n", SP_SYNTAX, 6, 0, "", "" },
    { "l: 5\r\n\r\nabc", SP_PARTIAL, 11, 1, "", "abc" },
};

START_TEST(fragment)
{
    struct sip_msg  msg;
    struct sp_where where;

    sip_msg_init(&msg, unit_room(ROOM * sizeof(struct sip_field)), ROOM);
    unit_err_at(sip_frag_parse(unit_text(frags[_i].text), &msg, &where), where, frags[_i].err,
                frags[_i].at);
    ck_assert_uint_eq(msg.field_count, frags[_i].fields);
    unit_eq(msg.version, frags[_i].version);
    unit_eq(msg.body, frags[_i].body);
}
END_TEST

Suite *test_sip_msg_suite(void)
{
    Suite *suite = suite_create("sip_msg");
    TCase *tcase = unit_tcase(suite, "sip_msg");

    unit_loop(tcase, start_line, starts);
    unit_loop(tcase, body, bodies);
    tcase_add_test(tcase, fields);
    tcase_add_test(tcase, read_again);
    tcase_add_test(tcase, nul_octets);
    tcase_add_test(tcase, too_little_room);
    tcase_add_test(tcase, prefixes);
    tcase_add_test(tcase, any_octet);
    unit_loop(tcase, fragment, frags);
    return suite;
}
