/* SPDX-License-Identifier: MIT
 * parser/sip_address.c -- name-addr and addr-spec with parameters. RFC 3261 20, 25.1. */
#include "sip_address.h"

#include <string.h>

#include "sip_quick.h"

/* display-name = *( token LWS ) / quoted-string, where "<" follows. No LWS is needed before it (RFC
 * 4475 3.1.1.6). Yields false, with nothing taken, when it is no name-addr. */
static bool scan_display_name(struct sp_scan *s, struct sp_slice *display)
{
    const char *from, *end;

    *display = sp_slice(NULL, 0);
    sip_scan_sws(s);
    from = end = s->at;
    if (sp_scan_peek(s) == '"') {
        *display = sip_scan_quoted(s, "display-name");
        if (s->err == SP_OK)
            s->at = sip_after_lws(s->at, s->end);
        return true;
    }
    while (s->err == SP_OK && sip_quick_class(s, SIP_TOKEN, 0, "token").len > 0) {
        end = s->at;
        sip_scan_sws(s);
    }
    if (sp_scan_peek(s) == '<') {
        *display = sp_slice(from, (size_t)(end - from));
        return true;
    }
    s->at = from;
    return false;
}

/* "<" addr-spec ">" */
static void scan_bracketed(struct sp_scan *s, struct sip_uri *uri)
{
    const char *close = NULL;

    sp_scan_char(s, '<', "LAQUOT");
    if (s->err == SP_OK)
        close = memchr(s->at, '>', (size_t)(s->end - s->at));
    sip_scan_uri(s, close != NULL ? close : s->end, uri);
    sp_scan_char(s, '>', "RAQUOT");
}

/* addr-spec, which ends at white space or at the first parameter of the field. A URI that holds a
 * question mark or a comma needs brackets (20). */
static void scan_bare(struct sp_scan *s, struct sip_uri *uri)
{
    const char *at = s->at;

    while (at < s->end && *at != ';' && (unsigned char)*at > ' ')
        at++;
    sip_scan_uri(s, at, uri);
    for (at = uri->octets.at; at < s->at && s->err == SP_OK; at++)
        if (*at == '?' || *at == ',')
            sp_scan_fail(s, SP_SYNTAX, at, "addr-spec");
}

static void scan_address_params(struct sp_scan *s, struct sip_address *address)
{
    const char      *from = s->at;
    struct sip_param param;

    address->params = sp_slice(NULL, 0);
    address->tag = sp_slice(NULL, 0);
    if (!sip_scan_try_separator(s, ';'))
        return;
    do {
        sip_quick_param(s, &param);
        if (address->tag.len == 0 && sip_name_is(param.name, "tag", 3))
            address->tag = param.value;
    } while (sip_scan_try_separator(s, ';'));
    if (s->err == SP_OK)
        address->params = sp_trim(sp_slice(from, (size_t)(s->at - from)));
}

enum sp_err sip_address_parse(struct sp_slice value, struct sip_address *address,
                              struct sp_where *where)
{
    struct sp_scan s = sp_scan(value);

    if (value.len == 1 && value.at[0] == '*') {
        *address = (struct sip_address){ .star = true };
        return SP_OK;
    }
    address->star = false;
    address->brackets = scan_display_name(&s, &address->display);
    if (address->brackets)
        scan_bracketed(&s, &address->uri);
    else
        scan_bare(&s, &address->uri);
    scan_address_params(&s, address);
    sip_scan_sws(&s);
    return sp_scan_end(&s, where);
}

void sip_address_write(struct sp_buf *to, const struct sip_address *address)
{
    if (address->star) {
        sp_put_char(to, '*');
        return;
    }
    if (address->display.len > 0) {
        sip_put_folded(to, address->display);
        sp_put_char(to, ' ');
    }
    sp_put_char(to, '<');
    sip_uri_write(to, &address->uri);
    sp_put_char(to, '>');
    sip_put_folded(to, address->params);
}
