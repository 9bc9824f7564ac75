/* SPDX-License-Identifier: MIT
 * msrp/msrp_chunk.c -- an outgoing message into chunks. RFC 4975 5.1, 7.1, 7.1.1. */
#include "msrp_chunk.h"

#include <assert.h>
#include <string.h>

static void enter(struct msrp_chunker *c, enum msrp_chunk_state state)
{
    c->state = state;
}

void msrp_put_hex_number(struct sp_buf *to, uint32_t number)
{
    int shift = 28;

    while (shift > 0 && number >> shift == 0)
        shift -= 4;
    for (; shift >= 0; shift -= 4)
        sp_put_char(to, "0123456789abcdef"[number >> shift & 15]);
}

void msrp_chunker_init(struct msrp_chunker *chunker, const struct msrp_request *head,
                       uint64_t total, const uint8_t random[8], struct sp_slice name)
{
    struct sp_buf stem;

    *chunker = (struct msrp_chunker){ .head = *head, .total = total };
    stem = sp_buf(chunker->id, sizeof chunker->id);
    sp_put_hex(&stem, sp_slice(random, 8), false, '\0');
    sp_put(&stem, name);
    sp_put_char(&stem, '.');
    assert(name.len <= 7 && stem.err == SP_OK);
    chunker->stem_octets = (uint8_t)stem.len;
}

static void begin(struct msrp_chunker *c)
{
    struct sp_buf id = sp_buf(c->id + c->stem_octets, sizeof c->id - c->stem_octets);

    c->number++;
    msrp_put_hex_number(&id, c->number);
    c->head.id = sp_slice(c->id, c->stem_octets + id.len);
    c->from = c->at;
    msrp_guard_init(&c->guard, c->head.id);
    enter(c, MSRP_CHUNK_WITHIN);
}

static struct sp_slice part(const struct sp_buf *to, size_t from)
{
    return to->err == SP_OK ? sp_slice(to->at + from, to->len - from) : (struct sp_slice){ 0 };
}

static void put_tail(struct msrp_chunker *c, char flag, struct sp_buf *to)
{
    sp_put_text(to, "\r\n");
    msrp_put_end_line(to, c->head.id, flag);
    enter(c, flag == '+' ? MSRP_CHUNK_BETWEEN : MSRP_CHUNK_ENDED);
}

void msrp_chunker_piece(struct msrp_chunker *chunker, struct sp_slice octets, uint64_t most,
                        bool cut, struct sp_buf *to, struct msrp_piece *piece)
{
    struct msrp_chunker *c = chunker;
    uint64_t             left, to_octet;
    size_t               allowed, start = to->len;

    assert(c->state != MSRP_CHUNK_ENDED && (octets.len > 0 || c->total == 0));
    *piece = (struct msrp_piece){ .begins = c->state == MSRP_CHUNK_BETWEEN };
    if (piece->begins)
        begin(c);
    assert(most > c->at - c->from || c->total == 0);
    left = most - (c->at - c->from);
    if (left > c->total - c->at)
        left = c->total - c->at;
    octets = sp_head(octets, left < octets.len ? (size_t)left : octets.len);
    allowed = msrp_guard_allow(&c->guard, octets);
    piece->body = sp_head(octets, allowed);
    to_octet = c->at + allowed;
    if (to_octet == c->total)
        piece->flag = '$';
    else if (cut || allowed < octets.len || to_octet - c->from == most)
        piece->flag = '+';
    if (piece->begins) {
        bool known = piece->flag != '\0' && allowed <= MSRP_LARGE_OCTETS;

        c->head.has_range = true;
        c->head.range = (struct msrp_byte_range){ c->at + 1, known ? to_octet : MSRP_UNKNOWN,
                                                  c->total };
        msrp_put_send(to, &c->head);
        piece->head = part(to, start);
        start = to->len;
    }
    c->at = to_octet;
    if (piece->flag == '\0')
        return;
    put_tail(c, piece->flag, to);
    piece->tail = part(to, start);
}

void msrp_chunker_end(struct msrp_chunker *chunker, char flag, struct sp_buf *to)
{
    if (chunker->state == MSRP_CHUNK_WITHIN) {
        put_tail(chunker, flag, to);
        return;
    }
    if (chunker->state == MSRP_CHUNK_ENDED || flag == '+')
        return;
    if (chunker->at > 0) {
        begin(chunker);
        /* No octets: the range starts at 1 all the same (7.1.1). */
        chunker->head.range = (struct msrp_byte_range){ 1, 0, chunker->total };
        msrp_put_send(to, &chunker->head);
        put_tail(chunker, flag, to);
    }
    enter(chunker, MSRP_CHUNK_ENDED);
}

struct sp_slice msrp_chunker_id(const struct msrp_chunker *chunker)
{
    return chunker->head.id;
}

bool msrp_chunk_id_read(struct sp_slice id, struct sp_slice *stem, uint32_t *number)
{
    size_t dot = sp_find(id, '.');

    if (dot < 16 || dot >= id.len || id.len - dot - 1 > 8 || id.len == dot + 1)
        return false;
    *stem = sp_head(id, dot + 1);
    *number = 0;
    for (size_t i = dot + 1; i < id.len; i++) {
        int digit = sp_hex_value(id.at[i]);

        if (digit < 0)
            return false;
        *number = *number << 4 | (uint32_t)digit;
    }
    return true;
}
