/* SPDX-License-Identifier: MIT
 * parser/sip_method.h -- the methods of SIP: RFC 3261 7.1 and the RFCs that add to it.
 *
 * One X-macro list; a method that is not in it is still a method (SIP_METHOD_OTHER) and keeps its
 * octets. Never: folds the case of a method (RFC 3261 7.1). */
#ifndef SIPUSH_PARSER_SIP_METHOD_H
#define SIPUSH_PARSER_SIP_METHOD_H

#include "../base/slice.h"

#define SIP_METHODS(X)                                                                             \
    X(INVITE)                                                                                      \
    X(ACK)                                                                                         \
    X(BYE)                                                                                         \
    X(CANCEL)                                                                                      \
    X(OPTIONS)                                                                                     \
    X(REGISTER)                                                                                    \
    X(MESSAGE)                                                                                     \
    X(INFO)                                                                                        \
    X(PRACK)                                                                                       \
    X(UPDATE)                                                                                      \
    X(SUBSCRIBE)                                                                                   \
    X(NOTIFY)                                                                                      \
    X(PUBLISH)                                                                                     \
    X(REFER)

enum sip_method {
    SIP_METHOD_OTHER,
#define SIP_METHOD_ENUM(name) SIP_##name,
    SIP_METHODS(SIP_METHOD_ENUM)
#undef SIP_METHOD_ENUM
        SIP_METHOD_COUNT
};

enum sip_method sip_method_of(struct sp_slice token);
/* Empty for SIP_METHOD_OTHER. */
struct sp_slice sip_method_name(enum sip_method method);

#endif
