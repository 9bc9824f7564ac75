/* SPDX-License-Identifier: MIT
 * dialog/sip_trust.c -- identity between those who trust each other. RFC 3323, RFC 3325. */
#include "sip_trust.h"

#include "../parser/sip_write.h"

void sip_put_preferred(const struct sip_ua *ua, struct sp_buf *to, enum sip_method method)
{
    if (method == SIP_REGISTER)
        return; /* RFC 3325 9.2 */
    if (ua->config.preferred.len > 0) {
        sp_put_text(to, "P-Preferred-Identity: <");
        sp_put_value(to, ua->config.preferred);
        sp_put_text(to, ">\r\n");
    }
    if (ua->config.privacy.len > 0)
        sip_put_field(to, SIP_FIELD_PRIVACY, ua->config.privacy);
}

bool sip_trust_is(const struct sip_ua *ua, const struct sp_addr *addr)
{
    for (size_t i = 0; i < ua->neighbour_count; i++)
        if (sp_addr_eq_host(&ua->neighbours[i], addr) && /* the port where one is configured */
            (ua->neighbours[i].port == 0 || ua->neighbours[i].port == addr->port))
            return true;
    return false;
}

struct sp_slice sip_trust_asserted(const struct sip_ua *ua, const struct sp_flow *flow,
                                   const struct sip_msg *msg)
{
    struct sip_values  walk = { 0 };
    struct sip_address address;
    struct sp_slice    value, found = { NULL, 0 };
    struct sp_where    where;

    if (!sip_trust_is(ua, &flow->remote))
        return found;
    /* One value, or a sip(s) and a tel one (9.1): the first is taken. */
    while (found.len == 0 && sip_values_next(msg, SIP_FIELD_P_ASSERTED_IDENTITY, &walk, &value))
        if (sip_address_parse(value, &address, &where) == SP_OK &&
            address.uri.scheme != SIP_SCHEME_OTHER)
            found = address.uri.octets;
    return found;
}
