/* SPDX-License-Identifier: MIT
 * dialog/sip_guard.h -- Digest as a server: who may come in. RFC 3261 22.1, 22.2, 22.4; RFC
 * 7616 3.3, 3.6; RFC 8760 2.3.
 *
 * A nonce is a time, a number and a keyed hash of both: it is checked without being kept. Only
 * nonces in use are kept, with the counts that were seen (64 back), so that no request can be
 * replayed; one that had to be forgotten counts as stale. Passwords are never known, only H(A1).
 * Never: asks ACK or CANCEL (22.1), takes or asks Basic (22). */
#ifndef SIPUSH_DIALOG_SIP_GUARD_H
#define SIPUSH_DIALOG_SIP_GUARD_H

#include "../base/digest.h"
#include "../base/table.h"
#include "../parser/sip_msg.h"

/* One who may come in. */
struct sip_user {
    struct sp_slice username;
    struct sp_slice ha1[SP_DIGEST_HASHES]; /* hexadecimal, as sp_digest_ha1 makes it; empty: none */
};

/* A nonce that was used. */
struct sip_guard_nonce {
    uint64_t id; /* its keyed hash; 0: unused */
    uint64_t issued_us;
    uint32_t high; /* the highest count that came */
    uint64_t seen; /* bit n: the count `high - n` came */
};

struct sip_guard {
    struct sp_slice         realm; /* empty: nobody is asked */
    const struct sip_user  *users;
    size_t                  count;
    uint64_t                lifetime_us; /* of a nonce */
    uint32_t                serial;      /* of the next nonce */
    const struct sp_table  *key;         /* its keyed hash is ours too */
    struct sip_guard_nonce *nonces;
    uint32_t                capacity;
    uint64_t floor_us; /* nonces that were issued up to then and are not kept are stale */
};

enum sip_guard_verdict {
    SIP_GUARD_IN,    /* `who` it is stands */
    SIP_GUARD_ASK,   /* 401 */
    SIP_GUARD_STALE, /* 401 with stale=true: all is right but the nonce */
    SIP_GUARD_WRONG, /* 400 */
};

enum sip_guard_verdict sip_guard_check(struct sip_guard *guard, uint64_t now_us,
                                       const struct sip_msg *request, const struct sip_user **who);
/* WWW-Authenticate, one an algorithm that some user has, the strongest first (8760-2.3-2). */
void sip_put_challenges(struct sp_buf *to, struct sip_guard *guard, uint64_t now_us, bool stale);
/* Authentication-Info of a 2xx with this body (RFC 7616 3.5): that we know the password too, and
 * the next nonce when the one that was used is past half its life. Nothing for a request that
 * showed no credentials, or none with a qop. */
void sip_put_authentication_info(struct sp_buf *to, const struct sip_guard *guard, uint64_t now_us,
                                 const struct sip_msg *request, struct sp_slice body);

#endif
