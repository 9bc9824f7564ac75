/* SPDX-License-Identifier: MIT
 * sdp/sdp_grammar.h -- the sets of octets and the small rules that the grammars of this floor
 * share: RFC 8866 9.
 *
 * Every function takes the cursor of base/scan.h, so the first failure sticks. Nothing here
 * allocates or looks outside of the scanned octets. */
#ifndef SIPUSH_SDP_SDP_GRAMMAR_H
#define SIPUSH_SDP_SDP_GRAMMAR_H

#include "../base/scan.h"

extern const struct sp_set sdp_token_set;       /* token-char */
extern const struct sp_set sdp_non_ws_set;      /* VCHAR / %x80-FF */
extern const struct sp_set sdp_byte_string_set; /* any octet but NUL, CR, LF */
extern const struct sp_set sdp_file_name_set;   /* filename-char of RFC 5547 6 */
extern const struct sp_set sdp_digit_set;

/* token: SP_SYNTAX when it is empty. */
struct sp_slice sdp_scan_token(struct sp_scan *s, const char *rule);
/* non-ws-string. */
struct sp_slice sdp_scan_non_ws(struct sp_scan *s, const char *rule);
/* byte-string; `least` is 0 where an empty one is met in the field. */
struct sp_slice sdp_scan_bytes(struct sp_scan *s, size_t least, const char *rule);
/* token *("/" token) of m=. */
struct sp_slice sdp_scan_proto(struct sp_scan *s);
/* integer = POS-DIGIT *DIGIT, within 64 bits. SP_SYNTAX for a leading zero. */
uint64_t sdp_scan_integer(struct sp_scan *s, const char *rule);
/* The octets from `from` to the cursor; empty once an error sticks. */
struct sp_slice sdp_scan_since(const struct sp_scan *s, const char *from);
/* 1*( an octet of the set / "%" HEXDIG HEXDIG ). The escape has the rule `escaped`. */
struct sp_slice sdp_scan_escaped(struct sp_scan *s, const struct sp_set *set, const char *rule,
                                 const char *escaped);
/* *( filename-char / "%" HEXDIG HEXDIG ) and at least one: RFC 5547 6. */
struct sp_slice sdp_scan_file_name(struct sp_scan *s, const char *rule);
/* Take the next octet of a percent-encoded text, which is not empty. A "%" that no two hexadecimal
 * digits follow stands for itself. */
char sdp_next_octet(struct sp_slice *rest);
/* DQUOTE *( qdtext / quoted-pair ) DQUOTE, quotes included: parm-value of RFC 4975 8.6. */
struct sp_slice sdp_scan_quoted(struct sp_scan *s, const char *rule);

#endif
