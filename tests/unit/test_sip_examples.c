/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_examples.c -- the examples of RFC 3261 20, every one: each is found by its
 * name, reads by its struct and is written back the same. */
#include "rewrite_unit.h"
#include "unit.h"

#include "../../base/buf.h"
#include "../../parser/sip_grammar.h"
#include "../../parser/sip_item.h"
#include "../../parser/sip_msg.h"

#define NONCE  "nonce=\"84a4cc6f3082121f32b42a2187831a9e\""
#define F84    "nonce=\"f84f1cec41e6cbe5aea9c8e88d359\""
#define ANSWER "response=\"7587245234b3434cc3412213e5f113a5432\""

/* A field as it is printed, folds and all; and its values as they are written where white space is
 * not the same (NULL: they are the same). */
static const struct example {
    const char *field, *written;
} examples[] = {
    { "Accept: application/sdp;level=1, application/x-private, text/html", NULL },
    { "Accept-Encoding: gzip", NULL },
    { "Accept-Language: da, en-gb;q=0.8, en;q=0.7", NULL },
    { "Alert-Info: <http://www.example.com/sounds/moo.wav>", NULL },
    { "Allow: INVITE, ACK, OPTIONS, CANCEL, BYE", NULL },
    { "Authentication-Info: nextnonce=\"47364c23432d2e131a5fb210812c\"", NULL },
    { "Authorization: Digest username=\"Alice\", realm=\"atlanta.com\",\r\n " NONCE ",\r\n " ANSWER,
      "Digest username=\"Alice\", realm=\"atlanta.com\", " NONCE ", " ANSWER },
    { "Call-ID: f81d4fae-7dec-11d0-a765-00a0c91e6bf6@biloxi.com", NULL },
    { "i:f81d4fae-7dec-11d0-a765-00a0c91e6bf6@192.0.2.4", NULL },
    { "Call-Info: <http://wwww.example.com/alice/photo.jpg> ;purpose=icon,\r\n  "
      "<http://www.example.com/alice/> ;purpose=info",
      "<http://wwww.example.com/alice/photo.jpg>;purpose=icon, "
      "<http://www.example.com/alice/>;purpose=info" },
    { "Contact: \"Mr. Watson\" <sip:watson@worcester.bell-telephone.com>\r\n   ;q=0.7; "
      "expires=3600,\r\n   \"Mr. Watson\" <mailto:watson@bell-telephone.com> ;q=0.1",
      "\"Mr. Watson\" <sip:watson@worcester.bell-telephone.com>;q=0.7; expires=3600, "
      "\"Mr. Watson\" <mailto:watson@bell-telephone.com>;q=0.1" },
    { "m: <sips:bob@192.0.2.4>;expires=60", NULL },
    { "Content-Disposition: session", NULL },
    { "Content-Encoding: gzip", NULL },
    { "e: tar", NULL },
    { "Content-Language: fr", NULL },
    { "Content-Length: 349", NULL },
    { "l: 173", NULL },
    { "Content-Type: application/sdp", NULL },
    { "c: text/html; charset=ISO-8859-4", NULL },
    { "CSeq: 4711 INVITE", NULL },
    { "Date: Sat, 13 Nov 2010 23:29:00 GMT", NULL },
    { "Error-Info: <sip:not-in-service-recording@atlanta.com>", NULL },
    { "Expires: 5", NULL },
    { "From: \"A. G. Bell\" <sip:agb@bell-telephone.com> ;tag=a48s",
      "\"A. G. Bell\" <sip:agb@bell-telephone.com>;tag=a48s" },
    { "From: sip:+12125551212@server.phone2net.com;tag=887s",
      "<sip:+12125551212@server.phone2net.com>;tag=887s" },
    { "f: Anonymous <sip:c8oqz84zk7z@privacy.org>;tag=hyh8", NULL },
    { "In-Reply-To: 70710@saturn.bell-tel.com, 17320@saturn.bell-tel.com", NULL },
    { "Max-Forwards: 6", NULL },
    { "Min-Expires: 60", NULL },
    { "MIME-Version: 1.0", NULL },
    { "Organization: Boxes by Bob", NULL },
    { "Subject: A tornado is heading our way!", NULL },
    { "Priority: emergency", NULL },
    { "Subject: Weekend plans", NULL },
    { "Priority: non-urgent", NULL },
    { "Proxy-Authenticate: Digest realm=\"atlanta.com\",\r\n domain=\"sip:ss1.carrier.com\", "
      "qop=\"auth\",\r\n " F84 ",\r\n opaque=\"\", stale=FALSE, algorithm=MD5",
      "Digest realm=\"atlanta.com\", domain=\"sip:ss1.carrier.com\", qop=\"auth\", " F84
      ", opaque=\"\", stale=FALSE, algorithm=MD5" },
    { "Proxy-Authorization: Digest username=\"Alice\", realm=\"atlanta.com\",\r\n   "
      "nonce=\"c60f3082ee1212b402a21831ae\",\r\n   response=\"245f23415f11432b3434341c022\"",
      "Digest username=\"Alice\", realm=\"atlanta.com\", nonce=\"c60f3082ee1212b402a21831ae\", "
      "response=\"245f23415f11432b3434341c022\"" },
    { "Proxy-Require: foo", NULL },
    { "Record-Route: <sip:server10.biloxi.com;lr>,\r\n              "
      "<sip:bigbox3.site3.atlanta.com;lr>",
      "<sip:server10.biloxi.com;lr>, <sip:bigbox3.site3.atlanta.com;lr>" },
    { "Reply-To: Bob <sip:bob@biloxi.com>", NULL },
    { "Require: 100rel", NULL },
    { "Retry-After: 18000;duration=3600", NULL },
    { "Retry-After: 120 (I'm in a meeting)", NULL },
    { "Route: <sip:bigbox3.site3.atlanta.com;lr>,\r\n       <sip:server10.biloxi.com;lr>",
      "<sip:bigbox3.site3.atlanta.com;lr>, <sip:server10.biloxi.com;lr>" },
    { "Server: HomeServer v2", NULL },
    { "Subject: Need more boxes", NULL },
    { "s: Tech Support", NULL },
    { "Supported: 100rel", NULL },
    { "Timestamp: 54", NULL },
    { "To: The Operator <sip:operator@cs.columbia.edu>;tag=287447", NULL },
    { "t: sip:+12125551212@server.phone2net.com", "<sip:+12125551212@server.phone2net.com>" },
    { "Unsupported: foo", NULL },
    { "User-Agent: Softphone Beta1.5", NULL },
    { "Via: SIP/2.0/UDP erlang.bell-telephone.com:5060;branch=z9hG4bK87asdks7", NULL },
    { "Via: SIP/2.0/UDP 192.0.2.1:5060 ;received=192.0.2.207\r\n  ;branch=z9hG4bK77asjd",
      "SIP/2.0/UDP 192.0.2.1:5060;received=192.0.2.207;branch=z9hG4bK77asjd" },
    { "Via: SIP / 2.0 / UDP first.example.com: 4000;ttl=16\r\n  ;maddr=224.2.0.1 "
      ";branch=z9hG4bKa7c6a8dlze.1",
      "SIP/2.0/UDP first.example.com:4000;maddr=224.2.0.1;ttl=16;branch=z9hG4bKa7c6a8dlze.1" },
    { "Warning: 307 isi.edu \"Session parameter 'foo' not understood\"", NULL },
    { "Warning: 301 isi.edu \"Incompatible network address type 'E.164'\"", NULL },
    { "WWW-Authenticate: Digest realm=\"atlanta.com\",\r\n  domain=\"sip:boxesbybob.com\", "
      "qop=\"auth\",\r\n  " F84 ",\r\n  opaque=\"\", stale=FALSE, algorithm=MD5",
      "Digest realm=\"atlanta.com\", domain=\"sip:boxesbybob.com\", qop=\"auth\", " F84
      ", opaque=\"\", stale=FALSE, algorithm=MD5" },
};

/* One value, or a text, as its struct writes it. */
static void put_value(struct sp_buf *to, enum sip_field_id id, struct sp_slice value)
{
    sip_rewrite_fn *rewrite = sip_rewrite(id);
    struct sp_where where;

    if (rewrite == NULL)
        sp_put_value(to, value);
    else
        unit_err(rewrite(value, to, &where), SP_OK);
}

static void put_values(struct sp_buf *to, enum sip_field_id id, struct sp_slice value)
{
    struct sp_slice rest = value, one;
    const char     *between = "";

    if (!sip_field_is_list(id)) {
        put_value(to, id, value);
        return;
    }
    for (; sip_list_next(&rest, &one); between = ", ") {
        sp_put_text(to, between);
        put_value(to, id, one);
    }
}

START_TEST(example)
{
    const struct example *row = &examples[_i];
    struct sp_slice       field = unit_text(row->field), value;
    size_t                colon = sp_find(field, ':');
    enum sip_field_id     id = sip_field_of(sp_head(field, colon));
    struct sp_where       where;
    char                  room[512];
    struct sp_buf         to = sp_buf(room, sizeof room);

    value = sp_trim(sp_from(field, colon + 1));
    ck_assert_int_ne(id, SIP_FIELD_OTHER);
    unit_err(sip_field_check(id, value, &where), SP_OK);
    put_values(&to, id, value);
    unit_err(to.err, SP_OK);
    if (row->written == NULL)
        unit_eq_slice(sp_written(&to), value);
    else
        unit_eq(sp_written(&to), row->written);
}
END_TEST

/* All in one message: each is found, and it is cut at their octets. */
START_TEST(together)
{
    char                whole[8192];
    struct sp_buf       to = sp_buf(whole, sizeof whole);
    struct sip_field    fields[128];
    struct sip_msg      msg;
    struct sp_where     where;
    const unsigned char count = (unsigned char)UNIT_ROWS(examples);

    sp_put_text(&to, "OPTIONS sip:a@b SIP/2.0\r\n");
    for (size_t i = 0; i < count; i++) {
        if (sp_find_slice(sp_str(examples[i].field), SP_LIT("l: 173")) == 0 ||
            sp_starts(sp_str(examples[i].field), SP_LIT("Content-Length")))
            continue; /* the body's */
        sp_put_text(&to, examples[i].field);
        sp_put_text(&to, "\r\n");
    }
    sp_put_text(&to, "Content-Length: 0\r\n\r\n");
    sip_msg_init(&msg, fields, 128);
    unit_err(sip_msg_parse(unit_octets(whole, to.len), &msg, &where), SP_OK);
    ck_assert_uint_eq(msg.field_count, count - 1);
    for (uint32_t i = 0, row = 0; i + 1 < msg.field_count; i++, row++) {
        struct sp_slice field;

        while (sp_starts(sp_str(examples[row].field), SP_LIT("Content-Length")) ||
               sp_starts(sp_str(examples[row].field), SP_LIT("l:")))
            row++;
        field = sp_str(examples[row].field);
        unit_eq_slice(msg.fields[i].name, sp_head(field, sp_find(field, ':')));
        unit_eq_slice(msg.fields[i].value, sp_trim(sp_from(field, sp_find(field, ':') + 1)));
    }
}
END_TEST

Suite *test_sip_examples_suite(void)
{
    Suite *suite = suite_create("sip_examples");
    TCase *tcase = unit_tcase(suite, "examples");

    unit_loop(tcase, example, examples);
    tcase_add_test(tcase, together);
    return suite;
}
