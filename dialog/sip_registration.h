/* SPDX-License-Identifier: MIT
 * dialog/sip_registration.h -- a registration: one binding of an address-of-record to us, kept
 * alive. RFC 3261 10.2. Not for users.
 *
 * All its REGISTERs have one Call-ID and rising CSeqs (10.2), and one is under way at a time. A
 * binding that stands is refreshed before it expires; a refresh that fails is tried again, later
 * each time, as long as the binding lives. Never: touches bindings of others (10.2.4), answers
 * REGISTER. */
#ifndef SIPUSH_DIALOG_SIP_REGISTRATION_H
#define SIPUSH_DIALOG_SIP_REGISTRATION_H

#include "sip_core.h"

enum sip_registration_state {
    SIP_REGISTRATION_REGISTERING, /* the first REGISTER is under way */
    SIP_REGISTRATION_REGISTERED,  /* until it is time to refresh */
    SIP_REGISTRATION_REFRESHING,  /* a later REGISTER is under way */
    SIP_REGISTRATION_WAITING,     /* a refresh failed; until it is time to try again */
    SIP_REGISTRATION_STOPPING,    /* a REGISTER is under way; the binding is removed after it */
    SIP_REGISTRATION_REMOVING,    /* the last REGISTER, with Expires 0, is under way */
    SIP_REGISTRATION_GONE,        /* to be given back */
};

struct sip_registration {
    struct sip_note             note; /* first: the note is the object */
    struct sp_link              work; /* in ua->registering while a REGISTER is to be sent */
    enum sip_registration_state state;
    void                       *block; /* of its texts */
    struct sp_slice             aor, registrar, route, fields, call_id, tag, instance;
    enum sip_ua_binding         what;
    uint32_t                    reg_id;
    void                       *learned_block;
    struct sip_ua_registered    learned;   /* from the last 200; its slices in `learned_block` */
    uint32_t                    cseq;      /* of the last REGISTER */
    uint32_t                    expires_s; /* that is asked for */
    uint64_t                    until_us;  /* the binding lives */
    uint32_t                    failures;  /* in a row */
    struct sip_challenges       challenges;
    struct sp_timer             timer; /* to refresh, or to try again */
    uint64_t                    user;
    uint64_t                    flow_id; /* of the connection that is kept for it; 0: none */
};

SP_MUST_USE enum sp_err sip_registration_start(struct sip_ua                    *ua,
                                               const struct sip_ua_registration *from,
                                               struct sp_handle                 *handle);
/* The user wants it to end. SP_STALE. */
SP_MUST_USE enum sp_err sip_registration_stop(struct sip_ua *ua, struct sp_handle handle);
/* Its REGISTER has come to something: a final response (in hand), or none. The client is given back
 * by the caller. */
void sip_registration_take(struct sip_ua *ua, struct sip_client *client);
/* Sends the REGISTER that is to be sent, or gives the registration back. */
void sip_registration_work(struct sip_ua *ua, struct sip_registration *registration);
void sip_registration_timer(struct sip_ua *ua, struct sip_registration *registration);
/* The connection with this flow id, which was kept, is gone: whoever was registered over it is so
 * anew (RFC 5626 4.2.1). */
void sip_registration_lost(struct sip_ua *ua, uint64_t flow_id);
/* Its note is handed out. */
void sip_registration_told(struct sip_ua *ua, struct sip_registration *one,
                           struct sip_ua_action *action);
void sip_registration_free(struct sip_ua *ua, struct sip_registration *registration);

#endif
