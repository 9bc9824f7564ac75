/* SPDX-License-Identifier: MIT
 * msrp/msrp_imdn_xml.c -- message/imdn+xml, read. RFC 5438 11; XML 1.0 as far as it needs. */
#include "../base/scan.h"
#include "msrp_imdn.h"

#define DEPTH 8

/* S, and what may stand in a name: letters, digits, "-._:" and all that is not ASCII. */
static const struct sp_set space_set = { { 0x00002600u, 0x00000001u, 0, 0 } };
static const struct sp_set name_set = { { 0, 0x07ff6000u, 0x87fffffeu, 0x07fffffeu, 0xffffffffu,
                                          0xffffffffu, 0xffffffffu, 0xffffffffu } };

struct reader {
    struct sp_scan    s;
    struct sp_slice   open[DEPTH]; /* names of the elements that the place is in */
    size_t            depth;
    bool              has_root, has_kind, has_status;
    struct msrp_imdn *imdn;
};

static void skip_space(struct sp_scan *s)
{
    (void)sp_scan_set(s, &space_set, 0, "S");
}

static bool at_text(const struct sp_scan *s, const char *text)
{
    return sp_starts(sp_slice(s->at, (size_t)(s->end - s->at)), sp_str(text));
}

/* To behind the next `end`. */
static void skip_past(struct sp_scan *s, const char *end, const char *rule)
{
    struct sp_slice rest = sp_slice(s->at, (size_t)(s->end - s->at));
    size_t          at = sp_find_slice(rest, sp_str(end));

    if (at == rest.len)
        sp_scan_fail(s, SP_SYNTAX, s->end, rule);
    else
        s->at += at + sp_str(end).len;
}

/* "<?...?>", "<!--...-->" and space. */
static void skip_misc(struct sp_scan *s)
{
    for (;;) {
        skip_space(s);
        if (at_text(s, "<?"))
            skip_past(s, "?>", "PI");
        else if (at_text(s, "<!--"))
            skip_past(s, "-->", "Comment");
        else
            return;
        if (s->err != SP_OK)
            return;
    }
}

/* The name without its prefix. */
static struct sp_slice local(struct sp_slice name)
{
    return sp_from(name, sp_find(name, ':') < name.len ? sp_find(name, ':') + 1 : 0);
}

static bool is_within(const struct reader *r, size_t depth, const char *name)
{
    return r->depth == depth && sp_eq(local(r->open[depth - 1]), sp_str(name));
}

static void take_kind(struct reader *r, struct sp_slice name, const char *at)
{
    static const char *const kinds[] = { "delivery-notification", "processing-notification",
                                         "display-notification" };

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (!sp_eq(name, sp_str(kinds[i])))
            continue;
        if (r->has_kind)
            sp_scan_fail(&r->s, SP_REPEATED, at, "disposition");
        r->has_kind = true;
        r->imdn->kind = (enum msrp_imdn_kind)i;
    }
}

static void take_status(struct reader *r, struct sp_slice name, const char *at)
{
    static const char *const statuses[] = { "delivered", "failed",    "processed", "stored",
                                            "displayed", "forbidden", "error" };
    size_t                   i = 0;

    while (i < sizeof statuses / sizeof statuses[0] && !sp_eq(name, sp_str(statuses[i])))
        i++;
    if (r->has_status)
        sp_scan_fail(&r->s, SP_REPEATED, at, "status");
    r->has_status = true;
    r->imdn->status = (enum msrp_imdn_status)i;
}

/* Where the text of an element of this name goes; NULL: nowhere. */
static struct sp_slice *text_of(struct reader *r, struct sp_slice name)
{
    if (sp_eq(name, SP_LIT("message-id")))
        return &r->imdn->message_id;
    if (sp_eq(name, SP_LIT("datetime")))
        return &r->imdn->date_time;
    if (sp_eq(name, SP_LIT("recipient-uri")))
        return &r->imdn->recipient_uri;
    if (sp_eq(name, SP_LIT("original-recipient-uri")))
        return &r->imdn->original_recipient_uri;
    return sp_eq(name, SP_LIT("subject")) ? &r->imdn->subject : NULL;
}

/* An element begins: what is it, where it stands? */
static void begins(struct reader *r, struct sp_slice name, const char *at)
{
    struct sp_slice bare = local(name);

    if (r->depth == 0) {
        if (r->has_root)
            sp_scan_fail(&r->s, SP_SYNTAX, at, "document");
        else if (!sp_eq(bare, SP_LIT("imdn")))
            sp_scan_fail(&r->s, SP_UNSUPPORTED, at, "imdn");
        r->has_root = true;
    } else if (r->depth == 1) {
        take_kind(r, bare, at);
    } else if (is_within(r, 3, "status") && r->has_kind) {
        take_status(r, bare, at);
    }
    if (r->depth == DEPTH)
        sp_scan_fail(&r->s, SP_LIMIT, at, "element");
    else
        r->open[r->depth++] = name;
}

/* An element ends; its text, where it has nothing but text, stands from `text` to `at`. */
static void ends(struct reader *r, struct sp_slice name, const char *text, const char *at)
{
    struct sp_slice *to = r->depth == 2 ? text_of(r, local(name)) : NULL;

    if (r->depth == 0 || !sp_eq(name, r->open[r->depth - 1])) {
        sp_scan_fail(&r->s, SP_SYNTAX, at, "ETag");
        return;
    }
    r->depth--;
    if (to == NULL)
        return;
    if (to->at != NULL)
        sp_scan_fail(&r->s, SP_REPEATED, at, "element");
    *to = sp_trim(sp_slice(text, text != NULL ? (size_t)(at - text) : 0));
    if (to->at == NULL)
        *to = sp_slice(at, 0);
}

/* *( S Attribute ) S? up to the end of a tag; true when it is an empty element's. */
static bool end_of_tag(struct sp_scan *s)
{
    while (s->err == SP_OK) {
        const char *before = s->at;
        char        quote;

        skip_space(s);
        if (sp_scan_try(s, '>'))
            return false;
        if (sp_scan_try(s, '/')) {
            sp_scan_char(s, '>', "EmptyElemTag");
            return true;
        }
        if (s->at == before)
            sp_scan_fail(s, SP_SYNTAX, s->at, "STag");
        (void)sp_scan_set(s, &name_set, 1, "Attribute");
        skip_space(s);
        sp_scan_char(s, '=', "Eq");
        skip_space(s);
        quote = sp_scan_peek(s);
        if (quote != '"' && quote != '\'')
            sp_scan_fail(s, SP_SYNTAX, s->at, "AttValue");
        else
            s->at++;
        (void)sp_scan_until(s, quote);
        sp_scan_char(s, quote, "AttValue");
    }
    return false;
}

/* One tag. `text` is where the text behind the last start tag begins; NULL: elements came since. */
static void take_tag(struct reader *r, const char **text)
{
    struct sp_scan *s = &r->s;
    const char     *at = s->at;
    bool            closes;
    struct sp_slice name;

    sp_scan_char(s, '<', "element");
    closes = sp_scan_try(s, '/');
    name = sp_scan_set(s, &name_set, 1, "Name");
    if (s->err != SP_OK)
        return;
    if (closes) {
        skip_space(s);
        sp_scan_char(s, '>', "ETag");
        if (s->err == SP_OK)
            ends(r, name, *text, at);
        *text = NULL;
        return;
    }
    begins(r, name, at);
    *text = NULL;
    if (end_of_tag(s) && s->err == SP_OK)
        ends(r, name, NULL, at);
    else
        *text = s->at;
}

enum sp_err msrp_imdn_parse(struct sp_slice octets, struct msrp_imdn *imdn, struct sp_where *where)
{
    struct reader   r = { .s = sp_scan(octets), .imdn = imdn };
    struct sp_scan *s = &r.s;
    const char     *text = NULL;

    *imdn = (struct msrp_imdn){ .status = MSRP_IMDN_EXTENSION };
    if (at_text(s, "\xef\xbb\xbf"))
        s->at += 3;
    skip_misc(s);
    while (s->err == SP_OK && sp_scan_more(s)) {
        if (at_text(s, "<!--") || at_text(s, "<?")) {
            skip_misc(s);
            continue;
        }
        take_tag(&r, &text);
        if (s->err == SP_OK && r.depth == 0)
            skip_misc(s);
        while (s->err == SP_OK && r.depth > 0 && sp_scan_more(s) && *s->at != '<')
            s->at++;
    }
    if (s->err == SP_OK && (r.depth > 0 || !r.has_root))
        sp_scan_fail(s, SP_SYNTAX, s->end, "element");
    if (s->err == SP_OK && (imdn->message_id.len == 0 || imdn->date_time.len == 0 || !r.has_status))
        sp_scan_fail(s, SP_MISSING, s->end,
                     imdn->message_id.len == 0  ? "message-id"
                     : imdn->date_time.len == 0 ? "datetime"
                                                : "status");
    return sp_scan_end(s, where);
}

void msrp_imdn_put_text(struct sp_buf *to, struct sp_slice text)
{
    static const struct {
        struct sp_slice name;
        char            c;
    } entities[] = { { { "amp;", 4 }, '&' },
                     { { "lt;", 3 }, '<' },
                     { { "gt;", 3 }, '>' },
                     { { "quot;", 5 }, '"' },
                     { { "apos;", 5 }, '\'' } };

    while (text.len > 0) {
        char   c = text.at[0];
        size_t i = 0;

        text = sp_from(text, 1);
        while (c == '&' && i < sizeof entities / sizeof entities[0] &&
               !sp_starts(text, entities[i].name))
            i++;
        if (c != '&' || i == sizeof entities / sizeof entities[0]) {
            sp_put_char(to, c); /* an entity that is not known stays as it is */
            continue;
        }
        sp_put_char(to, entities[i].c);
        text = sp_from(text, entities[i].name.len);
    }
}
