/* SPDX-License-Identifier: MIT
 * dialog/sip_option.c -- option tags: those that we know, and what a message says its sender can.
 * RFC 3261 19.2, 20.37; RFC 3262; RFC 4028. */
#include "sip_option.h"

bool sip_option_timer(const struct sip_ua *ua)
{
    return ua->config.min_se_s > 0;
}

bool sip_option_100rel(const struct sip_ua *ua)
{
    return (ua->allow & 1u << SIP_PRACK) != 0;
}

/* The user's configuration names it. */
static bool is_configured(const struct sip_ua *ua, struct sp_slice tag)
{
    struct sp_slice rest = ua->config.supported;

    while (rest.len > 0) {
        size_t end = sp_find(rest, ',');

        if (sp_eq_nocase(sp_trim(sp_head(rest, end)), tag))
            return true;
        rest = sp_from(rest, end + 1);
    }
    return false;
}

bool sip_option_is_ours(const struct sip_ua *ua, struct sp_slice tag)
{
    return is_configured(ua, tag) ||
           (sip_option_100rel(ua) && sp_eq_nocase(tag, SP_LIT("100rel"))) ||
           (sip_option_timer(ua) && sp_eq_nocase(tag, SP_LIT("timer")));
}

bool sip_option_in(const struct sip_msg *msg, enum sip_field_id id, const char *tag)
{
    return sip_values_have(msg, id, sp_str(tag));
}

uint32_t sip_option_read(uint32_t known, const struct sip_msg *msg)
{
    struct sip_values walk = { 0 };
    struct sp_slice   method;
    uint32_t          can = known & (SIP_CAN_UPDATE | SIP_CANT_UPDATE);

    if (sip_values_next(msg, SIP_FIELD_ALLOW, &walk, &method)) {
        can = SIP_CANT_UPDATE;
        do {
            if (sp_eq(method, sip_method_name(SIP_UPDATE)))
                can = SIP_CAN_UPDATE;
        } while (sip_values_next(msg, SIP_FIELD_ALLOW, &walk, &method));
    }
    if (sip_option_in(msg, SIP_FIELD_REQUIRE, "100rel"))
        can |= SIP_NEEDS_100REL | SIP_CAN_100REL;
    if (sip_option_in(msg, SIP_FIELD_SUPPORTED, "100rel"))
        can |= SIP_CAN_100REL;
    if (sip_option_in(msg, SIP_FIELD_SUPPORTED, "timer") ||
        sip_option_in(msg, SIP_FIELD_REQUIRE, "timer"))
        can |= SIP_CAN_TIMER;
    return can;
}

static void put_option(const struct sip_ua *ua, struct sp_buf *to, bool is_ours, const char *tag,
                       const char **between)
{
    if (!is_ours || is_configured(ua, sp_str(tag)))
        return;
    sp_put_text(to, *between);
    sp_put_text(to, tag);
    *between = ", ";
}

void sip_put_supported(const struct sip_ua *ua, struct sp_buf *to)
{
    const char *between = "Supported: ";
    size_t      start = to->len;

    if (ua->config.supported.len > 0) {
        sp_put_text(to, between);
        sp_put_value(to, ua->config.supported);
        between = ", ";
    }
    put_option(ua, to, sip_option_100rel(ua), "100rel", &between);
    put_option(ua, to, sip_option_timer(ua), "timer", &between);
    if (to->len > start)
        sp_put_text(to, "\r\n");
}
