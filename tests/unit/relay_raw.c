/* SPDX-License-Identifier: MIT
 * tests/unit/relay_raw.c -- one relay, and what strangers say to it, octet for octet. */
#include "relay_raw.h"

#include <stdio.h>

void raw_drain(struct raw *raw)
{
    struct msrp_relay_action action;

    while (msrp_relay_next(raw->relay, &action)) {
        size_t n = (size_t)action.io.flow.id;

        if (action.kind != MSRP_RELAY_IO)
            continue;
        if (action.io.kind == SP_IO_CLOSE)
            raw->closed[n] = true;
        if (action.io.kind == SP_IO_CONNECT)
            raw->cookie = action.io.cookie;
        if (action.io.kind != SP_IO_SEND)
            continue;
        raw->asked += action.io.want_sent;
        for (int i = 0; i < SP_IO_PARTS; i++) {
            raw->octets += action.io.parts[i].len;
            if (raw->hold && raw->len[n] + action.io.parts[i].len >= sizeof raw->out[n])
                continue;
            if (action.io.parts[i].len > 0)
                memcpy(raw->out[n] + raw->len[n], action.io.parts[i].at, action.io.parts[i].len);
            raw->len[n] += action.io.parts[i].len;
            ck_assert_uint_lt(raw->len[n], sizeof raw->out[n]);
        }
        raw->out[n][raw->len[n]] = '\0';
        if (action.io.want_sent && !raw->hold)
            msrp_relay_sent(raw->relay, raw->now_us, &action.io.flow);
    }
}

struct sp_flow raw_flow(const struct raw *raw, unsigned n)
{
    return (
        struct sp_flow){ .id = n,
                         .transport = SP_TCP,
                         .protocol = SP_MSRP,
                         .local = { .family = SP_IPV4, .octets = { 127, 0, 0, 1 }, .port = 2855 },
                         .remote = raw->remote };
}

void raw_init(struct raw *raw, bool anywhere)
{
    static char                         ha1[SP_DIGEST_HEX];
    static const struct msrp_relay_user users[] = { { { "alice", 5 }, { ha1, 32 } } };
    static const uint8_t                seed[SP_SEED_OCTETS] = { 3 };
    struct msrp_relay_rules             rules = { .realm = SP_LIT("lab"),
                                                  .host = SP_LIT("relay.lab"),
                                                  .users = users,
                                                  .count = 1,
                                                  .expires_least_s = 10,
                                                  .expires_most_s = 600,
                                                  .anywhere = anywhere };

    memset(raw, 0, sizeof *raw);
    (void)sp_digest_ha1(SP_DIGEST_MD5, SP_LIT("alice"), SP_LIT("lab"), SP_LIT("secret"), ha1);
    raw->now_us = 5000000;
    raw->remote = (struct sp_addr){ .family = SP_IPV4, .octets = { 127, 0, 0, 1 }, .port = 9 };
    raw->relay = msrp_relay_init(unit_room(msrp_relay_size(&relay_limits)), &relay_limits, seed,
                                 &rules);
}

void raw_accept(struct raw *raw, unsigned n)
{
    struct sp_flow flow = raw_flow(raw, n);

    msrp_relay_accepted(raw->relay, raw->now_us, &flow);
    raw_drain(raw);
}

void raw_in(struct raw *raw, unsigned n, const char *text)
{
    struct sp_flow flow = raw_flow(raw, n);

    raw->len[n] = 0;
    raw->out[n][0] = '\0';
    msrp_relay_receive(raw->relay, raw->now_us, &flow, unit_text(text));
    raw_drain(raw);
}

void raw_wait(struct raw *raw, uint64_t ms)
{
    raw->now_us += ms * 1000;
    msrp_relay_tick(raw->relay, raw->now_us);
    raw_drain(raw);
}

/* The text between `from` and the next `to` of what came last. */
void raw_find(struct raw *raw, unsigned n, const char *from, const char *to, char *room,
              size_t octets)
{
    const char *at = strstr(raw->out[n], from), *end;

    ck_assert_msg(at != NULL, "no %s in %s", from, raw->out[n]);
    at += strlen(from);
    end = strstr(at, to);
    ck_assert(end != NULL && (size_t)(end - at) < octets);
    memcpy(room, at, (size_t)(end - at));
    room[end - at] = '\0';
}

void raw_ask(struct raw *raw, unsigned n, const char *from, const char *fields)
{
    char text[2048];

    snprintf(text, sizeof text,
             "MSRP abcd AUTH\r\nTo-Path: " US "\r\nFrom-Path: %s\r\n%s-------abcd$\r\n", from,
             fields);
    raw_in(raw, n, text);
}

/* Authorization for the nonce at hand. */
const char *raw_credentials(struct raw *raw, const char *user, const char *password, const char *nc)
{
    static char      room[1024];
    struct msrp_auth auth = { .realm = SP_LIT("lab"),
                              .nonce = sp_str(raw->nonce),
                              .username = sp_str(user),
                              .uri = SP_LIT(US),
                              .cnonce = SP_LIT("cc"),
                              .nc = sp_str(nc) };
    struct sp_buf    to = sp_buf(room, sizeof room - 1);
    char             ha1[SP_DIGEST_HEX], hex[SP_DIGEST_HEX];

    msrp_put_authorization(&to, &auth,
                           msrp_auth_response(&auth, SP_DIGEST_MD5,
                                              sp_digest_ha1(SP_DIGEST_MD5, sp_str(user),
                                                            SP_LIT("lab"), sp_str(password), ha1),
                                              SP_LIT(US), false, hex));
    room[to.len] = '\0';
    return room;
}

void raw_starts(const struct raw *raw, unsigned n, const char *what)
{
    ck_assert_msg(strncmp(raw->out[n], what, strlen(what)) == 0, "got %s, want %s", raw->out[n],
                  what);
}

void raw_log_in(struct raw *raw, unsigned n, const char *from)
{
    raw_accept(raw, n);
    raw_ask(raw, n, from, "");
    raw_starts(raw, n, "MSRP abcd 401 ");
    ck_assert(strstr(raw->out[n], "qop=\"auth\"") != NULL);
    ck_assert(strstr(raw->out[n], "domain") == NULL && strstr(raw->out[n], "sess") == NULL);
    raw_find(raw, n, "nonce=\"", "\"", raw->nonce, sizeof raw->nonce);
    raw_ask(raw, n, from, raw_credentials(raw, "alice", "secret", "00000001"));
    raw_starts(raw, n, "MSRP abcd 200 OK\r\nTo-Path: ");
    ck_assert(strstr(raw->out[n], "rspauth=\"") != NULL);
    ck_assert(strstr(raw->out[n], "cnonce=\"cc\", nc=00000001, qop=auth\r\n") != NULL);
    ck_assert(strstr(raw->out[n], "\r\nExpires: 600\r\n") != NULL);
    raw_find(raw, n, "Use-Path: ", "\r\n", raw->uri, sizeof raw->uri);
    ck_assert(strncmp(raw->uri, "msrp://relay.lab:2855/", 22) == 0);
    ck_assert_uint_eq(strlen(raw->uri), 22 + MSRP_TOKEN_CHARS + 4);
}
