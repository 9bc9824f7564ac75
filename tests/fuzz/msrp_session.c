/* SPDX-License-Identifier: MIT
 * tests/fuzz/msrp_session.c -- the MSRP endpoint under any schedule of its verbs. RFC 4975 5, 7.
 *
 * An input is a schedule: octets that name a verb and its arguments. Laws: what goes out is frames,
 * on each flow; a message that goes out ends once, and no note is about one that ended; at the end
 * nothing is left. */
#include <stdio.h>

#include "../../msrp/msrp_core.h"
#include "fuzz_host.h"
#include "fuzz_msrp.h"

#define SESSIONS 4
#define MESSAGES 64

static const struct sp_limits limits = {
    .msrp_sessions = 3,
    .msrp_connections = 3,
    .msrp_messages = 4,
    .msrp_head_octets = 400,
    .msrp_path_octets = 128,
    .msrp_chunk_octets = 5000,
    .msrp_ranges = 3,
    .msrp_timeout_ms = 30000,
    .content_octets = 3000,
};

static struct fuzz {
    struct msrp_agent *agent;
    uint64_t           now_us;
    struct fuzz_host   host;
    struct fuzz_frames out[FUZZ_FLOWS];
    struct sp_handle   sessions[SESSIONS];
    struct sp_handle   outgoing, incoming, wanted;
    uint64_t           wanted_at, wanted_octets;
    uint8_t            messages, state[MESSAGES]; /* by user: 1 under way, 2 ended */
} f;

static struct sp_flow flow_of(unsigned n)
{
    return (struct sp_flow){ .id = n + 1, .transport = SP_TCP, .protocol = SP_MSRP };
}

static void do_io(const struct sp_io *io)
{
    struct msrp_head head;

    fuzz_host_io(&f.host, io);
    for (int i = 0; i < SP_IO_PARTS && io->kind == SP_IO_SEND; i++) {
        struct sp_slice octets = io->parts[i];

        while (fuzz_frames_next(&f.out[fuzz_host_flow(io)], &octets, &head))
            ;
    }
}

static void do_note(const struct msrp_action *action)
{
    switch (action->kind) {
    case MSRP_WANT:
        fuzz_law(action->octets > 0 && action->octets <= limits.content_octets);
        fuzz_law(f.state[action->user] == 1);
        f.wanted = action->message;
        f.wanted_at = action->offset;
        f.wanted_octets = action->octets;
        break;
    case MSRP_MESSAGE: f.incoming = action->message; break;
    case MSRP_SENT:
    case MSRP_PROGRESS: fuzz_law(f.state[action->user] == 1); break;
    case MSRP_DELIVERED:
    case MSRP_FAILED:
        fuzz_law(f.state[action->user] == 1);
        f.state[action->user] = 2;
        break;
    default: break;
    }
}

static void drain(void)
{
    struct msrp_action action;

    while (msrp_next(f.agent, &action)) {
        if (action.kind == MSRP_IO)
            do_io(&action.io);
        else
            do_note(&action);
    }
}

static void open_session(uint8_t which)
{
    static const char *const   remotes[] = { "msrp://192.0.2.1:7/s;tcp", "msrp://host:7/s;tcp",
                                             "msrp://192.0.2.2:7/r;tcp msrp://h:7/s;tcp" };
    char                       local[] = "msrp://h:1/a;tcp";
    struct sp_handle          *session = &f.sessions[which % SESSIONS], fresh;
    struct msrp_session_config config = { .connects = which & 4,
                                          .max_size = which & 8 ? 100 : 0,
                                          .remote_path = sp_str(remotes[(which >> 4) % 3]) };

    local[11] = (char)('a' + which % SESSIONS);
    config.local_path = sp_str(local);
    if (msrp_open(f.agent, f.now_us, &config, &fresh) != SP_OK)
        return;
    (void)!msrp_close(f.agent, f.now_us, *session); /* one that failed, of the same name */
    *session = fresh;
}

static void send_message(uint8_t which, uint8_t how)
{
    struct msrp_outgoing outgoing = { .content_type = SP_LIT("a/b"),
                                      .octets = (uint64_t)(how & 15) * 700,
                                      .success_report = how & 16,
                                      .failure_report = (enum msrp_failure_report)(how >> 6) % 3,
                                      .user = f.messages };

    if (how & 32)
        outgoing.message_id = SP_LIT("same");
    if (f.messages < MESSAGES &&
        msrp_send(f.agent, f.now_us, f.sessions[which % SESSIONS], &outgoing, &f.outgoing) == SP_OK)
        f.state[f.messages++] = 1;
}

static void receive(unsigned n, struct sp_slice octets)
{
    struct sp_flow flow = flow_of(n);

    if (f.host.flows[n].open)
        msrp_receive(f.agent, f.now_us, &flow, fuzz_piece(octets));
}

/* A frame that is well-formed, more or less. */
static void receive_frame(unsigned n, uint8_t a, uint8_t b, uint8_t c)
{
    static const char *const bodies[] = { "", "Content-Type: a/b\r\n\r\n\r\n",
                                          "Content-Type: a/b\r\n\r\nhello\r\n",
                                          "Content-Type: a/b\r\n\r\nhello, world\r\n" };
    static const char *const ranges[] = { "",
                                          "Byte-Range: 1-*/*\r\n",
                                          "Byte-Range: 6-*/12\r\n",
                                          "Byte-Range: 1-5/12\r\n",
                                          "Byte-Range: 6-12/12\r\n",
                                          "Byte-Range: 1-12/12\r\n",
                                          "Byte-Range: 90-*/*\r\n",
                                          "Byte-Range: 3-0/9\r\n" };
    static const char *const fields[] = { "", "Success-Report: yes\r\n", "Failure-Report: no\r\n",
                                          "Failure-Report: partial\r\nSuccess-Report: yes\r\n" };
    char                     text[512];
    int                      len;

    len = snprintf(text, sizeof text,
                   "MSRP tid%c %s\r\nTo-Path: msrp://h:1/%c;tcp\r\nFrom-Path: "
                   "msrp://192.0.2.1:7/s;tcp\r\nMessage-ID: %s\r\n%s%s%s%s-------tid%c%c\r\n",
                   '0' + a % 4, c & 128 ? "REPORT" : "SEND", 'a' + a / 4 % 4,
                   a & 16 ? "same" : "mid1", ranges[b % 8], fields[b / 8 % 4],
                   c & 64 ? "Status: 000 200\r\n" : "", bodies[b / 32 % 4], '0' + a % 4,
                   "$$+#"[c % 4]);
    receive(n, sp_slice(text, (size_t)len));
}

static void respond(unsigned n, uint8_t which)
{
    static const char *const statuses[] = {
        "200", "413", "481", "506", "408", "400", "299", "999"
    };
    char        text[512];
    const char *id = f.out[n].id;
    int         len;

    if (id[0] == '\0')
        return;
    len = snprintf(text, sizeof text,
                   "MSRP %s %s\r\nTo-Path: msrp://h:1/a;tcp\r\nFrom-Path: msrp://x:1/s;tcp\r\n"
                   "-------%s$\r\n",
                   id, statuses[which % 8], id);
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
        msrp_resolved(f.agent, f.now_us, ask.cookie, addrs, how % 3);
    else if ((how & 1) == 0 && open_flow(n))
        msrp_connected(f.agent, f.now_us, ask.cookie, &flow);
    else
        msrp_closed(f.agent, f.now_us, ask.cookie, NULL, SP_TRANSPORT);
}

static void lose(unsigned n)
{
    struct sp_flow flow = flow_of(n);

    if (fuzz_host_close(&f.host, n))
        msrp_closed(f.agent, f.now_us, 0, &flow, SP_CLOSED);
}

static void give_content(uint8_t how)
{
    static char octets[4096];
    uint64_t    len = how == 0 ? 0 : 1 + how * f.wanted_octets / 256;

    if (f.wanted_octets > 0)
        msrp_content(f.agent, f.now_us, f.wanted, f.wanted_at, sp_slice(octets, len));
    f.wanted_octets = 0;
}

static void one_verb(struct sp_slice *input)
{
    uint8_t        verb = fuzz_take(input), a = fuzz_take(input), b = fuzz_take(input);
    unsigned       n = verb / 16u % FUZZ_FLOWS;
    struct sp_flow flow = flow_of(n);

    switch (verb % 16) {
    case 0:
    case 1: open_session(a); break;
    case 2:
        if (open_flow(n))
            msrp_accepted(f.agent, f.now_us, &flow);
        break;
    case 3: answer_host(n, a); break;
    case 4:
    case 5: receive_frame(n, a, b, fuzz_take(input)); break;
    case 6:
        receive(n, sp_head(*input, a));
        *input = sp_from(*input, a);
        break;
    case 7: respond(n, a); break;
    case 8: send_message(a, b); break;
    case 9: (void)!msrp_close(f.agent, f.now_us, f.sessions[a % SESSIONS]); break;
    case 10: (void)!msrp_abort(f.agent, f.now_us, f.outgoing); break;
    case 11:
        f.now_us += (uint64_t)a * a * 1000;
        msrp_tick(f.agent, f.now_us);
        break;
    case 12: lose(n); break;
    case 13:
        if (fuzz_host_pay(&f.host, n))
            msrp_sent(f.agent, f.now_us, &flow);
        break;
    case 14: (void)!msrp_judge(f.agent, f.now_us, f.incoming, a & 1 ? 200 : 413); break;
    case 15: give_content(a); break;
    }
    drain();
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    static const uint8_t seed[SP_SEED_OCTETS];
    struct sp_slice      input = sp_slice(octets, len);

    memset(&f, 0, sizeof f);
    f.agent = msrp_agent_init(fuzz_room(msrp_agent_size(&limits)), &limits, seed);
    while (input.len > 0)
        one_verb(&input);
    for (int i = 0; i < SESSIONS; i++)
        (void)!msrp_close(f.agent, f.now_us, f.sessions[i]);
    drain();
    for (unsigned n = 0; n < FUZZ_FLOWS; n++)
        lose(n);
    while (f.host.asked_count > 0) {
        answer_host(0, 1);
        drain();
    }
    for (uint8_t i = 0; i < f.messages; i++)
        fuzz_law(f.state[i] == 2);
    /* a name that resolved in the meantime is connected to: nobody waits for it, so nobody asks */
    fuzz_law(f.agent->sessions.used == 0 && f.agent->messages.used == 0);
    fuzz_law(f.agent->conns.used == 0 && f.agent->store.used == 0 && f.agent->timers.used == 0);
    fuzz_free();
    return 0;
}
