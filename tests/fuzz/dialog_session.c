/* SPDX-License-Identifier: MIT
 * tests/fuzz/dialog_session.c -- a user agent under any schedule: what its user does, what a peer
 * says, and time. RFC 3261 8 to 15, RFC 3262, RFC 3311, RFC 6026.
 *
 * An input is a schedule: octets that name a verb and its arguments. The peer answers what it got,
 * asks within the dialogs that there are and without, forks, repeats itself and breaks off. Laws: a
 * note is about a session or a request that there is, and nothing follows an end; a request of ours
 * ends once; when all was given up and time went by, nothing is left. */
#include <stdio.h>

#include "../../dialog/sip_session.h"
#include "../../transaction/sip_layer.h"
#include "fuzz.h"

#define MOST  64 /* of a kind, in one schedule */
#define SENT  8
#define TALKS 4 /* dialogs that the peer has in mind */

#define SDP SP_LIT("application/sdp")

/* A session or request as its user has it. */
struct held {
    struct sp_handle handle;
    bool             alive;
};

static struct fuzz {
    struct sip_ua   *ua;
    uint64_t         now_us;
    size_t           kept;
    struct held      sessions[MOST], asks[MOST];
    unsigned         session_count, ask_count;
    struct sp_handle requests[8]; /* of the peer, to be answered */
    unsigned         request_count;
    char             sent[SENT][900];
    unsigned         sent_count;
    char             ids[TALKS][64], tags[TALKS][48]; /* Call-ID and our tag */
    unsigned         talk_count, serial;
} f;

static struct sp_flow udp(void)
{
    struct sp_flow flow = { .id = 1 };

    flow.local = flow.remote = (struct sp_addr){ .family = SP_IPV4, .port = 5060 };
    memcpy(flow.local.octets, "\xc0\x00\x02\x01", 4);
    memcpy(flow.remote.octets, "\xc0\x00\x02\x02", 4);
    return flow;
}

/* ---- what the agent says */

/* The text from behind `before` up to one of `ends`, of a message; empty: there is none. */
static struct sp_slice between(struct sp_slice of, const char *before, const char *ends)
{
    size_t at = sp_find_slice(of, sp_str(before)), len = 0;

    of = sp_from(of, at + strlen(before));
    while (len < of.len && strchr(ends, of.at[len]) == NULL)
        len++;
    return sp_head(of, len);
}

/* The dialog that a message of ours makes or belongs to. */
static void keep_talk(struct sp_slice octets)
{
    bool            response = sp_starts(octets, SP_LIT("SIP/2.0"));
    struct sp_slice id = between(octets, "\r\nCall-ID: ", "\r");
    struct sp_slice field = between(octets, response ? "\r\nTo: " : "\r\nFrom: ", "\r");
    struct sp_slice tag = between(field, ";tag=", ";\r");
    unsigned        n = f.talk_count % TALKS;

    for (unsigned i = 0; i < TALKS; i++)
        if (sp_eq(sp_str(f.ids[i]), id))
            n = i;
    if (!sp_eq(sp_str(f.ids[n]), id))
        f.talk_count++;
    if (id.len > 0 && tag.len > 0 && id.len < sizeof f.ids[0] && tag.len < sizeof f.tags[0]) {
        snprintf(f.ids[n], sizeof f.ids[0], "%.*s", SP_ARG(id));
        snprintf(f.tags[n], sizeof f.tags[0], "%.*s", SP_ARG(tag));
    }
}

static void do_io(const struct sp_io *io)
{
    struct sp_slice octets = io->parts[0];

    if (io->kind != SP_IO_SEND)
        return; /* names and connections: never answered, given up in time */
    fuzz_law(io->flow.id == 1);
    keep_talk(octets);
    if (!sp_starts(octets, SP_LIT("SIP/2.0")) && !sp_starts(octets, SP_LIT("ACK ")))
        snprintf(f.sent[f.sent_count++ % SENT], sizeof f.sent[0], "%.*s", SP_ARG(octets));
}

static struct held *held_of(struct held *all, unsigned count, struct sp_handle handle)
{
    for (unsigned i = 0; i < count && i < MOST; i++)
        if (sp_handle_eq(all[i].handle, handle))
            return &all[i];
    return NULL;
}

static void hold_session(struct sp_handle handle)
{
    struct held *held = held_of(f.sessions, f.session_count, handle);

    if (held == NULL) {
        fuzz_law(f.session_count < MOST);
        held = &f.sessions[f.session_count++];
    }
    held->handle = handle;
    held->alive = true;
}

static void ask_note(const struct sip_ua_action *action)
{
    struct held *ask = held_of(f.asks, f.ask_count, action->request);

    fuzz_law(ask != NULL && ask->alive);
    if (action->kind == SIP_UA_FAILED || action->status >= 200)
        ask->alive = false;
}

static void session_note(const struct sip_ua_action *action)
{
    struct held *session = held_of(f.sessions, f.session_count, action->session);
    struct held *of = held_of(f.sessions, f.session_count, action->invite);

    if (session == NULL && of != NULL) { /* another branch */
        hold_session(action->session);
        session = held_of(f.sessions, f.session_count, action->session);
    }
    fuzz_law(session != NULL && session->alive);
    if (action->kind == SIP_UA_ACCEPTED && of != NULL)
        of->alive = of == session;
    if (action->kind == SIP_UA_ENDED || action->kind == SIP_UA_FAILED ||
        ((action->kind == SIP_UA_REFUSED || action->kind == SIP_UA_CANCELLED) && !action->again))
        session->alive = false;
}

static void do_note(const struct sip_ua_action *action)
{
    switch (action->kind) {
    case SIP_UA_IO: do_io(&action->io); break;
    case SIP_UA_REQUEST: f.requests[f.request_count++ % 8] = action->request; break;
    case SIP_UA_INVITED: hold_session(action->session); break;
    case SIP_UA_RESPONSE: ask_note(action); break;
    case SIP_UA_FAILED:
        if (held_of(f.asks, f.ask_count, action->request) != NULL)
            ask_note(action);
        else
            session_note(action);
        break;
    case SIP_UA_PRACKED:
    case SIP_UA_UPDATED:
        if (!sp_handle_none(action->request))
            f.requests[f.request_count++ % 8] = action->request;
        session_note(action);
        break;
    case SIP_UA_PROGRESS:
    case SIP_UA_ACCEPTED:
    case SIP_UA_REFUSED:
    case SIP_UA_CANCELLED:
    case SIP_UA_CONFIRMED:
    case SIP_UA_REINVITED:
    case SIP_UA_ANSWERED:
    case SIP_UA_REFRESHED:
    case SIP_UA_ENDED: session_note(action); break;
    default: break;
    }
}

static void drain(void)
{
    struct sip_ua_action action;
    unsigned             turns = 0;

    while (sip_ua_next(f.ua, &action)) {
        fuzz_law(++turns < 10000);
        do_note(&action);
    }
}

/* ---- what the peer says */

static void receive(const char *text)
{
    struct sp_flow flow = udp();

    sip_ua_receive(f.ua, f.now_us, &flow, fuzz_copy(sp_str(text)));
}

static const char *body_of(uint8_t a)
{
    return a & 1 ? "Content-Type: application/sdp\r\nContent-Length: 5\r\n\r\noffer"
                 : "Content-Length: 0\r\n\r\n";
}

/* It answers a request of ours, from one of three branches. */
static void response(uint8_t a, uint8_t b)
{
    static const unsigned statuses[] = { 100, 180, 183, 200, 200, 200, 202, 302,
                                         401, 408, 422, 481, 487, 491, 503, 603 };
    struct sp_slice       of = sp_str(f.sent[a % SENT]);
    struct sp_slice       to = between(of, "\r\nTo: ", "\r");
    bool                  tagged = sp_find_slice(to, SP_LIT(";tag=")) < to.len;
    char                  text[4096];

    if (of.len == 0)
        return;
    snprintf(text, sizeof text,
             "SIP/2.0 %u X\r\nVia: %.*s\r\nFrom: %.*s\r\nTo: %.*s%s%c\r\nCall-ID: %.*s\r\n"
             "CSeq: %.*s\r\n%s%s%s",
             statuses[b % 16], SP_ARG(between(of, "\r\nVia: ", "\r")),
             SP_ARG(between(of, "\r\nFrom: ", "\r")), SP_ARG(to), tagged ? "" : ";tag=b",
             tagged ? ' ' : '0' + (a >> 3) % 3, SP_ARG(between(of, "\r\nCall-ID: ", "\r")),
             SP_ARG(between(of, "\r\nCSeq: ", "\r")),
             b & 64 ? "Contact: <sip:b@192.0.2.2>\r\n"
                    : "Contact: <sip:b@192.0.2.2>;expires=60\r\nMin-SE: 100\r\n",
             a & 64 ? "Require: 100rel\r\nRSeq: 7\r\n" : "", body_of(b >> 4));
    receive(text);
}

/* It asks: without a dialog, or in one that it has in mind. */
static void peer_request(uint8_t a, uint8_t b)
{
    static const char *const methods[] = { "INVITE",  "INVITE", "ACK",     "ACK",
                                           "BYE",     "CANCEL", "PRACK",   "UPDATE",
                                           "MESSAGE", "INFO",   "OPTIONS", "INVITE" };
    const char              *method = methods[a % 12];
    unsigned                 n = (a >> 4) % TALKS, cseq = 1 + b % 4;
    bool                     within = (b & 64) != 0 && f.tags[n][0] != '\0';
    char                     text[2048], rack[64] = "";

    if (strcmp(method, "PRACK") == 0)
        snprintf(rack, sizeof rack, "RAck: %u %u INVITE\r\n", 1u + (b >> 3) % 2, cseq);
    if (strcmp(method, "ACK") != 0 && strcmp(method, "CANCEL") != 0 && (b & 128) == 0)
        f.serial++;
    snprintf(text, sizeof text,
             "%s sip:a@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKp%u\r\n"
             "Max-Forwards: 70\r\nFrom: <sip:b@b.example>;tag=b%u\r\nTo: <sip:a@a.example>%s%s\r\n"
             "Call-ID: %s\r\nCSeq: %u %s\r\nContact: <sip:b@192.0.2.2>\r\n%s%s%s",
             method, f.serial, (b >> 4) % 2, within ? ";tag=" : "", within ? f.tags[n] : "",
             f.ids[n][0] != '\0' && (b & 64) != 0 ? f.ids[n] : "peer", cseq, method, rack,
             a & 128 ? "Supported: 100rel, timer\r\nSession-Expires: 90\r\n" : "", body_of(b));
    receive(text);
}

/* ---- what the user does */

static void call(uint8_t a)
{
    struct sip_ua_request request = { .method = SIP_INVITE, .uri = SP_LIT("sip:b@192.0.2.2") };
    struct sp_handle      handle;

    if (a & 1) {
        request.content_type = SDP;
        request.body = SP_LIT("offer");
    }
    if (f.session_count < MOST && sip_ua_invite(f.ua, f.now_us, &request, &handle) == SP_OK)
        hold_session(handle);
}

static void ask(uint8_t a, uint8_t b)
{
    struct sip_ua_request request = { .uri = SP_LIT("sip:b@192.0.2.2") };
    struct sp_handle      handle;
    enum sp_err           err;

    request.method = a & 1 ? SIP_INFO : SIP_OPTIONS;
    if (f.ask_count == MOST)
        return;
    err = a & 2
              ? sip_ua_send(f.ua, f.now_us, &request, &handle)
              : sip_ua_send_within(f.ua, f.now_us, f.sessions[b % MOST].handle, &request, &handle);
    if (err == SP_OK)
        f.asks[f.ask_count++] = (struct held){ handle, true };
}

/* What is refused before it stood is over for its user. */
static void refuse(struct held *session, uint8_t b)
{
    static const uint16_t statuses[] = { 302, 404, 480, 488, 500, 603 };
    bool                  first;
    struct sip_session   *inside = sip_session_find(f.ua, session->handle);

    first = inside != NULL && inside->state == SIP_SESSION_INVITED;
    if (sip_ua_refuse(f.ua, f.now_us, session->handle, statuses[b % 6], sp_slice(NULL, 0)) ==
            SP_OK &&
        first)
        session->alive = false;
}

/* Descriptions beside INVITE and its responses. */
static void offer_otherwise(const struct held *session, uint8_t a)
{
    struct sp_slice none = { NULL, 0 }, type = a & 8 ? SDP : none;
    struct sp_slice body = a & 8 ? SP_LIT("offer") : none;

    if (a & 16)
        (void)!sip_ua_update(f.ua, f.now_us, session->handle, type, body);
    else if (a & 32)
        (void)!sip_ua_prack(f.ua, f.now_us, session->handle, type, body);
    else
        (void)!sip_ua_ack(f.ua, f.now_us, session->handle, type, body);
}

static void user(uint8_t a, uint8_t b)
{
    struct held    *session = &f.sessions[b % MOST];
    struct sp_slice none = { NULL, 0 };
    uint64_t        now_us = f.now_us;

    if (f.session_count > 0)
        session = &f.sessions[b % (f.session_count < MOST ? f.session_count : MOST)];
    switch (a % 8) {
    case 0:
        (void)!sip_ua_progress(f.ua, now_us, session->handle, a & 8 ? 180 : 183, (a & 16) != 0,
                               a & 32 ? SDP : none, a & 32 ? SP_LIT("answer") : none);
        break;
    case 1:
    case 2:
        (void)!sip_ua_accept(f.ua, now_us, session->handle, a & 8 ? none : SDP,
                             a & 8 ? none : SP_LIT("answer"));
        break;
    case 3: refuse(session, b); break;
    case 4: (void)!sip_ua_end(f.ua, now_us, session->handle); break;
    case 5:
        (void)!sip_ua_reinvite(f.ua, now_us, session->handle, a & 8 ? none : SDP,
                               a & 8 ? none : SP_LIT("offer"));
        break;
    case 6: offer_otherwise(session, a); break;
    default:
        (void)!sip_ua_respond(f.ua, now_us, f.requests[b % 8], a & 8 ? 200 : 488, none,
                              a & 16 ? SDP : none, a & 16 ? SP_LIT("answer") : none);
        break;
    }
}

static void one_verb(struct sp_slice *input)
{
    uint8_t verb = fuzz_take(input), a = fuzz_take(input), b = fuzz_take(input);

    switch (verb % 12) {
    case 0: call(a); break;
    case 1: ask(a, b); break;
    case 2:
    case 3:
    case 4: response(a, b); break;
    case 5:
    case 6:
    case 7: peer_request(a, b); break;
    case 8:
    case 9: user(a, b); break;
    case 10:
        f.now_us += (uint64_t)a * a * 1000;
        sip_ua_tick(f.ua, f.now_us);
        break;
    case 11: {
        struct sp_flow flow = udp();

        if (b == 0)
            sip_ua_closed(f.ua, f.now_us, 0, &flow, SP_REFUSED);
        break;
    }
    }
    drain();
}

/* The user gives everything up, the peer is silent, time goes by. */
static void end(void)
{
    struct sp_slice none = { NULL, 0 };

    for (unsigned turn = 0; turn < 80; turn++) {
        for (unsigned i = 0; turn % 8 == 0 && i < f.session_count && i < MOST; i++)
            if (f.sessions[i].alive)
                (void)!sip_ua_end(f.ua, f.now_us, f.sessions[i].handle);
        for (unsigned i = 0; i < 8; i++)
            (void)!sip_ua_respond(f.ua, f.now_us, f.requests[i], 480, none, none, none);
        drain();
        f.now_us += 5000000;
        sip_ua_tick(f.ua, f.now_us);
        drain();
    }
    for (unsigned i = 0; i < f.ask_count; i++)
        fuzz_law(!f.asks[i].alive);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    static const uint8_t seed[SP_SEED_OCTETS];
    struct sp_slice      input = sp_slice(octets, len);
    struct sp_limits     limits = sp_limits_small;
    struct sp_flow       bound = udp();
    struct sip_ua_config config = {
        .methods = 1u << SIP_INVITE | 1u << SIP_BYE | 1u << SIP_MESSAGE | 1u << SIP_INFO |
                   1u << SIP_PRACK | 1u << SIP_UPDATE,
        .accept = SP_LIT("application/sdp"),
    };

    memset(&f, 0, sizeof f);
    limits.transactions = 2 + fuzz_take(&input) % 14;
    limits.dialogs = 1 + fuzz_take(&input) % 6;
    limits.store_octets = 4096 + 64 * fuzz_take(&input);
    f.ua = sip_ua_init(fuzz_room(sip_ua_size(&limits)), &limits, seed, &config);
    f.kept = f.ua->store.used;
    sip_ua_bound(f.ua, &bound);
    while (input.len > 0)
        one_verb(&input);
    end();
    fuzz_law(sip_ua_open(f.ua) == 0 && f.ua->owed_count == 0);
    fuzz_law(f.ua->store.used == f.kept && f.ua->timers.used == 0);
    fuzz_law(f.ua->tx->transactions.used == 0 && f.ua->tx->store.used == 0);
    fuzz_free();
    return 0;
}
