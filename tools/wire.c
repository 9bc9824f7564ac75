/* SPDX-License-Identifier: MIT
 * tools/wire.c -- messages out of the octets that a trace tells of. */
#include "wire.h"

#include <stdlib.h>
#include <string.h>

#include "../msrp/msrp_frame.h"
#include "../parser/sip_stream.h"

#define HEAD_OCTETS 8192
#define SIP_OCTETS  65536

/* One direction of a connection. */
struct stream {
    struct stream    *next;
    uint64_t          id;
    bool              sent;
    uint8_t           protocol;
    struct sip_stream sip;
    struct msrp_frame msrp;
    char              head[HEAD_OCTETS];
    char              body[WIRE_BODY];
    uint64_t          body_octets;
    struct sp_slice   frame_head; /* MSRP: of the frame under way, in `head` */
    bool              has_body;
};

struct wire {
    struct wire_user user;
    struct stream   *streams;
};

/* One event on its way through. */
struct run {
    struct wire                 *wire;
    struct stream               *stream;
    const struct sp_trace_event *event;
    bool                         sent;
};

struct wire *wire_new(struct wire_user user)
{
    struct wire *wire = calloc(1, sizeof *wire);

    if (wire != NULL)
        wire->user = user;
    return wire;
}

static void free_stream(struct stream *stream)
{
    free(stream->sip.buffer);
    free(stream);
}

void wire_free(struct wire *wire)
{
    while (wire != NULL && wire->streams != NULL) {
        struct stream *stream = wire->streams;

        wire->streams = stream->next;
        free_stream(stream);
    }
    free(wire);
}

void wire_closed(struct wire *wire, const struct sp_flow *flow)
{
    struct stream **at = &wire->streams;

    while (*at != NULL) {
        struct stream *stream = *at;

        if (stream->id == flow->id) {
            *at = stream->next;
            free_stream(stream);
        } else {
            at = &stream->next;
        }
    }
}

static struct stream *find(struct wire *wire, const struct sp_flow *flow, bool sent)
{
    struct stream *stream = wire->streams;

    while (stream != NULL && (stream->id != flow->id || stream->sent != sent))
        stream = stream->next;
    if (stream != NULL)
        return stream;
    stream = calloc(1, sizeof *stream);
    if (stream == NULL)
        return NULL;
    stream->id = flow->id;
    stream->sent = sent;
    stream->protocol = flow->protocol;
    stream->next = wire->streams;
    wire->streams = stream;
    msrp_frame_init(&stream->msrp, stream->head, sizeof stream->head);
    return stream;
}

/* Words */

struct sp_slice wire_line(struct sp_slice head)
{
    return sp_trim(sp_head(head, sp_find(head, '\n')));
}

struct sp_slice wire_field(struct sp_slice head, const char *name)
{
    struct sp_slice rest = head;

    while (rest.len > 0) {
        size_t          end = sp_find(rest, '\n'), colon;
        struct sp_slice line = sp_head(rest, end);

        rest = sp_from(rest, end + 1);
        colon = sp_find(line, ':');
        if (colon < line.len && sp_eq_nocase(sp_trim(sp_head(line, colon)), sp_str(name)))
            return sp_trim(sp_from(line, colon + 1));
    }
    return sp_slice(NULL, 0);
}

/* Telling */

static void tell(const struct run *run, struct wire_message *message)
{
    message->flow = run->event->flow;
    message->sent = run->sent;
    message->now_us = run->event->now_us;
    if (run->wire->user.message != NULL)
        run->wire->user.message(run->wire->user.host, message);
}

static void pass(const struct run *run, struct sp_slice octets, bool ends)
{
    if (run->wire->user.octets != NULL && (octets.len > 0 || ends))
        run->wire->user.octets(run->wire->user.host, run->event->flow, run->sent,
                               run->event->now_us, octets, ends);
}

/* Framing */

static void sip_message(const struct run *run, struct sp_slice octets)
{
    struct wire_message message = { 0 };
    struct sp_slice     rest = octets;
    size_t              end;

    while (rest.len > 0 && (rest.at[0] == '\r' || rest.at[0] == '\n'))
        rest = sp_from(rest, 1);
    end = sp_find_slice(rest, SP_LIT("\r\n\r\n"));
    message.head = sp_head(rest, end + (end < rest.len ? 2 : 0));
    message.body = sp_from(rest, end + 4);
    message.body_octets = message.body.len;
    message.has_body = message.body.len > 0;
    message.broken = sp_find_slice(wire_line(message.head), SP_LIT("SIP/2.0")) ==
                     wire_line(message.head).len;
    tell(run, &message);
}

static void broken(const struct run *run, struct sp_slice octets)
{
    struct wire_message message = { .head = octets, .broken = true };

    tell(run, &message);
}

static void sip_octets(const struct run *run)
{
    struct sip_stream *sip = &run->stream->sip;
    struct sp_slice    input = run->event->octets, frame, before;
    enum sp_err        err;

    for (;;) {
        enum sip_frame said;

        before = input;
        said = sip_stream_next(sip, &input, SIP_OCTETS, &frame, &err);
        pass(run, sp_head(before, before.len - input.len), said == SIP_FRAME_MESSAGE);
        switch (said) {
        case SIP_FRAME_NONE: return;
        case SIP_FRAME_PING: break;
        case SIP_FRAME_MESSAGE: sip_message(run, frame); break;
        case SIP_FRAME_BUFFER:
            sip->buffer = malloc(SIP_OCTETS);
            sip->room = SIP_OCTETS;
            if (sip->buffer == NULL)
                return;
            break;
        case SIP_FRAME_BROKEN:
            pass(run, input, true);
            broken(run, frame.len > 0 ? frame : before);
            return;
        }
    }
}

static void msrp_end(const struct run *run)
{
    struct stream      *stream = run->stream;
    struct wire_message message = {
        .head = stream->frame_head,
        .body = sp_slice(stream->body,
                         stream->body_octets < WIRE_BODY ? stream->body_octets : WIRE_BODY),
        .body_octets = stream->body_octets,
        .has_body = stream->has_body,
        .flag = stream->msrp.flag,
    };

    tell(run, &message);
}

static void msrp_body(struct stream *stream, struct sp_slice octets)
{
    if (stream->body_octets < WIRE_BODY) {
        struct sp_slice part = sp_head(octets, WIRE_BODY - (size_t)stream->body_octets);

        memcpy(stream->body + stream->body_octets, part.at, part.len);
    }
    stream->body_octets += octets.len;
}

static void msrp_octets(const struct run *run)
{
    struct stream  *stream = run->stream;
    struct sp_slice input = run->event->octets, before;

    for (;;) {
        enum msrp_frame_event said;

        before = input;
        said = msrp_frame_next(&stream->msrp, &input);
        pass(run, sp_head(before, before.len - input.len), said == MSRP_FRAME_END);
        switch (said) {
        case MSRP_FRAME_NONE: return;
        case MSRP_FRAME_HEAD:
            stream->frame_head = stream->msrp.octets;
            stream->has_body = stream->msrp.has_body;
            stream->body_octets = 0;
            break;
        case MSRP_FRAME_BODY: msrp_body(stream, stream->msrp.octets); break;
        case MSRP_FRAME_END: msrp_end(run); break;
        case MSRP_FRAME_BROKEN:
            pass(run, input, true);
            broken(run, before);
            return;
        }
    }
}

void wire_event(struct wire *wire, const struct sp_trace_event *event)
{
    struct run run = { .wire = wire, .event = event, .sent = event->kind == SP_TRACE_SENT };

    if (!sp_flow_stream(event->flow)) {
        pass(&run, event->octets, true);
        sip_message(&run, event->octets);
        return;
    }
    run.stream = find(wire, event->flow, run.sent);
    if (run.stream == NULL)
        return;
    if (run.stream->protocol == SP_MSRP)
        msrp_octets(&run);
    else
        sip_octets(&run);
}
