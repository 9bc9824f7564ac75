/* SPDX-License-Identifier: MIT
 * tests/unit/callee_unit.c -- a callee written by hand. */
#include "callee_unit.h"

#include <stdio.h>

#include "unit.h"

#define END (&world->ends[0])

void ua_callee_answer(struct ua_world *world, struct sp_slice request, const char *status,
                      const char *tag, const char *more)
{
    struct sp_slice via = ua_value(request, "Via"), from = ua_value(request, "From");
    struct sp_slice to = ua_value(request, "To"), id = ua_value(request, "Call-ID");
    struct sp_slice cseq = ua_value(request, "CSeq");
    bool            tagged = ua_has(to, ";tag=") || tag[0] == '\0';
    char            text[4096];

    snprintf(text, sizeof text,
             "SIP/2.0 %s\nVia: %.*s\nFrom: %.*s\nTo: %.*s%s%s\nCall-ID: %.*s\nCSeq: %.*s\n%s\n",
             status, SP_ARG(via), SP_ARG(from), SP_ARG(to),
             tagged ? "" : ";tag=", tagged ? "" : tag, SP_ARG(id), SP_ARG(cseq), more);
    ua_put(world, text);
}

struct ua_world *ua_calling(struct sp_slice *invite)
{
    struct ua_world      *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_request request = ua_request(SIP_INVITE, "offer");

    unit_err(sip_ua_invite(END->ua, world->now_us, &request, &END->session), SP_OK);
    ua_drain(END);
    *invite = ua_expect(world, "INVITE sip:bob@192.0.2.2 SIP/2.0\r\nVia: ");
    return world;
}
