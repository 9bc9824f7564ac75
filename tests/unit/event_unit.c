/* SPDX-License-Identifier: MIT
 * tests/unit/event_unit.c -- a notifier that is written by hand, for tests of our subscriber. */
#include "event_unit.h"

#include <stdio.h>

#include "unit.h"

#define END (&world->ends[0])

struct sip_ua_subscription event_presence(uint32_t expires_s)
{
    struct sip_ua_subscription one = { .uri = SP_LIT(UA_PEER),
                                       .event = SP_LIT("presence"),
                                       .fields = SP_LIT("X: y\r\n"),
                                       .expires_s = expires_s,
                                       .user = 9 };

    return one;
}

void event_answer(struct ua_world *world, struct sp_slice request, const char *status,
                  const char *more)
{
    char text[4096];

    snprintf(text, sizeof text,
             "SIP/2.0 %s\nVia: %.*s\nFrom: %.*s\nTo: %.*s%s\nCall-ID: %.*s\nCSeq: %.*s\n"
             "Contact: <sip:bob@192.0.2.2>\n%s\n",
             status, SP_ARG(ua_value(request, "Via")), SP_ARG(ua_value(request, "From")),
             SP_ARG(ua_value(request, "To")),
             ua_has(ua_value(request, "To"), "tag=") ? "" : ";tag=n",
             SP_ARG(ua_value(request, "Call-ID")), SP_ARG(ua_value(request, "CSeq")), more);
    ua_put(world, text);
}

/* A NOTIFY of the notifier `tag` in the dialog that this SUBSCRIBE asked for. */
void event_notify(struct ua_world *world, struct sp_slice subscribe, const char *tag, int cseq,
                  const char *fields)
{
    static int branch;
    char       text[4096];

    snprintf(text, sizeof text,
             "NOTIFY sip:agent@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKn%d\n"
             "Max-Forwards: 70\nFrom: <sip:bob@192.0.2.2>;tag=%s\nTo: %.*s\nCall-ID: %.*s\n"
             "CSeq: %d NOTIFY\nContact: <sip:bob@192.0.2.2:5070>\n%s%s",
             ++branch, tag, SP_ARG(ua_value(subscribe, "From")),
             SP_ARG(ua_value(subscribe, "Call-ID")), cseq, fields,
             strstr(fields, "\n\n") != NULL ? "" : "\n");
    ua_put(world, text);
}

struct ua_world *event_subscribing(struct sp_slice *request, uint32_t expires_s)
{
    struct ua_world           *world = ua_world(NULL, NULL, true, 1);
    struct sip_ua_subscription one = event_presence(expires_s);

    unit_err(sip_ua_subscribe(END->ua, world->now_us, &one, &END->request), SP_OK);
    ua_drain(END);
    *request = ua_expect(world, "SUBSCRIBE sip:bob@192.0.2.2 SIP/2.0\r\n");
    return world;
}

struct ua_world *event_active(struct sp_slice *request)
{
    struct ua_world *world = event_subscribing(request, 600);

    event_answer(world, *request, "200 OK", "Expires: 600\n");
    event_notify(world, *request, "n", 1, ACTIVE);
    ua_expect(world, "SIP/2.0 200 ");
    ua_told(END, "SUBSCRIBED 200; NOTIFIED");
    return world;
}

/* The next SUBSCRIBE after so many seconds, give or take one. */
struct sp_slice event_after(struct ua_world *world, uint32_t s)
{
    struct sp_slice request;

    if (s > 1)
        ua_run(world, (s - 1) * 1000);
    ck_assert_uint_eq(ua_take(world).len, 0);
    ua_run(world, 2000);
    request = ua_expect(world, "SUBSCRIBE ");
    while (ua_take(world).len > 0)
        continue; /* Timer E */
    return request;
}

void event_ends(struct ua_world *world)
{
    ua_run(world, 2 * 64 * 500);
    ua_empty(END);
}
