/* SPDX-License-Identifier: MIT
 * tests/sim/sim_push_between.c -- a node that takes a MESSAGE for somebody else: 202 (RFC 3428 7).
 *
 * Keeps nothing: one that comes again is answered again. What it took is pending for its sender,
 * and never delivered. */
#include "sim.h"

#include <string.h>

static const char *const copied[] = { "Via:", "From:", "To:", "Call-ID:", "CSeq:" };

static bool is_copied(struct sp_slice line)
{
    for (size_t i = 0; i < sizeof copied / sizeof copied[0]; i++)
        if (sp_starts(line, sp_str(copied[i])))
            return true;
    return false;
}

void sim_push_between(struct sim *sim, struct sim_node *node, const struct sim_note *note)
{
    const struct sim_event *event = note->hand;
    struct sp_slice         rest = sp_slice(event->octets, event->len);
    char                    room[4096];
    struct sp_buf           answer = sp_buf(room, sizeof room);

    (void)sim;
    if (event->kind != SIM_RECEIVED || event->flow.transport != SP_UDP ||
        !sp_starts(rest, SP_LIT("MESSAGE ")))
        return;
    sp_put_text(&answer, "SIP/2.0 202 Accepted\r\n");
    while (rest.len > 0) {
        struct sp_slice line = sp_head(rest, sp_find(rest, '\r'));

        if (line.len == 0)
            break;
        if (is_copied(line)) {
            sp_put(&answer, line);
            sp_put_text(&answer, line.at[0] == 'T' ? ";tag=between\r\n" : "\r\n");
        }
        rest = sp_from(rest, line.len + 2);
    }
    sp_put_text(&answer, "Content-Length: 0\r\n\r\n");
    if (answer.err == SP_OK)
        sim_datagram(node, &event->flow.remote, sp_written(&answer));
}
