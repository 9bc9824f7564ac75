/* SPDX-License-Identifier: MIT
 * tests/unit/ua_unit.c -- user agents in one process, with a network from a seed and a clock. */
#include "ua_unit.h"
#include "../../transaction/sip_layer.h"
#include "unit.h"

#include <stdio.h>

struct sp_limits ua_limits;

const struct sip_ua_config ua_config = {
    .from = { "sip:alice@example.com", 21 },
    .contact_user = { "agent", 5 },
    .user_agent = { "unit", 4 },
    .methods = 1u << SIP_INVITE | 1u << SIP_MESSAGE,
    .accept = { "application/sdp", 15 },
    .message_types = { "text/plain, image/*", 19 },
    .supported = { "path, gruu", 10 },
    .capabilities = { "v=0\r\n", 5 },
};

static uint32_t draw(struct ua_world *world)
{
    world->random = world->random * 1664525u + 1013904223u;
    return world->random >> 8;
}

static struct sp_addr address(int index)
{
    struct sp_addr addr;

    memset(&addr, 0, sizeof addr);
    addr.family = SP_IPV4;
    memcpy(addr.octets, (uint8_t[]){ 192, 0, 2, (uint8_t)(index + 1) }, 4);
    addr.port = 5060;
    return addr;
}

static void start(struct ua_world *world, int index, const struct sip_ua_config *config,
                  const struct sp_limits *limits)
{
    struct ua_end *end = &world->ends[index];
    uint8_t        seed[SP_SEED_OCTETS] = { (uint8_t)index, (uint8_t)world->random };

    end->limits = *limits;
    end->ua = sip_ua_init(unit_room(sip_ua_size(limits)), &end->limits, seed, config);
    end->kept = end->ua->store.used;
    ck_assert_ptr_nonnull(end->ua);
    sip_ua_bound(end->ua, &end->flow);
}

void ua_login(struct ua_end *end, const char *realm, const char *user, const char *password)
{
    unit_err(sip_ua_login(end->ua, sp_str(realm), sp_str(user), sp_str(password)), SP_OK);
    end->kept = end->ua->store.used;
}

struct ua_world *ua_world(const struct sip_ua_config *config, const struct sp_limits *limits,
                          bool by_hand, uint32_t seed)
{
    struct ua_world *world = unit_room(sizeof *world);

    ua_limits = sp_limits_default;
    ua_limits.transactions = 32;
    ua_limits.dialogs = 4;
    ua_limits.store_octets = 65536;
    ua_limits.message_octets = 16384;
    ua_limits.dialog_octets = 2048;
    ua_limits.fields = 64;
    ua_limits.streams = 4;
    ua_limits.stream_buffers = 2;
    world->now_us = 1000000;
    world->random = seed;
    world->delay_us = 1000;
    for (int i = 0; i < 2; i++) {
        struct ua_end *end = &world->ends[i];

        end->world = world;
        end->index = i;
        end->flow.id = 1 + (uint64_t)i;
        end->flow.transport = SP_UDP;
        end->flow.protocol = SP_SIP;
        end->flow.local = address(i);
        end->flow.remote = address(1 - i);
        if (i == 0 || !by_hand)
            start(world, i, config != NULL ? config : &ua_config,
                  limits != NULL ? limits : &ua_limits);
    }
    return world;
}

/* ---- the network */

static void carry(struct ua_world *world, int to, struct sp_slice octets, uint64_t at_us,
                  uint16_t port)
{
    struct ua_datagram *datagram;

    if (world->count == UA_SENT_MAX) { /* those that arrived make room */
        int kept = 0;

        for (int i = 0; i < world->count; i++)
            if (!world->net[i].gone)
                world->net[kept++] = world->net[i];
        world->count = kept;
    }
    ck_assert_int_lt(world->count, UA_SENT_MAX);
    datagram = &world->net[world->count++];
    datagram->at_us = at_us;
    datagram->to = to;
    datagram->octets = octets;
    datagram->port = port;
    datagram->gone = false;
}

/* The same octets but for a few: changed, doubled or cut away. */
static struct sp_slice corrupted(struct ua_world *world, struct sp_slice octets)
{
    static const char odd[] = "\r\n \t\0:;,<>\"@=%/?09aZ\x7f\xff";
    char             *at = unit_room(octets.len);

    memcpy(at, octets.at, octets.len);
    for (uint32_t i = draw(world) % 4; i < 4 && octets.len > 0; i++) {
        size_t where = draw(world) % octets.len;

        switch (draw(world) % 4) {
        case 0: octets.len = where; break;
        case 1: memmove(at, at + where, octets.len -= where); break;
        default: at[where] = odd[draw(world) % (sizeof odd - 1)]; break;
        }
    }
    return unit_octets(at, octets.len);
}

static void send_parts(struct ua_end *end, const struct sp_io *io)
{
    struct ua_world   *world = end->world;
    char               room[65536];
    struct sp_buf      to = sp_buf(room, sizeof room);
    struct sp_slice    octets;
    struct ua_datagram datagram;

    for (int i = 0; i < SP_IO_PARTS; i++)
        sp_put(&to, io->parts[i]);
    unit_err(to.err, SP_OK);
    octets = sp_written(&to);
    octets = unit_octets(octets.at, octets.len);
    datagram.at_us = world->now_us + world->delay_us;
    datagram.to = 1 - end->index;
    datagram.octets = octets;
    if (world->drop != NULL && world->drop(world, &datagram)) {
        world->dropped++;
        return;
    }
    if (world->loss_percent > 0 && draw(world) % 100 < world->loss_percent)
        return;
    if (world->corrupt_percent > 0 && draw(world) % 100 < world->corrupt_percent)
        octets = corrupted(world, octets);
    carry(world, datagram.to, octets, datagram.at_us, io->flow.remote.port);
    if (world->dup_percent > 0 && draw(world) % 100 < world->dup_percent)
        carry(world, datagram.to, octets, datagram.at_us + draw(world) % 20000,
              io->flow.remote.port);
}

/* ---- notes */

static const char *name_of(enum sip_ua_action_kind kind)
{
    static const char *const names[] = {
        [SIP_UA_IO] = "IO",
        [SIP_UA_REQUEST] = "REQUEST",
        [SIP_UA_RESPONSE] = "RESPONSE",
        [SIP_UA_FAILED] = "FAILED",
        [SIP_UA_INVITED] = "INVITED",
        [SIP_UA_PROGRESS] = "PROGRESS",
        [SIP_UA_ACCEPTED] = "ACCEPTED",
        [SIP_UA_REFUSED] = "REFUSED",
        [SIP_UA_CANCELLED] = "CANCELLED",
        [SIP_UA_CONFIRMED] = "CONFIRMED",
        [SIP_UA_REINVITED] = "REINVITED",
        [SIP_UA_PRACKED] = "PRACKED",
        [SIP_UA_UPDATED] = "UPDATED",
        [SIP_UA_ANSWERED] = "ANSWERED",
        [SIP_UA_REFRESHED] = "REFRESHED",
        [SIP_UA_ENDED] = "ENDED",
        [SIP_UA_REGISTERED] = "REGISTERED",
        [SIP_UA_UNREGISTERED] = "UNREGISTERED",
        [SIP_UA_SUBSCRIBED] = "SUBSCRIBED",
        [SIP_UA_NOTIFIED] = "NOTIFIED",
        [SIP_UA_UNSUBSCRIBED] = "UNSUBSCRIBED",
        [SIP_UA_SUBSCRIPTION] = "SUBSCRIPTION",
        [SIP_UA_SUBSCRIPTION_ENDED] = "SUBSCRIPTION_ENDED",
        [SIP_UA_PUBLISHED] = "PUBLISHED",
        [SIP_UA_UNPUBLISHED] = "UNPUBLISHED",
    };

    return names[kind];
}

/* What the description is, where it stands elsewhere than in an INVITE and its 2xx. */
static const char *described(const struct sip_ua_action *action)
{
    bool usual = action->kind == SIP_UA_INVITED || action->kind == SIP_UA_REINVITED
                     ? action->sdp == SIP_UA_SDP_OFFER
                     : action->kind == SIP_UA_ACCEPTED && action->sdp == SIP_UA_SDP_ANSWER;

    if (usual || action->sdp == SIP_UA_SDP_NONE)
        return "";
    return action->sdp == SIP_UA_SDP_OFFER ? " offer" : " answer";
}

static void note(struct ua_end *end, const struct sip_ua_action *action)
{
    size_t len = strlen(end->notes);
    char   status[16] = "";

    if (action->status != 0)
        snprintf(status, sizeof status, " %u", action->status);
    if (action->kind == SIP_UA_REQUEST)
        snprintf(status, sizeof status, " %.*s", SP_ARG(action->msg->method_name));
    /* What a body is matters where it could be either. */
    snprintf(end->notes + len, sizeof end->notes - len, "%s%s%s%s%s%s%s%s%s%s%s%s",
             len > 0 ? "; " : "", name_of(action->kind), status, action->again ? " again" : "",
             action->by_peer ? " peer" : "", action->reliable ? " reliable" : "", described(action),
             action->invite.slot != 0 ? " fork" : "", action->err != SP_OK ? " " : "",
             action->err != SP_OK ? sp_err_name(action->err) : "", action->timer ? " " : "",
             action->timer ? action->timer : "");
    end->body[0] = '\0';
    if (action->msg != NULL)
        snprintf(end->body, sizeof end->body, "%.*s", SP_ARG(action->msg->body));
    end->last = *action;
    end->last.msg = NULL;
    if (action->session.slot != 0)
        end->session = action->session;
    if (action->request.slot != 0)
        end->request = action->request;
}

static void react(struct ua_end *end, enum sip_ua_action_kind kind)
{
    uint64_t        now_us = end->world->now_us;
    struct sp_slice none = { NULL, 0 };
    uint16_t        answer = end->answer_invite;
    enum sp_err     err = SP_OK;

    if (kind == SIP_UA_REQUEST && end->answer != 0)
        err = sip_ua_respond(end->ua, now_us, end->request, end->answer, none, none, none);
    unit_err(err, SP_OK);
    if (kind == SIP_UA_REINVITED)
        answer = end->answer_reinvite;
    if ((kind != SIP_UA_INVITED && kind != SIP_UA_REINVITED) || answer == 0)
        return;
    if (answer < 200)
        err = sip_ua_progress(end->ua, now_us, end->session, answer, false, none, none);
    else if (answer < 300)
        err = sip_ua_accept(end->ua, now_us, end->session, UA_SDP, SP_LIT("answer"));
    else
        err = sip_ua_refuse(end->ua, now_us, end->session, answer, none);
    unit_err(err, SP_OK);
}

void ua_drain(struct ua_end *end)
{
    struct sip_ua_action action;

    while (sip_ua_next(end->ua, &action)) {
        enum sip_ua_action_kind kind = action.kind;

        if (kind == SIP_UA_IO) {
            if (action.io.kind == SP_IO_SEND) {
                send_parts(end, &action.io);
            } else if (action.io.kind == SP_IO_RESOLVE) {
                snprintf(end->host, sizeof end->host, "%.*s", SP_ARG(action.io.host));
                end->cookie = action.io.cookie;
                end->question = action.io.question;
            }
            continue;
        }
        note(end, &action);
        if (end->on_note != NULL)
            end->on_note(end, &action);
        react(end, kind);
    }
}

static void deliver(struct ua_world *world, struct ua_datagram *datagram)
{
    struct ua_end  *end = &world->ends[datagram->to];
    struct sp_slice octets = datagram->octets;

    datagram->gone = true;
    sip_ua_receive(end->ua, world->now_us, &end->flow, octets);
    ua_drain(end);
}

/* The next thing that happens; NULL and SP_NEVER when nothing does. */
static struct ua_datagram *earliest(struct ua_world *world, uint64_t *at_us)
{
    struct ua_datagram *first = NULL;

    *at_us = SP_NEVER;
    for (int i = 0; i < world->count; i++) {
        struct ua_datagram *one = &world->net[i];

        if (!one->gone && world->ends[one->to].ua != NULL && one->at_us < *at_us) {
            first = one;
            *at_us = one->at_us;
        }
    }
    for (int i = 0; i < 2; i++)
        if (world->ends[i].ua != NULL && sip_ua_deadline(world->ends[i].ua) < *at_us) {
            first = NULL;
            *at_us = sip_ua_deadline(world->ends[i].ua);
        }
    return first;
}

void ua_run(struct ua_world *world, uint64_t ms)
{
    uint64_t            end_us = world->now_us + ms * 1000, at_us;
    struct ua_datagram *datagram;

    for (int i = 0; i < 2; i++)
        if (world->ends[i].ua != NULL)
            ua_drain(&world->ends[i]);
    while (datagram = earliest(world, &at_us), at_us <= end_us) {
        if (at_us > world->now_us)
            world->now_us = at_us;
        if (datagram != NULL) {
            deliver(world, datagram);
            continue;
        }
        for (int i = 0; i < 2; i++)
            if (world->ends[i].ua != NULL) {
                sip_ua_tick(world->ends[i].ua, world->now_us);
                ua_drain(&world->ends[i]);
            }
    }
    world->now_us = end_us;
}

/* ---- a peer written by hand */

void ua_put(struct ua_world *world, const char *text)
{
    struct sp_buf   to = sp_buf(unit_room(strlen(text) * 2 + 16), strlen(text) * 2 + 16);
    struct sp_slice octets;

    for (; *text != '\0'; text++) {
        if (*text == '\n')
            sp_put_char(&to, '\r');
        sp_put_char(&to, *text);
    }
    octets = sp_written(&to);
    octets = unit_octets(octets.at, octets.len);
    sip_ua_receive(world->ends[0].ua, world->now_us, &world->ends[0].flow, octets);
    ua_drain(&world->ends[0]);
}

struct sp_slice ua_take(struct ua_world *world)
{
    for (int i = 0; i < world->count; i++)
        if (!world->net[i].gone && world->net[i].to == 1) {
            world->net[i].gone = true;
            world->port = world->net[i].port;
            return world->net[i].octets;
        }
    return sp_slice(NULL, 0);
}

struct sp_slice ua_expect(struct ua_world *world, const char *start)
{
    struct sp_slice message = ua_take(world);

    if (!sp_starts(message, sp_str(start)))
        ck_abort_msg("expected \"%s\", got \"%.*s\"", start, SP_ARG(message));
    return message;
}

struct sp_slice ua_value(struct sp_slice message, const char *name)
{
    while (message.len > 0) {
        size_t          end = sp_find_slice(message, SP_LIT("\r\n"));
        struct sp_slice line = sp_head(message, end);
        size_t          colon = sp_find(line, ':');

        if (end == 0)
            break;
        if (colon < line.len && sp_eq_nocase(sp_head(line, colon), sp_str(name)))
            return sp_trim(sp_from(line, colon + 1));
        message = sp_from(message, end + 2);
    }
    return sp_slice(NULL, 0);
}

struct sp_slice ua_tag(struct sp_slice message, const char *name)
{
    struct sp_slice value = ua_value(message, name);
    struct sp_slice tag = sp_from(value, sp_find_slice(value, SP_LIT(";tag=")) + 5);

    return sp_head(tag, sp_find(tag, ';'));
}

bool ua_has(struct sp_slice message, const char *text)
{
    return sp_find_slice(message, sp_str(text)) < message.len;
}

#undef ua_told
void ua_told(struct ua_end *end, const char *words, const char *file, int line)
{
    if (strcmp(end->notes, words) != 0)
        ck_abort_msg("%s:%d: told \"%s\", expected \"%s\"", file, line, end->notes, words);
    end->notes[0] = '\0';
}

void ua_empty(struct ua_end *end)
{
    ck_assert_uint_eq(sip_ua_open(end->ua), 0);
    ck_assert_uint_eq(sip_ua_deadline(end->ua), SP_NEVER);
    ck_assert_uint_eq(end->ua->store.used, end->kept);
    ck_assert_uint_eq(end->ua->owed_count, 0);
    ck_assert_uint_eq(end->ua->tx->transactions.used, 0);
    ck_assert_uint_eq(end->ua->tx->store.used, 0);
}

struct sip_ua_request ua_request(enum sip_method method, const char *body)
{
    struct sip_ua_request request;

    memset(&request, 0, sizeof request);
    request.method = method;
    request.uri = SP_LIT(UA_PEER);
    if (body != NULL) {
        request.body = unit_text(body);
        request.content_type = method == SIP_INVITE ? UA_SDP : SP_LIT("text/plain");
    }
    request.user = 7;
    return request;
}
