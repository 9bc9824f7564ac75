/* SPDX-License-Identifier: MIT
 * push/push_register.c -- the receiver's address-of-record: bound when it is asked, kept, taken
 * away at the end. RFC 3261 10.2; RFC 3840 9 (the Contact says what we can take).
 *
 * Promises: one binding at a time; its user is told of each change. Never: registers unasked. */
#include "push_in.h"

enum sp_err push_receiver_login(struct push_receiver *receiver, struct sp_slice realm,
                                struct sp_slice username, struct sp_slice password)
{
    return sip_ua_login(receiver->link.ua, realm, username, password);
}

enum sp_err push_receiver_register(struct push_receiver *receiver, uint64_t now_us,
                                   const struct sip_ua_registration *registration)
{
    receiver->link.now_us = now_us;
    if (!sp_handle_none(receiver->registration)) {
        return SP_STATE;
    }
    return sip_ua_register(receiver->link.ua, now_us, registration, &receiver->registration);
}

void push_receiver_unregister(struct push_receiver *receiver, uint64_t now_us)
{
    receiver->link.now_us = now_us;
    push_register_end(receiver);
}

bool push_register_sip(struct push_receiver *receiver, const struct sip_ua_action *sip,
                       struct push_receiver_action *action)
{
    if (!sp_handle_eq(sip->request, receiver->registration)) {
        return false;
    }
    *action = (struct push_receiver_action){
        .kind = PUSH_RECEIVER_REGISTRATION,
        .status = sip->status,
        .err = sip->err,
    };
    if (sip->kind == SIP_UA_REGISTERED) {
        return true;
    }
    receiver->registration = (struct sp_handle){ 0 };
    if (sip->err == SP_OK) {
        action->err = sip->status >= 300 ? SP_REFUSED : SP_CLOSED;
    } else { /* no answer came: the status is what that counts as (RFC 3261 8.1.3.1) */
        action->err = sip->err == SP_REFUSED ? SP_TRANSPORT : sip->err;
        action->status = 0;
    }
    return true;
}

void push_register_end(struct push_receiver *receiver)
{
    if (!sp_handle_none(receiver->registration)) {
        /* Stale where it was lost before. */
        (void)!sip_ua_unregister(receiver->link.ua, receiver->link.now_us, receiver->registration);
    }
}
