/* SPDX-License-Identifier: MIT
 * dialog/sip_publication.h -- an event state of ours that somebody else keeps: the event
 * publication agent. RFC 3903 4, 5. Not for users.
 *
 * One PUBLISH is under way at a time, and none to the same Request-URI beside it (4). The state
 * itself is kept, so that it can be published anew when the entity-tag is not known any more (412).
 * Never: makes a route out of a response, sends a body where the state stays as it is. */
#ifndef SIPUSH_DIALOG_SIP_PUBLICATION_H
#define SIPUSH_DIALOG_SIP_PUBLICATION_H

#include "sip_affair.h"
#include "sip_ua_event.h"

enum sip_publication_state {
    SIP_PUBLICATION_INITIAL,    /* the first PUBLISH, or one after 412, is under way */
    SIP_PUBLICATION_PUBLISHED,  /* until it is time to refresh */
    SIP_PUBLICATION_REFRESHING, /* 4.3 */
    SIP_PUBLICATION_MODIFYING,  /* 4.4 */
    SIP_PUBLICATION_WAITING,    /* a PUBLISH failed; until it is time to try again */
    SIP_PUBLICATION_REMOVING,   /* 4.5 */
    SIP_PUBLICATION_GONE,       /* to be given back */
};

struct sip_publication {
    struct sip_affair          affair;
    enum sip_publication_state state;
    bool                       changed; /* the state, since the last PUBLISH that had it */
    bool                       stop;    /* it is to be removed after the one that is under way */
    void                      *block, *body_block;
    struct sp_slice            uri, event, route, fields, content_type, body, etag;
    struct sp_handle           client;    /* its PUBLISH under way; stale: none */
    uint32_t                   expires_s; /* that is asked for */
    uint64_t                   until_us;
    uint32_t                   failures; /* in a row */
    struct sip_challenges      challenges;
    struct sp_timer            timer;
    uint64_t                   user;
};

SP_MUST_USE enum sp_err sip_publication_start(struct sip_ua                   *ua,
                                              const struct sip_ua_publication *from,
                                              struct sp_handle                *handle);
SP_MUST_USE enum sp_err sip_publication_change(struct sip_ua *ua, struct sp_handle handle,
                                               struct sp_slice content_type, struct sp_slice body);
SP_MUST_USE enum sp_err sip_publication_stop(struct sip_ua *ua, struct sp_handle handle);
void                    sip_publication_take(struct sip_ua *ua, struct sip_client *client);
void                    sip_publication_work(struct sip_ua *ua, struct sip_publication *one);
void                    sip_publication_timer(struct sip_ua *ua, struct sip_publication *one);
void                    sip_publication_told(struct sip_ua *ua, struct sip_publication *one,
                                             struct sip_ua_action *action);

#endif
