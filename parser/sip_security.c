/* SPDX-License-Identifier: MIT
 * parser/sip_security.c -- Security-Client, Security-Server, Security-Verify. RFC 3329 2.2. */
#include "sip_security.h"

/* d-ver is LDQUOT 32LHEX RDQUOT */
static bool is_digest(struct sp_slice quoted)
{
    if (quoted.len != 34 || quoted.at[0] != '"')
        return false;
    for (size_t i = 1; i < 33; i++)
        if (sp_hex_value(quoted.at[i]) < 0 || (quoted.at[i] >= 'A' && quoted.at[i] <= 'F'))
            return false;
    return true;
}

enum sp_err sip_security_parse(struct sp_slice value, struct sip_security *security,
                               struct sp_where *where)
{
    struct sp_scan  s = sp_scan(value);
    struct sp_slice q;

    *security = (struct sip_security){ .mechanism = sip_scan_token(&s, "mechanism-name"),
                                       .q = 1000 };
    security->params = sip_scan_params(&s);
    sip_scan_sws(&s);
    q = sip_param_value(security->params, "q");
    security->d_alg = sip_param_value(security->params, "d-alg");
    security->d_qop = sip_param_value(security->params, "d-qop");
    security->d_ver = sip_param_value(security->params, "d-ver");
    if (q.len > 0 && sip_qvalue_parse(q, &security->q) != SP_OK)
        sp_scan_fail(&s, SP_SYNTAX, q.at, "qvalue");
    if (security->d_ver.len > 0 && !is_digest(security->d_ver))
        sp_scan_fail(&s, SP_SYNTAX, security->d_ver.at, "digest-verify");
    return sp_scan_end(&s, where);
}

void sip_security_write(struct sp_buf *to, const struct sip_security *security)
{
    sp_put_value(to, security->mechanism);
    sip_put_folded(to, security->params);
}
