/* SPDX-License-Identifier: MIT
 * parser/sip_rules.h -- the rules of sip_check.h that are told one by one. */
#ifndef SIPUSH_PARSER_SIP_RULES_H
#define SIPUSH_PARSER_SIP_RULES_H

#include "sip_check.h"

/* Apply each rule of the list to a message. */
void sip_check_rules(const struct sip_msg *msg, struct sip_check *check);

#endif
