/* SPDX-License-Identifier: MIT
 * tools/trace.h -- traces made into files: `--trace FILE`, the ending chooses.
 *
 * .txt is a ladder, written when the command ends; .json is one object an event; .pcap is for
 * Wireshark: IP, UDP and TCP headers are made up so that each connection reads as one stream, and
 * segments end where messages end. Bodies are in a .pcap as they are: it grows on disk as the
 * content does, never in memory. The endpoint writes all this itself: nobody needs capture
 * rights. */
#ifndef SIPUSH_TOOLS_TRACE_H
#define SIPUSH_TOOLS_TRACE_H

#include <stdio.h>

#include "wire.h"

struct trace;

/* `words`: whole messages are shown there too (-vv); or NULL. NULL without memory. */
struct trace *trace_new(FILE *words, uint64_t now_us);
/* Add a file. False: the ending is none of ours (errno 0), or it cannot be written (errno). */
bool trace_add(struct trace *trace, const char *path);
/* For sp_net_trace and the agents' traces. */
struct sp_trace trace_hook(struct trace *trace);
void            trace_closed(struct trace *trace, const struct sp_flow *flow);
/* Write what is left and close. False: some file could not be written whole. */
bool trace_end(struct trace *trace);

/* The writers. Each has its own file. */
struct trace_ladder;
struct trace_ladder *trace_ladder_new(FILE *to, uint64_t start_us);
void trace_ladder_message(struct trace_ladder *ladder, const struct wire_message *message);
void trace_ladder_note(struct trace_ladder *ladder, const struct sp_trace_event *event);
void trace_ladder_end(struct trace_ladder *ladder);

void trace_json_message(FILE *to, uint64_t start_us, const struct wire_message *message);
void trace_json_event(FILE *to, uint64_t start_us, const struct sp_trace_event *event);

struct trace_pcap;
struct trace_pcap *trace_pcap_new(FILE *to, uint64_t start_us);
void               trace_pcap_octets(struct trace_pcap *pcap, const struct sp_flow *flow, bool sent,
                                     uint64_t now_us, struct sp_slice run, bool ends);
void               trace_pcap_closed(struct trace_pcap *pcap, const struct sp_flow *flow);
void               trace_pcap_end(struct trace_pcap *pcap);

void trace_words_message(FILE *to, const struct wire_message *message);

#endif
