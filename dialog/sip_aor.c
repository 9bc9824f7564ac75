/* SPDX-License-Identifier: MIT
 * dialog/sip_aor.c -- addresses-of-record as keys, and whose they are. RFC 3261 10.3. */
#include "sip_aor.h"

static void put_lower(struct sp_buf *to, struct sp_slice text)
{
    for (size_t i = 0; i < text.len; i++)
        sp_put_char(to, sp_lower(text.at[i]));
}

void sip_put_aor(struct sp_buf *to, const struct sip_uri *uri)
{
    put_lower(to, uri->scheme_name);
    sp_put_char(to, ':');
    if (uri->scheme != SIP_SCHEME_SIP && uri->scheme != SIP_SCHEME_SIPS) {
        sp_put(to, uri->opaque);
        return;
    }
    if (uri->user.len > 0) {
        sip_put_unescaped(to, uri->user);
        sp_put_char(to, '@');
    }
    put_lower(to, uri->host);
    if (uri->port != 0) {
        sp_put_char(to, ':');
        sp_put_u64(to, uri->port);
    }
}

bool sip_aor_in_domains(const struct sip_uri *uri, struct sp_slice domains)
{
    if (domains.len == 0)
        return true;
    while (domains.len > 0) {
        size_t end = sp_find(domains, ',');

        if (sp_eq_nocase(sp_trim(sp_head(domains, end)), uri->host))
            return uri->host.len > 0;
        domains = sp_from(domains, end + 1);
    }
    return false;
}

bool sip_aor_is_of(const struct sip_uri *uri, struct sp_slice username)
{
    size_t at = sp_find(username, '@');

    if (uri->user.len == 0)
        return false;
    if (at == username.len)
        return sip_escaped_eq(uri->user, username, false);
    return sip_escaped_eq(uri->user, sp_head(username, at), false) &&
           sp_eq_nocase(uri->host, sp_from(username, at + 1));
}
