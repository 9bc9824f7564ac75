/* SPDX-License-Identifier: MIT
 * tests/fuzz/transaction_layer.c -- the transaction layer under any schedule of its verbs. RFC 3261
 * 17, 18; RFC 6026.
 *
 * An input is a schedule: octets that name a verb and its arguments; the peer answers what the
 * layer sent, or asks. Laws: a client transaction ends once, and says nothing after its end but
 * further 2xx; a request is handed up once while its transaction lives; octets go out on flows that
 * there are; a request goes out no more often than its timers have it; at the end nothing is left.
 */
#include <stdio.h>

#include "../../transaction/sip_layer.h"
#include "fuzz.h"

#define FLOWS   4  /* 0 is the UDP socket */
#define CLIENTS 64 /* in one schedule */
#define SERVERS 64
#define SENT    8 /* requests of ours that can be answered */

enum client { CLIENT_NONE, CLIENT_ALIVE, CLIENT_SUCCESS, CLIENT_REFUSED, CLIENT_ENDED };

static const char *const methods[] = { "INVITE", "MESSAGE", "OPTIONS", "BYE" };

struct server {
    struct sp_handle handle;
    uint8_t          branch, method, transport;
};

static struct fuzz {
    struct sip_tx_layer *layer;
    uint64_t             now_us;
    bool                 open[FLOWS];
    uint64_t             cookie;
    bool                 asked;
    uint8_t              client[CLIENTS]; /* enum client, by user */
    bool                 invite[CLIENTS];
    struct sp_handle     handles[CLIENTS];
    unsigned             times[CLIENTS]; /* that it went out */
    unsigned             clients;
    struct server        servers[SERVERS];
    unsigned             server_count;
    char                 sent[SENT][700];
    unsigned             sent_count;
} f;

static struct sp_addr addr_of(uint8_t last)
{
    return (struct sp_addr){ .family = SP_IPV4, .octets = { 192, 0, 2, last }, .port = 5060 };
}

static struct sp_flow flow_of(unsigned n)
{
    struct sp_flow flow = { .id = n + 1, .local = addr_of(1), .remote = addr_of(2) };

    flow.transport = n == 0 ? SP_UDP : SP_TCP;
    flow.remote.port = n <= 1 ? 5060 : (uint16_t)(40000 + n);
    return flow;
}

/* ---- what the layer says */

/* A request of ours goes out: at 0, T1, 3*T1, 7*T1 ... until 64*T1, and once more where it went
 * over TCP first. */
static void count(struct sp_slice octets)
{
    size_t   at = sp_find_slice(octets, SP_LIT("\r\nCall-ID: c"));
    unsigned user = 0;

    for (octets = sp_from(octets, at + 12); octets.len > 0 && sp_is_digit(octets.at[0]);
         octets = sp_from(octets, 1))
        user = 10 * user + (unsigned)(octets.at[0] - '0');
    if (user < CLIENTS)
        fuzz_law(++f.times[user] <= (f.invite[user] ? 8u : 12u));
}

static void keep(struct sp_slice request)
{
    if (!sp_starts(request, SP_LIT("CANCEL ")))
        count(request);
    snprintf(f.sent[f.sent_count++ % SENT], sizeof f.sent[0], "%.*s", SP_ARG(request));
}

static void do_io(const struct sp_io *io)
{
    switch (io->kind) {
    case SP_IO_SEND:
        fuzz_law(io->flow.id >= 1 && io->flow.id <= FLOWS && f.open[io->flow.id - 1]);
        if (io->parts[0].len > 8 && !sp_starts(io->parts[0], SP_LIT("SIP/2.0 ")) &&
            !sp_starts(io->parts[0], SP_LIT("ACK ")))
            keep(io->parts[0]);
        break;
    case SP_IO_CONNECT:
        f.cookie = io->cookie;
        f.asked = true;
        break;
    case SP_IO_CLOSE:
        fuzz_law(io->flow.id >= 2 && io->flow.id <= FLOWS && f.open[io->flow.id - 1]);
        f.open[io->flow.id - 1] = false;
        break;
    default: fuzz_law(false);
    }
}

static void told_response(const struct sip_tx_action *action)
{
    unsigned user = (unsigned)action->user % CLIENTS;
    uint16_t status = action->msg->status;
    uint8_t *client = &f.client[user];

    if (status < 200) {
        fuzz_law(*client == CLIENT_ALIVE);
        return;
    }
    /* further 2xx are the dialog's affair (RFC 6026 7.2) */
    fuzz_law(*client == CLIENT_ALIVE ||
             (f.invite[user] && *client == CLIENT_SUCCESS && status < 300));
    *client = status < 300 ? CLIENT_SUCCESS : CLIENT_REFUSED;
}

/* It ends without a response, or its ACK could not be sent. A server's user is 0. */
static void told_end(const struct sip_tx_action *action)
{
    uint8_t *client = &f.client[action->user % CLIENTS];

    if (action->user == 0)
        return;
    fuzz_law(*client == CLIENT_ALIVE ||
             (action->kind == SIP_TX_TRANSPORT && *client == CLIENT_REFUSED &&
              f.invite[action->user % CLIENTS]));
    *client = CLIENT_ENDED;
}

static bool lives(struct sp_handle handle)
{
    struct sp_flow flow;

    return sip_tx_request_flow(f.layer, handle, &flow) == SP_OK;
}

static uint8_t method_of(const struct sip_msg *msg)
{
    for (uint8_t i = 0; i < 4; i++)
        if (sp_eq(msg->method_name, sp_str(methods[i])))
            return i;
    return 4; /* CANCEL */
}

static void told_request(const struct sip_tx_action *action)
{
    struct sp_slice via = sip_msg_value(action->msg, SIP_FIELD_VIA);
    size_t          at = sp_find_slice(via, SP_LIT("z9hG4bKp"));
    struct server  *server = &f.servers[f.server_count % SERVERS];
    uint8_t         branch = at + 8 < via.len ? (uint8_t)via.at[at + 8] : 0;

    for (unsigned i = 0; branch != 0 && i < f.server_count && i < SERVERS; i++)
        fuzz_law(f.servers[i].branch != branch || f.servers[i].method != method_of(action->msg) ||
                 !lives(f.servers[i].handle));
    fuzz_law(lives(action->tx));
    if (lives(server->handle)) /* no room to keep it in mind: answered at once */
        (void)!sip_tx_respond(f.layer, f.now_us, server->handle, 500,
                              SP_LIT("SIP/2.0 500 X\r\n\r\n"));
    server->handle = action->tx;
    server->branch = branch;
    server->method = method_of(action->msg);
    f.server_count++;
}

static void drain(void)
{
    struct sip_tx_action action;
    unsigned             turns = 0;

    while (sip_tx_next(f.layer, &action)) {
        fuzz_law(++turns < 10000);
        switch (action.kind) {
        case SIP_TX_IO: do_io(&action.io); break;
        case SIP_TX_REQUEST:
        case SIP_TX_CANCEL: told_request(&action); break;
        case SIP_TX_ACK: fuzz_law(action.msg != NULL); break;
        case SIP_TX_RESPONSE: told_response(&action); break;
        case SIP_TX_TIMEOUT:
        case SIP_TX_TRANSPORT: told_end(&action); break;
        default: break;
        }
    }
}

/* ---- what happens */

static void request(uint8_t a, uint8_t b)
{
    struct sip_target target = { .transport = a & 4 ? SP_TCP : SP_UDP, .addr = addr_of(2) };
    unsigned          user = 1 + f.clients % (CLIENTS - 1);
    char              text[2048];

    if (f.clients >= CLIENTS - 1)
        return;
    snprintf(text, sizeof text,
             "%s sip:b@192.0.2.2 SIP/2.0\r\nMax-Forwards: 70\r\nFrom: <sip:a@a.example>;tag=a\r\n"
             "To: <sip:b@b.example>\r\nCall-ID: c%u\r\nCSeq: 7 %s\r\nSubject: %*s\r\n\r\n",
             methods[a % 4], user, methods[a % 4], b & 1 ? 1300 : 1, "x");
    if (sip_tx_request(f.layer, f.now_us, &target, sp_str(text), user, &f.handles[user]) != SP_OK)
        return;
    f.clients++;
    f.client[user] = CLIENT_ALIVE;
    f.invite[user] = a % 4 == 0;
}

static void cancel(uint8_t a)
{
    unsigned         user = 1 + f.clients % (CLIENTS - 1);
    struct sp_handle handle;

    if (f.clients >= CLIENTS - 1 ||
        sip_tx_cancel(f.layer, f.now_us, f.handles[a % CLIENTS], user, &handle) != SP_OK)
        return;
    f.clients++;
    f.client[user] = CLIENT_ALIVE;
    f.handles[user] = handle;
}

static void receive(unsigned n, struct sp_slice octets)
{
    struct sp_flow flow = flow_of(n);

    if (!f.open[n])
        return;
    sip_tx_receive(f.layer, f.now_us, &flow, fuzz_copy(octets));
}

/* Over a connection a message comes in two parts, now and then. */
static void receive_text(unsigned n, const char *text, uint8_t cut)
{
    struct sp_slice octets = sp_str(text);
    size_t          first = n > 0 && cut > 128 ? octets.len * (cut - 128u) / 128 : octets.len;

    receive(n, sp_head(octets, first));
    drain();
    if (first < octets.len)
        receive(n, sp_from(octets, first));
}

/* The peer answers a request of ours. */
static void response(unsigned n, uint8_t a, uint8_t b)
{
    static const unsigned    statuses[] = { 100, 180, 183, 200, 200, 202, 302, 404, 487, 503, 603 };
    static const char *const copied[] = { "\nVia:", "\nFrom:", "\nTo:", "\nCall-ID:", "\nCSeq:" };
    const char              *of = f.sent[a % SENT];
    char                     text[2048];
    size_t                   at;

    if (of[0] == '\0')
        return;
    at = (size_t)snprintf(text, sizeof text, "SIP/2.0 %u X", statuses[b % 11]);
    for (size_t i = 0; i < 5; i++) {
        const char *line = strstr(of, copied[i]);
        const char *end = line != NULL ? strchr(line + 1, '\r') : NULL;

        if (end != NULL)
            at += (size_t)snprintf(text + at, sizeof text - at, "\r%.*s%s", (int)(end - line), line,
                                   i == 2 && b % 11 > 0 ? ";tag=b" : "");
    }
    snprintf(text + at, sizeof text - at, "\r\nContent-Length: 0\r\n\r\n");
    receive_text(n, text, b);
}

/* The peer asks, or asks again. */
static void peer_request(unsigned n, uint8_t a, uint8_t b)
{
    static const char *const all[] = { "INVITE", "MESSAGE", "OPTIONS", "BYE", "ACK", "CANCEL" };
    const char              *method = all[a % 6];
    char                     text[1024];

    snprintf(text, sizeof text,
             "%s sip:a@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/%s 192.0.2.2%s;branch=%s%c\r\n"
             "Max-Forwards: 70\r\nFrom: <sip:b@b.example>;tag=b\r\nTo: <sip:a@a.example>%s\r\n"
             "Call-ID: 1@b\r\nCSeq: 1 %s\r\nContent-Length: 0\r\n\r\n",
             method, n == 0 ? "UDP" : "TCP", b & 16 ? ";rport" : "", b & 32 ? "p" : "z9hG4bKp",
             'a' + (b & 3), b & 4 ? ";tag=b" : "", method);
    receive_text(n, text, b);
}

static void respond(uint8_t a, uint8_t b)
{
    static const unsigned statuses[] = { 100, 180, 200, 202, 302, 404, 408, 487, 500, 603 };
    struct server        *server = &f.servers[a % SERVERS];
    struct sp_slice       octets = sip_tx_request_octets(f.layer, server->handle);
    unsigned              status = statuses[b % 10];
    char                  text[2048], of[1024];
    const char           *via;

    snprintf(of, sizeof of, "%.*s", SP_ARG(octets));
    via = strstr(of, "Via:");
    snprintf(text, sizeof text,
             "SIP/2.0 %u X\r\n%.*sFrom: <sip:b@b.example>;tag=b\r\nTo: <sip:a@a.example>;tag=t\r\n"
             "Call-ID: 1@b\r\nCSeq: 1 %s\r\nSubject: %*s\r\nContent-Length: 0\r\n\r\n",
             status, via != NULL ? (int)(strstr(via, "Max-") - via) : 0, via != NULL ? via : "",
             server->method < 4 ? methods[server->method] : "CANCEL", b > 200 ? 600 : 1, "x");
    (void)!sip_tx_respond(f.layer, f.now_us, server->handle, (uint16_t)status, sp_str(text));
}

static void answer_connect(unsigned n, bool yes)
{
    struct sp_flow flow = flow_of(n);

    if (!f.asked || (yes && (n == 0 || f.open[n])))
        return;
    f.asked = false;
    if (!yes) {
        sip_tx_closed(f.layer, f.now_us, f.cookie, NULL, SP_REFUSED);
        return;
    }
    f.open[n] = true;
    flow.remote = addr_of(2);
    sip_tx_connected(f.layer, f.now_us, f.cookie, &flow);
}

static void lose(unsigned n)
{
    struct sp_flow flow = flow_of(n);

    if (!f.open[n])
        return;
    f.open[n] = n == 0;
    sip_tx_closed(f.layer, f.now_us, 0, &flow, SP_CLOSED);
}

static void one_verb(struct sp_slice *input)
{
    uint8_t        verb = fuzz_take(input), a = fuzz_take(input), b = fuzz_take(input);
    unsigned       n = verb / 16u % FLOWS;
    struct sp_flow flow = flow_of(n);

    switch (verb % 16) {
    case 0:
    case 1: request(a, b); break;
    case 2: cancel(a); break;
    case 3:
    case 4:
    case 5: response(n, a, b); break;
    case 6:
    case 7:
    case 8: peer_request(n, a, b); break;
    case 9:
    case 10: respond(a, b); break;
    case 11:
        f.now_us += (uint64_t)a * a * 1000;
        sip_tx_tick(f.layer, f.now_us);
        break;
    case 12:
        if (f.open[n])
            break;
        f.open[n] = true;
        sip_tx_accepted(f.layer, f.now_us, &flow);
        break;
    case 13: answer_connect(n, (a & 1) != 0); break;
    case 14: lose(n); break;
    case 15:
        receive(n, sp_head(*input, a % 32));
        *input = sp_from(*input, a % 32);
        break;
    }
    drain();
}

/* Everybody has left, and long enough ago. */
static void end(void)
{
    for (unsigned turn = 0; turn < 24; turn++) {
        answer_connect(0, false);
        drain();
        for (unsigned n = 1; n < FLOWS; n++) {
            lose(n);
            drain();
        }
        for (unsigned i = 0; i < SERVERS; i++)
            if (lives(f.servers[i].handle))
                respond((uint8_t)i, 5);
        drain();
        f.now_us += 5000000;
        sip_tx_tick(f.layer, f.now_us);
        drain();
    }
    for (unsigned user = 1; user <= f.clients; user++)
        fuzz_law(f.client[user] != CLIENT_ALIVE || f.invite[user]); /* one that rings may go on */
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    static const uint8_t seed[SP_SEED_OCTETS];
    struct sp_slice      input = sp_slice(octets, len);
    struct sp_limits     limits = sp_limits_small;
    struct sp_flow       bound = flow_of(0);

    memset(&f, 0, sizeof f);
    limits.transactions = 1 + fuzz_take(&input) % 12;
    limits.store_octets = 1024 + 64 * fuzz_take(&input);
    limits.streams = 3;
    f.layer = sip_tx_init(fuzz_room(sip_tx_size(&limits)), &limits, seed);
    f.open[0] = true;
    sip_tx_bound(f.layer, &bound);
    bound.id = 100;
    bound.transport = SP_TCP;
    sip_tx_bound(f.layer, &bound);
    while (input.len > 0)
        one_verb(&input);
    end();
    for (unsigned user = 1; user <= f.clients; user++) /* INVITEs that ring */
        cancel((uint8_t)user);
    end();
    fuzz_law(f.layer->transactions.used == 0 && f.layer->store.used == 0);
    fuzz_law(f.layer->conns.used == 0 && f.layer->buffers.used == 0);
    fuzz_law(f.layer->timers.used == 0);
    fuzz_free();
    return 0;
}
