/* SPDX-License-Identifier: MIT
 * tools/send_report.h -- what became of an order: words, JSON, and the exit code. */
#ifndef SIPUSH_TOOLS_SEND_REPORT_H
#define SIPUSH_TOOLS_SEND_REPORT_H

#include "../push/push_sender.h"
#include "host.h"
#include "source.h"

struct send_end { /* of one content */
    bool        started, ended;
    enum sp_err err;
    uint16_t    status;
    uint64_t    offset; /* of the first octet that went: it goes on */
};

struct send_report {
    const char          *to; /* one of several receivers; NULL: the only one */
    const struct source *sources;
    uint32_t             count;
    struct send_end     *ends;
    enum push_mode       mode;
    uint8_t              transport; /* of SIP: the last that was used */
    uint64_t             rtt_us;
    uint64_t             retransmissions;
    uint64_t             first_us, last_us; /* contents flowed between these */
    uint64_t             json_us;           /* when progress was last told */
    int                  cut;               /* EXIT_SIGNAL or EXIT_TIMEOUT: why it was broken off */
    uint16_t             status;            /* the first that is not well, else the last */
    char                 reason[128];
    char                 timer[16];
};

void send_report_init(struct send_report *report, const struct source *sources, uint32_t count);
/* CHOSEN, STARTED, PROGRESS, CONTENT_ENDED. */
void send_report_note(struct send_report *report, struct host *host,
                      const struct push_sender_action *action);
/* The order was not taken: words, and the exit code. */
int send_report_rejected(struct send_report *report, struct host *host, enum sp_err err);
/* The end: the last words or the last object; the exit code. `code` is not 0 when it did not come
 * to an order. */
int send_report_result(struct send_report *report, struct host *host, int code);
/* Of several receivers, after each had its result: how many there were, how many have all of it. */
struct send_target;
void send_report_total(struct host *host, const struct send_target *targets, size_t count,
                       int code);
void send_report_end(struct send_report *report);

#endif
