/* SPDX-License-Identifier: MIT
 * dialog/sip_login.h -- Digest as a client: challenges that came, credentials that go. RFC
 * 3261 22.2, 22.3; RFC 7616 3.4; RFC 8760 2.4.
 *
 * A request or a session keeps the challenges it was given, server and proxies, one a realm: the
 * topmost that it understands. Each request that it writes from then on answers all of them, with a
 * nonce count of its own each. Never: answers a challenge twice that came again without stale
 * (22.1), knows Basic (22). */
#ifndef SIPUSH_DIALOG_SIP_LOGIN_H
#define SIPUSH_DIALOG_SIP_LOGIN_H

#include "../base/digest.h"
#include "../base/ident.h"
#include "../base/store.h"
#include "../parser/sip_msg.h"

/* Who we are in a realm. */
struct sip_login {
    struct sp_slice realm; /* empty: in every realm that no other login names */
    struct sp_slice username, password;
};

/* Where logins and texts are. */
struct sip_login_room {
    const struct sip_login *logins;
    uint32_t                count;
    struct sp_store        *store;
    struct sp_ident        *ident;
    char                   *text; /* `most` octets to write in */
    size_t                  most;
};

/* The challenges of one object. Zeroed: none. */
struct sip_challenges {
    void           *block;
    struct sp_slice lines; /* kind, nonce count, cnonce and challenge, a line each; in `block` */
    uint32_t        tries;
};

/* Takes the challenges of a 401 or 407. SP_OK: the request may be sent again, with credentials.
 * SP_REFUSED: what was sent was not good enough, or too often; SP_UNSUPPORTED: no challenge that we
 * can answer; SP_LIMIT: no room. */
SP_MUST_USE enum sp_err sip_challenges_take(struct sip_challenges       *challenges,
                                            const struct sip_login_room *room,
                                            const struct sip_msg        *response);
/* The nextnonce of a 2xx (RFC 7616 3.5) takes the place of the nonce that was used, with a count of
 * its own; of servers, and of proxies, where there is one of them. Without room all stays as it is.
 */
void sip_challenges_next(struct sip_challenges *challenges, const struct sip_login_room *room,
                         const struct sip_msg *response);
/* Authorization and Proxy-Authorization for a request; nothing without challenges. */
void sip_put_credentials(struct sp_buf *to, struct sip_challenges *challenges,
                         const struct sip_login_room *room, struct sp_slice method,
                         struct sp_slice uri, struct sp_slice body);
/* What a request knew when it ended becomes what its owner knows; `from` is left without. */
void sip_challenges_keep(struct sip_challenges *to, struct sip_challenges *from,
                         struct sp_store *store);
void sip_challenges_free(struct sip_challenges *challenges, struct sp_store *store);

#endif
