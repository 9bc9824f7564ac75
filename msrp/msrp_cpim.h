/* SPDX-License-Identifier: MIT
 * msrp/msrp_cpim.h -- message/cpim: who wrote to whom, around any content. RFC 3862; RFC 4975 13.
 *
 * A wrapper is the whole body of one message, made before it is cut into chunks. Slices point into
 * the octets given. Names of headers are compared letter for letter, by namespace; unknown ones are
 * left aside, unless Require names them. Values stay escaped as they came: msrp_cpim_put_plain
 * undoes it. */
#ifndef SIPUSH_MSRP_MSRP_CPIM_H
#define SIPUSH_MSRP_MSRP_CPIM_H

#include "../base/buf.h"

#define MSRP_CPIM_PREFIXES 8 /* NS declarations in one wrapper */

/* [ Formal-name ] "<" URI ">" */
struct msrp_cpim_party {
    struct sp_slice name; /* as it came, but for quotes around it; empty: none */
    struct sp_slice uri;
};

struct msrp_cpim {
    struct msrp_cpim_party from, to;           /* the first To */
    struct sp_slice        date_time, subject; /* empty: none */
    struct sp_slice        headers;            /* lines of the message headers */
    struct sp_slice        mime_headers;       /* lines of the content's headers */
    struct sp_slice        content_type;       /* of the content */
    struct sp_slice        content;
};

/* Read a wrapper. SP_SYNTAX; SP_MISSING: no From, To (RFC 4975 13) or Content-Type (2.4);
 * SP_REPEATED: a From, DateTime, Subject or Require beyond the first; SP_UNSUPPORTED: Require names
 * what is not known here (3.5); SP_LIMIT: too many NS. */
SP_MUST_USE enum sp_err msrp_cpim_parse(struct sp_slice octets, struct msrp_cpim *cpim,
                                        struct sp_where *where);

/* A line of `headers`: start with `rest` as the headers; false at the end. `prefix` and `params`
 * may be empty. */
struct msrp_cpim_header {
    struct sp_slice prefix, name, params, value;
};
bool msrp_cpim_next(struct sp_slice *rest, struct msrp_cpim_header *header);

/* Write the wrapper up to where the content begins: From, To, and DateTime and Subject where there
 * are any, then Content-Type. Names are plain text here (quoted and escaped as needed), and so is
 * the subject. A URI that holds '>' or a space sticks SP_INJECTION. */
void msrp_cpim_write(struct sp_buf *to, const struct msrp_cpim *cpim);

/* The value in plain UTF-8, escapes undone (2.3). An escaped NUL is left out. */
void msrp_cpim_put_plain(struct sp_buf *to, struct sp_slice value);

#endif
