/* SPDX-License-Identifier: MIT
 * tools/rules.h -- the rules by which a receiver decides, as data. The manual is sipush-recv(1).
 *
 *     rule      = ("accept" | "skip" | "decline" [status]) *(1*SP test)
 *     test      = ("from" | "name" | "type" | "app-id") "=" pattern *("," pattern)
 *               | ("size<=" | "size>=") number ["K" | "M" | "G"]
 *               | "have-hash"
 *
 * A rule a line; `#` begins a comment where a word could begin. The first rule whose tests all hold
 * counts; when none does, 603. In a pattern * is any text and ? any octet. Pure: reads no file and
 * asks for nothing; what must be found out first (is the file here?) is asked for by RULES_HAVE. */
#ifndef SIPUSH_TOOLS_RULES_H
#define SIPUSH_TOOLS_RULES_H

#include "../base/scan.h"

enum rules_verb {
    RULES_DECLINE, /* with `status` */
    RULES_ACCEPT,
    RULES_SKIP, /* no transfer, for it is of no use here */
    RULES_HAVE, /* it depends on whether the file is here: say so in `facts` and ask again */
};

struct rule {
    enum rules_verb verb;
    uint16_t        status;
    uint32_t        line; /* from 1 */
    struct sp_slice from; /* patterns, comma list; empty: no such test */
    struct sp_slice name, type, app;
    uint64_t        least, most; /* octets; 0 and UINT64_MAX: no such tests */
    bool            sized;       /* has one of them: a size that is not told fits neither */
    bool            have_hash;
};

struct rules {
    struct rule *rules; /* the caller's room */
    size_t       count, room;
};

/* Where a text is no rule. */
struct rules_error {
    uint32_t    line, column; /* from 1 */
    const char *what;         /* static text */
};

/* Every rule of `text`, which must stay. SP_SYNTAX, SP_RANGE (a status, a size), SP_REPEATED,
 * SP_ROOM; `error` is where and why. */
SP_MUST_USE enum sp_err rules_parse(struct rules *rules, struct sp_slice text,
                                    struct rules_error *error);

enum rules_known { RULES_UNKNOWN, RULES_HERE, RULES_NOT_HERE };

/* What is offered. */
struct rules_facts {
    struct sp_slice  from, name, type, app; /* may be empty */
    uint64_t         octets;                /* UINT64_MAX: not told */
    enum rules_known have;
    /* It holds others, of which nothing is known yet: what could be taken of them is not declined.
     */
    bool holds;
};

struct rules_verdict {
    enum rules_verb verb;
    uint16_t        status; /* RULES_DECLINE */
    uint32_t        line;   /* of the rule; 0: none held */
};

struct rules_verdict rules_judge(const struct rules *rules, const struct rules_facts *facts);

/* A text against one pattern. */
bool rules_match(struct sp_slice pattern, struct sp_slice text, bool fold);

#endif
