/* SPDX-License-Identifier: MIT
 * msrp/msrp_cpim.c -- message/cpim, read and written. RFC 3862 2, 3, 4; RFC 4975 13. */
#include "msrp_cpim.h"

#include "../base/scan.h"
#include "msrp_head.h"

/* NAMECHAR */
static const struct sp_set name_set = { { 0, 0x03ff2cfau, 0xc7fffffeu, 0x57ffffffu } };
/* HEADERCHAR, as octets */
static const struct sp_set value_set = { { 0, 0xffffffffu, 0xffffffffu, 0x7fffffffu, 0xffffffffu,
                                           0xffffffffu, 0xffffffffu, 0xffffffffu } };
/* what stands in a URI, and in a parameter without quotes, as octets */
static const struct sp_set uri_set = { { 0, 0xaffffffeu, 0xffffffffu, 0x7fffffffu } };

enum header { FROM, TO, CC, DATE_TIME, SUBJECT, NS, REQUIRE, HEADERS };

#define NAME(text)                                                                                 \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }
static const struct sp_slice names[HEADERS] = {
    [FROM] = NAME("From"),          [TO] = NAME("To"),           [CC] = NAME("cc"),
    [DATE_TIME] = NAME("DateTime"), [SUBJECT] = NAME("Subject"), [NS] = NAME("NS"),
    [REQUIRE] = NAME("Require"),
};
static const struct sp_slice core = NAME("urn:ietf:params:cpim-headers:");
#undef NAME

/* The prefixes declared so far, and whether they stand for the headers of RFC 3862. */
struct space {
    struct sp_slice prefix;
    bool            core;
};

struct reader {
    struct sp_scan s;
    struct space   spaces[MSRP_CPIM_PREFIXES]; /* the first is the default namespace */
    size_t         used;
    unsigned       seen; /* a bit for each header of RFC 3862 */
};

/* 1*NAMECHAR with at most one "." in it, which ends the prefix. */
static void scan_name(struct sp_scan *s, struct sp_slice *prefix, struct sp_slice *name)
{
    *prefix = (struct sp_slice){ 0 };
    *name = sp_scan_set(s, &name_set, 1, "Name");
    if (!sp_scan_try(s, '.'))
        return;
    *prefix = *name;
    *name = sp_scan_set(s, &name_set, 1, "Name");
}

/* *( ";" Parameter ): a quoted string may hold anything but a bare quote. */
static struct sp_slice scan_params(struct sp_scan *s)
{
    const char *from = s->at;

    while (sp_scan_try(s, ';')) {
        (void)sp_scan_set(s, &name_set, 1, "Param-name");
        sp_scan_char(s, '=', "Parameter");
        if (!sp_scan_try(s, '"')) {
            while (sp_scan_more(s) && *s->at != ';' && *s->at != ' ')
                s->at++;
            continue;
        }
        while (sp_scan_more(s) && *s->at != '"')
            s->at += *s->at == '\\' && s->end - s->at > 1 ? 2 : 1;
        sp_scan_char(s, '"', "String");
    }
    return sp_slice(from, (size_t)(s->at - from));
}

static void scan_header(struct sp_scan *s, struct msrp_cpim_header *header)
{
    scan_name(s, &header->prefix, &header->name);
    sp_scan_char(s, ':', "Header");
    header->params = scan_params(s);
    sp_scan_char(s, ' ', "Header");
    header->value = sp_scan_set(s, &value_set, 0, "Header-value");
}

bool msrp_cpim_next(struct sp_slice *rest, struct msrp_cpim_header *header)
{
    size_t         len = sp_find_slice(*rest, SP_LIT("\r\n"));
    struct sp_scan s = sp_scan(sp_head(*rest, len));

    if (rest->len == 0)
        return false;
    *rest = sp_from(*rest, len + 2);
    *header = (struct msrp_cpim_header){ 0 };
    scan_header(&s, header);
    return true;
}

/* Which header of RFC 3862 is this? */
static enum header known(const struct reader *r, struct sp_slice prefix, struct sp_slice name)
{
    enum header h = FROM;
    bool        is_core = prefix.len == 0 && r->spaces[0].core;

    if (prefix.len == 0 && sp_eq(name, names[NS]))
        return NS; /* so that a default namespace can be left again */
    for (size_t i = 1; i < r->used; i++)
        if (prefix.len > 0 && sp_eq(prefix, r->spaces[i].prefix))
            is_core = r->spaces[i].core;
    while (is_core && h < HEADERS && !sp_eq(name, names[h]))
        h++;
    return is_core ? h : HEADERS;
}

/* [ Formal-name ] "<" URI ">" */
static void scan_party(struct sp_scan *s, struct msrp_cpim_party *party)
{
    bool        quoted = sp_scan_try(s, '"');
    const char *from = s->at;

    if (quoted)
        while (sp_scan_more(s) && *s->at != '"')
            s->at += *s->at == '\\' && s->end - s->at > 1 ? 2 : 1;
    else
        while (sp_scan_more(s) && *s->at != '<')
            s->at++;
    party->name = sp_slice(from, (size_t)(s->at - from));
    if (quoted)
        sp_scan_char(s, '"', "Formal-name");
    else
        party->name = sp_trim(party->name);
    while (sp_scan_try(s, ' '))
        ;
    sp_scan_char(s, '<', "URI");
    party->uri = sp_scan_set(s, &uri_set, 1, "URI");
    sp_scan_char(s, '>', "URI");
}

/* [ Name-prefix ] "<" URI ">"; the prefix stands before a space in the RFC's examples, and without
 * one in its grammar. */
static void scan_space(struct reader *r)
{
    struct sp_scan *s = &r->s;
    const char     *from = s->at;
    struct sp_slice prefix = sp_scan_set(s, &name_set, 0, "Name-prefix"), uri;
    size_t          place = 0;

    while (sp_scan_try(s, ' '))
        ;
    sp_scan_char(s, '<', "URI");
    uri = sp_scan_set(s, &uri_set, 1, "URI");
    sp_scan_char(s, '>', "URI");
    if (prefix.len > 0)
        for (place = 1; place < r->used && !sp_eq(prefix, r->spaces[place].prefix);)
            place++;
    if (place == MSRP_CPIM_PREFIXES) {
        sp_scan_fail(s, SP_LIMIT, from, "NS");
        return;
    }
    if (place == r->used)
        r->used++;
    r->spaces[place] = (struct space){ prefix, sp_eq(uri, core) };
}

/* Header-name *( "," Header-name ): all must be known. */
static void scan_require(struct reader *r)
{
    struct sp_scan *s = &r->s;

    do {
        struct sp_slice prefix, name;
        const char     *from;

        while (sp_scan_try(s, ' '))
            ;
        from = s->at;
        scan_name(s, &prefix, &name);
        if (s->err == SP_OK && known(r, prefix, name) == HEADERS)
            sp_scan_fail(s, SP_UNSUPPORTED, from, "Require");
    } while (sp_scan_try(s, ','));
}

static void take_header(struct reader *r, struct msrp_cpim *cpim)
{
    struct sp_scan         *s = &r->s;
    const char             *line = s->at;
    struct msrp_cpim_header header = { 0 };
    struct msrp_cpim_party  party;
    enum header             h;

    scan_header(s, &header);
    if (s->err == SP_OK && s->at != s->end)
        sp_scan_fail(s, SP_SYNTAX, s->at, "Header-value");
    h = known(r, header.prefix, header.name);
    if (s->err != SP_OK || h == HEADERS)
        return;
    if ((r->seen & 1u << h) != 0 && h != NS && h != TO && h != CC)
        sp_scan_fail(s, SP_REPEATED, line, "Header");
    s->at = header.value.at;
    switch (h) {
    case FROM: scan_party(s, &cpim->from); break;
    case TO:
    case CC:
        scan_party(s, &party);
        if (h == TO && (r->seen & 1u << TO) == 0)
            cpim->to = party;
        break;
    case NS: scan_space(r); break;
    case REQUIRE: scan_require(r); break;
    case DATE_TIME:
    case SUBJECT:
    case HEADERS:
        *(h == SUBJECT ? &cpim->subject : &cpim->date_time) = header.value;
        s->at += header.value.len;
        break;
    }
    r->seen |= 1u << h;
}

/* The line at `at`, the scan narrowed to it; where the next begins. */
static const char *narrow(struct sp_scan *s, const char *at, const char *end)
{
    size_t left = (size_t)(end - at), len = sp_find_slice(sp_slice(at, left), SP_LIT("\r\n"));

    s->at = at;
    s->end = at + len;
    if (len == left)
        sp_scan_fail(s, SP_SYNTAX, end, "CRLF");
    return at + (len < left ? len + 2 : len);
}

/* The content's own header fields: any of MIME, one of which tells its type. */
static const char *take_mime(struct reader *r, const char *at, const char *end,
                             struct msrp_cpim *cpim)
{
    const char *from = at;

    while (r->s.err == SP_OK) {
        const char     *next = narrow(&r->s, at, end);
        struct sp_slice line = { at, (size_t)(r->s.end - at) };

        if (line.len == 0) {
            if (cpim->content_type.len == 0)
                sp_scan_fail(&r->s, SP_MISSING, at, "Content-Type");
            cpim->mime_headers = sp_slice(from, (size_t)(at - from));
            return next;
        }
        if (sp_starts_nocase(line, SP_LIT("Content-Type:"))) {
            cpim->content_type = sp_trim(sp_from(line, 13));
            if (!msrp_is_media_type(cpim->content_type))
                sp_scan_fail(&r->s, SP_SYNTAX, at, "Content-Type");
        } else if (sp_find(line, ':') == line.len && line.at[0] != ' ' && line.at[0] != '\t') {
            sp_scan_fail(&r->s, SP_SYNTAX, at, "MIME header");
        }
        at = next;
    }
    return end;
}

enum sp_err msrp_cpim_parse(struct sp_slice octets, struct msrp_cpim *cpim, struct sp_where *where)
{
    struct reader r = { .s = sp_scan(octets), .spaces = { { .core = true } }, .used = 1 };
    const char   *at = r.s.at, *end = r.s.end;

    *cpim = (struct msrp_cpim){ 0 };
    while (r.s.err == SP_OK) {
        const char *next = narrow(&r.s, at, end);

        if (r.s.err != SP_OK || r.s.at == r.s.end) {
            cpim->headers = sp_slice(r.s.start, (size_t)(at - r.s.start));
            if ((r.seen & 1u << FROM) == 0 || (r.seen & 1u << TO) == 0)
                sp_scan_fail(&r.s, SP_MISSING, at, (r.seen & 1u << FROM) == 0 ? "From" : "To");
            at = next;
            break;
        }
        take_header(&r, cpim);
        if (r.s.err == SP_OK && r.s.at != r.s.end)
            sp_scan_fail(&r.s, SP_SYNTAX, r.s.at, "Header-value");
        at = next;
    }
    at = take_mime(&r, at, end, cpim);
    cpim->content = sp_slice(at, (size_t)(end - at));
    r.s.at = r.s.end;
    return sp_scan_end(&r.s, where);
}

/* ---- writing ------------------------------------------------------------------------------------
 */

/* 2.3.1: what must be escaped, and nothing else. */
static void put_escaped(struct sp_buf *to, struct sp_slice text, bool quoted)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        const char   *at = "\bb\tt\nn\rr\\\\";

        while (*at != '\0' && (unsigned char)*at != c)
            at += 2;
        if (*at != '\0' || (quoted && c == '"')) {
            sp_put_char(to, '\\');
            sp_put_char(to, *at != '\0' ? at[1] : '"');
        } else if (c < ' ' || c == 127) {
            sp_put_text(to, "\\u00");
            sp_put_hex(to, sp_slice(&c, 1), false, '\0');
        } else {
            sp_put_char(to, (char)c);
        }
    }
}

static void put_party(struct sp_buf *to, const char *name, const struct msrp_cpim_party *party)
{
    struct sp_scan s = sp_scan(party->uri);

    (void)sp_scan_set(&s, &uri_set, 1, "URI");
    if (sp_scan_end(&s, NULL) != SP_OK)
        sp_put_fail(to, SP_INJECTION);
    sp_put_text(to, name);
    if (party->name.len > 0) {
        sp_put_char(to, '"');
        put_escaped(to, party->name, true);
        sp_put_text(to, "\" ");
    }
    sp_put_char(to, '<');
    sp_put_value(to, party->uri);
    sp_put_text(to, ">\r\n");
}

void msrp_cpim_write(struct sp_buf *to, const struct msrp_cpim *cpim)
{
    put_party(to, "From: ", &cpim->from);
    put_party(to, "To: ", &cpim->to);
    if (cpim->date_time.len > 0) {
        sp_put_text(to, "DateTime: ");
        sp_put_value(to, cpim->date_time);
        sp_put_text(to, "\r\n");
    }
    if (cpim->subject.len > 0) {
        sp_put_text(to, "Subject: ");
        put_escaped(to, cpim->subject, false);
        sp_put_text(to, "\r\n");
    }
    sp_put_text(to, "\r\nContent-Type: ");
    sp_put_value(to, cpim->content_type);
    sp_put_text(to, "\r\n\r\n");
}

/* A code point of 16 bits in UTF-8; half of a pair cannot be written, and is left out. */
static void put_code_point(struct sp_buf *to, unsigned code)
{
    if (code == 0 || (code >= 0xd800 && code < 0xe000))
        return;
    if (code < 0x80) {
        sp_put_char(to, (char)code);
    } else if (code < 0x800) {
        sp_put_char(to, (char)(0xc0 | code >> 6));
        sp_put_char(to, (char)(0x80 | (code & 63)));
    } else {
        sp_put_char(to, (char)(0xe0 | code >> 12));
        sp_put_char(to, (char)(0x80 | (code >> 6 & 63)));
        sp_put_char(to, (char)(0x80 | (code & 63)));
    }
}

/* The four digits after "\u"; false when they are not there. */
static bool read_code_point(struct sp_slice digits, unsigned *code)
{
    *code = 0;
    if (digits.len < 4)
        return false;
    for (size_t i = 0; i < 4; i++) {
        int digit = sp_hex_value(digits.at[i]);

        if (digit < 0)
            return false;
        *code = *code << 4 | (unsigned)digit;
    }
    return true;
}

void msrp_cpim_put_plain(struct sp_buf *to, struct sp_slice value)
{
    for (size_t i = 0; i < value.len; i++) {
        char     c = value.at[i];
        unsigned code;

        if (c != '\\') {
            sp_put_char(to, c);
            continue;
        }
        if (++i == value.len)
            break; /* alone at the end it means nothing */
        switch (value.at[i]) {
        case 'b': sp_put_char(to, '\b'); break;
        case 't': sp_put_char(to, '\t'); break;
        case 'n': sp_put_char(to, '\n'); break;
        case 'r': sp_put_char(to, '\r'); break;
        case 'u':
            if (read_code_point(sp_from(value, i + 1), &code)) {
                put_code_point(to, code);
                i += 4;
                break;
            }
            sp_put_char(to, 'u');
            break;
        default: sp_put_char(to, value.at[i]); break;
        }
    }
}
