/* SPDX-License-Identifier: MIT
 * parser/sip_cseq.c -- CSeq: the place of a request in its dialog. RFC 3261 8.1.1.5, 20.16. */
#include "sip_cseq.h"

#include "sip_scan.h"

/* CSeq = "CSeq" HCOLON 1*DIGIT LWS Method */
enum sp_err sip_cseq_parse(struct sp_slice value, struct sip_cseq *cseq, struct sp_where *where)
{
    struct sp_scan s = sp_scan(value);

    cseq->number = sp_scan_u32(&s, "1*DIGIT");
    sip_scan_lws(&s);
    cseq->method = sip_scan_token(&s, "Method");
    return sp_scan_end(&s, where);
}

void sip_cseq_write(struct sp_buf *to, const struct sip_cseq *cseq)
{
    sp_put_u64(to, cseq->number);
    sp_put_char(to, ' ');
    sp_put_value(to, cseq->method);
}
