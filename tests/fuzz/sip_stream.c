/* SPDX-License-Identifier: MIT
 * tests/fuzz/sip_stream.c -- messages out of a stream: any split gives the same frames, and a frame
 * that can be read ends where its message does. RFC 3261 18.3, 7.5.
 *
 * An input is a stream; where else it is cut depends on all its octets. */
#include "../../parser/sip_stream.h"
#include "../../parser/sip_msg.h"
#include "fuzz.h"

#define LARGEST 2048
#define FIELDS  256

/* All that one way of cutting gave, one frame after the other. */
struct frames {
    struct sp_buf log;
    bool          buffer_given;
};

static void check_message(struct sp_slice frame)
{
    struct sip_field fields[FIELDS];
    struct sip_msg   msg;
    struct sp_where  where;

    sip_msg_init(&msg, fields, FIELDS);
    if (sip_msg_parse(fuzz_copy(frame), &msg, &where) == SP_OK)
        fuzz_law(msg.octets.len == frame.len);
}

/* False when the stream is broken. */
static bool feed(struct sip_stream *stream, struct frames *frames, struct sp_slice piece)
{
    for (;;) {
        struct sp_slice before = piece, frame;
        enum sp_err     err;
        enum sip_frame  got = sip_stream_next(stream, &piece, LARGEST, &frame, &err);

        fuzz_law(piece.len <= before.len && piece.at + piece.len == before.at + before.len);
        if (got == SIP_FRAME_NONE) {
            fuzz_law(piece.len == 0);
            return true;
        }
        if (got == SIP_FRAME_BUFFER) {
            fuzz_law(!frames->buffer_given);
            stream->buffer = fuzz_room(LARGEST);
            stream->room = LARGEST;
            frames->buffer_given = true;
            continue;
        }
        sp_put_u64(&frames->log, got);
        sp_put_char(&frames->log, ' ');
        if (got == SIP_FRAME_BROKEN) {
            sp_put_text(&frames->log, sp_err_name(err));
            return false;
        }
        if (got == SIP_FRAME_MESSAGE) {
            fuzz_law(frame.len > 0 && frame.len <= LARGEST);
            check_message(frame);
            sp_put_u64(&frames->log, frame.len);
            sp_put_char(&frames->log, ' ');
            sp_put(&frames->log, frame);
        }
    }
}

/* Pieces of 1 to `most` octets. */
static struct frames frames_of(struct sp_slice octets, uint32_t seed, uint32_t most)
{
    struct sip_stream stream = { 0 };
    struct frames     frames = { fuzz_buf(8 * octets.len), false };

    while (octets.len > 0) {
        size_t          take = most > 1 ? 1 + fuzz_next(&seed) % most : 1;
        struct sp_slice piece = fuzz_piece(sp_head(octets, take));

        if (!feed(&stream, &frames, piece))
            break;
        octets = sp_from(octets, take);
    }
    fuzz_law(frames.log.err == SP_OK);
    return frames;
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct sp_slice input = sp_slice(octets, len);
    uint32_t        seed = fuzz_seed(input);
    struct frames   whole = frames_of(input, 0, UINT32_MAX / 2);
    struct frames   single = frames_of(input, 0, 1);
    struct frames   some = frames_of(input, seed, 2 + seed % 64);

    fuzz_law(sp_eq(sp_written(&whole.log), sp_written(&single.log)));
    fuzz_law(sp_eq(sp_written(&whole.log), sp_written(&some.log)));
    fuzz_free();
    return 0;
}
