/* SPDX-License-Identifier: MIT
 * tests/unit/tx_unit.c -- a transaction layer on a bench. */
#include "tx_unit.h"

#include <stdio.h>

struct sp_limits tx_limits(void)
{
    struct sp_limits limits = sp_limits_default;

    limits.message_octets = 4096;
    limits.fields = 64;
    limits.transactions = 4;
    limits.streams = 2;
    limits.stream_buffers = 1;
    limits.store_octets = 16384;
    return limits;
}

static struct sp_addr addr(const char *text)
{
    struct sp_addr addr;

    unit_err(sp_addr_parse(sp_str(text), &addr), SP_OK);
    addr.port = 5060;
    return addr;
}

void tx_bench(struct tx_bench *bench, const struct sp_limits *limits, enum sp_transport transport,
              bool accepted)
{
    static const uint8_t seed[SP_SEED_OCTETS] = { 7 };
    struct sp_flow       local = { .id = 1, .local = addr("192.0.2.1") };

    memset(bench, 0, sizeof *bench);
    bench->layer = sip_tx_init(unit_room(sip_tx_size(limits)), limits, seed);
    sip_tx_bound(bench->layer, &local);
    local.id = 2;
    local.transport = SP_TCP;
    sip_tx_bound(bench->layer, &local);
    bench->peer = local;
    bench->peer.transport = (uint8_t)transport;
    bench->peer.id = transport == SP_UDP ? 1 : 10;
    bench->peer.remote = addr("192.0.2.2");
    bench->connects = true;
    bench->was_empty = true;
    if (accepted && transport == SP_TCP)
        sip_tx_accepted(bench->layer, 0, &bench->peer);
}

static void note(struct tx_bench *bench, const char *words, const char *more)
{
    size_t at = strlen(bench->log);

    snprintf(bench->log + at, sizeof bench->log - at, "%llu %s%s\n",
             (unsigned long long)bench->now_us / 1000, words, more);
}

/* "INVITE", or "200". */
static void note_sent(struct tx_bench *bench, struct sp_slice octets)
{
    char            word[32];
    struct sp_slice from = sp_starts(octets, SP_LIT("SIP/2.0 ")) ? sp_from(octets, 8) : octets;

    snprintf(word, sizeof word, "%.*s", (int)sp_find(from, ' '), from.at);
    if (sp_trim(octets).len == 0)
        snprintf(word, sizeof word, octets.len == 4 ? "PING" : "PONG");
    note(bench, "> ", word);
    snprintf(bench->sent, sizeof bench->sent, "%.*s", SP_ARG(octets));
    if (bench->first[0] == '\0')
        memcpy(bench->first, bench->sent, sizeof bench->first);
}

static void perform(struct tx_bench *bench, const struct sp_io *io)
{
    switch (io->kind) {
    case SP_IO_SEND:
        bench->sent_by = io->flow.id;
        note_sent(bench, io->parts[0]);
        break;
    case SP_IO_CONNECT:
        note(bench, "CONNECT", "");
        bench->cookie = io->cookie;
        if (bench->connects)
            sip_tx_connected(bench->layer, bench->now_us, io->cookie, &bench->peer);
        break;
    case SP_IO_CLOSE: note(bench, "CLOSE", ""); break;
    default: note(bench, "?", ""); break;
    }
}

void tx_drain(struct tx_bench *bench)
{
    struct sip_tx_action action;
    char                 status[8];

    while (sip_tx_next(bench->layer, &action)) {
        if (action.tx.slot != 0)
            bench->tx = action.tx;
        switch (action.kind) {
        case SIP_TX_IO: perform(bench, &action.io); break;
        case SIP_TX_REQUEST: note(bench, "REQUEST", ""); break;
        case SIP_TX_CANCEL:
            note(bench, "CANCEL", "");
            bench->invite = action.invite;
            break;
        case SIP_TX_ACK: note(bench, "ACK", ""); break;
        case SIP_TX_RESPONSE:
            snprintf(status, sizeof status, "%u", action.msg->status);
            note(bench, "RESPONSE ", status);
            break;
        case SIP_TX_TIMEOUT: note(bench, "TIMEOUT ", action.timer); break;
        case SIP_TX_TRANSPORT: note(bench, "TRANSPORT", ""); break;
        case SIP_TX_UNSENT: note(bench, "UNSENT", ""); break;
        case SIP_TX_LOST: note(bench, "LOST", ""); break;
        }
    }
    if (sip_tx_open(bench->layer) == 0 && !bench->was_empty)
        note(bench, "gone", "");
    bench->was_empty = sip_tx_open(bench->layer) == 0;
}

void tx_until(struct tx_bench *bench, uint64_t ms)
{
    while (sip_tx_deadline(bench->layer) <= ms * 1000) {
        bench->now_us = sip_tx_deadline(bench->layer);
        sip_tx_tick(bench->layer, bench->now_us);
        tx_drain(bench);
    }
    bench->now_us = ms * 1000;
}

void tx_receive(struct tx_bench *bench, const char *text)
{
    sip_tx_receive(bench->layer, bench->now_us, &bench->peer, unit_text(text));
    tx_drain(bench);
}

enum sp_err tx_request(struct tx_bench *bench, const char *method)
{
    char              text[512];
    struct sip_target target = { bench->peer.transport, bench->peer.remote };
    enum sp_err       err;

    snprintf(text, sizeof text,
             "%s sip:b@192.0.2.2 SIP/2.0\r\nMax-Forwards: 70\r\nFrom: <sip:a@a.example>;tag=a\r\n"
             "To: <sip:b@b.example>\r\nCall-ID: c\r\nCSeq: 7 %s\r\nRoute: <sip:p.example;lr>\r\n"
             "Content-Length: 0\r\n\r\n",
             method, method);
    err = sip_tx_request(bench->layer, bench->now_us, &target, sp_str(text), 42, &bench->tx);
    tx_drain(bench);
    return err;
}

const char *tx_response_to(const char *request, unsigned status)
{
    static char              text[4096];
    static const char *const copied[] = { "Via", "From", "To", "Call-ID", "CSeq" };
    size_t                   at = (size_t)snprintf(text, sizeof text, "SIP/2.0 %u X\r\n", status);

    for (size_t i = 0; i < UNIT_ROWS(copied); i++) {
        char        name[16];
        const char *line;

        snprintf(name, sizeof name, "\r\n%s:", copied[i]);
        line = strstr(request, name);
        ck_assert_ptr_nonnull(line);
        at += (size_t)snprintf(text + at, sizeof text - at, "%.*s%s",
                               (int)(strstr(line + 2, "\r\n") - line - 2), line + 2,
                               i == 2 && status > 100 ? ";tag=b\r\n" : "\r\n");
    }
    snprintf(text + at, sizeof text - at, "Content-Length: 0\r\n\r\n");
    return text;
}

const char *tx_request_text(const char *method, const char *branch, const char *transport)
{
    static char text[1024];
    bool        follows = strcmp(method, "ACK") == 0 || strcmp(method, "CANCEL") == 0;

    snprintf(text, sizeof text,
             "%s sip:a@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/%s 192.0.2.2;branch=z9hG4bK%s\r\n"
             "Max-Forwards: 70\r\nFrom: <sip:b@b.example>;tag=b\r\nTo: <sip:a@a.example>%s\r\n"
             "Call-ID: 1@b\r\nCSeq: 1 %s\r\nContent-Length: 0\r\n\r\n",
             method, transport, branch, follows ? ";tag=b" : "", method);
    return text;
}

enum sp_err tx_answer(struct tx_bench *bench, unsigned status)
{
    struct sp_slice request = sip_tx_request_octets(bench->layer, bench->tx);
    char            text[2048];
    const char     *answer;
    enum sp_err     err;

    /* a second final response has no request to be made from: any will do */
    snprintf(text, sizeof text, "%.*s", SP_ARG(request));
    answer = request.len == 0 ? tx_response_to(tx_request_text("INVITE", "i", "UDP"), status)
                              : tx_response_to(text, status);
    err = sip_tx_respond(bench->layer, bench->now_us, bench->tx, (uint16_t)status, sp_str(answer));
    tx_drain(bench);
    return err;
}
