/* SPDX-License-Identifier: MIT
 * transport/sp_resolve.h -- inside of sp_net: names asked without stopping the loop.
 *
 * libc answers names only by waiting, and a peer may choose the name. So the first name starts a
 * helper, a forked process behind a socketpair, which forks once more for each question: a slow
 * name holds up no other. It knows nothing of the loop's descriptors, ignores SIGINT and ends with
 * its questions when the loop's end of the pair closes, however that came about. With a zone
 * (sp_zone.h) there is no helper: the zone knows all names there are. Promises: one answer for each
 * question, after SP_RESOLVE_US at the latest; never waits, but in sp_resolve_end for the death of
 * the helper. Without a helper every name is unknown: the loop never asks libc itself. */
#ifndef SIPUSH_TRANSPORT_SP_RESOLVE_H
#define SIPUSH_TRANSPORT_SP_RESOLVE_H

#include <poll.h>
#include <sys/types.h>

#include "sp_net.h"

#define SP_RESOLVE_ASKS  32u       /* questions under way; one more is answered with no address */
#define SP_RESOLVE_US    10000000u /* a question not answered by then has no address */
#define SP_RESOLVE_NAME  255u      /* octets of a name */
#define SP_RESOLVE_ADDRS 8u        /* of an answer, as in an event */

/* A datagram to the helper; it ends where its name ends. */
struct sp_resolve_question {
    uint64_t       number;
    uint64_t       until_us; /* nobody waits for it after this */
    struct sp_addr server;   /* to be asked; no address: libc */
    uint8_t        question; /* enum sp_question */
    char           name[SP_RESOLVE_NAME];
};

/* A datagram from the helper; it ends with the last of what it counts. */
struct sp_resolve_answer {
    uint64_t number;
    uint32_t question; /* enum sp_question: what `of` holds */
    uint32_t count;
    union {
        struct sp_addr   addrs[SP_RESOLVE_ADDRS]; /* without port */
        struct sp_record records[SP_RECORDS];
    } of;
};

struct sp_resolve_ask {
    uint64_t number; /* 0: free */
    uint64_t cookie;
    uint64_t until_us; /* 0: at once */
    uint16_t port;
    uint8_t  question, name_octets;
    char     name[SP_RESOLVE_NAME];
};

struct sp_resolve {
    int                   fd;      /* our end of the pair; -1: there is no helper */
    pid_t                 child;   /* the helper, which leads a process group of its own */
    bool                  ready;   /* poll said so: there may be an answer */
    uint64_t              wait_us; /* SP_RESOLVE_US */
    uint64_t              numbers; /* questions so far */
    struct sp_slice       zone;    /* a null pointer: none */
    struct sp_addr        server;  /* asked in the place of libc's; no address: none */
    void                 *spare;   /* memory that the helper has no use for */
    size_t                spare_octets;
    struct sp_resolve_ask asks[SP_RESOLVE_ASKS];

    struct sp_resolve_answer answer; /* the last one, of whose records events tell */
};

/* No helper yet. `spare` (none: NULL) is memory of the loop: the helper gives its copy back. */
void sp_resolve_init(struct sp_resolve *resolve, void *spare, size_t spare_octets);
/* End the helper and its questions; nothing is answered any more. */
void sp_resolve_end(struct sp_resolve *resolve);

/* Ask for the `host` of an SP_IO_RESOLVE. True when `event` holds the answer already: an address,
 * what cannot be a name, too many questions, no helper. */
SP_MUST_USE bool sp_resolve_ask(struct sp_resolve *resolve, const struct sp_io *io,
                                struct sp_net_event *event);

/* What poll should look for (fd -1: nothing), and until when nothing is due. */
struct pollfd sp_resolve_poll(const struct sp_resolve *resolve);
uint64_t      sp_resolve_deadline(const struct sp_resolve *resolve);
/* An answer came, or a question's time is up: true when `event` holds it, until the next call. */
bool sp_resolve_step(struct sp_resolve *resolve, uint64_t now_us, struct sp_net_event *event);

#endif
