/* SPDX-License-Identifier: MIT
 * tools/utf8.h -- characters out of octets that a peer sent: RFC 3629.
 *
 * Tells what is a character and which of them may not reach a terminal or a file name as they are.
 */
#ifndef SIPUSH_TOOLS_UTF8_H
#define SIPUSH_TOOLS_UTF8_H

#include "../base/slice.h"

/* The first character of `octets`: how many octets it has, 0 when they are no UTF-8 (overlong,
 * surrogate, past U+10FFFF, cut). */
size_t utf8_next(struct sp_slice octets, uint32_t *code);

/* C0, DEL, C1, line and paragraph separators, and the marks that turn the direction of text round:
 * what can make a line look like what it is not. */
bool utf8_is_control(uint32_t code);

#endif
