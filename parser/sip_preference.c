/* SPDX-License-Identifier: MIT
 * parser/sip_preference.c -- a caller's preferences applied to one contact. RFC 3841 7.2. */
#include "sip_feature.h"
#include "sip_item.h"

/* The average of the scores of what matched. */
struct sum {
    uint32_t scores, count;
};

/* Figure 1 of RFC 3841, for one Accept-Contact value. False: drop the contact. */
static bool apply(struct sum *sum, struct sp_slice contact, struct sp_slice wanted)
{
    bool require = sip_param_has(wanted, "require"), explicit = sip_param_has(wanted, "explicit");
    uint16_t score;

    if (!sip_feature_match(contact, wanted))
        return !require;
    score = sip_feature_score(contact, wanted);
    if (score < 1000 && explicit) {
        if (require)
            return false;
        score = 0;
    }
    sum->scores += score;
    sum->count++;
    return true;
}

/* A list of one feature with one word: ;name="word" */
static struct sp_slice implied(struct sp_buf *to, const char *name, struct sp_slice word)
{
    sp_put_char(to, ';');
    sp_put_text(to, name);
    sp_put_text(to, "=\"");
    sp_put_value(to, word);
    sp_put_char(to, '"');
    return sp_written(to);
}

/* Without explicit preferences, a request prefers who knows its method, and a subscription who
 * knows its event. */
static bool apply_implicit(struct sum *sum, const struct sip_msg *request, struct sp_slice contact)
{
    char            room[256];
    struct sp_buf   to = sp_buf(room, sizeof room);
    struct sip_item event;
    struct sp_where where;

    implied(&to, "methods", request->method_name);
    if (request->method == SIP_SUBSCRIBE &&
        sip_item_parse(sip_msg_value(request, SIP_FIELD_EVENT), &event, &where) == SP_OK)
        implied(&to, "events", event.name);
    if (!sip_feature_match(contact, sp_written(&to)))
        return false;
    sum->scores += sip_feature_score(contact, sp_written(&to));
    sum->count++;
    return true;
}

bool sip_preference(const struct sip_msg *request, struct sp_slice contact, uint16_t *qa)
{
    struct sip_values accept = { 0 }, reject = { 0 };
    struct sp_slice   value;
    struct sum        sum = { 0, 0 };
    bool explicit = sip_msg_find(request, SIP_FIELD_ACCEPT_CONTACT) != NULL ||
                    sip_msg_find(request, SIP_FIELD_REJECT_CONTACT) != NULL;

    *qa = 1000;
    if (sip_feature_count(contact) == 0)
        return true; /* immune */
    while (sip_values_next(request, SIP_FIELD_REJECT_CONTACT, &reject, &value))
        if (sip_feature_rejects(contact, sp_from(value, 1)))
            return false;
    while (sip_values_next(request, SIP_FIELD_ACCEPT_CONTACT, &accept, &value))
        if (!apply(&sum, contact, sp_from(value, 1)))
            return false;
    if (!explicit && !apply_implicit(&sum, request, contact))
        return false;
    *qa = (uint16_t)(sum.count > 0 ? sum.scores / sum.count : 0);
    return true;
}
