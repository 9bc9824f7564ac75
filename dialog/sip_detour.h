/* SPDX-License-Identifier: MIT
 * dialog/sip_detour.h -- the target set of a redirected request. RFC 3261 8.1.3.4, 21.3.
 *
 * Starts as the URI that the user gave; each 300, 301 or 302 adds the URIs of its Contacts, those
 * of the highest q first, and no URI twice, so that no loop can form. Bounded in number by its
 * user, in octets by limits.dialog_octets. Never: follows 305 or 380, takes header fields out of a
 * URI (19.1.5). */
#ifndef SIPUSH_DIALOG_SIP_DETOUR_H
#define SIPUSH_DIALOG_SIP_DETOUR_H

#include "../base/store.h"
#include "../parser/sip_msg.h"

/* Contacts of one response that are looked at. */
#define SIP_DETOUR_CONTACTS 16

/* Zeroed: only the URI that the user gave. */
struct sip_detour {
    void           *block; /* NULL: none yet */
    struct sp_slice set;   /* URIs, split by line feeds; the first is the user's */
    size_t          next;  /* the octet where the next one to try starts */
    uint32_t        left;  /* how many may still be tried */
};

/* Adds what a response offers; `uri` is the one that was asked first of all. Nothing happens for
 * another status, without a usable Contact, or without room in `text`, which has `most` octets, or
 * in the store. */
void sip_detour_add(struct sip_detour *detour, struct sp_store *store, char *text, size_t most,
                    struct sp_slice uri, const struct sip_msg *response);
/* The next URI to try; it lies in the set. False: there is none, or enough were tried. */
bool sip_detour_next(struct sip_detour *detour, struct sp_slice *uri);
void sip_detour_free(struct sip_detour *detour, struct sp_store *store);

#endif
