/* SPDX-License-Identifier: MIT
 * parser/sip_stream.c -- messages out of a stream: RFC 3261 18.3, 7.5; RFC 5626 4.4.1. */
#include "sip_stream.h"

#include <string.h>

#include "sip_field.h"
#include "sip_scan.h"

#define EMPTY_LINE SP_LIT("\r\n\r\n")

/* What is known of a message from its first octets. */
struct extent {
    enum sp_err err;  /* SP_PARTIAL: its head does not end yet */
    size_t      head; /* octets of its head, empty line included */
    size_t      all;  /* and with its body */
};

/* The value of the field at the cursor, folds within it; the cursor moves behind its line. */
static struct sp_slice take_field(struct sp_slice *rest, struct sp_slice *name)
{
    struct sp_slice line;
    size_t          end = 0, colon;

    do {
        end += sp_find_slice(sp_from(*rest, end), SP_LIT("\r\n")) + 2;
    } while (end < rest->len && (rest->at[end] == ' ' || rest->at[end] == '\t'));
    line = sp_head(*rest, end);
    *rest = sp_from(*rest, end);
    colon = sp_find(line, ':');
    *name = sp_trim(sp_head(line, colon));
    return sp_trim(sp_from(line, colon + 1));
}

/* Content-Length of a whole head. */
static enum sp_err body_octets(struct sp_slice head, size_t *octets)
{
    struct sp_slice name, value;
    bool            found = false;
    uint64_t        length = 0, other = 0;

    take_field(&head, &name); /* the start line */
    while (head.len > 2) {
        enum sp_err err;

        value = take_field(&head, &name);
        if (sip_field_of(name) != SIP_FIELD_CONTENT_LENGTH)
            continue;
        err = sp_to_u64(value, UINT32_MAX, &other);
        if (err != SP_OK)
            return err;
        if (found && other != length)
            return SP_REPEATED;
        found = true;
        length = other;
    }
    *octets = (size_t)length;
    return found ? SP_OK : SP_SYNTAX;
}

/* `known` octets hold no end of the head. */
static struct extent extent_of(struct sp_slice octets, size_t known, size_t largest)
{
    size_t        from = known > 3 ? known - 3 : 0, body = 0;
    size_t        at = sp_find_slice(sp_from(octets, from), EMPTY_LINE);
    struct extent found = { SP_PARTIAL, octets.len, 0 };

    if (from + at == octets.len) {
        if (octets.len >= largest)
            found.err = SP_ROOM;
        return found;
    }
    found.head = from + at + 4;
    found.err = found.head > largest ? SP_ROOM : body_octets(sp_head(octets, found.head), &body);
    if (found.err == SP_OK && body > largest - found.head)
        found.err = SP_ROOM;
    found.all = found.head + body;
    return found;
}

static enum sip_frame break_off(struct sip_stream *stream, struct sp_slice *octets,
                                struct sp_slice head, enum sp_err why, struct sp_slice *frame,
                                enum sp_err *err)
{
    stream->broken = true;
    *octets = sp_from(*octets, octets->len);
    *frame = head;
    *err = why;
    return SIP_FRAME_BROKEN;
}

/* Between messages: CRLFs are skipped, two of them are a ping. A CR must bring its LF, and no
 * message begins with what is in no token: SP_SYNTAX. */
static enum sp_err skip_crlf(struct sip_stream *stream, struct sp_slice *octets, bool *ping)
{
    while (octets->len > 0) {
        char want = stream->crlf % 2 == 0 ? '\r' : '\n';

        if (octets->at[0] != want) {
            if (want == '\n' || !sip_is(octets->at[0], SIP_TOKEN))
                return SP_SYNTAX;
            stream->crlf = 0;
            return SP_OK;
        }
        *octets = sp_from(*octets, 1);
        if (++stream->crlf == 4) {
            stream->crlf = 0;
            *ping = true;
            return SP_OK;
        }
    }
    return SP_OK;
}

/* Add to the gathered message as many octets as are surely its own. */
static enum sip_frame gather(struct sip_stream *stream, struct sp_slice *octets, size_t largest,
                             struct sp_slice *frame, enum sp_err *err)
{
    size_t        limit = largest < stream->room ? largest : stream->room;
    size_t        want = (stream->need > 0 ? stream->need : limit) - stream->len;
    size_t        take = octets->len < want ? octets->len : want;
    struct extent found;

    memcpy(stream->buffer + stream->len, octets->at, take);
    stream->len += take;
    *octets = sp_from(*octets, take);
    if (stream->need == 0) {
        found = extent_of(sp_slice(stream->buffer, stream->len), stream->scanned, limit);
        stream->scanned = stream->len;
        if (found.err == SP_PARTIAL)
            return SIP_FRAME_NONE;
        if (found.err != SP_OK)
            return break_off(stream, octets, sp_slice(stream->buffer, found.head), found.err, frame,
                             err);
        stream->need = found.all;
        if (stream->len > found.all) { /* the rest belongs to the next message */
            size_t surplus = stream->len - found.all;

            *octets = sp_slice(octets->at - surplus, octets->len + surplus);
            stream->len = found.all;
        }
    }
    if (stream->len < stream->need)
        return SIP_FRAME_NONE;
    *frame = sp_slice(stream->buffer, stream->len);
    return SIP_FRAME_MESSAGE;
}

enum sip_frame sip_stream_next(struct sip_stream *stream, struct sp_slice *octets, size_t largest,
                               struct sp_slice *frame, enum sp_err *err)
{
    struct extent found;
    bool          ping = false;

    *frame = sp_slice(NULL, 0);
    *err = SP_OK;
    if (stream->broken)
        return break_off(stream, octets, *frame, SP_STATE, frame, err);
    if (stream->need > 0 && stream->len == stream->need) /* handed out by the last call */
        stream->len = stream->need = stream->scanned = 0;
    if (stream->len > 0)
        return octets->len > 0 ? gather(stream, octets, largest, frame, err) : SIP_FRAME_NONE;

    *err = skip_crlf(stream, octets, &ping);
    if (*err != SP_OK)
        return break_off(stream, octets, *octets, *err, frame, err);
    if (ping)
        return SIP_FRAME_PING;
    if (octets->len == 0)
        return SIP_FRAME_NONE;

    found = extent_of(*octets, 0, largest);
    if (found.err == SP_OK && found.all <= octets->len) {
        *frame = sp_head(*octets, found.all);
        *octets = sp_from(*octets, found.all);
        return SIP_FRAME_MESSAGE;
    }
    if (found.err != SP_OK && found.err != SP_PARTIAL)
        return break_off(stream, octets, sp_head(*octets, found.head), found.err, frame, err);
    if (stream->buffer == NULL)
        return SIP_FRAME_BUFFER;
    return gather(stream, octets, largest, frame, err);
}

bool sip_stream_idle(const struct sip_stream *stream)
{
    return stream->len == 0;
}
