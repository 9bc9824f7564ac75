/* SPDX-License-Identifier: MIT
 * parser/sip_auth.c -- challenges and credentials. RFC 3261 20, 25.1; RFC 7616 3. */
#include "sip_auth.h"

#include "sip_item.h"

/* auth-param *( COMMA auth-param ), to the end of the octets; auth-param = token EQUAL ( token /
 * quoted-string ) */
static struct sp_slice scan_auth_params(struct sp_scan *s)
{
    const char *from = s->at;

    do {
        sip_scan_token(s, "auth-param");
        sip_scan_separator(s, '=', "EQUAL");
        if (sp_scan_peek(s) == '"')
            sip_scan_quoted(s, "quoted-string");
        else
            sip_scan_token(s, "auth-param");
    } while (sip_scan_try_separator(s, ','));
    return s->err == SP_OK ? sp_trim(sp_slice(from, (size_t)(s->at - from))) : sp_slice(NULL, 0);
}

enum sp_err sip_auth_parse(struct sp_slice value, struct sip_auth *auth, struct sp_where *where)
{
    struct sp_scan s = sp_scan(value);

    auth->scheme = sip_scan_token(&s, "auth-scheme");
    sip_scan_lws(&s);
    auth->params = scan_auth_params(&s);
    sip_scan_sws(&s);
    return sp_scan_end(&s, where);
}

enum sp_err sip_auth_info_parse(struct sp_slice value, struct sip_auth *auth,
                                struct sp_where *where)
{
    struct sp_scan s = sp_scan(value);

    auth->scheme = sp_slice(NULL, 0);
    auth->params = scan_auth_params(&s);
    sip_scan_sws(&s);
    return sp_scan_end(&s, where);
}

void sip_auth_write(struct sp_buf *to, const struct sip_auth *auth)
{
    if (auth->scheme.len > 0) {
        sp_put_value(to, auth->scheme);
        sp_put_char(to, ' ');
    }
    sip_put_folded(to, auth->params);
}

bool sip_auth_next(struct sp_slice *rest, struct sip_param *param)
{
    struct sp_slice one;

    if (!sip_list_next(rest, &one))
        return false;
    return sip_param_next(&one, param);
}

struct sp_slice sip_auth_value(const struct sip_auth *auth, const char *name)
{
    struct sp_slice  rest = auth->params;
    struct sip_param param;

    while (sip_auth_next(&rest, &param))
        if (sp_eq_nocase(param.name, sp_str(name)))
            return param.value;
    return sp_slice(NULL, 0);
}

bool sip_auth_is(const struct sip_auth *auth, const char *scheme)
{
    return sp_eq_nocase(auth->scheme, sp_str(scheme));
}
