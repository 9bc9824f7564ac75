/* SPDX-License-Identifier: MIT
 * tests/unit/test_sdp.c -- descriptions: RFC 8866 5, 9. */
#include "sdp_unit.h"

#define HEAD "v=0\r\no=- 1 2 IN IP4 h\r\ns=-\r\n"
#define C    "c=IN IP4 192.0.2.1\r\n"
#define T    "t=0 0\r\n"

/* Whole descriptions. The place counts from their first octet. */
static const struct row {
    const char *octets;
    enum sp_err err;
    size_t      at;
    const char *rule;
} rows[] = {
    { HEAD T, SP_OK, 0, "" },
    { HEAD C T, SP_OK, 0, "" },
    { "", SP_MISSING, 0, "version-field" },
    { "v", SP_SYNTAX, 1, "CRLF" },
    { "v=0", SP_SYNTAX, 3, "CRLF" },
    { "v=0\r", SP_SYNTAX, 4, "CRLF" },
    { "v\r\n", SP_SYNTAX, 1, "=" },
    { "v=\r\n", SP_SYNTAX, 2, "version-field" },
    { "v=1\r\n", SP_UNSUPPORTED, 2, "version-field" },
    { "v=0 \r\n", SP_SYNTAX, 3, "version-field" },
    { "v =0\r\n", SP_SYNTAX, 1, "=" },
    { "V=0\r\n", SP_MISSING, 0, "version-field" }, /* letters are case-significant */
    { " v=0\r\n", SP_MISSING, 0, "version-field" },
    { "\r\nv=0\r\n", SP_MISSING, 0, "version-field" },
    { "v=0\r\n", SP_MISSING, 5, "origin-field" },
    { "v=0\r\ns=-\r\n", SP_MISSING, 5, "origin-field" },
    { "v=0\r\nv=0\r\n", SP_MISSING, 5, "origin-field" },
    { "v=0\r\no=- 1 2 IN IP4 h\r\nt=0 0\r\n", SP_MISSING, 23, "session-name-field" },
    { "v=0\r\no=- 1 2 IN IP4 h\r\n", SP_MISSING, 23, "session-name-field" },
};

/* What comes behind HEAD. The place counts from there. */
static const struct row tails[] = {
    /* 8866-5-1: the lines and their order */
    { "i=x\r\nu=http://x/\r\ne=a@b\r\ne=c@d (X)\r\np=+1 2\r\n" C "b=AS:1\r\nb=X-y:2\r\n" T
      "k=prompt\r\na=x\r\n",
      SP_OK, 0, "" },
    { "i=x\r\ni=y\r\n" T, SP_SYNTAX, 5, "session-description" },
    { "u=x\r\ni=y\r\n" T, SP_SYNTAX, 5, "session-description" },
    { "p=+1 2\r\ne=a@b\r\n" T, SP_SYNTAX, 8, "session-description" },
    { "i=\r\n" T, SP_SYNTAX, 2, "information-field" },
    { "s=again\r\n" T, SP_SYNTAX, 0, "session-description" }, /* 8866-5.3-1 */
    { C C T, SP_SYNTAX, 20, "session-description" },          /* 8866-5.7-6 */
    { C T C, SP_SYNTAX, 27, "session-description" },
    { "c=IN IP4 233.252.0.1/127/3\r\n" T, SP_SYNTAX, 24, "connection-field" }, /* 8866-5.7-6 */
    { T "c=IN IP4 233.252.0.1/127/3\r\n", SP_SYNTAX, 31, "connection-field" },
    { T "a=x\r\nb=AS:1\r\n", SP_SYNTAX, 12, "session-description" },
    { C T "m=audio 9 RTP/AVP 0\r\ne=a@b\r\n", SP_SYNTAX, 48, "media-description" }, /* 8866-5.6-1 */
    { C T "m=audio 9 RTP/AVP 0\r\nt=0 0\r\n", SP_SYNTAX, 48, "media-description" },
    { T HEAD T, SP_SYNTAX, 7, "session-description" },    /* 3264-5-4: one description only */
    { T "x=1\r\n", SP_SYNTAX, 7, "session-description" }, /* 8866-5-2 */
    { "y=1\r\n" T, SP_SYNTAX, 0, "session-description" }, /* 8866-5-2 */
    { C T "m=audio 9 RTP/AVP 0\r\nx=1\r\n", SP_SYNTAX, 48, "media-description" }, /* 8866-5-2 */
    { T "a=unheard-of:x y\r\na=Q\r\n", SP_OK, 0, "" },        /* 8866-5-3, 8866-5.13-3 */
    { T "a=cat:x.y\r\na=keywds:z\r\n", SP_OK, 0, "" },        /* 8866-6.1-2, 8866-6.2-2 */
    { T "a=\xC3\xA4:x\r\n", SP_SYNTAX, 9, "attribute-name" }, /* 8866-5.13-1: names are ASCII */
    { T "a=x:\xC3\xA4\r\n", SP_OK, 0, "" },
    { T "a=:x\r\n", SP_SYNTAX, 9, "attribute-name" },
    { T "a=a b\r\n", SP_SYNTAX, 10, "attribute-name" },
    { T "a=\r\n", SP_SYNTAX, 9, "attribute-name" },
    { T "a=x", SP_SYNTAX, 10, "CRLF" },
    { T "a=x\ry\r\n", SP_SYNTAX, 10, "byte-string" },
    { T "a=x:\r\r\n", SP_SYNTAX, 11, "byte-string" },
    /* 8866-5.7-1: each medium has a connection */
    { T "m=audio 9 RTP/AVP 0\r\n", SP_MISSING, 7, "connection-field" },
    { T "m=audio 9 RTP/AVP 0\r\nc=IN IP4 h\r\nm=audio 9 RTP/AVP 0\r\n", SP_MISSING, 40,
      "connection-field" },
    { T "m=audio 9 RTP/AVP 0\r\nc=IN IP4 h\r\n", SP_OK, 0, "" },
    { T "m=audio 9 RTP/AVP 0\r\ni=x\r\nc=IN IP4 233.252.0.1/127\r\nc=IN IP4 233.252.0.2/127\r\n"
        "b=AS:1\r\nk=prompt\r\na=x\r\n",
      SP_OK, 0, "" },
    /* m= */
    { C T "m=audio 9/2 RTP/AVP 0 1 2\r\n", SP_OK, 0, "" },
    { C T "m=audio 65535/65535 RTP/AVP 0\r\n", SP_OK, 0, "" },
    { C T "m=audio 65536 RTP/AVP 0\r\n", SP_RANGE, 35, "port" },
    { C T "m=audio 18446744073709551616 RTP/AVP 0\r\n", SP_RANGE, 35, "port" },
    { C T "m=audio x RTP/AVP 0\r\n", SP_SYNTAX, 35, "port" },
    { C T "m=audio -1 RTP/AVP 0\r\n", SP_SYNTAX, 35, "port" },
    { C T "m=audio 9/0 RTP/AVP 0\r\n", SP_SYNTAX, 37, "integer" },
    { C T "m=audio 9/65536 RTP/AVP 0\r\n", SP_RANGE, 37, "integer" },
    { C T "m=audio 9\r\n", SP_SYNTAX, 36, "SP" },
    { C T "m=audio  9 RTP/AVP 0\r\n", SP_SYNTAX, 35, "port" },
    { C T "m=audio 9 RTP/ 0\r\n", SP_SYNTAX, 41, "proto" },
    { C T "m=audio 9 RTP/AVP\r\n", SP_SYNTAX, 44, "SP" },
    { C T "m=audio 9 RTP/AVP \r\n", SP_SYNTAX, 45, "fmt" },
    { C T "m=audio 9 RTP/AVP 0 \r\n", SP_SYNTAX, 47, "fmt" },
    { C T "m=audio 9 RTP/AVP 0:1\r\n", SP_SYNTAX, 46, "fmt" },
    { C T "m=message 9 TCP/MSRP\r\n", SP_OK, 0, "" }, /* met in the field */
    { C T "m=message 9 TCP/TLS/MSRP\r\n", SP_OK, 0, "" },
    { C T "m=message 9 TCP/MSRP \r\n", SP_SYNTAX, 48, "fmt" },
    { C T "m=message 9 TCP/MSRP *x y\r\n", SP_OK, 0, "" },
    { C T "z=3730928400 -1h\r\n", SP_SYNTAX, 27, "session-description" }, /* z= without r= */
    { C T "m=audio 9 RTP/AVP 0\r\nc=IN IP4 233.252.0.1/127/3\r\nc=IN IP4 233.252.1.1/127/3\r\n",
      SP_OK, 0, "" },
    { C T "m=audio 9 RTP/AVP 0\r\na=x\r\nc=IN IP4 h\r\n", SP_SYNTAX, 53, "media-description" },
    /* ends */
    { T "\r\n\r\n", SP_OK, 0, "" },
    { T "\n", SP_OK, 0, "" },
    { T "\r", SP_SYNTAX, 7, "session-description" },
    { T "\r\nm=audio 9 RTP/AVP 0\r\n", SP_SYNTAX, 9, "session-description" },
    { T "a", SP_SYNTAX, 8, "CRLF" },
};

static void check_row(struct sp_slice octets, const struct row *row, size_t before)
{
    struct sdp     *sdp = sdp_unit_room(4, 8);
    struct sp_where where = { 0, "" };
    enum sp_err     err = sdp_parse(octets, sdp, &where);

    unit_err_at(err, where, row->err, before + row->at);
    ck_assert_str_eq(err == SP_OK ? "" : where.rule, row->rule);
}

START_TEST(whole_row)
{
    check_row(unit_text(rows[_i].octets), &rows[_i], 0);
}
END_TEST

START_TEST(tail_row)
{
    struct sp_slice octets = sdp_unit_join(SP_LIT(HEAD), sp_str(tails[_i].octets));

    check_row(octets, &tails[_i], sizeof(HEAD) - 1);
}
END_TEST

/* 8866-6.10-5: NUL stands in no line. */
START_TEST(nul)
{
    struct sdp     *sdp = sdp_unit_room(1, 1);
    struct sp_where where;

    unit_err(sdp_parse(UNIT_LIT("v=0\r\no=- 1 2 IN IP4 h\r\ns=a\0b\r\nt=0 0\r\n"), sdp, &where),
             SP_SYNTAX);
    ck_assert_uint_eq(where.octet, 26);
    ck_assert_str_eq(where.rule, "byte-string");
}
END_TEST

/* 8866-6.10-3: a charset that we do not know leaves octets. */
START_TEST(charset)
{
    struct sdp *sdp = sdp_unit_parse(
        unit_text("v=0\r\no=- 1 2 IN IP4 h\r\ns=\xE4\xFF\r\ni=\xC0\x80\r\n"
                  "t=0 0\r\na=charset:X-unheard-of\r\n"));

    unit_eq(sdp->session_name, "\xE4\xFF");
    unit_eq(sdp->title, "\xC0\x80");
}
END_TEST

/* All examples are read, and each does against RFC 8866 what is noted, no more. */
START_TEST(examples)
{
    struct sdp *sdp = sdp_unit_parse(unit_file(sdp_unit_examples[_i].path));

    ck_assert_uint_eq(sdp->deviations, sdp_unit_examples[_i].deviations);
    ck_assert_uint_eq(sdp->media_count, sdp_unit_examples[_i].media);
}
END_TEST

/* A cut inside of a line is an error at the cut. A cut between lines is a description of fewer
 * lines, or none. */
START_TEST(prefixes)
{
    struct sp_slice whole = unit_file(sdp_unit_examples[_i].path);

    for (size_t len = 0; len < whole.len; len++) {
        struct sdp     *sdp = sdp_unit_room(8, 32);
        struct sp_where where = { 0, "" };
        enum sp_err     err = sdp_parse(unit_octets(whole.at, len), sdp, &where);

        if (len > 0 && whole.at[len - 1] != '\n') {
            unit_err_at(err, where, SP_SYNTAX, len);
            ck_assert_str_eq(where.rule, "CRLF");
        } else if (err != SP_OK) {
            unit_err(err, SP_MISSING);
        }
    }
}
END_TEST

/* Whatever room there is, what is in it is right; one entry less than needed is SP_ROOM. */
START_TEST(rooms)
{
    struct sp_slice octets = unit_text(HEAD C T "a=x\r\na=y:1\r\nm=audio 1 RTP/AVP 0\r\na=z\r\n"
                                                "m=audio 2 RTP/AVP 0\r\na=x:2\r\n");

    for (uint32_t media = 0; media <= 2; media++) {
        for (uint32_t attributes = 0; attributes <= 4; attributes++) {
            struct sdp     *sdp = sdp_unit_room(media, attributes);
            struct sp_where where;
            enum sp_err     err = sdp_parse(octets, sdp, &where);

            unit_err(err, media == 2 && attributes == 4 ? SP_OK : SP_ROOM);
            ck_assert_uint_le(sdp->media_count, media);
            ck_assert_uint_le(sdp->attributes_used, attributes);
        }
    }
}
END_TEST

/* A struct is used again for the next description. */
START_TEST(again)
{
    struct sdp     *sdp = sdp_unit_room(1, 1);
    struct sp_where where;

    for (int i = 0; i < 3; i++) {
        unit_err(sdp_parse(unit_text(HEAD C "t=7 8\r\nm=audio 1 RTP/AVP 0\r\na=x\n"), sdp, &where),
                 SP_OK);
        ck_assert_uint_eq(sdp->media_count, 1);
        ck_assert_uint_eq(sdp->deviations, SDP_BARE_LF);
    }
    unit_err(sdp_parse(unit_text(HEAD), sdp, &where), SP_OK);
    ck_assert_uint_eq(sdp->media_count, 0);
    ck_assert_uint_eq(sdp->deviations, SDP_NO_TIME);
    ck_assert_uint_eq(sdp->start, 0);
}
END_TEST

START_TEST(room_places)
{
    struct sp_slice octets = unit_text(HEAD C T "a=x\r\na=y\r\n");
    struct sdp     *sdp = sdp_unit_room(0, 1);
    struct sp_where where;

    unit_err_at(sdp_parse(octets, sdp, &where), where, SP_ROOM, 60);
    ck_assert_str_eq(where.rule, "attribute-field");
    octets = unit_text(HEAD C T "m=audio 1 RTP/AVP 0\r\n");
    unit_err_at(sdp_parse(octets, sdp, &where), where, SP_ROOM, 55);
    ck_assert_str_eq(where.rule, "media-description");
}
END_TEST

START_TEST(fields)
{
    struct sdp *sdp = sdp_unit_parse(unit_file("sdp/rfc8866-01.sdp"));

    unit_eq(sdp->origin.username, "jdoe");
    ck_assert_uint_eq(sdp->origin.session_id, 3724394400);
    ck_assert_uint_eq(sdp->origin.version, 3724394405);
    unit_eq(sdp->origin.nettype, "IN");
    unit_eq(sdp->origin.addrtype, "IP4");
    unit_eq(sdp->origin.address, "198.51.100.1");
    unit_eq(sdp->session_name, "Call to John Smith");
    unit_eq(sdp->title, "SDP Offer #1");
    unit_eq(sdp->connection.address, "198.51.100.1");
    unit_eq(sdp->times, "t=0 0\r\n");
    ck_assert_uint_eq(sdp->attribute_count, 0);
    unit_eq(sdp->media[2].media, "video");
    ck_assert_uint_eq(sdp->media[2].port, 51372);
    ck_assert_uint_eq(sdp->media[2].port_count, 1);
    unit_eq(sdp->media[2].proto, "RTP/AVP");
    unit_eq(sdp->media[2].formats, "99");
    unit_eq(sdp->media[2].connection.addrtype, "IP6");
    unit_eq(sdp->media[2].connection.address, "2001:db8::2");
    ck_assert_uint_eq(sdp->media[0].connection.address.len, 0);
    unit_eq(sdp->session_octets, "v=0\r\no=jdoe 3724394400 3724394405 IN IP4 198.51.100.1\r\n"
                                 "s=Call to John Smith\r\ni=SDP Offer #1\r\n"
                                 "u=http://www.jdoe.example.com/home.html\r\n"
                                 "e=Jane Doe <jane@jdoe.example.com>\r\np=+1 617 555-6011\r\n"
                                 "c=IN IP4 198.51.100.1\r\nt=0 0\r\n");
    unit_eq(sdp->media[2].octets, "m=video 51372 RTP/AVP 99\r\nc=IN IP6 2001:db8::2\r\n"
                                  "a=rtpmap:99 h263-1998/90000\r\n");
}
END_TEST

START_TEST(ports)
{
    struct sdp *sdp = sdp_unit_parse(unit_text(HEAD C T "m=audio 49170/2 RTP/AVP 0\r\n"));

    ck_assert_uint_eq(sdp->media[0].port, 49170);
    ck_assert_uint_eq(sdp->media[0].port_count, 2);
}
END_TEST

START_TEST(repeats)
{
    struct sdp *sdp = sdp_unit_parse(unit_text(HEAD "t=3724394400 3730536000\r\nr=7d 1h 0 25h\r\n"
                                                    "z=3730928400 -1h 3749680800 0\r\nt=1 2\r\n"));

    ck_assert_uint_eq(sdp->start, 3724394400);
    ck_assert_uint_eq(sdp->stop, 3730536000);
    ck_assert_uint_eq(sdp->times.len, 78);
}
END_TEST

/* 8866-5-4: lines may end in LF alone. */
START_TEST(bare_lf)
{
    struct sdp *sdp = sdp_unit_parse(unit_text("v=0\no=- 1 2 IN IP4 h\ns=x\nc=IN IP4 h\r\nt=0 0\n"
                                               "m=message 9 TCP/MSRP *\na=path:p\n"));

    ck_assert_uint_eq(sdp->deviations, SDP_BARE_LF);
    unit_eq(sdp->session_name, "x");
    unit_eq(sdp_find(sdp, &sdp->media[0], "path")->value, "p");
}
END_TEST

static const char several[] = HEAD C T "a=x:1\r\na=lone\r\na=x:2\r\n"
                                       "m=audio 1 RTP/AVP 0\r\n"
                                       "m=audio 2 RTP/AVP 0\r\na=y\r\na=x:3\r\na=X:4\r\na=x:\r\n"
                                       "m=audio 3 RTP/AVP 0\r\na=x:5\r\n";

START_TEST(finding)
{
    struct sdp                 *sdp = sdp_unit_parse(unit_text(several));
    const struct sdp_attribute *found = sdp_find(sdp, NULL, "x");

    unit_eq(found->value, "1");
    found = sdp_find_next(sdp, NULL, found);
    unit_eq(found->value, "2");
    ck_assert_ptr_null(sdp_find_next(sdp, NULL, found));
    ck_assert_ptr_null(sdp_find(sdp, &sdp->media[0], "x"));
    found = sdp_find(sdp, &sdp->media[1], "x");
    unit_eq(found->value, "3");
    found = sdp_find_next(sdp, &sdp->media[1], found);
    ck_assert(found->has_value);
    ck_assert_uint_eq(found->value.len, 0);
    ck_assert_ptr_null(sdp_find_next(sdp, &sdp->media[1], found));
    ck_assert(!sdp_find(sdp, NULL, "lone")->has_value);
    ck_assert_ptr_null(sdp_find(sdp, NULL, "y"));
    ck_assert_uint_eq(sdp->deviations, SDP_EMPTY_VALUE);
}
END_TEST

START_TEST(lines)
{
    struct sp_slice rest = unit_text("u=http://x\r\ne=\r\nb=AS:1\n\n"), value;
    char            letter;

    ck_assert(sdp_line_next(&rest, &letter, &value));
    ck_assert_int_eq(letter, 'u');
    unit_eq(value, "http://x");
    ck_assert(sdp_line_next(&rest, &letter, &value));
    ck_assert_int_eq(letter, 'e');
    unit_eq(value, "");
    ck_assert(sdp_line_next(&rest, &letter, &value));
    ck_assert_int_eq(letter, 'b');
    unit_eq(value, "AS:1");
    ck_assert(!sdp_line_next(&rest, &letter, &value));
}
END_TEST

Suite *test_sdp_suite(void)
{
    Suite *suite = suite_create("sdp");
    TCase *tcase = unit_tcase(suite, "sdp");

    unit_loop(tcase, whole_row, rows);
    unit_loop(tcase, tail_row, tails);
    unit_loop(tcase, examples, sdp_unit_examples);
    unit_loop(tcase, prefixes, sdp_unit_examples);
    tcase_add_test(tcase, nul);
    tcase_add_test(tcase, charset);
    tcase_add_test(tcase, rooms);
    tcase_add_test(tcase, room_places);
    tcase_add_test(tcase, again);
    tcase_add_test(tcase, fields);
    tcase_add_test(tcase, ports);
    tcase_add_test(tcase, repeats);
    tcase_add_test(tcase, bare_lf);
    tcase_add_test(tcase, finding);
    tcase_add_test(tcase, lines);
    return suite;
}
