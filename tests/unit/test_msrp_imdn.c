/* SPDX-License-Identifier: MIT
 * tests/unit/test_msrp_imdn.c -- disposition notifications: wishes, and the answers to them. RFC
 * 5438 6, 7, 10. */
#include "../../msrp/msrp_imdn.h"
#include "unit.h"

#define PARTIES "From: Alice <im:alice@example.com>\r\nTo: Bob <im:bob@example.com>\r\n"
#define DATED   PARTIES "DateTime: 2008-04-04T12:16:49-05:00\r\n"
#define NS_     "NS: imdn <urn:ietf:params:imdn>\r\n"
#define ID      "imdn.Message-ID: 34jk324j\r\n"
#define TEXT    "\r\nContent-Type: text/plain\r\n\r\nHello"

static struct msrp_cpim read_cpim(struct sp_slice octets)
{
    struct msrp_cpim cpim;
    struct sp_where  where;

    unit_err(msrp_cpim_parse(octets, &cpim, &where), SP_OK);
    return cpim;
}

/* What is wanted, as letters: p, n, r (processing), d (display); "": nothing. */
static const struct {
    const char *im, *wants, *route, *original_to;
} wishes[] = {
    { DATED NS_ ID "imdn.Disposition-Notification: positive-delivery, negative-delivery\r\n" TEXT,
      "pn", "im:alice@example.com", "" },
    { DATED NS_ ID "imdn.Disposition-Notification: display\r\n" TEXT, "d", "im:alice@example.com",
      "" },
    { DATED NS_ ID "imdn.Disposition-Notification: processing;x=y , unknown,display ;z\r\n" TEXT,
      "rd", "im:alice@example.com", "" },
    /* the example of 7.2.1 comes with routes and an Original-To (6.4, 6.5) */
    { DATED NS_ ID "imdn.Disposition-Notification: positive-delivery\r\n"
                   "imdn.IMDN-Record-Route: <im:exploder@example.com>\r\n"
                   "imdn.IMDN-Record-Route: <im:list@example.com>\r\n"
                   "imdn.Original-To: Bob <im:bob@list.example.com>\r\n" TEXT,
      "p", "im:exploder@example.com", "im:bob@list.example.com" },
    /* any prefix, and none at all */
    { DATED "NS: x <urn:ietf:params:imdn>\r\nx.Message-ID: 34jk324j\r\n"
            "x.Disposition-Notification: display\r\n" TEXT,
      "d", "im:alice@example.com", "" },
    { DATED "NS: <urn:ietf:params:imdn>\r\nMessage-ID: 34jk324j\r\n"
            "Disposition-Notification: display\r\n" TEXT,
      "d", "im:alice@example.com", "" },
    /* another namespace, or one that was left again */
    { DATED "NS: imdn <urn:example:imdn>\r\n" ID "imdn.Disposition-Notification: display\r\n" TEXT,
      "", "", "" },
    { DATED NS_ "NS: imdn <urn:example:imdn>\r\n" ID
                "imdn.Disposition-Notification: display\r\n" TEXT,
      "", "", "" },
    { DATED ID "imdn.Disposition-Notification: display\r\n" TEXT, "", "", "" },
    /* letters count */
    { DATED NS_ ID "imdn.disposition-notification: display\r\n" TEXT, "", "", "" },
    { DATED NS_ ID "imdn.Disposition-Notification: Display\r\n" TEXT, "", "", "" },
    /* no id, nothing wanted, nothing known */
    { DATED NS_ "imdn.Disposition-Notification: display\r\n" TEXT, "", "", "" },
    { DATED NS_ ID TEXT, "", "", "" },
    { DATED NS_ ID "imdn.Disposition-Notification: \r\n" TEXT, "", "", "" },
    { DATED NS_ ID "imdn.Disposition-Notification: unknown\r\n" TEXT, "", "", "" },
    { PARTIES TEXT, "", "", "" },
    /* 7.2.1: nobody tells of a notification */
    { DATED NS_ ID "imdn.Disposition-Notification: display\r\n"
                   "\r\nContent-Type: message/imdn+xml\r\n\r\n<imdn/>",
      "", "", "" },
};

START_TEST(reads_wish)
{
    struct msrp_cpim      im = read_cpim(unit_text(wishes[_i].im));
    struct msrp_imdn_wish wish;
    bool                  any = msrp_imdn_wish_of(&im, &wish);
    const char           *wants = wishes[_i].wants;

    ck_assert_int_eq(any, *wants != '\0');
    if (!any)
        return;
    unit_eq(wish.message_id, "34jk324j");
    unit_eq(wish.route, wishes[_i].route);
    unit_eq(wish.original_to, wishes[_i].original_to);
    ck_assert_int_eq(wish.positive_delivery, strchr(wants, 'p') != NULL);
    ck_assert_int_eq(wish.negative_delivery, strchr(wants, 'n') != NULL);
    ck_assert_int_eq(wish.processing, strchr(wants, 'r') != NULL);
    ck_assert_int_eq(wish.display, strchr(wants, 'd') != NULL);
}
END_TEST

/* Law: a wish that is written is read again, before any wrapper. */
START_TEST(wish_written)
{
    char                  room[1024];
    struct sp_buf         to = sp_buf(room, sizeof room);
    struct msrp_imdn_wish wish = { .message_id = SP_LIT("abc.123-x"),
                                   .positive_delivery = (_i & 1) != 0,
                                   .negative_delivery = (_i & 2) != 0,
                                   .processing = (_i & 4) != 0,
                                   .display = (_i & 8) != 0 },
                          again;
    struct msrp_cpim cpim = { .from = { .uri = SP_LIT("sip:a@b") },
                              .to = { .uri = SP_LIT("sip:c@d") },
                              .date_time = SP_LIT("2008-04-04T12:16:49-05:00"),
                              .content_type = SP_LIT("text/plain") };

    msrp_imdn_put_wish(&to, &wish);
    msrp_cpim_write(&to, &cpim);
    unit_err(to.err, SP_OK);
    cpim = read_cpim(unit_octets(room, to.len));
    ck_assert_int_eq(msrp_imdn_wish_of(&cpim, &again), _i > 0);
    unit_eq_slice(again.message_id, wish.message_id);
    ck_assert_int_eq(again.positive_delivery, wish.positive_delivery);
    ck_assert_int_eq(again.negative_delivery, wish.negative_delivery);
    ck_assert_int_eq(again.processing, wish.processing);
    ck_assert_int_eq(again.display, wish.display);
    if (_i != 3)
        return;
    ck_assert_uint_lt(sp_find_slice(sp_slice(room, to.len),
                                    SP_LIT("imdn.Disposition-Notification: positive-delivery, "
                                           "negative-delivery\r\n")),
                      to.len);
    to.len = 0;
    wish.message_id = SP_LIT("a b");
    msrp_imdn_put_wish(&to, &wish);
    unit_err(to.err, SP_SYNTAX);
}
END_TEST

/* 7.1.1.3: which notification answers which wish. */
static const struct {
    struct msrp_imdn_wish wish;
    enum msrp_imdn_kind   kind;
    enum msrp_imdn_status status;
    bool                  wanted;
} wanted[] = {
    { { .positive_delivery = true }, MSRP_IMDN_DELIVERY, MSRP_IMDN_DELIVERED, true },
    { { .positive_delivery = true }, MSRP_IMDN_DELIVERY, MSRP_IMDN_FAILED, false },
    { { .negative_delivery = true }, MSRP_IMDN_DELIVERY, MSRP_IMDN_DELIVERED, false },
    { { .negative_delivery = true }, MSRP_IMDN_DELIVERY, MSRP_IMDN_FAILED, true },
    { { .negative_delivery = true }, MSRP_IMDN_DELIVERY, MSRP_IMDN_FORBIDDEN, true },
    { { .negative_delivery = true }, MSRP_IMDN_DISPLAY, MSRP_IMDN_DISPLAYED, false },
    { { .display = true }, MSRP_IMDN_DISPLAY, MSRP_IMDN_DISPLAYED, true },
    { { .display = true }, MSRP_IMDN_PROCESSING, MSRP_IMDN_STORED, false },
    { { .processing = true }, MSRP_IMDN_PROCESSING, MSRP_IMDN_STORED, true },
};

START_TEST(is_wanted)
{
    ck_assert_int_eq(msrp_imdn_wanted(&wanted[_i].wish, wanted[_i].kind, wanted[_i].status),
                     wanted[_i].wanted);
}
END_TEST

/* The whole notification, to the octet. */
START_TEST(written)
{
    char                  room[2048];
    struct sp_buf         to = sp_buf(room, sizeof room);
    struct msrp_cpim      im = read_cpim(unit_text(wishes[3].im)), note;
    struct msrp_imdn_wish wish;
    struct msrp_imdn      imdn;
    struct sp_where       where;

    ck_assert(msrp_imdn_wish_of(&im, &wish));
    msrp_imdn_write(&to, &im, &wish, SP_LIT("d834jied93rf"), MSRP_IMDN_DELIVERY,
                    MSRP_IMDN_DELIVERED);
    unit_err(to.err, SP_OK);
    unit_eq(sp_written(&to),
            "NS: imdn <urn:ietf:params:imdn>\r\n"
            "imdn.Message-ID: d834jied93rf\r\n"
            "imdn.IMDN-Route: <im:exploder@example.com>\r\n"
            "imdn.IMDN-Route: <im:list@example.com>\r\n"
            "From: <im:bob@example.com>\r\n"
            "To: <im:alice@example.com>\r\n"
            "\r\n"
            "Content-Type: message/imdn+xml\r\n"
            "Content-Disposition: notification\r\n"
            "\r\n"
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
            "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">\r\n"
            "<message-id>34jk324j</message-id>\r\n"
            "<datetime>2008-04-04T12:16:49-05:00</datetime>\r\n"
            "<recipient-uri>im:bob@example.com</recipient-uri>\r\n"
            "<original-recipient-uri>im:bob@list.example.com</original-recipient-uri>\r\n"
            "<delivery-notification><status><delivered/></status></delivery-notification>\r\n"
            "</imdn>\r\n");
    note = read_cpim(unit_octets(room, to.len));
    unit_err(msrp_imdn_parse(note.content, &imdn, &where), SP_OK);
    unit_eq(imdn.message_id, "34jk324j");
    ck_assert(!msrp_imdn_wish_of(&note, &wish)); /* nobody tells of it */
}
END_TEST

/* Law: each kind with each status is read as it was written; what XML would take for itself, too.
 */
START_TEST(read_again)
{
    char                  room[2048], text[256];
    struct sp_buf         to = sp_buf(room, sizeof room), plain = sp_buf(text, sizeof text);
    struct msrp_cpim      im = { .from = { .uri = SP_LIT("sip:a@b?x=1&y=2") },
                                 .to = { .uri = SP_LIT("sip:c@d?q&\"'") },
                                 .date_time = SP_LIT("now") };
    struct msrp_imdn_wish wish = { .message_id = SP_LIT("id") };
    struct msrp_cpim      note;
    struct msrp_imdn      imdn;
    struct sp_where       where;

    msrp_imdn_write(&to, &im, &wish, SP_LIT("other"), (enum msrp_imdn_kind)(_i / 7),
                    (enum msrp_imdn_status)(_i % 7));
    unit_err(to.err, SP_OK);
    note = read_cpim(unit_octets(room, to.len));
    unit_err(msrp_imdn_parse(note.content, &imdn, &where), SP_OK);
    ck_assert_int_eq(imdn.kind, _i / 7);
    ck_assert_int_eq(imdn.status, _i % 7);
    msrp_imdn_put_text(&plain, imdn.recipient_uri);
    unit_eq(sp_written(&plain), "sip:c@d?q&\"'");
}
END_TEST

/* What cannot be written sticks. */
START_TEST(not_written)
{
    char                  room[2048];
    struct sp_buf         to = sp_buf(room, sizeof room);
    struct msrp_imdn_wish wish = { .message_id = SP_LIT("id") };
    struct msrp_cpim      im = { .from = { .uri = SP_LIT("sip:a@b") },
                                 .to = { .uri = SP_LIT("sip:c@d") } };

    if (_i > 0)
        im.date_time = SP_LIT("now");
    msrp_imdn_write(&to, &im, &wish, _i == 1 ? SP_LIT("a\r\nb") : SP_LIT("ok"), MSRP_IMDN_DISPLAY,
                    MSRP_IMDN_DISPLAYED);
    unit_err(to.err, _i == 0 ? SP_MISSING : _i == 1 ? SP_SYNTAX : SP_OK);
}
END_TEST

Suite *test_msrp_imdn_suite(void)
{
    Suite *suite = suite_create("msrp_imdn");
    TCase *tcase = unit_tcase(suite, "msrp_imdn");

    unit_loop(tcase, reads_wish, wishes);
    tcase_add_loop_test(tcase, wish_written, 0, 16);
    unit_loop(tcase, is_wanted, wanted);
    tcase_add_test(tcase, written);
    tcase_add_loop_test(tcase, read_again, 0, 21);
    tcase_add_loop_test(tcase, not_written, 0, 3);
    return suite;
}
