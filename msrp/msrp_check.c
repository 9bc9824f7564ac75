/* SPDX-License-Identifier: MIT
 * msrp/msrp_check.c -- is a frame right, by itself. RFC 4975 6, 7, 9, 14.1; RFC 4976 9. */
#include "msrp_check.h"

#include "msrp_chunk.h"
#include "msrp_uri.h"

/* The least octets of an identifier that can hold its random bits: 64 in a transaction id, of 67
 * letters; 80 in a session-id, of 69. */
#define IDENT_LEAST      11
#define SESSION_ID_LEAST 14
#define OTHER_BODY_MOST  10240

void msrp_check_init(struct msrp_check *check)
{
    *check = (struct msrp_check){ .count = 0 };
}

void msrp_check_say(struct msrp_check *check, size_t octet, enum msrp_severity severity,
                    const char *clause, const char *what, const char *rule)
{
    struct msrp_finding finding = { severity, clause, what, rule, octet };
    uint32_t            at = check->count;

    if (octet == MSRP_CHECK_END)
        finding.octet = check->frame->end_octet;
    if (at == MSRP_CHECK_FINDINGS)
        return;
    check->count++;
    for (; at > 0 && check->findings[at - 1].octet > finding.octet; at--)
        check->findings[at] = check->findings[at - 1];
    check->findings[at] = finding;
}

/* ---- header fields ------------------------------------------------------------------------------
 */

struct field {
    size_t          octet; /* of its line, in the head */
    struct sp_slice line;  /* without CRLF */
    struct sp_slice name;
    struct sp_slice value; /* all behind the colon */
};

/* The next line of the head from `*at` on; false: there is none. The start line is the first. */
static bool next_line(struct sp_slice head, size_t *at, struct field *field)
{
    struct sp_slice rest = sp_from(head, *at);
    size_t          len = sp_find(rest, '\n'), colon;

    if (rest.len == 0)
        return false;
    field->octet = *at;
    field->line = sp_head(rest, len > 0 && rest.at[len - 1] == '\r' ? len - 1 : len);
    colon = sp_find(field->line, ':');
    field->name = sp_head(field->line, colon);
    field->value = sp_from(field->line, colon + 1);
    *at += len < rest.len ? len + 1 : len;
    return true;
}

static bool is(const struct field *field, const char *name)
{
    struct sp_slice known = sp_str(name);

    return field->name.len == known.len && sp_eq_nocase(field->name, known);
}

/* Content-Type and the fields that MIME defines beside it. */
static bool is_mime(const struct field *field)
{
    return sp_starts_nocase(field->name, SP_LIT("Content-")) || is(field, "MIME-Version");
}

size_t msrp_check_place(const struct msrp_check *check, const char *name)
{
    struct field field;
    size_t       at = 0;

    while (next_line(check->frame->head, &at, &field))
        if (is(&field, name))
            return field.octet + field.name.len + 2;
    return check->frame->head.len;
}

/* One space behind the colon, and none at the end of what is no text. */
static void check_spaces(struct msrp_check *check, const struct field *field)
{
    static const char *const exact[] = { "To-Path",        "From-Path",      "Message-ID",
                                         "Success-Report", "Failure-Report", "Byte-Range",
                                         "Content-Type" };
    struct sp_slice          value = field->value;
    size_t                   at = field->octet + field->name.len + 1;

    if (value.len == 0 || value.at[0] != ' ')
        msrp_check_say(check, at, MSRP_ERROR, "RFC 4975 9", "a space stands behind the colon",
                       "header");
    else if (value.len > 1 && (value.at[1] == ' ' || value.at[1] == '\t'))
        msrp_check_say(check, at + 1, MSRP_ERROR, "RFC 4975 9",
                       "one space stands behind the colon, no more", "header");
    for (size_t i = 0; i < sizeof exact / sizeof exact[0]; i++)
        if (is(field, exact[i]) && value.len > 1 &&
            (value.at[value.len - 1] == ' ' || value.at[value.len - 1] == '\t'))
            msrp_check_say(check, at + value.len - 1, MSRP_ERROR, "RFC 4975 9",
                           "white space stands behind the value", exact[i]);
}

/* The order of the fields, and those that may not be there. */
static void check_fields(struct msrp_check *check, const struct msrp_head *head)
{
    struct field field;
    size_t       at = 0;
    bool         mime = false, type = false;

    (void)next_line(check->frame->head, &at, &field);
    while (next_line(check->frame->head, &at, &field)) {
        check_spaces(check, &field);
        if (type)
            msrp_check_say(check, field.octet, MSRP_ERROR, "RFC 4975 7.1",
                           "Content-Type is the last field", "");
        else if (mime && !is_mime(&field))
            msrp_check_say(check, field.octet, MSRP_ERROR, "RFC 4975 9",
                           "a field of MSRP stands behind those of MIME", "content-stuff");
        type = type || is(&field, "Content-Type");
        mime = mime || is_mime(&field);
        if (is(&field, "Content-Transfer-Encoding"))
            msrp_check_say(check, field.octet, MSRP_ERROR, "RFC 4975 7.1.1",
                           "a body is binary: it has no transfer encoding", "");
        if (is_mime(&field) && !check->frame->has_body)
            msrp_check_say(check, field.octet, MSRP_ERROR, "RFC 4975 7.1",
                           "a field of MIME without a body", "");
        if (!head->response && head->method == MSRP_REPORT &&
            (is(&field, "Success-Report") || is(&field, "Failure-Report")))
            msrp_check_say(check, field.octet, MSRP_ERROR, "RFC 4975 7.1.2",
                           "a REPORT is not reported on", "");
    }
}

/* ---- URIs ---------------------------------------------------------------------------------------
 */

static bool is_number(struct sp_slice host)
{
    struct sp_addr addr;

    return sp_addr_parse(host, &addr) == SP_OK;
}

static void check_uri(struct msrp_check *check, struct sp_slice octets, size_t at)
{
    struct msrp_uri uri;
    struct sp_where where;

    if (msrp_uri_parse(octets, &uri, &where) != SP_OK)
        return; /* told by the grammar */
    if (sp_find(uri.userinfo, ':') < uri.userinfo.len)
        msrp_check_say(check, at, MSRP_ERROR, "RFC 4975 6", "a URI holds no password", "userinfo");
    if (uri.port == 0 && is_number(uri.host))
        msrp_check_say(check, at, MSRP_ERROR, "RFC 4975 6", "an address has a port with it",
                       "authority");
    if (!sp_eq_nocase(uri.transport, SP_LIT("tcp")))
        msrp_check_say(check, at, MSRP_WARNING, "RFC 4975 6", "no transport but tcp is defined",
                       "transport");
    if (uri.session_id.len > 0 && uri.session_id.len < SESSION_ID_LEAST && !check->short_session) {
        check->short_session = true;
        msrp_check_say(check, at, MSRP_WARNING, "RFC 4975 14.1",
                       "so short a session-id cannot hold 80 random bits", "session-id");
    }
}

static void check_path(struct msrp_check *check, const char *name, struct sp_slice path,
                       bool session)
{
    size_t          at = msrp_check_place(check, name);
    struct sp_slice rest = path, octets;
    struct msrp_uri uri;
    struct sp_where where;

    while (msrp_path_next(&rest, &octets)) {
        check_uri(check, octets, at);
        at += octets.len + 1;
    }
    octets = msrp_path_last(path);
    if (session && msrp_uri_parse(octets, &uri, &where) == SP_OK && uri.session_id.len == 0)
        msrp_check_say(check, at - octets.len - 1, MSRP_WARNING, "RFC 4975 6",
                       "without a session-id a URI names a host, and no session", "session-id");
}

/* ---- requests and responses ---------------------------------------------------------------------
 */

static void check_response(struct msrp_check *check, const struct msrp_head *head)
{
    static const uint16_t known[] = { 200, 400, 401, 403, 408, 413, 415, 423, 481, 501, 506 };
    bool                  found = false;

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        found = found || head->status == known[i];
    if (!found)
        msrp_check_say(check, 6 + head->id.len, MSRP_NOTE, "RFC 4975 10",
                       "no RFC defines this status", "");
    if (check->frame->has_body)
        msrp_check_say(check, check->frame->head.len, MSRP_ERROR, "RFC 4975 9",
                       "a response has no body", "msrp-response");
    if (check->frame->flag != '$')
        msrp_check_say(check, MSRP_CHECK_END, MSRP_ERROR, "RFC 4975 7.2",
                       "a response ends with '$'", "continuation-flag");
}

/* What Byte-Range says, and what is there. */
static void check_range(struct msrp_check *check, const struct msrp_head *head)
{
    const struct msrp_checked    *frame = check->frame;
    const struct msrp_byte_range *range = &head->range;
    size_t                        at = msrp_check_place(check, "Byte-Range");
    uint64_t                      end = range->from - 1 + frame->body_octets;

    if (!head->has_range) {
        msrp_check_say(check, at, MSRP_WARNING, "RFC 4975 7.1.1", "a chunk has a Byte-Range", "");
        return;
    }
    if (frame->body_octets == 0 && range->from != 1) {
        msrp_check_say(check, at, MSRP_ERROR, "RFC 4975 7.1.1",
                       "a range of no octets starts at 1 all the same", "range-start");
        return;
    }
    if (range->to != MSRP_UNKNOWN && range->to != end) {
        msrp_check_say(check, at, MSRP_ERROR, "RFC 4975 7.1.1",
                       "range-end is not the body's last octet", "range-end");
        return;
    }
    if (range->to != MSRP_UNKNOWN && frame->body_octets > MSRP_LARGE_OCTETS)
        msrp_check_say(check, at, MSRP_ERROR, "RFC 4975 7.1.1",
                       "a body of more than 2048 octets has \"*\" as its range-end", "range-end");
    if (range->total != MSRP_UNKNOWN && end > range->total)
        msrp_check_say(check, at, MSRP_ERROR, "RFC 4975 7.1.1",
                       "the body goes on behind the message's end", "total");
    else if (frame->flag == '$' && range->total != MSRP_UNKNOWN && end < range->total)
        msrp_check_say(check, MSRP_CHECK_END, MSRP_ERROR, "RFC 4975 7.1",
                       "'$' stands where the message does not end", "continuation-flag");
    else if (frame->flag == '+' && end == range->total)
        msrp_check_say(check, MSRP_CHECK_END, MSRP_ERROR, "RFC 4975 7.1",
                       "'+' stands where the message ends", "continuation-flag");
    else if (frame->flag == '+' && range->to != MSRP_UNKNOWN &&
             frame->body_octets < MSRP_LARGE_OCTETS)
        msrp_check_say(check, at, MSRP_WARNING, "RFC 4975 7.1.1",
                       "a chunk that is not the last has 2048 octets or more", "");
}

static void check_send(struct msrp_check *check, const struct msrp_head *head)
{
    size_t end = check->frame->head.len;

    if (head->has_status)
        msrp_check_say(check, msrp_check_place(check, "Status"), MSRP_WARNING, "RFC 4975 7.1.2",
                       "Status is of REPORTs", "");
    if (!check->frame->has_body)
        return;
    if (head->message_id.len == 0)
        msrp_check_say(check, end, MSRP_ERROR, "RFC 4975 7.1.1", "each chunk has a Message-ID", "");
    check_range(check, head);
}

static void check_report(struct msrp_check *check, const struct msrp_head *head)
{
    size_t end = check->frame->head.len;

    if (head->message_id.len == 0)
        msrp_check_say(check, end, MSRP_ERROR, "RFC 4975 7.1.2", "a REPORT has a Message-ID", "");
    if (!head->has_status)
        msrp_check_say(check, end, MSRP_ERROR, "RFC 4975 7.1.2", "a REPORT has a Status", "");
    else if (head->report_namespace != 0)
        msrp_check_say(check, msrp_check_place(check, "Status"), MSRP_NOTE, "RFC 4975 7.1.3",
                       "no RFC defines a namespace but 000", "namespace");
    if (!head->has_range)
        msrp_check_say(check, end, MSRP_WARNING, "RFC 4975 7.1.4",
                       "a REPORT on a chunk says its Byte-Range", "");
}

static void check_request(struct msrp_check *check, const struct msrp_head *head)
{
    const struct msrp_checked *frame = check->frame;

    if (head->id.len < IDENT_LEAST && !check->short_id) {
        check->short_id = true;
        msrp_check_say(check, 5, MSRP_WARNING, "RFC 4975 7.1",
                       "so short a transaction id cannot hold 64 random bits", "transact-id");
    }
    if (frame->has_body && head->content_type.len == 0)
        msrp_check_say(check, frame->head.len, MSRP_ERROR, "RFC 4975 7.1",
                       "a body has a Content-Type", "");
    if (head->method != MSRP_SEND && frame->body_octets > OTHER_BODY_MOST)
        msrp_check_say(check, frame->head.len, MSRP_ERROR, "RFC 4975 7.1",
                       "a body of another method than SEND has 10240 octets at most", "");
    switch (head->method) {
    case MSRP_SEND: check_send(check, head); break;
    case MSRP_REPORT: check_report(check, head); break;
    case MSRP_AUTH: break;
    case MSRP_OTHER_METHOD:
        msrp_check_say(check, 6 + head->id.len, MSRP_NOTE, "RFC 4975 12",
                       "a method that not every peer knows: it draws 501", "other-method");
        break;
    }
    if (!frame->has_body && frame->flag == '+')
        msrp_check_say(check, MSRP_CHECK_END, MSRP_ERROR, "RFC 4975 7.1",
                       "'+' stands where nothing is to follow", "continuation-flag");
}

static const char *clause_of(enum sp_err err)
{
    return err == SP_MISSING    ? "RFC 4975 7.1"
           : err == SP_MISMATCH ? "RFC 4975 7.1.1"
                                : "RFC 4975 9";
}

static const char *words_of(enum sp_err err)
{
    switch (err) {
    case SP_MISSING: return "To-Path and From-Path stand first, in this order";
    case SP_REPEATED: return "the field stands twice";
    case SP_RANGE: return "the number is out of range";
    case SP_MISMATCH: return "the range ends before it starts, or behind the total";
    default: return "the octets do not match the grammar";
    }
}

void msrp_check_frame(struct msrp_check *check, const struct msrp_checked *frame)
{
    struct msrp_head head;
    struct sp_where  where;
    enum sp_err      err = msrp_head_parse(frame->head, &head, &where);

    check->frame = frame;
    check->count = 0;
    if (err != SP_OK) {
        msrp_check_say(check, where.octet, MSRP_ERROR, clause_of(err), words_of(err), where.rule);
        return;
    }
    check_fields(check, &head);
    check_path(check, "To-Path", head.to_path, !head.response && head.method != MSRP_AUTH);
    check_path(check, "From-Path", head.from_path, !head.response && head.method != MSRP_AUTH);
    if (head.response)
        check_response(check, &head);
    else
        check_request(check, &head);
    msrp_check_history(check, &head);
    check->frame = NULL;
}
