/* SPDX-License-Identifier: MIT
 * parser/sip_text.h -- text for people and names of programs: Subject, Organization, Reason-Phrase
 * (RFC 3261 20.36, 20.25, 7.2), Server and User-Agent (20.35, 20.41), Warning (20.43), Timestamp
 * (20.38), MIME-Version (20.24). */
#ifndef SIPUSH_PARSER_SIP_TEXT_H
#define SIPUSH_PARSER_SIP_TEXT_H

#include "sip_param.h"

/* [TEXT-UTF8-TRIM]: no control octets but in folds, and UTF-8 that is well-formed. SP_SYNTAX with
 * the place. */
SP_MUST_USE enum sp_err sip_text_check(struct sp_slice value, struct sp_where *where);
/* The place of the first octet that is no part of well-formed UTF-8; `text.len` when there is none.
 */
size_t sip_utf8_find_bad(struct sp_slice text);

/* One server-val of Server and User-Agent: a product with or without a version, or a comment. */
struct sip_product {
    struct sp_slice name, version; /* tokens; version empty: none */
    struct sp_slice comment;       /* with its parentheses; then the others are empty */
};
/* The next one from the cursor; false at the end or at an error, which sticks. */
bool sip_product_next(struct sp_scan *s, struct sip_product *product);

/* warning-value = warn-code SP warn-agent SP warn-text; one value (not a list). SP_SYNTAX;
 * SP_RANGE for a code below 100. */
struct sip_warning {
    uint16_t        code;  /* three digits */
    struct sp_slice agent; /* host with or without port, or a pseudonym */
    struct sp_slice text;  /* with its quotes */
};
SP_MUST_USE enum sp_err sip_warning_parse(struct sp_slice value, struct sip_warning *warning,
                                          struct sp_where *where);
void                    sip_warning_write(struct sp_buf *to, const struct sip_warning *warning);

/* Timestamp: 1*DIGIT [ "." *DIGIT ] [ LWS delay ], in milliseconds, what is finer is dropped.
 * SP_RANGE. */
struct sip_timestamp {
    uint64_t time_ms;
    bool     has_delay;
    uint64_t delay_ms;
};
SP_MUST_USE enum sp_err sip_timestamp_parse(struct sp_slice value, struct sip_timestamp *stamp,
                                            struct sp_where *where);
void                    sip_timestamp_write(struct sp_buf *to, const struct sip_timestamp *stamp);

/* 1*DIGIT "." 1*DIGIT */
struct sip_mime_version {
    uint32_t major, minor;
};
SP_MUST_USE enum sp_err sip_mime_version_parse(struct sp_slice          value,
                                               struct sip_mime_version *version,
                                               struct sp_where         *where);
void sip_mime_version_write(struct sp_buf *to, const struct sip_mime_version *version);

#endif
