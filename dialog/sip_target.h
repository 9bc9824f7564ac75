/* SPDX-License-Identifier: MIT
 * dialog/sip_target.h -- the next hop of an object's requests. RFC 3261 8.1.2; RFC 3263 4.
 *
 * A numeric host is known at once; for a name the hop keeps a struct sip_locate in the agent's
 * store, as long as there may be another target, and stands in `asks` while it has a question.
 * Never: decides what a failure is (RFC 3263 4.3), sends anything. */
#ifndef SIPUSH_DIALOG_SIP_TARGET_H
#define SIPUSH_DIALOG_SIP_TARGET_H

#include "../base/list.h"
#include "../base/store.h"
#include "../transaction/sip_locate.h"

/* The 8 bits of a cookie from this one on are the number of a hop's question, so that a late answer
 * is not taken for another's; the owner's cookie has none there. */
#define SIP_HOP_ASKED_BIT 53

/* What the hops of an agent share. */
struct sip_hops {
    const struct sip_tx_layer *tx; /* knows our sockets */
    struct sp_store           *store;
    struct sp_ident           *ident;
    struct sp_list             asks; /* struct sip_hop that want something asked */
};

/* The next hop of an object's requests, found once and kept. */
enum sip_hop_state {
    SIP_HOP_NONE,  /* not looked for yet, or the URI changed, or its targets are used up */
    SIP_HOP_ASKS,  /* a question is under way */
    SIP_HOP_KNOWN, /* `target` stands */
};

struct sip_hop {
    enum sip_hop_state state;
    enum sp_err        why; /* the target before this one failed; SP_OK: there was none */
    struct sip_target  target;
    uint8_t            asked;  /* the number of its last question; goes on when it is forgotten */
    struct sip_locate *locate; /* in the store; NULL: there is no other target */
    struct sip_hops   *hops;   /* of its agent, once it was looked for */
    uint64_t           cookie; /* of the owner, for SP_IO_RESOLVE */
    struct sp_link     link;   /* in the list of those who have yet to ask */
};

/* Look for the hop of `uri`: KNOWN, or ASKS and put in hops->asks. SP_SYNTAX, SP_UNSUPPORTED,
 * SP_LIMIT: NONE. */
SP_MUST_USE enum sp_err sip_hop_find(struct sip_hop *hop, struct sp_slice uri, uint64_t cookie,
                                     struct sip_hops *hops);
/* The answer to its question came: addresses, or records. KNOWN with a target that we have a socket
 * for, or ASKS again. SP_RESOLVE, or why the target before failed: nothing is of use; NONE. */
SP_MUST_USE enum sp_err sip_hop_resolved(struct sip_hop *hop, const struct sp_addr *addrs,
                                         size_t count);
SP_MUST_USE enum sp_err sip_hop_found(struct sip_hop *hop, const struct sp_record *records,
                                      size_t count);
/* Its target failed, and why. True: KNOWN with the next one, or ASKS for it; false: there is none,
 * NONE. */
bool sip_hop_next(struct sip_hop *hop, enum sp_err why);
/* Forget it. */
void sip_hop_drop(struct sip_hop *hop);
/* What a hop asks for. */
struct sp_io sip_hop_io(const struct sip_hop *hop);

#endif
