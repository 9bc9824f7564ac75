/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_uac.c -- requests outside of dialogs as they are written. RFC 3261 8.1.1; RFC
 * 3428 4. */
#include "ua_unit.h"
#include "unit.h"

#define END (&world->ends[0])

/* What sip_ua_preview writes; identifiers come from the seed. */
static struct sp_slice preview(struct ua_world *world, const struct sip_ua_request *request,
                               enum sp_err err)
{
    struct sp_buf to = sp_buf(unit_room(4096), 4096);

    sip_ua_preview(END->ua, request, &to);
    unit_err(to.err, err);
    return sp_written(&to);
}

/* 3261-8.1.1-1, 3261-8.1.1.1-1, 3261-8.1.1.2-3, 3261-8.1.1.3-2, 3261-8.1.1.4-3, 3261-8.1.1.4-4,
 * 3261-8.1.1.5-1, 3261-8.1.1.5-2, 3261-8.1.1.6-1, 3428-4-1, 3428-4-2 */
START_TEST(message_as_it_is_written)
{
    struct ua_world      *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_request request = ua_request(SIP_MESSAGE, "hello");
    struct sp_slice       one, two;

    request.fields = SP_LIT("Date: Sat, 13 Nov 2010 23:29:00 GMT\r\nExpires: 5\r\n");
    one = preview(world, &request, SP_OK);
    ck_assert(sp_starts(one, SP_LIT("MESSAGE sip:bob@192.0.2.2 SIP/2.0\r\nMax-Forwards: 70\r\n"
                                    "From: <sip:alice@example.com>;tag=")));
    ck_assert_uint_ge(ua_tag(one, "From").len, 6);
    unit_eq(ua_value(one, "To"), "<sip:bob@192.0.2.2>");
    ck_assert_uint_ge(ua_value(one, "Call-ID").len, 20);
    unit_eq(ua_value(one, "CSeq"), "1 MESSAGE");
    ck_assert(!ua_has(one, "\r\nContact:"));
    ck_assert(!ua_has(one, "\r\nVia:"));
    ck_assert(ua_has(one, "\r\nUser-Agent: unit\r\nDate: Sat, 13 Nov 2010 23:29:00 GMT\r\n"
                          "Expires: 5\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n"
                          "hello"));
    two = preview(world, &request, SP_OK);
    ck_assert(!sp_eq(ua_value(one, "Call-ID"), ua_value(two, "Call-ID")));
    ck_assert(!sp_eq(ua_tag(one, "From"), ua_tag(two, "From")));
    ua_empty(END);
}
END_TEST

static const struct form_row {
    const char *uri, *route;
    enum sp_err err;
    const char *start, *has, *to;
} forms[] = {
    { "sip:b@h", "", SP_OK, "MESSAGE sip:b@h SIP/2.0\r\n", "", "<sip:b@h>" },
    /* 19.1.1, table 1: not in To; 3261-8.1.1.1-2, 3261-8.1.1.1-3: an outbound proxy */
    { "sip:b@h:5062;transport=tcp;x=y?Subject=z", "sip:192.0.2.2;lr", SP_OK,
      "MESSAGE sip:b@h:5062;transport=tcp;x=y SIP/2.0\r\n", "\r\nRoute: <sip:192.0.2.2;lr>\r\n",
      "<sip:b@h;x=y>" },
    { "sip:b@h", "sip:192.0.2.2", SP_OK, "MESSAGE sip:192.0.2.2 SIP/2.0\r\n",
      "\r\nRoute: <sip:b@h>\r\n", "<sip:b@h>" },
    { "tel:+1-201;phone-context=x", "sip:p;lr", SP_OK, "MESSAGE tel:+1-201;phone-context=x SIP/2.0",
      "", "<tel:+1-201;phone-context=x>" },
    { "b", "", SP_SYNTAX, "", "", "" },
    { "sip:b@h", "p", SP_SYNTAX, "", "", "" },
    { "sip:b@h\r\nX: y", "", SP_SYNTAX, "", "", "" },
    { "sip:b@h", "sip:p>\r\nX: <y", SP_INJECTION, "", "", "" },
};

/* 3261-8.1.1.2-1, 3261-8.1.2-5 */
START_TEST(where_it_goes)
{
    const struct form_row *row = &forms[_i];
    struct ua_world       *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_request  request = ua_request(SIP_MESSAGE, "hello");
    struct sp_slice        message;

    request.uri = unit_text(row->uri);
    request.route = unit_text(row->route);
    message = preview(world, &request, row->err);
    ck_assert_msg(sp_starts(message, sp_str(row->start)), "%.*s", SP_ARG(message));
    ck_assert_msg(ua_has(message, row->has) || row->err != SP_OK, "%.*s", SP_ARG(message));
    unit_eq(ua_value(message, "To"), row->to);
    ua_empty(END);
}
END_TEST

static const struct injection_row {
    const char *fields, *type;
    enum sp_err err;
} injections[] = {
    { "A: b\r\n", "text/plain", SP_OK },
    { "A: b", "text/plain", SP_INJECTION },
    { "A: b\r\n\r\n", "text/plain", SP_INJECTION },
    { "", "text/plain\r\nX: y", SP_INJECTION },
};

START_TEST(nothing_is_injected)
{
    struct ua_world      *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_request request = ua_request(SIP_MESSAGE, "hello");
    struct sp_handle      handle;

    request.fields = unit_text(injections[_i].fields);
    request.content_type = unit_text(injections[_i].type);
    (void)preview(world, &request, injections[_i].err);
    unit_err(sip_ua_send(END->ua, world->now_us, &request, &handle), injections[_i].err);
    if (injections[_i].err != SP_OK)
        ua_empty(END);
}
END_TEST

/* 3261-8.1.1.3-1, 3261-20.20-1: who we are stays hidden */
START_TEST(anonymous)
{
    struct sip_ua_config  config = ua_config;
    struct ua_world      *world;
    struct sip_ua_request request = ua_request(SIP_OPTIONS, NULL);
    struct sp_slice       message;

    config.from = sp_str("");
    config.user_agent = sp_str("");
    config.supported = sp_str("");
    world = ua_world(&config, NULL, true, 1);
    message = preview(world, &request, SP_OK);
    ck_assert(sp_starts(ua_value(message, "From"),
                        SP_LIT("\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=")));
    ck_assert(!ua_has(message, "\r\nUser-Agent:"));
    ck_assert(!ua_has(message, "\r\nSupported:"));
    unit_eq(ua_value(message, "Accept"), "application/sdp"); /* 3261-11.1-1 */
}
END_TEST

static const struct contact_row {
    const char *user, *params, *uri, *want;
} contacts[] = {
    { "", "", "sip:b@192.0.2.2", "<sip:192.0.2.1:5060>" },
    { "a", ";+sip.message;methods=\"MESSAGE\"", "sip:b@192.0.2.2",
      "<sip:a@192.0.2.1:5060>;+sip.message;methods=\"MESSAGE\"" },
    { "a b>", "", "sip:b@192.0.2.2", "<sip:a%20b%3e@192.0.2.1:5060>" },
    { "a", "", "sip:b@192.0.2.2;transport=tcp", "<sip:a@192.0.2.1:5061;transport=tcp>" },
};

/* 3261-18.2.1-1: by an address that we have a socket of. */
START_TEST(contact_says_where_we_are)
{
    struct sip_ua_config config = ua_config;
    struct ua_world     *world;
    struct sip_locate    locate;
    struct sip_uri       uri;
    struct sp_where      where;
    struct sp_flow       listener;
    struct sp_buf        to = sp_buf(unit_room(256), 256);

    config.contact_user = sp_str(contacts[_i].user);
    config.contact_params = sp_str(contacts[_i].params);
    world = ua_world(&config, NULL, true, 1);
    listener = END->flow;
    listener.id = 9;
    listener.transport = SP_TCP;
    listener.local.port = 5061;
    sip_ua_bound(END->ua, &listener);
    unit_err(sip_uri_parse(sp_str(contacts[_i].uri), &uri, &where), SP_OK);
    unit_err(sip_locate_start(&locate, &uri, 0), SP_OK);
    sip_put_contact(END->ua, &to, &locate.target);
    ck_assert_msg(sp_eq_nocase(ua_value(sp_written(&to), "Contact"), sp_str(contacts[_i].want)),
                  "%.*s", SP_ARG(sp_written(&to)));
}
END_TEST

Suite *test_sip_uac_suite(void)
{
    Suite *suite = suite_create("sip_uac");
    TCase *tcase = unit_tcase(suite, "uac");

    tcase_add_test(tcase, message_as_it_is_written);
    unit_loop(tcase, where_it_goes, forms);
    unit_loop(tcase, nothing_is_injected, injections);
    tcase_add_test(tcase, anonymous);
    unit_loop(tcase, contact_says_where_we_are, contacts);
    return suite;
}
