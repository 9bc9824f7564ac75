/* SPDX-License-Identifier: MIT
 * msrp/msrp_imdn.c -- disposition notifications: the wish in a wrapper, and what is answered to it.
 * RFC 5438 6, 7, 10. */
#include "msrp_imdn.h"

#include "../base/scan.h"

#define NAMESPACE "urn:ietf:params:imdn"

/* token of RFC 4975, less than which CPIM allows nothing here */
static const struct sp_set token_set = { { 0, 0x03ff6cfau, 0xc7fffffeu, 0x7fffffffu } };

static bool is_token(struct sp_slice text)
{
    struct sp_scan s = sp_scan(text);

    (void)sp_scan_set(&s, &token_set, 1, "Token");
    return sp_scan_end(&s, NULL) == SP_OK;
}

/* What stands between < and >; empty where there is no such thing. */
static struct sp_slice bracketed(struct sp_slice value)
{
    struct sp_slice rest = sp_from(value, sp_find(value, '<') + 1);

    return sp_find(rest, '>') < rest.len ? sp_head(rest, sp_find(rest, '>')) : sp_slice(NULL, 0);
}

/* "NS: imdn <urn:ietf:params:imdn>" declares the prefix; an empty one is the default. A later line
 * may give the prefix to another namespace. */
static void declare(const struct msrp_cpim_header *header, struct sp_slice *prefix, bool *declared)
{
    struct sp_slice name = sp_trim(sp_head(header->value, sp_find(header->value, '<')));

    if (sp_eq(bracketed(header->value), SP_LIT(NAMESPACE))) {
        *prefix = name;
        *declared = true;
    } else if (*declared && sp_eq(name, *prefix)) {
        *declared = false;
    }
}

/* The next header of our namespace; false at the end. `prefix` and `declared` go along. */
static bool next_of_ours(struct sp_slice *rest, struct msrp_cpim_header *header,
                         struct sp_slice *prefix, bool *declared)
{
    while (msrp_cpim_next(rest, header)) {
        if (header->prefix.len == 0 && sp_eq(header->name, SP_LIT("NS")))
            declare(header, prefix, declared);
        else if (*declared && sp_eq(header->prefix, *prefix))
            return true;
    }
    return false;
}

/* notify-req *(COMMA notify-req), each with parameters that are passed over. */
static void take_wishes(struct sp_slice value, struct msrp_imdn_wish *wish)
{
    while (value.len > 0) {
        struct sp_slice one = sp_head(value, sp_find(value, ','));

        value = sp_from(value, one.len + 1);
        one = sp_trim(sp_head(one, sp_find(one, ';')));
        if (sp_eq(one, SP_LIT("positive-delivery")))
            wish->positive_delivery = true;
        else if (sp_eq(one, SP_LIT("negative-delivery")))
            wish->negative_delivery = true;
        else if (sp_eq(one, SP_LIT("processing")))
            wish->processing = true;
        else if (sp_eq(one, SP_LIT("display")))
            wish->display = true;
    }
}

bool msrp_imdn_wish_of(const struct msrp_cpim *im, struct msrp_imdn_wish *wish)
{
    struct sp_slice         rest = im->headers, prefix = { NULL, 0 };
    struct msrp_cpim_header header;
    bool                    declared = false, routed = false;

    *wish = (struct msrp_imdn_wish){ .route = im->from.uri };
    while (next_of_ours(&rest, &header, &prefix, &declared)) {
        if (sp_eq(header.name, SP_LIT("Message-ID")))
            wish->message_id = sp_trim(header.value);
        else if (sp_eq(header.name, SP_LIT("Disposition-Notification")))
            take_wishes(header.value, wish);
        else if (sp_eq(header.name, SP_LIT("Original-To")))
            wish->original_to = bracketed(header.value);
        else if (sp_eq(header.name, SP_LIT("IMDN-Record-Route")) && !routed) {
            wish->route = bracketed(header.value);
            routed = true;
        }
    }
    /* No notification about a notification: 7.2.1. */
    return wish->message_id.len > 0 &&
           !sp_starts_nocase(im->content_type, SP_LIT("message/imdn+xml")) &&
           (wish->positive_delivery || wish->negative_delivery || wish->processing ||
            wish->display);
}

static void put_ours(struct sp_buf *to, const char *name, struct sp_slice value)
{
    sp_put_text(to, "imdn.");
    sp_put_text(to, name);
    sp_put_text(to, ": ");
    sp_put_value(to, value);
    sp_put_text(to, "\r\n");
}

static void put_id(struct sp_buf *to, struct sp_slice message_id)
{
    if (!is_token(message_id))
        sp_put_fail(to, SP_SYNTAX);
    sp_put_text(to, "NS: imdn <" NAMESPACE ">\r\n");
    put_ours(to, "Message-ID", message_id);
}

void msrp_imdn_put_wish(struct sp_buf *to, const struct msrp_imdn_wish *wish)
{
    const struct {
        bool        wanted;
        const char *name;
    } all[] = { { wish->positive_delivery, "positive-delivery" },
                { wish->negative_delivery, "negative-delivery" },
                { wish->processing, "processing" },
                { wish->display, "display" } };
    bool first = true;

    put_id(to, wish->message_id);
    sp_put_text(to, "imdn.Disposition-Notification: ");
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (!all[i].wanted)
            continue;
        sp_put_text(to, first ? "" : ", ");
        sp_put_text(to, all[i].name);
        first = false;
    }
    sp_put_text(to, "\r\n");
}

/* 7.1.1.3: positive is "delivered" alone; what went wrong is negative. */
bool msrp_imdn_wanted(const struct msrp_imdn_wish *wish, enum msrp_imdn_kind kind,
                      enum msrp_imdn_status status)
{
    switch (kind) {
    case MSRP_IMDN_DELIVERY:
        return status == MSRP_IMDN_DELIVERED ? wish->positive_delivery : wish->negative_delivery;
    case MSRP_IMDN_PROCESSING: return wish->processing;
    case MSRP_IMDN_DISPLAY: break;
    }
    return wish->display;
}

/* ---- writing ------------------------------------------------------------------------------------
 */

static void put_xml(struct sp_buf *to, struct sp_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        switch (text.at[i]) {
        case '&': sp_put_text(to, "&amp;"); break;
        case '<': sp_put_text(to, "&lt;"); break;
        case '>': sp_put_text(to, "&gt;"); break;
        default: sp_put_char(to, text.at[i]); break;
        }
    }
}

static void put_element(struct sp_buf *to, const char *name, struct sp_slice text)
{
    if (text.len == 0)
        return;
    sp_put_char(to, '<');
    sp_put_text(to, name);
    sp_put_char(to, '>');
    put_xml(to, text);
    sp_put_text(to, "</");
    sp_put_text(to, name);
    sp_put_text(to, ">\r\n");
}

/* The way of the message, back: 7.2.1. */
static void put_routes(struct sp_buf *to, const struct msrp_cpim *im)
{
    struct sp_slice         rest = im->headers, prefix = { NULL, 0 };
    struct msrp_cpim_header header;
    bool                    declared = false;

    while (next_of_ours(&rest, &header, &prefix, &declared))
        if (sp_eq(header.name, SP_LIT("IMDN-Record-Route")))
            put_ours(to, "IMDN-Route", header.value);
}

void msrp_imdn_write(struct sp_buf *to, const struct msrp_cpim *im,
                     const struct msrp_imdn_wish *wish, struct sp_slice message_id,
                     enum msrp_imdn_kind kind, enum msrp_imdn_status status)
{
    static const char *const kinds[] = { "delivery", "processing", "display" };
    static const char *const statuses[] = { "delivered", "failed",    "processed", "stored",
                                            "displayed", "forbidden", "error",     "error" };
    struct msrp_cpim         wrapper = { .from = { .uri = im->to.uri },
                                         .to = { .uri = im->from.uri },
                                         .content_type = SP_LIT("message/imdn+xml") };

    if (im->date_time.len == 0)
        sp_put_fail(to, SP_MISSING);
    put_id(to, message_id);
    put_routes(to, im);
    msrp_cpim_write(to, &wrapper);
    if (to->err != SP_OK)
        return;
    to->len -= 2; /* the blank line, before which stands: */
    sp_put_text(to, "Content-Disposition: notification\r\n\r\n"
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
                    "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">\r\n");
    put_element(to, "message-id", wish->message_id);
    put_element(to, "datetime", im->date_time);
    put_element(to, "recipient-uri", im->to.uri);
    put_element(to, "original-recipient-uri", wish->original_to);
    sp_put_char(to, '<');
    sp_put_text(to, kinds[kind]);
    sp_put_text(to, "-notification><status><");
    sp_put_text(to, statuses[status]);
    sp_put_text(to, "/></status></");
    sp_put_text(to, kinds[kind]);
    sp_put_text(to, "-notification>\r\n</imdn>\r\n");
}
