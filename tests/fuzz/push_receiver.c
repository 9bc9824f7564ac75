/* SPDX-License-Identifier: MIT
 * tests/fuzz/push_receiver.c -- the Push Receiver Agent under any schedule: a peer that offers,
 * sends and breaks off as it likes, a user who decides late. RFC 3428, RFC 4975, RFC 5547.
 *
 * An input is a schedule: octets that name a verb and its arguments. Laws: no octet of a content
 * before its user took it, none after its end; each offer ends once; octets go out on flows that
 * there are; when everybody left and time went by, nothing is left. */
#include <stdio.h>

#include "../../dialog/sip_core.h"
#include "../../msrp/msrp_core.h"
#include "../../push/push_in.h"
#include "../../transaction/sip_layer.h"
#include "fuzz_host.h"

/* Flow 0 is UDP; 1 and 2 SIP, the others MSRP. */
#define PUSHES 128 /* in one schedule */
#define TALKS  3

enum state { OFFERED, TAKEN, WHOLE, OVER };

struct push {
    struct sp_handle handle;
    uint8_t          state; /* enum state */
};

static struct fuzz {
    struct push_receiver *agent;
    uint64_t              now_us;
    size_t                kept;
    struct fuzz_host      host;
    struct push           pushes[PUSHES];
    unsigned              push_count;
    bool                  late; /* its user decides later */
    char                  tags[TALKS][48], paths[4][160];
    unsigned              path_count, serial, cseq[TALKS];
} f;

static struct sp_flow flow_of(unsigned n)
{
    struct sp_flow flow = { .id = n + 1, .transport = n == 0 ? SP_UDP : SP_TCP };

    flow.protocol = n > 2 ? SP_MSRP : SP_SIP;
    flow.local = fuzz_addr(1, n > 2 ? 2855 : 5060);
    flow.remote = fuzz_addr(2, n == 0 ? 5060 : (uint16_t)(40000 + n));
    return flow;
}

/* ---- what the agent says */

static void keep_answer(const struct sp_io *io)
{
    struct sp_slice octets = io->parts[0], to = fuzz_after(octets, "\r\nTo: ");
    struct sp_slice tag = sp_from(to, sp_find_slice(to, SP_LIT(";tag=")));
    struct sp_slice id = fuzz_after(octets, "\r\nCall-ID: "),
                    path = fuzz_after(octets, "\r\na=path:");
    unsigned n = id.len > 1 ? (unsigned)(id.at[1] - '0') % TALKS : 0;

    if (tag.len > 0 && tag.len < sizeof f.tags[0])
        snprintf(f.tags[n], sizeof f.tags[0], "%.*s", SP_ARG(tag));
    if (path.len > 0 && path.len < sizeof f.paths[0])
        snprintf(f.paths[f.path_count++ % 4], sizeof f.paths[0], "%.*s", SP_ARG(path));
}

static void do_io(const struct sp_io *io)
{
    fuzz_host_io(&f.host, io);
    if (io->kind == SP_IO_SEND && io->flow.id <= 3)
        keep_answer(io);
}

static void decide(struct push *push, uint8_t how)
{
    static const uint16_t statuses[] = { 200, 200, 200, 413, 603, 480 };
    uint16_t              status = statuses[how % 6];

    if (push_receiver_decide(f.agent, f.now_us, push->handle, status, 7) == SP_OK &&
        push->state == OFFERED)
        push->state = status == 200 ? TAKEN : WHOLE; /* declined: nothing more but its end */
}

static struct push *push_of(struct sp_handle handle)
{
    for (unsigned i = 0; i < f.push_count; i++)
        if (sp_handle_eq(f.pushes[i].handle, handle))
            return &f.pushes[i];
    fuzz_law(false);
    return NULL;
}

static void offered(const struct push_receiver_action *action)
{
    struct push *push;

    fuzz_law(f.push_count < PUSHES);
    push = &f.pushes[f.push_count++];
    push->handle = action->push;
    push->state = OFFERED;
    if (!f.late || action->at_once)
        decide(push, (uint8_t)f.push_count);
}

static void do_note(const struct push_receiver_action *action)
{
    struct push *push;

    switch (action->kind) {
    case PUSH_RECEIVER_IO: do_io(&action->io); break;
    case PUSH_RECEIVER_OFFERED: offered(action); break;
    case PUSH_RECEIVER_CONTENT:
        fuzz_law(push_of(action->push)->state == TAKEN && action->octets.len > 0);
        break;
    case PUSH_RECEIVER_COMPLETE:
        push = push_of(action->push);
        fuzz_law(push->state == TAKEN);
        push->state = WHOLE;
        if (!f.late)
            (void)!push_receiver_stored(f.agent, f.now_us, action->push, SP_OK);
        break;
    case PUSH_RECEIVER_DELIVERED:
    case PUSH_RECEIVER_FAILED:
        push = push_of(action->push);
        fuzz_law(push->state != OVER);
        fuzz_law(action->kind == PUSH_RECEIVER_FAILED || push->state == WHOLE);
        push->state = OVER;
        break;
    default: break;
    }
}

static void drain(void)
{
    struct push_receiver_action action;
    unsigned                    turns = 0;

    while (push_receiver_next(f.agent, &action)) {
        fuzz_law(++turns < 20000);
        do_note(&action);
    }
}

/* ---- what the peer says */

static void receive(unsigned n, struct sp_slice octets)
{
    struct sp_flow flow = flow_of(n);

    if (f.host.flows[n].open)
        push_receiver_receive(f.agent, f.now_us, &flow, fuzz_copy(octets));
    drain();
}

static void receive_buf(unsigned n, const struct sp_buf *to, uint8_t cut)
{
    struct sp_slice octets = sp_slice(to->at, to->len);
    size_t          first = n > 0 && cut > 192 ? octets.len * (cut - 192u) / 64 : octets.len;

    receive(n, sp_head(octets, first));
    if (first < octets.len)
        receive(n, sp_from(octets, first));
}

static void put(struct sp_buf *to, const char *text)
{
    sp_put_text(to, text);
}

/* m= lines of two bits each: none, a file, a message, one that is refused. */
static void put_sdp(struct sp_buf *to, uint8_t lines, uint8_t how)
{
    char line[200];

    put(to, "v=0\r\no=- 1 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\n");
    for (unsigned i = 0; i < 4; i++, lines >>= 2) {
        if (lines % 4 == 0)
            continue;
        snprintf(line, sizeof line,
                 "m=message %u TCP/MSRP *\r\na=sendonly\r\na=accept-types:*\r\n"
                 "a=path:msrp://192.0.2.2:7000/p%u;tcp\r\na=setup:%s\r\n",
                 lines % 4 == 3 ? 0u : 7000u, i,
                 how & 1   ? "actpass"
                 : how & 2 ? "passive"
                           : "active");
        put(to, line);
        if (lines % 4 == 1)
            snprintf(line, sizeof line,
                     "a=file-selector:name:\"x\" type:a/b size:%u\r\na=file-transfer-id:i%u\r\n",
                     how & 4 ? 5u : 300u, how & 8 ? i : f.serial);
        if (lines % 4 == 1)
            put(to, line);
    }
}

static void peer_request(unsigned n, uint8_t a, uint8_t b, uint8_t c)
{
    static const char *const methods[] = { "INVITE", "INVITE",  "ACK",     "BYE",
                                           "CANCEL", "MESSAGE", "OPTIONS", "INVITE" };
    const char              *method = methods[a % 8];
    unsigned                 talk = (a >> 3) % TALKS;
    struct sp_buf            body = fuzz_buf(2048), to = fuzz_buf(4096);
    bool                     invite = strcmp(method, "INVITE") == 0;
    bool                     again = (a & 32) != 0, message = strcmp(method, "MESSAGE") == 0;
    char                     head[900];

    if (strcmp(method, "ACK") != 0 && strcmp(method, "CANCEL") != 0 && !again) {
        f.serial++;
        f.cseq[talk]++;
    }
    if (invite)
        put_sdp(&body, b, c);
    else if (message)
        put(&body, c & 1 ? "hello" : "a text that is longer than the other one");
    snprintf(head, sizeof head,
             "%s sip:a@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/%s 192.0.2.2;branch=z9hG4bKp%u\r\n"
             "Max-Forwards: 70\r\nFrom: <sip:b@b.example>;tag=b\r\nTo: <sip:a@a.example>%s\r\n"
             "Call-ID: c%u\r\nCSeq: %u %s\r\nContact: <sip:b@192.0.2.2>\r\n%s%s%sContent-Length: ",
             method, n == 0 ? "UDP" : "TCP", f.serial, a & 64 ? f.tags[talk] : "", talk,
             f.cseq[talk], method, invite ? "Content-Type: application/sdp\r\n" : "",
             message ? "Content-Type: text/plain\r\n" : "",
             message && (c & 2) != 0 ? "Content-ID: <1@b>\r\n" : "");
    put(&to, head);
    sp_put_u64(&to, body.len);
    put(&to, "\r\n\r\n");
    sp_put(&to, sp_slice(body.at, body.len));
    receive_buf(n, &to, c);
}

static void msrp_request(unsigned n, uint8_t a, uint8_t b, uint8_t c)
{
    static const char *const ranges[] = { "1-5/5",    "1-*/5",     "1-*/*",
                                          "6-10/300", "1-300/300", "1-0/0" };
    struct sp_buf            to = fuzz_buf(2048);
    char                     head[700], octets[300];
    unsigned                 len = b & 1 ? 5 : b & 2 ? 300 : b % 64;

    memset(octets, 'x', sizeof octets);
    snprintf(head, sizeof head,
             "MSRP t%03u%c SEND\r\nTo-Path: %s\r\nFrom-Path: msrp://192.0.2.2:7000/p%u;tcp\r\n"
             "Message-ID: m%03u\r\n%sByte-Range: %s\r\n%s",
             a % 8u, 'a' + c % 4, f.paths[a % 4][0] != '\0' ? f.paths[a % 4] : "msrp://x:1/y;tcp",
             (a >> 2) % 4u, (c >> 2) % 4u, b & 4 ? "Success-Report: yes\r\n" : "",
             ranges[(b >> 3) % 6], c & 128 ? "" : "Content-Type: text/plain\r\n\r\n");
    put(&to, head);
    if ((c & 128) == 0) {
        sp_put(&to, sp_slice(octets, len));
        put(&to, "\r\n");
    }
    snprintf(head, sizeof head, "-------t%03u%c%c\r\n", a % 8u, 'a' + c % 4, "$$+#"[(c >> 4) % 4]);
    put(&to, head);
    receive_buf(n, &to, a);
}

/* ---- what the host says */

static void answer_host(unsigned n, uint8_t how)
{
    struct sp_addr  addr = fuzz_addr(2, 7000);
    struct sp_flow  flow = flow_of(n);
    struct fuzz_ask ask;

    if (!fuzz_host_ask(&f.host, &ask))
        return;
    if (ask.name)
        push_receiver_resolved(f.agent, f.now_us, ask.cookie, &addr, how & 1);
    else if ((how & 1) != 0 && n > 0 && (ask.protocol == SP_MSRP) == (n > 2) &&
             fuzz_host_open(&f.host, n))
        push_receiver_connected(f.agent, f.now_us, ask.cookie, &flow);
    else
        push_receiver_closed(f.agent, f.now_us, ask.cookie, NULL, SP_REFUSED);
    drain();
}

static void lose(unsigned n)
{
    struct sp_flow flow = flow_of(n);

    if (n > 0 && fuzz_host_close(&f.host, n))
        push_receiver_closed(f.agent, f.now_us, 0, &flow, SP_CLOSED);
}

static void user(uint8_t a, uint8_t b)
{
    struct push *push = &f.pushes[b % PUSHES];

    if (f.push_count > 0)
        push = &f.pushes[b % f.push_count];
    switch (a % 4) {
    case 0:
    case 1: decide(push, a >> 2); break;
    case 2:
        (void)!push_receiver_stored(f.agent, f.now_us, push->handle,
                                    a & 16   ? SP_OK
                                    : a & 32 ? SP_INTEGRITY
                                             : SP_STORAGE);
        break;
    case 3:
        if (a & 16)
            (void)!push_receiver_abort(f.agent, f.now_us, push->handle, SP_STORAGE);
        break;
    }
}

static void one_verb(struct sp_slice *input)
{
    uint8_t        verb = fuzz_take(input), a = fuzz_take(input), b = fuzz_take(input);
    unsigned       n = verb / 16u % FUZZ_FLOWS;
    struct sp_flow flow = flow_of(n);

    if (f.push_count > PUSHES - 16)
        return;
    switch (verb % 16) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4: peer_request(n <= 2 ? n : 0, a, b, fuzz_take(input)); break;
    case 5:
    case 6:
    case 7:
    case 8: msrp_request(n > 2 ? n : 3, a, b, fuzz_take(input)); break;
    case 9:
        if (fuzz_host_open(&f.host, n))
            push_receiver_accepted(f.agent, f.now_us, &flow);
        break;
    case 10: answer_host(n, a); break;
    case 11: lose(n); break;
    case 12:
        if (fuzz_host_pay(&f.host, n))
            push_receiver_sent(f.agent, f.now_us, &flow);
        break;
    case 13:
    case 14: user(a, b); break;
    case 15:
        f.now_us += (uint64_t)a * a * 2000;
        push_receiver_tick(f.agent, f.now_us);
        break;
    }
    drain();
}

/* Everybody leaves. */
static void end(void)
{
    f.late = false;
    for (unsigned turn = 0; turn < 120; turn++) {
        for (unsigned i = 0; i < f.push_count; i++)
            if (f.pushes[i].state == OFFERED)
                decide(&f.pushes[i], 3);
            else if (f.pushes[i].state == WHOLE)
                (void)!push_receiver_stored(f.agent, f.now_us, f.pushes[i].handle, SP_OK);
        drain();
        for (unsigned n = 1; n < FUZZ_FLOWS; n++) {
            lose(n);
            drain();
        }
        while (f.host.asked_count > 0)
            answer_host(0, 0);
        f.now_us += 4000000;
        push_receiver_tick(f.agent, f.now_us);
        drain();
    }
    for (unsigned i = 0; i < f.push_count; i++)
        fuzz_law(f.pushes[i].state == OVER);
}

static void nothing_left(void)
{
    const struct sip_ua *ua = f.agent->link.ua;

    fuzz_law(push_receiver_open(f.agent) == 0 && f.agent->lines.used == 0);
    fuzz_law(f.agent->pagers == 0 && f.agent->store.used == 0 && f.agent->timers.used == 0);
    fuzz_law(ua->owed_count == 0 && ua->store.used == f.kept && ua->timers.used == 0);
    fuzz_law(ua->tx->transactions.used == 0 && ua->tx->store.used == 0 && ua->tx->conns.used == 0);
    fuzz_law(f.agent->link.msrp->sessions.used == 0 && f.agent->link.msrp->messages.used == 0);
    fuzz_law(f.agent->link.msrp->store.used == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    static const uint8_t              seed[SP_SEED_OCTETS];
    static const unsigned             bound[] = { 0, 1, 3 };
    struct sp_slice                   input = sp_slice(octets, len);
    struct sp_limits                  limits = sp_limits_small;
    const struct push_receiver_config config = { .uri = SP_LIT("sip:a@a.example") };
    uint8_t                           how = fuzz_take(&input);

    memset(&f, 0, sizeof f);
    f.late = (how & 1) != 0;
    limits.transactions = 4 + (how >> 4);
    limits.store_octets = 16384;
    limits.fields = 40;
    limits.dialogs = limits.pushes = 1 + (how >> 1) % 3;
    limits.push_files = 3;
    limits.msrp_sessions = 1 + (how >> 3) % 4;
    limits.msrp_connections = limits.streams = 3;
    f.agent = push_receiver_init(fuzz_room(push_receiver_size(&limits)), &limits, seed, &config);
    f.kept = f.agent->link.ua->store.used;
    (void)fuzz_host_open(&f.host, 0);
    for (size_t i = 0; i < 3; i++) {
        struct sp_flow flow = flow_of(bound[i]);

        flow.id += i > 0 ? 100 : 0;
        push_receiver_bound(f.agent, &flow);
    }
    while (input.len > 0)
        one_verb(&input);
    end();
    nothing_left();
    fuzz_free();
    return 0;
}
