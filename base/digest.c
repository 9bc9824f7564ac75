/* SPDX-License-Identifier: MIT
 * base/digest.c -- Digest: what is hashed, and how. RFC 3261 22.4, RFC 7616 3.4, RFC 8760. */
#include "digest.h"

#include "md5.h"
#include "sha256.h"
#include "sha512_256.h"

static const struct {
    const char         *name;
    enum sp_digest_hash hash;
    bool                sess;
} algorithms[] = {
    { "MD5", SP_DIGEST_MD5, false },
    { "MD5-sess", SP_DIGEST_MD5, true },
    { "SHA-256", SP_DIGEST_SHA_256, false },
    { "SHA-256-sess", SP_DIGEST_SHA_256, true },
    { "SHA-512-256", SP_DIGEST_SHA_512_256, false },
    { "SHA-512-256-sess", SP_DIGEST_SHA_512_256, true },
};

enum { ALGORITHMS = sizeof(algorithms) / sizeof(algorithms[0]) };

/* One hash under way. */
struct hasher {
    enum sp_digest_hash hash;
    union {
        struct sp_md5        md5;
        struct sp_sha256     sha256;
        struct sp_sha512_256 sha512_256;
    } state;
};

static struct hasher begin(enum sp_digest_hash hash)
{
    struct hasher h;

    h.hash = hash;
    switch (hash) {
    case SP_DIGEST_SHA_256: sp_sha256_init(&h.state.sha256); break;
    case SP_DIGEST_SHA_512_256: sp_sha512_256_init(&h.state.sha512_256); break;
    default: sp_md5_init(&h.state.md5); break;
    }
    return h;
}

static void add(struct hasher *h, struct sp_slice octets)
{
    switch (h->hash) {
    case SP_DIGEST_SHA_256: sp_sha256_add(&h->state.sha256, octets); break;
    case SP_DIGEST_SHA_512_256: sp_sha512_256_add(&h->state.sha512_256, octets); break;
    default: sp_md5_add(&h->state.md5, octets); break;
    }
}

static void add_colon(struct hasher *h, struct sp_slice octets)
{
    add(h, SP_LIT(":"));
    add(h, octets);
}

static struct sp_slice end(struct hasher *h, char room[SP_DIGEST_HEX])
{
    uint8_t       digest[SP_SHA256_OCTETS];
    size_t        octets = SP_SHA256_OCTETS;
    struct sp_buf to = sp_buf(room, SP_DIGEST_HEX);

    switch (h->hash) {
    case SP_DIGEST_SHA_256: sp_sha256_end(&h->state.sha256, digest); break;
    case SP_DIGEST_SHA_512_256: sp_sha512_256_end(&h->state.sha512_256, digest); break;
    default:
        sp_md5_end(&h->state.md5, digest);
        octets = SP_MD5_OCTETS;
        break;
    }
    sp_put_hex(&to, sp_slice(digest, octets), false, '\0');
    return sp_written(&to);
}

static struct sp_slice bare(struct sp_slice token)
{
    if (token.len >= 2 && token.at[0] == '"' && token.at[token.len - 1] == '"')
        return sp_slice(token.at + 1, token.len - 2);
    return token;
}

bool sp_digest_algorithm_of(struct sp_slice token, struct sp_digest_algorithm *algorithm)
{
    token = bare(token);
    if (token.len == 0)
        token = SP_LIT("MD5");
    for (int i = 0; i < ALGORITHMS; i++)
        if (sp_eq_nocase(token, sp_str(algorithms[i].name))) {
            algorithm->hash = algorithms[i].hash;
            algorithm->sess = algorithms[i].sess;
            return true;
        }
    return false;
}

struct sp_slice sp_digest_algorithm_name(struct sp_digest_algorithm algorithm)
{
    return sp_str(algorithms[2 * algorithm.hash + (algorithm.sess ? 1 : 0)].name);
}

bool sp_digest_qop_of(struct sp_slice list, enum sp_digest_qop *qop)
{
    bool auth = false, auth_int = false;

    list = bare(list);
    *qop = SP_DIGEST_NO_QOP;
    if (sp_trim(list).len == 0)
        return true;
    while (list.len > 0) {
        size_t          comma = sp_find(list, ',');
        struct sp_slice one = sp_trim(sp_head(list, comma));

        auth = auth || sp_eq_nocase(one, SP_LIT("auth"));
        auth_int = auth_int || sp_eq_nocase(one, SP_LIT("auth-int"));
        list = sp_from(list, comma + 1);
    }
    if (auth)
        *qop = SP_DIGEST_AUTH;
    else if (auth_int)
        *qop = SP_DIGEST_AUTH_INT;
    return auth || auth_int;
}

struct sp_slice sp_digest_ha1(enum sp_digest_hash hash, struct sp_slice username,
                              struct sp_slice realm, struct sp_slice password,
                              char room[SP_DIGEST_HEX])
{
    struct hasher h = begin(hash);

    add(&h, username);
    add_colon(&h, realm);
    add_colon(&h, password);
    return end(&h, room);
}

struct sp_slice sp_digest_userhash(enum sp_digest_hash hash, struct sp_slice username,
                                   struct sp_slice realm, char room[SP_DIGEST_HEX])
{
    struct hasher h = begin(hash);

    add(&h, username);
    add_colon(&h, realm);
    return end(&h, room);
}

/* H(A2): RFC 7616 3.4.3. */
static struct sp_slice ha2_of(const struct sp_digest *digest, char room[SP_DIGEST_HEX])
{
    struct hasher h = begin(digest->algorithm.hash), body;
    char          hex[SP_DIGEST_HEX];

    add(&h, digest->method);
    add_colon(&h, digest->uri);
    if (digest->qop == SP_DIGEST_AUTH_INT) {
        body = begin(digest->algorithm.hash);
        add(&body, digest->body);
        add_colon(&h, end(&body, hex));
    }
    return end(&h, room);
}

struct sp_slice sp_digest_response(const struct sp_digest *digest, char room[SP_DIGEST_HEX])
{
    char            ha1_room[SP_DIGEST_HEX], ha2_room[SP_DIGEST_HEX];
    struct sp_slice ha1 = digest->ha1;
    struct hasher   h;

    if (digest->algorithm.sess) { /* 3.4.2 */
        h = begin(digest->algorithm.hash);
        add(&h, ha1);
        add_colon(&h, digest->nonce);
        add_colon(&h, digest->cnonce);
        ha1 = end(&h, ha1_room);
    }
    h = begin(digest->algorithm.hash);
    add(&h, ha1);
    add_colon(&h, digest->nonce);
    if (digest->qop != SP_DIGEST_NO_QOP) {
        add_colon(&h, digest->nc);
        add_colon(&h, digest->cnonce);
        add_colon(&h, digest->qop == SP_DIGEST_AUTH ? SP_LIT("auth") : SP_LIT("auth-int"));
    }
    add_colon(&h, ha2_of(digest, ha2_room));
    return end(&h, room);
}

bool sp_digest_same(struct sp_slice a, struct sp_slice b)
{
    unsigned differs = 0;

    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        differs |= (unsigned)(unsigned char)sp_lower(a.at[i]) ^
                   (unsigned)(unsigned char)sp_lower(b.at[i]);
    return differs == 0;
}
