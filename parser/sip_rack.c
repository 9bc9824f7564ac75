/* SPDX-License-Identifier: MIT
 * parser/sip_rack.c -- RAck. RFC 3262 7.2. */
#include "sip_rack.h"

#include "sip_scan.h"

enum sp_err sip_rack_parse(struct sp_slice value, struct sip_rack *rack, struct sp_where *where)
{
    struct sp_scan s = sp_scan(value);

    rack->rseq = sp_scan_u32(&s, "response-num");
    sip_scan_lws(&s);
    rack->cseq = sp_scan_u32(&s, "CSeq-num");
    sip_scan_lws(&s);
    rack->method = sip_scan_token(&s, "Method");
    return sp_scan_end(&s, where);
}

void sip_rack_write(struct sp_buf *to, const struct sip_rack *rack)
{
    sp_put_u64(to, rack->rseq);
    sp_put_char(to, ' ');
    sp_put_u64(to, rack->cseq);
    sp_put_char(to, ' ');
    sp_put_value(to, rack->method);
}
