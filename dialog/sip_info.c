/* SPDX-License-Identifier: MIT
 * dialog/sip_info.c -- INFO and its packages. RFC 6086; without a package RFC 2976. */
#include "sip_info.h"

#include "../parser/sip_write.h"
#include "sip_session.h"
#include "sip_uas.h"

void sip_put_recv_info(const struct sip_ua *ua, struct sp_buf *to)
{
    if ((ua->allow & 1u << SIP_INFO) != 0)
        sip_put_field(to, SIP_FIELD_RECV_INFO, ua->config.recv_info);
}

/* The name of a package, without its parameters; they are not compared (7.2). */
static struct sp_slice name_of(struct sp_slice value)
{
    return sp_trim(sp_head(value, sp_find(value, ';')));
}

/* A comma list has this package, octet for octet (7.2). Parameters hold no comma outside of
 * quotes, and one inside of them only makes a name that nobody has. */
static bool has_package(struct sp_slice list, struct sp_slice package)
{
    while (list.len > 0) {
        size_t end = sp_find(list, ',');

        if (sp_eq(name_of(sp_head(list, end)), package))
            return true;
        list = sp_from(list, end + 1);
    }
    return false;
}

static bool has_field(const struct sip_msg *msg, enum sip_field_id id)
{
    return msg->first[id] != 0;
}

void sip_info_learn(struct sip_ua *ua, struct sip_session *session, const struct sip_msg *msg)
{
    struct sp_buf     to = sp_buf(ua->text, ua->limits.dialog_octets);
    struct sip_values walk = { 0 };
    struct sp_slice   value;

    if (!has_field(msg, SIP_FIELD_RECV_INFO))
        return;
    while (sip_values_next(msg, SIP_FIELD_RECV_INFO, &walk, &value)) {
        sp_put(&to, name_of(value));
        sp_put_char(&to, ',');
    }
    sip_info_drop(ua, session);
    if (to.err == SP_OK && to.len > 0) /* without room for it nothing can be sent */
        session->recv_info = sp_store_copy(&ua->store, sp_written(&to));
}

void sip_info_drop(struct sip_ua *ua, struct sip_session *session)
{
    sp_store_give(&ua->store, session->recv_info.at);
    session->recv_info = sp_slice(NULL, 0);
}

bool sip_info_may_send(const struct sip_session *session, struct sp_slice package)
{
    return package.len == 0 || has_package(session->recv_info, name_of(package));
}

bool sip_info_came(struct sip_ua *ua, const struct sip_session *session,
                   const struct sip_tx_action *action)
{
    struct sp_slice package = sip_msg_value(action->msg, SIP_FIELD_INFO_PACKAGE);
    struct sp_buf   to = sp_buf(ua->text, ua->limits.dialog_octets);

    if (session == NULL) {
        sip_uas_say(ua, action, 481, sp_slice(NULL, 0));
        return false;
    }
    if (!has_field(action->msg, SIP_FIELD_INFO_PACKAGE) ||
        has_package(ua->config.recv_info, name_of(package)))
        return true;
    sip_put_recv_info(ua, &to);
    sip_uas_say(ua, action, 469, sp_written(&to));
    return false;
}

void sip_put_info(struct sp_buf *to, struct sp_slice package, struct sp_slice body)
{
    if (package.len == 0)
        return;
    sip_put_field(to, SIP_FIELD_INFO_PACKAGE, package);
    if (body.len > 0)
        sip_put_field(to, SIP_FIELD_CONTENT_DISPOSITION, SP_LIT("Info-Package"));
}
