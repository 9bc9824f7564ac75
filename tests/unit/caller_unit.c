/* SPDX-License-Identifier: MIT
 * tests/unit/caller_unit.c -- a caller written by hand. */
#include "caller_unit.h"

#include <stdio.h>

#include "unit.h"

#define END (&world->ends[0])

const struct sip_ua_config ua_session_config = {
    .from = { "sip:alice@example.com", 21 },
    .contact_user = { "agent", 5 },
    .methods = 1u << SIP_INVITE | 1u << SIP_PRACK | 1u << SIP_UPDATE | 1u << SIP_INFO |
               1u << SIP_MESSAGE,
    .accept = { "application/sdp, text/plain", 27 },
    .message_types = { "text/plain", 10 },
    .recv_info = { "foo, bar", 8 },
    .min_se_s = 100,
    .session_expires_s = 1800,
};

void ua_caller_put(struct ua_world *world, const char *method, unsigned cseq, struct sp_slice to,
                   const char *more)
{
    static unsigned branch;
    const char     *b = sp_eq(sp_str(method), SP_LIT("CANCEL")) ? "" : "n";
    char            text[4096];

    if (*b != '\0')
        branch++;
    snprintf(text, sizeof text,
             "%s sip:agent@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKc%u\n"
             "Max-Forwards: 70\nFrom: <sip:bob@b.example>;tag=bob\n"
             "To: <sip:alice@a.example>%s%.*s\nCall-ID: call@b\nCSeq: %u %s\n%s\n",
             method, branch, to.len > 0 ? ";tag=" : "", SP_ARG(to), cseq, method, more);
    ua_put(world, text);
}

struct ua_world *ua_called(const struct sip_ua_config *config, const char *more)
{
    struct ua_world *world = ua_world(config, NULL, true, 1);
    struct sp_slice  none = { NULL, 0 };
    char             text[2048];

    snprintf(text, sizeof text, CALLER_CONTACT "%s", more);
    ua_caller_put(world, "INVITE", 10, none, text);
    ua_told(END, "INVITED");
    ua_expect(world, "SIP/2.0 100 ");
    return world;
}

struct ua_world *ua_answered(const struct sip_ua_config *config, const char *more,
                             struct sp_slice *tag, struct sp_slice *response)
{
    struct ua_world *world = ua_called(config, more);
    struct sp_slice  ok;

    unit_err(sip_ua_accept(END->ua, world->now_us, END->session, UA_SDP, SP_LIT("answer")), SP_OK);
    ua_drain(END);
    ok = ua_expect(world, "SIP/2.0 200 ");
    *tag = ua_tag(ok, "To");
    ua_caller_put(world, "ACK", 10, *tag, "");
    ua_told(END, "CONFIRMED");
    if (response != NULL)
        *response = ok;
    return world;
}

enum sp_err ua_ring(struct ua_world *world, uint16_t status, bool reliable, const char *body)
{
    enum sp_err err = sip_ua_progress(world->ends[0].ua, world->now_us, world->ends[0].session,
                                      status, reliable, UA_SDP, sp_str(body));

    ua_drain(&world->ends[0]);
    return err;
}

enum sp_err ua_accept(struct ua_world *world, const char *body)
{
    enum sp_err err = sip_ua_accept(world->ends[0].ua, world->now_us, world->ends[0].session,
                                    UA_SDP, sp_str(body));

    ua_drain(&world->ends[0]);
    return err;
}

unsigned ua_rseq(struct sp_slice response)
{
    char text[16];

    snprintf(text, sizeof text, "%.*s", SP_ARG(ua_value(response, "RSeq")));
    return (unsigned)strtoul(text, NULL, 10);
}

void ua_caller_prack(struct ua_world *world, struct sp_slice response, unsigned cseq,
                     const char *more)
{
    char text[256];

    snprintf(text, sizeof text, "RAck: %u 10 INVITE\n%s", ua_rseq(response), more);
    ua_caller_put(world, "PRACK", cseq, ua_tag(response, "To"), text);
}
