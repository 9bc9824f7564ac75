/* SPDX-License-Identifier: MIT
 * transaction/sip_tx_write.c -- what the transaction layer writes itself: its Via (RFC 3261
 * 8.1.1.7, 18.1.1), the ACK of a 3xx-6xx (17.1.1.3), CANCEL (9.1), 100 (17.2.1) and answers without
 * a transaction (8.2.7).
 *
 * All are made from octets that were parsed before, so nothing can be injected. Everything but
 * an answer goes into the store; an empty slice says that there was no room. */
#include "sip_layer.h"

#include "../parser/sip_write.h"

#define MAX_FORWARDS 70 /* RFC 3261 8.1.1.6 */

/* What has been written into a block of the store, without the tail that was not needed. */
static struct sp_slice finish(struct sip_tx_layer *layer, struct sp_buf *to)
{
    struct sp_slice written = sp_written(to);

    if (written.len == 0) {
        sp_store_give(&layer->store, to->at);
        return sp_slice(NULL, 0);
    }
    sp_store_shrink(&layer->store, to->at, written.len);
    return written;
}

struct sp_slice sip_write_via(struct sip_tx_layer *layer, struct sp_slice message, size_t cut,
                              uint8_t transport, const struct sp_addr *sent_by,
                              struct sp_slice branch)
{
    size_t        start_line = sp_find_slice(message, SP_LIT("\r\n")) + 2;
    size_t        room = message.len + SIP_VIA_OCTETS;
    struct sp_buf to = sp_buf(sp_store_take(&layer->store, room), room);

    if (to.at == NULL)
        return sp_slice(NULL, 0);
    sp_put(&to, sp_head(message, start_line));
    sp_put(&to, SP_LIT("Via: SIP/2.0/"));
    sp_put(&to, transport == SP_TCP ? SP_LIT("TCP ") : SP_LIT("UDP "));
    sp_put_host_port(&to, sent_by);
    sp_put(&to, SP_LIT(";branch="));
    sp_put(&to, branch);
    sp_put(&to, SP_LIT(";rport\r\n")); /* RFC 3581 3 */
    sp_put(&to, sp_from(message, start_line + cut));
    return finish(layer, &to);
}

/* The fields that an ACK or a CANCEL has in common with its INVITE, but To. */
static void put_common(struct sp_buf *to, const struct sip_msg *invite, struct sp_slice method)
{
    struct sip_cseq cseq;
    struct sp_where where;

    sip_put_request_line(to, method, invite->request_uri);
    sip_put_copy(to, sip_msg_find(invite, SIP_FIELD_VIA)); /* ours, the only one */
    sip_put_copies(to, invite, SIP_FIELD_ROUTE);
    sip_put_field_u64(to, SIP_FIELD_MAX_FORWARDS, MAX_FORWARDS);
    sip_put_copies(to, invite, SIP_FIELD_FROM);
    sip_put_copies(to, invite, SIP_FIELD_CALL_ID);
    sp_put_fail(to, sip_cseq_parse(sip_msg_value(invite, SIP_FIELD_CSEQ), &cseq, &where));
    cseq.method = method;
    sip_put_cseq(to, &cseq);
    /* whom it may reach is the same: RFC 3841 5 */
    sip_put_copies(to, invite, SIP_FIELD_ACCEPT_CONTACT);
    sip_put_copies(to, invite, SIP_FIELD_REJECT_CONTACT);
    sip_put_copies(to, invite, SIP_FIELD_REQUEST_DISPOSITION);
}

/* RFC 3261 22.1: an ACK repeats the credentials of its INVITE. */
static void put_credentials(struct sp_buf *to, const struct sip_msg *invite)
{
    for (uint32_t i = 0; i < invite->field_count; i++) {
        const struct sip_field *field = &invite->fields[i];

        if (sp_eq_nocase(field->name, SP_LIT("Authorization")) ||
            sp_eq_nocase(field->name, SP_LIT("Proxy-Authorization")))
            sip_put_copy(to, field);
    }
}

static const struct sip_msg *read_own(struct sip_tx_layer *layer, struct sp_slice octets)
{
    struct sp_where where;

    sip_msg_init(&layer->own, layer->own_fields, layer->limits.fields);
    if (sip_msg_parse(octets, &layer->own, &where) != SP_OK)
        return NULL;
    return &layer->own;
}

struct sp_slice sip_write_ack(struct sip_tx_layer *layer, struct sp_slice invite,
                              const struct sip_msg *response)
{
    const struct sip_msg *msg = read_own(layer, invite);
    struct sp_slice       tagged = sip_msg_value(response, SIP_FIELD_TO);
    struct sp_buf         to;
    size_t                room;

    if (msg == NULL)
        return sp_slice(NULL, 0);
    room = msg->head.len + tagged.len + 64;
    to = sp_buf(sp_store_take(&layer->store, room), room);
    if (to.at == NULL)
        return sp_slice(NULL, 0);
    put_common(&to, msg, SP_LIT("ACK"));
    sip_put_copies(&to, response, SIP_FIELD_TO);
    put_credentials(&to, msg);
    sip_put_body(&to, sp_slice(NULL, 0), sp_slice(NULL, 0));
    return finish(layer, &to);
}

struct sp_slice sip_write_cancel(struct sip_tx_layer *layer, struct sp_slice invite)
{
    const struct sip_msg *msg = read_own(layer, invite);
    struct sp_buf         to;
    size_t                room;

    if (msg == NULL)
        return sp_slice(NULL, 0);
    room = msg->head.len + 64;
    to = sp_buf(sp_store_take(&layer->store, room), room);
    if (to.at == NULL)
        return sp_slice(NULL, 0);
    put_common(&to, msg, SP_LIT("CANCEL"));
    sip_put_copies(&to, msg, SIP_FIELD_TO);
    sip_put_copies(&to, msg, SIP_FIELD_SUPPORTED); /* in every request but ACK (RFC 4028 7.1) */
    sip_put_body(&to, sp_slice(NULL, 0), sp_slice(NULL, 0));
    return finish(layer, &to);
}

struct sp_slice sip_write_100(struct sip_tx_layer *layer, const struct sip_msg *request)
{
    size_t        room = request->head.len + 64;
    struct sp_buf to = sp_buf(sp_store_take(&layer->store, room), room);

    if (to.at == NULL)
        return sp_slice(NULL, 0);
    sip_put_response_head(&to, request, 100, sp_slice(NULL, 0), sp_slice(NULL, 0));
    sip_put_body(&to, sp_slice(NULL, 0), sp_slice(NULL, 0));
    return finish(layer, &to);
}

/* The same request gets the same tag whenever it comes (8.2.7). */
static void put_stateless_tag(struct sp_buf *to, const struct sip_tx_layer *layer,
                              const struct sip_msg *msg, const struct sip_top *top)
{
    struct sp_slice parts[] = { top->via.branch, sip_msg_value(msg, SIP_FIELD_CALL_ID),
                                sip_msg_value(msg, SIP_FIELD_CSEQ) };
    uint64_t        hash = sp_table_hash(&layer->found, parts, 3);

    sp_put_hex(to, sp_slice(&hash, sizeof hash), false, '\0');
}

struct sp_slice sip_write_answer(struct sip_tx_layer *layer, const struct sip_top *top,
                                 uint16_t status, struct sp_slice reason)
{
    struct sip_msg   *msg = &layer->msg;
    struct sip_field *via = &msg->fields[msg->first[SIP_FIELD_VIA] - 1];
    struct sp_buf     stamp = sp_buf(layer->answer, layer->answer_octets);
    struct sp_buf     to, tag;
    char              tag_room[16];

    sip_way_stamp(&stamp, via->value, top, &layer->in_flow.remote);
    tag = sp_buf(tag_room, sizeof tag_room);
    put_stateless_tag(&tag, layer, msg, top);
    if (stamp.err != SP_OK)
        return sp_slice(NULL, 0);
    via->value = sp_written(&stamp);
    to = sp_buf(layer->answer + stamp.len, layer->answer_octets - stamp.len);
    sip_put_response_head(&to, msg, status, reason, sp_written(&tag));
    if (status == 503)
        sip_put_field_u64(&to, SIP_FIELD_RETRY_AFTER, SIP_RETRY_AFTER_S);
    sip_put_body(&to, sp_slice(NULL, 0), sp_slice(NULL, 0));
    return sp_written(&to);
}
