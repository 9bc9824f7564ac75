/* SPDX-License-Identifier: MIT
 * base/io.h -- what an agent wants done, and the order in which to drive it.
 *
 *   receive (or submit, connected, closed, resolved, found, sent, tick);
 *   then next until it yields false, and perform each action as it comes;
 *   sleep until deadline.
 *
 * What `next` hands out stays valid until the next call on that agent. The octets given to
 * `receive` must stay valid until `next` has yielded false: messages are read where they lie.
 *
 * A stream: an action with `want_sent` is answered by exactly one `sent` on that flow, when its
 * last octet was handed to the system, or will be before the host waits again; until then the agent
 * offers no further content on the flow.
 * What cannot be written at once is the host's to keep, and while it keeps anything for a flow it
 * does not read from it more than it is ready to keep answers for. So a slow reader costs a bounded
 * queue and never grows it. An agent that hands octets on from one flow to another says itself when
 * it takes no more: HOLD and READ. */
#ifndef SIPUSH_BASE_IO_H
#define SIPUSH_BASE_IO_H

#include "answer.h"
#include "flow.h"
#include "pool.h"

enum sp_io_kind {
    SP_IO_NONE,
    SP_IO_SEND,    /* `parts` on `flow`, one datagram or in sequence on the connection */
    SP_IO_CONNECT, /* open TCP to `addr` for `protocol`; answer connected or closed with `cookie` */
    SP_IO_HOLD,    /* hand up nothing more of `flow`, until READ */
    SP_IO_READ,    /* go on with it */
    SP_IO_CLOSE,   /* send what is queued on `flow`, then close it; no `closed` follows */
    SP_IO_RESOLVE, /* `host` (a name) and `port`; answer resolved with `cookie`. `question` SRV or
                      NAPTR: answer found with records, or, where only addresses are known, resolved
                      with those of `host`: then nothing more is asked */
};

#define SP_IO_PARTS 3

struct sp_io {
    enum sp_io_kind kind;
    struct sp_flow  flow;               /* SEND, CLOSE */
    struct sp_slice parts[SP_IO_PARTS]; /* SEND: head, body, tail; unused ones are empty */
    bool            want_sent;          /* SEND on a stream */
    struct sp_addr  addr;               /* CONNECT */
    uint8_t         protocol;           /* CONNECT: enum sp_protocol */
    struct sp_slice host;               /* RESOLVE */
    uint16_t        port;               /* RESOLVE */
    uint8_t         question;           /* RESOLVE: enum sp_question */
    uint64_t        cookie;             /* CONNECT, RESOLVE */
};

#endif
