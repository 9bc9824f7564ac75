/* SPDX-License-Identifier: MIT
 * dialog/sip_detour.c -- the target set of a redirected request. RFC 3261 8.1.3.4, 21.3. */
#include "sip_detour.h"

#include <string.h>

#include "../parser/sip_contact.h"
#include "sip_texts.h"

struct offer {
    struct sip_uri uri;
    uint32_t       q; /* thousandths */
};

/* The Contacts of a response that can be asked. */
static size_t offers_of(const struct sip_msg *response, struct offer offers[SIP_DETOUR_CONTACTS])
{
    struct sip_values walk = { 0 };
    struct sp_slice   value;
    size_t            count = 0;

    while (count < SIP_DETOUR_CONTACTS &&
           sip_values_next(response, SIP_FIELD_CONTACT, &walk, &value)) {
        struct sip_contact contact;
        struct sp_where    where;

        if (sip_contact_parse(value, &contact, &where) != SP_OK || contact.address.star ||
            contact.address.uri.scheme != SIP_SCHEME_SIP)
            continue;
        offers[count].uri = contact.address.uri;
        offers[count++].q = contact.q;
    }
    return count;
}

/* 3261-8.1.3.4: a URI stands in the set once, as 19.1.4 compares them. */
static bool is_in(struct sp_slice set, const struct sip_uri *uri)
{
    while (set.len > 0) {
        size_t          end = sp_find(set, '\n');
        struct sip_uri  one;
        struct sp_where where;

        if (sip_uri_parse(sp_head(set, end), &one, &where) == SP_OK && sip_uri_eq(&one, uri))
            return true;
        set = sp_from(set, end + 1);
    }
    return false;
}

static struct offer *best_of(struct offer *offers, size_t count)
{
    struct offer *best = NULL;

    for (size_t i = 0; i < count; i++)
        if (offers[i].uri.octets.len > 0 && (best == NULL || offers[i].q > best->q))
            best = &offers[i];
    return best;
}

void sip_detour_add(struct sip_detour *detour, struct sp_store *store, char *text, size_t most,
                    struct sp_slice uri, const struct sip_msg *response)
{
    struct sp_buf          to = sp_buf(text, most);
    struct offer           offers[SIP_DETOUR_CONTACTS], *best;
    struct sp_slice        set;
    struct sp_slice *const texts[] = { &set };
    size_t                 count;
    void                  *block;

    if (response->status < 300 || response->status > 302)
        return;
    sp_put(&to, detour->block != NULL ? detour->set : uri);
    count = offers_of(response, offers);
    for (; (best = best_of(offers, count)) != NULL; best->uri.octets.len = 0) {
        if (to.err != SP_OK || is_in(sp_slice(to.at, to.len), &best->uri))
            continue;
        sp_put_char(&to, '\n');
        sp_put_value(&to, best->uri.octets);
    }
    set = sp_written(&to);
    if (set.len == 0 || sip_texts_move(store, most, texts, 1, &block) != SP_OK)
        return;
    if (detour->block == NULL)
        detour->next = uri.len + 1;
    sp_store_give(store, detour->block);
    detour->block = block;
    detour->set = set;
}

bool sip_detour_next(struct sip_detour *detour, struct sp_slice *uri)
{
    struct sp_slice rest = sp_from(detour->set, detour->next);

    if (detour->left == 0 || rest.len == 0)
        return false;
    *uri = sp_head(rest, sp_find(rest, '\n'));
    detour->next += uri->len + 1;
    detour->left--;
    return true;
}

void sip_detour_free(struct sip_detour *detour, struct sp_store *store)
{
    sp_store_give(store, detour->block);
    memset(detour, 0, sizeof(*detour));
}
