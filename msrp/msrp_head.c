/* SPDX-License-Identifier: MIT
 * msrp/msrp_head.c -- the head of a frame, typed. RFC 4975 7.1, 9; RFC 4976 7. */
#include "msrp_head.h"

#include "msrp_uri.h"

/* One bit a field, to see one that stands twice. */
enum field {
    TO_PATH,
    FROM_PATH,
    MESSAGE_ID,
    BYTE_RANGE,
    SUCCESS_REPORT,
    FAILURE_REPORT,
    STATUS,
    CONTENT_TYPE,
    CONTENT_DISPOSITION,
    CONTENT_ID,
    CONTENT_DESCRIPTION,
    USE_PATH,
    EXPIRES,
    MIN_EXPIRES,
    MAX_EXPIRES,
    WWW_AUTHENTICATE,
    AUTHORIZATION,
    AUTHENTICATION_INFO,
    FIELDS
};

#define NAME(text)                                                                                 \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }
static const struct sp_slice names[FIELDS] = {
    [TO_PATH] = NAME("To-Path"),
    [FROM_PATH] = NAME("From-Path"),
    [MESSAGE_ID] = NAME("Message-ID"),
    [BYTE_RANGE] = NAME("Byte-Range"),
    [SUCCESS_REPORT] = NAME("Success-Report"),
    [FAILURE_REPORT] = NAME("Failure-Report"),
    [STATUS] = NAME("Status"),
    [CONTENT_TYPE] = NAME("Content-Type"),
    [CONTENT_DISPOSITION] = NAME("Content-Disposition"),
    [CONTENT_ID] = NAME("Content-ID"),
    [CONTENT_DESCRIPTION] = NAME("Content-Description"),
    [USE_PATH] = NAME("Use-Path"),
    [EXPIRES] = NAME("Expires"),
    [MIN_EXPIRES] = NAME("Min-Expires"),
    [MAX_EXPIRES] = NAME("Max-Expires"),
    [WWW_AUTHENTICATE] = NAME("WWW-Authenticate"),
    [AUTHORIZATION] = NAME("Authorization"),
    [AUTHENTICATION_INFO] = NAME("Authentication-Info"),
};
#undef NAME

static const struct sp_set alphanum_set = { { 0, 0x03ff0000u, 0x07fffffeu, 0x07fffffeu } };
static const struct sp_set ident_set = { { 0, 0x23ff6820u, 0x07fffffeu, 0x07fffffeu } };
static const struct sp_set upalpha_set = { { 0, 0, 0x07fffffeu, 0 } };
static const struct sp_set token_set = { { 0, 0x03ff6cfau, 0xc7fffffeu, 0x7fffffffu } };
/* HTAB / %x20-7E / the octets of UTF8-NONASCII */
static const struct sp_set utf8text_set = { { 0x00000200u, 0xffffffffu, 0xffffffffu, 0x7fffffffu,
                                              0xffffffffu, 0xffffffffu, 0xffffffffu,
                                              0xffffffffu } };

struct sp_slice msrp_scan_ident(struct sp_scan *s, const char *rule)
{
    const char     *from = s->at;
    struct sp_slice ident = sp_scan_set(s, &ident_set, 4, rule);

    if (s->err != SP_OK)
        return ident;
    if (!sp_set_has(&alphanum_set, ident.at[0]))
        sp_scan_fail(s, SP_SYNTAX, from, rule);
    if (ident.len > MSRP_IDENT_OCTETS)
        sp_scan_fail(s, SP_SYNTAX, from + MSRP_IDENT_OCTETS, rule);
    return ident;
}

static bool scanned(const struct sp_scan *s)
{
    struct sp_where where;

    return sp_scan_end(s, &where) == SP_OK;
}

bool msrp_is_ident(struct sp_slice octets)
{
    struct sp_scan s = sp_scan(octets);

    (void)msrp_scan_ident(&s, "ident");
    return scanned(&s);
}

static struct sp_slice scan_media_type(struct sp_scan *s)
{
    const char *from = s->at;

    (void)sp_scan_set(s, &token_set, 1, "type");
    sp_scan_char(s, '/', "media-type");
    (void)sp_scan_set(s, &token_set, 1, "subtype");
    while (sp_scan_peek(s) == ' ')
        s->at++;
    if (sp_scan_more(s) && *s->at == ';')
        (void)sp_scan_set(s, &utf8text_set, 1, "gen-param");
    return sp_slice(from, (size_t)(s->at - from));
}

bool msrp_is_media_type(struct sp_slice octets)
{
    struct sp_scan s = sp_scan(octets);

    (void)scan_media_type(&s);
    return scanned(&s);
}

static uint16_t scan_3digit(struct sp_scan *s, const char *rule)
{
    const char *from = s->at;
    uint32_t    number = sp_scan_u32(s, rule);

    if (s->err == SP_OK && s->at - from != 3)
        sp_scan_fail(s, SP_SYNTAX, from, rule);
    return s->err == SP_OK ? (uint16_t)number : 0;
}

/* [SP comment] */
static struct sp_slice scan_comment(struct sp_scan *s)
{
    if (!sp_scan_try(s, ' '))
        return (struct sp_slice){ 0 };
    return sp_scan_set(s, &utf8text_set, 0, "comment");
}

/* pMSRP SP transact-id SP ( method / status-code [SP comment] ) */
static void scan_start(struct sp_scan *s, struct msrp_head *head)
{
    const char *from;

    sp_scan_text_nocase(s, SP_LIT("MSRP "), "pMSRP");
    head->id = msrp_scan_ident(s, "transact-id");
    sp_scan_char(s, ' ', "req-start");
    from = s->at;
    head->response = sp_is_digit(sp_scan_peek(s));
    if (head->response) {
        head->status = scan_3digit(s, "status-code");
        if (s->err == SP_OK && head->status < 100)
            sp_scan_fail(s, SP_RANGE, from, "status-code");
        head->comment = scan_comment(s);
        return;
    }
    head->method_name = sp_scan_set(s, &upalpha_set, 1, "method");
    if (sp_eq(head->method_name, SP_LIT("SEND")))
        head->method = MSRP_SEND;
    else if (sp_eq(head->method_name, SP_LIT("REPORT")))
        head->method = MSRP_REPORT;
    else if (sp_eq(head->method_name, SP_LIT("AUTH")))
        head->method = MSRP_AUTH;
    else
        head->method = MSRP_OTHER_METHOD;
}

/* What is no path is none: nothing that is said could repeat it. One that stands in the wrong place
 * is one: its sender can be answered. */
static struct sp_slice scan_path(struct sp_scan *s, struct sp_slice known, const char *rule)
{
    struct sp_slice path = sp_trim(sp_slice(s->at, (size_t)(s->end - s->at)));
    struct sp_where where;
    enum sp_err     err = SP_OK;

    if (known.len == 0 || !sp_eq(path, known))
        err = msrp_path_check(path, &where);
    if (s->err != SP_OK)
        return err == SP_OK ? path : sp_slice(NULL, 0);
    if (err != SP_OK)
        sp_scan_fail(s, err, s->at + where.octet, path.len > 0 ? where.rule : rule);
    s->at = s->end;
    return err == SP_OK ? path : sp_slice(NULL, 0);
}

/* A number that leaves room to count on. */
static uint64_t scan_octets(struct sp_scan *s, const char *rule)
{
    const char *from = s->at;
    uint64_t    number = sp_scan_u64(s, rule);

    if (s->err == SP_OK && number > INT64_MAX)
        sp_scan_fail(s, SP_RANGE, from, rule);
    return number;
}

static uint64_t scan_octets_or_any(struct sp_scan *s, const char *rule)
{
    return sp_scan_try(s, '*') ? MSRP_UNKNOWN : scan_octets(s, rule);
}

/* range-start "-" range-end "/" total */
static void scan_range(struct sp_scan *s, struct msrp_byte_range *range)
{
    const char *from = s->at, *to, *total;

    range->from = scan_octets(s, "range-start");
    if (s->err == SP_OK && range->from == 0)
        sp_scan_fail(s, SP_RANGE, from, "range-start");
    sp_scan_char(s, '-', "Byte-Range");
    to = s->at;
    range->to = scan_octets_or_any(s, "range-end");
    if (s->err == SP_OK && range->to < range->from - 1)
        sp_scan_fail(s, SP_MISMATCH, to, "range-end");
    sp_scan_char(s, '/', "Byte-Range");
    total = s->at;
    range->total = scan_octets_or_any(s, "total");
    if (s->err == SP_OK && range->total != MSRP_UNKNOWN &&
        (range->from - 1 > range->total || (range->to != MSRP_UNKNOWN && range->to > range->total)))
        sp_scan_fail(s, SP_MISMATCH, total, "total");
}

static bool scan_yes(struct sp_scan *s)
{
    if (sp_lower(sp_scan_peek(s)) != 'y') {
        sp_scan_text_nocase(s, SP_LIT("no"), "Success-Report");
        return false;
    }
    sp_scan_text_nocase(s, SP_LIT("yes"), "Success-Report");
    return true;
}

static enum msrp_failure_report scan_failure_report(struct sp_scan *s)
{
    switch (sp_lower(sp_scan_peek(s))) {
    case 'y': sp_scan_text_nocase(s, SP_LIT("yes"), "Failure-Report"); return MSRP_FAILURE_YES;
    case 'p':
        sp_scan_text_nocase(s, SP_LIT("partial"), "Failure-Report");
        return MSRP_FAILURE_PARTIAL;
    default: sp_scan_text_nocase(s, SP_LIT("no"), "Failure-Report"); return MSRP_FAILURE_NO;
    }
}

/* namespace SP status-code [SP comment] */
static void scan_status(struct sp_scan *s, struct msrp_head *head)
{
    head->report_namespace = scan_3digit(s, "namespace");
    sp_scan_char(s, ' ', "Status");
    head->report_status = scan_3digit(s, "status-code");
    head->report_comment = scan_comment(s);
    head->has_status = s->err == SP_OK;
}

static struct sp_slice scan_text(struct sp_scan *s)
{
    return sp_scan_set(s, &utf8text_set, 0, "hval");
}

static void scan_value(struct sp_scan *s, enum field field, const struct sp_slice known[2],
                       struct msrp_head *head)
{
    switch (field) {
    case TO_PATH: head->to_path = scan_path(s, known[0], "To-Path"); break;
    case FROM_PATH: head->from_path = scan_path(s, known[1], "From-Path"); break;
    case MESSAGE_ID: head->message_id = msrp_scan_ident(s, "Message-ID"); break;
    case BYTE_RANGE:
        scan_range(s, &head->range);
        head->has_range = true;
        break;
    case SUCCESS_REPORT: head->success_report = scan_yes(s); break;
    case FAILURE_REPORT: head->failure_report = scan_failure_report(s); break;
    case STATUS: scan_status(s, head); break;
    case CONTENT_TYPE: head->content_type = scan_media_type(s); break;
    case CONTENT_DISPOSITION: head->disposition = scan_text(s); break;
    case CONTENT_ID: head->content_id = scan_text(s); break;
    case CONTENT_DESCRIPTION: head->description = scan_text(s); break;
    case USE_PATH: head->use_path = scan_path(s, (struct sp_slice){ 0 }, "Use-Path"); break;
    case EXPIRES: head->expires = scan_octets(s, "Expires"); break;
    case MIN_EXPIRES: head->min_expires = scan_octets(s, "Min-Expires"); break;
    case MAX_EXPIRES: head->max_expires = scan_octets(s, "Max-Expires"); break;
    case WWW_AUTHENTICATE: head->challenge = scan_text(s); break;
    case AUTHORIZATION: head->credentials = scan_text(s); break;
    case AUTHENTICATION_INFO: head->authentication_info = scan_text(s); break;
    case FIELDS: (void)scan_text(s); break;
    }
}

static enum field field_of(struct sp_slice name)
{
    enum field field = TO_PATH;

    while (field < FIELDS && (name.len != names[field].len || !sp_eq_nocase(name, names[field])))
        field++;
    return field;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* One header field, its line without CRLF. `place` counts fields from 0, `seen` has a bit for each
 * known one. */
static void scan_field(struct sp_scan *s, unsigned place, unsigned *seen,
                       const struct sp_slice known[2], struct msrp_head *head)
{
    const char *line = s->at;
    enum field  field = field_of(sp_scan_set(s, &token_set, 1, "hname"));

    sp_scan_char(s, ':', "header");
    if (s->err != SP_OK)
        return;
    if (place < 2 && field != (place == 0 ? TO_PATH : FROM_PATH))
        sp_scan_fail(s, SP_MISSING, line, place == 0 ? "To-Path" : "From-Path");
    if (field != FIELDS && (*seen & 1u << field) != 0)
        sp_scan_fail(s, SP_REPEATED, line, "header");
    *seen |= 1u << field;
    while (is_blank(sp_scan_peek(s)))
        s->at++;
    while (s->end > s->at && is_blank(s->end[-1]))
        s->end--;
    scan_value(s, field, known, head);
}

/* After the first error the other lines are still read: how to answer is said by Failure-Report. */
enum sp_err msrp_head_parse_known(struct sp_slice octets, const struct sp_slice known[2],
                                  struct msrp_head *head, struct sp_where *where)
{
    struct sp_scan s = sp_scan(octets);
    const char    *end = s.end;
    enum sp_err    first = SP_OK;
    unsigned       place = 0, seen = 0;

    *where = s.where;
    *head = (struct msrp_head){ .range = { 1, MSRP_UNKNOWN, MSRP_UNKNOWN },
                                .expires = MSRP_UNKNOWN,
                                .min_expires = MSRP_UNKNOWN,
                                .max_expires = MSRP_UNKNOWN };
    for (const char *line = s.at; line < end; place++) {
        size_t      left = (size_t)(end - line);
        size_t      len = sp_find(sp_slice(line, left), '\n');
        enum sp_err err;

        s.at = line;
        s.end = line + (len > 0 && line[len - 1] == '\r' ? len - 1 : len);
        s.err = SP_OK;
        if (place == 0)
            scan_start(&s, head);
        else
            scan_field(&s, place - 1, &seen, known, head);
        err = sp_scan_end(&s, first == SP_OK ? where : NULL);
        if (first == SP_OK)
            first = err;
        line += len < left ? len + 1 : len;
    }
    if (first != SP_OK)
        return first;
    s.at = s.end = end;
    s.where = (struct sp_where){ 0, "" };
    if (place == 0)
        sp_scan_fail(&s, SP_SYNTAX, end, "req-start");
    else if (place < 3)
        sp_scan_fail(&s, SP_MISSING, end, place == 1 ? "To-Path" : "From-Path");
    return sp_scan_end(&s, where);
}

enum sp_err msrp_head_parse(struct sp_slice octets, struct msrp_head *head, struct sp_where *where)
{
    return msrp_head_parse_known(octets, (struct sp_slice[2]){ { 0 } }, head, where);
}
