/* SPDX-License-Identifier: MIT
 * parser/sip_reason.c -- Reason. RFC 3326 2. */
#include "sip_reason.h"

enum sp_err sip_reason_parse(struct sp_slice value, struct sip_reason *reason,
                             struct sp_where *where)
{
    struct sp_scan  s = sp_scan(value);
    struct sp_slice cause;
    enum sp_err     err;

    *reason = (struct sip_reason){ .protocol = sip_scan_token(&s, "protocol") };
    reason->params = sip_scan_params(&s);
    sip_scan_sws(&s);
    if (s.err == SP_OK) {
        err = sip_param_u32(reason->params, "cause", &reason->cause);
        cause = sip_param_value(reason->params, "cause");
        reason->has_cause = err == SP_OK;
        if (err != SP_OK && err != SP_MISSING)
            sp_scan_fail(&s, err, cause.len > 0 ? cause.at : s.end, "cause");
        reason->text = sip_param_value(reason->params, "text");
        if (reason->text.len > 0 && reason->text.at[0] != '"')
            sp_scan_fail(&s, SP_SYNTAX, reason->text.at, "reason-text");
    }
    return sp_scan_end(&s, where);
}

void sip_reason_write(struct sp_buf *to, const struct sip_reason *reason)
{
    sp_put_value(to, reason->protocol);
    if (reason->has_cause) {
        sp_put_text(to, ";cause=");
        sp_put_u64(to, reason->cause);
    }
    if (reason->text.len > 0) {
        sp_put_text(to, ";text=");
        sip_put_folded(to, reason->text);
    }
}
