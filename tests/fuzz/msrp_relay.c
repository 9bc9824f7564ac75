/* SPDX-License-Identifier: MIT
 * tests/fuzz/msrp_relay.c -- the MSRP relay under any schedule of its verbs. RFC 4976 6.
 *
 * An input is a schedule: octets that name a verb and its arguments. Clients log in with the right
 * password, so what they send has somewhere to go. Laws: what goes out is frames, on each flow; no
 * more than one piece of content awaits `sent`; what is held is not read; when all connections have
 * ended, nothing is left. */
#include <stdio.h>

#include "../../msrp/msrp_relay_core.h"
#include "fuzz_host.h"
#include "fuzz_msrp.h"

#define GRANTS 4

static const struct sp_limits limits = {
    .msrp_connections = 5,
    .msrp_head_octets = 700,
    .msrp_path_octets = 256,
    .msrp_timeout_ms = 30000,
    .content_octets = 4096,
    .relay_users = 1,
    .relay_grants = 3,
    .relay_user_grants = 2,
    .relay_lanes = 4,
    .relay_lane_octets = 2 * MSRP_PIECE_OCTETS + 4096,
    .relay_transits = 5,
};

static struct fuzz {
    struct msrp_relay *relay;
    uint64_t           now_us;
    struct fuzz_host   host;
    struct fuzz_frames out[FUZZ_FLOWS];
    char               nonce[64];
    char               uris[GRANTS][80]; /* handed out last */
    unsigned           uri;
} f;

static char ha1[SP_DIGEST_HEX];

static struct sp_flow flow_of(unsigned n)
{
    return (struct sp_flow){ .id = n + 1,
                             .transport = SP_TCP,
                             .protocol = SP_MSRP,
                             .local = { .family = SP_IPV4, .octets = { 127, 0, 0, 1 }, .port = 1 },
                             .remote = { .family = SP_IPV4, .octets = { 127, 0, 0, 1 } } };
}

static void look(const struct msrp_head *head)
{
    struct msrp_auth auth;
    struct sp_where  where;

    if (head->challenge.len > 0 && msrp_auth_parse(head->challenge, &auth, &where) == SP_OK)
        snprintf(f.nonce, sizeof f.nonce, "%.*s", SP_ARG(auth.nonce));
    if (head->use_path.len > 0)
        snprintf(f.uris[f.uri++ % GRANTS], sizeof f.uris[0], "%.*s",
                 SP_ARG(msrp_path_last(head->use_path)));
}

static void do_io(const struct sp_io *io)
{
    struct msrp_head head;

    fuzz_host_io(&f.host, io);
    for (int i = 0; i < SP_IO_PARTS && io->kind == SP_IO_SEND; i++) {
        struct sp_slice octets = io->parts[i];

        while (fuzz_frames_next(&f.out[fuzz_host_flow(io)], &octets, &head))
            look(&head);
    }
}

static void drain(void)
{
    struct msrp_relay_action action;

    while (msrp_relay_next(f.relay, &action))
        if (action.kind == MSRP_RELAY_IO)
            do_io(&action.io);
}

static void receive(unsigned n, struct sp_slice octets)
{
    struct sp_flow flow = flow_of(n);

    if (f.host.flows[n].open && !f.host.flows[n].held)
        msrp_relay_receive(f.relay, f.now_us, &flow,
                           fuzz_piece(sp_head(octets, limits.content_octets)));
}

/* AUTH with credentials for the nonce that was told last. */
static void log_in(unsigned n, uint8_t how)
{
    char             room[1024], hex[SP_DIGEST_HEX];
    struct sp_buf    to = sp_buf(room, sizeof room);
    struct msrp_auth auth = { .realm = SP_LIT("l"),
                              .nonce = sp_str(f.nonce),
                              .username = SP_LIT("a"),
                              .uri = SP_LIT("msrp://127.0.0.1:1;tcp"),
                              .cnonce = SP_LIT("c"),
                              .nc = SP_LIT("00000001") };
    char             from[] = "msrp://c:5/a;tcp";

    from[11] = (char)('a' + how % 4);
    sp_put_text(&to, "MSRP auth AUTH\r\nTo-Path: msrp://127.0.0.1:1;tcp\r\nFrom-Path: ");
    sp_put_text(&to, from);
    sp_put_text(&to, "\r\n");
    if (how & 8)
        sp_put_text(&to, how & 16 ? "Expires: 10\r\n" : "Expires: 5000\r\n");
    if (!(how & 32))
        msrp_put_authorization(
            &to, &auth,
            msrp_auth_response(&auth, SP_DIGEST_MD5, sp_slice(ha1, 32), auth.uri, false, hex));
    sp_put_text(&to, "-------auth$\r\n");
    receive(n, sp_written(&to));
}

/* A request by the owner of a URI, or for it. */
static void receive_frame(unsigned n, uint8_t a, uint8_t b, uint8_t c)
{
    static const char *const methods[] = { "SEND", "SEND",   "SEND", "SEND",
                                           "SEND", "REPORT", "AUTH", "NICKNAME" };
    static const char *const nexts[] = { "msrp://127.0.0.9:7/v;tcp", "msrp://h:7/v;tcp",
                                         "msrp://c:5/a;tcp", "msrp://c:5/b;tcp" };
    static const char *const fields[] = { "", "Success-Report: yes\r\n", "Failure-Report: no\r\n",
                                          "Failure-Report: partial\r\n" };
    static char              body[4000], text[6000];
    size_t                   octets = (size_t)(c % 64) * 61;
    int                      len;

    memset(body, a, sizeof body);
    len = snprintf(text, sizeof text,
                   "MSRP tid%c %s\r\nTo-Path: %s %s%s%s\r\nFrom-Path: msrp://c:5/%c;tcp\r\n"
                   "Message-ID: mid%c\r\nByte-Range: %d-*/%s\r\n%s%sContent-Type: a/b\r\n\r\n%.*s"
                   "\r\n-------tid%c%c\r\n",
                   '0' + a % 4, methods[b % 8], f.uris[a / 4 % GRANTS],
                   a & 64 ? f.uris[a / 16 % GRANTS] : "", a & 64 ? " " : "", nexts[b / 8 % 4],
                   'a' + b / 32 % 4, 'a' + a % 2, 1 + b % 3 * 61, b & 64 ? "*" : "9000",
                   fields[c / 64], b % 8 == 5 ? "Status: 000 200\r\n" : "", (int)octets, body,
                   '0' + a % 4, "$+#+"[c % 4]);
    receive(n, sp_slice(text, (size_t)len));
}

static void respond(unsigned n, uint8_t which)
{
    static const char *const statuses[] = { "200", "413", "481", "401" };
    char                     text[600];
    const char              *id = f.out[n].id;
    int                      len;

    if (id[0] == '\0')
        return;
    len = snprintf(text, sizeof text,
                   "MSRP %s %s\r\nTo-Path: %s%s\r\nFrom-Path: msrp://127.0.0.9:7/v;tcp\r\n"
                   "-------%s$\r\n",
                   id, statuses[which % 4], f.uris[which / 4 % GRANTS],
                   which & 16 ? " msrp://c:5/a;tcp" : "", id);
    receive(n, sp_slice(text, (size_t)len));
}

/* The host has a new connection. */
static bool open_flow(unsigned n)
{
    if (!fuzz_host_open(&f.host, n))
        return false;
    fuzz_frames_init(&f.out[n]);
    return true;
}

static void answer_host(unsigned n, uint8_t how)
{
    struct sp_flow  flow = flow_of(n);
    struct fuzz_ask ask;
    struct sp_addr  addrs[2] = { { .family = SP_IPV4 }, { .family = SP_IPV4 } };

    if (!fuzz_host_ask(&f.host, &ask))
        return;
    if (ask.name)
        msrp_relay_resolved(f.relay, f.now_us, ask.cookie, addrs, how % 3);
    else if ((how & 1) == 0 && open_flow(n))
        msrp_relay_connected(f.relay, f.now_us, ask.cookie, &flow);
    else
        msrp_relay_closed(f.relay, f.now_us, ask.cookie, NULL, SP_TRANSPORT);
}

static void lose(unsigned n)
{
    struct sp_flow flow = flow_of(n);

    if (fuzz_host_close(&f.host, n))
        msrp_relay_closed(f.relay, f.now_us, 0, &flow, SP_CLOSED);
}

static void wait(uint64_t ms)
{
    f.now_us += ms * 1000;
    msrp_relay_tick(f.relay, f.now_us);
}

static void one_verb(struct sp_slice *input)
{
    uint8_t        verb = fuzz_take(input), a = fuzz_take(input), b = fuzz_take(input);
    unsigned       n = verb / 16u % FUZZ_FLOWS;
    struct sp_flow flow = flow_of(n);

    switch (verb % 16) {
    case 0:
    case 1:
        if (open_flow(n))
            msrp_relay_accepted(f.relay, f.now_us, &flow);
        break;
    case 2:
    case 3: log_in(n, a); break;
    case 4:
    case 5:
    case 6:
    case 7: receive_frame(n, a, b, fuzz_take(input)); break;
    case 8:
        receive(n, sp_head(*input, a));
        *input = sp_from(*input, a);
        break;
    case 9: respond(n, a); break;
    case 10: answer_host(n, a); break;
    case 11: wait((uint64_t)a * b); break;
    case 12: lose(n); break;
    default:
        if (fuzz_host_pay(&f.host, n))
            msrp_relay_sent(f.relay, f.now_us, &flow);
        break;
    }
    drain();
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    static const uint8_t                seed[SP_SEED_OCTETS];
    static const struct msrp_relay_user user = { { "a", 1 }, { ha1, 32 } };
    struct msrp_relay_rules             rules = { .realm = SP_LIT("l"),
                                                  .users = &user,
                                                  .count = 1,
                                                  .expires_least_s = 10,
                                                  .expires_most_s = 100 };
    struct sp_slice                     input = sp_slice(octets, len);

    (void)sp_digest_ha1(SP_DIGEST_MD5, user.name, rules.realm, SP_LIT("p"), ha1);
    memset(&f, 0, sizeof f);
    for (int i = 0; i < GRANTS; i++)
        snprintf(f.uris[i], sizeof f.uris[i], "msrp://127.0.0.1:1/none;tcp");
    f.now_us = 1000000;
    f.relay = msrp_relay_init(fuzz_room(msrp_relay_size(&limits)), &limits, seed, &rules);
    while (input.len > 0)
        one_verb(&input);
    for (unsigned n = 0; n < FUZZ_FLOWS; n++) {
        lose(n);
        drain();
    }
    for (int i = 0; i < 3; i++) {
        wait(400000);
        drain();
    }
    fuzz_law(f.relay->hops.used == 0 && f.relay->grants.used == 0);
    fuzz_law(f.relay->lanes.used == 0 && f.relay->transits.used == 0);
    fuzz_law(f.relay->store.used == 0 && f.relay->timers.used == 0);
    fuzz_free();
    return 0;
}
