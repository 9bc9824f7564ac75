/* SPDX-License-Identifier: MIT
 * tests/fuzz/push_sender.c -- the Push Sender Agent under any schedule: orders, a peer that answers
 * as it likes, contents that come late or not at all. RFC 3428, RFC 4975, RFC 5547.
 *
 * An input is a schedule: octets that name a verb and its arguments. Laws: each content of an order
 * that was taken ends once, then the order ends once; octets are wanted only of contents that are
 * on their way; progress never goes back; octets go out on flows that there are; when all was given
 * up and time went by, nothing is left. */
#include <stdio.h>

#include "../../dialog/sip_core.h"
#include "../../msrp/msrp_core.h"
#include "../../push/push_out.h"
#include "../../transaction/sip_layer.h"
#include "fuzz_host.h"

/* Flow 0 is UDP; 1 and 2 SIP, the others MSRP. */
#define ORDERS   12
#define CONTENTS 3
#define SENT     6

struct order {
    struct sp_handle handle;
    bool             alive;
    uint32_t         count;
    struct {
        bool     started, ended;
        uint64_t progress;
    } contents[CONTENTS];
};

static struct fuzz {
    struct push_sender *agent;
    uint64_t            now_us;
    size_t              kept;
    struct fuzz_host    host;
    struct order        orders[ORDERS];
    unsigned            order_count;
    uint8_t             gives; /* how contents are given */
    char                sent[SENT][1500], chunks[SENT][400];
    uint64_t            sent_on[SENT], chunk_on[SENT];
    unsigned            sent_count, chunk_count, serial;
} f;

static char content[4096];

static struct sp_flow flow_of(unsigned n)
{
    struct sp_flow flow = { .id = n + 1, .transport = n == 0 ? SP_UDP : SP_TCP };

    flow.protocol = n > 2 ? SP_MSRP : SP_SIP;
    flow.local = fuzz_addr(1, n > 2 ? 2855 : 5060);
    flow.remote = fuzz_addr(2, n > 2 ? 7000 : 5060);
    return flow;
}

/* ---- what the agent says */

static void keep(const struct sp_io *io)
{
    unsigned n = (unsigned)io->flow.id - 1;

    if (n <= 2 && !sp_starts(io->parts[0], SP_LIT("SIP/2.0"))) {
        f.sent_on[f.sent_count % SENT] = n;
        snprintf(f.sent[f.sent_count++ % SENT], sizeof f.sent[0], "%.*s", SP_ARG(io->parts[0]));
    } else if (sp_starts(io->parts[0], SP_LIT("MSRP "))) {
        f.chunk_on[f.chunk_count % SENT] = n;
        snprintf(f.chunks[f.chunk_count++ % SENT], sizeof f.chunks[0], "%.*s",
                 SP_ARG(io->parts[0]));
    }
}

static void do_io(const struct sp_io *io)
{
    fuzz_host_io(&f.host, io);
    if (io->kind == SP_IO_SEND)
        keep(io);
}

static void want(const struct push_sender_action *action)
{
    uint64_t most = action->octets < sizeof content ? action->octets : sizeof content;

    fuzz_law(most > 0);
    if (f.gives % 8 == 0)
        most = 0; /* it cannot be read */
    else if (f.gives % 8 == 1)
        most = 1;
    push_sender_content(f.agent, f.now_us, action->order, action->index, action->offset,
                        sp_slice(most > 0 ? content : NULL, most));
}

static void do_note(const struct push_sender_action *action)
{
    struct order *order = &f.orders[action->user % ORDERS];
    uint32_t      i = action->index % CONTENTS;

    if (action->kind == PUSH_SENDER_IO) {
        do_io(&action->io);
        return;
    }
    if (action->kind > PUSH_SENDER_ENDED)
        return;
    fuzz_law(order->alive && action->user < f.order_count && action->index < order->count);
    switch (action->kind) {
    case PUSH_SENDER_WANT:
        fuzz_law(order->contents[i].started && !order->contents[i].ended);
        want(action);
        break;
    case PUSH_SENDER_STARTED:
        fuzz_law(!order->contents[i].ended);
        order->contents[i].started = true;
        break;
    case PUSH_SENDER_PROGRESS:
        fuzz_law(!order->contents[i].ended && action->offset >= order->contents[i].progress);
        order->contents[i].progress = action->offset;
        break;
    case PUSH_SENDER_CONTENT_ENDED:
        fuzz_law(!order->contents[i].ended);
        order->contents[i].ended = true;
        break;
    case PUSH_SENDER_ENDED:
        for (i = 0; i < order->count; i++)
            fuzz_law(order->contents[i].ended);
        order->alive = false;
        break;
    default: break;
    }
}

static void drain(void)
{
    struct push_sender_action action;
    unsigned                  turns = 0;

    while (push_sender_next(f.agent, &action)) {
        fuzz_law(++turns < 20000);
        do_note(&action);
    }
}

/* ---- what users order */

static void submit(uint8_t a, uint8_t b)
{
    struct push_content contents[CONTENTS] = { { { 0 } } };
    struct order       *order = &f.orders[f.order_count % ORDERS];
    struct push_order   like = { .contents = contents, .user = f.order_count };

    if (f.order_count == ORDERS)
        return;
    like.count = 1 + a % CONTENTS;
    like.to = a & 4 ? SP_LIT("sip:b@192.0.2.2") : SP_LIT("sip:b@192.0.2.2;transport=tcp");
    like.mode = (enum push_mode)((a >> 3) % 3);
    like.parallel = (a & 32) != 0;
    like.query = (a & 64) != 0;
    like.retries = a >> 7;
    for (uint32_t i = 0; i < like.count; i++, b >>= 2) {
        contents[i].type = SP_LIT("a/b");
        contents[i].name = b & 1 ? SP_LIT("file") : sp_slice(NULL, 0);
        contents[i].octets = b & 2 ? 3000 : 20;
        if ((b & 2) == 0)
            contents[i].body = sp_slice(content, 20);
    }
    memset(order, 0, sizeof *order);
    order->count = like.count;
    if (push_sender_submit(f.agent, f.now_us, &like, &order->handle) == SP_OK) {
        order->alive = true;
        f.order_count++;
    }
}

static void give_up(uint8_t a, uint8_t b)
{
    struct order *order = &f.orders[a % ORDERS];

    if (b & 1)
        (void)!push_sender_abort(f.agent, f.now_us, order->handle);
    else
        (void)!push_sender_abort_content(f.agent, f.now_us, order->handle, (b >> 1) % CONTENTS);
}

/* ---- what the peer says */

static void receive(unsigned n, struct sp_slice octets)
{
    struct sp_flow flow = flow_of(n);

    if (f.host.flows[n].open)
        push_sender_receive(f.agent, f.now_us, &flow, fuzz_copy(octets));
    drain();
}

/* An answer to each m= line of the offer: taken, or (a bit) not. */
static void put_answer(struct sp_buf *to, struct sp_slice offer, uint8_t how)
{
    struct sp_slice rest = offer;
    char            line[200];

    sp_put_text(to, "v=0\r\no=- 1 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\n");
    for (unsigned i = 0; i < 8; i++, how = (uint8_t)(how << 1)) {
        struct sp_slice block;

        rest = sp_from(rest, sp_find_slice(rest, SP_LIT("m=message ")));
        if (rest.len == 0)
            return;
        rest = sp_from(rest, 10);
        block = sp_head(rest, sp_find_slice(rest, SP_LIT("m=message ")));
        snprintf(line, sizeof line,
                 "m=message %u TCP/MSRP *\r\na=recvonly\r\na=setup:passive\r\na=accept-types:*\r\n"
                 "a=path:msrp://192.0.2.2:7000/q%u;tcp\r\n",
                 how & 128 ? 0u : 7000u, i);
        sp_put_text(to, line);
        if (sp_find_slice(block, SP_LIT("a=file-selector:")) == block.len)
            continue;
        sp_put_text(to, "a=file-selector:");
        sp_put(to, fuzz_after(block, "a=file-selector:"));
        sp_put_text(to, "\r\na=file-transfer-id:");
        sp_put(to, fuzz_after(block, "a=file-transfer-id:"));
        sp_put_text(to, "\r\n");
    }
}

static void response(uint8_t a, uint8_t b, uint8_t c)
{
    static const unsigned statuses[] = { 100, 180, 200, 200, 200, 200, 202, 302,
                                         401, 413, 415, 480, 486, 488, 503, 603 };
    struct sp_slice       of = sp_str(f.sent[a % SENT]), to_field = fuzz_after(of, "\r\nTo: ");
    struct sp_buf         body = fuzz_buf(4096), to = fuzz_buf(8192);
    unsigned              status = statuses[b % 16];
    char                  head[1500];

    if (of.len == 0)
        return;
    if (sp_starts(of, SP_LIT("INVITE")) && status / 100 == 2)
        put_answer(&body, of, c);
    snprintf(head, sizeof head,
             "SIP/2.0 %u X\r\nVia: %.*s\r\nFrom: %.*s\r\nTo: %.*s%s\r\nCall-ID: %.*s\r\nCSeq: %.*s"
             "\r\nContact: <sip:b@192.0.2.2>\r\n%s%sContent-Length: ",
             status, SP_ARG(fuzz_after(of, "\r\nVia: ")), SP_ARG(fuzz_after(of, "\r\nFrom: ")),
             SP_ARG(to_field),
             sp_find_slice(to_field, SP_LIT(";tag=")) < to_field.len ? "" : ";tag=b",
             SP_ARG(fuzz_after(of, "\r\nCall-ID: ")), SP_ARG(fuzz_after(of, "\r\nCSeq: ")),
             b & 64 ? "Retry-After: 3\r\n" : "",
             body.len > 0 ? "Content-Type: application/sdp\r\n" : "");
    sp_put_text(&to, head);
    sp_put_u64(&to, body.len);
    sp_put_text(&to, "\r\n\r\n");
    sp_put(&to, sp_slice(body.at, body.len));
    receive((unsigned)f.sent_on[a % SENT], sp_slice(to.at, to.len));
}

/* A request of the peer's in the dialog of something that we sent. */
static void peer_request(uint8_t a, uint8_t b)
{
    static const char *const methods[] = { "BYE", "INVITE", "OPTIONS", "MESSAGE", "ACK", "INFO" };
    struct sp_slice          of = sp_str(f.sent[a % SENT]);
    const char              *body = b & 64 ? "v=0\r\no=- 1 2 IN IP4 192.0.2.2\r\ns=-\r\n"
                                             "c=IN IP4 192.0.2.2\r\nt=0 0\r\n"
                                             "m=message 0 TCP/MSRP *\r\n"
                                           : "";
    char                     text[2048];

    if (of.len == 0)
        return;
    f.serial++;
    snprintf(text, sizeof text,
             "%s sip:a@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKp%u\r\n"
             "Max-Forwards: 70\r\nFrom: %.*s;tag=b\r\nTo: %.*s\r\nCall-ID: %.*s\r\nCSeq: %u %s\r\n"
             "Contact: <sip:b@192.0.2.2>\r\n%sContent-Length: %zu\r\n\r\n%s",
             methods[b % 6], f.serial, (int)sp_find(fuzz_after(of, "\r\nTo: "), ';'),
             fuzz_after(of, "\r\nTo: ").at, SP_ARG(fuzz_after(of, "\r\nFrom: ")),
             SP_ARG(fuzz_after(of, "\r\nCall-ID: ")), 1 + f.serial, methods[b % 6],
             body[0] != '\0' ? "Content-Type: application/sdp\r\n" : "", strlen(body), body);
    receive(0, sp_str(text));
}

/* A response to a chunk, or a report of its message. */
static void msrp_says(uint8_t a, uint8_t b)
{
    static const unsigned    statuses[] = { 200, 200, 200, 200, 413, 481, 408, 506 };
    static const char *const ranges[] = { "1-20/20", "1-3000/3000", "1-100/3000", "101-3000/3000" };
    struct sp_slice          of = sp_str(f.chunks[a % SENT]), id;
    char                     text[1200];

    if (of.len == 0)
        return;
    id = sp_from(of, 5);
    id = sp_head(id, sp_find(id, ' '));
    if (b & 8)
        snprintf(text, sizeof text,
                 "MSRP rep%u REPORT\r\nTo-Path: %.*s\r\nFrom-Path: %.*s\r\nMessage-ID: %.*s\r\n"
                 "Byte-Range: %s\r\nStatus: 000 %u\r\n-------rep%u$\r\n",
                 1000u, SP_ARG(fuzz_after(of, "\r\nFrom-Path: ")),
                 SP_ARG(fuzz_after(of, "\r\nTo-Path: ")),
                 SP_ARG(fuzz_after(of, "\r\nMessage-ID: ")), ranges[(b >> 4) % 4], statuses[b % 8],
                 1000u);
    else
        snprintf(text, sizeof text,
                 "MSRP %.*s %u\r\nTo-Path: %.*s\r\nFrom-Path: %.*s\r\n-------%.*s$\r\n", SP_ARG(id),
                 statuses[b % 8], SP_ARG(fuzz_after(of, "\r\nFrom-Path: ")),
                 SP_ARG(fuzz_after(of, "\r\nTo-Path: ")), SP_ARG(id));
    receive((unsigned)f.chunk_on[a % SENT], sp_str(text));
}

/* ---- what the host says */

static void answer_host(unsigned n, uint8_t how)
{
    struct sp_addr  addr = fuzz_addr(2, 7000);
    struct sp_flow  flow = flow_of(n);
    struct fuzz_ask ask;

    if (!fuzz_host_ask(&f.host, &ask))
        return;
    if (ask.name) {
        push_sender_resolved(f.agent, f.now_us, ask.cookie, &addr, how & 1);
    } else if ((how & 1) != 0 && n > 0 && (ask.protocol == SP_MSRP) == (n > 2) &&
               fuzz_host_open(&f.host, n)) {
        push_sender_connected(f.agent, f.now_us, ask.cookie, &flow);
    } else {
        push_sender_closed(f.agent, f.now_us, ask.cookie, NULL, SP_REFUSED);
    }
    drain();
}

static void lose(unsigned n)
{
    struct sp_flow flow = flow_of(n);

    if (n > 0 && fuzz_host_close(&f.host, n))
        push_sender_closed(f.agent, f.now_us, 0, &flow, SP_CLOSED);
}

static void one_verb(struct sp_slice *input)
{
    uint8_t        verb = fuzz_take(input), a = fuzz_take(input), b = fuzz_take(input);
    unsigned       n = verb / 16u % FUZZ_FLOWS;
    struct sp_flow flow = flow_of(n);

    switch (verb % 16) {
    case 0: submit(a, b); break;
    case 1: give_up(a, b); break;
    case 2:
    case 3:
    case 4:
    case 5: response(a, b, fuzz_take(input)); break;
    case 6: peer_request(a, b); break;
    case 7:
    case 8:
    case 9: msrp_says(a, b); break;
    case 10:
    case 11: answer_host(n > 0 ? n : 3, a); break;
    case 12: lose(n); break;
    case 13:
    case 14:
        f.gives = a;
        if (fuzz_host_pay(&f.host, n))
            push_sender_sent(f.agent, f.now_us, &flow);
        break;
    case 15:
        f.now_us += (uint64_t)a * a * 2000;
        push_sender_tick(f.agent, f.now_us);
        break;
    }
    drain();
}

static void end(void)
{
    for (unsigned i = 0; i < f.order_count; i++)
        (void)!push_sender_abort(f.agent, f.now_us, f.orders[i].handle);
    drain();
    for (unsigned turn = 0; turn < 80; turn++) {
        for (unsigned n = 1; n < FUZZ_FLOWS; n++) {
            lose(n);
            drain();
        }
        while (f.host.asked_count > 0)
            answer_host(0, 0);
        f.now_us += 4000000;
        push_sender_tick(f.agent, f.now_us);
        drain();
    }
    for (unsigned i = 0; i < f.order_count; i++)
        fuzz_law(!f.orders[i].alive);
}

static void nothing_left(void)
{
    const struct sip_ua *ua = f.agent->link.ua;

    fuzz_law(push_sender_open(f.agent) == 0 && f.agent->store.used == 0);
    fuzz_law(f.agent->timers.used == 0 && ua->owed_count == 0);
    fuzz_law(ua->store.used == f.kept && ua->timers.used == 0);
    fuzz_law(ua->tx->transactions.used == 0 && ua->tx->store.used == 0 && ua->tx->conns.used == 0);
    fuzz_law(f.agent->link.msrp->sessions.used == 0 && f.agent->link.msrp->messages.used == 0);
    fuzz_law(f.agent->link.msrp->store.used == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    static const uint8_t            seed[SP_SEED_OCTETS];
    static const unsigned           bound[] = { 0, 1, 3 };
    struct sp_slice                 input = sp_slice(octets, len);
    struct sp_limits                limits = sp_limits_small;
    const struct push_sender_config config = { .from = SP_LIT("sip:a@a.example") };
    uint8_t                         how = fuzz_take(&input);

    memset(&f, 0, sizeof f);
    f.gives = 7;
    limits.transactions = 3 + (how >> 4);
    limits.store_octets = 16384;
    limits.message_octets = 4096;
    limits.fields = 40;
    limits.dialogs = limits.pushes = 1 + (how >> 1) % 3;
    limits.push_files = CONTENTS;
    limits.msrp_sessions = 1 + (how >> 3) % 4;
    limits.msrp_messages = 4;
    limits.msrp_connections = limits.streams = 3;
    f.agent = push_sender_init(fuzz_room(push_sender_size(&limits)), &limits, seed, &config);
    f.kept = f.agent->link.ua->store.used;
    (void)fuzz_host_open(&f.host, 0);
    for (size_t i = 0; i < 2 + (how & 1u); i++) {
        struct sp_flow flow = flow_of(bound[i]);

        flow.id += i > 0 ? 100 : 0;
        push_sender_bound(f.agent, &flow);
    }
    while (input.len > 0)
        one_verb(&input);
    end();
    nothing_left();
    fuzz_free();
    return 0;
}
