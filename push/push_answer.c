/* SPDX-License-Identifier: MIT
 * push/push_answer.c -- offers in, answers out. RFC 3264 6, 8; RFC 4975 8; RFC 5547 8.1, 8.3.1;
 * RFC 6135 4.2.
 *
 * Promises: an answer has the m= lines of its offer, in order; what is not taken has port 0. The
 * same transfer id is the same transfer and starts nothing; a new one ends what was there. Never:
 * starts a pull, or takes a part of a file unless its user said that it goes on with parts. */
#include "push_in.h"

#include <assert.h>

#include "../sdp/sdp_file_date.h"
#include "../sdp/sdp_transfer.h"

enum sp_err push_offer_load(struct push_room *room, struct sp_slice offer, struct sp_where *where)
{
    return sdp_parse(offer, &room->sdp, where);
}

/* What we are, in a block of ours; without a line, what an offer is measured by. The path is
 * written to the receiver's text. */
static void ours_of(struct push_receiver *receiver, const struct push_call *call,
                    const struct push_line *line, struct sdp_msrp *ours)
{
    struct sp_buf path = sp_buf(receiver->text, receiver->limits.message_octets);

    *ours = (struct sdp_msrp){
        .port = call->media.addr.port,
        .accept_types = line != NULL ? receiver->said_types : receiver->accept_types,
        .direction = SDP_RECVONLY,
        .max_size = receiver->max_size,
    };
    if (line != NULL) {
        push_put_path(&receiver->link, &path, &call->media,
                      sp_slice(line->session_id, sizeof(line->session_id)));
        ours->path = sp_written(&path);
    }
}

/* A block of a parsed offer; false: it is no MSRP, or cannot be read. */
static bool block_of(const struct push_room *room, uint32_t index, struct sdp_msrp *block)
{
    struct sp_where where;

    return index < room->sdp.media_count && sdp_is_msrp(&room->sdp.media[index]) &&
           sdp_msrp_read(&room->sdp, &room->sdp.media[index], block, &where) == SP_OK;
}

/* The part of its file that an offer announces: where it starts, how much of it comes (UINT64_MAX:
 * not told). False: it is none that we take. A part that does not go to the end of the file would
 * leave a hole there. */
static bool part_of(const struct push_receiver *receiver, const struct sdp_msrp *offer,
                    uint64_t *offset, uint64_t *octets)
{
    uint64_t size = offer->selector.size;

    *offset = 0;
    *octets = offer->selector.has_size ? size : UINT64_MAX;
    if (!offer->selector.has_size) {
        return offer->range_from <= 1 && offer->range_to == 0;
    }
    return sdp_range_of(offer, size, offset, octets) == SP_OK && *octets == size - *offset &&
           (*offset == 0 || receiver->resumes);
}

/* 0, or the status that says why a block is not taken. */
static uint16_t against(struct push_receiver *receiver, const struct push_call *call,
                        const struct sdp_msrp *offer)
{
    struct sdp_msrp ours;
    uint64_t        offset, octets;

    ours_of(receiver, call, NULL, &ours);
    if (sdp_msrp_acceptable(offer, &ours, call->media.listens) != SP_OK ||
        !sdp_sends(offer->direction)) {
        return 488;
    }
    if (offer->has_selector &&
        (offer->direction != SDP_SENDONLY || !part_of(receiver, offer, &offset, &octets))) {
        return 488;
    }
    return 0;
}

/* A line, and the content of its file, for a block that nothing stands against. */
static bool begin(struct push_receiver *receiver, struct push_call *call, uint32_t index,
                  const struct sdp_msrp *offer)
{
    struct push_line *line = push_line_make(receiver, call, index, offer->has_selector);
    struct push_in   *file;

    if (line == NULL) {
        return false;
    }
    if (!offer->has_selector) {
        push_line_accept(receiver, line);
        return true;
    }
    file = push_in_make(receiver, line);
    if (file == NULL) {
        push_line_end(receiver, line, SP_LIMIT, 486);
        return false;
    }
    (void)part_of(receiver, offer, &file->offset, &file->octets); /* it was looked at before */
    push_in_enter(receiver, file, PUSH_IN_OFFERING, "offer");
    return true;
}

/* What an offered block asks, given the one that stood in its place before (NULL: none). A line of
 * messages is the same while its path is. */
static enum sdp_transfer transfer_of(const struct sdp_msrp *before, const struct sdp_msrp *now)
{
    enum sdp_transfer transfer = sdp_transfer(before, now);

    if (transfer != SDP_TRANSFER_NONE) {
        return transfer;
    }
    if (now->port == 0) {
        return SDP_TRANSFER_OVER;
    }
    if (before != NULL && before->port != 0 && !before->has_selector &&
        sp_eq(before->path, now->path)) {
        return SDP_TRANSFER_SAME;
    }
    return SDP_TRANSFER_NEW;
}

/* One block of an offer. 0: taken, kept or ended as the offer says; else why it is not taken. */
static uint16_t consider(struct push_receiver *receiver, struct push_call *call, uint32_t index)
{
    struct push_line *line = push_line_find(call, index);
    struct sdp_msrp   now, before;
    bool              again = call->state == PUSH_CALL_REINVITED;
    enum sdp_transfer transfer;
    uint16_t          status;

    if (!block_of(&receiver->offered, index, &now)) {
        if (line != NULL) {
            call->irrevocable = true;
            push_line_end(receiver, line, SP_INTERRUPTED, 0);
        }
        return 488;
    }
    again = again && block_of(&receiver->before, index, &before);
    transfer = transfer_of(again ? &before : NULL, &now);
    if (transfer == SDP_TRANSFER_SAME) {
        return 0; /* going on, over, or refused: as it was */
    }
    if (line != NULL) {
        call->irrevocable = call->irrevocable || !push_line_idle(line);
        push_line_end(receiver, line, transfer == SDP_TRANSFER_WRONG ? SP_MISMATCH : SP_INTERRUPTED,
                      0);
    }
    if (transfer == SDP_TRANSFER_OVER) {
        return 0;
    }
    status = transfer == SDP_TRANSFER_WRONG ? 488 : against(receiver, call, &now);
    if (status != 0) {
        return status;
    }
    return begin(receiver, call, index, &now) ? 0 : 486;
}

void push_offer_take(struct push_receiver *receiver, struct push_call *call)
{
    struct sp_where where;
    bool            again = call->state == PUSH_CALL_REINVITED;
    enum sp_err     err;
    uint32_t        i;

    err = push_offer_load(&receiver->offered, push_call_offer(call), &where);
    if (err == SP_OK && again) {
        err = push_offer_load(&receiver->before, call->offer, &where);
    }
    assert(err == SP_OK); /* both were parsed when they came */
    (void)err;
    for (i = 0; i < receiver->offered.sdp.media_count; i++) {
        uint16_t status = consider(receiver, call, i);

        if (status != 0 && call->decline == 0) {
            call->decline = status;
        }
    }
}

/* Must the offer get an answer, though nothing of it is taken? A re-offer that only ends or repeats
 * lines is no question, and one that ended a transfer cannot be undone by refusing it. */
static bool needs_answer(const struct push_call *call)
{
    return call->state == PUSH_CALL_REINVITED && (call->irrevocable || call->decline == 0);
}

/* Open what was accepted. False: nothing is taken, neither now nor before. */
static bool open_lines(struct push_receiver *receiver, struct push_call *call)
{
    struct sp_link *link = sp_list_first(&call->lines);

    while (link != NULL) {
        struct push_line *line = SP_OF(link, struct push_line, in_call);
        struct sdp_msrp   offer, ours, answer;
        enum sp_err       err;

        link = sp_list_after(&call->lines, link);
        if (line->state != PUSH_LINE_ACCEPTED) {
            continue;
        }
        err = block_of(&receiver->offered, line->index, &offer) ? SP_OK : SP_MISMATCH;
        assert(err == SP_OK); /* it was read when the line was made */
        ours_of(receiver, call, line, &ours);
        sdp_msrp_answer(&offer, &ours, call->media.listens, &answer);
        err = push_line_open(receiver, line, &offer, &answer);
        if (err != SP_OK) {
            call->decline = call->decline != 0 ? call->decline : 486;
            push_line_end(receiver, line, err, 486);
        }
    }
    return sp_list_first(&call->lines) != NULL;
}

bool push_answer_open(struct push_receiver *receiver, struct push_call *call)
{
    struct sp_where where;

    return push_offer_load(&receiver->offered, push_call_offer(call), &where) == SP_OK &&
           open_lines(receiver, call);
}

bool push_answer_pulled(struct push_receiver *receiver, struct push_call *call)
{
    struct push_line *line = push_line_find(call, 0);
    struct sdp_msrp   theirs, ours;
    struct sp_where   where;
    struct push_in   *in;
    uint64_t          offset, octets;

    if (push_offer_load(&receiver->offered, call->offer, &where) != SP_OK ||
        !block_of(&receiver->offered, 0, &theirs) || theirs.port == 0 || !theirs.has_selector ||
        !sdp_sends(theirs.direction) || line == NULL) {
        return false;
    }
    ours_of(receiver, call, NULL, &ours);
    if (sdp_msrp_acceptable(&theirs, &ours, call->media.listens) != SP_OK ||
        !part_of(receiver, &theirs, &offset, &octets)) {
        return false;
    }
    in = push_in_make(receiver, line);
    if (in == NULL) {
        return false;
    }
    in->offset = offset;
    in->octets = octets;
    push_in_enter(receiver, in, PUSH_IN_OFFERING, "answer");
    return true;
}

/* A block that is no MSRP, or cannot be read. */
static void refuse_block(struct push_receiver *receiver, uint32_t index, struct sp_buf *to)
{
    const struct sdp_media *media = &receiver->offered.sdp.media[index];

    if (sdp_is_msrp(media)) {
        sdp_put_refused_block(to, &receiver->offered.sdp, media);
    } else {
        sdp_put_refused_media(to, media);
    }
}

static void write_block(struct push_receiver *receiver, struct push_call *call, uint32_t index,
                        struct sp_buf *to)
{
    struct push_line *line = push_line_find(call, index);
    struct sdp_msrp   offer, ours, answer;

    if (!block_of(&receiver->offered, index, &offer)) {
        refuse_block(receiver, index, to);
        return;
    }
    if (line == NULL) {
        sdp_msrp_refuse(&offer, &answer);
        /* What is here of its file: a further offer may begin there. */
        answer.range_from = call->held != NULL ? call->held[index] : 0;
    } else {
        ours_of(receiver, call, line, &ours);
        sdp_msrp_answer(&offer, &ours, call->media.listens, &answer);
    }
    sdp_msrp_write(to, &answer);
}

static void write_answer(struct push_receiver *receiver, struct push_call *call, struct sp_buf *to)
{
    struct push_lines lines;
    uint32_t          i;

    push_lines_of(&lines, &call->media, call->sdp_id, call->sdp_version);
    sdp_put_answer_session(to, &receiver->offered.sdp, &lines.origin, SP_LIT("-"),
                           &lines.connection);
    for (i = 0; i < receiver->offered.sdp.media_count; i++) {
        write_block(receiver, call, i, to);
    }
}

bool push_answer_write(struct push_receiver *receiver, struct push_call *call, struct sp_buf *to)
{
    struct sp_buf   empty = *to;
    struct sp_where where;
    enum sp_err     err = push_offer_load(&receiver->offered, push_call_offer(call), &where);

    assert(err == SP_OK); /* it was parsed when it came */
    (void)err;
    if (!open_lines(receiver, call) && !needs_answer(call)) {
        return false;
    }
    write_answer(receiver, call, to);
    if (call->answer.len > 0 && !sp_eq(call->answer, sp_written(to))) {
        *to = empty; /* a change: RFC 3264 8 */
        call->sdp_version++;
        write_answer(receiver, call, to);
    }
    return true;
}

void push_refusal_write(struct push_receiver *receiver, struct push_call *call, struct sp_buf *to)
{
    struct sp_where where;
    enum sp_err     err = push_offer_load(&receiver->offered, push_call_offer(call), &where);

    assert(err == SP_OK); /* it was parsed when it came */
    (void)err;
    write_answer(receiver, call, to);
}

/* One block of an offer of ours: what they offered, seen from this side (RFC 5547 8.2.2). */
static void write_offered(struct push_receiver *receiver, struct push_call *call, uint32_t index,
                          struct sp_buf *to)
{
    struct push_line *line = push_line_find(call, index);
    struct sdp_msrp   theirs, ours, block;

    if (!block_of(&receiver->offered, index, &theirs)) {
        refuse_block(receiver, index, to);
        return;
    }
    ours_of(receiver, call, line, &ours);
    block = (struct sdp_msrp){
        .port = ours.port,
        .path = ours.path,
        .accept_types = ours.accept_types,
        .max_size = ours.max_size,
        .setup = call->media.listens ? SDP_SETUP_ACTPASS : SDP_SETUP_ACTIVE,
        .direction = SDP_RECVONLY,
        .has_selector = theirs.has_selector,
        .selector = theirs.selector,
        .file_transfer_id = theirs.file_transfer_id,
        .range_from = theirs.range_from,
        .range_to = theirs.range_to,
    };
    if (line == NULL) {
        sdp_msrp_end(&block, &ours);
        block = ours;
    }
    sdp_msrp_write(to, &block);
}

void push_drop_write(struct push_receiver *receiver, struct push_call *call, struct sp_buf *to)
{
    struct push_lines lines;
    struct sp_where   where;
    uint32_t          i;

    if (push_offer_load(&receiver->offered, call->offer, &where) != SP_OK) {
        sp_put_fail(to, SP_STATE); /* it was parsed when it came */
    }
    push_lines_of(&lines, &call->media, call->sdp_id, call->sdp_version);
    sdp_put_session(to, &lines.origin, SP_LIT("-"), &lines.connection);
    for (i = 0; i < receiver->offered.sdp.media_count; i++) {
        write_offered(receiver, call, i, to);
    }
}

/* What cannot be read as dates says nothing: they only inform (RFC 5547 6). */
static int64_t modified_of(struct sp_slice file_date)
{
    struct sdp_file_date date;
    struct sp_where      where;

    return file_date.len > 0 && sdp_file_date_parse(file_date, &date, &where) == SP_OK &&
                   date.has_modification
               ? date.modification_s
               : 0;
}

void push_offer_content(struct push_receiver *receiver, const struct push_line *line,
                        struct push_content *content)
{
    struct sp_where where;
    struct sdp_msrp offer;
    struct sp_buf   text = sp_buf(receiver->text, receiver->limits.message_octets);
    size_t          name;
    uint32_t        i;

    if (push_offer_load(&receiver->offered, push_call_offer(line->call), &where) != SP_OK ||
        !block_of(&receiver->offered, line->index, &offer)) {
        return;
    }
    sdp_put_file_name(&text, offer.selector.name);
    name = text.len;
    sdp_put_file_type(&text, offer.selector.type);
    *content = (struct push_content){
        .name = sp_slice(receiver->text, name),
        .type = sp_slice(receiver->text + name, text.len - name),
        .octets = offer.selector.has_size ? offer.selector.size : UINT64_MAX,
        .offset = offer.range_from > 0 ? offer.range_from - 1 : 0,
        .has_sha1 = offer.selector.has_sha1,
    };
    for (i = 0; i < SP_SHA1_OCTETS; i++) {
        content->sha1[i] = offer.selector.sha1[i];
    }
    content->modified_s = modified_of(offer.file_date);
    push_call_icon(line->call, offer.file_icon, content);
}
