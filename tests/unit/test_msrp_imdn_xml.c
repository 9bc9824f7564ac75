/* SPDX-License-Identifier: MIT
 * tests/unit/test_msrp_imdn_xml.c -- message/imdn+xml: good and bad documents, and where. RFC 5438
 * 11. */
#include "../../msrp/msrp_imdn.h"
#include "unit.h"

#define XML   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define OPEN  "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">"
#define HEAD  OPEN "<message-id>34jk</message-id><datetime>now</datetime>"
#define DONE  "<delivery-notification><status><delivered/></status></delivery-notification>"
#define WHOLE HEAD DONE "</imdn>"

/* A `~` stands before the octet of the error. */
static const struct {
    const char           *xml;
    enum sp_err           err;
    enum msrp_imdn_kind   kind;
    enum msrp_imdn_status status;
} rows[] = {
    { WHOLE, SP_OK, MSRP_IMDN_DELIVERY, MSRP_IMDN_DELIVERED },
    { XML WHOLE "\r\n", SP_OK, MSRP_IMDN_DELIVERY, MSRP_IMDN_DELIVERED },
    { "\xef\xbb\xbf" XML "<!-- a > b --> <?x y?>" WHOLE "<!-- end -->", SP_OK, MSRP_IMDN_DELIVERY,
      MSRP_IMDN_DELIVERED },
    /* prefixes, attributes, space in tags, elements that nobody knows */
    { "<i:imdn xmlns:i='urn:ietf:params:xml:ns:imdn' x = \"a>b\" >\n"
      " <i:message-id >34jk</i:message-id >\n<i:datetime>now</i:datetime>"
      "<x:y xmlns:x=\"z\"><message-id>no</message-id><x:w/></x:y><i:display-notification>"
      "<i:status><i:displayed /></i:status></i:display-notification></i:imdn>",
      SP_OK, MSRP_IMDN_DISPLAY, MSRP_IMDN_DISPLAYED },
    { HEAD "<processing-notification><status><stored></stored></status></processing-notification>"
           "</imdn>",
      SP_OK, MSRP_IMDN_PROCESSING, MSRP_IMDN_STORED },
    { HEAD "<delivery-notification><status><x:better xmlns:x=\"y\"/></status>"
           "</delivery-notification></imdn>",
      SP_OK, MSRP_IMDN_DELIVERY, MSRP_IMDN_EXTENSION },
    { HEAD "<a><b><c><d><e><f><g/></f></e></d></c></b></a>" DONE "</imdn>", SP_OK,
      MSRP_IMDN_DELIVERY, MSRP_IMDN_DELIVERED },
    /* no XML */
    { "~", SP_SYNTAX, 0, 0 },
    { "~hello", SP_SYNTAX, 0, 0 },
    { XML "~", SP_SYNTAX, 0, 0 },
    { "<~>", SP_SYNTAX, 0, 0 },
    { "<?xml ~", SP_SYNTAX, 0, 0 },
    { "<!-- ~", SP_SYNTAX, 0, 0 },
    { "<~!DOCTYPE imdn [<!ENTITY a \"b\">]>" WHOLE, SP_SYNTAX, 0, 0 },
    { HEAD "<~![CDATA[x]]>" DONE "</imdn>", SP_SYNTAX, 0, 0 },
    { HEAD DONE "~", SP_SYNTAX, 0, 0 },
    { HEAD DONE "~</imd>", SP_SYNTAX, 0, 0 },
    { WHOLE "~<imdn/>", SP_SYNTAX, 0, 0 },
    { WHOLE "~</imdn>", SP_SYNTAX, 0, 0 },
    { WHOLE "~x", SP_SYNTAX, 0, 0 },
    { "<imdn x~>", SP_SYNTAX, 0, 0 },
    { "<imdn x=~y>", SP_SYNTAX, 0, 0 },
    { "<imdn x=\"y~", SP_SYNTAX, 0, 0 },
    { "<imdn x=\"1\"~y=\"2\">", SP_SYNTAX, 0, 0 },
    { "<imdn /~x>", SP_SYNTAX, 0, 0 },
    { "<imdn></imdn~", SP_SYNTAX, 0, 0 },
    /* XML, but not this */
    { "~<presence/>", SP_UNSUPPORTED, 0, 0 },
    { OPEN "<datetime>now</datetime>" DONE "</imdn>~", SP_MISSING, 0, 0 },
    { OPEN "<message-id>34jk</message-id>" DONE "</imdn>~", SP_MISSING, 0, 0 },
    { HEAD "</imdn>~", SP_MISSING, 0, 0 },
    { HEAD "<delivery-notification/></imdn>~", SP_MISSING, 0, 0 },
    { HEAD "<other><status><delivered/></status></other></imdn>~", SP_MISSING, 0, 0 },
    { HEAD "<message-id>again~</message-id>" DONE "</imdn>", SP_REPEATED, 0, 0 },
    { HEAD DONE "~<display-notification/></imdn>", SP_REPEATED, 0, 0 },
    { HEAD "<delivery-notification><status><delivered/>~<failed/></status></delivery-notification>",
      SP_REPEATED, 0, 0 },
    { HEAD "<a><b><c><d><e><f><g>~<h/>", SP_LIMIT, 0, 0 },
};

START_TEST(row)
{
    char            *room = unit_room(strlen(rows[_i].xml) + 1);
    const char      *mark = strchr(rows[_i].xml, '~');
    size_t           before = mark != NULL ? (size_t)(mark - rows[_i].xml) : strlen(rows[_i].xml);
    size_t           len = strlen(rows[_i].xml) - (mark != NULL);
    struct msrp_imdn imdn;
    struct sp_where  where;
    enum sp_err      err;

    memcpy(room, rows[_i].xml, before);
    memcpy(room + before, rows[_i].xml + before + (mark != NULL), len - before);
    err = msrp_imdn_parse(unit_octets(room, len), &imdn, &where);
    unit_err_at(err, where, rows[_i].err, before);
    if (err != SP_OK)
        return;
    unit_eq(imdn.message_id, "34jk");
    unit_eq(imdn.date_time, "now");
    ck_assert_int_eq(imdn.kind, rows[_i].kind);
    ck_assert_int_eq(imdn.status, rows[_i].status);
}
END_TEST

/* Every element of the schema; texts as they stand, and in plain. */
START_TEST(texts)
{
    char             room[256];
    struct sp_buf    to = sp_buf(room, sizeof room);
    struct msrp_imdn imdn;
    struct sp_where  where;

    unit_err(
        msrp_imdn_parse(
            unit_text(HEAD "<recipient-uri> im:bob@example.com </recipient-uri>"
                           "<original-recipient-uri>im:b</original-recipient-uri>"
                           "<subject>a &lt;b&gt; &amp;amp; &quot;&apos; &#65; &x</subject>" DONE
                           "</imdn>"),
            &imdn, &where),
        SP_OK);
    unit_eq(imdn.recipient_uri, "im:bob@example.com");
    unit_eq(imdn.original_recipient_uri, "im:b");
    msrp_imdn_put_text(&to, imdn.subject);
    unit_eq(sp_written(&to), "a <b> &amp; \"' &#65; &x");
}
END_TEST

/* Law: no prefix of a document is taken for one. */
START_TEST(prefixes)
{
    const char *whole = XML WHOLE;
    struct msrp_imdn        imdn;
    struct sp_where         where;

    for (size_t len = 0; len < strlen(whole); len++)
        ck_assert_int_ne(msrp_imdn_parse(unit_octets(whole, len), &imdn, &where), SP_OK);
}
END_TEST

Suite *test_msrp_imdn_xml_suite(void)
{
    Suite *suite = suite_create("msrp_imdn_xml");
    TCase *tcase = unit_tcase(suite, "msrp_imdn_xml");

    unit_loop(tcase, row, rows);
    tcase_add_test(tcase, texts);
    tcase_add_test(tcase, prefixes);
    return suite;
}
