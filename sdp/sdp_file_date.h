/* SPDX-License-Identifier: MIT
 * sdp/sdp_file_date.h -- the dates of a file: file-date of RFC 5547 6, date-time of RFC 5322 3.3.
 *
 * A date is seconds since 1970-01-01 00:00:00 UTC, leap seconds not counted; a zone is resolved
 * when it is read, and
 * "+0000" is written. Dates before 1970 are negative. The obsolete forms of RFC 5322 4.3 (two-digit
 * years, named zones) are refused, as RFC 5547 wants numeric zones. */
#ifndef SIPUSH_SDP_SDP_FILE_DATE_H
#define SIPUSH_SDP_SDP_FILE_DATE_H

#include "../base/buf.h"
#include "../base/scan.h"

struct sdp_file_date {
    bool    has_creation, has_modification, has_read;
    int64_t creation_s, modification_s, read_s;
};

/* The value of a=file-date. SP_SYNTAX, SP_RANGE (no such day, hour, minute, second or zone),
 * SP_MISMATCH (the day of the week is another one), SP_REPEATED. */
SP_MUST_USE enum sp_err sdp_file_date_parse(struct sp_slice value, struct sdp_file_date *date,
                                            struct sp_where *where);
/* The value; nothing when there is no date. SP_RANGE sticks for a year past 9999 or before 1900. */
void sdp_file_date_write(struct sp_buf *to, const struct sdp_file_date *date);

/* A date-time alone, without quotes. */
int64_t sdp_scan_date_time(struct sp_scan *s);
void    sdp_put_date_time(struct sp_buf *to, int64_t date_s);

#endif
