/* SPDX-License-Identifier: MIT
 * parser/sip_stream.h -- messages out of a stream: RFC 3261 18.3, 7.5; keep-alive CRLFs: RFC
 * 5626 4.4.1.
 *
 * Eats any split of the stream. A message that lies whole in the octets given is framed where it
 * lies; only one that is cut is gathered in the stream's buffer. Every message of a stream needs
 * Content-Length. */
#ifndef SIPUSH_PARSER_SIP_STREAM_H
#define SIPUSH_PARSER_SIP_STREAM_H

#include "../base/slice.h"

struct sip_stream {
    char *buffer; /* room for one message, or NULL while nothing is gathered: set it when asked
                     (SP_ROOM) */
    size_t  len;  /* octets gathered */
    size_t  room;
    size_t  need;    /* octets of the gathered message, once its head is whole; else 0 */
    size_t  scanned; /* octets of the gathered head that hold no end of it */
    uint8_t crlf;    /* octets of CRLFCRLF seen since the last message */
    bool    broken;  /* nothing can be framed any more */
};

enum sip_frame {
    SIP_FRAME_NONE,    /* all octets are eaten; come again with more */
    SIP_FRAME_MESSAGE, /* `frame` is one message, head to body */
    SIP_FRAME_PING,    /* CRLFCRLF between messages: answer CRLF */
    SIP_FRAME_BUFFER, /* a message is cut and there is no buffer: set one (buffer, room), call again
                       */
    SIP_FRAME_BROKEN, /* no message's end can be found any more: `err`; answer 400/413/513, close */
};

/* Take the next frame out of `octets`, which shrinks by what was eaten. A frame lies in the octets
 * given or in the stream's buffer and is valid until the next call with this stream; call until
 * SIP_FRAME_NONE. `frame` of SIP_FRAME_BROKEN is the head, as far as it is there, so that an answer
 * can be made; `err`: SP_SYNTAX (Content-Length is missing or none, or no message can begin like
 * this), SP_REPEATED (it stands twice and differs), SP_RANGE, SP_ROOM (the message is larger than
 * `largest` or than the buffer's room). A broken stream stays so. */
enum sip_frame sip_stream_next(struct sip_stream *stream, struct sp_slice *octets, size_t largest,
                               struct sp_slice *frame, enum sp_err *err);

/* True between messages: nothing is gathered, the buffer can be lent to another stream. Not yet
 * after SIP_FRAME_MESSAGE out of the buffer. */
bool sip_stream_idle(const struct sip_stream *stream);

#endif
