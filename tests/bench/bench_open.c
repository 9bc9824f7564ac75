/* SPDX-License-Identifier: MIT
 * tests/bench/bench_open.c -- the transaction layer with 10, 10,000 and 1,000,000 server
 * transactions open: what one more costs, and the octets that an open one takes.
 *
 *   bench_open OUT    adds its rows to OUT
 *
 * No sockets: the octets of a MESSAGE go in, the user answers, the 200 comes out. The clock goes on
 * by as much as lets one old transaction end with each new one, so their number stays. `limit` puts
 * the same octets aside in memory of the same size and looks for the ends of their lines. Each case
 * is a process of its own; rounds are interleaved within it, a figure is the median. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../parser/sip_write.h"
#include "../../transaction/sip_tx.h"

#define ROUNDS  11
#define TURN    20000u
#define TIMER_J 32000000u /* us */
#define ASIDE   1024u     /* octets */

static const uint32_t cases[] = { 10, 10000, 1000000 };

static struct sip_tx_layer *layer;
static uint64_t             now_us = 1000000, serial;
static struct sp_flow       flow;
static char                *aside;
static uint32_t             aside_count;
static volatile size_t      lines;

static void *memory(size_t octets)
{
    void *at = mmap(NULL, octets, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (at == MAP_FAILED)
        exit(1);
    return at;
}

static size_t resident(void)
{
    char  line[128] = "", *at = line;
    FILE *file = fopen("/proc/self/statm", "r");

    if (file == NULL)
        return 0;
    (void)!fgets(line, sizeof line, file);
    (void)fclose(file);
    (void)strtoul(line, &at, 10); /* the second number */
    return strtoul(at, NULL, 10) * (size_t)sysconf(_SC_PAGESIZE);
}

static struct sp_slice message(void)
{
    static char        octets[1024];
    unsigned long long number = serial++;
    int                n;

    n = snprintf(octets, sizeof octets,
                 "MESSAGE sip:push@127.0.0.1:5060 SIP/2.0\r\n"
                 "Via: SIP/2.0/UDP 127.0.0.1:5062;rport;branch=z9hG4bKbench%010llu\r\n"
                 "Max-Forwards: 70\r\n"
                 "From: \"Dr. Watson\" <sip:watson@client.example.com>;tag=%010llu\r\n"
                 "To: \"Push Receiver\" <sip:push@server.example.com>\r\n"
                 "Call-ID: bench-%010llu@client.example.com\r\nCSeq: 1 MESSAGE\r\n"
                 "User-Agent: bench\r\nContent-Type: text/plain\r\n"
                 "Content-Length: 18\r\n\r\nWatson, come here.",
                 number, number, number);
    return sp_slice(octets, (size_t)n);
}

static void answer(const struct sip_tx_action *action)
{
    char          octets[1024];
    struct sp_buf to = sp_buf(octets, sizeof octets);

    sip_put_response_head(&to, action->msg, 200, SP_LIT("OK"), SP_LIT("bench200"));
    sip_put_field_name(&to, SP_LIT("Server"),
                       SP_LIT("sipush bench, with words that fill it up to "
                              "the size of a common answer"));
    sip_put_body(&to, SP_LIT(""), SP_LIT(""));
    if (sip_tx_respond(layer, now_us, action->tx, 200, sp_written(&to)) != SP_OK)
        exit(2);
}

static void ours(struct sp_slice octets, uint32_t open)
{
    struct sip_tx_action action;

    now_us += TIMER_J / open;
    sip_tx_tick(layer, now_us);
    while (sip_tx_next(layer, &action))
        continue;
    sip_tx_receive(layer, now_us, &flow, octets);
    while (sip_tx_next(layer, &action))
        if (action.kind == SIP_TX_REQUEST)
            answer(&action);
}

static void limit(struct sp_slice octets, uint32_t open)
{
    const char *end = octets.at + octets.len;

    memcpy(aside + (size_t)(serial % open) * ASIDE, octets.at, octets.len);
    for (const char *at = octets.at; (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++)
        lines++;
}

static double turn_ns(void (*one)(struct sp_slice, uint32_t), uint32_t open)
{
    struct timespec from, to;
    double          texts = 0, ns;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    for (uint32_t i = 0; i < TURN; i++)
        (void)message();
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    texts = (double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec);
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    for (uint32_t i = 0; i < TURN; i++)
        one(message(), open);
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    ns = (double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec);
    return (ns - texts) / TURN;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void put(FILE *out, uint32_t open, const char *subject, double value, const char *unit)
{
    printf("%-18s open-%-9u %-10s %8.0f %s\n", "open-transactions", (unsigned)open, subject, value,
           unit);
    fprintf(out, "open-transactions\topen-%u\t%s\t%.0f\t%s\n", (unsigned)open, subject, value,
            unit);
}

static void measure(FILE *out, uint32_t open)
{
    struct sp_limits limits = sp_limits_default;
    uint8_t          seed[SP_SEED_OCTETS] = { 1 };
    double           rounds[2][ROUNDS];
    size_t           before;

    limits.transactions = open + 64;
    limits.store_octets = (limits.transactions + 4) * UINT32_C(512);
    flow = (struct sp_flow){ .id = 1 };
    if (sp_addr_parse(SP_LIT("127.0.0.1"), &flow.local) != SP_OK)
        exit(1);
    flow.remote = flow.local;
    flow.local.port = 5060;
    flow.remote.port = 5062;
    before = resident();
    layer = sip_tx_init(memory(sip_tx_size(&limits)), &limits, seed);
    sip_tx_bound(layer, &flow);
    for (uint32_t i = 0; i < open; i++)
        ours(message(), open);
    if (sip_tx_open(layer) + 1 < open)
        exit(3);
    if (open >= 10000)
        put(out, open, "sipush", (double)(resident() - before) / open, "octets");
    aside_count = open;
    aside = memory((size_t)open * ASIDE);
    memset(aside, 1, (size_t)open * ASIDE);
    for (unsigned r = 0; r < ROUNDS; r++) {
        rounds[0][r] = turn_ns(ours, open);
        rounds[1][r] = turn_ns(limit, open);
    }
    for (unsigned s = 0; s < 2; s++) {
        qsort(rounds[s], ROUNDS, sizeof rounds[s][0], by_value);
        put(out, open, s == 0 ? "sipush" : "limit", rounds[s][ROUNDS / 2], "ns");
    }
}

int main(int argc, char **argv)
{
    FILE *out = argc > 1 ? fopen(argv[1], "a") : NULL;
    int   status = 0;

    if (out == NULL)
        return 1;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)fflush(NULL);
        if (fork() == 0) {
            measure(out, cases[i]);
            exit(fclose(out));
        }
        if (wait(&status) < 0 || status != 0)
            return 1;
    }
    return fclose(out);
}
