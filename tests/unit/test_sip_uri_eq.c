/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_uri_eq.c -- when two URIs are the same: the examples of RFC 3261 19.1.4, and
 * more. */
#include "../../parser/sip_uri.h"
#include "unit.h"

static const struct row {
    const char *a, *b;
    bool        equal;
} rows[] = {
    { "sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp", true },
    { "sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true },
    { "sip:carol@chicago.com", "sip:carol@chicago.com;security=on", true },
    { "sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on", true },
    { "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
      "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com", true },
    { "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
      "sip:alice@atlanta.com?priority=urgent&subject=project%20x", true },
    { "SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP", false },
    { "sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false },
    { "sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false },
    { "sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp", false },
    { "sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting", false },
    { "sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", false },
    { "sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off", false },
    /* rules without an example */
    { "sip:a@b", "sips:a@b", false },
    { "sip:b", "sip:a@b", false },
    { "sip:a@b", "sip:a:@b", false },
    { "sip:a:p@b", "sip:a:P@b", false },
    { "sip:a@b;user=phone", "sip:a@b", false },
    { "sip:a@b;ttl=1", "sip:a@b", false },
    { "sip:a@b", "sip:a@b;method=INVITE", false },
    { "sip:a@b", "sip:a@b;maddr=192.0.2.1", false },
    { "sip:a@b;lr", "sip:a@b;lr=true", false },
    { "sip:a@b;x=%61", "sip:a@b;X=A", true },
    { "sip:a%3Bb@c", "sip:a;b@c", false }, /* reserved: the escape means something else */
    { "sip:a%3Bb@c", "sip:a%3bb@c", true },
    { "sip:a%25b@c", "sip:a%25B@c", false },
    { "sip:a@b?x=1&x=2", "sip:a@b?x=2&x=1", true },
    { "sip:a@b?x=1&x=1", "sip:a@b?x=1&x=2", false },
    { "sip:a@b?x=1", "sip:a@b?x=1&x=1", false },
    { "sip:a;transport=udp;transport=tcp", "sip:A;transport=udp;transport=tcp", true },
    { "sip:[2001:DB8::1]", "sip:[2001:db8:0::1]", true },
    { "sip:[2001:db8::1]", "sip:[2001:db8::2]", false },
    { "tel:+1", "TEL:+1", true },
    { "urn:x:Y", "urn:x:y", false },
    { "tel:+1", "sip:+1@b", false },
};

/* 3261-19.1.4-1 */
START_TEST(pairs)
{
    struct sip_uri  a, b;
    struct sp_where where;

    unit_err(sip_uri_parse(unit_text(rows[_i].a), &a, &where), SP_OK);
    unit_err(sip_uri_parse(unit_text(rows[_i].b), &b, &where), SP_OK);
    ck_assert(sip_uri_eq(&a, &b) == rows[_i].equal);
    ck_assert(sip_uri_eq(&b, &a) == rows[_i].equal);
    ck_assert(sip_uri_eq(&a, &a));
    ck_assert(sip_uri_eq(&b, &b));
}
END_TEST

/* 30,000 parameters cost no more than their octets. */
START_TEST(many_params)
{
    size_t          len = 5 + 60000;
    char           *room = unit_room(len);
    struct sip_uri  a;
    struct sp_where where;

    memcpy(room, "sip:b", 5);
    for (size_t i = 5; i < len; i += 2)
        memcpy(room + i, ";a", 2);
    unit_err(sip_uri_parse(sp_slice(room, len), &a, &where), SP_OK);
    for (int i = 0; i < 1000; i++)
        ck_assert(sip_uri_eq(&a, &a));
}
END_TEST

Suite *test_sip_uri_eq_suite(void)
{
    Suite *suite = suite_create("sip_uri_eq");
    TCase *tcase = unit_tcase(suite, "sip_uri_eq");

    unit_loop(tcase, pairs, rows);
    tcase_add_test(tcase, many_params);
    return suite;
}
