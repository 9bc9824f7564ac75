/* SPDX-License-Identifier: MIT
 * parser/sip_mime.c -- the header fields of a body and of its parts. RFC 3261 20.11, RFC 2183, RFC
 * 2392, RFC 2046. */
#include "sip_mime.h"

#include "sip_item.h"

enum sp_err sip_disposition_parse(struct sp_slice value, struct sip_disposition *disposition,
                                  struct sp_where *where)
{
    struct sip_item item;
    enum sp_err     err = sip_item_parse(value, &item, where);

    disposition->type = item.name;
    disposition->params = item.params;
    disposition->optional = sp_eq_nocase(sip_param_value(item.params, "handling"),
                                         SP_LIT("optional"));
    return err;
}

void sip_disposition_write(struct sp_buf *to, const struct sip_disposition *disposition)
{
    sp_put_value(to, disposition->type);
    sip_put_folded(to, disposition->params);
}

/* What may stand in a msg-id: all that is printed, but brackets and the "@" that divides it */
static void scan_id(struct sp_scan *s)
{
    const char *from = s->at;

    while (sp_scan_more(s) && (unsigned char)*s->at > ' ' && *s->at != '<' && *s->at != '>' &&
           *s->at != '@' && *s->at != 0x7f)
        s->at++;
    if (s->at == from)
        sp_scan_fail(s, SP_SYNTAX, s->at, "msg-id");
}

enum sp_err sip_content_id_parse(struct sp_slice value, struct sp_slice *id, struct sp_where *where)
{
    struct sp_scan s = sp_scan(value);
    const char    *from;

    sp_scan_char(&s, '<', "msg-id");
    from = s.at;
    scan_id(&s);
    sp_scan_char(&s, '@', "msg-id");
    scan_id(&s);
    *id = sp_slice(from, s.err == SP_OK ? (size_t)(s.at - from) : 0);
    sp_scan_char(&s, '>', "msg-id");
    return sp_scan_end(&s, where);
}

void sip_content_id_write(struct sp_buf *to, struct sp_slice id)
{
    sp_put_char(to, '<');
    sp_put_value(to, id);
    sp_put_char(to, '>');
}

/* The length of the first line with its end, LF; all of it when there is none. */
static size_t line_octets(struct sp_slice text)
{
    size_t at = sp_find(text, '\n');

    return at < text.len ? at + 1 : text.len;
}

bool sip_mime_field_next(struct sp_slice *rest, struct sp_slice *name, struct sp_slice *value)
{
    size_t          len = line_octets(*rest), colon;
    struct sp_slice line;

    if (rest->len == 0)
        return false;
    while (len < rest->len && (rest->at[len] == ' ' || rest->at[len] == '\t'))
        len += line_octets(sp_from(*rest, len));
    line = sp_head(*rest, len);
    *rest = sp_from(*rest, len);
    colon = sp_find(line, ':');
    *name = colon < line.len ? sp_trim(sp_head(line, colon)) : sp_head(line, 0);
    *value = sp_trim(colon < line.len ? sp_from(line, colon + 1) : line);
    return true;
}

struct sp_slice sip_mime_value(struct sp_slice head, const char *name)
{
    struct sp_slice field, value;

    while (sip_mime_field_next(&head, &field, &value))
        if (sp_eq_nocase(field, sp_str(name)))
            return value;
    return sp_slice(NULL, 0);
}

void sip_mime_split(struct sp_slice entity, struct sp_slice *head, struct sp_slice *body)
{
    struct sp_slice rest = entity;

    while (rest.len > 0) {
        struct sp_slice line = sp_head(rest, line_octets(rest));

        *body = sp_from(rest, line.len);
        if (sp_trim(line).len == 0 && line.at[0] != ' ' && line.at[0] != '\t') {
            *head = sp_head(entity, (size_t)(rest.at - entity.at));
            return;
        }
        rest = *body;
    }
    *head = entity;
    *body = sp_from(entity, entity.len);
}
