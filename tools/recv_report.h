/* SPDX-License-Identifier: MIT
 * tools/recv_report.h -- pushes that come, and what is said of them: words, JSON, paths. */
#ifndef SIPUSH_TOOLS_RECV_REPORT_H
#define SIPUSH_TOOLS_RECV_REPORT_H

#include "recv.h"

/* `dir` is where paths lie; NULL: contents went to stdout. */
void recv_report_offered(struct host *host, const struct incoming *in, uint16_t status);
void recv_report_delivered(struct host *host, const struct incoming *in, const char *dir);
void recv_report_failed(struct host *host, const struct incoming *in,
                        const struct push_receiver_action *action);

/* Where its file lies: with its folder, unless that is the one we are in. */
void recv_report_path(const char *dir, const struct incoming *in, char *path, size_t octets);

/* A reference, before its content is fetched; and one that cannot be. */
void recv_report_reference(struct host *host, const struct incoming *in);
void recv_report_unfetched(struct host *host, const struct incoming *in, const char *why);

#endif
