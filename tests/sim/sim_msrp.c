/* SPDX-License-Identifier: MIT
 * tests/sim/sim_msrp.c -- bare MSRP endpoints: what their users send, take, refuse and give up.
 *
 * A message that was sent ends once; delivered means that its last octet came and, with reports,
 * that the other user said 200; progress means that those octets were taken. An incoming message is
 * ended by its user or by one ABORTED. */
#include "sim_msrp.h"

#include <string.h>

#include "../../base/digest.h"

static unsigned number(const struct sim *sim, const struct msrp_mail *mail)
{
    return (unsigned)(mail - ((const struct msrp_world *)sim->world)->mails);
}

struct msrp_mail *msrp_mail_of(struct sim *sim, struct sp_slice type)
{
    struct msrp_world *world = sim->world;
    struct sp_slice    digits = sp_from(type, sizeof "application/x-sim-" - 1);
    uint64_t           at;

    if (sp_starts(type, SP_LIT("application/x-sim-")) &&
        sp_to_u64(digits, UINT32_MAX, &at) == SP_OK && at < world->mail_count)
        return &world->mails[at];
    sim_fail(sim, "a message comes that nobody sent");
    return NULL;
}

/* ---- users */

static void send_mail(struct sim *sim, struct sim_node *node, uint64_t arg);

/* So that the node is drained. */
static void wake(struct sim *sim, struct sim_node *node, uint64_t arg)
{
    (void)sim;
    (void)node;
    (void)arg;
}

static void close_session(struct sim *sim, struct sim_node *node, uint64_t session)
{
    struct msrp_world *world = sim->world;

    if (!world->open[node->index][session])
        return;
    world->open[node->index][session] = false;
    (void)!msrp_close(node->agent, sim->now_us, world->sessions[node->index][session]);
}

static struct sp_slice own_path(struct sim *sim, int of, uint64_t session)
{
    char          room[80];
    struct sp_buf host = sp_buf(room, sizeof room);

    sp_put_host(&host, &sim->nodes[of].addr);
    return sim_text(sim, "msrp://%.*s:2855/s%dx%u;tcp", SP_ARG(sp_written(&host)), of,
                    (unsigned)session);
}

static void open_session(struct sim *sim, struct sim_node *node, uint64_t session)
{
    struct msrp_world         *world = sim->world;
    int                        i = node->index;
    struct msrp_session_config config = { .connects = i == 0, .user = session };
    enum sp_err                err;

    config.local_path = world->paths[i][session];
    config.remote_path = world->paths[!i][session];
    config.accept_types = SP_LIT("*");
    config.relay = world->leases[i][session];
    err = msrp_open(node->agent, sim->now_us, &config, &world->sessions[i][session]);
    if (err == SP_STALE && world->relayed[i])
        return; /* the relay was lost meanwhile */
    if (err != SP_OK) {
        sim_fail(sim, "a session cannot be opened: %s", sp_err_name(err));
        return;
    }
    world->open[i][session] = true;
    sim_at(node, sim_between(sim, 1, 240) * SIM_S, close_session, session);
}

/* Both paths are known: who is connected to is there first. */
static void may_open(struct sim *sim, uint64_t session)
{
    struct msrp_world *world = sim->world;

    if (world->paths[0][session].len == 0 || world->paths[1][session].len == 0)
        return;
    for (int i = 2; i-- > 0;)
        if (sim->nodes[i].kind == SIM_MSRP) {
            open_session(sim, &sim->nodes[i], session);
            sim_at(&sim->nodes[i], 0, wake, 0);
        }
}

static void learn_path(struct sim *sim, struct sim_node *node, uint64_t session)
{
    struct msrp_world       *world = sim->world;
    struct msrp_relay_config config = { .username = SP_LIT("u"), .password = SP_LIT("secret") };
    char                     room[80];
    struct sp_buf            host = sp_buf(room, sizeof room);

    if (!world->relayed[node->index]) {
        world->paths[node->index][session] = own_path(sim, node->index, session);
        return;
    }
    sp_put_host(&host, &sim->nodes[2].addr);
    config.relays = sim_text(sim, "msrp://%.*s:2855;tcp", SP_ARG(sp_written(&host)));
    config.own = own_path(sim, node->index, session);
    config.user = session;
    if (msrp_use_relay(node->agent, sim->now_us, &config, &world->leases[node->index][session]) !=
        SP_OK)
        sim_fail(sim, "a relay cannot be asked");
}

/* The URIs of its relay are there, or will not be. */
static void relay_note(struct sim *sim, struct sim_node *node, const struct msrp_action *action)
{
    struct msrp_world *world = sim->world;
    uint64_t           session = action->session_user % MSRP_SESSIONS;

    if (action->kind == MSRP_UNRELAYED) {
        if (sim->fair)
            sim_fail(sim, "in fair weather a relay does not serve: %u %s", (unsigned)action->status,
                     sp_err_name(action->err));
        return;
    }
    world->paths[node->index][session] = sim_text(sim, "%.*s", SP_ARG(action->content));
    may_open(sim, session);
}

static void leave_unused(struct sim *sim, struct sim_node *node, uint64_t session)
{
    struct msrp_world *world = sim->world;

    if (sp_handle_none(world->sessions[node->index][session]))
        (void)!msrp_leave_relay(node->agent, sim->now_us, world->leases[node->index][session]);
}

static void abort_mail(struct sim *sim, struct sim_node *node, uint64_t arg)
{
    struct msrp_mail *mail = &((struct msrp_world *)sim->world)->mails[arg];

    if (mail->ends == 0)
        (void)!msrp_abort(node->agent, sim->now_us, mail->handle);
}

static void send_mail(struct sim *sim, struct sim_node *node, uint64_t arg)
{
    struct msrp_world   *world = sim->world;
    struct msrp_mail    *mail = &world->mails[arg];
    struct msrp_outgoing outgoing = { .octets = mail->octets.len, .user = arg };

    if (!world->open[node->index][mail->session])
        return;
    outgoing.content_type = sim_text(sim, "application/x-sim-%u", (unsigned)arg);
    outgoing.success_report = mail->success_report;
    outgoing.failure_report = (enum msrp_failure_report)mail->failure_report;
    if (msrp_send(node->agent, sim->now_us, world->sessions[node->index][mail->session], &outgoing,
                  &mail->handle) != SP_OK)
        return;
    mail->sent = true;
    if (!sim->fair && sim_chance(sim, 150))
        sim_at(node, sim_below(sim, 10000) * SIM_MS, abort_mail, arg);
}

static void judge(struct sim *sim, struct sim_node *node, uint64_t arg)
{
    struct msrp_item *item = &((struct msrp_world *)sim->world)->items[arg];
    uint16_t          status = !sim->fair && sim_chance(sim, 150) ? 413 : 200;

    if (item->over)
        return;
    item->over = true;
    if (msrp_judge(node->agent, sim->now_us, item->handle, status) != SP_OK) {
        sim_fail(sim, "a message that did not end cannot be judged");
        return;
    }
    item->mail->whole = item->mail->whole || status == 200;
    item->mail->refused = item->mail->refused || status != 200;
}

/* ---- what they are told of what they send */

static void want(struct sim *sim, struct sim_node *node, const struct msrp_mail *mail,
                 const struct msrp_action *action)
{
    struct sp_slice octets = sp_from(mail->octets, (size_t)action->offset);
    uint32_t        most = (uint32_t)action->octets;

    if (octets.len == 0 || most == 0)
        sim_fail(sim, "octets are wanted that are not there");
    if (sim_chance(sim, 300))
        most = sim_between(sim, 1, most);
    if (!sim->fair && sim_chance(sim, 2))
        octets = sp_slice(NULL, 0);
    msrp_content(node->agent, sim->now_us, action->message, action->offset, sp_head(octets, most));
}

/* A time-out in fair weather. Right where octets, of the thousands of chunks of a few octets each,
 * were under way so long that no response can have been here. Right, too, where an end that has
 * left is behind a relay: that reports 408. */
static bool is_early(const struct sim *sim, const struct msrp_mail *mail)
{
    const struct msrp_world *world = sim->world;
    const struct sim_node   *node = &sim->nodes[mail->from];

    return sim->fair && !world->by_hand && !world->relayed[0] && !world->relayed[1] &&
           sim_stream_lag_us(node) < node->limits.msrp_timeout_ms * SIM_MS;
}

static void ended(struct sim *sim, struct msrp_mail *mail, const struct msrp_action *action)
{
    struct msrp_world *world = sim->world;
    bool               proves = mail->success_report || mail->failure_report == MSRP_FAILURE_YES;

    mail->ends++;
    sim->counters.delivered += action->kind == MSRP_DELIVERED;
    sim->counters.refused += action->kind == MSRP_FAILED && action->err == SP_REFUSED;
    sim->counters.failed += action->kind == MSRP_FAILED && action->err != SP_REFUSED;
    if (mail->ends > 1)
        sim_fail(sim, "message %u ends twice", number(sim, mail));
    if (action->kind == MSRP_FAILED && action->err == SP_TIMEOUT && is_early(sim, mail))
        sim_fail(sim, "message %u in fair weather: time-out", number(sim, mail));
    if (action->kind != MSRP_DELIVERED || !proves)
        return;
    for (size_t i = 0; i < mail->octets.len; i++)
        if ((mail->there[i] & (mail->success_report && world->by_hand ? 2 : 1)) == 0) {
            sim_fail(sim, "message %u is delivered, octet %u was not taken", number(sim, mail),
                     (unsigned)i);
            return;
        }
    if (mail->success_report && !world->by_hand && !mail->whole)
        sim_fail(sim, "message %u is delivered, and its user said no 200", number(sim, mail));
}

static void progress(struct sim *sim, struct msrp_mail *mail, const struct msrp_action *action)
{
    const struct msrp_world *world = sim->world;
    bool                     relayed = world->relayed[0] || world->relayed[1];

    /* a relay answers for its hop alone */
    if ((action->offset > mail->prefix && !relayed) || action->offset < mail->told)
        sim_fail(sim, "message %u: %llu octets are told, %llu were taken", number(sim, mail),
                 (unsigned long long)action->offset, (unsigned long long)mail->prefix);
    mail->told = action->offset;
}

/* ---- and of what comes */

static struct msrp_item *item_of(struct sim *sim, const struct sim_node *node,
                                 struct sp_handle handle)
{
    struct msrp_world *world = sim->world;

    for (uint32_t i = world->item_count; i-- > 0;)
        if (world->items[i].node == node && sp_handle_eq(world->items[i].handle, handle) &&
            !world->items[i].over)
            return &world->items[i];
    sim_fail(sim, "node %d tells of a message that is not", node->index);
    return NULL;
}

static void comes(struct sim *sim, struct sim_node *node, const struct msrp_action *action)
{
    struct msrp_world *world = sim->world;
    struct msrp_item  *item = &world->items[world->item_count];

    if (world->item_count == MSRP_MOST) {
        sim_fail(sim, "more messages come than were sent");
        return;
    }
    item->node = node;
    item->handle = action->message;
    item->mail = msrp_mail_of(sim, action->content_type);
    world->item_count += item->mail != NULL;
    if (item->mail != NULL && !sim->fair && sim_chance(sim, 50)) {
        item->over = item->mail->refused = true;
        (void)!msrp_judge(node->agent, sim->now_us, action->message, 415);
    }
}

static void content(struct sim *sim, struct msrp_item *item, const struct msrp_action *action)
{
    struct msrp_mail *mail = item->mail;
    struct sp_slice   due = sp_from(mail->octets, (size_t)action->offset);

    if (!sp_eq(action->content, sp_head(due, action->content.len)))
        sim_fail(sim, "message %u: octets at %llu differ", number(sim, mail),
                 (unsigned long long)action->offset);
    if (sim->failed)
        return;
    memset(mail->there + action->offset, 1, action->content.len);
    while (mail->prefix < mail->octets.len && mail->there[mail->prefix] != 0)
        mail->prefix++;
}

static void complete(struct sim *sim, struct sim_node *node, struct msrp_item *item,
                     const struct msrp_action *action)
{
    uint64_t place = (uint64_t)(item - ((struct msrp_world *)sim->world)->items);

    if (action->total != item->mail->octets.len || item->mail->prefix < action->total)
        sim_fail(sim, "message %u is complete, and is not", number(sim, item->mail));
    if (sim_chance(sim, 600))
        judge(sim, node, place);
    else
        sim_at(node, sim_below(sim, 20000) * SIM_MS, judge, place);
}

static void incoming(struct sim *sim, struct sim_node *node, const struct msrp_action *action)
{
    struct msrp_item *item = item_of(sim, node, action->message);

    if (item == NULL)
        return;
    if (action->kind == MSRP_CONTENT)
        content(sim, item, action);
    else if (action->kind == MSRP_COMPLETE)
        complete(sim, node, item, action);
    else
        item->over = true;
}

static void note(struct sim *sim, struct sim_node *node, const struct sim_note *told)
{
    const struct msrp_action *action = told->msrp;
    struct msrp_world        *world = sim->world;
    struct msrp_mail         *mail = &world->mails[action->user % MSRP_MOST];
    uint64_t                  session = action->session_user % MSRP_SESSIONS;

    sim_trace_words(node, "tells %d of %llu: %s %u offset %llu octets %zu", (int)action->kind,
                    (unsigned long long)action->user, sp_err_name(action->err),
                    (unsigned)action->status, (unsigned long long)action->offset,
                    action->content.len);
    switch (action->kind) {
    case MSRP_WANT: want(sim, node, mail, action); break;
    case MSRP_UP:
        if (world->up[node->index][session])
            sim_fail(sim, "a session is up twice");
        world->up[node->index][session] = true;
        break;
    case MSRP_DOWN: close_session(sim, node, session); break;
    case MSRP_RELAYED:
    case MSRP_UNRELAYED: relay_note(sim, node, action); break;
    case MSRP_MESSAGE: comes(sim, node, action); break;
    case MSRP_CONTENT:
    case MSRP_COMPLETE:
    case MSRP_ABORTED: incoming(sim, node, action); break;
    case MSRP_PROGRESS: progress(sim, mail, action); break;
    case MSRP_DELIVERED:
    case MSRP_FAILED: ended(sim, mail, action); break;
    default: break;
    }
}

/* ---- scenarios */

static void make_mails(struct sim *sim)
{
    struct msrp_world     *world = sim->world;
    const struct sim_plan *plan = &sim->scenario->plan;

    world->mail_count = sim_between(sim, 1, plan->contents);
    for (uint32_t i = 0; i < world->mail_count; i++) {
        struct msrp_mail *mail = &world->mails[i];
        uint32_t          most = sim_chance(sim, 500) ? 300 : plan->octets;

        mail->session = (int)sim_below(sim, (uint32_t)world->session_count);
        mail->from = world->by_hand ? 0 : (int)sim_below(sim, 2);
        mail->octets = sim_pattern(sim, sim_below(sim, most), sim->seed * 64 + i);
        mail->there = sim_room(sim, mail->octets.len + 1);
        mail->success_report = sim_chance(sim, 500);
        mail->failure_report = (uint8_t)(sim_chance(sim, 600) ? 0 : sim_below(sim, 3));
        sim_at(&sim->nodes[mail->from], sim_below(sim, plan->over_ms) * SIM_MS, send_mail, i);
    }
}

/* The third node. */
static void begin_relay(struct sim *sim)
{
    struct msrp_world *world = sim->world;
    struct sim_node   *node = &sim->nodes[2];

    world->relayed[0] = sim_chance(sim, 700);
    world->relayed[1] = !world->relayed[0] || sim_chance(sim, 500);
    world->relay_user.name = SP_LIT("u");
    world->relay_user.ha1 = sp_digest_ha1(SP_DIGEST_MD5, SP_LIT("u"), SP_LIT("relays"),
                                          SP_LIT("secret"), world->ha1);
    world->relay_rules = (struct msrp_relay_rules){ .realm = SP_LIT("relays"),
                                                    .users = &world->relay_user,
                                                    .count = 1,
                                                    .expires_least_s = 60,
                                                    .expires_most_s = 300,
                                                    .anywhere = true };
    node->kind = SIM_RELAY;
    node->rules = &world->relay_rules;
    sim_begin(node);
}

static void start(struct sim *sim, bool by_hand, bool relay)
{
    struct msrp_world *world = sim_room(sim, sizeof *world);

    sim->world = world;
    world->by_hand = by_hand;
    world->session_count = (int)sim_between(sim, 1, MSRP_SESSIONS);
    sim_nodes(sim, relay ? 3 : 2);
    for (int i = 0; i < 2; i++) {
        struct sim_node *node = &sim->nodes[i];

        node->kind = by_hand && i == 1 ? SIM_HAND : SIM_MSRP;
        node->note = by_hand && i == 1 ? msrp_hand_note : note;
        if (sim_chance(sim, 300))
            node->limits.msrp_chunk_octets = sim_between(sim, 1, 500);
        sim_begin(node);
    }
    if (relay)
        begin_relay(sim);
    for (uint64_t s = 0; s < (uint64_t)world->session_count; s++) {
        for (int i = 0; i < 2; i++) {
            learn_path(sim, &sim->nodes[i], s);
            sim_at(&sim->nodes[i], 0, wake, 0);
            if (world->relayed[i])
                sim_at(&sim->nodes[i], 250 * SIM_S, leave_unused, s);
        }
        may_open(sim, s);
    }
    if (by_hand)
        msrp_hand_begin(sim);
    make_mails(sim);
}

void sim_msrp_start(struct sim *sim)
{
    start(sim, false, false);
}

void sim_msrp_hand_start(struct sim *sim)
{
    start(sim, true, false);
}

void sim_msrp_relay_start(struct sim *sim)
{
    start(sim, false, true);
}

void sim_msrp_end(struct sim *sim)
{
    struct msrp_world *world = sim->world;

    for (uint32_t i = 0; i < world->mail_count; i++)
        if (world->mails[i].sent && world->mails[i].ends != 1)
            sim_fail(sim, "message %u has %u ends", (unsigned)i, (unsigned)world->mails[i].ends);
    for (uint32_t i = 0; i < world->item_count; i++)
        if (!world->items[i].over)
            sim_fail(sim, "what node %d was told of has no end", world->items[i].node->index);
}
