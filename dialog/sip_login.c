/* SPDX-License-Identifier: MIT
 * dialog/sip_login.c -- Digest as a client. RFC 3261 22.2, 22.3; RFC 7616 3.4; RFC 8760 2.4. */
#include "sip_login.h"

#include <string.h>

#include "../parser/sip_auth.h"
#include "../parser/sip_write.h"
#include "sip_texts.h"

enum {
    TRIES = 6, /* rounds of challenges: a server and some proxies, each stale once */
    COUNT_CHARS = 8,
    CNONCE_CHARS = 16,
    VALUE_AT = 1 + COUNT_CHARS + CNONCE_CHARS, /* in a line */
    NAME_OCTETS = 1024                         /* a realm or nonce without quotes and escapes */
};

/* What a challenge says. */
struct challenge {
    struct sp_slice            realm, nonce, opaque, algorithm; /* as they came, quotes included */
    struct sp_digest_algorithm how;
    enum sp_digest_qop         qop;
    bool                       stale, userhash;
};

static bool read_challenge(struct sp_slice value, struct challenge *c)
{
    struct sip_auth auth;
    struct sp_where where;

    if (sip_auth_parse(value, &auth, &where) != SP_OK || !sip_auth_is(&auth, "Digest"))
        return false;
    c->realm = sip_auth_value(&auth, "realm");
    c->nonce = sip_auth_value(&auth, "nonce");
    c->opaque = sip_auth_value(&auth, "opaque");
    c->algorithm = sip_auth_value(&auth, "algorithm");
    c->stale = sp_eq_nocase(sip_auth_value(&auth, "stale"), SP_LIT("true")) ||
               sp_eq_nocase(sip_auth_value(&auth, "stale"), SP_LIT("\"true\""));
    c->userhash = sp_eq_nocase(sip_auth_value(&auth, "userhash"), SP_LIT("true"));
    return c->realm.len > 0 && c->nonce.len > 0 && sp_digest_algorithm_of(c->algorithm, &c->how) &&
           sp_digest_qop_of(sip_auth_value(&auth, "qop"), &c->qop);
}

static struct sp_slice unquoted(struct sp_slice value, char room[NAME_OCTETS])
{
    struct sp_buf to = sp_buf(room, NAME_OCTETS);

    sip_put_unquoted(&to, value);
    return sp_written(&to);
}

/* The login for a realm, or NULL. */
static const struct sip_login *login_of(const struct sip_login_room *room, struct sp_slice quoted)
{
    char                    name[NAME_OCTETS];
    struct sp_slice         realm = unquoted(quoted, name);
    const struct sip_login *any = NULL;

    for (uint32_t i = 0; i < room->count; i++) {
        if (room->logins[i].realm.len == 0)
            any = &room->logins[i];
        else if (sp_eq(room->logins[i].realm, realm))
            return &room->logins[i];
    }
    return any;
}

static struct sp_slice next_line(struct sp_slice *rest)
{
    size_t          end = sp_find(*rest, '\n');
    struct sp_slice line = sp_head(*rest, end);

    *rest = sp_from(*rest, end + 1);
    return line;
}

/* The line of this kind and realm, or an empty one. */
static struct sp_slice find_line(struct sp_slice lines, char kind, struct sp_slice realm)
{
    while (lines.len > 0) {
        struct sp_slice  line = next_line(&lines);
        struct challenge c;

        if (line.at[0] == kind && read_challenge(sp_from(line, VALUE_AT), &c) &&
            sp_eq(c.realm, realm))
            return line;
    }
    return sp_slice(NULL, 0);
}

static void put_line(struct sp_buf *to, char kind, struct sp_slice value,
                     const struct sip_login_room *room)
{
    sp_put_char(to, kind);
    sp_put_text(to, "00000000");
    sp_put_token(to, room->ident, CNONCE_CHARS);
    sip_put_unfolded(to, value);
    sp_put_char(to, '\n');
}

/* The new lines out of the fields of one kind. False: credentials that we gave were refused. */
static bool put_new(struct sp_buf *to, struct sp_slice old, const struct sip_msg *response,
                    enum sip_field_id id, char kind, const struct sip_login_room *room)
{
    const struct sip_field *field = sip_msg_find(response, id);

    for (; field != NULL; field = sip_msg_find_next(response, field)) {
        struct challenge c;
        struct sp_slice  before;

        /* 8760-2.4-2: what is not understood is as if it were not there */
        if (!read_challenge(field->value, &c) || login_of(room, c.realm) == NULL)
            continue;
        if (find_line(sp_slice(to->at, to->len), kind, c.realm).len > 0)
            continue; /* 8760-2.4-1: the topmost of a realm */
        before = find_line(old, kind, c.realm);
        if (before.len > 0 && !c.stale)
            return false;
        put_line(to, kind, field->value, room);
    }
    return true;
}

enum sp_err sip_challenges_take(struct sip_challenges       *challenges,
                                const struct sip_login_room *room, const struct sip_msg *response)
{
    struct sp_buf          to = sp_buf(room->text, room->most);
    struct sp_slice        old = challenges->lines, rest = old, lines;
    struct sp_slice *const texts[] = { &lines };
    void                  *block;
    enum sp_err            err;

    if (++challenges->tries > TRIES)
        return SP_REFUSED;
    if (!put_new(&to, old, response, SIP_FIELD_WWW_AUTHENTICATE, 'W', room) ||
        !put_new(&to, old, response, SIP_FIELD_PROXY_AUTHENTICATE, 'P', room))
        return SP_REFUSED;
    if (to.err == SP_OK && to.len == 0)
        return SP_UNSUPPORTED;
    /* Those of other realms stay: every proxy on the way wants its own (22.3). */
    while (rest.len > 0) {
        struct sp_slice  line = next_line(&rest);
        struct challenge c;

        if (to.err == SP_OK && read_challenge(sp_from(line, VALUE_AT), &c) &&
            find_line(sp_slice(to.at, to.len), line.at[0], c.realm).len == 0) {
            sp_put(&to, line);
            sp_put_char(&to, '\n');
        }
    }
    lines = sp_written(&to);
    err = to.err == SP_OK ? sip_texts_move(room->store, room->most, texts, 1, &block) : SP_LIMIT;
    if (err != SP_OK)
        return err;
    sp_store_give(room->store, challenges->block);
    challenges->block = block;
    challenges->lines = lines;
    return SP_OK;
}

/* Lines of one kind. */
static int lines_of(struct sp_slice lines, char kind)
{
    int count = 0;

    while (lines.len > 0)
        count += next_line(&lines).at[0] == kind;
    return count;
}

/* The nextnonce for challenges of a kind, with its quotes; empty: none, or it is not clear for
 * which of several. */
static struct sp_slice next_nonce(const struct sip_challenges *challenges,
                                  const struct sip_msg *response, char kind)
{
    const struct sip_field *field = sip_msg_find_name(
        response,
        kind == 'W' ? SP_LIT("Authentication-Info") : SP_LIT("Proxy-Authentication-Info"));
    struct sip_auth info;
    struct sp_where where;
    struct sp_slice nonce = { NULL, 0 };

    if (field == NULL || lines_of(challenges->lines, kind) != 1 ||
        sip_auth_info_parse(field->value, &info, &where) != SP_OK)
        return nonce;
    nonce = sip_auth_value(&info, "nextnonce");
    return nonce.len > 2 && nonce.at[0] == '"' ? nonce : sp_slice(NULL, 0);
}

/* The challenge with another nonce in it. */
static void put_renewed(struct sp_buf *to, struct sp_slice line, struct sp_slice nonce,
                        const struct sip_login_room *room)
{
    struct sp_slice  value = sp_from(line, VALUE_AT);
    struct challenge c;

    if (nonce.len == 0 || !read_challenge(value, &c)) {
        sp_put(to, line);
        sp_put_char(to, '\n');
        return;
    }
    sp_put_char(to, line.at[0]);
    sp_put_text(to, "00000000");
    sp_put_token(to, room->ident, CNONCE_CHARS);
    sp_put(to, sp_head(value, (size_t)(c.nonce.at - value.at)));
    sip_put_unfolded(to, nonce);
    sp_put(to, sp_from(value, (size_t)(c.nonce.at + c.nonce.len - value.at)));
    sp_put_char(to, '\n');
}

void sip_challenges_next(struct sip_challenges *challenges, const struct sip_login_room *room,
                         const struct sip_msg *response)
{
    struct sp_buf          to = sp_buf(room->text, room->most);
    struct sp_slice        server = next_nonce(challenges, response, 'W');
    struct sp_slice        proxy = next_nonce(challenges, response, 'P');
    struct sp_slice        rest = challenges->lines, lines;
    struct sp_slice *const texts[] = { &lines };
    void                  *block;

    if (server.len == 0 && proxy.len == 0)
        return;
    while (rest.len > 0) {
        struct sp_slice line = next_line(&rest);

        put_renewed(&to, line, line.at[0] == 'W' ? server : proxy, room);
    }
    lines = sp_written(&to);
    if (to.err != SP_OK || sip_texts_move(room->store, room->most, texts, 1, &block) != SP_OK)
        return;
    sp_store_give(room->store, challenges->block);
    challenges->block = block;
    challenges->lines = lines;
}

/* One more: the nonce count of a line, which is eight hexadecimal digits (7616-3.5-9). */
static void count(char digits[COUNT_CHARS])
{
    for (int i = COUNT_CHARS - 1; i >= 0; i--) {
        digits[i] = digits[i] == '9' ? 'a' : (char)(digits[i] + 1);
        if (digits[i] <= 'f')
            return;
        digits[i] = '0';
    }
}

static void put_quoted(struct sp_buf *to, const char *name, struct sp_slice value)
{
    sp_put_text(to, name);
    sp_put_value(to, value);
    sp_put_char(to, '"');
}

/* 7616-3.4-5, 7616-3.4-6: which values stand in quotes, and which do not. */
static void put_answer(struct sp_buf *to, const struct challenge *c, const struct sp_digest *d,
                       const struct sip_login *login, struct sp_slice realm)
{
    char hex[SP_DIGEST_HEX];

    sp_put_text(to, "Digest username=");
    if (c->userhash)
        sip_put_quoted(to, sp_digest_userhash(d->algorithm.hash, login->username, realm, hex));
    else
        sip_put_quoted(to, login->username);
    sp_put_text(to, ", realm=");
    sp_put_value(to, c->realm);
    sp_put_text(to, ", nonce=");
    sp_put_value(to, c->nonce);
    put_quoted(to, ", uri=\"", d->uri);
    put_quoted(to, ", response=\"", sp_digest_response(d, hex));
    if (c->algorithm.len > 0) {
        sp_put_text(to, ", algorithm=");
        sp_put(to, sp_digest_algorithm_name(d->algorithm));
    }
    if (d->qop != SP_DIGEST_NO_QOP || d->algorithm.sess)
        put_quoted(to, ", cnonce=\"", d->cnonce);
    if (d->qop != SP_DIGEST_NO_QOP) {
        sp_put_text(to, d->qop == SP_DIGEST_AUTH ? ", qop=auth, nc=" : ", qop=auth-int, nc=");
        sp_put(to, d->nc);
    }
    if (c->opaque.len > 0) {
        sp_put_text(to, ", opaque=");
        sp_put_value(to, c->opaque);
    }
    if (c->userhash)
        sp_put_text(to, ", userhash=true");
}

static void put_line_answer(struct sp_buf *to, char *line, struct sp_slice value,
                            const struct sip_login_room *room, struct sp_digest *d)
{
    char                    ha1[SP_DIGEST_HEX], realm_room[NAME_OCTETS], nonce_room[NAME_OCTETS];
    struct challenge        c;
    struct sp_slice         realm;
    const struct sip_login *login;

    if (!read_challenge(value, &c))
        return;
    login = login_of(room, c.realm);
    if (login == NULL)
        return;
    realm = unquoted(c.realm, realm_room);
    count(line + 1);
    d->algorithm = c.how;
    d->qop = c.qop;
    d->ha1 = sp_digest_ha1(c.how.hash, login->username, realm, login->password, ha1);
    d->nonce = unquoted(c.nonce, nonce_room);
    d->nc = sp_slice(line + 1, COUNT_CHARS);
    d->cnonce = sp_slice(line + 1 + COUNT_CHARS, CNONCE_CHARS);
    sp_put(to, sip_field_name(line[0] == 'W' ? SIP_FIELD_AUTHORIZATION
                                             : SIP_FIELD_PROXY_AUTHORIZATION));
    sp_put_text(to, ": ");
    put_answer(to, &c, d, login, realm);
    sp_put_text(to, "\r\n");
}

void sip_put_credentials(struct sp_buf *to, struct sip_challenges *challenges,
                         const struct sip_login_room *room, struct sp_slice method,
                         struct sp_slice uri, struct sp_slice body)
{
    struct sp_digest d = { .method = method, .uri = uri, .body = body };
    struct sp_slice  rest = challenges->lines;
    char            *line = challenges->block;

    while (rest.len > 0) {
        struct sp_slice one = next_line(&rest);

        put_line_answer(to, line, sp_from(one, VALUE_AT), room, &d);
        line += one.len + 1;
    }
}

void sip_challenges_keep(struct sip_challenges *to, struct sip_challenges *from,
                         struct sp_store *store)
{
    sip_challenges_free(to, store);
    *to = *from;
    to->tries = 0;
    memset(from, 0, sizeof(*from));
}

void sip_challenges_free(struct sip_challenges *challenges, struct sp_store *store)
{
    sp_store_give(store, challenges->block);
    memset(challenges, 0, sizeof(*challenges));
}
