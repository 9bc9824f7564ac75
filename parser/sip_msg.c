/* SPDX-License-Identifier: MIT
 * parser/sip_msg.c -- indexing a SIP message in one pass: RFC 3261 7, 18.3, 25.1. */
#include "sip_msg.h"

#include <string.h>

#include "sip_lines.h"
#include "sip_scan.h"

void sip_msg_init(struct sip_msg *msg, struct sip_field *fields, uint32_t room)
{
    size_t cleared = 0;

    /* in pieces: of all at once compilers make a string instruction, which takes longer */
    for (; sizeof *msg - cleared >= 64; cleared += 64)
        memset((char *)msg + cleared, 0, 64);
    memset((char *)msg + cleared, 0, sizeof *msg % 64);
    msg->fields = fields;
    msg->field_room = room;
}

static bool is_wsp(char c)
{
    return c == ' ' || c == '\t';
}

static struct sp_slice between(const char *from, const char *to)
{
    return sp_slice(from, (size_t)(to - from));
}

/* SIP-Version = "SIP" "/" 1*DIGIT "." 1*DIGIT, all of `text` */
static bool is_version(struct sp_slice text)
{
    struct sp_scan s;

    if (text.len == 7 && memcmp(text.at, "SIP/2.0", 7) == 0)
        return true;
    s = sp_scan(text);
    sp_scan_text_nocase(&s, SP_LIT("SIP/"), "SIP-Version");
    sp_scan_u64(&s, "1*DIGIT");
    sp_scan_char(&s, '.', "SIP-Version");
    sp_scan_u64(&s, "1*DIGIT");
    return s.err == SP_OK && s.at == s.end;
}

/* Request-Line = Method SP Request-URI SP SIP-Version CRLF. A line with too many spaces is wrong
 * (RFC 4475 3.1.2.8 to 3.1.2.10), but what is meant is clear enough to be answered. */
static void index_request_line(struct sp_scan *s, struct sp_slice line, struct sip_msg *msg)
{
    const char *at = line.at, *end = line.at + line.len, *uri;

    msg->request = true;
    while (at < end && sip_is(*at, SIP_TOKEN))
        at++;
    msg->method_name = between(line.at, at);
    msg->method = sip_method_of(msg->method_name);
    if (at == line.at || at == end || *at != ' ')
        sp_scan_fail(s, SP_SYNTAX, at, "Method");
    uri = at < end ? at + 1 : end;
    msg->request_uri = sp_head(between(uri, end), sp_find(between(uri, end), ' '));
    at = uri + msg->request_uri.len;
    msg->version = at < end ? between(at + 1, end) : between(end, end);
    if (msg->request_uri.len > 0 && is_version(msg->version))
        return;

    sp_scan_fail(s, SP_SYNTAX, msg->request_uri.len == 0 ? uri : at,
                 msg->request_uri.len == 0 ? "Request-URI" : "SIP-Version");
    line = sp_trim(line);
    at = line.at + line.len;
    while (at > uri && at[-1] != ' ')
        at--;
    msg->version = between(at, line.at + line.len);
    msg->request_uri = sp_trim(between(uri, at > uri ? at : uri));
    if (msg->method_name.len == 0 || !is_version(msg->version))
        msg->version = msg->request_uri = sp_slice(NULL, 0);
}

/* Status-Line = SIP-Version SP Status-Code SP Reason-Phrase CRLF; the second SP may be missing
 * where the phrase is (RFC 4475 3.1.1.13). */
static void index_status_line(struct sp_scan *s, struct sp_slice line, struct sip_msg *msg)
{
    struct sp_slice rest = sp_from(line, sp_find(line, ' ')), code;
    uint64_t        status = 0;

    msg->request = false;
    msg->version = sp_head(line, line.len - rest.len);
    if (!is_version(msg->version) || rest.len == 0) {
        sp_scan_fail(s, SP_SYNTAX, line.at, "SIP-Version");
        msg->version = sp_slice(NULL, 0);
        return;
    }
    rest = sp_from(rest, 1);
    code = sp_head(rest, sp_find(rest, ' '));
    msg->reason = sp_from(rest, code.len + 1);
    if (code.len != 3 || sp_to_u64(code, 999, &status) != SP_OK)
        sp_scan_fail(s, SP_SYNTAX, rest.at, "Status-Code");
    else if (status < 100 || status > 699)
        sp_scan_fail(s, SP_RANGE, rest.at, "Status-Code");
    else
        msg->status = (uint16_t)status;
}

/* The end of the line at the cursor: its CR, or the end of the octets. A lone CR or LF in it is
 * told, and passed over: such a line is not kept, for its octets would break the lines of who
 * copies them. */
static const char *line_end(struct sp_scan *s, const char *at, bool *clean)
{
    for (;; at++) {
        at = sip_find_eol(at, s->end);
        if (at == s->end || (*at == '\r' && (at + 1 == s->end || at[1] == '\n')))
            return at;
        sp_scan_fail(s, SP_SYNTAX, at, "CRLF");
        *clean = false;
    }
}

static void index_start_line(struct sp_scan *s, struct sip_msg *msg)
{
    bool        clean = true;
    const char *end;

    msg->head.at = s->at;
    end = line_end(s, s->at, &clean);
    if (clean && end - s->at >= 4 && (*s->at | 0x20) == 's' &&
        sp_starts_nocase(between(s->at, end), SP_LIT("SIP/")))
        index_status_line(s, between(s->at, end), msg);
    else if (clean)
        index_request_line(s, between(s->at, end), msg);
    s->at = s->end - end >= 2 ? end + 2 : s->end;
}

static inline bool keep_field(struct sip_msg *msg, enum sip_field_id id, struct sp_slice name,
                              struct sp_slice value, bool single)
{
    struct sip_field *field = &msg->fields[msg->field_count];

    if (msg->field_count == msg->field_room)
        return false;
    msg->field_count++;
    field->id = id;
    field->single = single;
    field->name = name;
    field->value = value;
    if (msg->first[id] == 0)
        msg->first[id] = msg->field_count;
    else
        msg->repeated[id / 32] |= 1U << id % 32;
    return true;
}

/* A field as nearly all come: a known name of less than SIP_LOOK octets and ": ", a value on one
 * line. False, with nothing taken, for any other. A name that is known needs no look at its
 * characters. */
static bool index_common_field(struct sp_scan *s, struct sip_msg *msg)
{
    const char       *from = s->at, *end = s->end, *colon, *value, *eol;
    enum sip_field_id id;
    bool              comma;

    if (end - from < SIP_LOOK + 2)
        return false;
    colon = sip_find_colon(from);
    if (colon == NULL)
        return false;
    id = sip_field_of(between(from, colon));
    if (id == SIP_FIELD_OTHER || colon[1] != ' ')
        return false;
    value = colon + 2;
    eol = sip_find_eol_comma(value, end, &comma);
    if (end - eol < 3 || memcmp(eol, "\r\n", 2) != 0 ||
        ((unsigned char)eol[2] <= ' ' && eol[2] != '\r') || (unsigned char)value[0] <= ' ' ||
        (unsigned char)eol[-1] <= ' ' ||
        !keep_field(msg, id, between(from, colon), between(value, eol), !comma))
        return false;
    s->at = eol + 2;
    return true;
}

/* message-header = header-name HCOLON header-value CRLF, with its folds. False: the octets end in
 * it; a fragment may end behind its CRLF, of a message the next line might still go on with it. */
static bool index_field(struct sp_scan *s, struct sip_msg *msg, bool fragment)
{
    const char *from = s->at, *name_end, *at = from, *value, *end = s->end;
    bool        clean = true;

    while (at < end && sip_is(*at, SIP_TOKEN))
        at++;
    name_end = at;
    while (at < end && is_wsp(*at))
        at++;
    if (at < end && (*at != ':' || name_end == from)) {
        sp_scan_fail(s, SP_SYNTAX, at, name_end == from ? "header-name" : "HCOLON");
        clean = false;
    }
    value = at < end ? at + (*at == ':') : at;
    for (at = value;; at += 3) {
        at = line_end(s, at, &clean);
        if (end - at < (fragment ? 2 : 3)) {
            s->at = end;
            return false;
        }
        if (end - at == 2 || !is_wsp(at[2]))
            break;
    }
    s->at = at + 2;
    if (!clean)
        return true;
    while (value < at && (unsigned char)*value <= ' ' &&
           (is_wsp(*value) || *value == '\r' || *value == '\n'))
        value++;
    while (at > value && (unsigned char)at[-1] <= ' ' &&
           (is_wsp(at[-1]) || at[-1] == '\r' || at[-1] == '\n'))
        at--;
    if (!keep_field(msg, sip_field_of(between(from, name_end)), between(from, name_end),
                    between(value, at), false))
        sp_scan_fail(s, SP_ROOM, from, "message-header");
    return true;
}

/* All fields and the empty line. False: the octets end before it. */
static bool index_fields(struct sp_scan *s, struct sip_msg *msg)
{
    while (s->end - s->at >= 2) {
        if (s->at[0] == '\r' && s->at[1] == '\n') {
            s->at += 2;
            return true;
        }
        if (!index_common_field(s, msg) && !index_field(s, msg, false))
            break;
    }
    return false;
}

/* The body: as long as Content-Length says, or the rest of the datagram (18.3). */
static void index_body(struct sp_scan *s, struct sip_msg *msg)
{
    size_t      left = (size_t)(s->end - s->at);
    uint32_t    octets = 0;
    enum sp_err err = sip_msg_content_length(msg, &octets);

    if (err == SP_MISSING) {
        msg->body = sp_slice(s->at, left);
    } else if (err != SP_OK) {
        sp_scan_fail(s, err, sip_msg_value(msg, SIP_FIELD_CONTENT_LENGTH).at, "Content-Length");
        msg->body = sp_slice(s->at, 0);
    } else if (octets > left) {
        sp_scan_fail(s, SP_PARTIAL, s->end, "message-body");
        msg->body = sp_slice(s->at, left);
    } else {
        msg->body = sp_slice(s->at, octets);
    }
}

/* Told last: what else is wrong says more (8.2.6, 21.5.6). */
static void check_version(struct sp_scan *s, const struct sip_msg *msg)
{
    struct sp_slice version = msg->version;

    if (version.len == 7 && memcmp(version.at, "SIP/2.0", 7) == 0)
        return;
    if (version.len > 0 && !sp_eq_nocase(version, SP_LIT("SIP/2.0")))
        sp_scan_fail(s, SP_UNSUPPORTED, version.at, "SIP-Version");
}

enum sp_err sip_msg_parse(struct sp_slice octets, struct sip_msg *msg, struct sp_where *where)
{
    struct sp_scan s = sp_scan(octets);

    if (msg->octets.at != NULL) /* not the first to be parsed into it */
        sip_msg_init(msg, msg->fields, msg->field_room);
    while (s.end - s.at >= 2 && s.at[0] == '\r' && s.at[1] == '\n')
        s.at += 2;
    index_start_line(&s, msg);
    if (index_fields(&s, msg)) {
        msg->head.len = (size_t)(s.at - msg->head.at);
        index_body(&s, msg);
    } else {
        sp_scan_fail(&s, SP_PARTIAL, s.end, "CRLF");
        msg->head.len = (size_t)(s.end - msg->head.at);
        msg->body = sp_slice(s.end, 0);
    }
    msg->octets = sp_slice(msg->head.at, msg->head.len + msg->body.len);
    check_version(&s, msg);
    *where = s.where;
    return s.err;
}

/* A line of a fragment is a field where a colon follows its first token, else a start line. */
static bool starts_with_field(struct sp_slice octets)
{
    size_t at = 0;

    while (at < octets.len && sip_is(octets.at[at], SIP_TOKEN))
        at++;
    while (at < octets.len && is_wsp(octets.at[at]))
        at++;
    return octets.len == 0 || octets.at[0] == '\r' || (at < octets.len && octets.at[at] == ':');
}

enum sp_err sip_frag_parse(struct sp_slice octets, struct sip_msg *msg, struct sp_where *where)
{
    struct sp_scan s = sp_scan(octets);
    bool           body = false, whole = true;

    if (msg->octets.at != NULL) /* not the first to be parsed into it */
        sip_msg_init(msg, msg->fields, msg->field_room);
    msg->head.at = s.at;
    if (!starts_with_field(octets))
        index_start_line(&s, msg);
    while (whole && !body && s.at < s.end) {
        body = s.end - s.at >= 2 && s.at[0] == '\r' && s.at[1] == '\n';
        if (body)
            s.at += 2;
        else
            whole = index_field(&s, msg, true);
    }
    if (!whole)
        sp_scan_fail(&s, SP_PARTIAL, s.end, "CRLF");
    msg->head.len = (size_t)(s.at - msg->head.at);
    if (body)
        index_body(&s, msg);
    else
        msg->body = sp_slice(s.at, 0);
    msg->octets = sp_slice(msg->head.at, msg->head.len + msg->body.len);
    check_version(&s, msg);
    *where = s.where;
    return s.err;
}
