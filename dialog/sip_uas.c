/* SPDX-License-Identifier: MIT
 * dialog/sip_uas.c -- a request that came: the checks before anybody sees it, and the responses.
 * RFC 3261 8.2, 11.2. */
#include "sip_uas.h"

#include <assert.h>
#include <string.h>

#include "../parser/sip_media.h"
#include "../parser/sip_write.h"
#include "sip_info.h"
#include "sip_option.h"
#include "sip_share.h"
#include "sip_subscription.h"
#include "sip_texts.h"

/* What is owed to a transaction of our own: its CANCEL. */
enum { OWED_CANCEL = 0 };

struct sp_slice sip_uas_tag(const struct sip_ua *ua, const struct sip_msg *request,
                            char room[SIP_UAS_TAG_CHARS])
{
    const struct sp_slice parts[] = { SP_LIT("tag"), sip_msg_value(request, SIP_FIELD_CALL_ID),
                                      sip_msg_value(request, SIP_FIELD_FROM),
                                      sip_msg_value(request, SIP_FIELD_CSEQ) };
    uint64_t              hash = sp_table_hash(&ua->dialogs, parts, 4);
    struct sp_buf         to = sp_buf(room, SIP_UAS_TAG_CHARS);

    sp_put_hex(&to, sp_slice(&hash, sizeof(hash)), false, '\0');
    return sp_written(&to);
}

/* The options that Require names and we do not know (8.2.2.3). */
static void put_unsupported(const struct sip_ua *ua, struct sp_buf *to,
                            const struct sip_msg *request)
{
    struct sip_values walk = { 0 };
    struct sp_slice   tag;
    const char       *between = "Unsupported: ";

    while (sip_values_next(request, SIP_FIELD_REQUIRE, &walk, &tag)) {
        if (sip_option_is_ours(ua, tag))
            continue;
        sp_put_text(to, between);
        sip_put_unfolded(to, tag);
        between = ", ";
    }
    sp_put_text(to, "\r\n");
}

static struct sp_slice accepted_types(const struct sip_ua *ua, enum sip_method method)
{
    return method == SIP_MESSAGE ? ua->config.message_types : ua->config.accept;
}

/* A coding that we cannot take away; we know none but identity (20.2). */
static bool is_encoded(const struct sip_msg *msg)
{
    struct sip_values walk = { 0 };
    struct sp_slice   coding;

    while (sip_values_next(msg, SIP_FIELD_CONTENT_ENCODING, &walk, &coding))
        if (!sp_eq_nocase(coding, SP_LIT("identity")))
            return true;
    return false;
}

/* Bodies, those of MESSAGE too, and languages that we take (11.2, 20.1 to 20.3). */
static void put_accepts(const struct sip_ua *ua, struct sp_buf *to)
{
    struct sp_slice accept = ua->config.accept, more = ua->config.message_types;

    sp_put_text(to, "Accept: ");
    sp_put_value(to, accept);
    if ((ua->allow & 1u << SIP_MESSAGE) != 0 && sp_find_slice(accept, more) == accept.len) {
        if (accept.len > 0)
            sp_put_text(to, ", ");
        sp_put_value(to, more);
    }
    sp_put_text(to, "\r\n");
    sip_put_field(to, SIP_FIELD_ACCEPT_ENCODING, SP_LIT("identity"));
    sip_put_field(to, SIP_FIELD_ACCEPT_LANGUAGE, SP_LIT("*"));
}

/* What a status says about us, unless the fields given say it already. */
static void put_ours(const struct sip_ua *ua, struct sp_buf *to, const struct sip_msg *request,
                     const struct sip_answer *answer)
{
    switch (answer->status) {
    case 405: sip_put_allow(ua, to); break;
    case 415:
        if (sip_texts_have_line(answer->fields, SP_LIT("Accept")) ||
            sip_texts_have_line(answer->fields, SP_LIT("Accept-Encoding")))
            break;
        if (is_encoded(request))
            sip_put_field(to, SIP_FIELD_ACCEPT_ENCODING, SP_LIT("identity"));
        else
            sip_put_field(to, SIP_FIELD_ACCEPT, accepted_types(ua, request->method));
        break;
    case 420:
        if (!sip_texts_have_line(answer->fields, SP_LIT("Unsupported")))
            put_unsupported(ua, to, request);
        break;
    default:
        if (answer->rseq == 0 && answer->status / 100 != 2)
            break;
        if (request->method == SIP_SUBSCRIBE)
            sip_put_events(ua, to);
        if (request->method != SIP_INVITE && request->method != SIP_OPTIONS &&
            request->method != SIP_UPDATE)
            break;
        sip_put_allow(ua, to);
        sip_put_events(ua, to);
        sip_put_supported(ua, to);
        if (request->method == SIP_OPTIONS)
            put_accepts(ua, to);
        break;
    }
}

/* What makes a provisional response reliable (RFC 3262 3); and what we take of INFO, in an answer
 * to who said the same (RFC 6086 5.2.3). */
static void put_reliable(const struct sip_ua *ua, struct sp_buf *to, const struct sip_msg *request,
                         const struct sip_answer *answer)
{
    if (answer->rseq > 0) {
        sip_put_field(to, SIP_FIELD_REQUIRE, SP_LIT("100rel"));
        sip_put_field_u64(to, SIP_FIELD_RSEQ, answer->rseq);
    }
    if ((answer->rseq > 0 || answer->status / 100 == 2) &&
        request->first[SIP_FIELD_RECV_INFO] != 0 &&
        (request->method == SIP_INVITE || request->method == SIP_UPDATE ||
         request->method == SIP_PRACK))
        sip_put_recv_info(ua, to);
}

/* What every answer has (8.2.6.2). */
static void put_head(const struct sip_ua *ua, struct sp_buf *to, const struct sip_msg *request,
                     const struct sip_answer *answer)
{
    char            room[SIP_UAS_TAG_CHARS];
    struct sp_slice tag = answer->tag;

    if (tag.len == 0 && answer->status > 100)
        tag = sip_uas_tag(ua, request, room);
    sip_put_response_head(to, request, answer->status, answer->reason, tag);
}

void sip_put_answer(const struct sip_ua *ua, struct sp_buf *to, const struct sip_msg *request,
                    const struct sp_flow *flow, const struct sip_answer *answer)
{
    struct sip_target target = { flow->transport, flow->remote };

    put_head(ua, to, request, answer);
    if (answer->dialog) {
        sip_put_copies(to, request, SIP_FIELD_RECORD_ROUTE);
        sip_put_contact(ua, to, &target);
    }
    put_ours(ua, to, request, answer);
    if (answer->status / 100 == 2)
        sip_put_authentication_info(to, &ua->guard, ua->now_us, request, answer->body);
    put_reliable(ua, to, request, answer);
    if (ua->config.user_agent.len > 0 && answer->status > 100)
        sip_put_field(to, SIP_FIELD_SERVER, ua->config.user_agent);
    sp_put(to, answer->fields);
    sip_put_body(to, answer->content_type, answer->body);
    if (flow->transport == SP_UDP && to->len > SIP_DATAGRAM_OCTETS)
        sp_put_fail(to, SP_ROOM);
}

/* Its status is what it says, and it is final: it may go without the rest, and later. */
static bool is_short(const struct sip_answer *answer)
{
    return answer->body.len == 0 &&
           (answer->status >= 300 ||
            (answer->status >= 200 && answer->fields.len == 0 && !answer->dialog));
}

static enum sp_err give(struct sip_ua *ua, struct sp_handle tx, const struct sip_msg *request,
                        const struct sp_flow *flow, const struct sip_answer *answer)
{
    struct sp_buf   to = sip_core_scratch(ua);
    struct sp_slice none = { NULL, 0 };

    sip_put_answer(ua, &to, request, flow, answer);
    if (to.err != SP_OK && is_short(answer)) {
        to = sip_core_scratch(ua);
        put_head(ua, &to, request, answer);
        sip_put_body(&to, none, none);
    }
    if (to.err != SP_OK)
        return to.err;
    ua->in_hand = NULL;
    return sip_tx_respond(ua->tx, ua->now_us, tx, answer->status, sp_written(&to));
}

enum sp_err sip_uas_answer(struct sip_ua *ua, struct sp_handle tx, const struct sip_msg *request,
                           const struct sp_flow *flow, const struct sip_answer *answer)
{
    enum sp_err err = give(ua, tx, request, flow, answer);

    if (err != SP_LIMIT || !is_short(answer))
        return err;
    sip_uas_owe(ua, tx, answer->status, answer->tag);
    return SP_OK;
}

void sip_uas_say(struct sip_ua *ua, const struct sip_tx_action *action, uint16_t status,
                 struct sp_slice fields)
{
    struct sip_answer answer = { .status = status, .fields = fields };

    (void)!sip_uas_answer(ua, action->tx, action->msg, &action->flow, &answer);
}

void sip_uas_owe(struct sip_ua *ua, struct sp_handle tx, uint16_t status, struct sp_slice tag)
{
    struct sip_owed *owed;

    for (uint32_t i = 0; i < ua->owed_count; i++)
        if (sp_handle_eq(ua->owed[i].tx, tx))
            return;
    if (ua->owed_count == ua->limits.transactions)
        sip_uas_pay(ua); /* some of them have ended: no more than there are can wait */
    assert(ua->owed_count < ua->limits.transactions);
    owed = &ua->owed[ua->owed_count++];
    owed->tx = tx;
    owed->status = status;
    owed->tag_octets = (uint8_t)(tag.len < SIP_OWED_TAG ? tag.len : SIP_OWED_TAG);
    if (tag.len > 0)
        memcpy(owed->tag, tag.at, owed->tag_octets);
}

void sip_uas_cancel(struct sip_ua *ua, struct sp_handle invite)
{
    struct sp_handle tx;

    if (sip_tx_cancel(ua->tx, ua->now_us, invite, 0, &tx) == SP_LIMIT)
        sip_uas_owe(ua, invite, OWED_CANCEL, sp_slice(NULL, 0));
}

void sip_uas_pay(struct sip_ua *ua)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < ua->owed_count; i++) {
        struct sip_owed   owed = ua->owed[i];
        struct sip_answer answer = { .status = owed.status,
                                     .tag = sp_slice(owed.tag, owed.tag_octets) };
        struct sp_handle  tx;
        struct sp_flow    flow;
        enum sp_err       err;

        if (owed.status == OWED_CANCEL)
            err = sip_tx_cancel(ua->tx, ua->now_us, owed.tx, 0, &tx);
        else
            err = sip_uas_again(ua, owed.tx, &flow);
        if (err == SP_OK && owed.status != OWED_CANCEL)
            err = give(ua, owed.tx, &ua->again, &flow, &answer);
        if (err == SP_LIMIT)
            ua->owed[kept++] = owed;
    }
    ua->owed_count = kept;
}

uint32_t sip_uas_cseq(const struct sip_msg *msg)
{
    struct sip_cseq cseq;
    struct sp_where where;
    enum sp_err     err = sip_cseq_parse(sip_msg_value(msg, SIP_FIELD_CSEQ), &cseq, &where);

    return err == SP_OK ? cseq.number : 0; /* the layer answered 400 to any other */
}

enum sp_err sip_uas_again(struct sip_ua *ua, struct sp_handle tx, struct sp_flow *flow)
{
    struct sp_slice octets = sip_tx_request_octets(ua->tx, tx);
    struct sp_where where;
    enum sp_err     err = sip_tx_request_flow(ua->tx, tx, flow);

    if (err != SP_OK || octets.len == 0)
        return SP_STALE;
    sip_msg_init(&ua->again, ua->again_fields, ua->limits.fields);
    err = sip_msg_parse(octets, &ua->again, &where);
    assert(err == SP_OK);
    return err;
}

/* 8.2.1 */
static uint16_t check_method(const struct sip_ua *ua, const struct sip_msg *msg)
{
    if (msg->method == SIP_METHOD_OTHER)
        return 501;
    return (ua->allow & 1u << msg->method) != 0 ? 0 : 405;
}

/* 8.2.2.1: any user of any host that found its way here. */
static uint16_t check_uri(const struct sip_msg *msg)
{
    struct sip_uri  uri;
    struct sp_where where;

    if (sip_uri_parse(msg->request_uri, &uri, &where) != SP_OK)
        return 400;
    return uri.scheme == SIP_SCHEME_SIP || uri.scheme == SIP_SCHEME_SIPS ? 0 : 416;
}

/* 12.2.2 for a request with a To tag, 8.2.2.2 for one without. */
static uint16_t check_dialog(struct sip_ua *ua, const struct sip_tx_action *action,
                             struct sip_dialog **dialog)
{
    struct sip_dialog_id id;
    struct sp_slice      parts[3];

    if (sip_dialog_id_of(action->msg, &id) != SP_OK)
        return 400;
    if (id.local_tag.len > 0) {
        *dialog = sip_dialog_find(&ua->dialogs, &id);
        if (*dialog == NULL && action->msg->method == SIP_NOTIFY)
            *dialog = sip_subscription_half(ua, &id);
        return *dialog != NULL ? 0 : 481;
    }
    parts[0] = id.remote_tag;
    parts[1] = id.call_id;
    parts[2] = sip_msg_value(action->msg, SIP_FIELD_CSEQ);
    return sip_merged_take(&ua->merged, ua->tx, sp_table_hash(&ua->dialogs, parts, 3), action->tx)
               ? 482
               : 0;
}

/* 8.2.2.3 */
static uint16_t check_require(const struct sip_ua *ua, const struct sip_msg *msg)
{
    struct sip_values walk = { 0 };
    struct sp_slice   tag;

    while (sip_values_next(msg, SIP_FIELD_REQUIRE, &walk, &tag))
        if (!sip_option_is_ours(ua, tag))
            return 420;
    return 0;
}

/* 8.2.3; a body that may be left alone is (20.11). */
static uint16_t check_content(const struct sip_ua *ua, const struct sip_msg *msg,
                              const struct sip_dialog *dialog)
{
    struct sp_slice       type = sip_msg_value(msg, SIP_FIELD_CONTENT_TYPE);
    struct sp_slice       how = sip_msg_value(msg, SIP_FIELD_CONTENT_DISPOSITION);
    struct sip_media_type media;
    struct sp_where       where;

    if (msg->body.len == 0)
        return 0;
    if (msg->method == SIP_NOTIFY && dialog != NULL && dialog->usage != SIP_USAGE_SESSION)
        return 0; /* its subscription knows what it accepts */
    how = sip_param_value(sp_from(how, sp_find(how, ';')), "handling");
    if (sp_eq_nocase(how, SP_LIT("optional")))
        return 0;
    if (type.len == 0 || sip_media_type_parse(type, &media, &where) != SP_OK)
        return 400; /* 20.15: a body has a type */
    type = sp_slice(type.at, (size_t)(media.subtype.at + media.subtype.len - type.at));
    if (!sip_media_type_accepted(accepted_types(ua, msg->method), type) || is_encoded(msg))
        return 415;
    return 0;
}

/* 20.1: who says what it accepts, and not SDP, takes none. */
static bool takes_sdp(const struct sip_msg *msg)
{
    const struct sip_field *accept = sip_msg_find(msg, SIP_FIELD_ACCEPT);
    bool                    takes = accept == NULL;

    for (; accept != NULL && !takes; accept = sip_msg_find_next(msg, accept))
        takes = sip_media_type_accepted(accept->value, SP_LIT("application/sdp"));
    return takes;
}

/* Who invites must accept the answer, which is SDP. */
static uint16_t check_accept(const struct sip_msg *msg)
{
    return msg->method != SIP_INVITE || takes_sdp(msg) ? 0 : 406;
}

/* RFC 3311 5.1: UPDATE has a Contact. One that cannot be read is refused below (sip_check.h). */
static uint16_t check_target(const struct sip_msg *msg)
{
    return msg->method == SIP_UPDATE && sip_msg_find(msg, SIP_FIELD_CONTACT) == NULL ? 400 : 0;
}

uint16_t sip_uas_check(struct sip_ua *ua, const struct sip_tx_action *action,
                       struct sip_dialog **dialog)
{
    uint16_t status = check_method(ua, action->msg);

    *dialog = NULL;
    if (status == 0)
        status = check_uri(action->msg);
    if (status == 0)
        status = check_dialog(ua, action, dialog);
    if (status == 0)
        status = check_require(ua, action->msg);
    if (status == 0)
        status = check_content(ua, action->msg, *dialog);
    if (status == 0)
        status = check_accept(action->msg);
    if (status == 0)
        status = check_target(action->msg);
    return status;
}

struct sp_slice sip_uas_retry_after(char room[32], uint32_t seconds)
{
    struct sp_buf to = sp_buf(room, 32);

    sip_put_field_u64(&to, SIP_FIELD_RETRY_AFTER, seconds);
    return sp_written(&to);
}

void sip_uas_options(struct sip_ua *ua, const struct sip_tx_action *action, bool in_dialog)
{
    char              room[32];
    struct sip_answer answer = { .status = 200, .dialog = true };
    enum sp_err       err;

    if (!in_dialog && (ua->allow & 1u << SIP_INVITE) != 0 &&
        (ua->sessions.used == ua->sessions.capacity ||
         sip_share_is_full(ua, &ua->sessions, &action->flow.remote))) {
        sip_uas_say(ua, action, 486, sip_uas_retry_after(room, SIP_RETRY_AFTER_LIMIT));
        return;
    }
    if (takes_sdp(action->msg)) /* 11.2 */
        answer.body = ua->config.capabilities;
    if (answer.body.len > 0)
        answer.content_type = SP_LIT("application/sdp");
    err = sip_uas_answer(ua, action->tx, action->msg, &action->flow, &answer);
    if (err != SP_OK)
        sip_uas_owe(ua, action->tx, err == SP_LIMIT ? 503 : 500, sp_slice(NULL, 0));
}
