/* SPDX-License-Identifier: MIT
 * parser/sip_callid.c -- Call-ID, In-Reply-To, Replaces. RFC 3261 20.8, 20.21; RFC 3891 6.1. */
#include "sip_callid.h"

#include <string.h>

struct sp_slice sip_scan_callid(struct sp_scan *s)
{
    const char *from = s->at;

    sip_scan_class(s, SIP_WORD, 1, "callid");
    if (sp_scan_try(s, '@'))
        sip_scan_class(s, SIP_WORD, 1, "word");
    return s->err == SP_OK ? sp_slice(from, (size_t)(s->at - from)) : sp_slice(NULL, 0);
}

enum sp_err sip_callid_parse(struct sp_slice value, struct sp_slice *callid, struct sp_where *where)
{
    struct sp_scan s = sp_scan(value);

    *callid = sip_scan_callid(&s);
    return sp_scan_end(&s, where);
}

static void take_tag(struct sp_scan *s, struct sp_slice *tag, const struct sip_param *param)
{
    if (tag->len > 0)
        sp_scan_fail(s, SP_REPEATED, param->name.at, "replaces-param");
    else if (param->value.len == 0 || param->value.at[0] == '"')
        sp_scan_fail(s, SP_SYNTAX, param->name.at + param->name.len, "replaces-param");
    *tag = param->value;
}

enum sp_err sip_replaces_parse(struct sp_slice value, struct sip_replaces *replaces,
                               struct sp_where *where)
{
    struct sp_scan   s = sp_scan(value);
    struct sip_param param;
    const char      *params;

    memset(replaces, 0, sizeof *replaces);
    replaces->callid = sip_scan_callid(&s);
    params = s.at;
    while (sip_scan_try_separator(&s, ';')) {
        sip_scan_param(&s, &param);
        if (sp_eq_nocase(param.name, SP_LIT("to-tag")))
            take_tag(&s, &replaces->to_tag, &param);
        else if (sp_eq_nocase(param.name, SP_LIT("from-tag")))
            take_tag(&s, &replaces->from_tag, &param);
        else if (sp_eq_nocase(param.name, SP_LIT("early-only")))
            replaces->early_only = true;
    }
    if (s.err == SP_OK)
        replaces->params = sp_trim(sp_slice(params, (size_t)(s.at - params)));
    sip_scan_sws(&s);
    if (s.at == s.end && (replaces->to_tag.len == 0 || replaces->from_tag.len == 0))
        sp_scan_fail(&s, SP_MISSING, s.at, replaces->to_tag.len == 0 ? "to-tag" : "from-tag");
    return sp_scan_end(&s, where);
}

void sip_replaces_write(struct sp_buf *to, const struct sip_replaces *replaces)
{
    sp_put_value(to, replaces->callid);
    sp_put_text(to, ";to-tag=");
    sp_put_value(to, replaces->to_tag);
    sp_put_text(to, ";from-tag=");
    sp_put_value(to, replaces->from_tag);
    if (replaces->early_only)
        sp_put_text(to, ";early-only");
}
