/* SPDX-License-Identifier: MIT
 * parser/sip_contact.c -- the parameters of a Contact. RFC 3261 20.10, RFC 5626 10. */
#include "sip_contact.h"

#include "sip_item.h"

#define DEFAULT_EXPIRES_S 3600

static void fail(struct sp_scan *s, enum sp_err err, struct sp_slice value, const char *rule)
{
    sp_scan_fail(s, err, value.len > 0 ? value.at : s->end, rule);
}

enum sp_err sip_contact_parse(struct sp_slice value, struct sip_contact *contact,
                              struct sp_where *where)
{
    struct sp_scan  s = sp_scan(value);
    enum sp_err     err = sip_address_parse(value, &contact->address, where);
    struct sp_slice params = contact->address.params, q = sip_param_value(params, "q");

    contact->q = 1000;
    contact->has_expires = false;
    contact->expires = contact->reg_id = 0;
    contact->instance = sip_param_value(params, "+sip.instance");
    if (err != SP_OK)
        return err;
    if (sip_param_has(params, "q") && sip_qvalue_parse(q, &contact->q) != SP_OK)
        fail(&s, SP_SYNTAX, q, "qvalue");
    err = sip_param_u32(params, "expires", &contact->expires);
    contact->has_expires = err != SP_MISSING;
    if (err == SP_SYNTAX || err == SP_RANGE)
        contact->expires = DEFAULT_EXPIRES_S;
    err = sip_param_u32(params, "reg-id", &contact->reg_id);
    if (err == SP_SYNTAX || err == SP_RANGE)
        fail(&s, err, sip_param_value(params, "reg-id"), "c-p-reg");
    *where = s.where;
    return s.err;
}

void sip_contact_write(struct sp_buf *to, const struct sip_contact *contact)
{
    sip_address_write(to, &contact->address);
}
