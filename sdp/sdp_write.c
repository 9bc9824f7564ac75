/* SPDX-License-Identifier: MIT
 * sdp/sdp_write.c -- the writing half of sdp.h: RFC 8866 5, 9.
 *
 * A line at a time into the caller's room. What a value may not hold sticks in the buffer, so
 * that no value can end its line and begin another one. */
#include "sdp.h"
#include "sdp_grammar.h"

static void line_end(struct sp_buf *to)
{
    sp_put_text(to, "\r\n");
}

static void put_line(struct sp_buf *to, char letter, struct sp_slice value)
{
    sp_put_char(to, letter);
    sp_put_char(to, '=');
    sp_put_value(to, value);
    line_end(to);
}

/* A field between two spaces: one non-ws-string. A space in it would make two of it. */
static void put_word(struct sp_buf *to, struct sp_slice word)
{
    struct sp_scan  s = sp_scan(word);
    struct sp_where where;

    sp_put_value(to, word); /* SP_INJECTION comes before SP_SYNTAX */
    (void)sdp_scan_non_ws(&s, "non-ws-string");
    enum sp_err err = sp_scan_end(&s, &where);
    if (err != SP_OK)
        sp_put_fail(to, err);
}

/* nettype SP addrtype SP address */
static void put_address(struct sp_buf *to, struct sp_slice nettype, struct sp_slice addrtype,
                        struct sp_slice address)
{
    put_word(to, nettype);
    sp_put_char(to, ' ');
    put_word(to, addrtype);
    sp_put_char(to, ' ');
    put_word(to, address);
    line_end(to);
}

void sdp_put_origin(struct sp_buf *to, const struct sdp_origin *origin)
{
    if (origin->session_id > INT64_MAX || origin->version > INT64_MAX)
        sp_put_fail(to, SP_RANGE); /* RFC 3264 5: 64 bits with a sign */
    sp_put_text(to, "o=");
    put_word(to, origin->username.len > 0 ? origin->username : SP_LIT("-"));
    sp_put_char(to, ' ');
    sp_put_u64(to, origin->session_id);
    sp_put_char(to, ' ');
    sp_put_u64(to, origin->version);
    sp_put_char(to, ' ');
    put_address(to, origin->nettype, origin->addrtype, origin->address);
}

void sdp_put_connection(struct sp_buf *to, const struct sdp_connection *connection)
{
    sp_put_text(to, "c=");
    put_address(to, connection->nettype, connection->addrtype, connection->address);
}

static void put_head(struct sp_buf *to, const struct sdp_origin *origin,
                     struct sp_slice session_name, const struct sdp_connection *connection)
{
    sp_put_text(to, "v=0\r\n");
    sdp_put_origin(to, origin);
    put_line(to, 's', session_name.len > 0 ? session_name : SP_LIT("-"));
    if (connection->address.len > 0)
        sdp_put_connection(to, connection);
}

void sdp_put_session(struct sp_buf *to, const struct sdp_origin *origin,
                     struct sp_slice session_name, const struct sdp_connection *connection)
{
    put_head(to, origin, session_name, connection);
    sp_put_text(to, "t=0 0\r\n");
}

void sdp_put_times(struct sp_buf *to, const struct sdp *like)
{
    struct sp_slice rest = like->times, value;
    char            letter;

    if (rest.len == 0)
        sp_put_text(to, "t=0 0\r\n");
    while (sdp_line_next(&rest, &letter, &value))
        put_line(to, letter, value);
}

void sdp_put_answer_session(struct sp_buf *to, const struct sdp *offer,
                            const struct sdp_origin *origin, struct sp_slice session_name,
                            const struct sdp_connection *connection)
{
    put_head(to, origin, session_name, connection);
    sdp_put_times(to, offer);
}

void sdp_put_media(struct sp_buf *to, struct sp_slice media, uint16_t port, struct sp_slice proto,
                   struct sp_slice formats)
{
    sp_put_text(to, "m=");
    put_word(to, media);
    sp_put_char(to, ' ');
    sp_put_u64(to, port);
    sp_put_char(to, ' ');
    put_word(to, proto);
    sp_put_char(to, ' ');
    sp_put_value(to, formats.len > 0 ? formats : SP_LIT("*"));
    line_end(to);
}

void sdp_put_attribute(struct sp_buf *to, const char *name, struct sp_slice value)
{
    sp_put_text(to, "a=");
    sp_put_text(to, name);
    sp_put_char(to, ':');
    sp_put_value(to, value);
    line_end(to);
}

void sdp_put_flag(struct sp_buf *to, const char *name)
{
    sp_put_text(to, "a=");
    sp_put_text(to, name);
    line_end(to);
}

/* A line as it was read, in its proper form: a name for "s=", a format for MSRP's "m=", and no
 * colon where nothing follows it, for an attribute-value has one octet at least. */
static void write_line(struct sp_buf *to, char letter, struct sp_slice value, bool add_format)
{
    if (letter == 's' && value.len == 0)
        value = SP_LIT("-");
    if (letter == 'a' && sp_find(value, ':') + 1 == value.len)
        value.len--;
    sp_put_char(to, letter);
    sp_put_char(to, '=');
    sp_put_value(to, value);
    if (letter == 'm' && add_format)
        sp_put_text(to, " *");
    line_end(to);
}

/* The lines of the session's part, c= and t= where RFC 8866 5 has them. */
static void write_session(struct sp_buf *to, const struct sdp *sdp)
{
    struct sp_slice rest = sdp->session_octets, value;
    bool            is_connected = sdp->connection.address.len == 0;
    bool            is_timed = sdp->times.len > 0;
    char            letter;

    while (sdp_line_next(&rest, &letter, &value)) {
        bool is_behind = letter == 'c' || letter == 'b' || letter == 't';

        if (is_behind && !is_connected) {
            sdp_put_connection(to, &sdp->connection);
            is_connected = true;
        }
        if (letter == 'a' && !is_timed) {
            sdp_put_times(to, sdp);
            is_timed = true;
        }
        if (letter != 'c' && letter != 'k')
            write_line(to, letter, value, false);
    }
    if (!is_timed)
        sdp_put_times(to, sdp);
}

static void write_media(struct sp_buf *to, const struct sdp_media *media)
{
    struct sp_slice rest = media->octets, value;
    char            letter;

    while (sdp_line_next(&rest, &letter, &value)) {
        if (letter != 'k')
            write_line(to, letter, value, media->formats.len == 0);
    }
}

void sdp_write(struct sp_buf *to, const struct sdp *sdp)
{
    write_session(to, sdp);
    for (uint32_t i = 0; i < sdp->media_count; i++)
        write_media(to, &sdp->media[i]);
}
