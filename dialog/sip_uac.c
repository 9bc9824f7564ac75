/* SPDX-License-Identifier: MIT
 * dialog/sip_uac.c -- writing requests outside of dialogs. RFC 3261 8.1.1; RFC 3428 4. */
#include <string.h>

#include "sip_core.h"
#include "sip_info.h"
#include "sip_texts.h"
#include "sip_trust.h"

enum { CALL_ID_CHARS = 22, TAG_CHARS = 11 }; /* 131 and 65 random bits (19.3, 8.1.1.4) */

/* The first CSeq of a Call-ID: small, so that 2^31 is never reached (8.1.1.5), and not 0 (empty).
 */
enum { FIRST_CSEQ = 1 };

static bool is_same_uri(struct sp_slice value, struct sp_slice uri)
{
    struct sip_address address;
    struct sip_uri     other;
    struct sp_where    where;

    return sip_address_parse(value, &address, &where) == SP_OK &&
           sip_uri_parse(uri, &other, &where) == SP_OK && sip_uri_eq(&address.uri, &other);
}

/* The route set of a request outside of dialogs: what its user says, then the Service-Route of its
 * sender (RFC 3608 6.1), where that does not begin with the same. */
static struct sp_slice preloaded_route(const struct sip_ua *ua, struct sp_buf *to,
                                       const struct sip_ua_request *request, struct sp_slice from)
{
    struct sp_slice service = { NULL, 0 }, uri = request->route;

    if (request->method != SIP_REGISTER)
        service = sip_registration_route(ua, from.len > 0 ? from : ua->config.from);
    if (uri.len > 0 && !is_same_uri(sp_head(service, sp_find(service, '\n')), uri)) {
        sp_put_char(to, '<');
        sp_put_value(to, uri);
        sp_put_char(to, '>');
        if (service.len > 0)
            sp_put_char(to, '\n');
    }
    sp_put(to, service);
    return sp_written(to);
}

struct sp_slice sip_draft_method(const struct sip_draft *draft)
{
    return draft->method != SIP_METHOD_OTHER ? sip_method_name(draft->method) : draft->extension;
}

enum sp_err sip_draft_make(struct sip_ua *ua, const struct sip_ua_request *request,
                           struct sip_draft *draft)
{
    char                ids[CALL_ID_CHARS + TAG_CHARS];
    struct sip_identity identity = { .call_id = { ids, CALL_ID_CHARS },
                                     .tag = { ids + CALL_ID_CHARS, TAG_CHARS },
                                     .cseq = FIRST_CSEQ };

    sp_ident_token(&ua->ident, ids, sizeof(ids));
    return sip_draft_make_as(ua, request, &identity, draft);
}

enum sp_err sip_draft_make_as(struct sip_ua *ua, const struct sip_ua_request *request,
                              const struct sip_identity *identity, struct sip_draft *draft)
{
    struct sp_buf          to = sp_buf(ua->text, ua->limits.dialog_octets);
    struct sp_slice        hop;
    enum sp_err            err;
    struct sp_slice *const texts[] = {
        &draft->asked,        &draft->to,   &draft->from,    &draft->route, &draft->fields,
        &draft->content_type, &draft->body, &draft->call_id, &draft->tag,   &draft->contact_params,
        &draft->extension
    };

    memset(draft, 0, sizeof(*draft));
    if (!sip_texts_are_lines(request->fields))
        return SP_INJECTION;
    draft->method = request->method;
    draft->extension = request->extension;
    draft->uri = draft->asked = request->uri;
    draft->to = request->to.len > 0 ? request->to : request->uri;
    draft->detour.left = request->follow;
    draft->route = preloaded_route(ua, &to, request, identity->from);
    draft->fields = request->fields;
    draft->content_type = request->content_type;
    draft->body = request->body;
    draft->from = identity->from;
    draft->call_id = identity->call_id;
    draft->tag = identity->tag;
    draft->cseq = identity->cseq;
    draft->expires_s = request->method == SIP_INVITE ? request->expires_s : identity->expires_s;
    draft->binds = identity->binds;
    draft->contact_params = identity->contact_params;
    if (to.err != SP_OK)
        return to.err == SP_ROOM ? SP_LIMIT : to.err;
    err = sip_draft_next_hop(draft, &hop);
    if (err == SP_OK)
        err = sip_texts_move(&ua->store, ua->limits.message_octets, texts,
                             sizeof(texts) / sizeof(texts[0]), &draft->block);
    draft->uri = draft->asked;
    return err;
}

enum sp_err sip_draft_body(struct sip_ua *ua, const struct sip_ua_request *request,
                           struct sip_draft *draft)
{
    struct sp_slice *const texts[] = { &draft->fields, &draft->content_type, &draft->body,
                                       &draft->extension };

    memset(draft, 0, sizeof(*draft));
    if (!sip_texts_are_lines(request->fields))
        return SP_INJECTION;
    draft->method = request->method;
    draft->extension = request->extension;
    draft->fields = request->fields;
    draft->content_type = request->content_type;
    draft->body = request->body;
    return sip_texts_move(&ua->store, ua->limits.message_octets, texts,
                          sizeof(texts) / sizeof(texts[0]), &draft->block);
}

void sip_draft_free(struct sip_ua *ua, struct sip_draft *draft)
{
    sip_detour_free(&draft->detour, &ua->store);
    sp_store_give(&ua->store, draft->block);
    memset(draft, 0, sizeof(*draft));
}

bool sip_draft_detour(struct sip_ua *ua, struct sip_draft *draft, const struct sip_msg *response)
{
    if (response != NULL && response->status / 100 == 6)
        return false; /* 21.6: nowhere else either */
    if (response != NULL && draft->detour.left > 0)
        sip_detour_add(&draft->detour, &ua->store, ua->text, ua->limits.dialog_octets, draft->asked,
                       response);
    if (!sip_detour_next(&draft->detour, &draft->uri))
        return false;
    draft->cseq++;
    return true;
}

enum sp_err sip_draft_next_hop(const struct sip_draft *draft, struct sp_slice *uri)
{
    struct sip_route route;
    enum sp_err      err = sip_route_of(draft->uri, draft->route, &route);

    *uri = route.next;
    return err;
}

void sip_put_allow(const struct sip_ua *ua, struct sp_buf *to)
{
    const char *between = "Allow: ";

    for (int m = SIP_METHOD_OTHER + 1; m < SIP_METHOD_COUNT; m++) {
        if ((ua->allow & 1u << m) == 0)
            continue;
        sp_put_text(to, between);
        sp_put(to, sip_method_name((enum sip_method)m));
        between = ", ";
    }
    sp_put_text(to, "\r\n");
}

void sip_put_events(const struct sip_ua *ua, struct sp_buf *to)
{
    if (ua->config.events.len > 0)
        sip_put_field(to, SIP_FIELD_ALLOW_EVENTS, ua->config.events);
}

void sip_put_user_agent(const struct sip_ua *ua, struct sp_buf *to)
{
    if (ua->config.user_agent.len > 0)
        sip_put_field(to, SIP_FIELD_USER_AGENT, ua->config.user_agent);
}

void sip_put_contact(const struct sip_ua *ua, struct sp_buf *to, const struct sip_target *target)
{
    struct sp_slice gruu = sip_registration_gruu(ua, ua->config.from);

    if (gruu.len == 0) {
        sip_put_contact_as(ua, to, target, gruu);
        return;
    }
    sp_put_text(to, "Contact: <");
    sp_put_value(to, gruu);
    sp_put_char(to, '>');
    sp_put_value(to, ua->config.contact_params);
    sp_put_text(to, "\r\n");
}

void sip_put_contact_as(const struct sip_ua *ua, struct sp_buf *to, const struct sip_target *target,
                        struct sp_slice params)
{
    struct sp_addr local;

    if (!sip_tx_local(ua->tx, target, &local)) {
        sp_put_fail(to, SP_UNSUPPORTED);
        return;
    }
    sp_put_text(to, "Contact: <sip:");
    if (ua->config.contact_user.len > 0) {
        sip_put_escaped(to, ua->config.contact_user, &sip_set_user);
        sp_put_char(to, '@');
    }
    sp_put_host_port(to, &local);
    if (target->transport == SP_TCP)
        sp_put_text(to, ";transport=tcp");
    sp_put_char(to, '>');
    sp_put_value(to, ua->config.contact_params);
    sp_put_value(to, params);
    sp_put_text(to, "\r\n");
}

/* A URI as From and To may have it: without port and the parameters that only say how to get there
 * (19.1.1, table 1). */
static void put_party_uri(struct sp_buf *to, struct sp_slice octets)
{
    static const char *const away[] = { "transport", "maddr", "ttl", "lr", "method" };
    struct sip_param         param;
    struct sip_uri           uri;
    struct sp_where          where;

    if (sip_uri_parse(octets, &uri, &where) != SP_OK || uri.scheme != SIP_SCHEME_SIP) {
        sp_put_value(to, octets);
        return;
    }
    sp_put_text(to, "sip:");
    if (uri.user.len > 0) {
        sp_put_value(to, uri.user);
        sp_put_char(to, '@');
    }
    sp_put_value(to, uri.host);
    while (sip_param_next(&uri.params, &param)) {
        bool put = true;

        for (size_t i = 0; i < sizeof(away) / sizeof(away[0]); i++)
            put = put && !sp_eq_nocase(param.name, sp_str(away[i]));
        if (!put)
            continue;
        sp_put_char(to, ';');
        sp_put_value(to, param.name);
        if (param.has_value) {
            sp_put_char(to, '=');
            sp_put_value(to, param.value);
        }
    }
}

static void put_parties(const struct sip_ua *ua, struct sp_buf *to, const struct sip_draft *draft)
{
    struct sp_slice from = draft->from.len > 0 ? draft->from : ua->config.from;

    if (from.len == 0) {
        /* 8.1.1.3, 20.20: who we are stays hidden. */
        sp_put_text(to, "From: \"Anonymous\" <sip:anonymous@anonymous.invalid>");
    } else {
        sp_put_text(to, "From: <");
        put_party_uri(to, from);
        sp_put_char(to, '>');
    }
    sp_put_text(to, ";tag=");
    sp_put(to, draft->tag);
    sp_put_text(to, "\r\nTo: <");
    put_party_uri(to, draft->to);
    sp_put_text(to, ">\r\n");
}

/* 8.1.1.8 and 11.1; never MESSAGE (RFC 3428 4). */
static bool has_contact(enum sip_method method)
{
    return method == SIP_INVITE || method == SIP_OPTIONS || method == SIP_SUBSCRIBE ||
           method == SIP_REFER;
}

void sip_put_draft(struct sip_ua *ua, struct sp_buf *to, const struct sip_draft *draft,
                   const struct sip_target *target, struct sip_challenges *challenges)
{
    struct sip_cseq  cseq = { draft->cseq, sip_draft_method(draft) };
    struct sip_route route;
    enum sp_err      err = sip_route_of(draft->uri, draft->route, &route);

    if (err != SP_OK) {
        sp_put_fail(to, err);
        return;
    }
    sip_put_request(to, cseq.method, &route);
    sip_put_field_u64(to, SIP_FIELD_MAX_FORWARDS, SIP_MAX_FORWARDS);
    put_parties(ua, to, draft);
    sip_put_field(to, SIP_FIELD_CALL_ID, draft->call_id);
    sip_put_cseq(to, &cseq);
    sip_put_route(to, &route);
    if (target != NULL && draft->binds)
        sip_put_contact_as(ua, to, target, draft->contact_params);
    else if (target != NULL && has_contact(draft->method))
        sip_put_contact(ua, to, target);
    if (draft->binds || (draft->method == SIP_INVITE && draft->expires_s > 0))
        sip_put_field_u64(to, SIP_FIELD_EXPIRES, draft->expires_s);
    if (draft->method == SIP_INVITE) {
        sip_put_allow(ua, to);
        sip_put_recv_info(ua, to);
    }
    if (draft->method == SIP_INVITE || draft->method == SIP_SUBSCRIBE)
        sip_put_events(ua, to);
    sip_put_supported(ua, to);
    sp_put(to, draft->more);
    if (draft->method == SIP_OPTIONS && ua->config.accept.len > 0)
        sip_put_field(to, SIP_FIELD_ACCEPT, ua->config.accept);
    sip_put_preferred(ua, to, draft->method);
    sip_put_user_agent(ua, to);
    sp_put(to, draft->fields);
    (void)sip_put_login(ua, to, challenges, draft->body);
    sip_put_body(to, draft->content_type, draft->body);
}
