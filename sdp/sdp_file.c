/* SPDX-License-Identifier: MIT
 * sdp/sdp_file.c -- see sdp_file.h. RFC 5547 6: the file-selector attribute. */
#include <string.h>

#include "sdp_file.h"
#include "sdp_grammar.h"

/* The names of the selectors are ABNF strings: letter case does not matter. */
static bool try_name(struct sp_scan *s, struct sp_slice name)
{
    struct sp_slice left = sp_slice(s->at, (size_t)(s->end - s->at));

    if (s->err != SP_OK || !sp_starts_nocase(left, name))
        return false;
    s->at += name.len;
    return true;
}

static void once(struct sp_scan *s, bool has, const char *from, const char *rule)
{
    if (has)
        sp_scan_fail(s, SP_REPEATED, from, rule);
}

/* "name:" DQUOTE filename-string DQUOTE */
static struct sp_slice filename(struct sp_scan *s)
{
    sp_scan_char(s, '"', "filename-selector");
    struct sp_slice name = sdp_scan_file_name(s, "filename-string");
    sp_scan_char(s, '"', "filename-selector");
    return name;
}

/* "size:" integer; a lone zero is met in the field and read */
static uint64_t filesize(struct sp_scan *s)
{
    bool is_zero = sp_scan_peek(s) == '0' && (s->end - s->at == 1 || s->at[1] == ' ');

    return is_zero ? sp_scan_u64(s, "filesize-value") : sdp_scan_integer(s, "filesize-value");
}

/* type "/" subtype *(";" attribute "=" DQUOTE value-string DQUOTE); a token unquoted is read */
static struct sp_slice filetype(struct sp_scan *s)
{
    const char *from = s->at;

    sdp_scan_token(s, "type");
    sp_scan_char(s, '/', "filetype-selector");
    sdp_scan_token(s, "subtype");
    while (sp_scan_try(s, ';')) {
        sdp_scan_token(s, "ft-parameter");
        sp_scan_char(s, '=', "ft-parameter");
        if (sp_scan_try(s, '"')) {
            sdp_scan_file_name(s, "value-string");
            sp_scan_char(s, '"', "ft-parameter");
        } else {
            sdp_scan_token(s, "ft-parameter");
        }
    }
    return sdp_scan_since(s, from);
}

/* 2HEXDIG *(":" 2HEXDIG); how many octets. The first 20 are kept. Lower case is read. */
static size_t hash_value(struct sp_scan *s, uint8_t octets[SDP_SHA1_OCTETS])
{
    size_t count = 0;

    do {
        int high = s->end - s->at > 1 ? sp_hex_value(s->at[0]) : -1;
        int low = s->end - s->at > 1 ? sp_hex_value(s->at[1]) : -1;

        if (high < 0 || low < 0) {
            sp_scan_fail(s, SP_SYNTAX, s->at, "hash-value");
            return 0;
        }
        if (count < SDP_SHA1_OCTETS)
            octets[count] = (uint8_t)(high << 4 | low);
        count++;
        s->at += 2;
    } while (sp_scan_try(s, ':'));
    return count;
}

/* "hash:" hash-algorithm ":" hash-value. There may be several; SHA-1 is the one that we know. */
static void hash(struct sp_scan *s, struct sdp_file_selector *selector)
{
    uint8_t         octets[SDP_SHA1_OCTETS] = { 0 };
    struct sp_slice algorithm = sdp_scan_token(s, "hash-algorithm");

    sp_scan_char(s, ':', "hash-selector");
    const char *from = s->at;
    size_t      count = hash_value(s, octets);
    if (s->err != SP_OK)
        return;
    if (!sp_eq_nocase(algorithm, SP_LIT("sha-1"))) {
        selector->other_hash = true;
        return;
    }
    if (count != SDP_SHA1_OCTETS)
        sp_scan_fail(s, SP_SYNTAX, from, "hash-value");
    else if (selector->has_sha1 && memcmp(selector->sha1, octets, sizeof(octets)) != 0)
        sp_scan_fail(s, SP_MISMATCH, from, "hash-value");
    memcpy(selector->sha1, octets, sizeof(octets));
    selector->has_sha1 = true;
}

/* filename-selector / filesize-selector / filetype-selector / hash-selector */
static void selector_element(struct sp_scan *s, struct sdp_file_selector *selector)
{
    const char *from = s->at;

    if (try_name(s, SP_LIT("name:"))) {
        once(s, selector->has_name, from, "filename-selector");
        selector->name = filename(s);
        selector->has_name = true;
    } else if (try_name(s, SP_LIT("size:"))) {
        once(s, selector->has_size, from, "filesize-selector");
        selector->size = filesize(s);
        selector->has_size = true;
    } else if (try_name(s, SP_LIT("type:"))) {
        once(s, selector->type.len > 0, from, "filetype-selector");
        selector->type = filetype(s);
    } else if (try_name(s, SP_LIT("hash:"))) {
        hash(s, selector);
    } else {
        sp_scan_fail(s, SP_SYNTAX, s->at, "selector");
    }
}

/* [":" selector *(SP selector)] */
enum sp_err sdp_file_selector_parse(struct sp_slice value, struct sdp_file_selector *selector,
                                    struct sp_where *where)
{
    struct sp_scan s = sp_scan(value);

    *selector = (struct sdp_file_selector){ .octets = value };
    if (sp_scan_more(&s)) {
        do {
            selector_element(&s, selector);
        } while (sp_scan_try(&s, ' '));
    }
    return sp_scan_end(&s, where);
}

bool sdp_file_selector_selects(const struct sdp_file_selector *selector)
{
    bool has_size = selector->has_size && (selector->size > 0 || selector->octets.len > 0);

    return selector->has_name || has_size || selector->type.len > 0 || selector->has_sha1 ||
           selector->other_hash;
}

/* What stands between the quotes must be a filename-string: a quote there would end the name and
 * begin a selector. */
static void put_name(struct sp_buf *to, struct sp_slice name)
{
    struct sp_scan  s = sp_scan(name);
    struct sp_where where;

    (void)sdp_scan_file_name(&s, "filename-string");
    enum sp_err err = sp_scan_end(&s, &where);
    if (err != SP_OK)
        sp_put_fail(to, err);
    sp_put_text(to, "name:\"");
    sp_put_value(to, name);
    sp_put_char(to, '"');
}

static void put_type(struct sp_buf *to, struct sp_slice type)
{
    struct sp_scan  s = sp_scan(type);
    struct sp_where where;

    (void)filetype(&s);
    enum sp_err err = sp_scan_end(&s, &where);
    if (err != SP_OK)
        sp_put_fail(to, err);
    sp_put_text(to, "type:");
    sp_put_value(to, type);
}

/* SP between selectors, none before the first. */
static void put_space(struct sp_buf *to, bool *is_first)
{
    if (!*is_first)
        sp_put_char(to, ' ');
    *is_first = false;
}

void sdp_file_selector_write(struct sp_buf *to, const struct sdp_file_selector *selector)
{
    bool is_first = true;

    if (selector->octets.len > 0) {
        sp_put_value(to, selector->octets);
        return;
    }
    if (selector->has_name) {
        put_space(to, &is_first);
        put_name(to, selector->name);
    }
    if (selector->type.len > 0) {
        put_space(to, &is_first);
        put_type(to, selector->type);
    }
    if (selector->has_size && selector->size > 0) {
        put_space(to, &is_first);
        sp_put_text(to, "size:");
        sp_put_u64(to, selector->size);
    }
    if (selector->has_sha1) {
        put_space(to, &is_first);
        sp_put_text(to, "hash:sha-1:");
        sp_put_hex(to, sp_slice(selector->sha1, sizeof(selector->sha1)), true, ':');
    }
}

static bool same_type(struct sp_slice a, struct sp_slice b)
{
    return sp_eq_nocase(sp_head(a, sp_find(a, ';')), sp_head(b, sp_find(b, ';')));
}

bool sdp_file_selector_agrees(const struct sdp_file_selector *offer,
                              const struct sdp_file_selector *answer)
{
    if (offer->has_name && answer->has_name && !sdp_file_name_eq(offer->name, answer->name))
        return false;
    if (offer->has_size && answer->has_size && offer->size != answer->size)
        return false;
    if (offer->type.len > 0 && answer->type.len > 0 && !same_type(offer->type, answer->type))
        return false;
    return !offer->has_sha1 || !answer->has_sha1 ||
           memcmp(offer->sha1, answer->sha1, sizeof(offer->sha1)) == 0;
}
