/* SPDX-License-Identifier: MIT
 * tools/send.h -- what the files of `sipush send` share.
 *
 * send.c has the loop, send_options.c the command line, send_source.c the contents, send_dry.c
 * --dry-run, send_report.c says what became of it. The same contents go to each target, an order
 * each, some at once. */
#ifndef SIPUSH_TOOLS_SEND_H
#define SIPUSH_TOOLS_SEND_H

#include "../push/push_sender.h"
#include "host.h"
#include "relayed.h"
#include "send_report.h"
#include "source.h"

struct buffers { /* octets that the agent was given must stay until it has nothing more to say */
    char **rooms;
    size_t count, used;
};

/* One receiver of the push. */
struct send_target {
    char               to[1024];
    struct sp_handle   order;
    struct send_report report;
    bool               begun, ended;
    int                code; /* it did not come to an order: why */
    /* Which source is its first content: 1 where references are not taken, and what it meant goes
     * itself (RFC 4483 5.3). */
    uint32_t first;
};

struct sender {
    struct host         host;
    struct push_sender *agent;
    struct sp_limits    limits;
    struct buffers      buffers;
    struct source      *sources; /* `count` of them, and what the reference means */
    uint32_t            count;
    const char        **words;    /* all operands */
    const char        **operands; /* those that are files */
    size_t              operand_count;
    const char        **texts;
    size_t              text_count;
    const char        **icons;        /* --icon: of the first files */
    struct source      *icon_sources; /* `icon_count` of them */
    size_t              icon_count;
    const char        **to; /* --to, as they stand */
    struct send_target *targets;
    size_t              target_count, begun;
    uint64_t            jobs; /* targets at once */
    char                route[1024], apps[1024];
    const char         *from, *type, *proxy, *user, *password_file;
    const char         *serve; /* a folder; NULL: contents are sent to targets */
    int                 folder;
    const char         *reference; /* a URL; NULL: the contents themselves are sent */
    uint64_t            retries, expires_s;
    enum push_mode      mode;
    uint64_t            chunk;
    bool                session_id_alone;
    struct relayed      relayed;
    bool                multipart, parallel, dry_run, no_hash, resume, query;
    bool                closing;
    uint8_t             transport; /* of SIP: the last that was used */
    uint64_t            end_us;
};

/* The command line. -1: go on; else the exit code. */
int send_options(struct sender *s, int argc, char **argv);

/* send_serve.c: --serve, until it is interrupted. */
int send_serve(struct sender *s);

/* send_source.c: what to send. 0 or an exit code. */
int send_sources(struct sender *s);

/* send_dry.c: the request that would leave, on stdout. 0 or an exit code. */
int send_dry(struct sender *s, struct send_target *target);

/* send.c: the order of a target, or why there is none; the octets that are wanted. */
void send_submit(struct sender *s, struct send_target *target);
void send_want(struct sender *s, const struct source *source,
               const struct push_sender_action *action);

#endif
