/* SPDX-License-Identifier: MIT
 * parser/sip_lines.h -- finding the ends of lines, many octets at a time. RFC 3261 7.
 *
 * One function, three ways: SSE2, NEON, and eight octets in a word for every other machine; the
 * last one is always there, so that it is always tested. */
#ifndef SIPUSH_PARSER_SIP_LINES_H
#define SIPUSH_PARSER_SIP_LINES_H

/* The first CR or LF in [at, end), or `end`. */
const char *sip_find_eol(const char *at, const char *end);
/* The same without the machine's own instructions. */
const char *sip_find_eol_portable(const char *at, const char *end);

#endif
