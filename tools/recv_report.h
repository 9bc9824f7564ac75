/* SPDX-License-Identifier: MIT
 * tools/recv_report.h -- pushes that come, and what is said of them: words, JSON, paths. */
#ifndef SIPUSH_TOOLS_RECV_REPORT_H
#define SIPUSH_TOOLS_RECV_REPORT_H

#include "../push/push_receiver.h"
#include "host.h"
#include "store.h"

/* A push that was accepted. */
struct incoming {
    struct incoming  *next, **link; /* of all that are under way */
    struct sp_handle  push;
    struct store_file file;
    char             *from, *type;
    enum push_mode    mode;
    uint64_t          told; /* octets; UINT64_MAX: not told */
    uint64_t          came; /* octets, those that came again among them */
    bool              has_sha1;
    uint8_t           sha1[SP_SHA1_OCTETS];
    uint8_t           digest[SP_SHA1_OCTETS];
    uint64_t          total;
};

/* `dir` is where paths lie; NULL: contents went to stdout. */
void recv_report_offered(struct host *host, const struct push_receiver_action *action,
                         uint16_t status);
void recv_report_delivered(struct host *host, const struct incoming *in, const char *dir);
void recv_report_failed(struct host *host, const struct incoming *in,
                        const struct push_receiver_action *action);

#endif
