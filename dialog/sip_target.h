/* SPDX-License-Identifier: MIT
 * dialog/sip_target.h -- from a URI to where its request goes. RFC 3261 8.1.2, 19.1.1; the part of
 * RFC 3263 that needs no DNS.
 *
 * A numeric host yields the target at once; a name is left to the host of the agent
 * (SP_IO_RESOLVE). Without a transport parameter it is UDP, without a port 5060; maddr stands
 * before the host. Never: asks DNS, chooses TLS (a sips URI is SP_UNSUPPORTED here). */
#ifndef SIPUSH_DIALOG_SIP_TARGET_H
#define SIPUSH_DIALOG_SIP_TARGET_H

#include "../base/list.h"
#include "../parser/sip_uri.h"
#include "../transaction/sip_tx.h"

#define SIP_PORT 5060

/* Where requests to this URI go. `name` becomes empty, or the host that must be resolved first; the
 * target's address then has its port alone. SP_UNSUPPORTED: scheme or transport. */
SP_MUST_USE enum sp_err sip_target_of(const struct sip_uri *uri, struct sip_target *target,
                                      struct sp_slice *name);

/* The next hop of an object's requests, found once and kept. */
enum sip_hop_state {
    SIP_HOP_NONE,  /* not looked for yet, or the URI changed */
    SIP_HOP_ASKS,  /* the name is being resolved */
    SIP_HOP_KNOWN, /* `target` stands */
};

struct sip_hop {
    enum sip_hop_state state;
    struct sip_target  target;
    struct sp_slice    name;   /* ASKS: in the texts of the owner */
    uint64_t           cookie; /* of the owner, for SP_IO_RESOLVE */
    struct sp_link     link;   /* in the list of those who have yet to ask */
};

/* Look for the hop of `uri`: KNOWN, or ASKS and put in `asks`. SP_SYNTAX, SP_UNSUPPORTED: NONE. */
SP_MUST_USE enum sp_err sip_hop_find(struct sip_hop *hop, struct sp_slice uri, uint64_t cookie,
                                     struct sp_list *asks);
/* The names' addresses came: KNOWN with the first one that the layer has a socket for, of its port
 * where it has one. SP_RESOLVE: none is of use; NONE. */
SP_MUST_USE enum sp_err sip_hop_resolved(struct sip_hop *hop, const struct sip_tx_layer *tx,
                                         const struct sp_addr *addrs, size_t count);
/* Forget it. */
void sip_hop_drop(struct sip_hop *hop);
/* What a hop asks for. */
struct sp_io sip_hop_io(const struct sip_hop *hop);

#endif
