/* SPDX-License-Identifier: MIT
 * dialog/sip_session_timer.c -- a session that is refreshed, or ends. RFC 4028. */
#include "sip_session_timer.h"

#include <string.h>

#include "../parser/sip_delta.h"
#include "../parser/sip_write.h"
#include "sip_option.h"
#include "sip_session.h"
#include "sip_uas.h"

static uint32_t max(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* A field of seconds, no less than 90 where it is there. 0: it is not, or cannot be read. */
static uint32_t seconds_of(const struct sip_msg *msg, enum sip_field_id id,
                           enum sip_refresher *refresher)
{
    struct sip_delta delta;
    struct sp_where  where;

    *refresher = SIP_REFRESHER_NONE;
    if (sip_delta_parse(sip_msg_value(msg, id), &delta, &where) != SP_OK)
        return 0;
    *refresher = sip_delta_refresher(&delta);
    return max(delta.seconds, 1);
}

static uint32_t min_se_of(const struct sip_msg *msg)
{
    enum sip_refresher none;

    return seconds_of(msg, SIP_FIELD_MIN_SE, &none);
}

static void stop(struct sip_ua *ua, struct sip_session *session)
{
    session->refresh.by = SIP_REFRESH_NONE;
    session->refresh.interval_s = 0;
    sp_timer_stop(&ua->timers, &session->timers[SIP_SESSION_REFRESH]);
}

/* The interval begins anew: whoever refreshes does so at half of it, and the BYE goes a third of
 * it, or 32 s, before its end (10). */
static void start(struct sip_ua *ua, struct sip_session *session, uint32_t interval_s,
                  enum sip_refresh_by by)
{
    struct sip_refresh *refresh = &session->refresh;
    uint64_t            margin_s;

    refresh->interval_s = max(interval_s, SIP_MIN_SE_S);
    refresh->by = by;
    margin_s = refresh->interval_s / 3 < 32 ? refresh->interval_s / 3 : 32;
    refresh->end_us = ua->now_us + (refresh->interval_s - margin_s) * UINT64_C(1000000);
    sip_session_start_timer(ua, session, SIP_SESSION_REFRESH,
                            by == SIP_REFRESH_OURS ? refresh->interval_s * UINT64_C(500)
                                                   : (refresh->end_us - ua->now_us) / 1000);
}

static void put_interval(struct sp_buf *to, uint32_t seconds, const char *refresher)
{
    sp_put_text(to, "Session-Expires: ");
    sp_put_u64(to, seconds);
    if (refresher != NULL) {
        sp_put_text(to, ";refresher=");
        sp_put_text(to, refresher);
    }
    sp_put_text(to, "\r\n");
}

/* The least that may be asked of the peer: what it, or somebody between, said (7.4); our own wish
 * comes in the first request. */
static uint32_t least_of(const struct sip_ua *ua, const struct sip_session *session)
{
    return session->dialog.block == NULL || sip_session_is_early(session)
               ? max(session->refresh.min_se_s, ua->config.min_se_s)
               : session->refresh.min_se_s;
}

void sip_refresh_put(struct sip_ua *ua, struct sp_buf *to, struct sip_session *session)
{
    struct sip_refresh *refresh = &session->refresh;
    uint32_t            least = least_of(ua, session), asked;
    const char         *refresher = NULL;

    refresh->asked_s = 0;
    if (!sip_option_timer(ua))
        return;
    if (refresh->by != SIP_REFRESH_NONE) {
        asked = refresh->interval_s;
        refresher = refresh->by == SIP_REFRESH_OURS ? "uac" : "uas";
    } else {
        asked = sip_session_is_early(session) ? ua->config.session_expires_s : 0;
    }
    if (asked > 0) {
        asked = max(asked, max(least, SIP_MIN_SE_S));
        put_interval(to, asked, refresher);
        refresh->asked_s = asked;
    }
    if (least > SIP_MIN_SE_S)
        sip_put_field_u64(to, SIP_FIELD_MIN_SE, least);
}

void sip_refresh_take(struct sip_ua *ua, struct sip_session *session, const struct sip_msg *msg)
{
    enum sip_refresher refresher;
    uint32_t           interval = seconds_of(msg, SIP_FIELD_SESSION_EXPIRES, &refresher);

    if (!sip_option_timer(ua))
        return;
    if (interval > 0)
        start(ua, session, interval,
              refresher == SIP_REFRESHER_UAS ? SIP_REFRESH_THEIRS : SIP_REFRESH_OURS);
    else if (session->refresh.asked_s > 0) /* 7.2: for our own sake alone */
        start(ua, session, session->refresh.asked_s, SIP_REFRESH_OURS);
    else
        stop(ua, session);
}

bool sip_refresh_refused(struct sip_ua *ua, struct sip_session *session, const struct sip_msg *msg)
{
    uint32_t least = min_se_of(msg);

    /* Only for what we asked, and only when it makes a difference: no end of 422s (10). */
    if (!sip_option_timer(ua) || least <= session->refresh.asked_s || session->refresh.asked_s == 0)
        return false;
    session->refresh.min_se_s = max(session->refresh.min_se_s, least);
    return true;
}

/* The Min-SE that we would ask for. */
static uint32_t our_least(const struct sip_ua *ua)
{
    return max(ua->config.min_se_s, SIP_MIN_SE_S);
}

bool sip_refresh_check(struct sip_ua *ua, const struct sip_tx_action *action)
{
    enum sip_refresher refresher;
    uint32_t           interval = seconds_of(action->msg, SIP_FIELD_SESSION_EXPIRES, &refresher);
    char               room[32];
    struct sp_buf      to = sp_buf(room, sizeof(room));

    /* Who does not know of timers could not mend it: the interval is a proxy's (8.1). */
    if (!sip_option_timer(ua) || interval == 0 || interval >= our_least(ua) ||
        !sip_option_in(action->msg, SIP_FIELD_SUPPORTED, "timer"))
        return true;
    sip_put_field_u64(&to, SIP_FIELD_MIN_SE, our_least(ua));
    sip_uas_say(ua, action, 422, sp_written(&to));
    return false;
}

void sip_refresh_answer(struct sip_ua *ua, struct sp_buf *to, struct sip_session *session,
                        const struct sip_msg *request)
{
    bool               can = sip_option_in(request, SIP_FIELD_SUPPORTED, "timer");
    enum sip_refresher refresher;
    uint32_t           interval = seconds_of(request, SIP_FIELD_SESSION_EXPIRES, &refresher);
    uint32_t           least = min_se_of(request);

    if (!sip_option_timer(ua))
        return;
    session->refresh.min_se_s = max(session->refresh.min_se_s, least);
    if (interval == 0 && can && ua->config.session_expires_s > 0)
        interval = max(max(ua->config.session_expires_s, least), SIP_MIN_SE_S);
    if (interval == 0) {
        stop(ua, session);
        return;
    }
    /* Table 2: where it leaves the choice, who asks refreshes. */
    if (!can)
        refresher = SIP_REFRESHER_UAS;
    else if (refresher == SIP_REFRESHER_NONE)
        refresher = SIP_REFRESHER_UAC;
    interval = max(interval, SIP_MIN_SE_S);
    put_interval(to, interval, refresher == SIP_REFRESHER_UAS ? "uas" : "uac");
    if (can)
        sp_put_text(to, "Require: timer\r\n");
    start(ua, session, interval,
          refresher == SIP_REFRESHER_UAS ? SIP_REFRESH_OURS : SIP_REFRESH_THEIRS);
}

/* A refresh, by the gentler of two ways (7.4). False: not now. */
static bool refresh(struct sip_ua *ua, struct sip_session *session)
{
    struct sip_content *ours = &session->offer.agreed;
    struct sp_slice     none = { NULL, 0 };
    enum sp_err         err;

    if (session->state != SIP_SESSION_CONFIRMED)
        return false;
    if ((session->can & SIP_CAN_UPDATE) != 0)
        err = sip_update_start(ua, session, none, none, true);
    else if (ours->block != NULL && sip_offer_rests(&session->offer))
        err = sip_session_reinvite(ua, session, ours->type, ours->body, true);
    else
        err = SP_STATE;
    return err == SP_OK;
}

void sip_refresh_timer(struct sip_ua *ua, struct sip_session *session)
{
    struct sip_refresh *one = &session->refresh;
    uint64_t            left_ms, again_ms = one->interval_s * UINT64_C(50);

    if (ua->now_us >= one->end_us) {
        if (sip_session_is_asked(session))
            sip_session_terminate(ua, session, 487);
        sip_session_on(ua, session, SIP_ON_EXPIRED);
        return;
    }
    left_ms = (one->end_us - ua->now_us + 999) / 1000;
    /* Once it is under way there is no second try; the next 2xx starts this anew. */
    if (refresh(ua, session) || again_ms > left_ms)
        again_ms = left_ms;
    sip_session_start_timer(ua, session, SIP_SESSION_REFRESH, again_ms);
}
