/* SPDX-License-Identifier: MIT
 * tests/unit/test_sdp_msrp.c -- the block of an MSRP medium: RFC 4975 8, RFC 6135 4, RFC 5547 6. */
#include <stdio.h>

#include "sdp_unit.h"

#define HEAD "v=0\r\no=- 1 2 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\n"
#define M    "m=message 7394 TCP/MSRP *\r\n"
#define PATH "a=path:msrp://h:7394/s;tcp\r\n"

/* The examples with an MSRP medium; each is read, and what is written from it is read as the same.
 */
static const char *const examples[] = {
    "sdp/rfc4975-01.sdp", "sdp/rfc4975-02.sdp", "sdp/rfc4975-03.sdp", "sdp/rfc4975-04.sdp",
    "sdp/rfc4975-05.sdp", "sdp/rfc5547-01.sdp", "sdp/rfc5547-02.sdp", "sdp/rfc5547-03.sdp",
    "sdp/rfc5547-04.sdp", "sdp/rfc5547-05.sdp", "sdp/rfc5547-06.sdp", "sdp/rfc5547-07.sdp",
    "sdp/rfc5547-08.sdp", "sdp/rfc7701-01.sdp", "sdp/rfc7701-02.sdp",
};

static struct sp_slice written(const struct sdp_msrp *msrp)
{
    char         *room = unit_room(1024);
    struct sp_buf to = sp_buf(room, 1024);

    sdp_msrp_write(&to, msrp);
    unit_err(to.err, SP_OK);
    return sp_written(&to);
}

START_TEST(example)
{
    struct sdp_msrp msrp = sdp_unit_msrp(unit_file(examples[_i]), 0);
    struct sp_slice once = written(&msrp);

    msrp = sdp_unit_msrp(sdp_unit_join(SP_LIT(HEAD), once), 0);
    unit_eq_slice(written(&msrp), once);
}
END_TEST

START_TEST(ones)
{
    struct sdp_msrp msrp = { .port = 1, .max_size = 1, .range_from = 1, .range_to = 1 };

    unit_eq(written(&msrp), "m=message 1 TCP/MSRP *\r\na=max-size:1\r\na=file-range:1-1\r\n");
}
END_TEST

/* RFC 5547 figure 2, all of it. */
START_TEST(every_field)
{
    struct sdp_msrp msrp = sdp_unit_msrp(unit_file("sdp/rfc5547-01.sdp"), 0);

    ck_assert_uint_eq(msrp.port, 7654);
    ck_assert(!msrp.tls);
    unit_eq(msrp.title, "This is my latest picture");
    ck_assert_int_eq(msrp.direction, SDP_SENDONLY);
    ck_assert_int_eq(msrp.setup, SDP_SETUP_NONE);
    unit_eq(msrp.accept_types, "message/cpim");
    unit_eq(msrp.accept_wrapped_types, "*");
    ck_assert_uint_eq(msrp.max_size, 0);
    unit_eq(msrp.path, "msrp://atlanta.example.com:7654/jshA7we;tcp");
    ck_assert(msrp.has_selector);
    unit_eq(msrp.selector.name, "My cool picture.jpg");
    unit_eq(msrp.selector.type, "image/jpeg");
    ck_assert_uint_eq(msrp.selector.size, 32349);
    ck_assert(msrp.selector.has_sha1);
    unit_eq(msrp.file_transfer_id, "vBnG916bdberum2fFEABR1FR3ExZMUrd");
    unit_eq(msrp.file_disposition, "attachment");
    unit_eq(msrp.file_date, "creation:\"Mon, 15 May 2006 15:01:31 +0300\"");
    unit_eq(msrp.file_icon, "cid:id2@alicepc.example.com");
    ck_assert_uint_eq(msrp.range_from, 1);
    ck_assert_uint_eq(msrp.range_to, 32349);
}
END_TEST

/* RFC 5547 8.5: a capability. */
START_TEST(capability)
{
    struct sdp_msrp msrp = sdp_unit_msrp(unit_file("sdp/rfc5547-08.sdp"), 0);

    ck_assert_uint_eq(msrp.port, 0);
    ck_assert_uint_eq(msrp.max_size, 20000);
    ck_assert(msrp.has_selector);
    ck_assert(!sdp_file_selector_selects(&msrp.selector));
    unit_eq(written(&msrp), "m=message 0 TCP/MSRP *\r\na=accept-types:message/cpim\r\n"
                            "a=accept-wrapped-types:*\r\na=max-size:20000\r\na=file-selector\r\n");
}
END_TEST

/* A block, what reading it yields, and the octet within the value of the attribute at fault. */
static const struct row {
    const char *block;
    enum sp_err err;
    size_t      at;
    const char *rule;
} rows[] = {
    { M PATH, SP_OK, 0, "" },
    { M "a=accept-types: text/plain\r\n" PATH, SP_OK, 0, "" }, /* met in the field */
    { "m=message 7394 TCP/MSRP\r\n" PATH, SP_OK, 0, "" },      /* met in the field */
    { "m=message 9 tcp/tls/msrp *\r\na=path:MSRPS://h:1/s;tcp msrps://i:2/t;tcp\r\n", SP_OK, 0,
      "" },
    { "m=message 0 TCP/MSRP *\r\n", SP_OK, 0, "" },
    { M, SP_MISSING, 0, "path" },
    { M "a=path\r\n", SP_SYNTAX, 0, "MSRP-URI" },
    { M "a=path: msrp://h:1/s;tcp\r\n", SP_SYNTAX, 0, "MSRP-URI" },
    { M "a=path:sip:h\r\n", SP_SYNTAX, 0, "MSRP-URI" },
    { M "a=path:msrp:/h\r\n", SP_SYNTAX, 6, "MSRP-URI" },
    { M "a=path:msrp://\r\n", SP_SYNTAX, 7, "MSRP-URI" },
    { M "a=path:msrp://h:1/s;tcp \r\n", SP_SYNTAX, 17, "MSRP-URI" },
    { M "a=path:msrp://h:1/s;tcp\tx\r\n", SP_SYNTAX, 16, "end" },
    { M PATH PATH, SP_REPEATED, 0, "path" },
    { M PATH "a=accept-types:text\r\n", SP_SYNTAX, 4, "format-entry" },
    { M PATH "a=accept-wrapped-types:text/\r\n", SP_SYNTAX, 5, "subtype" },
    { M PATH "a=max-size:x\r\n", SP_SYNTAX, 0, "max-size-value" },
    { M PATH "a=max-size:18446744073709551616\r\n", SP_RANGE, 0, "max-size-value" },
    { M PATH "a=max-size:1 \r\n", SP_SYNTAX, 1, "end" },
    { M PATH "a=setup:\r\n", SP_SYNTAX, 0, "setup" },
    { M PATH "a=setup:aktiv\r\n", SP_SYNTAX, 0, "setup" },
    { M PATH "a=sendonly\r\na=recvonly\r\n", SP_REPEATED, 0, "recvonly" },
    { M PATH "a=file-selector:nam\r\n", SP_SYNTAX, 0, "selector" },
    { M PATH "a=file-selector:size:x\r\n", SP_SYNTAX, 5, "filesize-value" },
    { M PATH "a=file-transfer-id:a b\r\n", SP_SYNTAX, 1, "end" },
    { M PATH "a=file-transfer-id:\r\n", SP_SYNTAX, 0, "file-tr-id-value" },
    { M PATH "a=file-disposition:\"x\"\r\n", SP_SYNTAX, 0, "file-disp-value" },
    { M PATH "a=file-range:1-*\r\n", SP_OK, 0, "" },
    { M PATH "a=file-range:7-7\r\n", SP_OK, 0, "" },
    { M PATH "a=file-range:0-7\r\n", SP_SYNTAX, 0, "start-offset" },
    { M PATH "a=file-range:*-7\r\n", SP_SYNTAX, 0, "start-offset" },
    { M PATH "a=file-range:8-7\r\n", SP_RANGE, 2, "stop-offset" },
    { M PATH "a=file-range:8\r\n", SP_SYNTAX, 1, "file-range" },
    { M PATH "a=file-range:8-\r\n", SP_SYNTAX, 2, "stop-offset" },
    { M PATH "a=file-range:8-*7\r\n", SP_SYNTAX, 3, "end" },
    { M PATH "a=file-range:1-18446744073709551616\r\n", SP_RANGE, 2, "stop-offset" },
};

START_TEST(row)
{
    struct sp_slice octets = sdp_unit_join(SP_LIT(HEAD), sp_str(rows[_i].block));
    struct sdp     *sdp = sdp_unit_parse(octets);
    struct sp_where where = { 0, "" };
    struct sdp_msrp msrp;

    ck_assert(sdp_is_msrp(&sdp->media[0]));
    unit_err_at(sdp_msrp_read(sdp, &sdp->media[0], &msrp, &where), where, rows[_i].err,
                rows[_i].at);
    if (rows[_i].err != SP_OK)
        ck_assert_str_eq(where.rule, rows[_i].rule);
    /* The attribute at fault is the last one of each bad row. */
    if (rows[_i].err == SP_OK || rows[_i].err == SP_MISSING)
        ck_assert_ptr_null(msrp.fault);
    else
        ck_assert_ptr_eq(msrp.fault, &sdp->attributes[sdp->attributes_used - 1]);
}
END_TEST

/* 6135-4.2.1-2: every value is read; 6135-4.4-2: a=connection is passed over. */
static const struct setup_row {
    const char    *value;
    enum sdp_setup setup;
} setups[] = {
    { "active", SDP_SETUP_ACTIVE },   { "passive", SDP_SETUP_PASSIVE },
    { "actpass", SDP_SETUP_ACTPASS }, { "holdconn", SDP_SETUP_HOLDCONN },
    { "ActPass", SDP_SETUP_ACTPASS },
};

START_TEST(setup)
{
    char octets[512];

    snprintf(octets, sizeof(octets), HEAD M PATH "a=connection:existing\r\na=setup:%s\r\n",
             setups[_i].value);
    struct sdp_msrp msrp = sdp_unit_msrp(unit_text(octets), 0);
    ck_assert_int_eq(msrp.setup, setups[_i].setup);
    struct sp_slice out = written(&msrp);
    ck_assert_uint_eq(sp_find_slice(out, SP_LIT("connection")), out.len); /* 6135-4.4-1 */
    ck_assert_uint_eq(sp_find_slice(out, SP_LIT("holdconn")), out.len);   /* 6135-4.2.1-3 */
}
END_TEST

/* 8866-6.7-1: the medium's direction, else the session's, else both ways. */
static const struct direction_row {
    const char        *session, *medium;
    enum sdp_direction direction;
} directions[] = {
    { "", "", SDP_SENDRECV },
    { "a=sendonly\r\n", "", SDP_SENDONLY },
    { "a=recvonly\r\n", "", SDP_RECVONLY },
    { "a=inactive\r\n", "", SDP_INACTIVE },
    { "a=inactive\r\n", "a=sendrecv\r\n", SDP_SENDRECV },
    { "a=sendonly\r\n", "a=recvonly\r\n", SDP_RECVONLY },
    { "", "a=inactive\r\n", SDP_INACTIVE },
    { "a=path:msrp://no\r\na=setup:nonsense\r\na=sendonly\r\n", "", SDP_SENDONLY },
};

START_TEST(direction)
{
    char octets[512];

    snprintf(octets, sizeof(octets), HEAD "%s" M PATH "%s", directions[_i].session,
             directions[_i].medium);
    struct sdp_msrp msrp = sdp_unit_msrp(unit_text(octets), 0);
    ck_assert_int_eq(msrp.direction, directions[_i].direction);
    unit_eq(msrp.path, "msrp://h:7394/s;tcp");
}
END_TEST

/* 3264-5.1-1, 3264-5.1-2, 3264-5.1-3 */
START_TEST(direction_written)
{
    static const char *const lines[] = { "", "a=sendonly\r\n", "a=recvonly\r\n", "a=inactive\r\n" };

    for (int i = SDP_SENDRECV; i <= SDP_INACTIVE; i++) {
        struct sdp_msrp msrp = { .port = 1, .direction = (enum sdp_direction)i };
        unit_eq_slice(written(&msrp),
                      sdp_unit_join(SP_LIT("m=message 1 TCP/MSRP *\r\n"), sp_str(lines[i])));
    }
}
END_TEST

static const struct media_row {
    const char *line;
    bool        is_msrp;
} media[] = {
    { "m=message 1 TCP/MSRP *", true }, { "m=message 1 TCP/TLS/MSRP *", true },
    { "m=MESSAGE 1 tcp/msrp *", true }, { "m=audio 1 TCP/MSRP *", false },
    { "m=message 1 TCP *", false },     { "m=message 1 TCP/MSRPX *", false },
};

START_TEST(is_msrp)
{
    char octets[256];

    snprintf(octets, sizeof(octets), HEAD "%s\r\n", media[_i].line);
    struct sdp *sdp = sdp_unit_parse(unit_text(octets));
    ck_assert_int_eq(sdp_is_msrp(&sdp->media[0]), media[_i].is_msrp);
}
END_TEST

/* The order of a block of ours; 5547-5-1, 6135-4.2.1-1. */
START_TEST(whole_block)
{
    struct sdp_msrp msrp = {
        .port = 7394,
        .tls = true,
        .title = SP_LIT("t"),
        .path = SP_LIT("msrps://h:7394/s;tcp"),
        .accept_types = SP_LIT("message/cpim *"),
        .accept_wrapped_types = SP_LIT("*"),
        .setup = SDP_SETUP_ACTPASS,
        .direction = SDP_SENDONLY,
        .max_size = 1000,
        .has_selector = true,
        .selector = { .has_name = true, .name = SP_LIT("x.jpg"), .has_size = true, .size = 4092 },
        .file_transfer_id = SP_LIT("id"),
        .file_disposition = SP_LIT("attachment"),
        .file_date = SP_LIT("read:\"x\""),
        .file_icon = SP_LIT("cid:a@b"),
        .range_from = 100,
    };

    unit_eq(written(&msrp),
            "m=message 7394 TCP/TLS/MSRP *\r\ni=t\r\na=sendonly\r\na=setup:actpass\r\n"
            "a=accept-types:message/cpim *\r\na=accept-wrapped-types:*\r\n"
            "a=max-size:1000\r\na=path:msrps://h:7394/s;tcp\r\n"
            "a=file-selector:name:\"x.jpg\" size:4092\r\na=file-transfer-id:id\r\n"
            "a=file-disposition:attachment\r\na=file-date:read:\"x\"\r\n"
            "a=file-icon:cid:a@b\r\na=file-range:100-*\r\n");
    msrp.title = SP_LIT("a\r\na=x");
    char          room[512];
    struct sp_buf to = sp_buf(room, sizeof(room));
    sdp_msrp_write(&to, &msrp);
    unit_err(to.err, SP_INJECTION);
}
END_TEST

Suite *test_sdp_msrp_suite(void)
{
    Suite *suite = suite_create("sdp_msrp");
    TCase *tcase = unit_tcase(suite, "sdp_msrp");

    unit_loop(tcase, example, examples);
    tcase_add_test(tcase, ones);
    tcase_add_test(tcase, every_field);
    tcase_add_test(tcase, capability);
    unit_loop(tcase, row, rows);
    unit_loop(tcase, setup, setups);
    unit_loop(tcase, direction, directions);
    tcase_add_test(tcase, direction_written);
    unit_loop(tcase, is_msrp, media);
    tcase_add_test(tcase, whole_block);
    return suite;
}
