/* SPDX-License-Identifier: MIT
 * tests/fuzz/msrp_frame.c -- MSRP frames out of a stream: any split gives the same events; heads
 * are read, and written again. RFC 4975 7.1, 9.
 *
 * An input is a stream; where else it is cut depends on all its octets. */
#include "../../msrp/msrp_frame.h"
#include "../../msrp/msrp_check.h"
#include "../../msrp/msrp_types.h"
#include "../../msrp/msrp_write.h"
#include "fuzz.h"

#define HEAD 1024

/* What is written says what was read. */
static void check_send(const struct msrp_head *head, size_t len)
{
    struct sp_buf       to = fuzz_buf(len);
    struct msrp_request request = { head->id,
                                    head->to_path,
                                    head->from_path,
                                    head->message_id,
                                    head->has_range,
                                    head->range,
                                    head->success_report,
                                    head->failure_report,
                                    head->disposition,
                                    head->content_type,
                                    0 };
    struct msrp_head    again;
    struct sp_slice     written;
    struct sp_where     where;

    msrp_put_send(&to, &request);
    fuzz_law(to.err == SP_OK);
    written = sp_written(&to);
    if (request.content_type.len > 0)
        written.len -= 2; /* the blank line is no part of the head */
    fuzz_law(msrp_head_parse(fuzz_copy(written), &again, &where) == SP_OK);
    fuzz_law(sp_eq(head->id, again.id) && again.method == MSRP_SEND && !again.response);
    fuzz_law(sp_eq(head->to_path, again.to_path) && sp_eq(head->from_path, again.from_path));
    fuzz_law(sp_eq(head->message_id, again.message_id) && head->has_range == again.has_range);
    fuzz_law(head->range.from == again.range.from && head->range.to == again.range.to);
    fuzz_law(head->range.total == again.range.total);
    fuzz_law(head->success_report == again.success_report);
    fuzz_law(head->failure_report == again.failure_report);
    fuzz_law(sp_eq(head->content_type, again.content_type));
}

/* Of one input. */
static struct msrp_check rules;

/* What lint says of it: whatever it is, at octets of the frame, in their order. */
static void check_rules(struct sp_slice octets)
{
    struct sp_slice     copy = fuzz_copy(octets);
    struct msrp_checked frame = { copy, octets.len % 2 == 0, octets.len * 50, octets.len + 9,
                                  "$+#"[octets.len % 3] };

    msrp_check_frame(&rules, &frame);
    fuzz_law(rules.count <= MSRP_CHECK_FINDINGS);
    for (uint32_t i = 0; i < rules.count; i++) {
        fuzz_law(rules.findings[i].octet <= frame.end_octet);
        fuzz_law(i == 0 || rules.findings[i - 1].octet <= rules.findings[i].octet);
    }
}

static void check_head(struct sp_slice octets)
{
    struct msrp_head head;
    struct sp_where  where = { 0, "" };
    struct sp_slice  copy = fuzz_copy(octets);
    enum sp_err      err = msrp_head_parse(copy, &head, &where);

    check_rules(octets);
    fuzz_where(err, &where, copy);
    fuzz_law(fuzz_inside(head.id, copy) && fuzz_inside(head.to_path, copy));
    fuzz_law(fuzz_inside(head.from_path, copy) && fuzz_inside(head.message_id, copy));
    fuzz_law(fuzz_inside(head.content_type, copy) && fuzz_inside(head.disposition, copy));
    (void)msrp_types_take(SP_LIT("text/* message/cpim"), head.content_type);
    if (err != SP_OK)
        return;
    fuzz_law(head.id.len > 0 && head.to_path.len > 0 && head.from_path.len > 0);
    fuzz_law(head.range.from > 0 && head.range.to >= head.range.from - 1);
    if (!head.response && head.method == MSRP_SEND)
        check_send(&head, octets.len);
}

/* One line an event; the octets of a body run on, however they came. `body` says that the last was
 * one. False when the stream is broken. */
static bool note(struct sp_buf *log, const struct msrp_frame *frame, enum msrp_frame_event event,
                 bool *body)
{
    if (event != MSRP_FRAME_BODY || !*body)
        sp_put_u64(log, event);
    *body = event == MSRP_FRAME_BODY;
    switch (event) {
    case MSRP_FRAME_HEAD:
        sp_put_char(log, frame->has_body ? 'b' : '-');
        sp_put(log, frame->octets);
        sp_put(log, msrp_frame_id(frame));
        check_head(frame->octets);
        break;
    case MSRP_FRAME_BODY:
        fuzz_law(frame->octets.len > 0);
        sp_put(log, frame->octets);
        break;
    case MSRP_FRAME_END: sp_put_char(log, frame->flag); break;
    default:
        sp_put_text(log, sp_err_name(frame->err));
        sp_put_u64(log, frame->where.octet);
        sp_put(log, frame->octets);
        return false;
    }
    return true;
}

/* Pieces of 1 to `most` octets. */
static struct sp_buf events_of(struct sp_slice octets, uint32_t seed, uint32_t most)
{
    struct sp_buf         log = fuzz_buf(8 * octets.len);
    struct msrp_frame     frame;
    enum msrp_frame_event event;
    bool                  body = false, whole = true;

    msrp_frame_init(&frame, fuzz_room(HEAD), HEAD);
    while (whole && octets.len > 0) {
        size_t          take = most > 1 ? 1 + fuzz_next(&seed) % most : 1;
        struct sp_slice piece = fuzz_piece(sp_head(octets, take));

        while (whole && (event = msrp_frame_next(&frame, &piece)) != MSRP_FRAME_NONE)
            whole = note(&log, &frame, event, &body);
        fuzz_law(!whole || piece.len == 0);
        octets = sp_from(octets, take);
    }
    fuzz_law(log.err == SP_OK);
    return log;
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct sp_slice input = sp_slice(octets, len);
    uint32_t        seed = fuzz_seed(input);
    struct sp_buf   whole;
    struct sp_buf   single, some;

    msrp_check_init(&rules);
    whole = events_of(input, 0, UINT32_MAX / 2);
    single = events_of(input, 0, 1);
    some = events_of(input, seed, 2 + seed % 64);
    fuzz_law(sp_eq(sp_written(&whole), sp_written(&single)));
    fuzz_law(sp_eq(sp_written(&whole), sp_written(&some)));
    check_head(input);
    fuzz_free();
    return 0;
}
