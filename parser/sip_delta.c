/* SPDX-License-Identifier: MIT
 * parser/sip_delta.c -- numbers as header fields. RFC 3261 20, RFC 3262 7.1, RFC 4028, RFC 5626. */
#include "sip_delta.h"

enum sp_err sip_number_parse(struct sp_slice value, uint32_t *number, struct sp_where *where)
{
    struct sp_scan s = sp_scan(value);

    *number = sp_scan_u32(&s, "1*DIGIT");
    return sp_scan_end(&s, where);
}

enum sp_err sip_delta_parse(struct sp_slice value, struct sip_delta *delta, struct sp_where *where)
{
    struct sp_scan s = sp_scan(value);

    *delta = (struct sip_delta){ .seconds = sp_scan_u32(&s, "delta-seconds") };
    sip_scan_sws(&s);
    if (sp_scan_peek(&s) == '(')
        delta->comment = sip_scan_comment(&s, "comment");
    delta->params = sip_scan_params(&s);
    sip_scan_sws(&s);
    return sp_scan_end(&s, where);
}

void sip_delta_write(struct sp_buf *to, const struct sip_delta *delta)
{
    sp_put_u64(to, delta->seconds);
    if (delta->comment.len > 0) {
        sp_put_char(to, ' ');
        sip_put_folded(to, delta->comment);
    }
    sip_put_folded(to, delta->params);
}

enum sip_refresher sip_delta_refresher(const struct sip_delta *delta)
{
    struct sp_slice refresher = sip_param_value(delta->params, "refresher");

    if (sp_eq_nocase(refresher, SP_LIT("uac")))
        return SIP_REFRESHER_UAC;
    if (sp_eq_nocase(refresher, SP_LIT("uas")))
        return SIP_REFRESHER_UAS;
    return SIP_REFRESHER_NONE;
}
