/* SPDX-License-Identifier: MIT
 * tests/unit/test_sdp_write.c -- writing descriptions: RFC 8866 5, 9. */
#include "sdp_unit.h"

static struct sp_slice written(struct sp_slice octets)
{
    size_t        room = octets.len + 64;
    struct sp_buf to = sp_buf(unit_room(room), room);

    sdp_write(&to, sdp_unit_parse(octets));
    unit_err(to.err, SP_OK);
    struct sp_slice all = sp_written(&to);
    return unit_octets(all.at, all.len);
}

/* What is written from a reading is read as the same and written as the same, and deviates in
 * nothing. */
START_TEST(stable)
{
    struct sp_slice octets = unit_file(sdp_unit_examples[_i].path);
    struct sp_slice once = written(octets);
    struct sdp     *sdp = sdp_unit_parse(once);

    ck_assert_uint_eq(sdp->deviations, 0);
    ck_assert_uint_eq(sdp->media_count, sdp_unit_examples[_i].media);
    unit_eq_slice(written(once), once);
    if (sdp_unit_examples[_i].deviations == 0)
        unit_eq_slice(once, octets);
}
END_TEST

/* One octet changed anywhere: it is refused, or read, and what is then written is stable and clean.
 */
START_TEST(changed_octet)
{
    static const char others[] = { '\0', '\r', '\n', ' ', ':', '=', '/', '0', 'm', '\xFF' };
    struct sp_slice   octets = unit_file(sdp_unit_examples[_i].path);
    char             *bent = unit_room(octets.len), *room = unit_room(octets.len + 64);
    char             *other = unit_room(octets.len + 64);
    struct sdp       *sdp = sdp_unit_room(8, 32);
    struct sp_where   where;

    memcpy(bent, octets.at, octets.len);
    for (size_t i = 0; i < octets.len * sizeof(others); i++) {
        size_t        place = i / sizeof(others);
        struct sp_buf to = sp_buf(room, octets.len + 64);

        bent[place] = others[i % sizeof(others)];
        if (sdp_parse(sp_slice(bent, octets.len), sdp, &where) == SP_OK) {
            sdp_write(&to, sdp);
            unit_err(to.err, SP_OK);
            unit_err(sdp_parse(sp_written(&to), sdp, &where), SP_OK);
            ck_assert_uint_eq(sdp->deviations, 0);
            for (uint32_t m = 0; m < sdp->media_count; m++) {
                struct sdp_msrp msrp;
                if (sdp_is_msrp(&sdp->media[m]) &&
                    sdp_msrp_read(sdp, &sdp->media[m], &msrp, &where) == SP_OK) {
                    to = sp_buf(other, octets.len + 64);
                    sdp_msrp_write(&to, &msrp);
                    unit_err(to.err, SP_OK);
                }
            }
        } else {
            ck_assert_uint_le(where.octet, octets.len);
        }
        bent[place] = octets.at[place];
    }
}
END_TEST

/* A reading, and what is written from it. */
static const struct row {
    const char *in, *out;
} rows[] = {
    /* every line is kept */
    { "v=0\r\no=- 1 2 IN IP4 h\r\ns=x\r\ni=I\r\nu=U\r\ne=E\r\np=P\r\nc=IN IP4 h\r\nb=AS:1\r\n"
      "b=X-y:2\r\nt=1 2\r\nr=7d 1h 0\r\nz=3 -1h\r\nt=3 4\r\na=q\r\nm=audio 007/2 udp 1 2\r\ni=I\r\n"
      "c=IN IP4 i\r\nc=IN IP4 j\r\nb=AS:3\r\na=z:\xC3\xA4 \r\n",
      "v=0\r\no=- 1 2 IN IP4 h\r\ns=x\r\ni=I\r\nu=U\r\ne=E\r\np=P\r\nc=IN IP4 h\r\nb=AS:1\r\n"
      "b=X-y:2\r\nt=1 2\r\nr=7d 1h 0\r\nz=3 -1h\r\nt=3 4\r\na=q\r\nm=audio 007/2 udp 1 2\r\ni=I\r\n"
      "c=IN IP4 i\r\nc=IN IP4 j\r\nb=AS:3\r\na=z:\xC3\xA4 \r\n" },
    /* 8866-5.12-1, 8866-5.12-2: k= is dropped */
    { "v=0\r\no=- 1 2 IN IP4 h\r\ns=x\r\nc=IN IP4 h\r\nt=0 0\r\nk=clear:secret\r\na=q\r\n"
      "m=audio 9 udp 1\r\nk=prompt\r\na=z\r\n",
      "v=0\r\no=- 1 2 IN IP4 h\r\ns=x\r\nc=IN IP4 h\r\nt=0 0\r\na=q\r\n"
      "m=audio 9 udp 1\r\na=z\r\n" },
    /* each deviation is mended; 8866-5.3-2, 8866-5.3-3: the name */
    { "v=0\no=- 1 2 IN IP4 h\ns=\nb=AS:1\nt=1 2\nc=IN IP4 h\na=q:\n"
      "m=message 9 TCP/MSRP\na=path:\n\n",
      "v=0\r\no=- 1 2 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nb=AS:1\r\nt=1 2\r\na=q\r\n"
      "m=message 9 TCP/MSRP *\r\na=path\r\n" },
    { "v=0\r\no=- 1 2 IN IP4 h\r\ns=x\r\n", "v=0\r\no=- 1 2 IN IP4 h\r\ns=x\r\nt=0 0\r\n" },
    { "v=0\r\no=- 1 2 IN IP4 h\r\ns=x\r\nb=AS:1\r\na=q\r\na=r\r\n",
      "v=0\r\no=- 1 2 IN IP4 h\r\ns=x\r\nb=AS:1\r\nt=0 0\r\na=q\r\na=r\r\n" },
    { "v=0\r\no=- 1 2 IN IP4 h\r\ns=x\r\nc=IN IP4 h\r\na=q\r\n",
      "v=0\r\no=- 1 2 IN IP4 h\r\ns=x\r\nc=IN IP4 h\r\nt=0 0\r\na=q\r\n" },
    { "v=0\r\no=- 1 2 IN IP4 h\r\ns=x\r\nt=0 0\r\nc=IN IP4 h\r\nk=prompt\r\n",
      "v=0\r\no=- 1 2 IN IP4 h\r\ns=x\r\nc=IN IP4 h\r\nt=0 0\r\n" },
};

START_TEST(row)
{
    struct sp_slice out = written(unit_text(rows[_i].in));

    unit_eq(out, rows[_i].out);
    unit_eq_slice(written(out), out);
}
END_TEST

static const struct sdp_connection connection = {
    .nettype = { "IN", 2 },
    .addrtype = { "IP6", 3 },
    .address = { "2001:db8::1", 11 },
};
static const struct sdp_origin origin = {
    .session_id = 17,
    .version = 4,
    .nettype = { "IN", 2 },
    .addrtype = { "IP6", 3 },
    .address = { "2001:db8::1", 11 },
};

/* 3264-5-1, 3264-5-5, 3264-5-6, 8866-5.3-3 */
START_TEST(lines)
{
    char          room[512];
    struct sp_buf to = sp_buf(room, sizeof(room));

    sdp_put_session(&to, &origin, SP_LIT(""), &connection);
    sdp_put_media(&to, SP_LIT("message"), 7394, SP_LIT("TCP/MSRP"), SP_LIT(""));
    sdp_put_attribute(&to, "path", SP_LIT("msrp://h:1/s;tcp"));
    sdp_put_flag(&to, "sendonly");
    unit_eq(sp_written(&to), "v=0\r\no=- 17 4 IN IP6 2001:db8::1\r\ns=-\r\nc=IN IP6 2001:db8::1\r\n"
                             "t=0 0\r\nm=message 7394 TCP/MSRP *\r\na=path:msrp://h:1/s;tcp\r\n"
                             "a=sendonly\r\n");
    ck_assert_uint_eq(sdp_unit_parse(sp_written(&to))->deviations, 0);
}
END_TEST

/* Without a connection of the session there is no c=; each medium then needs its own. */
START_TEST(no_connection)
{
    struct sdp_connection none = { .nettype = SP_LIT("IN") };
    char                  room[128];
    struct sp_buf         to = sp_buf(room, sizeof(room));

    sdp_put_session(&to, &origin, SP_LIT("x"), &none);
    unit_eq(sp_written(&to), "v=0\r\no=- 17 4 IN IP6 2001:db8::1\r\ns=x\r\nt=0 0\r\n");
    none.address = none.addrtype = SP_LIT("h");
    to = sp_buf(room, sizeof(room));
    sdp_put_session(&to, &origin, SP_LIT("x"), &none);
    unit_eq(sp_written(&to), "v=0\r\no=- 17 4 IN IP6 2001:db8::1\r\ns=x\r\nc=IN h h\r\nt=0 0\r\n");
}
END_TEST

/* 3264-6-5: the times of an answer are the offer's. */
START_TEST(answer_times)
{
    struct sdp   *offer = sdp_unit_parse(unit_text("v=0\r\no=a 1 2 IN IP4 h\r\ns=x\r\nt=1 2\r\n"
                                                     "r=7d 1h 0\r\nz=3 -1h\r\nt=4 5\r\na=q\r\n"));
    char          room[512];
    struct sp_buf to = sp_buf(room, sizeof(room));

    sdp_put_answer_session(&to, offer, &origin, SP_LIT(" "), &connection);
    unit_eq(sp_written(&to), "v=0\r\no=- 17 4 IN IP6 2001:db8::1\r\ns= \r\nc=IN IP6 2001:db8::1\r\n"
                             "t=1 2\r\nr=7d 1h 0\r\nz=3 -1h\r\nt=4 5\r\n");
    to = sp_buf(room, sizeof(room));
    sdp_put_times(&to, sdp_unit_parse(unit_file("sdp/rfc7701-01.sdp")));
    unit_eq(sp_written(&to), "t=0 0\r\n");
}
END_TEST

/* No value ends its line: 8866-6.10-5. */
START_TEST(injection)
{
    static const char *const bad[] = { "a\r\na=x", "a\n", "a\r" };
    char                     room[512];

    for (size_t i = 0; i < UNIT_ROWS(bad); i++) {
        struct sp_slice value = sp_str(bad[i]);
        struct sp_buf   to = sp_buf(room, sizeof(room));
        sdp_put_attribute(&to, "path", value);
        unit_err(to.err, SP_INJECTION);
        to = sp_buf(room, sizeof(room));
        sdp_put_session(&to, &origin, value, &connection);
        unit_err(to.err, SP_INJECTION);
        struct sdp_origin     o = origin;
        struct sdp_connection c = connection;
        o.username = value;
        c.address = value;
        to = sp_buf(room, sizeof(room));
        sdp_put_origin(&to, &o);
        unit_err(to.err, SP_INJECTION);
        to = sp_buf(room, sizeof(room));
        sdp_put_connection(&to, &c);
        unit_err(to.err, SP_INJECTION);
        to = sp_buf(room, sizeof(room));
        sdp_put_media(&to, SP_LIT("message"), 1, SP_LIT("TCP/MSRP"), value);
        unit_err(to.err, SP_INJECTION);
    }
}
END_TEST

/* 8866-5.2-1: a field is one word. */
START_TEST(words)
{
    static const char *const bad[] = { "a b", " ", "a\tb", "\x7F" };
    char                     room[256];

    for (size_t i = 0; i < UNIT_ROWS(bad); i++) {
        struct sdp_origin     o = origin;
        struct sdp_connection c = connection;
        struct sp_buf         to = sp_buf(room, sizeof(room));
        o.username = sp_str(bad[i]);
        sdp_put_origin(&to, &o);
        unit_err(to.err, SP_SYNTAX);
        to = sp_buf(room, sizeof(room));
        c.address = sp_str(bad[i]);
        sdp_put_connection(&to, &c);
        unit_err(to.err, SP_SYNTAX);
        to = sp_buf(room, sizeof(room));
        c = connection;
        c.addrtype.len = 0;
        sdp_put_connection(&to, &c);
        unit_err(to.err, SP_SYNTAX);
        to = sp_buf(room, sizeof(room));
        sdp_put_media(&to, sp_str(bad[i]), 1, SP_LIT("TCP/MSRP"), SP_LIT("*"));
        unit_err(to.err, SP_SYNTAX);
        to = sp_buf(room, sizeof(room));
        sdp_put_media(&to, SP_LIT("message"), 1, sp_str(bad[i]), SP_LIT("*"));
        unit_err(to.err, SP_SYNTAX);
    }
}
END_TEST

/* 3264-5-2: 63 bits. */
START_TEST(numbers)
{
    char room[256];

    for (int i = 0; i < 4; i++) {
        struct sdp_origin o = origin;
        struct sp_buf     to = sp_buf(room, sizeof(room));
        uint64_t          number = (uint64_t)INT64_MAX + (i < 2);
        if (i % 2 == 0)
            o.session_id = number;
        else
            o.version = number;
        sdp_put_origin(&to, &o);
        unit_err(to.err, i < 2 ? SP_RANGE : SP_OK);
    }
}
END_TEST

/* One octet of room less than needed is SP_ROOM, at every room. */
START_TEST(rooms)
{
    struct sp_slice octets = unit_file("sdp/rfc8866-01.sdp");
    struct sdp     *sdp = sdp_unit_parse(octets);

    for (size_t room = 0; room <= octets.len; room++) {
        struct sp_buf to = sp_buf(unit_room(room), room);
        sdp_write(&to, sdp);
        unit_err(to.err, room < octets.len ? SP_ROOM : SP_OK);
    }
}
END_TEST

Suite *test_sdp_write_suite(void)
{
    Suite *suite = suite_create("sdp_write");
    TCase *tcase = unit_tcase(suite, "sdp_write");

    unit_loop(tcase, stable, sdp_unit_examples);
    unit_loop(tcase, changed_octet, sdp_unit_examples);
    unit_loop(tcase, row, rows);
    tcase_add_test(tcase, lines);
    tcase_add_test(tcase, no_connection);
    tcase_add_test(tcase, answer_times);
    tcase_add_test(tcase, injection);
    tcase_add_test(tcase, words);
    tcase_add_test(tcase, numbers);
    tcase_add_test(tcase, rooms);
    return suite;
}
