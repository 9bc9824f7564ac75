/* SPDX-License-Identifier: MIT
 * sdp/sdp.c -- see sdp.h. RFC 8866 5 and 9: the order of the lines, read top to bottom. */
#include <string.h>

#include "sdp.h"
#include "sdp_grammar.h"
#include "sdp_line.h"

/* The cursor stands at a line's start and sees all that is left, or it stands in a line and sees
 * this line only. */
struct reader {
    struct sp_scan s;
    const char    *limit; /* the end of the description */
    const char    *next;  /* the start of the line after this one */
    struct sdp    *sdp;
};

void sdp_init(struct sdp *sdp, struct sdp_media *media, uint32_t media_room,
              struct sdp_attribute *attributes, uint32_t attribute_room)
{
    *sdp = (struct sdp){
        .media = media,
        .media_room = media_room,
        .attributes = attributes,
        .attribute_room = attribute_room,
    };
}

/* No octet of a line may be NUL or a CR of its own. */
static void check_octets(struct reader *r)
{
    size_t      len = (size_t)(r->s.end - r->s.at);
    const char *nul = memchr(r->s.at, '\0', len);
    const char *cr = memchr(r->s.at, '\r', nul != NULL ? (size_t)(nul - r->s.at) : len);

    if (cr != NULL)
        sp_scan_fail(&r->s, SP_SYNTAX, cr, "byte-string");
    else if (nul != NULL)
        sp_scan_fail(&r->s, SP_SYNTAX, nul, "byte-string");
}

/* Enter the next line if it is one of this letter: the cursor then stands at its value and ends
 * with it. */
static bool enter_line(struct reader *r, char letter)
{
    if (sp_scan_peek(&r->s) != letter || letter == '\0')
        return false;

    const char *lf = memchr(r->s.at, '\n', (size_t)(r->limit - r->s.at));
    if (lf == NULL) {
        sp_scan_fail(&r->s, SP_SYNTAX, r->limit, "CRLF");
        return false;
    }
    r->next = lf + 1;
    r->s.end = lf;
    if (lf[-1] == '\r')
        r->s.end--;
    else
        r->sdp->deviations |= SDP_BARE_LF;
    r->s.at++;
    sp_scan_char(&r->s, '=', "=");
    check_octets(r);
    return true;
}

/* Nothing may be left of the line. */
static void leave_line(struct reader *r, const char *rule)
{
    if (sp_scan_more(&r->s))
        sp_scan_fail(&r->s, SP_SYNTAX, r->s.at, rule);
    r->s.at = r->next;
    r->s.end = r->limit;
}

/* Enter a line that must come. */
static bool need_line(struct reader *r, char letter, const char *rule)
{
    if (enter_line(r, letter))
        return true;
    sp_scan_fail(&r->s, SP_MISSING, r->s.at, rule);
    return false;
}

/* A line of text for people. */
static struct sp_slice text(struct reader *r, const char *rule)
{
    struct sp_slice value = sdp_scan_bytes(&r->s, 1, rule);

    leave_line(r, rule);
    return value;
}

/* %s"v" "=" 1*DIGIT CRLF */
static void version(struct reader *r)
{
    if (!need_line(r, 'v', "version-field"))
        return;
    const char *from = r->s.at;
    if (sp_scan_u64(&r->s, "version-field") != 0)
        sp_scan_fail(&r->s, SP_UNSUPPORTED, from, "version-field");
    leave_line(r, "version-field");
}

static void session_name(struct reader *r)
{
    if (!need_line(r, 's', "session-name-field"))
        return;
    if (r->s.err == SP_OK && r->s.at == r->s.end)
        r->sdp->deviations |= SDP_EMPTY_NAME;
    r->sdp->session_name = sdp_scan_bytes(&r->s, 0, "session-name-field");
    leave_line(r, "session-name-field");
}

static bool connection(struct reader *r, struct sdp_connection *to, bool in_media)
{
    if (!enter_line(r, 'c'))
        return false;
    sdp_scan_connection(&r->s, to, in_media);
    leave_line(r, "connection-field");
    return true;
}

static void bandwidths(struct reader *r)
{
    while (enter_line(r, 'b')) {
        sdp_scan_bandwidth(&r->s);
        leave_line(r, "bandwidth-field");
    }
}

/* time-description = time-field [repeat-description]; repeat-description = 1*repeat-field
 * [zone-field] */
static void time_description(struct reader *r, bool is_first)
{
    uint64_t start = 0, stop = 0;
    bool     repeats = false;

    sdp_scan_time(&r->s, &start, &stop);
    leave_line(r, "time-field");
    if (is_first) {
        r->sdp->start = start;
        r->sdp->stop = stop;
    }
    while (enter_line(r, 'r')) {
        sdp_scan_repeat(&r->s);
        leave_line(r, "repeat-field");
        repeats = true;
    }
    if (repeats && enter_line(r, 'z')) {
        sdp_scan_zone(&r->s);
        leave_line(r, "zone-field");
    }
}

static void times(struct reader *r)
{
    const char *from = r->s.at;
    bool        is_first = true;

    while (enter_line(r, 't')) {
        time_description(r, is_first);
        is_first = false;
    }
    if (r->s.err != SP_OK)
        return;
    r->sdp->times = sp_slice(from, (size_t)(r->s.at - from));
    if (is_first)
        r->sdp->deviations |= SDP_NO_TIME;
}

/* The key is dropped: RFC 8866 5.12. */
static void key(struct reader *r)
{
    if (enter_line(r, 'k'))
        (void)text(r, "key-field");
}

/* attribute-name [":" attribute-value], indexed in the room for it; how many there were. */
static uint32_t attributes(struct reader *r)
{
    struct sdp *sdp = r->sdp;
    uint32_t    count = 0;

    for (const char *line = r->s.at; enter_line(r, 'a'); line = r->s.at) {
        struct sdp_attribute attribute = { 0 };

        attribute.name = sdp_scan_token(&r->s, "attribute-name");
        attribute.has_value = sp_scan_try(&r->s, ':');
        if (attribute.has_value)
            attribute.value = sdp_scan_bytes(&r->s, 0, "attribute-value");
        if (attribute.has_value && r->s.err == SP_OK && attribute.value.len == 0)
            sdp->deviations |= SDP_EMPTY_VALUE;
        leave_line(r, "attribute-name");
        if (sdp->attributes_used == sdp->attribute_room)
            sp_scan_fail(&r->s, SP_ROOM, line, "attribute-field");
        if (r->s.err != SP_OK)
            break;
        sdp->attributes[sdp->attributes_used++] = attribute;
        count++;
    }
    return count;
}

/* media SP port ["/" integer] SP proto 1*(SP fmt) */
static void media_field(struct reader *r, struct sdp_media *media)
{
    struct sp_scan *s = &r->s;

    media->media = sdp_scan_token(s, "media");
    sp_scan_char(s, ' ', "SP");
    const char *from = s->at;
    uint64_t    port = sp_scan_u64(s, "port");
    if (port > UINT16_MAX)
        sp_scan_fail(s, SP_RANGE, from, "port");
    media->port = (uint16_t)port;
    media->port_count = 1;
    if (sp_scan_try(s, '/')) {
        from = s->at;
        uint64_t count = sdp_scan_integer(s, "integer");
        if (count > UINT16_MAX)
            sp_scan_fail(s, SP_RANGE, from, "integer");
        media->port_count = (uint32_t)count;
    }
    sp_scan_char(s, ' ', "SP");
    media->proto = sdp_scan_proto(s);
    if (s->err == SP_OK && s->at == s->end &&
        (sp_eq_nocase(media->proto, SP_LIT("TCP/MSRP")) ||
         sp_eq_nocase(media->proto, SP_LIT("TCP/TLS/MSRP")))) {
        r->sdp->deviations |= SDP_NO_FORMAT;
        leave_line(r, "fmt");
        return;
    }
    sp_scan_char(s, ' ', "SP");
    from = s->at;
    do {
        sdp_scan_token(s, "fmt");
    } while (sp_scan_try(s, ' '));
    media->formats = sdp_scan_since(s, from);
    leave_line(r, "fmt");
}

/* media-field [information-field] *connection-field *bandwidth-field [key-field]
 * *attribute-field */
static void media_description(struct reader *r, const char *from)
{
    struct sdp      *sdp = r->sdp;
    struct sdp_media media = { 0 };

    media_field(r, &media);
    if (enter_line(r, 'i'))
        media.title = text(r, "information-field");
    if (connection(r, &media.connection, true)) {
        struct sdp_connection other;
        while (connection(r, &other, true))
            ;
    } else if (sdp->connection.address.len == 0) {
        sp_scan_fail(&r->s, SP_MISSING, from, "connection-field");
    }
    bandwidths(r);
    key(r);
    media.attributes = sdp->attributes_used;
    media.attribute_count = attributes(r);
    if (sdp->media_count == sdp->media_room)
        sp_scan_fail(&r->s, SP_ROOM, from, "media-description");
    if (r->s.err != SP_OK)
        return;
    media.octets = sp_slice(from, (size_t)(r->s.at - from));
    sdp->media[sdp->media_count++] = media;
}

static void session_section(struct reader *r)
{
    struct sdp *sdp = r->sdp;

    version(r);
    if (need_line(r, 'o', "origin-field")) {
        sdp_scan_origin(&r->s, &sdp->origin);
        leave_line(r, "origin-field");
    }
    session_name(r);
    if (enter_line(r, 'i'))
        sdp->title = text(r, "information-field");
    if (enter_line(r, 'u'))
        (void)text(r, "uri-field");
    while (enter_line(r, 'e'))
        (void)text(r, "email-field");
    while (enter_line(r, 'p'))
        (void)text(r, "phone-field");
    bool connected = connection(r, &sdp->connection, false);
    bandwidths(r);
    times(r);
    if (!connected && connection(r, &sdp->connection, false))
        sdp->deviations |= SDP_LATE_CONNECTION;
    key(r);
    sdp->attribute_count = attributes(r);
}

static void blank_lines(struct reader *r)
{
    while (sp_starts(sp_slice(r->s.at, (size_t)(r->limit - r->s.at)), SP_LIT("\r\n")) ||
           sp_scan_peek(&r->s) == '\n') {
        r->s.at += *r->s.at == '\r' ? 2 : 1;
        r->sdp->deviations |= SDP_BLANK_LINES;
    }
}

enum sp_err sdp_parse(struct sp_slice octets, struct sdp *sdp, struct sp_where *where)
{
    struct reader r = { .s = sp_scan(octets), .sdp = sdp };

    sdp_init(sdp, sdp->media, sdp->media_room, sdp->attributes, sdp->attribute_room);
    r.limit = r.s.end;
    session_section(&r);
    if (r.s.err == SP_OK)
        sdp->session_octets = sp_slice(octets.at, (size_t)(r.s.at - octets.at));
    for (const char *from = r.s.at; enter_line(&r, 'm'); from = r.s.at)
        media_description(&r, from);
    if (r.s.err == SP_OK)
        blank_lines(&r);
    if (sp_scan_more(&r.s))
        sp_scan_fail(&r.s, SP_SYNTAX, r.s.at,
                     sdp->media_count > 0 ? "media-description" : "session-description");
    return sp_scan_end(&r.s, where);
}

const struct sdp_attribute *sdp_find(const struct sdp *sdp, const struct sdp_media *media,
                                     const char *name)
{
    uint32_t from = media != NULL ? media->attributes : 0;
    uint32_t end = from + (media != NULL ? media->attribute_count : sdp->attribute_count);

    for (uint32_t i = from; i < end; i++) {
        if (sp_eq(sdp->attributes[i].name, sp_str(name)))
            return &sdp->attributes[i];
    }
    return NULL;
}

const struct sdp_attribute *sdp_find_next(const struct sdp *sdp, const struct sdp_media *media,
                                          const struct sdp_attribute *after)
{
    uint32_t from = media != NULL ? media->attributes : 0;
    uint32_t end = from + (media != NULL ? media->attribute_count : sdp->attribute_count);

    for (uint32_t i = (uint32_t)(after - sdp->attributes) + 1; i < end; i++) {
        if (sp_eq(sdp->attributes[i].name, after->name))
            return &sdp->attributes[i];
    }
    return NULL;
}

bool sdp_line_next(struct sp_slice *rest, char *letter, struct sp_slice *value)
{
    size_t lf = sp_find(*rest, '\n');

    if (lf == rest->len || lf < 2)
        return false;
    *letter = rest->at[0];
    *value = sp_slice(rest->at + 2, lf - 2);
    if (value->len > 0 && value->at[value->len - 1] == '\r')
        value->len--;
    *rest = sp_from(*rest, lf + 1);
    return true;
}
