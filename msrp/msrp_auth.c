/* SPDX-License-Identifier: MIT
 * msrp/msrp_auth.c -- Digest in MSRP: challenges, credentials and Authentication-Info. RFC 4976
 * 7, 9.1. */
#include "msrp_auth.h"

static const struct sp_set token_set = { { 0, 0x03ff6cfau, 0xc7fffffeu, 0x7fffffffu } };
/* What may stand between quotes but for the quote and the backslash. */
static const struct sp_set text_set = { { 0x00000200u, 0xfffffffbu, 0xefffffffu, 0x7fffffffu,
                                          0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu } };
/* What stands without quotes: hexadecimal and tokens, and what old relays leave bare. */
static const struct sp_set bare_set = { { 0, 0x03ffeffau, 0xefffffffu, 0x7fffffffu } };

static void skip_spaces(struct sp_scan *s)
{
    while (sp_scan_peek(s) == ' ' || sp_scan_peek(s) == '\t')
        s->at++;
}

/* quoted-string, without its quotes; what is escaped stays so (RFC 2617 1.2 hashes it as it is). */
static struct sp_slice scan_quoted(struct sp_scan *s)
{
    const char *from;

    sp_scan_char(s, '"', "quoted-string");
    from = s->at;
    for (;;) {
        (void)sp_scan_set(s, &text_set, 0, "quoted-string");
        if (!sp_scan_try(s, '\\'))
            break;
        if (sp_scan_more(s))
            s->at++;
    }
    sp_scan_char(s, '"', "quoted-string");
    return s->err == SP_OK ? sp_slice(from, (size_t)(s->at - 1 - from)) : (struct sp_slice){ 0 };
}

static struct sp_slice *place_of(struct msrp_auth *auth, struct sp_slice name)
{
    const struct {
        const char      *name;
        struct sp_slice *place;
    } places[] = {
        { "realm", &auth->realm },
        { "nonce", &auth->nonce },
        { "opaque", &auth->opaque },
        { "algorithm", &auth->algorithm },
        { "qop", &auth->qop },
        { "username", &auth->username },
        { "uri", &auth->uri },
        { "response", &auth->response },
        { "cnonce", &auth->cnonce },
        { "nc", &auth->nc },
        { "nextnonce", &auth->nextnonce },
        { "rspauth", &auth->rspauth },
    };

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (sp_eq_nocase(name, sp_str(places[i].name)))
            return places[i].place;
    return NULL;
}

/* name "=" ( token / quoted-string ) */
static void scan_param(struct sp_scan *s, struct msrp_auth *auth)
{
    struct sp_slice  name = sp_scan_set(s, &token_set, 1, "auth-param");
    struct sp_slice *place = place_of(auth, name), value;
    const char      *from = s->at;

    sp_scan_char(s, '=', "auth-param");
    value = sp_scan_peek(s) == '"' ? scan_quoted(s) : sp_scan_set(s, &bare_set, 1, "auth-param");
    if (sp_eq_nocase(name, SP_LIT("stale")))
        auth->stale = sp_eq_nocase(value, SP_LIT("true"));
    if (place == NULL)
        return;
    if (place->at != NULL)
        sp_scan_fail(s, SP_REPEATED, from - name.len, "auth-param");
    *place = value;
}

static enum sp_err params(struct sp_scan *s, struct msrp_auth *auth, struct sp_where *where)
{
    for (;;) {
        skip_spaces(s);
        scan_param(s, auth);
        skip_spaces(s);
        if (!sp_scan_try(s, ','))
            return sp_scan_end(s, where);
    }
}

enum sp_err msrp_auth_parse(struct sp_slice value, struct msrp_auth *auth, struct sp_where *where)
{
    struct sp_scan  s = sp_scan(value);
    struct sp_slice scheme = sp_scan_set(&s, &token_set, 1, "Digest");

    *auth = (struct msrp_auth){ 0 };
    sp_scan_char(&s, ' ', "Digest");
    if (s.err == SP_OK && !sp_eq_nocase(scheme, SP_LIT("Digest")))
        sp_scan_fail(&s, SP_UNSUPPORTED, scheme.at, "Digest");
    return params(&s, auth, where);
}

enum sp_err msrp_auth_info_parse(struct sp_slice value, struct msrp_auth *auth,
                                 struct sp_where *where)
{
    struct sp_scan s = sp_scan(value);

    *auth = (struct msrp_auth){ 0 };
    return params(&s, auth, where);
}

bool msrp_auth_answerable(const struct msrp_auth *challenge, struct sp_digest_algorithm *algorithm)
{
    enum sp_digest_qop qop;

    return challenge->realm.at != NULL && challenge->nonce.len > 0 &&
           sp_digest_qop_of(challenge->qop, &qop) && qop == SP_DIGEST_AUTH &&
           sp_digest_algorithm_of(challenge->algorithm, algorithm) && !algorithm->sess;
}

struct sp_slice msrp_auth_response(const struct msrp_auth *auth, enum sp_digest_hash hash,
                                   struct sp_slice ha1, struct sp_slice uri, bool rspauth,
                                   char room[SP_DIGEST_HEX])
{
    struct sp_digest digest = { .algorithm = { .hash = hash },
                                .qop = SP_DIGEST_AUTH,
                                .ha1 = ha1,
                                .nonce = auth->nonce,
                                .nc = auth->nc,
                                .cnonce = auth->cnonce,
                                .method = rspauth ? SP_LIT("") : SP_LIT("AUTH"),
                                .uri = uri };

    return sp_digest_response(&digest, room);
}

static void put_quoted(struct sp_buf *to, const char *name, struct sp_slice value)
{
    if (value.at == NULL)
        return;
    sp_put_text(to, name);
    sp_put_text(to, "=\"");
    sp_put_value(to, value);
    sp_put_char(to, '"');
}

void msrp_put_authorization(struct sp_buf *to, const struct msrp_auth *auth,
                            struct sp_slice response)
{
    sp_put_text(to, "Authorization: Digest ");
    put_quoted(to, "username", auth->username);
    put_quoted(to, ", realm", auth->realm);
    put_quoted(to, ", nonce", auth->nonce);
    put_quoted(to, ", uri", auth->uri); /* some relays refuse without it */
    put_quoted(to, ", response", response);
    if (auth->algorithm.len > 0) {
        sp_put_text(to, ", algorithm=");
        sp_put_value(to, auth->algorithm);
    }
    put_quoted(to, ", cnonce", auth->cnonce);
    put_quoted(to, ", opaque", auth->opaque);
    sp_put_text(to, ", qop=auth, nc=");
    sp_put_value(to, auth->nc);
    sp_put_text(to, "\r\n");
}
