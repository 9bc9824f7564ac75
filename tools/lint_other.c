/* SPDX-License-Identifier: MIT
 * tools/lint_other.c -- session descriptions and MSRP frames under `sipush lint`. */
#include "lint.h"

#include "../msrp/msrp_check.h"
#include "../msrp/msrp_frame.h"
#include "../msrp/msrp_imdn.h"
#include "../sdp/sdp.h"

#define MEDIA      200
#define ATTRIBUTES 4000
#define HEAD       65536

static void say(struct lint *lint, const char *at, enum sip_severity severity, const char *clause,
                const char *what, const char *rule)
{
    lint_say(lint, at, severity, clause, sp_slice(NULL, 0), what, rule);
}

/* What was read all the same. */
static const struct {
    unsigned          deviation;
    enum sip_severity severity;
    const char       *clause, *what;
} deviations[] = {
    { SDP_BARE_LF, SIP_WARNING, "RFC 8866 5", "a line ends in LF alone" },
    /* not more than a warning: RFC 5118 4.8 calls such a message valid */
    { SDP_EMPTY_NAME, SIP_WARNING, "RFC 8866 5.3",
      "s= is empty; \"-\" or a space stands for none" },
    { SDP_NO_TIME, SIP_ERROR, "RFC 8866 5.9", "the description has no t=" },
    { SDP_LATE_CONNECTION, SIP_ERROR, "RFC 8866 5", "c= of the session stands behind t=" },
    { SDP_NO_FORMAT, SIP_ERROR, "RFC 4975 8.1", "an m= of MSRP has no \"*\"" },
    { SDP_EMPTY_VALUE, SIP_ERROR, "RFC 8866 9", "nothing follows the colon of an attribute" },
    { SDP_BLANK_LINES, SIP_ERROR, "RFC 8866 9", "empty lines follow the description" },
};

void lint_sdp(struct lint *lint, struct sp_slice octets)
{
    static struct sdp_media     media[MEDIA];
    static struct sdp_attribute attributes[ATTRIBUTES];
    struct sdp                  sdp;
    struct sp_where             where;
    enum sp_err                 err;

    lint->messages++;
    sdp_init(&sdp, media, MEDIA, attributes, ATTRIBUTES);
    err = sdp_parse(octets, &sdp, &where);
    if (err != SP_OK) {
        say(lint, octets.at + where.octet, SIP_ERROR, "RFC 8866 9", sp_err_words(err), where.rule);
        return;
    }
    for (size_t i = 0; i < sizeof deviations / sizeof deviations[0]; i++)
        if ((sdp.deviations & deviations[i].deviation) != 0)
            say(lint, octets.at, deviations[i].severity, deviations[i].clause, deviations[i].what,
                "");
    for (uint32_t i = 0; i < sdp.media_count; i++)
        lint_media(lint, &sdp, &sdp.media[i]);
}

/* A message that is whole in one chunk, and whose content is known here. */
static void lint_content(struct lint *lint, const struct msrp_checked *frame, struct sp_slice body)
{
    struct msrp_head head;
    struct msrp_cpim cpim;
    struct msrp_imdn imdn;
    struct sp_where  where;
    enum sp_err      err;

    if (msrp_head_parse(frame->head, &head, &where) != SP_OK || frame->flag != '$' ||
        head.range.from != 1 || !sp_starts_nocase(head.content_type, SP_LIT("message/cpim")))
        return;
    err = msrp_cpim_parse(body, &cpim, &where);
    if (err != SP_OK)
        say(lint, body.at + where.octet, SIP_ERROR,
            err == SP_MISSING ? "RFC 4975 13" : "RFC 3862 2", sp_err_words(err), where.rule);
    if (err != SP_OK || !sp_starts_nocase(cpim.content_type, SP_LIT("message/imdn+xml")))
        return;
    err = msrp_imdn_parse(cpim.content, &imdn, &where);
    if (err != SP_OK)
        say(lint, cpim.content.at + where.octet, SIP_ERROR, "RFC 5438 11", sp_err_words(err),
            where.rule);
}

static void lint_frame(struct lint *lint, struct msrp_check *check,
                       const struct msrp_checked *frame, struct sp_slice octets)
{
    static const enum sip_severity severities[] = { SIP_NOTE, SIP_WARNING, SIP_ERROR };

    msrp_check_frame(check, frame);
    for (uint32_t i = 0; i < check->count; i++) {
        const struct msrp_finding *found = &check->findings[i];

        say(lint, octets.at + found->octet, severities[found->severity], found->clause, found->what,
            found->rule);
    }
    if (frame->has_body)
        lint_content(lint, frame,
                     sp_head(sp_from(octets, frame->head.len + 2), (size_t)frame->body_octets));
}

/* Behind what is no frame: where the next one begins. */
static struct sp_slice next_start(struct sp_slice octets)
{
    size_t at = sp_find_slice(octets, SP_LIT("\nMSRP "));

    return sp_from(octets, at < octets.len ? at + 1 : at);
}

/* Frames of one stream, up to its end or to what is none; what is left. */
static struct sp_slice lint_frames(struct lint *lint, struct msrp_check *check,
                                   struct msrp_frame *frame, struct sp_slice octets)
{
    struct sp_slice     rest = octets, first = octets;
    struct msrp_checked checked = { .flag = '\0' };

    for (;;) {
        if (!msrp_frame_within(frame)) {
            while (rest.len > 0 && (rest.at[0] == '\r' || rest.at[0] == '\n'))
                rest = sp_from(rest, 1);
            first = rest;
        }
        switch (msrp_frame_next(frame, &rest)) {
        case MSRP_FRAME_NONE:
            if (msrp_frame_within(frame))
                say(lint, NULL, SIP_ERROR, "RFC 4975 7.1", "the last frame is cut short",
                    "end-line");
            return sp_from(rest, rest.len);
        case MSRP_FRAME_HEAD:
            lint->messages++;
            checked = (struct msrp_checked){ .head = frame->octets, .has_body = frame->has_body };
            break;
        case MSRP_FRAME_BODY: checked.body_octets += frame->octets.len; break;
        case MSRP_FRAME_END:
            checked.flag = frame->flag;
            checked.end_octet = (size_t)(rest.at - first.at) - msrp_frame_id(frame).len - 10;
            lint_frame(lint, check, &checked, first);
            break;
        case MSRP_FRAME_BROKEN:
            lint->messages++;
            say(lint, first.at + frame->where.octet, SIP_ERROR, "RFC 4975 9",
                sp_err_words(frame->err), frame->where.rule);
            return next_start(sp_from(first, frame->where.octet));
        }
    }
}

void lint_msrp_begin(struct lint *lint)
{
    static struct msrp_check check;

    lint->msrp = &check;
    msrp_check_init(&check);
}

void lint_msrp_frames(struct lint *lint, struct sp_slice octets)
{
    static char       room[HEAD];
    struct msrp_frame frame;

    do {
        msrp_frame_init(&frame, room, sizeof room);
        octets = lint_frames(lint, lint->msrp, &frame, octets);
    } while (octets.len > 0);
}

void lint_msrp(struct lint *lint, struct sp_slice octets)
{
    lint_msrp_begin(lint);
    lint_msrp_frames(lint, octets);
    if (msrp_check_unfinished(lint->msrp) > 0)
        say(lint, NULL, SIP_NOTE, "RFC 4975 7.1", "a message has no last chunk here",
            "continuation-flag");
}
