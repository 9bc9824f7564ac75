/* SPDX-License-Identifier: MIT
 * msrp/msrp_frame.c -- a stream of octets into frames. RFC 4975 7.1, 9. */
#include "msrp_frame.h"

#include <assert.h>
#include <string.h>

#include "../base/scan.h"
#include "msrp_head.h"

static const struct sp_slice hyphens = { "-------", MSRP_HYPHENS };

static void enter(struct msrp_frame *f, enum msrp_frame_state state)
{
    f->state = state;
    if (state == MSRP_FRAMING_HEAD)
        f->used = f->line = f->id_end = 0;
}

void msrp_frame_init(struct msrp_frame *frame, void *room, size_t octets)
{
    *frame = (struct msrp_frame){ .room = room, .room_octets = octets };
    enter(frame, MSRP_FRAMING_START);
}

static enum msrp_frame_event broken(struct msrp_frame *f, enum sp_err err, size_t at,
                                    const char *rule)
{
    f->err = err;
    f->where = (struct sp_where){ at, rule };
    f->octets = sp_slice(f->room, f->line);
    enter(f, MSRP_FRAMING_BROKEN);
    return MSRP_FRAME_BROKEN;
}

/* pMSRP SP transact-id SP: the rest of the start line is no matter of framing. */
static enum msrp_frame_event start_line(struct msrp_frame *f)
{
    struct sp_scan  s = sp_scan(sp_slice(f->room, f->used - 2));
    struct sp_slice id;
    size_t          at = 0;

    sp_scan_char(&s, 'M', "pMSRP");
    sp_scan_char(&s, 'S', "pMSRP");
    sp_scan_char(&s, 'R', "pMSRP");
    sp_scan_char(&s, 'P', "pMSRP");
    sp_scan_char(&s, ' ', "req-start");
    id = msrp_scan_ident(&s, "transact-id");
    sp_scan_char(&s, ' ', "req-start");
    if (s.err != SP_OK)
        return broken(f, s.err, s.where.octet, s.where.rule);
    memcpy(f->mark, "\r\n-------", 2 + MSRP_HYPHENS);
    at += 2 + MSRP_HYPHENS;
    memcpy(f->mark + at, id.at, id.len);
    at += id.len;
    f->id_end = (uint8_t)at;
    memcpy(f->mark + at, "?\r\n", 3);
    return MSRP_FRAME_NONE;
}

static bool is_flag(char c)
{
    return c == '$' || c == '+' || c == '#';
}

/* The end-line of a frame without a body. */
static enum msrp_frame_event end_line(struct msrp_frame *f, struct sp_slice line)
{
    size_t id_end = f->id_end - 2u;

    if (!sp_starts(line, sp_slice(f->mark + 2, id_end)) || line.len != id_end + 3 ||
        !is_flag(line.at[id_end]))
        return broken(f, SP_MISMATCH, f->line, "end-line");
    f->flag = line.at[id_end];
    f->has_body = false;
    f->octets = sp_slice(f->room, f->line);
    enter(f, MSRP_FRAMING_END);
    return MSRP_FRAME_HEAD;
}

/* A line of the head is whole: what does it begin or end? */
static enum msrp_frame_event line_ends(struct msrp_frame *f)
{
    struct sp_slice line = sp_slice(f->room + f->line, f->used - f->line);

    if (line.len < 2 || line.at[line.len - 2] != '\r')
        return broken(f, SP_SYNTAX, f->used - 1, "CRLF");
    if (f->line == 0 && start_line(f) != MSRP_FRAME_NONE)
        return MSRP_FRAME_BROKEN;
    if (sp_starts(line, hyphens))
        return end_line(f, line);
    if (line.len == 2) {
        /* Some leave out the CRLF between an empty body and the end-line: the one of the blank line
         * serves. */
        f->matched = f->before = 2;
        f->has_body = true;
        f->octets = sp_slice(f->room, f->line);
        enter(f, MSRP_FRAMING_BODY);
        return MSRP_FRAME_HEAD;
    }
    f->line = f->used;
    return MSRP_FRAME_NONE;
}

static enum msrp_frame_event take_head(struct msrp_frame *f, struct sp_slice *input)
{
    static const char start[] = "MSRP ";

    while (input->len > 0) {
        size_t found = sp_find(*input, '\n');
        bool   whole = found < input->len;
        size_t take = whole ? found + 1 : found;
        size_t room = f->room_octets - f->used;
        size_t known = f->used;

        if (take > room)
            take = room;
        memcpy(f->room + f->used, input->at, take);
        f->used += take;
        /* Junk is not waited for. */
        for (size_t i = known; f->line == 0 && i < f->used && i < sizeof start - 1; i++)
            if (f->room[i] != start[i])
                return broken(f, SP_SYNTAX, i, i < 4 ? "pMSRP" : "req-start");
        if (take == room && !(whole && take == found + 1))
            return broken(f, SP_LIMIT, f->used, "headers");
        *input = sp_from(*input, take);
        if (whole) {
            enum msrp_frame_event event = line_ends(f);

            if (event != MSRP_FRAME_NONE)
                return event;
        }
    }
    return MSRP_FRAME_NONE;
}

static enum msrp_frame_event body(struct msrp_frame *f, struct sp_slice octets)
{
    f->octets = octets;
    return MSRP_FRAME_BODY;
}

/* Does `c` go on with the mark? */
static bool goes_on(struct msrp_frame *f, char c)
{
    if (f->matched != f->id_end)
        return c == f->mark[f->matched];
    if (!is_flag(c))
        return false;
    f->mark[f->matched] = c;
    return true;
}

/* The input did not go on with the mark: what had matched was body. None of it can begin the mark
 * anew: its CRs are followed by LF here, or were to be and were not. */
static struct sp_slice unmatch(struct msrp_frame *f)
{
    struct sp_slice was = sp_slice(f->mark + f->before, (size_t)(f->matched - f->before));

    f->matched = f->before = 0;
    return was;
}

/* The first place in `input` where the mark begins, as far as the input goes; how much of it is
 * there. */
static size_t find_mark(const struct msrp_frame *f, struct sp_slice input, uint8_t *matched)
{
    struct sp_slice id = sp_slice(f->mark + 2 + MSRP_HYPHENS, f->id_end - 2u - MSRP_HYPHENS);
    size_t          at = 0;

    for (;;) {
        at += msrp_endline_find(sp_from(input, at), id);
        if (at == input.len)
            break;
        if (at >= 2 && memcmp(input.at + at - 2, "\r\n", 2) == 0) {
            *matched = f->id_end;
            return at - 2;
        }
        at += MSRP_HYPHENS;
    }
    at = input.len >= f->id_end ? input.len - f->id_end + 1 : 0;
    while ((at += sp_find(sp_from(input, at), '\r')) < input.len) {
        if (memcmp(input.at + at, f->mark, input.len - at) == 0)
            break;
        at++;
    }
    *matched = (uint8_t)(input.len - at);
    return at;
}

static enum msrp_frame_event take_body(struct msrp_frame *f, struct sp_slice *input)
{
    while (input->len > 0) {
        struct sp_slice here;

        while (f->matched > 0 && input->len > 0 && goes_on(f, input->at[0])) {
            *input = sp_from(*input, 1);
            f->matched++;
            if (f->matched == f->id_end + 3) {
                f->flag = f->mark[f->id_end];
                enter(f, MSRP_FRAMING_START);
                return MSRP_FRAME_END;
            }
        }
        if (input->len == 0)
            break;
        if (f->matched > 0) {
            here = unmatch(f);
        } else {
            here = sp_head(*input, find_mark(f, *input, &f->matched));
            *input = sp_from(*input, here.len + f->matched);
        }
        if (here.len > 0)
            return body(f, here);
    }
    return MSRP_FRAME_NONE;
}

enum msrp_frame_event msrp_frame_next(struct msrp_frame *frame, struct sp_slice *input)
{
    switch (frame->state) {
    case MSRP_FRAMING_START:
        /* Blank lines between frames are no frame, and some send them to keep a NAT's binding
         * alive. */
        while (input->len > 0 && (input->at[0] == '\r' || input->at[0] == '\n'))
            *input = sp_from(*input, 1);
        if (input->len == 0)
            return MSRP_FRAME_NONE;
        enter(frame, MSRP_FRAMING_HEAD);
        return take_head(frame, input);
    case MSRP_FRAMING_HEAD: return take_head(frame, input);
    case MSRP_FRAMING_BODY: return take_body(frame, input);
    case MSRP_FRAMING_END: enter(frame, MSRP_FRAMING_START); return MSRP_FRAME_END;
    case MSRP_FRAMING_BROKEN: break;
    }
    return MSRP_FRAME_BROKEN;
}

bool msrp_frame_within(const struct msrp_frame *frame)
{
    return frame->state != MSRP_FRAMING_START;
}

struct sp_slice msrp_frame_id(const struct msrp_frame *frame)
{
    size_t from = 2 + MSRP_HYPHENS;

    if (frame->id_end == 0)
        return (struct sp_slice){ 0 };
    return sp_slice(frame->mark + from, frame->id_end - from);
}
