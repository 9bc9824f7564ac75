/* SPDX-License-Identifier: MIT
 * tests/unit/test_sdp_transfer.c -- a file transfer through exchanges: RFC 5547 8.1, 8.4, 8.5, 8.7.
 */
#include "../../sdp/sdp_transfer.h"
#include "sdp_unit.h"

static struct sdp_msrp block(uint16_t port, const char *selector, const char *id,
                             uint64_t range_from)
{
    struct sdp_msrp msrp = { .port = port,
                             .has_selector = selector != NULL,
                             .range_from = range_from };
    struct sp_where where;

    msrp.direction = SDP_SENDONLY;
    msrp.path = SP_LIT("msrp://h:1/s;tcp");
    msrp.accept_types = SP_LIT("*");
    msrp.file_transfer_id = sp_str(id);
    if (selector != NULL)
        unit_err(sdp_file_selector_parse(unit_text(selector), &msrp.selector, &where), SP_OK);
    return msrp;
}

/* RFC 5547 figure 3, and what lies around it. The one before: size:1, id "a". */
static const struct row {
    uint16_t          port;
    const char       *selector, *id;
    uint64_t          range_from;
    enum sdp_transfer transfer;
} rows[] = {
    { 1, "size:1", "a", 0, SDP_TRANSFER_SAME },  /* 5547-8.3.2-3: a refresh starts nothing */
    { 1, "size:1", "b", 0, SDP_TRANSFER_NEW },   /* 5547-8.1-9, 5547-8.1-7: the same file again */
    { 1, "size:2", "b", 0, SDP_TRANSFER_NEW },   /* 5547-8.3.2-2 */
    { 1, "size:2", "a", 0, SDP_TRANSFER_WRONG }, /* 5547-8.1-10 */
    { 1, "size:1 name:\"x\"", "a", 0,
      SDP_TRANSFER_SAME },                      /* 5547-8.1-11: more is said of the same */
    { 1, "size:1", "a", 1, SDP_TRANSFER_SAME }, /* "1-*" is all of it */
    { 1, "size:1", "a", 7, SDP_TRANSFER_WRONG },
    { 1, "size:1", "A", 0, SDP_TRANSFER_NEW }, /* tokens are case-sensitive */
    { 0, "size:1", "a", 0, SDP_TRANSFER_OVER },
    { 0, "size:2", "b", 0, SDP_TRANSFER_OVER }, /* 5547-8.1-8: port 0 comes before any id */
    { 1, NULL, "", 0, SDP_TRANSFER_NONE },
    { 1, "", "", 0, SDP_TRANSFER_NONE },
};

START_TEST(row)
{
    const struct row *r = &rows[_i];
    struct sdp_msrp   previous = block(1, "size:1", "a", 0);
    struct sdp_msrp   offer = block(r->port, r->selector, r->id, r->range_from);

    ck_assert_int_eq(sdp_transfer(&previous, &offer), r->transfer);
    previous.port = 0; /* it is over, but its id is not free */
    ck_assert_int_eq(sdp_transfer(&previous, &offer), r->transfer);
    if (r->transfer == SDP_TRANSFER_SAME || r->transfer == SDP_TRANSFER_WRONG)
        ck_assert_int_eq(sdp_transfer(NULL, &offer), SDP_TRANSFER_NEW);
}
END_TEST

/* 5547-8.1-12: selector and id stay, the port goes. A sender's end: 5547-8.4-3, 5547-8.4-4; a
 * receiver's: 5547-8.4-7, 5547-8.4-8, 5547-8.4-10, 5547-8.4-11. */
static const struct ending_row {
    enum sdp_direction direction;
    const char        *line;
} endings[] = {
    { SDP_SENDONLY, "a=sendonly\r\n" },
    { SDP_RECVONLY, "a=recvonly\r\n" },
};

START_TEST(ending)
{
    struct sdp_msrp current = block(1, "size:1", "a", 0), offer;
    struct sp_slice head = sdp_unit_join(SP_LIT("m=message 0 TCP/MSRP *\r\n"),
                                         sp_str(endings[_i].line));
    char            room[512];
    struct sp_buf   to = sp_buf(room, sizeof(room));

    current.direction = endings[_i].direction;
    sdp_msrp_end(&current, &offer);
    sdp_msrp_write(&to, &offer);
    unit_eq_slice(
        sp_written(&to),
        sdp_unit_join(head, SP_LIT("a=accept-types:*\r\na=path:msrp://h:1/s;tcp\r\n"
                                   "a=file-selector:size:1\r\na=file-transfer-id:a\r\n")));
    ck_assert_int_eq(sdp_transfer(&current, &offer), SDP_TRANSFER_OVER);
}
END_TEST

static const struct sdp_connection connection = {
    .nettype = { "IN", 2 },
    .addrtype = { "IP4", 3 },
    .address = { "192.0.2.1", 9 },
};
static const struct sdp_origin origin = {
    .session_id = 17,
    .version = 1,
    .nettype = { "IN", 2 },
    .addrtype = { "IP4", 3 },
    .address = { "192.0.2.1", 9 },
};

/* 5547-8.5-1, 5547-8.5-2, 5547-8.5-3, 5547-6-1, 3264-9-1, 3264-9-2, 3264-9-3, 3264-9-5, 3264-9-6 */
START_TEST(capability)
{
    struct sdp_msrp ours = block(7394, "size:1", "a", 7);
    char            room[512];
    struct sp_buf   to = sp_buf(room, sizeof(room));

    ours.max_size = 20000;
    ours.accept_wrapped_types = SP_LIT("text/plain");
    ours.file_disposition = SP_LIT("render");
    ours.file_date = SP_LIT("read:\"x\"");
    ours.file_icon = SP_LIT("cid:a@h");
    sdp_capability_write(&to, &origin, &connection, &ours);
    unit_eq(sp_written(&to),
            "v=0\r\no=- 17 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
            "m=message 0 TCP/MSRP *\r\na=accept-types:*\r\n"
            "a=accept-wrapped-types:text/plain\r\na=max-size:20000\r\n"
            "a=file-selector\r\n");
    ck_assert(sdp_tells_files(sdp_unit_parse(sp_written(&to))));
}
END_TEST

START_TEST(tells_files)
{
    ck_assert(sdp_tells_files(sdp_unit_parse(unit_file("sdp/rfc5547-08.sdp"))));
    ck_assert(!sdp_tells_files(sdp_unit_parse(unit_file("sdp/rfc4975-01.sdp"))));
    ck_assert(!sdp_tells_files(sdp_unit_parse(unit_file("sdp/rfc3264-01.sdp"))));
    ck_assert(!sdp_tells_files(
        sdp_unit_parse(unit_text("v=0\r\no=- 1 2 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\n"
                                 "a=file-selector\r\nm=message 0 TCP/MSRP *\r\n"
                                 "m=audio 0 RTP/AVP 0\r\na=file-selector\r\n"))));
}
END_TEST

/* 5547-8.7-7, 5547-8.7-8: the octets that go. */
static const struct range_row {
    uint64_t    from, to, size;
    enum sp_err err;
    uint64_t    offset, octets;
} ranges[] = {
    { 0, 0, 100, SP_OK, 0, 100 },    { 1, 0, 100, SP_OK, 0, 100 },
    { 1, 100, 100, SP_OK, 0, 100 },  { 51, 0, 100, SP_OK, 50, 50 },
    { 51, 60, 100, SP_OK, 50, 10 },  { 100, 100, 100, SP_OK, 99, 1 },
    { 1, 1, 100, SP_OK, 0, 1 },      { 101, 0, 100, SP_RANGE, 0, 0 },
    { 1, 101, 100, SP_RANGE, 0, 0 }, { 200, 0, 100, SP_RANGE, 0, 0 },
    { 0, 0, 0, SP_OK, 0, 0 },        { 1, 0, 0, SP_OK, 0, 0 },
    { 1, 1, 0, SP_RANGE, 0, 0 },     { 2, 0, 0, SP_RANGE, 0, 0 },
    { 2, 0, 1, SP_RANGE, 0, 0 },
};

START_TEST(range)
{
    const struct range_row *r = &ranges[_i];
    struct sdp_msrp         msrp = { .range_from = r->from, .range_to = r->to };
    uint64_t                offset = 0, octets = 0;

    unit_err(sdp_range_of(&msrp, r->size, &offset, &octets), r->err);
    ck_assert_uint_eq(offset, r->offset);
    ck_assert_uint_eq(octets, r->octets);
}
END_TEST

Suite *test_sdp_transfer_suite(void)
{
    Suite *suite = suite_create("sdp_transfer");
    TCase *tcase = unit_tcase(suite, "sdp_transfer");

    unit_loop(tcase, row, rows);
    unit_loop(tcase, ending, endings);
    tcase_add_test(tcase, capability);
    tcase_add_test(tcase, tells_files);
    unit_loop(tcase, range, ranges);
    return suite;
}
