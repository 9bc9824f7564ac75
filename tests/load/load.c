/* SPDX-License-Identifier: MIT
 * tests/load/load.c -- a sender that lives long: pushes of every kind, spread over a time.
 *
 *   load URI PUSHES SECONDS SEED T1-MS TCP-URI
 *
 * Texts and small files in pager mode, files of up to 256 KiB in sessions, several in sequence and
 * in parallel, over UDP and TCP; some are given up in the middle, some are larger than the receiver
 * takes. Ends when the last one ended, with a line of what became of the contents:
 * `contents N delivered N refused N dropped N failed N`. 0 only if each ended as it had to. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../push/push_sender.h"
#include "../../transport/sp_net.h"

#define MOST  262144  /* octets of a content that the receiver takes */
#define LARGE 2097152 /* of one that it does not take */
#define FILES 4

static struct sp_net      *net;
static struct push_sender *agent;
static char                octets[LARGE];
static const char         *targets[2]; /* UDP, TCP */
static uint64_t            pushes, submitted, orders, random_state;
static uint64_t            contents, delivered, refused, dropped, failed;

/* What an order must come to, in its `user`. */
enum { DELIVERED, REFUSED, DROPPED };

static uint32_t below(uint32_t limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(random_state >> 33) % limit;
}

static void die(const char *what)
{
    fprintf(stderr, "load: %s\n", what);
    exit(2);
}

static void *room(size_t n)
{
    void *at = calloc(1, n);

    if (at == NULL)
        die("no memory");
    return at;
}

static struct push_content content_of(char name[32], uint32_t n, size_t size)
{
    struct push_content content = { .type = SP_LIT("application/octet-stream"),
                                    .octets = size,
                                    .has_sha1 = true };

    snprintf(name, 32, "%llu-%u.bin", (unsigned long long)submitted, n);
    content.name = sp_str(name);
    content.body = sp_slice(octets + (size == LARGE ? 0 : below((uint32_t)(LARGE - size))), size);
    sp_sha1(content.body, content.sha1);
    return content;
}

static void submit(void)
{
    struct push_content files[FILES];
    char                names[FILES][32];
    uint32_t            kind = below(100);
    struct push_order   order = { .contents = files, .count = 1, .retries = 3 };
    struct sp_handle    handle;

    order.to = sp_str(targets[below(3) == 0]);
    order.mode = kind < 50 ? PUSH_PAGER : PUSH_SESSION;
    order.user = kind < 92 ? DELIVERED : kind < 96 ? REFUSED : DROPPED;
    if (kind >= 85 && kind < 92)
        order.count = 2 + below(FILES - 1);
    order.parallel = below(2) == 0;
    for (uint32_t i = 0; i < order.count; i++)
        files[i] = content_of(names[i], i,
                              kind < 50               ? 1 + below(500)
                              : order.user == REFUSED ? LARGE
                                                      : 1 + below(MOST));
    submitted++;
    contents += order.count;
    if (push_sender_submit(agent, sp_net_now_us(), &order, &handle) != SP_OK)
        die("an order cannot be given");
    orders++;
    if (order.user == DROPPED && below(2) == 0)
        (void)!push_sender_abort(agent, sp_net_now_us(), handle); /* before anything left */
}

static void ended(const struct push_sender_action *action)
{
    delivered += action->err == SP_OK;
    refused += action->err == SP_REFUSED && action->user == REFUSED;
    dropped += action->err == SP_INTERRUPTED && action->user == DROPPED;
    if (action->err == SP_OK ? action->user == REFUSED
                             : !(action->err == SP_REFUSED && action->user == REFUSED) &&
                                   !(action->err == SP_INTERRUPTED && action->user == DROPPED)) {
        fprintf(stderr, "load: %s %u %s %.*s\n", sp_err_name(action->err), action->status,
                action->timer != NULL ? action->timer : "", SP_ARG(action->reason));
        failed++;
    }
}

static void drain(void)
{
    struct push_sender_action action;

    while (push_sender_next(agent, &action)) {
        switch (action.kind) {
        case PUSH_SENDER_IO: sp_net_perform(net, &action.io); break;
        case PUSH_SENDER_STARTED:
            if (action.user == DROPPED)
                (void)!push_sender_abort(agent, sp_net_now_us(), action.order);
            break;
        case PUSH_SENDER_CONTENT_ENDED: ended(&action); break;
        case PUSH_SENDER_ENDED: orders--; break;
        default: break;
        }
    }
}

static void start(uint64_t seed_number, uint32_t t1_ms)
{
    struct sp_limits          limits = sp_limits_default;
    struct push_sender_config config = { .from = SP_LIT("sip:load@127.0.0.1") };
    struct sp_addr            here = { .family = SP_IPV4, .octets = { 127, 0, 0, 1 } };
    uint8_t                   seed[SP_SEED_OCTETS] = { 0 };
    struct sp_flow            flow;

    limits.t1_ms = t1_ms;
    memcpy(seed, &seed_number, sizeof seed_number);
    random_state = seed_number;
    for (size_t i = 0; i < sizeof octets; i++)
        octets[i] = (char)below(256);
    net = sp_net_init(room(sp_net_size(&sp_net_config_default)), &sp_net_config_default);
    agent = push_sender_init(room(push_sender_size(&limits)), &limits, seed, &config);
    for (int i = 0; i < 3; i++) {
        if (sp_net_listen(net, i == 0 ? SP_UDP : SP_TCP, i < 2 ? SP_SIP : SP_MSRP, &here, &flow) !=
            SP_OK)
            die("cannot listen");
        push_sender_bound(agent, &flow);
    }
}

int main(int argc, char **argv)
{
    struct sp_net_event event;
    uint64_t            begun_us, step_us;

    if (argc != 7)
        die("URI PUSHES SECONDS SEED T1-MS TCP-URI");
    targets[0] = argv[1];
    targets[1] = argv[6];
    pushes = strtoul(argv[2], NULL, 10);
    step_us = strtoul(argv[3], NULL, 10) * 1000000 / pushes;
    start(strtoul(argv[4], NULL, 10), (uint32_t)strtoul(argv[5], NULL, 10));
    begun_us = sp_net_now_us();
    for (drain(); submitted < pushes || push_sender_open(agent) > 0; drain()) {
        uint64_t deadline_us = push_sender_deadline(agent);
        bool     more = submitted < pushes && orders < sp_limits_default.pushes;
        uint64_t due_us = more ? begun_us + submitted * step_us : UINT64_MAX;

        sp_net_wait(net, deadline_us < due_us ? deadline_us : due_us);
        push_sender_tick(agent, sp_net_now_us());
        if (sp_net_now_us() >= due_us)
            submit();
        for (drain(); sp_net_event(net, &event); drain())
            push_sender_event(agent, sp_net_now_us(), &event);
    }
    sp_net_end(net);
    printf("contents %llu delivered %llu refused %llu dropped %llu failed %llu\n",
           (unsigned long long)contents, (unsigned long long)delivered, (unsigned long long)refused,
           (unsigned long long)dropped, (unsigned long long)failed);
    return failed > 0;
}
