/* SPDX-License-Identifier: MIT
 * parser/sip_address.c -- name-addr and addr-spec with parameters. RFC 3261 20, 25.1. */
#include "sip_address.h"

#include <string.h>

/* The octets up to `stop` or to the end, as a URI; its error is told as the cursor's. */
static void scan_uri(struct sp_scan *s, const char *stop, struct sip_uri *uri)
{
    struct sp_where where;
    enum sp_err     err = sip_uri_parse(sp_slice(s->at, (size_t)(stop - s->at)), uri, &where);

    if (err != SP_OK)
        sp_scan_fail(s, err, s->at + where.octet, where.rule);
    else
        s->at = stop;
}

/* display-name = *( token LWS ) / quoted-string, where "<" follows. No LWS is needed before it (RFC
 * 4475 3.1.1.6). Yields false, with nothing taken, when it is no name-addr. */
static bool scan_display_name(struct sp_scan *s, struct sp_slice *display)
{
    const char *from, *end;

    sip_scan_sws(s);
    from = end = s->at;
    if (sp_scan_peek(s) == '"') {
        *display = sip_scan_quoted(s, "display-name");
        sip_scan_sws(s);
        return true;
    }
    while (s->err == SP_OK && sip_scan_class(s, SIP_TOKEN, 0, "token").len > 0) {
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

/* The end of an addr-spec without brackets: white space or the first parameter of the field. */
static const char *addr_spec_end(const struct sp_scan *s)
{
    const char *at = s->at;

    while (at < s->end && *at != ';' && (unsigned char)*at > ' ')
        at++;
    return at;
}

/* A URI that holds one of these needs brackets (20). */
static void refuse_bare(struct sp_scan *s, struct sp_slice uri)
{
    for (size_t i = 0; i < uri.len && s->err == SP_OK; i++)
        if (uri.at[i] == '?' || uri.at[i] == ',')
            sp_scan_fail(s, SP_SYNTAX, uri.at + i, "addr-spec");
}

static void scan_address_params(struct sp_scan *s, struct sip_address *address)
{
    const char      *from = s->at;
    struct sip_param param;

    if (!sip_scan_try_separator(s, ';'))
        return;
    do {
        sip_scan_param(s, &param);
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

    memset(address, 0, sizeof *address);
    if (value.len == 1 && value.at[0] == '*') {
        address->star = true;
        return SP_OK;
    }
    address->brackets = scan_display_name(&s, &address->display);
    if (address->brackets) {
        sp_scan_char(&s, '<', "LAQUOT");
        if (s.err == SP_OK) {
            const char *close = memchr(s.at, '>', (size_t)(s.end - s.at));

            scan_uri(&s, close != NULL ? close : s.end, &address->uri);
            sp_scan_char(&s, '>', "RAQUOT");
        }
    } else if (s.err == SP_OK) {
        scan_uri(&s, addr_spec_end(&s), &address->uri);
        refuse_bare(&s, address->uri.octets);
    }
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
