/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_aor.c -- addresses-of-record as keys. RFC 3261 10.3. */
#include "unit.h"

#include "../../dialog/sip_aor.h"

static struct sip_uri parsed(const char *text)
{
    struct sip_uri  uri;
    struct sp_where where;

    unit_err(sip_uri_parse(unit_text(text), &uri, &where), SP_OK);
    return uri;
}

/* 3261-10.3-13, 3261-10.3-14 */
static const struct form_row {
    const char *uri, *aor;
} forms[] = {
    { "sip:alice@example.com", "sip:alice@example.com" },
    { "SIP:alice@Example.COM;user=phone;lr?Subject=x", "sip:alice@example.com" },
    { "sip:%61lice@example.com", "sip:alice@example.com" },
    { "sip:Alice@example.com", "sip:Alice@example.com" },
    { "sip:alice:secret@example.com:5070", "sip:alice@example.com:5070" },
    { "sip:example.com", "sip:example.com" },
    { "sips:a@[2001:DB8::1]", "sips:a@[2001:db8::1]" },
    { "tel:+1-201-555", "tel:+1-201-555" },
};

START_TEST(canonical_form)
{
    struct sip_uri uri = parsed(forms[_i].uri);
    char           room[64];
    struct sp_buf  to = sp_buf(room, sizeof room);

    sip_put_aor(&to, &uri);
    unit_eq(sp_written(&to), forms[_i].aor);
}
END_TEST

static const struct domain_row {
    const char *uri, *domains;
    bool        in;
} domains[] = {
    { "sip:a@b.c", "", true },     { "sip:a@b.c", "b.c", true },   { "sip:a@B.C", "x, b.c", true },
    { "sip:a@b.c", "x,y", false }, { "sip:a@b.c", "xb.c", false }, { "sip:a@b", "b.c", false },
    { "tel:+1", "b.c, ", false },
};

START_TEST(in_domains)
{
    struct sip_uri uri = parsed(domains[_i].uri);

    ck_assert(sip_aor_in_domains(&uri, unit_text(domains[_i].domains)) == domains[_i].in);
}
END_TEST

static const struct user_row {
    const char *uri, *user;
    bool        is;
} users[] = {
    { "sip:alice@h", "alice", true },    { "sip:%61lice@h", "alice", true },
    { "sip:alice@h", "alice@h", true },  { "sip:alice@h", "alice@H", true },
    { "sip:alice@h", "alice@g", false }, { "sip:alice@h", "Alice", false },
    { "sip:alice@h", "", false },        { "sip:h", "", false },
    { "sip:alice@h", "@h", false },
};

START_TEST(whose)
{
    struct sip_uri uri = parsed(users[_i].uri);

    ck_assert(sip_aor_is_of(&uri, unit_text(users[_i].user)) == users[_i].is);
}
END_TEST

Suite *test_sip_aor_suite(void)
{
    Suite *suite = suite_create("sip_aor");
    TCase *tcase = unit_tcase(suite, "aor");

    unit_loop(tcase, canonical_form, forms);
    unit_loop(tcase, in_domains, domains);
    unit_loop(tcase, whose, users);
    return suite;
}
