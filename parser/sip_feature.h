/* SPDX-License-Identifier: MIT
 * parser/sip_feature.h -- feature tags of Contact, Accept-Contact and Reject-Contact, and their
 * matching. RFC 3840 5, 9; RFC 3841 5, 7.2, 8, 9.
 *
 * A predicate is a list of parameters; those that are base tags or begin with "+" are its terms.
 * Numbers are read to six decimals. A predicate of more than 64 terms, or a term of more than 64
 * values, matches nothing. Promises: pure functions; nothing is kept. */
#ifndef SIPUSH_PARSER_SIP_FEATURE_H
#define SIPUSH_PARSER_SIP_FEATURE_H

#include "sip_contact.h"
#include "sip_msg.h"

/* True when a parameter of this name is a feature parameter: a base tag or one that begins with
 * "+". */
bool sip_feature_is(struct sp_slice name);
/* How many feature parameters a list has. A contact without any is immune to preferences (RFC
 * 3841 7.2.3). */
size_t sip_feature_count(struct sp_slice params);
/* The grammar of feature parameters (RFC 3840 9), on top of that of the list: SP_SYNTAX at the
 * octet of `params`. */
SP_MUST_USE enum sp_err sip_feature_check(struct sp_slice params, struct sp_where *where);

/* RFC 2533 as RFC 3841 7.2.4 has it: some device could have both sets of features. */
bool sip_feature_match(struct sp_slice a, struct sp_slice b);
/* How many of the terms of `wanted` a contact speaks of at all, in thousandths of all its terms;
 * 1000 when it has none. */
uint16_t sip_feature_score(struct sp_slice contact, struct sp_slice wanted);
/* A Reject-Contact value discards the contact: it speaks of each rejected tag, and they match. */
bool sip_feature_rejects(struct sp_slice contact, struct sp_slice rejected);

/* The preferences of a request applied to one contact's parameters, explicit ones or, without any,
 * the implicit ones of its method and Event (RFC 3841 7.2.2). False: the contact is dropped. `qa`
 * in thousandths orders contacts of the same q among each other. */
bool sip_preference(const struct sip_msg *request, struct sp_slice contact, uint16_t *qa);

#endif
