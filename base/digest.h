/* SPDX-License-Identifier: MIT
 * base/digest.h -- Digest: what is hashed, and how. RFC 3261 22.4, RFC 4976 9.1, RFC 7616 3.4, RFC
 * 8760.
 *
 * Pure functions over texts; algorithms MD5, SHA-256, SHA-512-256 and their -sess forms, qop auth,
 * auth-int and none (RFC 2069). Never: reads or writes a header field, keeps a password. */
#ifndef SIPUSH_BASE_DIGEST_H
#define SIPUSH_BASE_DIGEST_H

#include "buf.h"

/* From the weakest on; MD5 is what an absent parameter means (RFC 7616 3.3). */
enum sp_digest_hash { SP_DIGEST_MD5, SP_DIGEST_SHA_256, SP_DIGEST_SHA_512_256, SP_DIGEST_HASHES };

struct sp_digest_algorithm {
    enum sp_digest_hash hash;
    bool                sess;
};

enum sp_digest_qop { SP_DIGEST_NO_QOP, SP_DIGEST_AUTH, SP_DIGEST_AUTH_INT };

/* The longest digest, as hexadecimal digits. */
#define SP_DIGEST_HEX 64

/* By name, letters folded, with or without quotes (met in the field); an empty one is MD5. False:
 * unknown. */
bool sp_digest_algorithm_of(struct sp_slice token, struct sp_digest_algorithm *algorithm);
struct sp_slice sp_digest_algorithm_name(struct sp_digest_algorithm algorithm);
/* What we take out of a qop-options list: auth where it is offered, for a box on the way may change
 * a body; an empty list is NO_QOP. False: none of them is known. */
bool sp_digest_qop_of(struct sp_slice list, enum sp_digest_qop *qop);

/* H(A1) without -sess: H(username ":" realm ":" password), what a password file holds. Lower-case
 * digits in `room`. */
struct sp_slice sp_digest_ha1(enum sp_digest_hash hash, struct sp_slice username,
                              struct sp_slice realm, struct sp_slice password,
                              char room[SP_DIGEST_HEX]);
/* RFC 7616 3.4.4: H(username ":" realm). */
struct sp_slice sp_digest_userhash(enum sp_digest_hash hash, struct sp_slice username,
                                   struct sp_slice realm, char room[SP_DIGEST_HEX]);

/* All that a response is made of; texts without quotes and escapes. */
struct sp_digest {
    struct sp_digest_algorithm algorithm;
    enum sp_digest_qop         qop;
    struct sp_slice            ha1; /* hexadecimal, without -sess */
    struct sp_slice            nonce, nc, cnonce;
    struct sp_slice            method, uri, body;
};

/* request-digest (RFC 7616 3.4.1). */
struct sp_slice sp_digest_response(const struct sp_digest *digest, char room[SP_DIGEST_HEX]);

/* Equal octets, letters folded, in a time that depends on the lengths alone. */
bool sp_digest_same(struct sp_slice a, struct sp_slice b);

#endif
