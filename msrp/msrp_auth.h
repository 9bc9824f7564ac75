/* SPDX-License-Identifier: MIT
 * msrp/msrp_auth.h -- Digest in MSRP: challenges, credentials and Authentication-Info. RFC 4976
 * 7, 9.1; RFC 2617 3.2.
 *
 * Slices point into the value given, without quotes; what is absent is empty. Unknown parameters
 * are left aside, `domain` among them (9.1). The space after a comma may be missing, and there may
 * be more than one: relays differ. Computes with base/digest.h. */
#ifndef SIPUSH_MSRP_MSRP_AUTH_H
#define SIPUSH_MSRP_MSRP_AUTH_H

#include "../base/digest.h"
#include "../base/scan.h"

struct msrp_auth {
    struct sp_slice realm, nonce, opaque, algorithm, qop; /* of a challenge */
    bool            stale;
    struct sp_slice username, uri, response, cnonce, nc; /* of credentials, too */
    struct sp_slice nextnonce, rspauth;                  /* of Authentication-Info, too */
};

/* A challenge or credentials: "Digest" and its parameters. SP_UNSUPPORTED: another scheme;
 * SP_SYNTAX. */
SP_MUST_USE enum sp_err msrp_auth_parse(struct sp_slice value, struct msrp_auth *auth,
                                        struct sp_where *where);
/* Authentication-Info: the parameters alone. SP_SYNTAX. */
SP_MUST_USE enum sp_err msrp_auth_info_parse(struct sp_slice value, struct msrp_auth *auth,
                                             struct sp_where *where);

/* Can we answer this challenge? It has realm and nonce, qop auth (MUST: 9.1), and an algorithm that
 * is known and not -sess, which is not defined together with nextnonce. */
bool msrp_auth_answerable(const struct msrp_auth *challenge, struct sp_digest_algorithm *algorithm);

/* The digest for method AUTH: of credentials, or, without the method, of rspauth (RFC
 * 2617 3.2.3). `uri` is the rightmost URI of To-Path (9.1). */
struct sp_slice msrp_auth_response(const struct msrp_auth *auth, enum sp_digest_hash hash,
                                   struct sp_slice ha1, struct sp_slice uri, bool rspauth,
                                   char room[SP_DIGEST_HEX]);

/* Authorization, its line whole. `auth` has all but the response. */
void msrp_put_authorization(struct sp_buf *to, const struct msrp_auth *auth,
                            struct sp_slice response);

#endif
