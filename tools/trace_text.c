/* SPDX-License-Identifier: MIT
 * tools/trace_text.c -- a trace as a ladder: a column an ip:port, an arrow a message, SIP and MSRP
 * together.
 *
 * Chunks of one MSRP message, and their responses, are folded into one row with their number. At
 * most ROWS rows are kept, so a long run costs bounded memory. */
#include <stdlib.h>
#include <string.h>

#include "term.h"
#include "trace.h"

#define ROWS         20000
#define COLUMNS      32
#define LABEL_OCTETS 160
#define LOOK_BACK    8 /* rows in which another of the same kind is looked for */
#define TIME_WIDTH   12

struct row {
    uint64_t at_us;
    uint8_t  from, to;
    bool     note; /* no arrow: words across */
    uint64_t flow; /* MSRP: rows of one flow, direction and kind are folded */
    char     kind[48];
    char     label[LABEL_OCTETS]; /* of the first */
    char     last[LABEL_OCTETS];  /* of the last, when there are several */
    uint32_t count;
    uint64_t body_octets;
};

struct column {
    struct sp_addr addr;
    const char    *what; /* "sip udp" */
};

struct trace_ladder {
    FILE         *to;
    uint64_t      start_us;
    struct column columns[COLUMNS];
    size_t        column_count;
    struct row   *rows;
    size_t        row_count, row_room, left_out;
};

struct trace_ladder *trace_ladder_new(FILE *to, uint64_t start_us)
{
    struct trace_ladder *ladder = calloc(1, sizeof *ladder);

    if (ladder != NULL) {
        ladder->to = to;
        ladder->start_us = start_us;
    }
    return ladder;
}

/* The column of an address; the last one takes those for which there is no room. */
static uint8_t column_of(struct trace_ladder *ladder, const struct sp_addr *addr,
                         const struct sp_flow *flow)
{
    size_t i = 0;

    while (i < ladder->column_count && !sp_addr_eq(&ladder->columns[i].addr, addr))
        i++;
    if (i == ladder->column_count && i < COLUMNS) {
        ladder->columns[i].addr = *addr;
        ladder->columns[i].what = flow->protocol == SP_MSRP   ? "msrp tcp"
                                  : flow->transport == SP_TCP ? "sip tcp"
                                                              : "sip udp";
        ladder->column_count++;
    }
    return (uint8_t)(i < COLUMNS ? i : COLUMNS - 1);
}

static struct row *add_row(struct trace_ladder *ladder, uint64_t at_us)
{
    struct row *row;

    if (ladder->row_count == ladder->row_room) {
        size_t      room = ladder->row_room > 0 ? 2 * ladder->row_room : 64;
        struct row *more = room <= 2 * ROWS ? realloc(ladder->rows, room * sizeof *more) : NULL;

        if (more == NULL)
            return NULL;
        ladder->rows = more;
        ladder->row_room = room;
    }
    row = &ladder->rows[ladder->row_count++];
    memset(row, 0, sizeof *row);
    row->at_us = at_us;
    row->count = 1;
    return row;
}

/* What a message is in a line: its start line, and what its body is. */
static void label_of(const struct wire_message *message, char label[LABEL_OCTETS])
{
    struct sp_slice line = wire_line(message->head),
                    type = wire_field(message->head, "Content-Type");
    struct sp_slice range = wire_field(message->head, "Byte-Range");
    int             n = snprintf(label, LABEL_OCTETS, "%.*s", SP_ARG(sp_head(line, 96)));

    if (type.len == 0)
        type = wire_field(message->head, "c");
    if (range.len > 0)
        n += snprintf(label + n, (size_t)(LABEL_OCTETS - n), "  %.*s", SP_ARG(sp_head(range, 48)));
    if (message->flow->protocol != SP_MSRP && message->body_octets > 0)
        (void)snprintf(label + n, (size_t)(LABEL_OCTETS - n), "  (%.*s)",
                       SP_ARG(sp_head(type, 40)));
    else if (message->flag != '\0' && message->flag != '$')
        (void)snprintf(label + n, (size_t)(LABEL_OCTETS - n), " %c", message->flag);
}

/* The kind of an MSRP message: what follows its transaction id, and its Message-ID. */
static void kind_of(const struct wire_message *message, char kind[48])
{
    struct sp_slice line = wire_line(message->head), id = wire_field(message->head, "Message-ID");
    struct sp_slice rest = sp_from(line, sp_find(line, ' ') + 1);

    rest = sp_from(rest, sp_find(rest, ' ') + 1);
    (void)snprintf(kind, 48, "%c%.*s %.*s", message->sent ? '>' : '<', SP_ARG(sp_head(rest, 12)),
                   SP_ARG(sp_head(id, 32)));
}

static struct row *same_kind(struct trace_ladder *ladder, uint64_t flow, const char *kind)
{
    for (size_t back = 1; back <= LOOK_BACK && back <= ladder->row_count; back++) {
        struct row *row = &ladder->rows[ladder->row_count - back];

        if (row->flow == flow && strcmp(row->kind, kind) == 0)
            return row;
    }
    return NULL;
}

void trace_ladder_message(struct trace_ladder *ladder, const struct wire_message *message)
{
    const struct sp_flow *flow = message->flow;
    char                  kind[48] = "", label[LABEL_OCTETS];
    struct row           *row = NULL;
    uint8_t               local, remote;

    label_of(message, label);
    if (flow->protocol == SP_MSRP) {
        kind_of(message, kind);
        row = same_kind(ladder, flow->id, kind);
    }
    if (row != NULL) {
        row->count++;
        row->body_octets += message->body_octets;
        memcpy(row->last, label, sizeof label);
        return;
    }
    row = add_row(ladder, message->now_us);
    if (row == NULL) {
        ladder->left_out++;
        return;
    }
    /* Who speaks first stands to the left. */
    local = column_of(ladder, message->sent ? &flow->local : &flow->remote, flow);
    remote = column_of(ladder, message->sent ? &flow->remote : &flow->local, flow);
    row->from = local;
    row->to = remote;
    if (flow->protocol == SP_MSRP)
        row->flow = flow->id;
    memcpy(row->kind, kind, sizeof kind);
    memcpy(row->label, label, sizeof label);
    row->body_octets = message->body_octets;
}

void trace_ladder_note(struct trace_ladder *ladder, const struct sp_trace_event *event)
{
    struct row *row;

    if (event->kind != SP_TRACE_DROPPED)
        return;
    row = add_row(ladder, event->now_us);
    if (row == NULL) {
        ladder->left_out++;
        return;
    }
    row->note = true;
    (void)snprintf(row->label, sizeof row->label, "dropped %zu octets: %s", event->octets.len,
                   event->on != NULL ? event->on : "");
}

/* Drawing */

static size_t width_of(const struct trace_ladder *ladder, char names[COLUMNS][64])
{
    size_t width = 14;

    for (size_t i = 0; i < ladder->column_count; i++) {
        struct sp_buf text = sp_buf(names[i], 63);

        sp_put_host_port(&text, &ladder->columns[i].addr);
        names[i][text.len] = '\0';
        if (text.len > width)
            width = text.len;
    }
    return width + 3;
}

/* A line of words, one a column; nothing behind the last. */
static void draw_names(const struct trace_ladder *ladder, char names[COLUMNS][64], size_t width)
{
    size_t last = ladder->column_count - 1;

    fprintf(ladder->to, "%*s", TIME_WIDTH, "seconds  ");
    for (size_t i = 0; i <= last; i++)
        fprintf(ladder->to, "%-*s", i < last ? (int)width : 0, names[i]);
    fprintf(ladder->to, "\n%*s", TIME_WIDTH, "");
    for (size_t i = 0; i <= last; i++)
        fprintf(ladder->to, "%-*s", i < last ? (int)width : 0, ladder->columns[i].what);
    fputc('\n', ladder->to);
}

/* The lifelines, and an arrow from one to another. */
static void draw_lines(const struct trace_ladder *ladder, const struct row *row, size_t width)
{
    char   line[COLUMNS * 64];
    size_t len = ladder->column_count > 0 ? (ladder->column_count - 1) * width + 1 : 0;
    size_t from = row->from * width, to = row->to * width;

    memset(line, ' ', len);
    for (size_t i = 0; !row->note && from != to && i < len; i++)
        if ((i > from && i < to) || (i > to && i < from))
            line[i] = '-';
    for (size_t i = 0; i < ladder->column_count; i++)
        line[i * width] = '|';
    if (!row->note && from < to)
        line[to - 1] = '>';
    else if (!row->note && to < from)
        line[to + 1] = '<';
    fwrite(line, 1, len, ladder->to);
}

static void draw_label(const struct trace_ladder *ladder, const struct row *row, size_t width)
{
    char size[24];

    term_put(ladder->to, sp_str(row->label));
    if (row->count > 1) {
        fprintf(ladder->to, "\n%*s", TIME_WIDTH, "");
        draw_lines(ladder, &(struct row){ .note = true }, width);
        fprintf(ladder->to, "  ... %u of these; the last: ", (unsigned)row->count);
        term_put(ladder->to, sp_str(row->last));
    }
    if (row->body_octets > 0)
        fprintf(ladder->to, "  %s", term_size(size, sizeof size, row->body_octets));
    fputc('\n', ladder->to);
}

void trace_ladder_end(struct trace_ladder *ladder)
{
    char   names[COLUMNS][64];
    size_t width = width_of(ladder, names);

    if (ladder->column_count > 0)
        draw_names(ladder, names, width);
    for (size_t i = 0; i < ladder->row_count; i++) {
        const struct row *row = &ladder->rows[i];

        fprintf(ladder->to, "%*.6f  ", TIME_WIDTH - 2,
                (double)(row->at_us - ladder->start_us) / 1e6);
        draw_lines(ladder, row, width);
        fputs("  ", ladder->to);
        draw_label(ladder, row, width);
    }
    if (ladder->left_out > 0)
        fprintf(ladder->to, "(%zu further messages are not drawn)\n", ladder->left_out);
    free(ladder->rows);
    free(ladder);
}
