/* SPDX-License-Identifier: MIT
 * tests/unit/rewrite_unit.c -- one value of a header field, read and written by its own file. RFC
 * 3261 20 and the RFCs of sip_field.h. */
#include "rewrite_unit.h"

#include <assert.h>

#include "../../parser/sip_auth.h"
#include "../../parser/sip_callid.h"
#include "../../parser/sip_contact.h"
#include "../../parser/sip_cseq.h"
#include "../../parser/sip_date.h"
#include "../../parser/sip_delta.h"
#include "../../parser/sip_event.h"
#include "../../parser/sip_grammar.h"
#include "../../parser/sip_media.h"
#include "../../parser/sip_mime.h"
#include "../../parser/sip_private.h"
#include "../../parser/sip_rack.h"
#include "../../parser/sip_reason.h"
#include "../../parser/sip_security.h"
#include "../../parser/sip_text.h"
#include "../../parser/sip_via.h"

static bool is_inside(struct sp_slice part, struct sp_slice whole)
{
    return part.len == 0 || (part.at >= whole.at && part.at + part.len <= whole.at + whole.len);
}

static enum sp_err number(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    uint32_t    value = 0;
    enum sp_err err = sip_number_parse(in, &value, where);

    sp_put_u64(to, value);
    return err;
}

static enum sp_err delta(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sip_delta value;
    enum sp_err      err = sip_delta_parse(in, &value, where);

    if (err == SP_OK) {
        (void)sip_delta_refresher(&value);
        sip_delta_write(to, &value);
    }
    return err;
}

static enum sp_err cseq(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sip_cseq value;
    enum sp_err     err = sip_cseq_parse(in, &value, where);

    if (err == SP_OK)
        sip_cseq_write(to, &value);
    return err;
}

static enum sp_err rack(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sip_rack value;
    enum sp_err     err = sip_rack_parse(in, &value, where);

    if (err == SP_OK)
        sip_rack_write(to, &value);
    return err;
}

static enum sp_err date(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    int64_t     value;
    enum sp_err err = sip_date_parse(in, &value, where);

    if (err == SP_OK)
        sip_date_write(to, value);
    return err;
}

static enum sp_err stamp(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sip_timestamp value;
    enum sp_err          err = sip_timestamp_parse(in, &value, where);

    if (err == SP_OK)
        sip_timestamp_write(to, &value);
    return err;
}

static enum sp_err mime_version(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sip_mime_version value;
    enum sp_err             err = sip_mime_version_parse(in, &value, where);

    if (err == SP_OK)
        sip_mime_version_write(to, &value);
    return err;
}

static enum sp_err item(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sip_item value;
    enum sp_err     err = sip_item_parse(in, &value, where);

    if (err == SP_OK)
        sip_item_write(to, &value);
    return err;
}

static enum sp_err event(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sip_event value;
    enum sp_err      err = sip_event_parse(in, &value, where);

    if (err == SP_OK) {
        assert(sip_event_eq(&value, &value));
        sip_event_write(to, &value);
    }
    return err;
}

static enum sp_err substate(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sip_subscription_state value;
    enum sp_err                   err = sip_subscription_state_parse(in, &value, where);

    if (err == SP_OK)
        sip_subscription_state_write(to, &value);
    return err;
}

static enum sp_err reason(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sip_reason value;
    enum sp_err       err = sip_reason_parse(in, &value, where);

    if (err == SP_OK)
        sip_reason_write(to, &value);
    return err;
}

static enum sp_err security(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sip_security value;
    enum sp_err         err = sip_security_parse(in, &value, where);

    if (err == SP_OK)
        sip_security_write(to, &value);
    return err;
}

static enum sp_err charging(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sip_charging value;
    enum sp_err         err = sip_charging_parse(in, &value, where);

    if (err == SP_OK)
        sip_charging_write(to, &value);
    return err;
}

static enum sp_err service(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sp_slice value;
    enum sp_err     err = sip_service_parse(in, &value, where);

    if (err == SP_OK)
        sip_service_write(to, value);
    return err;
}

static enum sp_err warning(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sip_warning value;
    enum sp_err        err = sip_warning_parse(in, &value, where);

    if (err == SP_OK)
        sip_warning_write(to, &value);
    return err;
}

static enum sp_err auth(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sip_auth value;
    enum sp_err     err = sip_auth_parse(in, &value, where);

    if (err == SP_OK)
        sip_auth_write(to, &value);
    return err;
}

static enum sp_err auth_info(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sip_auth  value;
    struct sip_param param;
    struct sp_slice  rest;
    enum sp_err      err = sip_auth_info_parse(in, &value, where);

    if (err != SP_OK)
        return err;
    rest = value.params;
    while (sip_auth_next(&rest, &param))
        assert(param.name.len > 0 && is_inside(param.value, in));
    sip_auth_write(to, &value);
    return err;
}

static enum sp_err callid(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sp_slice value;
    enum sp_err     err = sip_callid_parse(in, &value, where);

    if (err == SP_OK)
        sp_put_value(to, value);
    return err;
}

static enum sp_err replaces(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sip_replaces value;
    enum sp_err         err = sip_replaces_parse(in, &value, where);

    if (err == SP_OK)
        sip_replaces_write(to, &value);
    return err;
}

static enum sp_err media(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sip_media_type value;
    enum sp_err           err = sip_media_type_parse(in, &value, where);

    if (err == SP_OK)
        sip_media_type_write(to, &value);
    return err;
}

static enum sp_err disposition(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sip_disposition value;
    enum sp_err            err = sip_disposition_parse(in, &value, where);

    if (err == SP_OK)
        sip_disposition_write(to, &value);
    return err;
}

static enum sp_err content_id(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sp_slice value;
    enum sp_err     err = sip_content_id_parse(in, &value, where);

    if (err == SP_OK)
        sip_content_id_write(to, value);
    return err;
}

static enum sp_err via(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sip_via value;
    enum sp_err    err = sip_via_parse(in, &value, where);

    if (err == SP_OK)
        sip_via_write(to, &value);
    return err;
}

static enum sp_err address(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sip_address value;
    enum sp_err        err = sip_address_parse(in, &value, where);

    if (err == SP_OK)
        sip_address_write(to, &value);
    return err;
}

static enum sp_err contact(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct sip_contact value;
    enum sp_err        err = sip_contact_parse(in, &value, where);

    if (err == SP_OK) {
        assert(value.q <= 1000 && is_inside(value.instance, in));
        sip_contact_write(to, &value);
    }
    return err;
}

sip_rewrite_fn *sip_rewrite(enum sip_field_id id)
{
    switch (id) {
    case SIP_FIELD_CONTENT_LENGTH:
    case SIP_FIELD_EXPIRES:
    case SIP_FIELD_FLOW_TIMER:
    case SIP_FIELD_MAX_FORWARDS:
    case SIP_FIELD_MIN_EXPIRES:
    case SIP_FIELD_RSEQ: return number;
    case SIP_FIELD_MIN_SE:
    case SIP_FIELD_RETRY_AFTER:
    case SIP_FIELD_SESSION_EXPIRES: return delta;
    case SIP_FIELD_CSEQ: return cseq;
    case SIP_FIELD_RACK: return rack;
    case SIP_FIELD_DATE: return date;
    case SIP_FIELD_TIMESTAMP: return stamp;
    case SIP_FIELD_MIME_VERSION: return mime_version;
    case SIP_FIELD_EVENT:
    case SIP_FIELD_ALLOW_EVENTS: return event;
    case SIP_FIELD_SUBSCRIPTION_STATE: return substate;
    case SIP_FIELD_REASON: return reason;
    case SIP_FIELD_SECURITY_CLIENT:
    case SIP_FIELD_SECURITY_SERVER:
    case SIP_FIELD_SECURITY_VERIFY: return security;
    case SIP_FIELD_P_CHARGING_VECTOR: return charging;
    case SIP_FIELD_P_ASSERTED_SERVICE:
    case SIP_FIELD_P_PREFERRED_SERVICE: return service;
    case SIP_FIELD_WARNING: return warning;
    case SIP_FIELD_AUTHORIZATION:
    case SIP_FIELD_PROXY_AUTHENTICATE:
    case SIP_FIELD_PROXY_AUTHORIZATION:
    case SIP_FIELD_WWW_AUTHENTICATE: return auth;
    case SIP_FIELD_AUTHENTICATION_INFO: return auth_info;
    case SIP_FIELD_CALL_ID:
    case SIP_FIELD_IN_REPLY_TO: return callid;
    case SIP_FIELD_REPLACES: return replaces;
    case SIP_FIELD_ACCEPT:
    case SIP_FIELD_CONTENT_TYPE: return media;
    case SIP_FIELD_CONTENT_DISPOSITION: return disposition;
    case SIP_FIELD_CONTENT_ID: return content_id;
    case SIP_FIELD_VIA: return via;
    case SIP_FIELD_CONTACT: return contact;
    case SIP_FIELD_ALERT_INFO:
    case SIP_FIELD_CALL_INFO:
    case SIP_FIELD_ERROR_INFO:
    case SIP_FIELD_FROM:
    case SIP_FIELD_P_ASSERTED_IDENTITY:
    case SIP_FIELD_P_ASSOCIATED_URI:
    case SIP_FIELD_P_PREFERRED_IDENTITY:
    case SIP_FIELD_PATH:
    case SIP_FIELD_RECORD_ROUTE:
    case SIP_FIELD_REFER_TO:
    case SIP_FIELD_REPLY_TO:
    case SIP_FIELD_ROUTE:
    case SIP_FIELD_SERVICE_ROUTE:
    case SIP_FIELD_TO: return address;
    case SIP_FIELD_ORGANIZATION:
    case SIP_FIELD_SUBJECT:
    case SIP_FIELD_PRIVACY:
    case SIP_FIELD_SERVER:
    case SIP_FIELD_USER_AGENT:
    case SIP_FIELD_OTHER: return NULL;
    default: return item; /* sip_item.h: a token with parameters */
    }
}
