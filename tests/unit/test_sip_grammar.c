/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_grammar.c -- every known field has its grammar: published examples pass, near
 * misses do not. */
#include "../../parser/sip_grammar.h"
#include "unit.h"

static const struct good {
    const char *name, *value;
} goods[] = {
    /* each example of RFC 3261 20 */
    { "Accept", "application/sdp;level=1, application/x-private, text/html" },
    { "Accept", "" },
    { "Accept-Encoding", "gzip" },
    { "Accept-Encoding", "" },
    { "Accept-Language", "da, en-gb;q=0.8, en;q=0.7" },
    { "Alert-Info", "<http://www.example.com/sounds/moo.wav>" },
    { "Allow", "INVITE, ACK, OPTIONS, CANCEL, BYE" },
    { "Allow", "" },
    { "Authentication-Info", "nextnonce=\"47364c23432d2e131a5fb210812c\"" },
    { "Authorization",
      "Digest username=\"Alice\", realm=\"atlanta.com\",\r\n"
      " nonce=\"84a4cc6f3082121f32b42a2187831a9e\",\r\n response=\"7587245234b3434cc3412213e5f11"
      "3a5432\"" },
    { "Call-ID", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6@biloxi.com" },
    { "i", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6@192.0.2.4" },
    { "Call-Info", "<http://wwww.example.com/alice/photo.jpg> ;purpose=icon,\r\n"
                   " <http://www.example.com/alice/> ;purpose=info" },
    { "Contact",
      "\"Mr. Watson\" <sip:watson@worcester.bell-telephone.com>\r\n ;q=0.7; expires=3600,\r\n"
      " \"Mr. Watson\" <mailto:watson@bell-telephone.com> ;q=0.1" },
    { "m", "<sips:bob@192.0.2.4>;expires=60" },
    { "m", "*" },
    { "Content-Disposition", "session" },
    { "Content-Encoding", "gzip" },
    { "e", "tar" },
    { "Content-Language", "fr" },
    { "Content-Length", "349" },
    { "l", "173" },
    { "Content-Type", "application/sdp" },
    { "c", "text/html; charset=ISO-8859-4" },
    { "CSeq", "4711 INVITE" },
    { "Date", "Sat, 13 Nov 2010 23:29:00 GMT" },
    { "Error-Info", "<sip:not-in-service-recording@atlanta.com>" },
    { "Expires", "5" },
    { "From", "\"A. G. Bell\" <sip:agb@bell-telephone.com> ;tag=a48s" },
    { "From", "sip:+12125551212@server.phone2net.com;tag=887s" },
    { "f", "Anonymous <sip:c8oqz84zk7z@privacy.org>;tag=hyh8" },
    { "In-Reply-To", "70710@saturn.bell-tel.com, 17320@saturn.bell-tel.com" },
    { "Max-Forwards", "6" },
    { "Min-Expires", "60" },
    { "MIME-Version", "1.0" },
    { "Organization", "Boxes by Bob" },
    { "Organization", "" },
    { "Priority", "emergency" },
    { "Priority", "non-urgent" },
    { "Proxy-Authenticate",
      "Digest realm=\"atlanta.com\",\r\n domain=\"sip:ss1.carrier.com\", qop=\"auth\",\r\n"
      " nonce=\"f84f1cec41e6cbe5aea9c8e88d359\",\r\n opaque=\"\", stale=FALSE, algorithm=MD5" },
    { "Proxy-Authorization",
      "Digest username=\"Alice\", realm=\"atlanta.com\",\r\n"
      " nonce=\"c60f3082ee1212b402a21831ae\",\r\n response=\"245f23415f11432b3434341c022\"" },
    { "Proxy-Require", "foo" },
    { "Record-Route", "<sip:server10.biloxi.com;lr>,\r\n <sip:bigbox3.site3.atlanta.com;lr>" },
    { "Reply-To", "Bob <sip:bob@biloxi.com>" },
    { "Require", "100rel" },
    { "Retry-After", "18000;duration=3600" },
    { "Retry-After", "120 (I'm in a meeting)" },
    { "Route", "<sip:bigbox3.site3.atlanta.com;lr>,\r\n <sip:server10.biloxi.com;lr>" },
    { "Server", "HomeServer v2" },
    { "Subject", "Need more boxes" },
    { "s", "Tech Support" },
    { "s", "" },
    { "Supported", "100rel" },
    { "Supported", "" },
    { "Timestamp", "54" },
    { "To", "The Operator <sip:operator@cs.columbia.edu>;tag=287447" },
    { "t", "sip:+12125551212@server.phone2net.com" },
    { "Unsupported", "foo" },
    { "User-Agent", "Softphone Beta1.5" },
    { "Via", "SIP/2.0/UDP erlang.bell-telephone.com:5060;branch=z9hG4bK87asdks7" },
    { "Via", "SIP/2.0/UDP 192.0.2.1:5060 ;received=192.0.2.207\r\n ;branch=z9hG4bK77asjd" },
    { "Via", "SIP / 2.0 / UDP first.example.com: 4000;ttl=16\r\n"
             " ;maddr=224.2.0.1 ;branch=z9hG4bKa7c6a8dlze.1" },
    { "Warning", "307 isi.edu \"Session parameter 'foo' not understood\"" },
    { "Warning", "301 isi.edu \"Incompatible network address type 'E.164'\"" },
    { "WWW-Authenticate",
      "Digest realm=\"atlanta.com\",\r\n domain=\"sip:boxesbybob.com\", qop=\"auth\",\r\n"
      " nonce=\"f84f1cec41e6cbe5aea9c8e88d359\",\r\n"
      " opaque=\"\", stale=FALSE, algorithm=MD5" },
    /* the other RFCs' */
    { "RSeq", "988789" },
    { "RAck", "776656 1 INVITE" },
    { "Event", "refer;id=93809824" },
    { "o", "presence.winfo" },
    { "Allow-Events", "spirits-INDPs, presence.winfo" },
    { "Subscription-State", "terminated;reason=noresource;retry-after=7" },
    { "Subscription-State", "active;expires=599" },
    { "SIP-ETag", "dx200xyz" },
    { "SIP-If-Match", "dx200xyz" },
    { "Session-Expires", "4000;refresher=uac" },
    { "x", "1800" },
    { "Min-SE", "3600;lr" },
    { "Path", "<sip:P3.EXAMPLEHOME.COM;lr>,<sip:P1.EXAMPLEVISITED.COM;lr>" },
    { "Service-Route", "<sip:P2.HOME.EXAMPLE.COM;lr>, <sip:HSP.HOME.EXAMPLE.COM;lr>" },
    { "Accept-Contact", "*;mobility=\"mobile\";methods=\"INVITE\"" },
    { "Accept-Contact",
      "*;audio;require, *;video;explicit;+sip.message=\"TRUE\";rangeparam=\"#-4:+5.125\"" },
    { "Reject-Contact", "*;actor=\"msg-taker\";video" },
    { "Request-Disposition", "proxy, recurse, parallel" },
    { "P-Asserted-Identity", "\"Cullen Jennings\" <sip:fluffy@cisco.com>, tel:+14085264000" },
    { "P-Preferred-Identity", "\"Cullen Jennings\" <sip:fluffy@cisco.com>" },
    { "Privacy", "header; user; critical" },
    { "P-Preferred-Service", "urn:urn-7:3gpp-service.exampletelephony.version1" },
    { "P-Asserted-Service", "urn:urn-7:a.b, urn:urn-7:c" },
    { "P-Associated-URI", "<sip:a@b>, <tel:+1>;x=y" },
    { "P-Associated-URI", "" },
    { "P-Access-Network-Info",
      "3GPP-UTRAN-TDD; utran-cell-id-3gpp=234151D0FCE11;network-provided" },
    { "P-Charging-Vector",
      "icid-value=1234bc9876e; icid-generated-at=192.0.6.8; orig-ioi=home1.net" },
    { "Reason", "SIP ;cause=200 ;text=\"Call completed elsewhere\", Q.850;cause=16" },
    { "Refer-To", "<sips:a8342043f@atlanta.example.com?Replaces=12345601%40atlanta.example.com>" },
    { "r", "sip:a@b" },
    { "Replaces", "425928@bobster.example.org;to-tag=7743;from-tag=6472" },
    { "Replaces", "98asjd8@test.com;from-tag=1;to-tag=2;early-only" },
    { "Recv-Info", "foo, bar;x=y" },
    { "Recv-Info", "" },
    { "Info-Package", "foo" },
    { "Security-Client", "tls, digest;d-qop=auth;q=0.5" },
    { "Security-Server", "ipsec-ike;q=0.1, tls;q=0.2" },
    { "Security-Verify", "digest;d-alg=MD5;d-ver=\"00000000000000000000000000000abc\"" },
    { "Flow-Timer", "120" },
    { "Content-ID", "<4232423424@www.example.com>" },
    { "X-Anything", ";;,,;;,;" }, /* RFC 4475 3.1.1.1 */
};

START_TEST(good)
{
    struct sp_where where;
    enum sp_err     err;

    err = sip_field_check(sip_field_of(sp_str(goods[_i].name)), unit_text(goods[_i].value), &where);
    ck_assert_msg(err == SP_OK, "%s: %s at %zu, %s", goods[_i].name, sp_err_name(err), where.octet,
                  where.rule);
}
END_TEST

static const struct bad {
    const char *name, *value;
    enum sp_err err;
    size_t      at;
    const char *rule;
} bads[] = {
    { "Accept", "text", SP_SYNTAX, 4, "SLASH" },
    { "Accept", "*/html", SP_SYNTAX, 2, "media-range" },
    { "Accept", "text/html, text", SP_SYNTAX, 15, "SLASH" },
    { "Accept-Language", "abcdefghi", SP_SYNTAX, 8, "language-tag" },
    { "Accept-Language", "en-", SP_SYNTAX, 3, "language-tag" },
    { "Accept-Language", "en_us", SP_SYNTAX, 2, "language-tag" },
    { "Alert-Info", "http://a/b", SP_SYNTAX, 0, "name-addr" },
    { "Alert-Info", "x <http://a/b>", SP_SYNTAX, 0, "LAQUOT" },
    { "Allow", "INVITE ACK", SP_SYNTAX, 7, "end" },
    { "Allow", "INVITE,,ACK", SP_SYNTAX, 7, "COMMA" },
    { "Allow", "INVITE,", SP_SYNTAX, 6, "COMMA" },
    { "Allow", ",INVITE", SP_SYNTAX, 0, "COMMA" },
    { "Allow", "INVITE;x", SP_SYNTAX, 6, "end" },
    { "Allow-Events", "presence.", SP_SYNTAX, 8, "token-nodot" },
    { "Allow-Events", "presence;id=1", SP_SYNTAX, 8, "end" },
    { "Authentication-Info", "", SP_SYNTAX, 0, "auth-param" },
    { "Authorization", "Digest", SP_SYNTAX, 6, "LWS" },
    { "Authorization", "Digest a", SP_SYNTAX, 8, "EQUAL" },
    { "Authorization", "Digest a=b,", SP_SYNTAX, 11, "auth-param" },
    { "Call-ID", "", SP_SYNTAX, 0, "callid" },
    { "Call-ID", "a@b@c", SP_SYNTAX, 3, "end" },
    { "Call-ID", "a b", SP_SYNTAX, 1, "end" },
    { "Contact", "", SP_SYNTAX, 0, "scheme" },
    { "Contact", "<sip:a@b>;q=1.1", SP_SYNTAX, 12, "qvalue" },
    { "Contact", "<sip:a@b>, <sip:c@d>;reg-id=x", SP_SYNTAX, 28, "c-p-reg" },
    { "Contact", "\"a,b\" <sip:x@y>,", SP_SYNTAX, 15, "COMMA" },
    { "Contact", "<sip:x@y>,\"", SP_SYNTAX, 11, "display-name" },
    { "Content-Disposition", "", SP_SYNTAX, 0, "token" },
    { "Content-ID", "a@b", SP_SYNTAX, 0, "msg-id" },
    { "Content-ID", "<a>", SP_SYNTAX, 2, "msg-id" },
    { "Content-Language", "*", SP_SYNTAX, 0, "language-tag" },
    { "Content-Length", "-1", SP_SYNTAX, 0, "1*DIGIT" },
    { "Content-Length", "4294967296", SP_RANGE, 0, "1*DIGIT" },
    { "Content-Type", "text/plain;a=b;charset", SP_SYNTAX, 15, "m-parameter" },
    { "Content-Type", "text/*", SP_SYNTAX, 5, "media-type" },
    { "CSeq", "1", SP_SYNTAX, 1, "LWS" },
    { "Date", "Sat, 13 Nov 2010 23:29:00 EST", SP_SYNTAX, 26, "GMT" },
    { "Date", "Sun, 13 Nov 2010 23:29:00 GMT", SP_MISMATCH, 0, "wkday" },
    { "Event", "", SP_SYNTAX, 0, "event-type" },
    { "Expires", "", SP_SYNTAX, 0, "1*DIGIT" },
    { "Flow-Timer", "x", SP_SYNTAX, 0, "1*DIGIT" },
    { "From", "*", SP_SYNTAX, 0, "addr-spec" },
    { "In-Reply-To", "a,", SP_SYNTAX, 1, "COMMA" },
    { "Info-Package", "", SP_SYNTAX, 0, "token" },
    { "Max-Forwards", "70 ", SP_SYNTAX, 2, "end" },
    { "MIME-Version", "1", SP_SYNTAX, 1, "MIME-Version" },
    { "Organization", "a\nb", SP_SYNTAX, 1, "TEXT-UTF8char" },
    { "P-Asserted-Identity", "<sip:a@b>;x=y", SP_SYNTAX, 9, "end" },
    { "P-Asserted-Service", "urn:urn-7:a..b", SP_SYNTAX, 12, "let-dig" },
    { "P-Charging-Vector", "orig-ioi=x", SP_MISSING, 10, "icid-value" },
    { "Path", "sip:a@b", SP_SYNTAX, 0, "name-addr" },
    { "Priority", "very urgent", SP_SYNTAX, 5, "end" },
    { "Privacy", "id;", SP_SYNTAX, 3, "priv-value" },
    { "RAck", "1 INVITE", SP_SYNTAX, 2, "CSeq-num" },
    { "Reason", "SIP;cause=x", SP_SYNTAX, 10, "cause" },
    { "Reason", "SIP;text=x", SP_SYNTAX, 9, "reason-text" },
    { "Record-Route", "sip:a@b;lr", SP_SYNTAX, 0, "name-addr" },
    { "Reject-Contact", "<sip:a>", SP_SYNTAX, 0, "token" },
    { "Accept-Contact", "x;audio", SP_SYNTAX, 0, "STAR" },
    { "Accept-Contact", "*;audio=\"TRUE\";video=x", SP_SYNTAX, 21, "feature-param" },
    { "Accept-Contact", "*;video=\"#>4\"", SP_SYNTAX, 11, "numeric-relation" },
    { "Replaces", "a;to-tag=1", SP_MISSING, 10, "from-tag" },
    { "Replaces", "a;to-tag=1;to-tag=2;from-tag=3", SP_REPEATED, 11, "replaces-param" },
    { "Require", "", SP_SYNTAX, 0, "token" },
    { "Retry-After", "x", SP_SYNTAX, 0, "delta-seconds" },
    { "Retry-After", "1 (open", SP_SYNTAX, 7, "comment" },
    { "RSeq", "4294967296", SP_RANGE, 0, "1*DIGIT" },
    { "Security-Client", "tls;q=2", SP_SYNTAX, 6, "qvalue" },
    { "Security-Verify", "digest;d-ver=\"x\"", SP_SYNTAX, 13, "digest-verify" },
    { "Server", "a/", SP_SYNTAX, 2, "product-version" },
    { "Server", "(x", SP_SYNTAX, 2, "comment" },
    { "Session-Expires", "90 (x)", SP_SYNTAX, 3, "end" },
    { "SIP-ETag", "a b", SP_SYNTAX, 2, "end" },
    { "Subject", "a\x07", SP_SYNTAX, 1, "TEXT-UTF8char" },
    { "Subject", "\xc3(", SP_SYNTAX, 0, "UTF8-NONASCII" },
    { "Subscription-State", "active;expires=x", SP_SYNTAX, 15, "delta-seconds" },
    { "Subscription-State", "active;reason=\"x\"", SP_SYNTAX, 14, "event-reason-value" },
    { "Timestamp", ".5", SP_SYNTAX, 0, "Timestamp" },
    { "Unsupported", "", SP_SYNTAX, 0, "token" },
    { "Via", "SIP/2.0/UDP a;branch=x,SIP/2.0/UDP", SP_SYNTAX, 34, "LWS" },
    { "Warning", "1812 overture \"In Progress\"", SP_SYNTAX, 0,
      "warn-code" }, /* RFC 4475 3.1.2.5 */
    { "Warning", "399 a x", SP_SYNTAX, 6, "warn-text" },
};

START_TEST(bad)
{
    const struct bad *row = &bads[_i];
    struct sp_where   where;
    enum sp_err       err = sip_field_check(sip_field_of(sp_str(row->name)), unit_text(row->value),
                                            &where);

    unit_err_at(err, where, row->err, row->at);
    ck_assert_str_eq(where.rule, row->rule);
}
END_TEST

/* Each field of the list has a good row, so has a rule that was tried; and an empty value is never
 * a crash. */
START_TEST(complete)
{
    for (int id = SIP_FIELD_OTHER + 1; id < SIP_FIELD_COUNT; id++) {
        struct sp_where where;
        bool            found = false;

        for (size_t i = 0; i < UNIT_ROWS(goods); i++)
            found = found || (int)sip_field_of(sp_str(goods[i].name)) == id;
        ck_assert_msg(found, "%.*s", SP_ARG(sip_field_name((enum sip_field_id)id)));
        (void)!sip_field_check((enum sip_field_id)id, sp_slice(NULL, 0), &where);
    }
}
END_TEST

/* Whatever one octet becomes, the word stays inside the value. */
START_TEST(any_octet)
{
    static const char octets[] = "\0\r\n ,;<>\"\\=@*(%\xff";
    size_t            len = strlen(goods[_i].value);

    for (size_t at = 0; at < len; at++)
        for (size_t i = 0; i < sizeof octets - 1; i++) {
            char           *text = unit_room(len);
            struct sp_where where;

            memcpy(text, goods[_i].value, len);
            text[at] = octets[i];
            (void)!sip_field_check(sip_field_of(sp_str(goods[_i].name)), sp_slice(text, len),
                                   &where);
            ck_assert_uint_le(where.octet, len);
        }
}
END_TEST

Suite *test_sip_grammar_suite(void)
{
    Suite *suite = suite_create("sip_grammar");
    TCase *tcase = unit_tcase(suite, "sip_grammar");

    unit_loop(tcase, good, goods);
    unit_loop(tcase, bad, bads);
    tcase_add_test(tcase, complete);
    unit_loop(tcase, any_octet, goods);
    return suite;
}
