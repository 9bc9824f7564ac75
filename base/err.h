/* SPDX-License-Identifier: MIT
 * base/err.h -- the one list of errors, and where in the octets one was met.
 *
 * One X-macro list gives the enum, the names and the words. A fallible function returns `enum
 * sp_err` and is marked SP_MUST_USE. A parser also fills a `struct sp_where`: the octet and the
 * ABNF rule. */
#ifndef SIPUSH_BASE_ERR_H
#define SIPUSH_BASE_ERR_H

#include <stddef.h>

#define SP_MUST_USE __attribute__((warn_unused_result))

/* X(name, words). The order is an interface of traces: add at the end. */
#define SP_ERRORS(X)                                                                               \
    X(OK, "no error")                                                                              \
    X(SYNTAX, "the octets do not match the grammar")                                               \
    X(RANGE, "a number is outside of its range")                                                   \
    X(ROOM, "the room given does not suffice")                                                     \
    X(INJECTION, "a value holds CR, LF or NUL and cannot be written")                              \
    X(MISSING, "a mandatory part is missing")                                                      \
    X(REPEATED, "a part that may stand once stands twice")                                         \
    X(MISMATCH, "two parts that must agree do not")                                                \
    X(UNSUPPORTED, "well-formed, but not supported here")                                          \
    X(PARTIAL, "more octets are needed")                                                           \
    X(STALE, "the handle names something that has ended")                                          \
    X(STATE, "not possible in this state")                                                         \
    X(LIMIT, "a limit is reached")                                                                 \
    X(TIMEOUT, "no answer came in time")                                                           \
    X(TRANSPORT, "the transport failed")                                                           \
    X(RESOLVE, "the name could not be resolved")                                                   \
    X(CLOSED, "the other side closed")                                                             \
    X(REFUSED, "the other side refused")                                                           \
    X(INTERRUPTED, "cut in the middle")                                                            \
    X(INTEGRITY, "size or hash differs")                                                           \
    X(STORAGE, "the content could not be read or stored")                                          \
    X(PENDING, "somebody in between took it; its delivery is not known")

enum sp_err {
#define SP_ERR_ENUM(name, words) SP_##name,
    SP_ERRORS(SP_ERR_ENUM)
#undef SP_ERR_ENUM
        SP_ERR_COUNT
};

/* Where a parser failed. */
struct sp_where {
    size_t      octet; /* counted from 0, from the first octet that was given to the parser */
    const char *rule;  /* the ABNF rule as the RFC names it; static text, "" without an error */
};

/* The name without its prefix ("SYNTAX") and the words for people. Static; never NULL. */
const char *sp_err_name(enum sp_err err);
const char *sp_err_words(enum sp_err err);

#endif
