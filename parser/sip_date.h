/* SPDX-License-Identifier: MIT
 * parser/sip_date.h -- Date: a moment in GMT. RFC 3261 20.17, 25.1 (rfc1123-date).
 *
 * Seconds since 1970-01-01T00:00:00Z, leap seconds not counted, from the year 0 to 9999; the core
 * reads no clock. */
#ifndef SIPUSH_PARSER_SIP_DATE_H
#define SIPUSH_PARSER_SIP_DATE_H

#include "../base/buf.h"

/* wkday "," SP date1 SP time SP "GMT", letters in any case. SP_SYNTAX; any other zone is it too
 * (RFC 4475 3.1.2.12). SP_RANGE: no such day or time. A weekday that is not the day's is
 * SP_MISMATCH, and `seconds` is set. */
SP_MUST_USE enum sp_err sip_date_parse(struct sp_slice value, int64_t *seconds,
                                       struct sp_where *where);
/* SP_RANGE sticks outside of the years 0 to 9999. */
void sip_date_write(struct sp_buf *to, int64_t seconds);

#endif
