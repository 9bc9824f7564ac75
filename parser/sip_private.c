/* SPDX-License-Identifier: MIT
 * parser/sip_private.c -- header fields of closed networks. RFC 3323, RFC 6050, RFC 7315. */
#include "sip_private.h"

enum sp_err sip_privacy_check(struct sp_slice value, struct sp_where *where)
{
    struct sp_scan s = sp_scan(value);

    do {
        sip_scan_token(&s, "priv-value");
    } while (sip_scan_try_separator(&s, ';'));
    return sp_scan_end(&s, where);
}

bool sip_privacy_has(struct sp_slice value, const char *asked)
{
    return sip_param_has(value, asked); /* tokens with ';' between are parameters without a value */
}

/* label of letters, digits and hyphens */
static size_t scan_label(struct sp_scan *s)
{
    const char *from = s->at;

    while (sp_scan_more(s) && (sp_is_alnum(*s->at) || *s->at == '-'))
        s->at++;
    return (size_t)(s->at - from);
}

enum sp_err sip_service_parse(struct sp_slice value, struct sp_slice *service,
                              struct sp_where *where)
{
    struct sp_scan s = sp_scan(value);
    const char    *from;

    sp_scan_text_nocase(&s, SP_LIT("urn:urn-7:"), "Service-ID");
    from = s.at;
    do {
        if (scan_label(&s) == 0)
            sp_scan_fail(&s, SP_SYNTAX, s.at, "let-dig");
    } while (sp_scan_try(&s, '.'));
    *service = sp_slice(from, s.err == SP_OK ? (size_t)(s.at - from) : 0);
    return sp_scan_end(&s, where);
}

void sip_service_write(struct sp_buf *to, struct sp_slice service)
{
    sp_put_text(to, "urn:urn-7:");
    sp_put_value(to, service);
}

enum sp_err sip_charging_parse(struct sp_slice value, struct sip_charging *charging,
                               struct sp_where *where)
{
    struct sp_scan   s = sp_scan(value);
    struct sip_param param;

    do {
        sip_scan_param(&s, &param);
    } while (sip_scan_try_separator(&s, ';'));
    *charging = (struct sip_charging){ .params = value };
    charging->icid_value = sip_param_value(value, "icid-value");
    charging->icid_generated_at = sip_param_value(value, "icid-generated-at");
    charging->orig_ioi = sip_param_value(value, "orig-ioi");
    charging->term_ioi = sip_param_value(value, "term-ioi");
    if (charging->icid_value.len == 0 && s.at == s.end)
        sp_scan_fail(&s, SP_MISSING, s.at, "icid-value");
    return sp_scan_end(&s, where);
}

void sip_charging_write(struct sp_buf *to, const struct sip_charging *charging)
{
    sip_put_folded(to, charging->params);
}
