/* SPDX-License-Identifier: MIT
 * parser/sip_write.c -- writing messages: RFC 3261 7, 8.1.1, 8.2.6. */
#include "sip_write.h"

static const struct {
    uint16_t    status;
    const char *reason;
} reasons[] = {
    { 100, "Trying" },
    { 180, "Ringing" },
    { 181, "Call Is Being Forwarded" },
    { 182, "Queued" },
    { 183, "Session Progress" },
    { 199, "Early Dialog Terminated" },
    { 200, "OK" },
    { 202, "Accepted" },
    { 204, "No Notification" },
    { 300, "Multiple Choices" },
    { 301, "Moved Permanently" },
    { 302, "Moved Temporarily" },
    { 305, "Use Proxy" },
    { 380, "Alternative Service" },
    { 400, "Bad Request" },
    { 401, "Unauthorized" },
    { 402, "Payment Required" },
    { 403, "Forbidden" },
    { 404, "Not Found" },
    { 405, "Method Not Allowed" },
    { 406, "Not Acceptable" },
    { 407, "Proxy Authentication Required" },
    { 408, "Request Timeout" },
    { 410, "Gone" },
    { 412, "Conditional Request Failed" },
    { 413, "Request Entity Too Large" },
    { 414, "Request-URI Too Long" },
    { 415, "Unsupported Media Type" },
    { 416, "Unsupported URI Scheme" },
    { 417, "Unknown Resource-Priority" },
    { 420, "Bad Extension" },
    { 421, "Extension Required" },
    { 422, "Session Interval Too Small" },
    { 423, "Interval Too Brief" },
    { 424, "Bad Location Information" },
    { 428, "Use Identity Header" },
    { 429, "Provide Referrer Identity" },
    { 430, "Flow Failed" },
    { 433, "Anonymity Disallowed" },
    { 436, "Bad Identity-Info" },
    { 437, "Unsupported Certificate" },
    { 438, "Invalid Identity Header" },
    { 439, "First Hop Lacks Outbound Support" },
    { 440, "Max-Breadth Exceeded" },
    { 469, "Bad Info Package" },
    { 470, "Consent Needed" },
    { 480, "Temporarily Unavailable" },
    { 481, "Call/Transaction Does Not Exist" },
    { 482, "Loop Detected" },
    { 483, "Too Many Hops" },
    { 484, "Address Incomplete" },
    { 485, "Ambiguous" },
    { 486, "Busy Here" },
    { 487, "Request Terminated" },
    { 488, "Not Acceptable Here" },
    { 489, "Bad Event" },
    { 491, "Request Pending" },
    { 493, "Undecipherable" },
    { 494, "Security Agreement Required" },
    { 500, "Server Internal Error" },
    { 501, "Not Implemented" },
    { 502, "Bad Gateway" },
    { 503, "Service Unavailable" },
    { 504, "Server Time-out" },
    { 505, "Version Not Supported" },
    { 513, "Message Too Large" },
    { 580, "Precondition Failure" },
    { 600, "Busy Everywhere" },
    { 603, "Decline" },
    { 604, "Does Not Exist Anywhere" },
    { 606, "Not Acceptable" },
    { 607, "Unwanted" },
};

struct sp_slice sip_reason_of(uint16_t status)
{
    static const char *const classes[] = {
        "Trying",         "OK", "Multiple Choices", "Bad Request", "Server Internal Error",
        "Busy Everywhere"
    };

    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].status == status)
            return sp_str(reasons[i].reason);
    if (status < 100 || status > 699)
        return sp_slice(NULL, 0);
    return sp_str(
        classes[status / 100 - 1]); /* an unknown status is as x00 of its class (8.1.3.2) */
}

/* SP_INJECTION for what would end a part of the start line too early. */
static void put_part(struct sp_buf *to, struct sp_slice part)
{
    if (part.len == 0)
        sp_put_fail(to, SP_MISSING);
    for (size_t i = 0; i < part.len; i++)
        if ((unsigned char)part.at[i] <= ' ' || part.at[i] == 0x7f)
            sp_put_fail(to, SP_INJECTION);
    sp_put(to, part);
}

static void put_crlf(struct sp_buf *to)
{
    sp_put(to, SP_LIT("\r\n"));
}

static void put_name(struct sp_buf *to, struct sp_slice name)
{
    struct sp_scan s = sp_scan(name);

    sip_scan_token(&s, "header-name");
    if (s.err != SP_OK || s.at != s.end)
        sp_put_fail(to, SP_INJECTION);
    sp_put(to, name);
    sp_put_char(to, ':');
}

static void put_known(struct sp_buf *to, enum sip_field_id id)
{
    if (id == SIP_FIELD_OTHER)
        sp_put_fail(to, SP_MISSING);
    sp_put(to, sip_field_name(id));
    sp_put(to, SP_LIT(": "));
}

void sip_put_request_line(struct sp_buf *to, struct sp_slice method, struct sp_slice uri)
{
    put_part(to, method);
    sp_put_char(to, ' ');
    put_part(to, uri);
    sp_put(to, SP_LIT(" SIP/2.0\r\n"));
}

void sip_put_status_line(struct sp_buf *to, uint16_t status, struct sp_slice reason)
{
    if (status < 100 || status > 699)
        sp_put_fail(to, SP_RANGE);
    sp_put(to, SP_LIT("SIP/2.0 "));
    sp_put_u64(to, status);
    sp_put_char(to, ' ');
    sp_put_value(to, reason.len > 0 ? reason : sip_reason_of(status));
    put_crlf(to);
}

void sip_put_field_name(struct sp_buf *to, struct sp_slice name, struct sp_slice value)
{
    put_name(to, name);
    if (value.len > 0)
        sp_put_char(to, ' ');
    sp_put_value(to, value);
    put_crlf(to);
}

void sip_put_field(struct sp_buf *to, enum sip_field_id id, struct sp_slice value)
{
    if (id == SIP_FIELD_OTHER)
        sp_put_fail(to, SP_MISSING);
    sip_put_field_name(to, sip_field_name(id), value);
}

void sip_put_field_u64(struct sp_buf *to, enum sip_field_id id, uint64_t value)
{
    put_known(to, id);
    sp_put_u64(to, value);
    put_crlf(to);
}

void sip_put_via(struct sp_buf *to, const struct sip_via *via)
{
    put_known(to, SIP_FIELD_VIA);
    sip_via_write(to, via);
    put_crlf(to);
}

void sip_put_cseq(struct sp_buf *to, const struct sip_cseq *cseq)
{
    put_known(to, SIP_FIELD_CSEQ);
    sip_cseq_write(to, cseq);
    put_crlf(to);
}

void sip_put_address(struct sp_buf *to, enum sip_field_id id, const struct sip_address *address,
                     struct sp_slice tag)
{
    put_known(to, id);
    sip_address_write(to, address);
    if (tag.len > 0) {
        sp_put(to, SP_LIT(";tag="));
        sp_put_value(to, tag);
    }
    put_crlf(to);
}

void sip_put_copy(struct sp_buf *to, const struct sip_field *field)
{
    put_name(to, field->name);
    if (field->value.len > 0)
        sp_put_char(to, ' ');
    sp_put(to, field->value);
    put_crlf(to);
}

void sip_put_copies(struct sp_buf *to, const struct sip_msg *from, enum sip_field_id id)
{
    for (const struct sip_field *field = sip_msg_find(from, id); field != NULL;
         field = sip_msg_find_next(from, field))
        sip_put_copy(to, field);
}

void sip_put_body(struct sp_buf *to, struct sp_slice content_type, struct sp_slice body)
{
    if (content_type.len > 0)
        sip_put_field(to, SIP_FIELD_CONTENT_TYPE, content_type);
    else if (body.len > 0)
        sp_put_fail(to, SP_MISSING); /* 20.15: a body has a type */
    sip_put_field_u64(to, SIP_FIELD_CONTENT_LENGTH, body.len);
    put_crlf(to);
    sp_put(to, body);
}

/* To, with our tag where it has none. A value that cannot be read gets one too: the other side
 * knows what it sent. */
static void put_to(struct sp_buf *to, const struct sip_field *field, struct sp_slice tag)
{
    struct sip_address address;
    struct sp_where    where;

    put_name(to, field->name);
    sp_put_char(to, ' ');
    sp_put(to, field->value);
    if (tag.len > 0 &&
        (sip_address_parse(field->value, &address, &where) != SP_OK || address.tag.len == 0)) {
        sp_put(to, SP_LIT(";tag="));
        sp_put_value(to, tag);
    }
    put_crlf(to);
}

void sip_put_response_head(struct sp_buf *to, const struct sip_msg *request, uint16_t status,
                           struct sp_slice reason, struct sp_slice to_tag)
{
    const struct sip_field *field = sip_msg_find(request, SIP_FIELD_TO);

    sip_put_status_line(to, status, reason);
    sip_put_copies(to, request, SIP_FIELD_VIA);
    sip_put_copies(to, request, SIP_FIELD_FROM);
    if (field != NULL)
        put_to(to, field, to_tag);
    sip_put_copies(to, request, SIP_FIELD_CALL_ID);
    sip_put_copies(to, request, SIP_FIELD_CSEQ);
    if (status == 100)
        sip_put_copies(to, request, SIP_FIELD_TIMESTAMP);
}
