/* SPDX-License-Identifier: MIT
 * transport/sp_ask.h -- inside of the helper of sp_resolve: one question is asked, and waited for.
 * RFC 1035 4.2; RFC 2782; RFC 3403.
 *
 * Of libc, or of the name server that the question names: over UDP, three times, then over TCP
 * where the answer was cut. Never asks the DNS for records of localhost or, without a name server
 * of its own, of a name without a dot: those are of this machine alone (RFC 6761 6.3). Waits as
 * long as it takes: whoever calls it has a process to lose. */
#ifndef SIPUSH_TRANSPORT_SP_ASK_H
#define SIPUSH_TRANSPORT_SP_ASK_H

#include "sp_resolve.h"

/* `name` are the octets of the question's name. Fills all of `answer` but its number. Where no
 * server can be heard, a NAPTR question is answered with what libc knows of addresses. */
void sp_ask(const struct sp_resolve_question *question, struct sp_slice name,
            struct sp_resolve_answer *answer);

#endif
