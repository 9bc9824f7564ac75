/* SPDX-License-Identifier: MIT
 * tests/fuzz/msrp_chunk.c -- a message cut into chunks and read again is the same message, whatever
 * its octets: no body holds the end-line of its own chunk. RFC 4975 5.1, 7.1, 7.1.1.
 *
 * An input is a body; where it is cut depends on all its octets. */
#include "../../msrp/msrp_chunk.h"
#include "../../msrp/msrp_frame.h"
#include "fuzz.h"

#define TO   SP_LIT("msrp://b:1/x;tcp")
#define FROM SP_LIT("msrp://a:2/y;tcp")

static void put_piece(struct sp_buf *stream, const struct msrp_piece *piece)
{
    sp_put(stream, piece->head);
    sp_put(stream, piece->body);
    sp_put(stream, piece->tail);
}

/* All of the body, cut here and there; yields the stream. */
static struct sp_slice chunked(struct sp_slice body, uint32_t seed)
{
    static const uint8_t      random[8] = { 0 };
    const struct msrp_request head = { .to_path = TO,
                                       .from_path = FROM,
                                       .message_id = SP_LIT("abcd"),
                                       .content_type = SP_LIT("text/plain") };
    size_t                    room = (body.len + 1) * 512;
    struct sp_buf             stream = sp_buf(fuzz_room(room), room);
    const uint64_t            most = seed % 4 == 0 ? 4096 : 1 + seed % 64;
    struct msrp_chunker       chunker;

    msrp_chunker_init(&chunker, &head, body.len, random, SP_LIT("x"));
    for (size_t steps = 0; chunker.state != MSRP_CHUNK_ENDED; steps++) {
        char              octets[1024];
        struct sp_buf     to = sp_buf(octets, sizeof octets);
        struct msrp_piece piece;
        struct sp_slice   rest = sp_from(body, (size_t)chunker.at);

        fuzz_law(steps <= 2 * body.len + 1);
        msrp_chunker_piece(&chunker, fuzz_copy(sp_head(rest, 1 + fuzz_next(&seed) % 96)), most,
                           fuzz_next(&seed) % 8 == 0, &to, &piece);
        fuzz_law(to.err == SP_OK);
        put_piece(&stream, &piece);
    }
    fuzz_law(stream.err == SP_OK);
    return sp_written(&stream);
}

/* The frames of a stream put `body` together again; the last one says that it is complete. */
static void check_stream(struct sp_slice stream, struct sp_slice body)
{
    struct msrp_frame     frame;
    struct msrp_head      head;
    enum msrp_frame_event event;
    struct sp_where       where;
    char                 *again = fuzz_room(body.len);
    uint64_t              at = 0, had = 0;
    char                  flag = '\0';

    msrp_frame_init(&frame, fuzz_room(1024), 1024);
    while ((event = msrp_frame_next(&frame, &stream)) != MSRP_FRAME_NONE) {
        fuzz_law(event != MSRP_FRAME_BROKEN && flag != '$');
        if (event == MSRP_FRAME_HEAD) {
            fuzz_law(msrp_head_parse(frame.octets, &head, &where) == SP_OK && frame.has_body);
            fuzz_law(head.range.from == had + 1 && head.range.total == body.len);
            at = head.range.from - 1;
        } else if (event == MSRP_FRAME_BODY) {
            fuzz_law(frame.octets.len <= body.len - at);
            memcpy(again + at, frame.octets.at, frame.octets.len);
            at += frame.octets.len;
            had = at;
        } else {
            flag = frame.flag;
            fuzz_law(flag == '$' || flag == '+');
            fuzz_law(head.range.to == MSRP_UNKNOWN || head.range.to == at);
        }
    }
    fuzz_law(flag == '$' && had == body.len && stream.len == 0);
    fuzz_law(sp_eq(sp_slice(again, body.len), body));
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct sp_slice body = sp_slice(octets, len);

    check_stream(chunked(body, fuzz_seed(body)), body);
    fuzz_free();
    return 0;
}
