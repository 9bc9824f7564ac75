/* SPDX-License-Identifier: MIT
 * parser/sip_cpim.c -- message/cpim. RFC 3862. */
#include "sip_cpim.h"

#include "../base/scan.h"
#include "sip_mime.h"

/* NAMECHAR (3.6): of tokens in mail, without the dot that divides a prefix from a name. */
static bool is_namechar(char c)
{
    return c == '!' || (c >= '#' && c <= '\'') || c == '*' || c == '+' || c == '-' ||
           sp_is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= '^' && c <= 'z') || c == '|' ||
           c == '~';
}

/* The octets of *( ";" Parameter ): up to the first SP that stands in no String. */
static size_t parameters(struct sp_slice line)
{
    bool   quoted = false;
    size_t at = 0;

    for (; at < line.len && (quoted || line.at[at] != ' '); at++) {
        if (line.at[at] == '"')
            quoted = !quoted;
        else if (quoted && line.at[at] == '\\' && at + 1 < line.len)
            at++;
    }
    return at;
}

/* Header = [ Name-prefix "." ] Name ":" *( ";" Parameter ) SP Header-value; the line without its
 * CRLF */
static void scan_header(struct sp_scan *s)
{
    const char *from = s->at;

    while (sp_scan_more(s) && (is_namechar(*s->at) || (*s->at == '.' && s->at > from)))
        s->at++;
    if (s->at == from)
        sp_scan_fail(s, SP_SYNTAX, s->at, "Header-name");
    sp_scan_char(s, ':', "Header");
    if (sp_scan_peek(s) == ';')
        s->at += parameters(sp_slice(s->at, (size_t)(s->end - s->at)));
    sp_scan_char(s, ' ', "SP");
    for (; sp_scan_more(s); s->at++)
        if ((unsigned char)*s->at < ' ' || *s->at == 0x7f)
            sp_scan_fail(s, SP_SYNTAX, s->at, "HEADERCHAR");
}

enum sp_err sip_cpim_parse(struct sp_slice body, struct sip_cpim *cpim, struct sp_where *where)
{
    size_t          end = 0;
    struct sp_slice rest;

    *cpim = (struct sip_cpim){ .headers = { NULL, 0 } };
    *where = (struct sp_where){ 0, "" };
    while (!sp_starts(sp_from(body, end), SP_LIT("\r\n"))) {
        struct sp_slice line = sp_from(body, end);
        size_t          len = sp_find_slice(line, SP_LIT("\r\n"));
        struct sp_scan  s = sp_scan(sp_head(line, len));

        if (len == line.len) {
            *where = (struct sp_where){ body.len, "CRLF" };
            return SP_PARTIAL;
        }
        scan_header(&s);
        if (sp_scan_end(&s, where) != SP_OK) {
            where->octet += end;
            return SP_SYNTAX;
        }
        end += len + 2;
    }
    cpim->headers = sp_head(body, end);
    rest = sp_from(body, end + 2);
    sip_mime_split(rest, &cpim->content_head, &cpim->content);
    if (cpim->content_head.len == rest.len) {
        *where = (struct sp_where){ body.len, "CRLF" };
        return SP_PARTIAL;
    }
    return SP_OK;
}

bool sip_cpim_next(struct sp_slice *rest, struct sp_slice *name, struct sp_slice *params,
                   struct sp_slice *value)
{
    struct sp_slice line = sp_head(*rest, sp_find_slice(*rest, SP_LIT("\r\n")));
    size_t          colon = sp_find(line, ':'), space;

    if (rest->len == 0)
        return false;
    *rest = sp_from(*rest, line.len + 2);
    *name = sp_head(line, colon);
    line = sp_from(line, colon + 1);
    space = parameters(line);
    *params = sp_head(line, space);
    *value = sp_from(line, space + 1);
    return true;
}

struct sp_slice sip_cpim_value(const struct sip_cpim *cpim, const char *name)
{
    struct sp_slice rest = cpim->headers, found, params, value;

    while (sip_cpim_next(&rest, &found, &params, &value))
        if (sp_eq(found, sp_str(name)))
            return value;
    return sp_slice(NULL, 0);
}

enum sp_err sip_cpim_address(struct sp_slice value, struct sp_slice *uri)
{
    size_t open = sp_find(value, '<');

    if (value.len > 0 && value.at[0] == '"') { /* a "<" may stand in the quoted name */
        size_t at = 1;

        while (at < value.len && value.at[at] != '"')
            at += value.at[at] == '\\' ? 2 : 1;
        open = at < value.len ? at + sp_find(sp_from(value, at), '<') : value.len;
    }
    if (value.len < open + 3 || value.at[value.len - 1] != '>')
        return SP_SYNTAX;
    *uri = sp_slice(value.at + open + 1, value.len - open - 2);
    return SP_OK;
}

void sip_put_cpim_header(struct sp_buf *to, struct sp_slice name, struct sp_slice value)
{
    static const char plain[] = "\b\t\n\r\\", escaped[] = "btnr\\";

    for (size_t i = 0; i < name.len; i++)
        if (!is_namechar(name.at[i]) && name.at[i] != '.')
            sp_put_fail(to, SP_INJECTION);
    if (name.len == 0)
        sp_put_fail(to, SP_INJECTION);
    sp_put(to, name);
    sp_put(to, SP_LIT(": "));
    for (size_t i = 0; i < value.len; i++) {
        char   c = value.at[i];
        size_t at = sp_find(sp_slice(plain, 5), c);

        if (at < 5) {
            sp_put_char(to, '\\');
            sp_put_char(to, escaped[at]);
        } else if ((unsigned char)c < ' ' || c == 0x7f) {
            sp_put_text(to, "\\u00");
            sp_put_hex(to, sp_slice(&c, 1), false, '\0');
        } else {
            sp_put_char(to, c);
        }
    }
    sp_put(to, SP_LIT("\r\n"));
}

void sip_put_cpim_content(struct sp_buf *to, struct sp_slice content_head, struct sp_slice content)
{
    sp_put(to, SP_LIT("\r\n"));
    sp_put(to, content_head);
    sp_put(to, SP_LIT("\r\n"));
    sp_put(to, content);
}
