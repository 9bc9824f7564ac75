/* SPDX-License-Identifier: MIT
 * tests/unit/test_sdp_exchange.c -- offer and answer of whole descriptions: RFC 3264 5, 6, 8. */
#include "../../sdp/sdp_exchange.h"
#include "sdp_unit.h"

#define HEAD "v=0\r\no=a 7 8 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=1 2\r\n"
#define FILE_LINES(port, id)                                                                       \
    "m=message " port " TCP/MSRP *\r\na=sendonly\r\na=accept-types:text/plain\r\n"                 \
    "a=path:msrp://h:1/" id ";tcp\r\na=file-selector:size:1\r\na=file-transfer-id:" id "\r\n"

static const struct sdp_connection connection = {
    .nettype = { "IN", 2 },
    .addrtype = { "IP6", 3 },
    .address = { "2001:db8::1", 11 },
};
static const struct sdp_origin origin = {
    .session_id = 17,
    .version = 1,
    .nettype = { "IN", 2 },
    .addrtype = { "IP6", 3 },
    .address = { "2001:db8::1", 11 },
};

static struct sdp_msrp ours(uint16_t port)
{
    return (struct sdp_msrp){
        .port = port,
        .path = SP_LIT("msrp://[2001:db8::1]:9/x;tcp"),
        .accept_types = SP_LIT("text/plain"),
    };
}

static struct sp_slice answered(struct sp_slice octets, const struct sdp_msrp *mine, uint32_t count,
                                uint32_t want)
{
    struct sdp         *offer = sdp_unit_parse(octets);
    struct sdp_answerer by = { .origin = &origin, .connection = &connection, .listens = true };
    struct sp_buf       to = sp_buf(unit_room(4096), 4096);
    uint32_t            accepted;
    struct sp_where     where = { 0, "" };

    by.ours = mine;
    by.count = count;
    sdp_answer_write(&to, offer, &by, &accepted);
    unit_err(to.err, SP_OK);
    ck_assert_uint_eq(accepted, want);
    /* Whatever was answered, it is an answer. */
    unit_err(sdp_answer_check(offer, sdp_unit_parse(sp_written(&to)), &where), SP_OK);
    return sp_written(&to);
}

/* 3264-6-1, 3264-6.1-1, 3264-8-4, 5547-8.3.1-1, 5547-8.3.2-5, 3264-6-2, 3264-6-3, 3264-6-5,
 * 3264-6-7, 3264-6-8, 3264-8.2-1, 5547-8.3-1: five lines, each its own fate. */
START_TEST(several)
{
    struct sdp_msrp mine[5] = { ours(1001), ours(1002), ours(0), ours(1004), ours(1005) };
    struct sp_slice offer = unit_text(
        HEAD FILE_LINES("5", "i") "m=audio 6 RTP/AVP 0 8\r\n" FILE_LINES("7", "k") FILE_LINES(
            "0", "l") "m=message 9 TCP/MSRP *\r\na=path:nonsense\r\na=file-transfer-id:n\r\n");

    unit_eq(answered(offer, mine, 5, 1),
            "v=0\r\no=- 17 1 IN IP6 2001:db8::1\r\ns=-\r\nc=IN IP6 2001:db8::1\r\nt=1 2\r\n"
            "m=message 1001 TCP/MSRP *\r\na=recvonly\r\na=setup:passive\r\n"
            "a=accept-types:text/plain\r\na=path:msrp://[2001:db8::1]:9/x;tcp\r\n"
            "a=file-selector:size:1\r\na=file-transfer-id:i\r\n"
            "m=audio 0 RTP/AVP 0 8\r\n"
            "m=message 0 TCP/MSRP *\r\na=recvonly\r\na=file-selector:size:1\r\n"
            "a=file-transfer-id:k\r\n"
            "m=message 0 TCP/MSRP *\r\na=recvonly\r\na=file-selector:size:1\r\n"
            "a=file-transfer-id:l\r\n"
            "m=message 0 TCP/MSRP *\r\na=file-transfer-id:n\r\n");
    unit_eq_slice(answered(offer, mine, 5, 1),
                  answered(offer, mine, 5, 1)); /* asked again, the same */
}
END_TEST

/* 3264-6-4: no line, no line. */
START_TEST(empty)
{
    unit_eq(answered(unit_text(HEAD), NULL, 0, 0),
            "v=0\r\no=- 17 1 IN IP6 2001:db8::1\r\ns=-\r\nc=IN IP6 2001:db8::1\r\nt=1 2\r\n");
}
END_TEST

/* 3264-6.1-18: nothing in common, nothing taken; a place without an entry is refused.
 */
START_TEST(nothing_taken)
{
    struct sdp_msrp mine = ours(1001);

    mine.accept_types = SP_LIT("image/png");
    (void)answered(unit_text(HEAD FILE_LINES("5", "i")), &mine, 1, 0);
    mine = ours(1001);
    (void)answered(unit_text(HEAD FILE_LINES("5", "i") FILE_LINES("6", "k")), &mine, 1, 1);
    (void)answered(unit_file("sdp/rfc3264-02.sdp"), &mine, 1, 0);
}
END_TEST

/* The exchanges that the RFCs print: who answers whom. */
static const struct exchange {
    const char *offer, *answer;
    enum sp_err err;
} exchanges[] = {
    { "sdp/rfc3264-02.sdp", "sdp/rfc3264-03.sdp", SP_OK },
    { "sdp/rfc3264-04.sdp", "sdp/rfc3264-05.sdp", SP_OK },
    { "sdp/rfc3264-06.sdp", "sdp/rfc3264-07.sdp", SP_OK },
    { "sdp/rfc3264-08.sdp", "sdp/rfc3264-09.sdp", SP_OK },
    { "sdp/rfc4975-02.sdp", "sdp/rfc4975-03.sdp", SP_OK },
    { "sdp/rfc4975-04.sdp", "sdp/rfc4975-05.sdp", SP_OK },
    { "sdp/rfc5547-02.sdp", "sdp/rfc5547-03.sdp", SP_OK },
    { "sdp/rfc5547-04.sdp", "sdp/rfc5547-05.sdp", SP_OK },
    { "sdp/rfc5547-06.sdp", "sdp/rfc5547-07.sdp", SP_OK },
    { "sdp/rfc7701-01.sdp", "sdp/rfc7701-02.sdp", SP_OK },
    { "sdp/rfc3264-02.sdp", "sdp/rfc3264-05.sdp", SP_MISMATCH },
    { "sdp/rfc3264-02.sdp", "sdp/rfc5547-03.sdp", SP_MISMATCH },
};

START_TEST(exchange)
{
    struct sdp     *offer = sdp_unit_parse(unit_file(exchanges[_i].offer));
    struct sdp     *answer = sdp_unit_parse(unit_file(exchanges[_i].answer));
    struct sp_where where;

    unit_err(sdp_answer_check(offer, answer, &where), exchanges[_i].err);
}
END_TEST

/* What is no answer, and at which line. 3264-6-2, 3264-6-3, 3264-6.1-2, 3264-8.2-1 */
static const struct no_answer {
    const char *offer, *answer, *rule;
    size_t      at;
} no_answers[] = {
    { "m=a 1 x 1\r\n", "", "m=", 0 },
    { "", "m=a 1 x 1\r\n", "m=", 0 },
    { "m=a 1 x 1\r\nm=b 1 x 1\r\n", "m=b 1 x 1\r\nm=a 1 x 1\r\n", "media", 47 },
    { "m=a 1 x 1\r\nm=b 1 x 1\r\n", "m=a 1 x 1\r\nm=b 1 y 1\r\n", "proto", 58 },
    { "m=a 0 x 1\r\n", "m=a 1 x 1\r\n", "port", 47 },
};

START_TEST(no_answer)
{
    struct sdp *offer = sdp_unit_parse(sdp_unit_join(SP_LIT(HEAD), sp_str(no_answers[_i].offer)));
    struct sdp *answer = sdp_unit_parse(sdp_unit_join(SP_LIT(HEAD), sp_str(no_answers[_i].answer)));
    struct sp_where where;

    unit_err_at(sdp_answer_check(offer, answer, &where), where, SP_MISMATCH, no_answers[_i].at);
    ck_assert_str_eq(where.rule, no_answers[_i].rule);
}
END_TEST

/* One medium of an answer against an offer of a file with a range, then against one without
 * anything of RFC 5547. */
static const struct fit {
    const char *lines;
    enum sp_err err;
    const char *rule;
} fits[] = {
    { "a=file-selector:size:9\r\na=file-transfer-id:i\r\na=file-range:3-*\r\n", SP_OK, "" },
    { "a=file-selector:size:8\r\na=file-transfer-id:i\r\na=file-range:3-*\r\n", SP_MISMATCH,
      "file-selector" },
    { "a=file-selector:size:9\r\na=file-transfer-id:j\r\na=file-range:3-*\r\n", SP_MISMATCH,
      "file-transfer-id" }, /* 5547-8.1-3 */
    { "a=file-selector:size:9\r\na=file-transfer-id:i\r\na=file-range:2-*\r\n", SP_MISMATCH,
      "file-range" }, /* 5547-8.3.1-5 */
    { "a=file-selector:size:9\r\na=file-transfer-id:i\r\n", SP_MISMATCH, "file-range" },
    { "", SP_MISMATCH, "file-range" },
    { "a=file-range:3-*\r\n", SP_OK, "" },
};

START_TEST(fit)
{
    struct sp_slice head = SP_LIT(HEAD "m=message 1 TCP/MSRP *\r\na=path:msrp://h:1/s;tcp\r\n"
                                       "a=accept-types:*\r\na=setup:passive\r\n");
    struct sdp_msrp offer = ours(1), answer;
    struct sp_where where;

    offer.setup = SDP_SETUP_ACTPASS;
    offer.has_selector = offer.selector.has_size = true;
    offer.selector.size = 9;
    offer.file_transfer_id = SP_LIT("i");
    offer.range_from = 3;
    answer = sdp_unit_msrp(sdp_unit_join(head, sp_str(fits[_i].lines)), 0);
    unit_err(sdp_msrp_answer_check(&offer, &answer, &where), fits[_i].err);
    ck_assert_str_eq(where.rule, fits[_i].rule);
    offer.range_from = 0;
    answer.range_from = 0;
    answer.has_selector = false;
    answer.file_transfer_id.len = 0;
    unit_err(sdp_msrp_answer_check(&offer, &answer, &where), SP_OK); /* it knows no RFC 5547 */
    answer.accept_types.len = 0;
    unit_err(sdp_msrp_answer_check(&offer, &answer, &where), SP_MISSING);
    ck_assert_str_eq(where.rule, "accept-types");
    answer.port = 0;
    unit_err(sdp_msrp_answer_check(&offer, &answer, &where), SP_REFUSED);
}
END_TEST

/* 3264-6.1-3, 3264-6.1-4: an answer that says more than was offered does not widen it. */
START_TEST(agreed)
{
    for (int offer = SDP_SENDRECV; offer <= SDP_INACTIVE; offer++) {
        for (int answer = SDP_SENDRECV; answer <= SDP_INACTIVE; answer++) {
            enum sdp_direction mine = (enum sdp_direction)offer,
                               theirs = (enum sdp_direction)answer;
            enum sdp_direction left = sdp_agreed(mine, theirs);
            ck_assert_int_eq(sdp_sends(left), sdp_sends(mine) && sdp_receives(theirs));
            ck_assert_int_eq(sdp_receives(left), sdp_receives(mine) && sdp_sends(theirs));
        }
    }
}
END_TEST

/* 3264-8.1-1, 3264-8.2-1 */
static const struct change_row {
    const char     *previous, *next; /* one m= block; NULL: no line */
    enum sdp_change change;
} changes[] = {
    { NULL, "m=a 1 x 1\r\n", SDP_ADDED },
    { NULL, "m=a 0 x 1\r\n", SDP_ENDED },
    { "m=a 0 x 1\r\n", "m=a 1 x 1\r\n", SDP_ADDED }, /* the slot is used again */
    { "m=a 0 x 1\r\n", "m=a 0 x 1\r\n", SDP_ENDED },
    { "m=a 1 x 1\r\n", "m=a 0 x 1\r\n", SDP_REMOVED },
    { "m=a 1 x 1\r\n", "m=a 1 x 1\r\n", SDP_KEPT },
    { "m=a 1 x 1\r\n", "m=a 2 x 1\r\n", SDP_CHANGED },
    { "m=a 1 x 1\r\n", "m=b 1 x 1\r\n", SDP_CHANGED },
    { "m=a 1 x 1\r\na=p\r\n", "m=a 1 x 1\r\n", SDP_CHANGED },
};

START_TEST(change)
{
    const struct change_row *r = &changes[_i];
    struct sdp              *next = sdp_unit_parse(sdp_unit_join(SP_LIT(HEAD), sp_str(r->next)));
    struct sdp              *previous = NULL;

    if (r->previous != NULL)
        previous = sdp_unit_parse(sdp_unit_join(SP_LIT(HEAD), sp_str(r->previous)));
    ck_assert_int_eq(
        sdp_media_change(previous != NULL ? &previous->media[0] : NULL, &next->media[0]),
        r->change);
}
END_TEST

/* 3264-8-1, 3264-8-2, 3264-8-3, 3264-8-5, 3264-8-6, 3264-8-7, 3264-8.1-1, 5547-8.6-1. The one
 * before is the first row's. */
#define SESSION(o, t) "v=0\r\no=" o "\r\ns=-\r\nc=IN IP4 h\r\nt=" t "\r\n"
#define ONE           "m=a 1 x 1\r\n"

static const struct reoffer {
    const char *octets;
    bool        changed;
    enum sp_err err;
    const char *rule;
} reoffers[] = {
    { SESSION("a 7 8 IN IP4 h", "0 0") ONE ONE, false, SP_OK, "" }, /* 3264-8-3 */
    { SESSION("a 7 9 IN IP4 h", "0 0") ONE ONE, false, SP_OK, "" },
    { SESSION("a 7 9 IN IP4 h", "0 0") ONE ONE ONE, true, SP_OK, "" }, /* 3264-8.1-1 */
    { SESSION("a 7 9 IN IP4 h", "1 2") ONE ONE, true, SP_OK, "" },
    { SESSION("a 7 9 IN IP4 h", "0 0") ONE "m=a 0 x 1\r\n", true, SP_OK, "" },
    { SESSION("a 7 99 IN IP4 h", "0 0") ONE "m=a 0 x 1\r\n", true, SP_OK, "" },
    { SESSION("a 7 8 IN IP4 h", "0 0") ONE ONE ONE, true, SP_MISMATCH, "session-description" },
    { SESSION("a 7 8 IN IP4 h", "1 2") ONE ONE, true, SP_MISMATCH, "session-description" },
    { SESSION("a 7 8 IN IP4 h", "0 0") "a=x\r\n" ONE ONE, true, SP_MISMATCH,
      "session-description" },
    { SESSION("a 7 8 IN IP4 h", "0 0") ONE "m=a 2 x 1\r\n", true, SP_MISMATCH,
      "session-description" },
    { SESSION("a 7 7 IN IP4 h", "0 0") ONE ONE, false, SP_MISMATCH, "sess-version" },
    { SESSION("a 7 9 IN IP4 h", "0 0") ONE, true, SP_MISMATCH, "m=" }, /* 3264-8-6, 3264-8-7 */
    { SESSION("b 7 9 IN IP4 h", "0 0") ONE ONE, false, SP_MISMATCH, "o=" },
    { SESSION("a 6 9 IN IP4 h", "0 0") ONE ONE, false, SP_MISMATCH, "o=" },
    { SESSION("a 7 9 TN IP4 h", "0 0") ONE ONE, false, SP_MISMATCH, "o=" },
    { SESSION("a 7 9 IN IP6 h", "0 0") ONE ONE, false, SP_MISMATCH, "o=" },
    { SESSION("a 7 9 IN IP4 i", "0 0") ONE ONE, false, SP_MISMATCH, "o=" },
};

START_TEST(reoffer)
{
    struct sdp     *previous = sdp_unit_parse(unit_text(reoffers[0].octets));
    struct sdp     *next = sdp_unit_parse(unit_text(reoffers[_i].octets));
    struct sp_where where = { 0, "" };
    bool            changed = !reoffers[_i].changed;

    unit_err(sdp_reoffer_check(previous, next, &changed, &where), reoffers[_i].err);
    ck_assert_int_eq(changed, reoffers[_i].changed);
    if (reoffers[_i].err != SP_OK)
        ck_assert_str_eq(where.rule, reoffers[_i].rule);
}
END_TEST

/* What differs is found whichever of the two has more. */
START_TEST(differences)
{
    static const char *const tails[] = {
        "", "a=x\r\n", "k=x\r\n", "a=y\r\n", "a=x\r\na=x\r\n", ONE
    };

    for (size_t i = 0; i < UNIT_ROWS(tails); i++) {
        for (size_t j = 0; j < UNIT_ROWS(tails); j++) {
            struct sp_slice head = SP_LIT(SESSION("a 7 8 IN IP4 h", "0 0"));
            struct sdp     *a = sdp_unit_parse(sdp_unit_join(head, sp_str(tails[i])));
            struct sdp     *b = sdp_unit_parse(sdp_unit_join(head, sp_str(tails[j])));
            struct sp_where where;
            bool            changed;

            unit_err(sdp_reoffer_check(a, b, &changed, &where), i == j ? SP_OK : SP_MISMATCH);
            ck_assert_int_eq(changed, i != j);
        }
    }
}
END_TEST

/* The descriptions of one side that the RFCs print one after the other. */
static const char *const sequences[][2] = {
    { "sdp/rfc3264-02.sdp", "sdp/rfc3264-05.sdp" }, { "sdp/rfc3264-03.sdp", "sdp/rfc3264-04.sdp" },
    { "sdp/rfc3264-06.sdp", "sdp/rfc3264-08.sdp" }, { "sdp/rfc3264-07.sdp", "sdp/rfc3264-09.sdp" },
    { "sdp/rfc5547-02.sdp", "sdp/rfc5547-06.sdp" }, { "sdp/rfc5547-03.sdp", "sdp/rfc5547-07.sdp" },
};

START_TEST(sequence)
{
    struct sdp     *previous = sdp_unit_parse(unit_file(sequences[_i][0]));
    struct sdp     *next = sdp_unit_parse(unit_file(sequences[_i][1]));
    struct sp_where where;
    bool            changed;

    unit_err(sdp_reoffer_check(previous, next, &changed, &where), SP_OK);
    ck_assert(changed);
}
END_TEST

/* 3264-8-1, 3264-8-2 */
/* 3261-14.1-1 */
START_TEST(next_origin)
{
    ck_assert_uint_eq(sdp_origin_next(&origin, false).version, 1);
    ck_assert_uint_eq(sdp_origin_next(&origin, true).version, 2);
    ck_assert_uint_eq(sdp_origin_next(&origin, true).session_id, 17);
}
END_TEST

Suite *test_sdp_exchange_suite(void)
{
    Suite *suite = suite_create("sdp_exchange");
    TCase *tcase = unit_tcase(suite, "sdp_exchange");

    tcase_add_test(tcase, several);
    tcase_add_test(tcase, empty);
    tcase_add_test(tcase, nothing_taken);
    unit_loop(tcase, exchange, exchanges);
    unit_loop(tcase, no_answer, no_answers);
    unit_loop(tcase, fit, fits);
    tcase_add_test(tcase, agreed);
    unit_loop(tcase, change, changes);
    unit_loop(tcase, reoffer, reoffers);
    tcase_add_test(tcase, differences);
    unit_loop(tcase, sequence, sequences);
    tcase_add_test(tcase, next_origin);
    return suite;
}
