/* SPDX-License-Identifier: MIT
 * msrp/msrp_chunk.h -- an outgoing message into chunks that stop after any octet and resume. RFC
 * 4975 5.1, 7.1, 7.1.1.
 *
 * A pure struct: octets of the body in, head, body and end-line out. A chunk of more than 2048
 * octets, or one that goes out in several pieces, has "*" as its range-end, so it can be ended at
 * any moment. Before a body could hold the chunk's own end-line, the chunk is ended and the rest
 * goes under another id. Never copies a body. */
#ifndef SIPUSH_MSRP_MSRP_CHUNK_H
#define SIPUSH_MSRP_MSRP_CHUNK_H

#include "msrp_write.h"

#define MSRP_LARGE_OCTETS 2048 /* a chunk with more must be interruptible (7.1.1) */

enum msrp_chunk_state { MSRP_CHUNK_BETWEEN, MSRP_CHUNK_WITHIN, MSRP_CHUNK_ENDED };

struct msrp_chunker {
    struct msrp_request   head; /* what each chunk says; id and range are filled in here */
    uint64_t              total;
    enum msrp_chunk_state state;
    uint64_t              at;     /* octets of the body that went out */
    uint64_t              from;   /* where the chunk under way, or the last, began */
    uint32_t              number; /* of the chunk under way, or the last; from 1 */
    char                  id[MSRP_IDENT_OCTETS];
    uint8_t               stem_octets; /* of the id: what all chunks of the message share */
    struct msrp_guard     guard;
};

/* One thing to send. Empty parts are not there. */
struct msrp_piece {
    struct sp_slice head, body, tail;
    bool            begins; /* a chunk begins with it */
    char            flag;   /* the chunk ends with it: '$', '+'; '\0': it goes on */
};

/* `stem` is 8 random octets (7.1: 64 bits) and, after them, `name`: what the owner wants to read
 * back from a response, at most 7 of [0-9A-Za-z]. `head` and its slices stay the owner's. */
void msrp_chunker_init(struct msrp_chunker *chunker, const struct msrp_request *head,
                       uint64_t total, const uint8_t random[8], struct sp_slice name);

/* Send from `octets`, the body from chunker->at on; as much as the chunk may have, which is `most`
 * in all. `cut`: end the chunk with this piece in any case. Head and tail are written to `to`;
 * `piece->body` says what was taken. */
void msrp_chunker_piece(struct msrp_chunker *chunker, struct sp_slice octets, uint64_t most,
                        bool cut, struct sp_buf *to, struct msrp_piece *piece);

/* End the chunk under way with '+' (to be continued) or '#' (given up). Between chunks '#' writes a
 * chunk of no octets to say so, unless nothing went out yet; '+' writes nothing. */
void msrp_chunker_end(struct msrp_chunker *chunker, char flag, struct sp_buf *to);

/* The id of the chunk under way, or of the last. */
struct sp_slice msrp_chunker_id(const struct msrp_chunker *chunker);

/* A number in hexadecimal, without leading zeros. */
void msrp_put_hex_number(struct sp_buf *to, uint32_t number);

/* An id as the chunker makes them: 16 hexadecimal digits, name, '.', the number in hexadecimal.
 * False for any other. */
bool msrp_chunk_id_read(struct sp_slice id, struct sp_slice *stem, uint32_t *number);

#endif
