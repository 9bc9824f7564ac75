/* SPDX-License-Identifier: MIT
 * parser/sip_grammar.c -- the grammar of each known header field. RFC 3261 20, 25.1 and the RFCs of
 * sip_field.h. */
#include "sip_grammar.h"

#include "sip_auth.h"
#include "sip_callid.h"
#include "sip_contact.h"
#include "sip_cseq.h"
#include "sip_date.h"
#include "sip_delta.h"
#include "sip_event.h"
#include "sip_feature.h"
#include "sip_media.h"
#include "sip_mime.h"
#include "sip_private.h"
#include "sip_rack.h"
#include "sip_reason.h"
#include "sip_security.h"
#include "sip_text.h"
#include "sip_via.h"

enum rule {
    ANY, /* extension-header */
    NUMBER,
    SECONDS,     /* delta-seconds with parameters */
    RETRY_AFTER, /* and a comment */
    TOKEN,
    ITEM, /* token with parameters */
    LANGUAGE_RANGE,
    LANGUAGE_TAG,
    FEATURES, /* "*" with feature parameters */
    ADDRESS,  /* name-addr or addr-spec, with parameters */
    IDENTITY, /* the same without parameters */
    ROUTE,    /* name-addr, with parameters */
    CONTACT,
    INFO, /* LAQUOT absoluteURI RAQUOT, with parameters */
    CALL_ID,
    REPLACES,
    CSEQ,
    RACK,
    VIA,
    DATE,
    STAMP,
    MIME_VERSION,
    MEDIA_TYPE,
    MEDIA_RANGE,
    DISPOSITION,
    CONTENT_ID,
    TEXT,
    PRODUCTS,
    WARNING,
    AUTH,
    AUTH_INFO,
    EVENT,
    EVENT_TYPE,
    SUBSCRIPTION_STATE,
    REASON,
    SECURITY,
    PRIVACY,
    SERVICE,
    CHARGING,
};

static const struct {
    uint8_t rule;
    bool    may_be_empty; /* the grammar has [ ... ] around all of it */
} grammar[SIP_FIELD_COUNT] = {
    [SIP_FIELD_ACCEPT] = { MEDIA_RANGE, true },
    [SIP_FIELD_ACCEPT_CONTACT] = { FEATURES, false },
    [SIP_FIELD_ACCEPT_ENCODING] = { ITEM, true },
    [SIP_FIELD_ACCEPT_LANGUAGE] = { LANGUAGE_RANGE, true },
    [SIP_FIELD_ALERT_INFO] = { INFO, false },
    [SIP_FIELD_ALLOW] = { TOKEN, true },
    [SIP_FIELD_ALLOW_EVENTS] = { EVENT_TYPE, false },
    [SIP_FIELD_AUTHENTICATION_INFO] = { AUTH_INFO, false },
    [SIP_FIELD_AUTHORIZATION] = { AUTH, false },
    [SIP_FIELD_CALL_ID] = { CALL_ID, false },
    [SIP_FIELD_CALL_INFO] = { INFO, false },
    [SIP_FIELD_CONTACT] = { CONTACT, false },
    [SIP_FIELD_CONTENT_DISPOSITION] = { DISPOSITION, false },
    [SIP_FIELD_CONTENT_ENCODING] = { TOKEN, false },
    [SIP_FIELD_CONTENT_ID] = { CONTENT_ID, false },
    [SIP_FIELD_CONTENT_LANGUAGE] = { LANGUAGE_TAG, false },
    [SIP_FIELD_CONTENT_LENGTH] = { NUMBER, false },
    [SIP_FIELD_CONTENT_TYPE] = { MEDIA_TYPE, false },
    [SIP_FIELD_CSEQ] = { CSEQ, false },
    [SIP_FIELD_DATE] = { DATE, false },
    [SIP_FIELD_ERROR_INFO] = { INFO, false },
    [SIP_FIELD_EVENT] = { EVENT, false },
    [SIP_FIELD_EXPIRES] = { NUMBER, false },
    [SIP_FIELD_FLOW_TIMER] = { NUMBER, false },
    [SIP_FIELD_FROM] = { ADDRESS, false },
    [SIP_FIELD_IN_REPLY_TO] = { CALL_ID, false },
    [SIP_FIELD_INFO_PACKAGE] = { ITEM, false },
    [SIP_FIELD_MAX_FORWARDS] = { NUMBER, false },
    [SIP_FIELD_MIME_VERSION] = { MIME_VERSION, false },
    [SIP_FIELD_MIN_EXPIRES] = { NUMBER, false },
    [SIP_FIELD_MIN_SE] = { SECONDS, false },
    [SIP_FIELD_ORGANIZATION] = { TEXT, true },
    [SIP_FIELD_P_ACCESS_NETWORK_INFO] = { ITEM, false },
    [SIP_FIELD_P_ASSERTED_IDENTITY] = { IDENTITY, false },
    [SIP_FIELD_P_ASSERTED_SERVICE] = { SERVICE, false },
    [SIP_FIELD_P_ASSOCIATED_URI] = { ROUTE, true },
    [SIP_FIELD_P_CHARGING_VECTOR] = { CHARGING, false },
    [SIP_FIELD_P_PREFERRED_IDENTITY] = { IDENTITY, false },
    [SIP_FIELD_P_PREFERRED_SERVICE] = { SERVICE, false },
    [SIP_FIELD_PATH] = { ROUTE, false },
    [SIP_FIELD_PRIORITY] = { TOKEN, false },
    [SIP_FIELD_PRIVACY] = { PRIVACY, false },
    [SIP_FIELD_PROXY_AUTHENTICATE] = { AUTH, false },
    [SIP_FIELD_PROXY_AUTHORIZATION] = { AUTH, false },
    [SIP_FIELD_PROXY_REQUIRE] = { TOKEN, false },
    [SIP_FIELD_RACK] = { RACK, false },
    [SIP_FIELD_REASON] = { REASON, false },
    [SIP_FIELD_RECORD_ROUTE] = { ROUTE, false },
    [SIP_FIELD_RECV_INFO] = { ITEM, true },
    [SIP_FIELD_REFER_TO] = { ADDRESS, false },
    [SIP_FIELD_REJECT_CONTACT] = { FEATURES, false },
    [SIP_FIELD_REPLACES] = { REPLACES, false },
    [SIP_FIELD_REPLY_TO] = { ADDRESS, false },
    [SIP_FIELD_REQUEST_DISPOSITION] = { TOKEN, false },
    [SIP_FIELD_REQUIRE] = { TOKEN, false },
    [SIP_FIELD_RETRY_AFTER] = { RETRY_AFTER, false },
    [SIP_FIELD_ROUTE] = { ROUTE, false },
    [SIP_FIELD_RSEQ] = { NUMBER, false },
    [SIP_FIELD_SECURITY_CLIENT] = { SECURITY, false },
    [SIP_FIELD_SECURITY_SERVER] = { SECURITY, false },
    [SIP_FIELD_SECURITY_VERIFY] = { SECURITY, false },
    [SIP_FIELD_SERVER] = { PRODUCTS, false },
    [SIP_FIELD_SERVICE_ROUTE] = { ROUTE, false },
    [SIP_FIELD_SESSION_EXPIRES] = { SECONDS, false },
    [SIP_FIELD_SIP_ETAG] = { TOKEN, false },
    [SIP_FIELD_SIP_IF_MATCH] = { TOKEN, false },
    [SIP_FIELD_SUBJECT] = { TEXT, true },
    [SIP_FIELD_SUBSCRIPTION_STATE] = { SUBSCRIPTION_STATE, false },
    [SIP_FIELD_SUPPORTED] = { TOKEN, true },
    [SIP_FIELD_TIMESTAMP] = { STAMP, false },
    [SIP_FIELD_TO] = { ADDRESS, false },
    [SIP_FIELD_UNSUPPORTED] = { TOKEN, false },
    [SIP_FIELD_USER_AGENT] = { PRODUCTS, false },
    [SIP_FIELD_VIA] = { VIA, false },
    [SIP_FIELD_WARNING] = { WARNING, false },
    [SIP_FIELD_WWW_AUTHENTICATE] = { AUTH, false },
};

/* The place of a slice of the value's octets, or its end when it is empty. */
static enum sp_err wrong(struct sp_where *where, enum sp_err err, struct sp_slice value,
                         struct sp_slice part, const char *rule)
{
    *where = (struct sp_where){ part.len > 0 ? (size_t)(part.at - value.at) : value.len, rule };
    return err;
}

static enum sp_err check_address(enum rule rule, struct sp_slice value, struct sp_where *where)
{
    struct sip_contact contact;
    enum sp_err        err = rule == CONTACT ? sip_contact_parse(value, &contact, where)
                                             : sip_address_parse(value, &contact.address, where);

    if (err != SP_OK)
        return err;
    if (contact.address.star && rule != CONTACT)
        return wrong(where, SP_SYNTAX, value, value, "addr-spec");
    if ((rule == ROUTE || rule == INFO) && !contact.address.brackets)
        return wrong(where, SP_SYNTAX, value, value, "name-addr");
    if (rule == INFO && contact.address.display.len > 0)
        return wrong(where, SP_SYNTAX, value, value, "LAQUOT");
    if (rule == IDENTITY && contact.address.params.len > 0)
        return wrong(where, SP_SYNTAX, value, contact.address.params, "end");
    return SP_OK;
}

/* 1*8ALPHA *( "-" 1*8ALPHA ), or "*" as a range; subtags of later RFCs may have digits (RFC 5646)
 * and do. */
static enum sp_err check_language(struct sp_slice value, struct sp_slice tag,
                                  struct sp_where *where)
{
    size_t letters = 0;

    for (size_t i = 0; i <= tag.len; i++) {
        if (i < tag.len && tag.at[i] != '-' && sp_is_alnum(tag.at[i]) && ++letters <= 8)
            continue;
        if (letters == 0 || letters > 8 || (i < tag.len && tag.at[i] != '-'))
            return wrong(where, SP_SYNTAX, value, sp_from(tag, i), "language-tag");
        letters = 0;
    }
    return SP_OK;
}

static enum sp_err check_item(enum rule rule, struct sp_slice value, struct sp_where *where)
{
    struct sip_item item;
    enum sp_err     err = sip_item_parse(value, &item, where);

    if (err != SP_OK)
        return err;
    if ((rule == TOKEN || rule == LANGUAGE_TAG) && item.params.len > 0)
        return wrong(where, SP_SYNTAX, value, item.params, "end");
    if (rule == LANGUAGE_TAG || (rule == LANGUAGE_RANGE && !sp_eq(item.name, SP_LIT("*"))))
        return check_language(value, item.name, where);
    if (rule == FEATURES && !sp_eq(item.name, SP_LIT("*")))
        return wrong(where, SP_SYNTAX, value, value, "STAR");
    if (rule == FEATURES && item.params.len > 0) {
        err = sip_feature_check(item.params, where);
        where->octet += err != SP_OK ? (size_t)(item.params.at - value.at) : 0;
    }
    return err;
}

static enum sp_err check_seconds(enum rule rule, struct sp_slice value, struct sp_where *where)
{
    struct sip_delta delta;
    enum sp_err      err = sip_delta_parse(value, &delta, where);

    if (err == SP_OK && rule == SECONDS && delta.comment.len > 0)
        return wrong(where, SP_SYNTAX, value, delta.comment, "end");
    return err;
}

static enum sp_err check_products(struct sp_slice value, struct sp_where *where)
{
    struct sp_scan     s = sp_scan(value);
    struct sip_product product;

    while (sip_product_next(&s, &product))
        continue;
    return sp_scan_end(&s, where);
}

static enum sp_err check_media(enum rule rule, struct sp_slice value, struct sp_where *where)
{
    struct sip_media_type media;
    struct sip_param      param;
    enum sp_err           err = sip_media_type_parse(value, &media, where);
    bool                  any = err == SP_OK && sp_eq(media.type, SP_LIT("*"));

    if (err == SP_OK && any && !sp_eq(media.subtype, SP_LIT("*")))
        return wrong(where, SP_SYNTAX, value, media.subtype, "media-range");
    if (err == SP_OK && rule == MEDIA_TYPE && sp_eq(media.subtype, SP_LIT("*")))
        return wrong(where, SP_SYNTAX, value, media.subtype, "media-type");
    /* m-parameter needs a value; in a range an accept-param may stand without */
    while (err == SP_OK && rule == MEDIA_TYPE && sip_param_next(&media.params, &param))
        if (!param.has_value)
            return wrong(where, SP_SYNTAX, value, param.name, "m-parameter");
    return err;
}

static enum sp_err check_event(enum rule rule, struct sp_slice value, struct sp_where *where)
{
    struct sip_event event;
    enum sp_err      err = sip_event_parse(value, &event, where);

    if (err == SP_OK && rule == EVENT_TYPE && event.params.len > 0)
        return wrong(where, SP_SYNTAX, value, event.params, "end");
    return err;
}

/* One value. A screen of its own: each line is a field's rule. */
static enum sp_err check_value(enum rule rule, struct sp_slice value, struct sp_where *where)
{
    union {
        uint32_t                      number;
        int64_t                       seconds;
        struct sp_slice               slice;
        struct sip_replaces           replaces;
        struct sip_cseq               cseq;
        struct sip_rack               rack;
        struct sip_via                via;
        struct sip_timestamp          stamp;
        struct sip_mime_version       version;
        struct sip_disposition        disposition;
        struct sip_warning            warning;
        struct sip_auth               auth;
        struct sip_subscription_state state;
        struct sip_reason             reason;
        struct sip_security           security;
        struct sip_charging           charging;
    } as;

    switch (rule) {
    case ANY: break;
    case NUMBER: return sip_number_parse(value, &as.number, where);
    case SECONDS:
    case RETRY_AFTER: return check_seconds(rule, value, where);
    case TOKEN:
    case ITEM:
    case LANGUAGE_RANGE:
    case LANGUAGE_TAG:
    case FEATURES: return check_item(rule, value, where);
    case ADDRESS:
    case IDENTITY:
    case ROUTE:
    case CONTACT:
    case INFO: return check_address(rule, value, where);
    case CALL_ID: return sip_callid_parse(value, &as.slice, where);
    case REPLACES: return sip_replaces_parse(value, &as.replaces, where);
    case CSEQ: return sip_cseq_parse(value, &as.cseq, where);
    case RACK: return sip_rack_parse(value, &as.rack, where);
    case VIA: return sip_via_parse(value, &as.via, where);
    case DATE: return sip_date_parse(value, &as.seconds, where);
    case STAMP: return sip_timestamp_parse(value, &as.stamp, where);
    case MIME_VERSION: return sip_mime_version_parse(value, &as.version, where);
    case MEDIA_TYPE:
    case MEDIA_RANGE: return check_media(rule, value, where);
    case DISPOSITION: return sip_disposition_parse(value, &as.disposition, where);
    case CONTENT_ID: return sip_content_id_parse(value, &as.slice, where);
    case TEXT: return sip_text_check(value, where);
    case PRODUCTS: return check_products(value, where);
    case WARNING: return sip_warning_parse(value, &as.warning, where);
    case AUTH: return sip_auth_parse(value, &as.auth, where);
    case AUTH_INFO: return sip_auth_info_parse(value, &as.auth, where);
    case EVENT:
    case EVENT_TYPE: return check_event(rule, value, where);
    case SUBSCRIPTION_STATE: return sip_subscription_state_parse(value, &as.state, where);
    case REASON: return sip_reason_parse(value, &as.reason, where);
    case SECURITY: return sip_security_parse(value, &as.security, where);
    case PRIVACY: return sip_privacy_check(value, where);
    case SERVICE: return sip_service_parse(value, &as.slice, where);
    case CHARGING: return sip_charging_parse(value, &as.charging, where);
    }
    *where = (struct sp_where){ 0, "" };
    return SP_OK;
}

enum sp_err sip_field_check(enum sip_field_id id, struct sp_slice value, struct sp_where *where)
{
    enum rule       rule = (enum rule)grammar[id].rule;
    struct sp_slice rest = value, one, behind;

    *where = (struct sp_where){ 0, "" };
    if (rule == ANY || (value.len == 0 && grammar[id].may_be_empty))
        return SP_OK;
    if (!sip_field_is_list(id) || value.len == 0)
        return check_value(rule, value, where);
    while (rest.len > 0) {
        enum sp_err err;

        /* the walk passes over elements that are empty; here they are errors, also the one after a
         * last comma */
        rest = sp_trim(rest);
        if (rest.len == 0 || rest.at[0] == ',')
            return wrong(where, SP_SYNTAX, value, rest, "COMMA");
        (void)sip_list_next(&rest, &one);
        err = check_value(rule, one, where);
        if (err != SP_OK) {
            where->octet += (size_t)(one.at - value.at);
            return err;
        }
        behind = sp_trim(sp_from(value, (size_t)(one.at - value.at) + one.len));
        if (rest.len == 0 && behind.len > 0)
            return wrong(where, SP_SYNTAX, value, behind, "COMMA");
    }
    return SP_OK;
}
