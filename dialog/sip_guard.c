/* SPDX-License-Identifier: MIT
 * dialog/sip_guard.c -- Digest as a server: who may come in. RFC 3261 22; RFC 7616 3.3, 3.6; RFC
 * 8760 2.3. */
#include "sip_guard.h"

#include "../parser/sip_auth.h"
#include "../parser/sip_uri.h"

enum {
    TIME_CHARS = 16,
    SERIAL_CHARS = 8,
    STAMP_CHARS = TIME_CHARS + SERIAL_CHARS,
    NONCE_CHARS = STAMP_CHARS + 16,
    WINDOW = 64,      /* counts that may come out of order */
    NAME_OCTETS = 256 /* the longest user name */
};

static void put_number(struct sp_buf *to, uint64_t number, int chars)
{
    for (int shift = 4 * (chars - 1); shift >= 0; shift -= 4)
        sp_put_char(to, "0123456789abcdef"[number >> shift & 15]);
}

static bool read_number(struct sp_slice digits, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < digits.len; i++) {
        int value = sp_hex_value(digits.at[i]);

        if (value < 0)
            return false;
        *number = *number << 4 | (unsigned)value;
    }
    return digits.len > 0;
}

static uint64_t seal(const struct sip_guard *guard, struct sp_slice stamp)
{
    const struct sp_slice parts[] = { SP_LIT("nonce"), guard->realm, stamp };

    return sp_table_hash(guard->key, parts, 3);
}

static void put_nonce(struct sp_buf *to, const struct sip_guard *guard, uint64_t now_us,
                      uint32_t serial)
{
    char          room[STAMP_CHARS];
    struct sp_buf stamp = sp_buf(room, sizeof(room));

    put_number(&stamp, now_us, TIME_CHARS);
    put_number(&stamp, serial, SERIAL_CHARS);
    sp_put(to, sp_written(&stamp));
    put_number(to, seal(guard, sp_written(&stamp)), 16);
}

/* A nonce of ours that has not expired; `id` and `issued_us` are its own. */
static bool is_fresh(const struct sip_guard *guard, struct sp_slice nonce, uint64_t now_us,
                     uint64_t *id, uint64_t *issued_us)
{
    if (nonce.len != NONCE_CHARS || !read_number(sp_from(nonce, STAMP_CHARS), id) ||
        *id != seal(guard, sp_head(nonce, STAMP_CHARS)) ||
        !read_number(sp_head(nonce, TIME_CHARS), issued_us))
        return false;
    return *issued_us <= now_us && now_us - *issued_us <= guard->lifetime_us;
}

/* The place of a nonce; where it is new, that of one that is unused, expired, or the oldest. NULL:
 * it may have been forgotten. */
static struct sip_guard_nonce *nonce_of(struct sip_guard *guard, uint64_t id, uint64_t issued_us)
{
    struct sip_guard_nonce *oldest = NULL;

    for (uint32_t i = 0; i < guard->capacity; i++) {
        struct sip_guard_nonce *one = &guard->nonces[i];

        if (one->id == id)
            return one;
        if (oldest == NULL || one->issued_us < oldest->issued_us)
            oldest = one;
    }
    if (oldest == NULL || issued_us <= guard->floor_us || issued_us < oldest->issued_us)
        return NULL;
    if (oldest->id != 0)
        guard->floor_us = oldest->issued_us;
    oldest->id = id;
    oldest->issued_us = issued_us;
    oldest->high = 0;
    oldest->seen = 0;
    return oldest;
}

/* A count that did not come before; it is remembered. */
static bool take_count(struct sip_guard *guard, uint64_t id, uint64_t issued_us, uint32_t count)
{
    struct sip_guard_nonce *nonce = nonce_of(guard, id, issued_us);
    uint32_t                back;

    if (nonce == NULL || count == 0)
        return false;
    if (count > nonce->high) {
        back = count - nonce->high;
        nonce->seen = back < WINDOW ? nonce->seen << back | 1 : 1;
        nonce->high = count;
        return true;
    }
    back = nonce->high - count;
    if (back >= WINDOW || (nonce->seen >> back & 1) != 0)
        return false;
    nonce->seen |= (uint64_t)1 << back;
    return true;
}

static struct sp_slice bare(struct sp_slice value)
{
    if (value.len >= 2 && value.at[0] == '"')
        return sp_slice(value.at + 1, value.len - 2);
    return value;
}

/* A user by name, or by the hash of the name (RFC 7616 3.4.4). */
static const struct sip_user *user_of(const struct sip_guard *guard, const struct sip_auth *auth,
                                      enum sp_digest_hash hash)
{
    char            room[NAME_OCTETS], hex[SP_DIGEST_HEX];
    struct sp_buf   to = sp_buf(room, sizeof(room));
    bool            hashed = sp_eq_nocase(bare(sip_auth_value(auth, "userhash")), SP_LIT("true"));
    struct sp_slice name;

    sip_put_unquoted(&to, sip_auth_value(auth, "username"));
    name = sp_written(&to);
    for (size_t i = 0; i < guard->count; i++) {
        const struct sip_user *user = &guard->users[i];

        if (hashed
                ? sp_digest_same(sp_digest_userhash(hash, user->username, guard->realm, hex), name)
                : sp_eq(user->username, name))
            return user;
    }
    return NULL;
}

/* Whether the response is that of a user, whatever its nonce is worth; the user, or NULL. */
static const struct sip_user *verify(const struct sip_guard *guard, const struct sip_auth *auth,
                                     const struct sip_msg *request, struct sp_digest *d)
{
    const struct sip_user *user;
    char                   hex[SP_DIGEST_HEX];

    if (!sp_digest_algorithm_of(sip_auth_value(auth, "algorithm"), &d->algorithm) ||
        !sp_digest_qop_of(sip_auth_value(auth, "qop"), &d->qop))
        return NULL;
    user = user_of(guard, auth, d->algorithm.hash);
    if (user == NULL || user->ha1[d->algorithm.hash].len == 0)
        return NULL;
    d->ha1 = user->ha1[d->algorithm.hash];
    d->nonce = bare(sip_auth_value(auth, "nonce"));
    d->nc = sip_auth_value(auth, "nc");
    d->cnonce = bare(sip_auth_value(auth, "cnonce"));
    d->method = request->method_name;
    d->uri = bare(sip_auth_value(auth, "uri"));
    d->body = request->body;
    return sp_digest_same(sp_digest_response(d, hex), bare(sip_auth_value(auth, "response")))
               ? user
               : NULL;
}

/* Both forms of the user name, or a URI that is none (7616-3.4-1, 7616-3.4.6-3; that it may differ
 * from the Request-URI is 22.4 item 5: a proxy may have changed that). */
static bool is_wrong(const struct sip_auth *auth)
{
    struct sip_uri  uri;
    struct sp_where where;

    return (sip_auth_value(auth, "username").len > 0 &&
            sip_auth_value(auth, "username*").len > 0) ||
           sip_uri_parse(bare(sip_auth_value(auth, "uri")), &uri, &where) != SP_OK;
}

/* The credentials for our realm; false: there are none. */
static bool find_credentials(const struct sip_guard *guard, const struct sip_msg *request,
                             struct sip_auth *auth)
{
    const struct sip_field *field = sip_msg_find(request, SIP_FIELD_AUTHORIZATION);

    for (; field != NULL; field = sip_msg_find_next(request, field)) {
        char            room[NAME_OCTETS];
        struct sp_buf   to = sp_buf(room, sizeof(room));
        struct sp_where where;

        if (sip_auth_parse(field->value, auth, &where) != SP_OK || !sip_auth_is(auth, "Digest"))
            continue;
        sip_put_unquoted(&to, sip_auth_value(auth, "realm"));
        if (sp_eq(sp_written(&to), guard->realm))
            return true;
    }
    return false;
}

enum sip_guard_verdict sip_guard_check(struct sip_guard *guard, uint64_t now_us,
                                       const struct sip_msg *request, const struct sip_user **who)
{
    struct sip_auth  auth;
    struct sp_digest d;
    uint64_t         id, issued_us, count = 1; /* without qop a nonce serves once */

    *who = NULL;
    if (guard->realm.len == 0 || request->method == SIP_ACK || request->method == SIP_CANCEL)
        return SIP_GUARD_IN;
    if (!find_credentials(guard, request, &auth))
        return SIP_GUARD_ASK;
    if (is_wrong(&auth))
        return SIP_GUARD_WRONG;
    *who = verify(guard, &auth, request, &d);
    if (*who == NULL)
        return SIP_GUARD_ASK;
    if (d.qop != SP_DIGEST_NO_QOP && (d.nc.len != 8 || !read_number(d.nc, &count))) {
        *who = NULL;
        return SIP_GUARD_WRONG;
    }
    if (!is_fresh(guard, d.nonce, now_us, &id, &issued_us) ||
        !take_count(guard, id, issued_us, (uint32_t)count)) {
        *who = NULL;
        return SIP_GUARD_STALE;
    }
    return SIP_GUARD_IN;
}

static bool anybody_has(const struct sip_guard *guard, int hash)
{
    for (size_t i = 0; i < guard->count; i++)
        if (guard->users[i].ha1[hash].len > 0)
            return true;
    return false;
}

void sip_put_challenges(struct sp_buf *to, struct sip_guard *guard, uint64_t now_us, bool stale)
{
    for (int hash = SP_DIGEST_HASHES - 1; hash >= 0; hash--) {
        struct sp_digest_algorithm algorithm = { (enum sp_digest_hash)hash, false };

        if (!anybody_has(guard, hash))
            continue;
        sp_put_text(to, "WWW-Authenticate: Digest realm=");
        sip_put_quoted(to, guard->realm);
        sp_put_text(to, ", nonce=\"");
        put_nonce(to, guard, now_us, guard->serial);
        sp_put_text(to, "\", qop=\"auth,auth-int\", algorithm=");
        sp_put(to, sp_digest_algorithm_name(algorithm));
        if (stale)
            sp_put_text(to, ", stale=true");
        sp_put_text(to, "\r\n");
    }
    guard->serial++;
}

void sip_put_authentication_info(struct sp_buf *to, const struct sip_guard *guard, uint64_t now_us,
                                 const struct sip_msg *request, struct sp_slice body)
{
    struct sip_auth  auth;
    struct sp_digest d;
    char             hex[SP_DIGEST_HEX];
    uint64_t         id, issued_us;

    if (guard->realm.len == 0 || !find_credentials(guard, request, &auth) ||
        verify(guard, &auth, request, &d) == NULL || d.qop == SP_DIGEST_NO_QOP)
        return;
    d.method = sp_slice(NULL, 0); /* A2 of an answer has none */
    d.body = body;
    sp_put_text(to, d.qop == SP_DIGEST_AUTH ? "Authentication-Info: qop=auth, rspauth=\""
                                            : "Authentication-Info: qop=auth-int, rspauth=\"");
    sp_put(to, sp_digest_response(&d, hex));
    sp_put_text(to, "\", cnonce=\"");
    sp_put_value(to, d.cnonce);
    sp_put_text(to, "\", nc=");
    sp_put_value(to, d.nc);
    if (is_fresh(guard, d.nonce, now_us, &id, &issued_us) &&
        now_us - issued_us > guard->lifetime_us / 2) {
        sp_put_text(to, ", nextnonce=\"");
        put_nonce(to, guard, now_us, (uint32_t)id);
        sp_put_char(to, '"');
    }
    sp_put_text(to, "\r\n");
}
