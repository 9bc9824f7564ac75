/* SPDX-License-Identifier: MIT
 * tests/unit/test_sdp_answer.c -- the answer to an offered medium: RFC 3264 6, RFC 5547 8.3, RFC
 * 6135 4.2. */
#include "sdp_unit.h"

#define SHA "72:24:5F:E8:65:3D:DA:F3:71:36:2F:86:D4:71:91:3E:E4:A2:CE:2E"

static struct sdp_msrp ours(void)
{
    return (struct sdp_msrp){
        .port = 8888,
        .path = SP_LIT("msrp://bobpc.example.com:8888/9di4ea;tcp"),
        .accept_types = SP_LIT("message/cpim text/plain"),
        .accept_wrapped_types = SP_LIT("*"),
        .max_size = 20000,
    };
}

static struct sp_slice written(const struct sdp_msrp *msrp)
{
    struct sp_buf to = sp_buf(unit_room(1024), 1024);

    sdp_msrp_write(&to, msrp);
    unit_err(to.err, SP_OK);
    return sp_written(&to);
}

/* A push (RFC 5547 9.1): 5547-5-2, 3264-6.1-6, 5547-8.3.1-2, 5547-8.3.1-3, 5547-8.3.1-4,
 * 5547-8.1-3. */
START_TEST(push)
{
    struct sdp_msrp offer = sdp_unit_msrp(unit_file("sdp/rfc5547-02.sdp"), 0);
    struct sdp_msrp mine = ours(), answer;

    /* What we might say of a file of ours does not get into the answer of a receiver. */
    mine.has_selector = true;
    mine.file_disposition = mine.file_date = mine.file_icon = SP_LIT("x");
    unit_err(sdp_msrp_acceptable(&offer, &mine, true), SP_OK);
    sdp_msrp_answer(&offer, &mine, true, &answer);
    unit_eq(written(&answer),
            "m=message 8888 TCP/MSRP *\r\na=recvonly\r\na=setup:passive\r\n"
            "a=accept-types:message/cpim text/plain\r\na=accept-wrapped-types:*\r\n"
            "a=max-size:20000\r\na=path:msrp://bobpc.example.com:8888/9di4ea;tcp\r\n"
            "a=file-selector:name:\"My cool picture.jpg\" type:image/jpeg size:4092 hash:sha-1:" SHA
            "\r\na=file-transfer-id:Q6LMoGymJdh0IKIgD6wD0jkcfgva4xvE\r\n");
}
END_TEST

/* 5547-8.3.1-5, 5547-8.3.2-11: the range is the offer's. */
START_TEST(range)
{
    struct sdp_msrp offer = sdp_unit_msrp(unit_file("sdp/rfc5547-01.sdp"), 0);
    struct sdp_msrp mine = ours(), answer;

    sdp_msrp_answer(&offer, &mine, true, &answer);
    ck_assert_uint_eq(answer.range_from, 1);
    ck_assert_uint_eq(answer.range_to, 32349);
    offer.range_from = 7;
    offer.range_to = 0;
    mine.direction = SDP_SENDONLY;
    offer.direction = SDP_RECVONLY;
    sdp_msrp_answer(&offer, &mine, true, &answer);
    ck_assert_uint_eq(answer.range_from, 7);
    ck_assert_uint_eq(answer.range_to, 0);
}
END_TEST

/* A pull (RFC 5547 9.2): 3264-6.1-7, 3264-6.1-9, 5547-8.3.2-7, 5547-8.3.2-8, 5547-8.3.2-4. */
START_TEST(pull)
{
    struct sdp_msrp offer = sdp_unit_msrp(unit_file("sdp/rfc5547-04.sdp"), 0);
    struct sdp_msrp mine = ours(), answer;

    mine.has_selector = true;
    mine.selector = offer.selector;
    mine.selector.octets.len = 0;
    mine.selector.type = SP_LIT("image/jpeg");
    mine.title = SP_LIT("T");
    mine.file_disposition = SP_LIT("attachment");
    mine.file_date = SP_LIT("read:\"15 May 2006 15:01:31 +0300\"");
    mine.file_icon = SP_LIT("cid:a@h");
    unit_err(sdp_msrp_acceptable(&offer, &mine, true), SP_OK);
    sdp_msrp_answer(&offer, &mine, true, &answer);
    unit_eq(written(&answer),
            "m=message 8888 TCP/MSRP *\r\ni=T\r\na=sendonly\r\na=setup:passive\r\n"
            "a=accept-types:message/cpim text/plain\r\na=accept-wrapped-types:*\r\n"
            "a=max-size:20000\r\na=path:msrp://bobpc.example.com:8888/9di4ea;tcp\r\n"
            "a=file-selector:type:image/jpeg hash:sha-1:" SHA
            "\r\na=file-transfer-id:aCQYuBRVoUPGVsFZkCK98vzcX2FXDIk2\r\n"
            "a=file-disposition:attachment\r\n"
            "a=file-date:read:\"15 May 2006 15:01:31 +0300\"\r\na=file-icon:cid:a@h\r\n");
    /* Who offered no file gets none described. */
    offer.has_selector = false;
    sdp_msrp_answer(&offer, &mine, true, &answer);
    ck_assert(!answer.has_selector && answer.file_disposition.len == 0);
}
END_TEST

/* 5547-8.3-1, 5547-8.1-8, 3264-6-7: what was offered is mirrored octet for octet, hashes that we do
 * not know too. */
START_TEST(refusal)
{
    struct sdp_msrp offer = sdp_unit_msrp(unit_file("sdp/rfc5547-01.sdp"), 0), answer;
    struct sp_where where;

    unit_err(sdp_file_selector_parse(unit_text("hash:sha-256:0a SIZE:1"), &offer.selector, &where),
             SP_OK);
    sdp_msrp_refuse(&offer, &answer);
    unit_eq(written(&answer), "m=message 0 TCP/MSRP *\r\na=recvonly\r\n"
                              "a=file-selector:hash:sha-256:0a SIZE:1\r\n"
                              "a=file-transfer-id:vBnG916bdberum2fFEABR1FR3ExZMUrd\r\n");
}
END_TEST

/* 3264-5.1-4, 3264-8.2-1, 5547-8.4-5, 5547-8.4-12: a port of 0 is answered with 0, whatever we
 * would like. */
START_TEST(ended)
{
    struct sdp_msrp offer = sdp_unit_msrp(unit_file("sdp/rfc5547-02.sdp"), 0);
    struct sdp_msrp mine = ours(), answer;

    offer.port = 0;
    unit_err(sdp_msrp_acceptable(&offer, &mine, true), SP_CLOSED);
    sdp_msrp_answer(&offer, &mine, true, &answer);
    ck_assert_uint_eq(answer.port, 0);
    unit_eq(answer.file_transfer_id, "Q6LMoGymJdh0IKIgD6wD0jkcfgva4xvE");
}
END_TEST

/* 3264-6-8, 3264-6.1-2: what is not MSRP keeps its line, its type and a format. */
START_TEST(other_medium)
{
    struct sdp   *sdp = sdp_unit_parse(unit_file("sdp/rfc8866-01.sdp"));
    char          room[128];
    struct sp_buf to = sp_buf(room, sizeof(room));

    sdp_put_refused_media(&to, &sdp->media[2]);
    unit_eq(sp_written(&to), "m=video 0 RTP/AVP 99\r\n");
}
END_TEST

/* 5547-8.3-1: what cannot be read is mirrored all the same. */
START_TEST(unread)
{
    struct sdp   *sdp = sdp_unit_parse(unit_text(
          "v=0\r\no=- 1 2 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\nm=message 7 TCP/MSRP\r\n"
            "a=path:nonsense\r\na=file-selector:size:many\r\na=file-selector\r\n"
            "a=file-transfer-id:a b\r\nm=message 8 TCP/MSRP *\r\na=file-transfer-id:c\r\n"));
    char          room[256];
    struct sp_buf to = sp_buf(room, sizeof(room));

    sdp_put_refused_block(&to, sdp, &sdp->media[0]);
    unit_eq(sp_written(&to), "m=message 0 TCP/MSRP *\r\na=file-selector:size:many\r\n"
                             "a=file-selector\r\na=file-transfer-id:a b\r\n");
}
END_TEST

/* 3264-6.1-3, 3264-6.1-4, 3264-6.1-5, 3264-8.4-1: every pair of an offer and of what we are willing
 * to do. */
static const struct direction_row {
    enum sdp_direction offer, ours, answer;
} directions[] = {
    { SDP_SENDRECV, SDP_SENDRECV, SDP_SENDRECV }, { SDP_SENDRECV, SDP_SENDONLY, SDP_SENDONLY },
    { SDP_SENDRECV, SDP_RECVONLY, SDP_RECVONLY }, { SDP_SENDRECV, SDP_INACTIVE, SDP_INACTIVE },
    { SDP_SENDONLY, SDP_SENDRECV, SDP_RECVONLY }, { SDP_SENDONLY, SDP_SENDONLY, SDP_INACTIVE },
    { SDP_SENDONLY, SDP_RECVONLY, SDP_RECVONLY }, { SDP_SENDONLY, SDP_INACTIVE, SDP_INACTIVE },
    { SDP_RECVONLY, SDP_SENDRECV, SDP_SENDONLY }, { SDP_RECVONLY, SDP_SENDONLY, SDP_SENDONLY },
    { SDP_RECVONLY, SDP_RECVONLY, SDP_INACTIVE }, { SDP_RECVONLY, SDP_INACTIVE, SDP_INACTIVE },
    { SDP_INACTIVE, SDP_SENDRECV, SDP_INACTIVE }, { SDP_INACTIVE, SDP_SENDONLY, SDP_INACTIVE },
    { SDP_INACTIVE, SDP_RECVONLY, SDP_INACTIVE }, { SDP_INACTIVE, SDP_INACTIVE, SDP_INACTIVE },
};

START_TEST(direction)
{
    struct sdp_msrp offer = sdp_unit_msrp(unit_file("sdp/rfc4975-01.sdp"), 0);
    struct sdp_msrp mine = ours(), answer;

    offer.direction = directions[_i].offer;
    mine.direction = directions[_i].ours;
    sdp_msrp_answer(&offer, &mine, true, &answer);
    ck_assert_int_eq(answer.direction, directions[_i].answer);
    ck_assert(
        sp_starts(written(&answer), SP_LIT("m=message 8888 TCP/MSRP *\r\n"))); /* 3264-6.1-8 */
    ck_assert_int_eq(sdp_sends(answer.direction),
                     sdp_receives(offer.direction) && sdp_sends(mine.direction));
}
END_TEST

/* 6135-4.2.1-1, 6135-4.2.1-3, 6135-4.2.1-4, 6135-4.2.2-5: who connects is always said, and somebody
 * does. */
static const struct setup_row {
    enum sdp_setup offer;
    bool           listens;
    enum sp_err    err;
    enum sdp_setup answer;
} setups[] = {
    { SDP_SETUP_NONE, true, SP_OK, SDP_SETUP_PASSIVE },
    { SDP_SETUP_NONE, false, SP_UNSUPPORTED, SDP_SETUP_NONE },
    { SDP_SETUP_ACTIVE, true, SP_OK, SDP_SETUP_PASSIVE },
    { SDP_SETUP_ACTIVE, false, SP_UNSUPPORTED, SDP_SETUP_NONE },
    { SDP_SETUP_PASSIVE, true, SP_OK, SDP_SETUP_ACTIVE },
    { SDP_SETUP_PASSIVE, false, SP_OK, SDP_SETUP_ACTIVE },
    { SDP_SETUP_ACTPASS, true, SP_OK, SDP_SETUP_PASSIVE },
    { SDP_SETUP_ACTPASS, false, SP_OK, SDP_SETUP_ACTIVE },
    { SDP_SETUP_HOLDCONN, true, SP_OK, SDP_SETUP_PASSIVE },
    { SDP_SETUP_HOLDCONN, false, SP_UNSUPPORTED, SDP_SETUP_NONE },
};

START_TEST(setup)
{
    struct sdp_msrp offer = sdp_unit_msrp(unit_file("sdp/rfc4975-01.sdp"), 0);
    struct sdp_msrp mine = ours(), answer;

    offer.setup = setups[_i].offer;
    unit_err(sdp_msrp_acceptable(&offer, &mine, setups[_i].listens), setups[_i].err);
    if (setups[_i].err != SP_OK)
        return;
    sdp_msrp_answer(&offer, &mine, setups[_i].listens, &answer);
    ck_assert_int_eq(answer.setup, setups[_i].answer);
    ck_assert(sdp_msrp_connects(offer.setup, answer.setup, true) !=
              sdp_msrp_connects(offer.setup, answer.setup, false));
}
END_TEST

/* Answers of the field: without a=setup, with holdconn, and two active sides. */
static const struct connects_row {
    enum sdp_setup offer, answer;
    bool           offerer, answerer;
} connects[] = {
    { SDP_SETUP_NONE, SDP_SETUP_NONE, true, false },
    { SDP_SETUP_ACTPASS, SDP_SETUP_NONE, true, false },
    { SDP_SETUP_ACTPASS, SDP_SETUP_HOLDCONN, true, false },
    { SDP_SETUP_ACTPASS, SDP_SETUP_ACTIVE, false, true },
    { SDP_SETUP_ACTPASS, SDP_SETUP_PASSIVE, true, false },
    { SDP_SETUP_ACTIVE, SDP_SETUP_PASSIVE, true, false },
    { SDP_SETUP_ACTIVE, SDP_SETUP_ACTIVE, true, true },
    { SDP_SETUP_PASSIVE, SDP_SETUP_ACTIVE, false, true },
};

START_TEST(who_connects)
{
    const struct connects_row *r = &connects[_i];

    ck_assert_int_eq(sdp_msrp_connects(r->offer, r->answer, true), r->offerer);
    ck_assert_int_eq(sdp_msrp_connects(r->offer, r->answer, false), r->answerer);
}
END_TEST

/* What keeps an offer from being taken; the lines are a block of RFC 5547 9.1 with one thing
 * changed. */
static const struct acceptable_row {
    const char *lines;
    enum sp_err err;
} acceptables[] = {
    { "a=accept-types:message/cpim\r\n", SP_OK },
    { "", SP_MISSING },
    { "a=accept-types:image/png\r\n", SP_MISMATCH },
    { "a=accept-types:text/*\r\n", SP_OK },
    { "a=accept-types:*\r\n", SP_OK },
    { "a=accept-types:*\r\na=sendonly\r\na=file-selector:size:1\r\na=file-transfer-id:i\r\n",
      SP_OK },
    { "a=accept-types:*\r\na=sendonly\r\na=file-selector:hash:x:00\r\na=file-transfer-id:i\r\n",
      SP_OK },
    /* 5547-8.1-1 */
    { "a=accept-types:*\r\na=sendonly\r\na=file-selector:size:1\r\n", SP_MISSING },
    /* 5547-6-2 */
    { "a=accept-types:*\r\na=sendonly\r\na=file-selector\r\na=file-transfer-id:i\r\n", SP_MISSING },
    /* 5547-8.2.1-1: a name alone is not enough for a push; 5547-8.2.2-1: it is for a pull */
    { "a=accept-types:*\r\na=sendonly\r\na=file-selector:name:\"a\"\r\na=file-transfer-id:i\r\n",
      SP_MISSING },
    { "a=accept-types:*\r\na=recvonly\r\na=file-selector:name:\"a\"\r\na=file-transfer-id:i\r\n",
      SP_OK },
};

START_TEST(acceptable)
{
    struct sp_slice head = SP_LIT("v=0\r\no=- 1 2 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\n"
                                  "m=message 7394 TCP/MSRP *\r\na=path:msrp://h:7394/s;tcp\r\n");
    struct sp_slice octets = sdp_unit_join(head, sp_str(acceptables[_i].lines));
    struct sdp_msrp offer = sdp_unit_msrp(octets, 0), mine = ours();

    unit_err(sdp_msrp_acceptable(&offer, &mine, true), acceptables[_i].err);
    offer.tls = true;
    unit_err(sdp_msrp_acceptable(&offer, &mine, true), SP_UNSUPPORTED);
}
END_TEST

Suite *test_sdp_answer_suite(void)
{
    Suite *suite = suite_create("sdp_answer");
    TCase *tcase = unit_tcase(suite, "sdp_answer");

    tcase_add_test(tcase, push);
    tcase_add_test(tcase, range);
    tcase_add_test(tcase, pull);
    tcase_add_test(tcase, refusal);
    tcase_add_test(tcase, ended);
    tcase_add_test(tcase, other_medium);
    tcase_add_test(tcase, unread);
    unit_loop(tcase, direction, directions);
    unit_loop(tcase, setup, setups);
    unit_loop(tcase, who_connects, connects);
    unit_loop(tcase, acceptable, acceptables);
    return suite;
}
