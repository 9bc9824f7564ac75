/* SPDX-License-Identifier: MIT
 * msrp/msrp_relay_auth.c -- who may have a URI of ours, and for how long. RFC 4976 6.3, 9.1.
 *
 * A nonce is a time, a number and a keyed hash of both and of the connection: it is checked without
 * being kept, but for one bit that says that it was used. So nothing that was overheard can be said
 * again, and nobody who asks costs memory. */
#include "msrp_relay_core.h"

#include <string.h>

enum { TIME_CHARS = 16, SERIAL_CHARS = 8, STAMP_CHARS = 24, NONCE_CHARS = 40 };

/* ---- nonces ---- */

static void put_hex(struct sp_buf *to, uint64_t number, int chars)
{
    for (int shift = 4 * (chars - 1); shift >= 0; shift -= 4)
        sp_put_char(to, "0123456789abcdef"[number >> shift & 15]);
}

static bool read_hex(struct sp_slice digits, uint64_t *number)
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

static uint64_t seal(const struct msrp_relay *relay, const struct msrp_hop *hop,
                     struct sp_slice stamp)
{
    const struct sp_slice parts[] = { SP_LIT("nonce"), stamp,
                                      sp_slice(&hop->flow.id, sizeof hop->flow.id) };

    return sp_table_hash(&relay->ids, parts, 3);
}

static void put_nonce(struct msrp_relay *relay, const struct msrp_hop *hop, struct sp_buf *to)
{
    uint32_t bit = relay->serial % MSRP_NONCES;
    size_t   from = to->len;

    relay->used[bit / 8] &= (uint8_t) ~(1u << bit % 8);
    put_hex(to, relay->now_us, TIME_CHARS);
    put_hex(to, relay->serial++, SERIAL_CHARS);
    if (to->err == SP_OK)
        put_hex(to, seal(relay, hop, sp_slice(to->at + from, STAMP_CHARS)), 16);
}

/* One of ours, for this connection; `fresh`: not too old, not used. */
static bool is_ours(const struct msrp_relay *relay, const struct msrp_hop *hop,
                    struct sp_slice nonce, bool *fresh, uint32_t *bit)
{
    uint64_t sealed, issued_us, serial;

    if (nonce.len != NONCE_CHARS || !read_hex(sp_from(nonce, STAMP_CHARS), &sealed) ||
        sealed != seal(relay, hop, sp_head(nonce, STAMP_CHARS)) ||
        !read_hex(sp_head(nonce, TIME_CHARS), &issued_us) ||
        !read_hex(sp_head(sp_from(nonce, TIME_CHARS), SERIAL_CHARS), &serial))
        return false;
    *bit = (uint32_t)serial % MSRP_NONCES;
    *fresh = relay->now_us - issued_us <= MSRP_NONCE_US &&
             relay->serial - (uint32_t)serial <= MSRP_NONCES &&
             (relay->used[*bit / 8] >> *bit % 8 & 1) == 0;
    return true;
}

/* ---- grants ---- */

bool msrp_relay_is_us(const struct msrp_relay *relay, const struct msrp_hop *hop,
                      const struct msrp_uri *uri)
{
    struct sp_addr addr;

    if (uri->port != 0 && uri->port != hop->flow.local.port)
        return false;
    if (relay->rules.host.len > 0 && sp_eq_nocase(uri->host, relay->rules.host))
        return true;
    return sp_addr_parse(uri->host, &addr) == SP_OK && sp_addr_eq_host(&addr, &hop->flow.local);
}

struct msrp_grant *msrp_grant_find(struct msrp_relay *relay, struct sp_slice octets)
{
    struct sp_table_link *link;
    struct msrp_uri       uri;
    struct sp_where       where;

    if (msrp_uri_parse(octets, &uri, &where) != SP_OK || uri.session_id.len == 0)
        return NULL;
    link = sp_table_first(&relay->ids, sp_table_hash(&relay->ids, &uri.session_id, 1));
    for (; link != NULL; link = sp_table_next(link)) {
        struct msrp_grant *grant = SP_OF(link, struct msrp_grant, by_id);

        if (msrp_uri_eq(&grant->parsed, &uri))
            return grant;
    }
    return NULL;
}

void msrp_grant_peer(struct msrp_relay *relay, struct msrp_grant *grant, struct msrp_hop *hop,
                     uint64_t hash)
{
    struct msrp_hop *before = sp_pool_find(&relay->hops, grant->peer);

    grant->peer_hash = hash;
    if (before == hop)
        return;
    grant->peer = hop != NULL ? sp_pool_handle(&relay->hops, hop) : (struct sp_handle){ 0 };
    if (hop != NULL)
        hop->peers++;
    if (before == NULL)
        return;
    before->peers--;
    msrp_hop_settle(relay, before);
}

void msrp_grant_free(struct msrp_relay *relay, struct msrp_grant *grant)
{
    struct msrp_hop *hop = grant->hop;
    struct sp_link  *link;

    while ((link = sp_list_first(&grant->lanes)) != NULL) {
        struct msrp_lane *lane = SP_OF(link, struct msrp_lane, of_grant);

        if (lane->to_client) {
            msrp_lane_fail(relay, lane, 481);
            continue;
        }
        /* What was taken from the client is handed on. */
        sp_list_remove(&lane->of_grant);
        lane->grant = NULL;
    }
    sp_timer_stop(&relay->timers, &grant->timer);
    sp_table_remove(&relay->ids, &grant->by_id);
    sp_list_remove(&grant->of_hop);
    sp_store_give(&relay->store, grant->text);
    relay->user_grants[grant->user]--;
    msrp_grant_peer(relay, grant, NULL, 0);
    sp_pool_give(&relay->grants, grant);
    msrp_hop_settle(relay, hop);
}

/* The URI of the same session, to be renewed: same user, same way, same connection. */
static struct msrp_grant *known(const struct msrp_hop *hop, uint32_t user)
{
    struct sp_link *link = sp_list_first(&hop->grants);

    for (; link != NULL; link = sp_list_after(&hop->grants, link)) {
        struct msrp_grant *grant = SP_OF(link, struct msrp_grant, of_hop);

        if (grant->user == user && sp_eq(grant->from_path, hop->head.from_path))
            return grant;
    }
    return NULL;
}

static void put_uri(struct msrp_relay *relay, const struct msrp_hop *hop, struct sp_buf *to)
{
    sp_put_text(to, "msrp://");
    if (relay->rules.host.len > 0) {
        sp_put_value(to, relay->rules.host);
        sp_put_char(to, ':');
        sp_put_u64(to, hop->flow.local.port);
    } else {
        sp_put_host_port(to, &hop->flow.local);
    }
    sp_put_char(to, '/');
    sp_put_token(to, &relay->ident, MSRP_TOKEN_CHARS);
    sp_put_text(to, ";tcp");
}

/* NULL: too many, of the user or in all. */
static struct msrp_grant *new_grant(struct msrp_relay *relay, struct msrp_hop *hop, uint32_t user)
{
    struct sp_slice    from_path = hop->head.from_path;
    size_t             uri_octets = relay->rules.host.len + MSRP_TOKEN_CHARS + 80;
    struct msrp_grant *grant;
    struct sp_buf      text;
    struct sp_where    where;

    if (relay->user_grants[user] >= relay->limits.relay_user_grants)
        return NULL;
    grant = sp_pool_take(&relay->grants);
    if (grant == NULL)
        return NULL;
    text = sp_buf(sp_store_take(&relay->store, uri_octets + from_path.len),
                  uri_octets + from_path.len);
    if (text.at == NULL) {
        sp_pool_give(&relay->grants, grant);
        return NULL;
    }
    grant->text = text.at;
    put_uri(relay, hop, &text);
    grant->uri = sp_written(&text);
    sp_put(&text, from_path);
    grant->from_path = sp_slice(text.at + grant->uri.len, from_path.len);
    if (text.err != SP_OK || msrp_uri_parse(grant->uri, &grant->parsed, &where) != SP_OK) {
        sp_store_give(&relay->store, grant->text);
        sp_pool_give(&relay->grants, grant);
        return NULL;
    }
    grant->hop = hop;
    grant->user = user;
    grant->timer.name = MSRP_TIMER_GRANT;
    grant->timer.owner = grant;
    relay->user_grants[user]++;
    sp_list_init(&grant->lanes);
    sp_list_add(&hop->grants, &grant->of_hop);
    sp_table_add(&relay->ids, &grant->by_id,
                 sp_table_hash(&relay->ids, &grant->parsed.session_id, 1));
    return grant;
}

/* ---- responses ---- */

static void put_start(const struct msrp_hop *hop, uint16_t status, struct sp_buf *to)
{
    sp_put_text(to, "MSRP ");
    sp_put(to, hop->head.id);
    sp_put_char(to, ' ');
    sp_put_u64(to, status);
    sp_put_char(to, ' ');
    sp_put_text(to, msrp_status_words(status));
    sp_put_text(to, "\r\nTo-Path: ");
    sp_put(to, hop->head.from_path);
    sp_put_text(to, "\r\nFrom-Path: ");
    sp_put(to, msrp_path_last(hop->head.to_path));
    sp_put_text(to, "\r\n");
}

/* 4976 9.1: qop auth alone, no domain, no MD5-sess. */
static void put_challenge(struct msrp_relay *relay, const struct msrp_hop *hop, bool stale,
                          struct sp_buf *to)
{
    put_start(hop, 401, to);
    sp_put_text(to, "WWW-Authenticate: Digest realm=\"");
    sp_put_value(to, relay->rules.realm);
    sp_put_text(to, "\", qop=\"auth\", nonce=\"");
    put_nonce(relay, hop, to);
    sp_put_text(to, stale ? "\", stale=true\r\n" : "\"\r\n");
    msrp_put_end_line(to, hop->head.id, '$');
}

/* The URIs in the order of a To-Path: From-Path from its end, without the client's own (5.1). */
static void put_use_path(const struct msrp_hop *hop, const struct msrp_grant *grant,
                         struct sp_buf *to)
{
    struct sp_slice rest = hop->head.from_path;
    struct sp_slice client = msrp_path_last(rest);

    sp_put_text(to, "Use-Path: ");
    while (rest.len > client.len) {
        struct sp_slice one;

        rest = sp_head(rest, rest.len - msrp_path_last(rest).len - 1);
        one = msrp_path_last(rest);
        sp_put_value(to, one);
        sp_put_char(to, ' ');
        if (one.len == rest.len)
            break;
    }
    sp_put_value(to, grant->uri);
    sp_put_text(to, "\r\n");
}

static void put_granted(struct msrp_relay *relay, const struct msrp_hop *hop,
                        const struct msrp_grant *grant, const struct msrp_auth *auth,
                        uint32_t expires_s, struct sp_buf *to)
{
    struct sp_slice ha1 = relay->rules.users[grant->user].ha1;
    char            hex[SP_DIGEST_HEX];

    put_start(hop, 200, to);
    put_use_path(hop, grant, to);
    sp_put_text(to, "Expires: ");
    sp_put_u64(to, expires_s);
    sp_put_text(to, "\r\nAuthentication-Info: nextnonce=\"");
    put_nonce(relay, hop, to);
    sp_put_text(to, "\", rspauth=\"");
    sp_put(to, msrp_auth_response(auth, SP_DIGEST_MD5, ha1, msrp_path_last(hop->head.to_path), true,
                                  hex));
    sp_put_text(to, "\", cnonce=\"");
    sp_put_value(to, auth->cnonce);
    sp_put_text(to, "\", nc=");
    sp_put_value(to, auth->nc);
    sp_put_text(to, ", qop=auth\r\n");
    msrp_put_end_line(to, hop->head.id, '$');
}

static void put_refusal(const struct msrp_hop *hop, uint16_t status, const char *field,
                        uint32_t value, struct sp_buf *to)
{
    put_start(hop, status, to);
    if (field != NULL) {
        sp_put_text(to, field);
        sp_put_u64(to, value);
        sp_put_text(to, "\r\n");
    }
    msrp_put_end_line(to, hop->head.id, '$');
}

/* ---- AUTH ---- */

enum verdict { IN, STALE, NO_CREDENTIALS, WRONG };

static bool find_user(const struct msrp_relay *relay, struct sp_slice name, uint32_t *user)
{
    for (size_t i = 0; i < relay->rules.count; i++)
        if (sp_eq(relay->rules.users[i].name, name)) {
            *user = (uint32_t)i;
            return true;
        }
    return false;
}

/* Whose credentials are these, and are they right, once? The URI that counts is the rightmost of
 * To-Path, whatever the parameter says (9.1). */
static enum verdict verify(struct msrp_relay *relay, const struct msrp_hop *hop,
                           struct msrp_auth *auth, uint32_t *user)
{
    struct sp_digest_algorithm algorithm;
    char                       hex[SP_DIGEST_HEX];
    struct sp_where            where;
    struct sp_slice            uri = msrp_path_last(hop->head.to_path);
    bool                       fresh = false;
    uint32_t                   bit = 0;

    *auth = (struct msrp_auth){ 0 };
    if (hop->head.credentials.len == 0)
        return NO_CREDENTIALS;
    if (msrp_auth_parse(hop->head.credentials, auth, &where) != SP_OK ||
        !sp_eq(auth->realm, relay->rules.realm) || !sp_eq_nocase(auth->qop, SP_LIT("auth")) ||
        auth->cnonce.len == 0 || auth->nc.len != 8 ||
        !sp_digest_algorithm_of(auth->algorithm, &algorithm) || algorithm.sess ||
        algorithm.hash != SP_DIGEST_MD5 || !find_user(relay, auth->username, user))
        return WRONG;
    if (auth->uri.len > 0 && !sp_eq(auth->uri, uri))
        return WRONG;
    if (!sp_digest_same(auth->response,
                        msrp_auth_response(auth, SP_DIGEST_MD5, relay->rules.users[*user].ha1, uri,
                                           false, hex)))
        return WRONG;
    if (!is_ours(relay, hop, auth->nonce, &fresh, &bit) || !fresh ||
        !sp_eq(auth->nc, SP_LIT("00000001")))
        return STALE;
    relay->used[bit / 8] |= (uint8_t)(1u << bit % 8);
    return IN;
}

/* 127.0.0.0/8 and ::1 */
static bool is_loopback(const struct sp_addr *addr)
{
    static const uint8_t one[16] = { [15] = 1 };

    return addr->family == SP_IPV4 ? addr->octets[0] == 127
                                   : memcmp(addr->octets, one, sizeof one) == 0;
}

/* Wrong again and again: the connection ends. One that leads to another relay does not (6.3). */
static void count_failure(struct msrp_relay *relay, struct msrp_hop *hop)
{
    relay->counters.denied++;
    if (msrp_path_first(hop->head.from_path).len < hop->head.from_path.len)
        return;
    if (++hop->failures >= MSRP_FAILURES)
        hop->close_after = true;
}

static enum msrp_step deny(struct msrp_relay *relay, struct msrp_hop *hop,
                           const struct msrp_auth *auth, uint16_t status,
                           struct msrp_relay_action *action)
{
    count_failure(relay, hop);
    action->kind = MSRP_RELAY_DENIED;
    action->flow = hop->flow;
    action->user = auth->username;
    action->status = status;
    return MSRP_STEP_ACTION;
}

/* The seconds that the URI gets; 0: those asked for are out of bounds, and that was said. */
static uint32_t bounded(const struct msrp_relay *relay, const struct msrp_hop *hop,
                        struct sp_buf *to)
{
    uint32_t least = relay->rules.expires_least_s, most = relay->rules.expires_most_s;
    uint64_t asked = hop->head.expires;

    if (asked == MSRP_UNKNOWN)
        return most;
    if (asked < least)
        put_refusal(hop, 423, "Min-Expires: ", least, to);
    else if (asked > most)
        put_refusal(hop, 423, "Max-Expires: ", most, to);
    else
        return (uint32_t)asked;
    return 0;
}

static enum msrp_step grant_to(struct msrp_relay *relay, struct msrp_hop *hop, uint32_t user,
                               const struct msrp_auth *auth, struct sp_buf *to,
                               struct msrp_relay_action *action)
{
    uint32_t           expires_s = bounded(relay, hop, to);
    struct msrp_grant *grant;

    if (expires_s == 0)
        return MSRP_STEP_AGAIN;
    grant = known(hop, user);
    if (grant == NULL)
        grant = new_grant(relay, hop, user);
    if (grant == NULL) {
        put_refusal(hop, 403, NULL, 0, to);
        return deny(relay, hop, auth, 403, action);
    }
    sp_timer_start(&relay->timers, &grant->timer,
                   relay->now_us + (uint64_t)expires_s * UINT64_C(1000000));
    put_granted(relay, hop, grant, auth, expires_s, to);
    hop->failures = 0;
    msrp_hop_prove(relay, hop);
    relay->counters.granted++;
    action->kind = MSRP_RELAY_GRANTED;
    action->flow = hop->flow;
    action->user = relay->rules.users[user].name;
    action->uri = grant->uri;
    action->expires_s = expires_s;
    return MSRP_STEP_ACTION;
}

enum msrp_step msrp_relay_auth(struct msrp_relay *relay, struct msrp_hop *hop,
                               struct msrp_relay_action *action)
{
    struct sp_buf   *to = msrp_relay_say(relay, hop);
    struct msrp_auth auth = { 0 };
    uint32_t         user = 0;

    if (to == NULL)
        return MSRP_STEP_FLUSH;
    /* DEVIATES RFC 4976 8, 9.2: TLS is put in front by another program, so AUTH comes over TCP. */
    if (!relay->rules.anywhere && !is_loopback(&hop->flow.remote)) {
        put_refusal(hop, 403, NULL, 0, to);
        return deny(relay, hop, &auth, 403, action);
    }
    switch (verify(relay, hop, &auth, &user)) {
    case IN: return grant_to(relay, hop, user, &auth, to, action);
    case STALE: put_challenge(relay, hop, true, to); return MSRP_STEP_AGAIN;
    case NO_CREDENTIALS: put_challenge(relay, hop, false, to); return MSRP_STEP_AGAIN;
    case WRONG: break;
    }
    put_challenge(relay, hop, false, to);
    return deny(relay, hop, &auth, 401, action);
}
