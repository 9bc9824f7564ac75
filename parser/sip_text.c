/* SPDX-License-Identifier: MIT
 * parser/sip_text.c -- text for people and names of programs. RFC
 * 3261 20.24, 20.25, 20.35, 20.36, 20.38, 20.41, 20.43, 25.1. */
#include "sip_text.h"

#include <string.h>

/* The octets of a character of UTF-8 (RFC 3629) at the start of `text`, or 0 when it is none. */
static size_t utf8_octets(struct sp_slice text)
{
    unsigned char first = (unsigned char)text.at[0], second;
    size_t octets = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

    if (first > 0xf4 || octets > text.len)
        return 0;
    for (size_t i = 1; i < octets; i++)
        if (((unsigned char)text.at[i] & 0xc0) != 0x80)
            return 0;
    if (octets < 3)
        return octets;
    /* not longer than needed, no surrogates, not above U+10FFFF */
    second = (unsigned char)text.at[1];
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
        (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f))
        return 0;
    return octets;
}

size_t sip_utf8_find_bad(struct sp_slice text)
{
    size_t at = 0;

    while (at < text.len) {
        size_t octets = utf8_octets(sp_from(text, at));

        if (octets == 0)
            break;
        at += octets;
    }
    return at;
}

enum sp_err sip_text_check(struct sp_slice value, struct sp_where *where)
{
    struct sp_scan s = sp_scan(value);
    size_t         bad = sip_utf8_find_bad(value);

    for (size_t i = 0; i < value.len; i++) {
        char c = value.at[i];

        if (c == '\r' && value.len - i > 2 && value.at[i + 1] == '\n' &&
            (value.at[i + 2] == ' ' || value.at[i + 2] == '\t'))
            i++;
        else if (((unsigned char)c < ' ' && c != '\t') || c == 0x7f)
            sp_scan_fail(&s, SP_SYNTAX, value.at + i, "TEXT-UTF8char");
    }
    if (bad < value.len)
        sp_scan_fail(&s, SP_SYNTAX, value.at + bad, "UTF8-NONASCII");
    *where = s.where;
    return s.err;
}

bool sip_product_next(struct sp_scan *s, struct sip_product *product)
{
    *product = (struct sip_product){ .version = { NULL, 0 } };
    sip_scan_sws(s);
    if (!sp_scan_more(s))
        return false;
    if (*s->at == '(') {
        product->comment = sip_scan_comment(s, "comment");
    } else {
        product->name = sip_scan_token(s, "product");
        if (sip_scan_try_separator(s, '/'))
            product->version = sip_scan_token(s, "product-version");
    }
    return s->err == SP_OK;
}

enum sp_err sip_warning_parse(struct sp_slice value, struct sip_warning *warning,
                              struct sp_where *where)
{
    struct sp_scan s = sp_scan(value);
    const char    *from = s.at;
    uint32_t       code = sp_scan_u32(&s, "warn-code");

    if (s.err == SP_OK && s.at - from != 3)
        sp_scan_fail(&s, SP_SYNTAX, from, "warn-code");
    else if (s.err == SP_OK && code < 100)
        sp_scan_fail(&s, SP_RANGE, from, "warn-code");
    sp_scan_char(&s, ' ', "SP");
    from = s.at;
    if (sp_scan_peek(&s) == '[')
        sip_scan_host(&s, "warn-agent");
    else
        sip_scan_token(&s, "warn-agent"); /* pseudonym, or a host's name: that is a token too */
    if (sp_scan_try(&s, ':'))
        sp_scan_u32(&s, "port");
    warning->agent = sp_slice(from, s.err == SP_OK ? (size_t)(s.at - from) : 0);
    sp_scan_char(&s, ' ', "SP");
    warning->text = sip_scan_quoted(&s, "warn-text");
    warning->code = (uint16_t)(s.err == SP_OK ? code : 0);
    return sp_scan_end(&s, where);
}

void sip_warning_write(struct sp_buf *to, const struct sip_warning *warning)
{
    if (warning->code < 100 || warning->code > 999)
        sp_put_fail(to, SP_RANGE);
    sp_put_u64(to, warning->code);
    sp_put_char(to, ' ');
    sp_put_value(to, warning->agent);
    sp_put_char(to, ' ');
    sip_put_folded(to, warning->text);
}

/* *DIGIT [ "." *DIGIT ] seconds */
static uint64_t scan_ms(struct sp_scan *s, size_t least, const char *rule)
{
    const char *from = s->at;
    uint64_t    seconds = 0, ms = 0;

    if (least > 0 || sp_is_digit(sp_scan_peek(s)))
        seconds = sp_scan_u64(s, rule);
    if (seconds > UINT64_MAX / 1000 - 1)
        sp_scan_fail(s, SP_RANGE, from, rule);
    if (sp_scan_try(s, '.'))
        for (uint64_t place = 100; sp_is_digit(sp_scan_peek(s)); place /= 10)
            ms += (uint64_t)(*s->at++ - '0') * place;
    return s->err == SP_OK ? seconds * 1000 + ms : 0;
}

enum sp_err sip_timestamp_parse(struct sp_slice value, struct sip_timestamp *stamp,
                                struct sp_where *where)
{
    struct sp_scan s = sp_scan(value);

    memset(stamp, 0, sizeof *stamp);
    stamp->time_ms = scan_ms(&s, 1, "Timestamp");
    if (sp_scan_more(&s)) {
        sip_scan_lws(&s);
        stamp->delay_ms = scan_ms(&s, 0, "delay");
        stamp->has_delay = s.err == SP_OK;
    }
    return sp_scan_end(&s, where);
}

static void put_ms(struct sp_buf *to, uint64_t ms)
{
    sp_put_u64(to, ms / 1000);
    ms %= 1000;
    if (ms == 0)
        return;
    sp_put_char(to, '.');
    for (uint64_t place = 100; place > 0; place /= 10)
        sp_put_char(to, (char)('0' + ms / place % 10));
}

void sip_timestamp_write(struct sp_buf *to, const struct sip_timestamp *stamp)
{
    put_ms(to, stamp->time_ms);
    if (stamp->has_delay) {
        sp_put_char(to, ' ');
        put_ms(to, stamp->delay_ms);
    }
}

enum sp_err sip_mime_version_parse(struct sp_slice value, struct sip_mime_version *version,
                                   struct sp_where *where)
{
    struct sp_scan s = sp_scan(value);

    version->major = sp_scan_u32(&s, "1*DIGIT");
    sp_scan_char(&s, '.', "MIME-Version");
    version->minor = sp_scan_u32(&s, "1*DIGIT");
    return sp_scan_end(&s, where);
}

void sip_mime_version_write(struct sp_buf *to, const struct sip_mime_version *version)
{
    sp_put_u64(to, version->major);
    sp_put_char(to, '.');
    sp_put_u64(to, version->minor);
}
