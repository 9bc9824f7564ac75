/* SPDX-License-Identifier: MIT
 * dialog/sip_dialog.c -- a dialog: what two user agents keep to talk on. RFC 3261 12. */
#include "sip_dialog.h"

#include <string.h>

#include "../parser/sip_via.h"
#include "../parser/sip_write.h"
#include "sip_texts.h"

/* Moves the texts into a block of their own. */
static enum sp_err settle(struct sip_dialog *dialog, const struct sip_dialog_room *room)
{
    struct sp_slice *const texts[] = { &dialog->call_id, &dialog->local_tag, &dialog->remote_tag,
                                       &dialog->local,   &dialog->remote,    &dialog->target,
                                       &dialog->routes };

    return sip_texts_move(room->store, room->most, texts, sizeof(texts) / sizeof(texts[0]),
                          &dialog->block);
}

/* From or To as the URI of a dialog: a name-addr without its parameters. Its tag too. */
static struct sp_slice party(struct sp_buf *to, struct sp_slice value, struct sp_slice *tag)
{
    struct sip_address address;
    struct sp_where    where;
    size_t             start = to->len;
    enum sp_err        err = sip_address_parse(value, &address, &where);

    if (err != SP_OK) {
        sp_put_fail(to, err);
        return sp_slice(NULL, 0);
    }
    *tag = address.tag;
    if (address.display.len > 0) {
        sip_put_unfolded(to, address.display);
        sp_put_char(to, ' ');
    }
    sp_put_char(to, '<');
    sip_put_unfolded(to, address.uri.octets);
    sp_put_char(to, '>');
    return sp_slice(to->at + start, to->len - start);
}

/* The URI of the first Contact. SP_MISSING, SP_SYNTAX. */
static enum sp_err contact_of(const struct sip_msg *msg, struct sp_slice *uri)
{
    struct sip_values  walk = { 0 };
    struct sip_address address;
    struct sp_slice    value;
    struct sp_where    where;

    if (!sip_values_next(msg, SIP_FIELD_CONTACT, &walk, &value))
        return SP_MISSING;
    if (sip_address_parse(value, &address, &where) != SP_OK || address.star)
        return SP_SYNTAX;
    *uri = address.uri.octets;
    return SP_OK;
}

/* 12.1.1: the Contact of a request. Who speaks RFC 2543, and so has no cookie in its branch, may
 * leave it out: then From tells. */
static enum sp_err target_of(const struct sip_msg *request, struct sp_slice *uri)
{
    enum sp_err        err = contact_of(request, uri);
    struct sip_values  walk = { 0 };
    struct sip_via     via;
    struct sip_address from;
    struct sp_slice    value;
    struct sp_where    where;

    if (err != SP_MISSING || !sip_values_next(request, SIP_FIELD_VIA, &walk, &value) ||
        sip_via_parse(value, &via, &where) != SP_OK || sip_via_has_cookie(&via) ||
        sip_address_parse(sip_msg_value(request, SIP_FIELD_FROM), &from, &where) != SP_OK)
        return err;
    *uri = from.uri.octets;
    return SP_OK;
}

enum sp_err sip_dialog_of_request(struct sip_dialog *dialog, const struct sip_dialog_room *room,
                                  const struct sip_msg *request, struct sp_slice tag)
{
    struct sp_buf   to = sp_buf(room->text, room->most);
    struct sp_slice none;
    struct sip_cseq cseq;
    struct sp_where where;
    size_t          start;
    enum sp_err     err;

    memset(dialog, 0, sizeof(*dialog));
    err = target_of(request, &dialog->target);
    if (err == SP_OK)
        err = sip_cseq_parse(sip_msg_value(request, SIP_FIELD_CSEQ), &cseq, &where);
    if (err != SP_OK)
        return err;
    dialog->call_id = sip_msg_value(request, SIP_FIELD_CALL_ID);
    dialog->local_tag = tag;
    dialog->remote = party(&to, sip_msg_value(request, SIP_FIELD_FROM), &dialog->remote_tag);
    dialog->local = party(&to, sip_msg_value(request, SIP_FIELD_TO), &none);
    start = to.len;
    sip_put_route_set(&to, request, false);
    dialog->routes = sp_slice(to.at + start, to.len - start);
    dialog->remote_cseq = cseq.number;
    dialog->remote_seen = true;
    if (to.err != SP_OK)
        return to.err == SP_ROOM ? SP_LIMIT : to.err;
    return settle(dialog, room);
}

enum sp_err sip_dialog_of_response(struct sip_dialog *dialog, const struct sip_dialog_room *room,
                                   const struct sip_msg *response, struct sp_slice target)
{
    struct sp_buf   to = sp_buf(room->text, room->most);
    struct sip_cseq cseq;
    struct sp_where where;
    size_t          start;
    enum sp_err     err;

    memset(dialog, 0, sizeof(*dialog));
    err = contact_of(response, &dialog->target);
    if (err == SP_MISSING) {
        dialog->target = target;
        err = SP_OK;
    }
    if (err == SP_OK)
        err = sip_cseq_parse(sip_msg_value(response, SIP_FIELD_CSEQ), &cseq, &where);
    if (err != SP_OK)
        return err;
    dialog->call_id = sip_msg_value(response, SIP_FIELD_CALL_ID);
    dialog->local = party(&to, sip_msg_value(response, SIP_FIELD_FROM), &dialog->local_tag);
    dialog->remote = party(&to, sip_msg_value(response, SIP_FIELD_TO), &dialog->remote_tag);
    start = to.len;
    sip_put_route_set(&to, response, true);
    dialog->routes = sp_slice(to.at + start, to.len - start);
    dialog->local_cseq = cseq.number;
    if (to.err != SP_OK)
        return to.err == SP_ROOM ? SP_LIMIT : to.err;
    return settle(dialog, room);
}

enum sp_err sip_dialog_refresh(struct sip_dialog *dialog, const struct sip_dialog_room *room,
                               const struct sip_msg *msg, bool *moved)
{
    struct sip_dialog old = *dialog;
    struct sp_slice   target;
    enum sp_err       err = contact_of(msg, &target);

    *moved = false;
    if (err == SP_MISSING || (err == SP_OK && sp_eq(target, dialog->target)))
        return SP_OK;
    if (err != SP_OK)
        return err;
    dialog->target = target;
    err = settle(dialog, room);
    if (err != SP_OK) {
        dialog->target = old.target;
        return err;
    }
    sp_store_give(room->store, old.block);
    *moved = true;
    return SP_OK;
}

void sip_dialog_free(struct sip_dialog *dialog, struct sp_store *store)
{
    sp_store_give(store, dialog->block);
    memset(dialog, 0, sizeof(*dialog));
}

enum sp_err sip_dialog_id_of(const struct sip_msg *msg, struct sip_dialog_id *id)
{
    struct sip_address from, to;
    struct sp_where    where;
    enum sp_err        err;

    err = sip_address_parse(sip_msg_value(msg, SIP_FIELD_FROM), &from, &where);
    if (err == SP_OK)
        err = sip_address_parse(sip_msg_value(msg, SIP_FIELD_TO), &to, &where);
    if (err != SP_OK)
        return err;
    id->call_id = sip_msg_value(msg, SIP_FIELD_CALL_ID);
    id->local_tag = msg->request ? to.tag : from.tag;
    id->remote_tag = msg->request ? from.tag : to.tag;
    return SP_OK;
}

uint64_t sip_dialog_hash(const struct sp_table *table, const struct sip_dialog_id *id)
{
    const struct sp_slice parts[] = { id->call_id, id->local_tag, id->remote_tag };

    return sp_table_hash(table, parts, 3);
}

static struct sip_dialog_id id_of(const struct sip_dialog *dialog)
{
    struct sip_dialog_id id = { dialog->call_id, dialog->local_tag, dialog->remote_tag };

    return id;
}

void sip_dialog_add(struct sp_table *table, struct sip_dialog *dialog)
{
    struct sip_dialog_id id = id_of(dialog);

    sp_table_add(table, &dialog->link, sip_dialog_hash(table, &id));
}

/* Call-ID and tags are compared octet for octet: 20.8, and 7.3.1 for the tags as tokens of ours or
 * the peer's making. */
struct sip_dialog *sip_dialog_find(const struct sp_table *table, const struct sip_dialog_id *id)
{
    struct sp_table_link *link = sp_table_first(table, sip_dialog_hash(table, id));

    for (; link != NULL; link = sp_table_next(link)) {
        struct sip_dialog *dialog = SP_OF(link, struct sip_dialog, link);

        if (sp_eq(dialog->call_id, id->call_id) && sp_eq(dialog->local_tag, id->local_tag) &&
            sp_eq(dialog->remote_tag, id->remote_tag))
            return dialog;
    }
    return NULL;
}

bool sip_dialog_take_cseq(struct sip_dialog *dialog, uint32_t cseq)
{
    if (dialog->remote_seen && cseq <= dialog->remote_cseq)
        return false;
    dialog->remote_seen = true;
    dialog->remote_cseq = cseq;
    return true;
}

static void put_party(struct sp_buf *to, const char *name, struct sp_slice address,
                      struct sp_slice tag)
{
    sp_put_text(to, name);
    sp_put_value(to, address);
    if (tag.len > 0) {
        sp_put_text(to, ";tag=");
        sp_put_value(to, tag);
    }
    sp_put_text(to, "\r\n");
}

void sip_put_dialog_head(struct sp_buf *to, const struct sip_dialog *dialog, struct sp_slice method,
                         uint32_t cseq)
{
    struct sip_cseq  value = { cseq, method };
    struct sip_route route;
    enum sp_err      err = sip_route_of(dialog->target, dialog->routes, &route);

    if (err != SP_OK) {
        sp_put_fail(to, err);
        return;
    }
    sip_put_request(to, method, &route);
    sip_put_field_u64(to, SIP_FIELD_MAX_FORWARDS, SIP_MAX_FORWARDS);
    put_party(to, "From: ", dialog->local, dialog->local_tag);
    put_party(to, "To: ", dialog->remote, dialog->remote_tag);
    sip_put_field(to, SIP_FIELD_CALL_ID, dialog->call_id);
    sip_put_cseq(to, &value);
    sip_put_route(to, &route);
}

void sip_dialog_again(struct sip_dialog *dialog, uint32_t cseq)
{
    if (cseq != 0 && dialog->local_cseq == cseq)
        dialog->local_cseq--;
}

enum sp_err sip_dialog_next_hop(const struct sip_dialog *dialog, struct sp_slice *uri)
{
    struct sip_route route;
    enum sp_err      err = sip_route_of(dialog->target, dialog->routes, &route);

    *uri = route.next;
    return err;
}
