/* SPDX-License-Identifier: MIT
 * parser/sip_event.c -- Event, Allow-Events, Subscription-State. RFC 6665 8.2, 8.4. */
#include "sip_event.h"

#include <string.h>

static const char *const states[] = {
    [SIP_SUBSTATE_OTHER] = "",
    [SIP_SUBSTATE_ACTIVE] = "active",
    [SIP_SUBSTATE_PENDING] = "pending",
    [SIP_SUBSTATE_TERMINATED] = "terminated",
};

/* event-type = event-package *( "." event-template ), where no part is empty */
static struct sp_slice scan_event_type(struct sp_scan *s)
{
    struct sp_slice type = sip_scan_token(s, "event-type");

    for (size_t i = 0; i < type.len; i++)
        if (type.at[i] == '.' && (i == 0 || i + 1 == type.len || type.at[i + 1] == '.'))
            sp_scan_fail(s, SP_SYNTAX, type.at + i, "token-nodot");
    return type;
}

enum sp_err sip_event_parse(struct sp_slice value, struct sip_event *event, struct sp_where *where)
{
    struct sp_scan s = sp_scan(value);

    event->type = scan_event_type(&s);
    event->params = sip_scan_params(&s);
    event->id = sip_param_value(event->params, "id");
    sip_scan_sws(&s);
    return sp_scan_end(&s, where);
}

void sip_event_write(struct sp_buf *to, const struct sip_event *event)
{
    sp_put_value(to, event->type);
    sip_put_folded(to, event->params);
}

bool sip_event_eq(const struct sip_event *a, const struct sip_event *b)
{
    return sp_eq(a->type, b->type) && sp_eq(a->id, b->id);
}

/* A parameter that is delta-seconds; its error is told at its value. */
static bool take_seconds(struct sp_scan *s, struct sp_slice params, const char *name,
                         uint32_t *seconds)
{
    struct sp_slice value = sip_param_value(params, name);
    enum sp_err     err = sip_param_u32(params, name, seconds);

    if (err == SP_MISSING)
        return false;
    if (err != SP_OK)
        sp_scan_fail(s, err, value.len > 0 ? value.at : s->end, "delta-seconds");
    return true;
}

/* event-reason-value is a token (RFC 6665 8.4), where any parameter could be more. */
static struct sp_slice take_reason(struct sp_scan *s, struct sp_slice params)
{
    struct sp_slice reason = sip_param_value(params, "reason");
    struct sp_scan  token = sp_scan(reason);

    (void)sp_scan_set(&token, &sip_set_token, 0, "event-reason-value");
    if (sp_scan_more(&token))
        sp_scan_fail(s, SP_SYNTAX, token.at, "event-reason-value");
    return reason;
}

enum sp_err sip_subscription_state_parse(struct sp_slice                value,
                                         struct sip_subscription_state *state,
                                         struct sp_where               *where)
{
    struct sp_scan s = sp_scan(value);

    memset(state, 0, sizeof *state);
    state->name = sip_scan_token(&s, "substate-value");
    for (int i = SIP_SUBSTATE_OTHER + 1; i <= SIP_SUBSTATE_TERMINATED; i++)
        if (sp_eq_nocase(state->name, sp_str(states[i])))
            state->state = (enum sip_substate)i;
    state->params = sip_scan_params(&s);
    sip_scan_sws(&s);
    if (s.err == SP_OK) {
        state->reason = take_reason(&s, state->params);
        state->has_expires = take_seconds(&s, state->params, "expires", &state->expires);
        state->has_retry_after = take_seconds(&s, state->params, "retry-after",
                                              &state->retry_after);
    }
    return sp_scan_end(&s, where);
}

void sip_subscription_state_write(struct sp_buf *to, const struct sip_subscription_state *state)
{
    if (state->state == SIP_SUBSTATE_OTHER)
        sp_put_value(to, state->name);
    else
        sp_put_text(to, states[state->state]);
    if (state->reason.len > 0) {
        sp_put_text(to, ";reason=");
        sp_put_value(to, state->reason);
    }
    if (state->has_expires) {
        sp_put_text(to, ";expires=");
        sp_put_u64(to, state->expires);
    }
    if (state->has_retry_after) {
        sp_put_text(to, ";retry-after=");
        sp_put_u64(to, state->retry_after);
    }
}
