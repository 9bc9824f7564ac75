/* SPDX-License-Identifier: MIT
 * tests/unit/test_msrp_agent.c -- two endpoints against each other, over a network from a seed. RFC
 * 4975.
 *
 * Octets are cut anywhere and wait anywhere, `sent` comes late, both sides send at once, receivers
 * refuse, connections break: whatever happens, what is said to be delivered is whole at the other
 * side, octet for octet, and nothing is left at the end. */
#include <stdio.h>

#include "msrp_unit.h"

#define MESSAGES    24 /* each way, at most */
#define LONGEST     40000
#define SESSIONS    3
#define PIPE_OCTETS (1u << 20)

/* What one side sends to the other. */
struct job {
    uint64_t octets;
    bool     success, given, delivered, failed, complete, refused;
    uint8_t  failure;
    uint16_t status;
    char     got[LONGEST];
};

struct end {
    struct msrp_agent *agent;
    struct job         jobs[MESSAGES];    /* of this side */
    char               pipe[PIPE_OCTETS]; /* on its way to the other side */
    size_t             first, last;
    size_t             owed; /* `sent` is due when `first` gets there; 0: none */
    bool               connected;
    struct sp_handle   sessions[SESSIONS];
    uint64_t           cookie;
    int                up, down;
};

struct net {
    struct end ends[2];
    uint32_t   random;
    uint64_t   now_us;
    bool       accepting; /* CONNECT was asked for */
    unsigned   refusals;  /* one message of so many is refused; 0: none */
};

static uint32_t draw(struct net *net, uint32_t below)
{
    net->random = net->random * 1664525 + 1013904223;
    return (net->random >> 8) % below;
}

/* The octets of a message: many hyphens and line ends among them. */
static char octet_of(int side, int job, uint64_t offset)
{
    uint64_t x = (offset + 1) * 2654435761u + (uint64_t)job * 97 + (uint64_t)side;

    return "\r\n--------abcdef\0\xff"[(x >> 13) % 18];
}

/* One assertion for all octets: each costs libcheck a message. */
static bool same(const char *got, uint64_t octets, int side, int job)
{
    for (uint64_t i = 0; i < octets; i++)
        if (got[i] != octet_of(side, job, i))
            return false;
    return true;
}

static struct sp_flow the_flow(void)
{
    return msrp_side_flow(1);
}

static void give_content(struct net *net, int side, const struct msrp_action *action)
{
    static char octets[65536];
    uint64_t    len = 1 + draw(net, (uint32_t)action->octets);

    if (draw(net, 4) > 0)
        len = action->octets;
    for (uint64_t i = 0; i < len; i++)
        octets[i] = octet_of(side, (int)action->user, action->offset + i);
    msrp_content(net->ends[side].agent, net->now_us, action->message, action->offset,
                 sp_slice(octets, len));
}

/* The place in jobs[] of an incoming message: its Message-ID is "jobNN". */
static struct job *job_of(struct net *net, int side, const struct msrp_action *action)
{
    int n = (action->message_id.at[3] - '0') * 10 + action->message_id.at[4] - '0';

    return &net->ends[1 - side].jobs[n];
}

static void receive_note(struct net *net, int side, const struct msrp_action *action)
{
    struct end *end = &net->ends[side];
    struct job *job = job_of(net, side, action);

    switch (action->kind) {
    case MSRP_MESSAGE:
        if (net->refusals == 0 || draw(net, net->refusals) > 0)
            break;
        job->refused = true;
        unit_err(msrp_judge(end->agent, net->now_us, action->message, 413), SP_OK);
        break;
    case MSRP_CONTENT:
        if (action->offset + action->content.len > job->octets)
            ck_abort();
        memcpy(job->got + action->offset, action->content.at, action->content.len);
        break;
    case MSRP_COMPLETE:
        ck_assert(!job->complete);
        job->complete = true;
        ck_assert_uint_eq(action->total, job->octets);
        ck_assert(same(job->got, job->octets, 1 - side, (int)(job - net->ends[1 - side].jobs)));
        unit_err(msrp_judge(end->agent, net->now_us, action->message, 200), SP_OK);
        break;
    default: break;
    }
}

static void send_note(struct net *net, int side, const struct msrp_action *action)
{
    struct job *job = &net->ends[side].jobs[action->user];

    if (action->kind == MSRP_DELIVERED) {
        ck_assert(!job->delivered && !job->failed);
        job->delivered = true;
        /* the account is right, wherever it can be */
        if (job->success || job->failure == MSRP_FAILURE_YES)
            ck_assert(job->complete);
    }
    if (action->kind == MSRP_FAILED) {
        ck_assert(!job->delivered && !job->failed);
        job->failed = true;
        job->status = action->status;
    }
}

static void do_io(struct net *net, int side, const struct sp_io *io)
{
    struct end *end = &net->ends[side];

    switch (io->kind) {
    case SP_IO_SEND:
        for (int i = 0; i < SP_IO_PARTS && end->connected; i++) {
            if (end->last + io->parts[i].len > PIPE_OCTETS)
                ck_abort();
            if (io->parts[i].len > 0)
                memcpy(end->pipe + end->last, io->parts[i].at, io->parts[i].len);
            end->last += io->parts[i].len;
        }
        if (io->want_sent && end->connected) {
            if (end->owed != 0)
                ck_abort();
            end->owed = end->last;
        }
        break;
    case SP_IO_CONNECT:
        net->accepting = true;
        end->cookie = io->cookie;
        break;
    case SP_IO_CLOSE: end->connected = false; break;
    case SP_IO_RESOLVE:
    case SP_IO_HOLD:
    case SP_IO_READ:
    case SP_IO_NONE: ck_abort(); break;
    }
}

static void drain(struct net *net, int side)
{
    struct end        *end = &net->ends[side];
    struct msrp_action action;

    while (msrp_next(end->agent, &action)) {
        switch (action.kind) {
        case MSRP_IO: do_io(net, side, &action.io); break;
        case MSRP_WANT: give_content(net, side, &action); break;
        case MSRP_UP: end->up++; break;
        case MSRP_DOWN: end->down++; break;
        case MSRP_RELAYED:
        case MSRP_UNRELAYED: ck_abort(); break;
        case MSRP_MESSAGE:
        case MSRP_CONTENT:
        case MSRP_COMPLETE:
        case MSRP_ABORTED: receive_note(net, side, &action); break;
        case MSRP_SENT:
        case MSRP_PROGRESS:
        case MSRP_DELIVERED:
        case MSRP_FAILED: send_note(net, side, &action); break;
        }
    }
}

/* Some octets of `side` reach the other. */
static void deliver(struct net *net, int side)
{
    struct end     *from = &net->ends[side], *to = &net->ends[1 - side];
    struct sp_flow  flow = the_flow();
    size_t          there = from->last - from->first;
    size_t          take = draw(net, 3) == 0 ? draw(net, 9) : draw(net, 9000);
    struct sp_slice octets;

    take = take < there ? take : there;
    if (take == 0)
        return;
    octets = unit_octets(from->pipe + from->first, take);
    from->first += take;
    if (from->owed > 0 && from->first >= from->owed) {
        from->owed = 0;
        if (from->connected)
            msrp_sent(from->agent, net->now_us, &flow);
        drain(net, side);
    }
    if (from->first == from->last && from->owed == 0)
        from->first = from->last = 0;
    if (to->connected)
        msrp_receive(to->agent, net->now_us, &flow, octets);
    drain(net, 1 - side);
}

static void connect_them(struct net *net)
{
    struct sp_flow flow = the_flow();

    net->accepting = false;
    net->ends[0].connected = net->ends[1].connected = true;
    msrp_accepted(net->ends[1].agent, net->now_us, &flow);
    drain(net, 1);
    msrp_connected(net->ends[0].agent, net->now_us, net->ends[0].cookie, &flow);
    drain(net, 0);
}

static void give_job(struct net *net, int side, int n)
{
    struct end          *end = &net->ends[side];
    struct job          *job = &end->jobs[n];
    char                 id[16];
    struct sp_handle     message;
    struct msrp_outgoing outgoing = { .content_type = SP_LIT("a/b"), .user = (uint64_t)n };

    snprintf(id, sizeof id, "job%02d", n);
    job->octets = draw(net, 3) == 0 ? draw(net, 100) : draw(net, LONGEST);
    job->success = draw(net, 2) == 0;
    job->failure = (uint8_t)(draw(net, 4) == 0 ? 1 + draw(net, 2) : 0);
    outgoing.message_id = sp_str(id);
    outgoing.octets = job->octets;
    outgoing.success_report = job->success;
    outgoing.failure_report = (enum msrp_failure_report)job->failure;
    job->given = msrp_send(end->agent, net->now_us, end->sessions[draw(net, SESSIONS)], &outgoing,
                           &message) == SP_OK;
    drain(net, side);
}

static void open_sessions(struct net *net)
{
    for (int i = 0; i < SESSIONS; i++) {
        char local[64], remote[64];

        for (int side = 0; side < 2; side++) {
            struct msrp_session_config config = { .connects = side == 0 };
            enum sp_err                err;

            snprintf(local, sizeof local, "msrp://192.0.2.%d:7/s%d;tcp", side, i);
            snprintf(remote, sizeof remote, "msrp://192.0.2.%d:7/s%d;tcp", 1 - side, i);
            config.local_path = sp_str(local);
            config.remote_path = sp_str(remote);
            err = msrp_open(net->ends[side].agent, net->now_us, &config,
                            &net->ends[side].sessions[i]);
            ck_assert(err == SP_OK || err == SP_LIMIT);
            drain(net, side);
        }
    }
}

static void begin(struct net *net, uint32_t seed, const struct sp_limits *limits)
{
    memset(net, 0, sizeof *net);
    net->random = seed * 7919 + 1;
    net->now_us = 1000;
    for (int side = 0; side < 2; side++) {
        uint8_t octets[SP_SEED_OCTETS] = { (uint8_t)seed, (uint8_t)side };

        net->ends[side].agent = msrp_agent_init(unit_room(msrp_agent_size(limits)), limits, octets);
    }
    open_sessions(net);
    if (net->accepting)
        connect_them(net);
}

static bool quiet(const struct net *net)
{
    return net->ends[0].first == net->ends[0].last && net->ends[1].first == net->ends[1].last;
}

/* Steps of a random kind until nothing is on its way. `cut_at`: the connection breaks after so many
 * steps; 0: never. */
static void run(struct net *net, int jobs, int cut_at)
{
    int given[2] = { 0, 0 };

    for (int step = 1; step < 200000; step++) {
        int side = (int)draw(net, 2);

        if (step == cut_at)
            break;
        if (given[side] < jobs && draw(net, 6) == 0)
            give_job(net, side, given[side]++);
        else
            deliver(net, side);
        if (given[0] == jobs && given[1] == jobs && quiet(net))
            break;
    }
}

/* The network is gone; the owners close what they have. */
static void end_all(struct net *net)
{
    struct sp_flow flow = the_flow();

    for (int side = 0; side < 2; side++) {
        struct end *end = &net->ends[side];

        if (end->connected)
            msrp_closed(end->agent, net->now_us, 0, &flow, SP_CLOSED);
        else if (side == 0)
            msrp_closed(end->agent, net->now_us, end->cookie, NULL, SP_TRANSPORT);
        drain(net, side);
        for (int i = 0; i < SESSIONS; i++) {
            if (!sp_handle_none(end->sessions[i]))
                unit_err(msrp_close(end->agent, net->now_us, end->sessions[i]), SP_OK);
            drain(net, side);
        }
        for (int n = 0; n < MESSAGES; n++)
            ck_assert(!end->jobs[n].given || end->jobs[n].delivered || end->jobs[n].failed);
        ck_assert_uint_eq(end->agent->messages.used, 0);
        ck_assert_uint_eq(end->agent->sessions.used, 0);
        ck_assert_uint_eq(end->agent->conns.used, 0);
        ck_assert_uint_eq(end->agent->store.used, 0);
        ck_assert_uint_eq(end->agent->timers.used, 0);
    }
}

static struct sp_limits roomy(void)
{
    struct sp_limits limits = msrp_side_limits;

    limits.msrp_messages = 64;
    limits.msrp_chunk_octets = 8192;
    limits.msrp_ranges = 64;
    return limits;
}

static struct net net; /* too large for a stack */

/* Both ways at once, over three sessions of one connection, chunks of any size: all arrives, and
 * its sender knows. 4975-7.1.1-20 */
START_TEST(all_arrives)
{
    struct sp_limits limits = roomy();

    begin(&net, (uint32_t)_i, &limits);
    run(&net, 12, 0);
    for (int side = 0; side < 2; side++) {
        ck_assert_int_eq(net.ends[side].up, SESSIONS);
        for (int n = 0; n < 12; n++) {
            ck_assert(net.ends[side].jobs[n].given);
            ck_assert(net.ends[side].jobs[n].complete);
            ck_assert(net.ends[side].jobs[n].delivered);
        }
    }
    end_all(&net);
}
END_TEST

/* Some are refused at once: their senders know, and the others arrive. */
START_TEST(some_are_refused)
{
    struct sp_limits limits = roomy();

    begin(&net, (uint32_t)_i, &limits);
    net.refusals = 3;
    run(&net, 12, 0);
    for (int side = 0; side < 2; side++)
        for (int n = 0; n < 12; n++) {
            const struct job *job = &net.ends[side].jobs[n];

            ck_assert(job->complete == !job->refused);
            if (job->failure == MSRP_FAILURE_YES) {
                ck_assert(job->delivered == !job->refused);
                ck_assert(!job->refused || job->status == 413);
            }
        }
    end_all(&net);
}
END_TEST

/* The connection breaks anywhere: the account stays right. */
START_TEST(cut_anywhere)
{
    struct sp_limits limits = roomy();

    begin(&net, (uint32_t)_i, &limits);
    net.refusals = 5;
    run(&net, 12, 1 + (int)draw(&net, 400));
    end_all(&net);
}
END_TEST

/* Every capacity from none upward: what does not fit is refused, nothing breaks. */
START_TEST(every_capacity)
{
    for (uint32_t sessions = 0; sessions <= SESSIONS; sessions++)
        for (uint32_t connections = 0; connections <= 2; connections++)
            for (uint32_t messages = 0; messages <= 4; messages++) {
                struct sp_limits limits = roomy();

                limits.msrp_sessions = sessions;
                limits.msrp_connections = connections;
                limits.msrp_messages = messages;
                limits.msrp_ranges = 1 + messages;
                begin(&net, (uint32_t)_i, &limits);
                run(&net, 6, 0);
                end_all(&net);
            }
}
END_TEST

/* The smallest agent moves a message as well. */
START_TEST(the_small_limits)
{
    struct msrp_side side;

    msrp_side_init(&side, &sp_limits_small);
    msrp_side_active(&side);
    side.quiet = true;
    (void)msrp_side_send(&side, "msg1", 5000, true, MSRP_FAILURE_YES);
    msrp_side_log(&side, "SEND msg1 1-*/5000 S (2048) +\nSEND msg1 2049-*/5000 S (2048) +\n"
                         "SEND msg1 4097-5000/5000 S (904) $\n");
}
END_TEST

/* What is watched: each arrow of each machine, and never from a state to itself. */
static void watch(void *host, const struct sp_trace_event *event)
{
    int *arrows = host;

    ck_assert_int_eq(event->kind, SP_TRACE_ARROW);
    ck_assert_str_ne(event->from, event->to);
    ++*arrows;
}

START_TEST(traces)
{
    struct msrp_side side;
    int              arrows = 0;

    msrp_side_init(&side, &msrp_side_limits);
    msrp_agent_trace(side.agent, (struct sp_trace){ watch, &arrows });
    msrp_side_active(&side);
    (void)msrp_side_send(&side, "msg1", 5, false, MSRP_FAILURE_YES);
    msrp_side_respond(&side, 1, 200);
    unit_err(msrp_close(side.agent, side.now_us, side.session), SP_OK);
    msrp_side_drain(&side);
    /* connection: CONNECTING, OPEN, CLOSING, GONE; session: CONNECTING, UP, CLOSING; message:
     * SENDING, SENT, ENDED */
    ck_assert_int_eq(arrows, 10);
}
END_TEST

Suite *test_msrp_agent_suite(void)
{
    Suite *suite = suite_create("msrp_agent");
    TCase *tcase = unit_tcase(suite, "msrp_agent");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, all_arrives, 0, 40);
    tcase_add_loop_test(tcase, some_are_refused, 0, 40);
    tcase_add_loop_test(tcase, cut_anywhere, 0, 200);
    tcase_add_loop_test(tcase, every_capacity, 0, 4);
    tcase_add_test(tcase, the_small_limits);
    tcase_add_test(tcase, traces);
    return suite;
}
