/* SPDX-License-Identifier: MIT
 * push/push_app.h -- applications that a push is for: OMA profile, inferred; RFC 3840 5, 9; RFC
 * 3841 5, 6, 7.2.
 *
 * An application has an id ("ulp.ua"). A receiver declares those it has in its Contact, a sender
 * names the one it means in Accept-Contact. Each string of the profile stands in one table
 * (push_app.c). Lists are comma lists of ids; the old prefixes of WAP push are read and dropped. */
#ifndef SIPUSH_PUSH_PUSH_APP_H
#define SIPUSH_PUSH_PUSH_APP_H

#include "push.h"

/* A list of ids, without prefixes and white space. SP_SYNTAX sticks where one is no id. */
void push_put_apps(struct sp_buf *to, struct sp_slice apps);
/* The parameter of our Contact that declares them; nothing for an empty list. */
void push_put_app_contact(struct sp_buf *to, struct sp_slice apps);
/* The Accept-Contact field of a request for one of them: only who declared one, and the method. */
void push_put_app_request(struct sp_buf *to, struct sp_slice apps, enum sip_method method);

/* What a request says about applications. */
enum push_app {
    PUSH_APP_NONE,  /* it names none */
    PUSH_APP_OURS,  /* one of ours */
    PUSH_APP_OTHER, /* only others, and it wants no other receiver: 480 */
};
/* `id` is the one of ours that it names, else empty. */
enum push_app push_app_of(const struct sip_msg *request, struct sp_slice ours, struct sp_slice *id);
/* The application that a media type belongs to; empty: none in particular. */
struct sp_slice push_app_of_type(struct sp_slice type);

#endif
