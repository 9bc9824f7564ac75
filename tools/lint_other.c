/* SPDX-License-Identifier: MIT
 * tools/lint_other.c -- session descriptions and MSRP frames under `sipush lint`. */
#include "lint.h"

#include "../msrp/msrp_frame.h"
#include "../msrp/msrp_head.h"
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
}

/* What the grammar alone does not tell. */
static void lint_msrp_head(struct lint *lint, const char *from, struct sp_slice octets,
                           bool has_body)
{
    struct msrp_head head;
    struct sp_where  where;
    enum sp_err      err = msrp_head_parse(octets, &head, &where);

    if (err != SP_OK) {
        say(lint, from + where.octet, SIP_ERROR, "RFC 4975 9", sp_err_words(err), where.rule);
        return;
    }
    if (head.response)
        return;
    if (has_body && head.content_type.len == 0)
        say(lint, from, SIP_ERROR, "RFC 4975 7.1", "a body needs Content-Type", "");
    if (head.method == MSRP_REPORT && !head.has_status)
        say(lint, from, SIP_ERROR, "RFC 4975 7.1.2", "a REPORT needs Status", "");
    if (head.method != MSRP_OTHER_METHOD && head.message_id.len == 0)
        say(lint, from, SIP_ERROR, "RFC 4975 7.1.1", "the request needs Message-ID", "");
    if (head.method == MSRP_SEND && has_body && !head.has_range)
        say(lint, from, SIP_WARNING, "RFC 4975 7.1.1", "a chunk should have Byte-Range", "");
}

void lint_msrp(struct lint *lint, struct sp_slice octets)
{
    static char       room[HEAD];
    struct msrp_frame frame;
    struct sp_slice   rest = octets;
    const char       *from = octets.at;

    msrp_frame_init(&frame, room, sizeof room);
    for (;;) {
        if (!msrp_frame_within(&frame))
            from = rest.at;
        switch (msrp_frame_next(&frame, &rest)) {
        case MSRP_FRAME_NONE:
            if (msrp_frame_within(&frame))
                say(lint, NULL, SIP_ERROR, "RFC 4975 7.1", "the last frame is cut short",
                    "end-line");
            return;
        case MSRP_FRAME_HEAD:
            lint->messages++;
            lint_msrp_head(lint, from, frame.octets, frame.has_body);
            break;
        case MSRP_FRAME_BODY:
        case MSRP_FRAME_END: break;
        case MSRP_FRAME_BROKEN:
            say(lint, from + frame.where.octet, SIP_ERROR, "RFC 4975 9", sp_err_words(frame.err),
                frame.where.rule);
            return;
        }
    }
}
