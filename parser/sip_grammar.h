/* SPDX-License-Identifier: MIT
 * parser/sip_grammar.h -- the grammar of each known header field, by its id: the word on a whole
 * field's value.
 *
 * A table of field and rule; the rules are the typed parsers of the other files, so what passes
 * here can be read there. Fields that are not known have no grammar but that of any field
 * (extension-header). */
#ifndef SIPUSH_PARSER_SIP_GRAMMAR_H
#define SIPUSH_PARSER_SIP_GRAMMAR_H

#include "sip_field.h"

/* The whole value of one field, lists in all their values. The first error with its octet of
 * `value` and its rule. An empty element of a list is SP_SYNTAX, and so is an empty value where the
 * grammar has none. */
SP_MUST_USE enum sp_err sip_field_check(enum sip_field_id id, struct sp_slice value,
                                        struct sp_where *where);

#endif
