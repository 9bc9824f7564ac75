/* SPDX-License-Identifier: MIT
 * tests/fuzz/dialog_events.c -- a user agent with subscriptions of both sides, registrations and
 * publications under any schedule of verbs, answers, NOTIFY, SUBSCRIBE, changed octets and time.
 * RFC 6665 4, RFC 3903 4, RFC 3261 10.2.
 *
 * An input is a schedule: octets that name what happens and how. Laws: what goes out is SIP
 * messages; each thing that was begun ends once, and nothing is told of it after that; when all was
 * stopped and time has passed, nothing is left. */
#include <stdarg.h>
#include <stdio.h>

#include "../../base/timers.h"
#include "../../dialog/sip_ua_event.h"
#include "fuzz.h"

enum { KEPT = 16, KINDS = 4, OCTETS = 4096, ASKED = 32 };

/* Subscriptions, registrations, publications; subscriptions of others. */
struct list {
    struct sp_handle at[KEPT];
    int              count;
};

static struct fuzz {
    struct sip_ua  *ua;
    uint64_t        now_us;
    struct sp_flow  flow;
    struct list     lists[KINDS];
    struct sp_slice asked, answered; /* the last request and response that went out */
    char            rooms[2][OCTETS];
    unsigned        branch, cseq, names;
    uint8_t         how; /* what the user does with the next SUBSCRIPTION */
} f;

static bool drop(struct list *list, struct sp_handle handle)
{
    for (int i = 0; i < list->count; i++)
        if (sp_handle_eq(list->at[i], handle)) {
            list->at[i] = list->at[--list->count];
            return true;
        }
    return false;
}

static bool has(const struct list *list, struct sp_handle handle)
{
    for (int i = 0; i < list->count; i++)
        if (sp_handle_eq(list->at[i], handle))
            return true;
    return false;
}

static void add(struct list *list, struct sp_handle handle)
{
    fuzz_law(list->count < KEPT);
    fuzz_law(!has(list, handle));
    list->at[list->count++] = handle;
}

static struct sp_handle pick(const struct list *list, uint8_t which)
{
    return list->count > 0 ? list->at[which % list->count] : (struct sp_handle){ which, 1 };
}

static void goes_out(const struct sp_io *io)
{
    struct sip_field fields[64];
    struct sip_msg   msg;
    struct sp_where  where;
    char             room[OCTETS];
    struct sp_buf    to = sp_buf(room, sizeof room);
    struct sp_slice *kept;
    int              which;

    for (int i = 0; i < SP_IO_PARTS; i++)
        sp_put(&to, io->parts[i]);
    fuzz_law(to.err == SP_OK);
    sip_msg_init(&msg, fields, 64);
    fuzz_law(sip_msg_parse(sp_written(&to), &msg, &where) == SP_OK);
    which = msg.request ? 0 : 1;
    kept = which == 0 ? &f.asked : &f.answered;
    memcpy(f.rooms[which], room, to.len);
    *kept = sp_slice(f.rooms[which], to.len);
}

static void decide(struct sp_handle handle)
{
    struct sip_ua_notification state = { .state = SIP_SUBSTATE_ACTIVE };
    struct sp_slice            none = { NULL, 0 };

    if (f.how % 3 == 1)
        (void)!sip_ua_notify(f.ua, f.now_us, handle, &state);
    else if (f.how % 3 == 2 && sip_ua_forbid(f.ua, f.now_us, handle, 403, none) != SP_STALE)
        fuzz_law(drop(&f.lists[3], handle));
}

static void note(const struct sip_ua_action *action)
{
    switch (action->kind) {
    case SIP_UA_NOTIFIED:
        if (!has(&f.lists[0], action->request))
            add(&f.lists[0], action->request); /* of another fork */
        break;
    case SIP_UA_SUBSCRIBED: fuzz_law(has(&f.lists[0], action->request)); break;
    case SIP_UA_UNSUBSCRIBED: fuzz_law(drop(&f.lists[0], action->request)); break;
    case SIP_UA_REGISTERED: fuzz_law(has(&f.lists[1], action->request)); break;
    case SIP_UA_UNREGISTERED: fuzz_law(drop(&f.lists[1], action->request)); break;
    case SIP_UA_PUBLISHED: fuzz_law(has(&f.lists[2], action->request)); break;
    case SIP_UA_UNPUBLISHED: fuzz_law(drop(&f.lists[2], action->request)); break;
    case SIP_UA_SUBSCRIPTION:
        add(&f.lists[3], action->request);
        decide(action->request);
        break;
    case SIP_UA_SUBSCRIPTION_ENDED: fuzz_law(drop(&f.lists[3], action->request)); break;
    case SIP_UA_REQUEST: {
        struct sp_slice none = { NULL, 0 };

        (void)!sip_ua_respond(f.ua, f.now_us, action->request, 480, none, none, none);
        break;
    }
    default: fuzz_law(false); break;
    }
}

/* A question is answered at once after what is told: every second name has an address, none has
 * records, and no connection can be opened. */
static void reply(const struct sp_io *io)
{
    if (io->kind == SP_IO_CONNECT)
        sip_ua_closed(f.ua, f.now_us, io->cookie, NULL, SP_TRANSPORT);
    else if (io->question == SP_ASK_ADDRS)
        sip_ua_resolved(f.ua, f.now_us, io->cookie, &f.flow.remote, ++f.names % 2);
    else
        sip_ua_found(f.ua, f.now_us, io->cookie, NULL, 0);
}

static void drain(void)
{
    struct sip_ua_action action;
    struct sp_io         asked[ASKED];
    int                  count;

    do {
        count = 0;
        while (sip_ua_next(f.ua, &action)) {
            if (action.kind != SIP_UA_IO) {
                note(&action);
            } else if (action.io.kind == SP_IO_SEND) {
                goes_out(&action.io);
            } else if (action.io.kind == SP_IO_CONNECT || action.io.kind == SP_IO_RESOLVE) {
                fuzz_law(count < ASKED);
                asked[count++] = action.io;
            }
        }
        for (int i = 0; i < count; i++)
            reply(&asked[i]);
    } while (count > 0);
}

static void comes(struct sp_slice octets)
{
    sip_ua_receive(f.ua, f.now_us, &f.flow, fuzz_piece(octets));
    drain();
}

static void say(const char *format, ...)
{
    char    room[OCTETS];
    va_list args;
    int     len;

    va_start(args, format);
    len = vsnprintf(room, sizeof room, format, args);
    va_end(args);
    fuzz_law(len > 0 && len < OCTETS);
    comes(sp_slice(room, (size_t)len));
}

/* ---- what the user does */

static void begin(uint8_t which, uint8_t how)
{
    static const char *const   events[] = { "presence", "reg", "x;id=1", "" };
    struct sip_ua_subscription sub = { .uri = SP_LIT("sip:b@192.0.2.2"),
                                       .event = sp_str(events[how % 4]),
                                       .expires_s = how / 4 * 10u };
    struct sip_ua_registration reg = { .aor = SP_LIT("sip:a@192.0.2.2"),
                                       .expires_s = 10u * how,
                                       .what = how % 8 == 0 ? SIP_UA_QUERY : SIP_UA_BIND,
                                       .reg_id = how % 3 };
    struct sip_ua_publication  pub = { .uri = SP_LIT("sip:b@192.0.2.2"),
                                       .event = SP_LIT("presence"),
                                       .content_type = SP_LIT("application/pidf+xml"),
                                       .body = SP_LIT("<p/>"),
                                       .expires_s = 10u * how };
    struct list               *list = &f.lists[which % 3];
    struct sp_handle           handle;
    enum sp_err                err;

    if (list->count > KEPT / 2)
        return;
    if (which % 3 == 0)
        err = sip_ua_subscribe(f.ua, f.now_us, &sub, &handle);
    else if (which % 3 == 1)
        err = sip_ua_register(f.ua, f.now_us, &reg, &handle);
    else
        err = sip_ua_publish(f.ua, f.now_us, &pub, &handle);
    fuzz_law(err == SP_OK || err == SP_LIMIT || err == SP_SYNTAX);
    if (err == SP_OK)
        add(list, handle);
}

static void stop(uint8_t which, uint8_t how)
{
    struct sp_handle handle = pick(&f.lists[which % 3], how);

    if (which % 3 == 0)
        (void)!sip_ua_unsubscribe(f.ua, f.now_us, handle);
    else if (which % 3 == 1)
        (void)!sip_ua_unregister(f.ua, f.now_us, handle);
    else
        (void)!sip_ua_unpublish(f.ua, f.now_us, handle);
}

static void tell(uint8_t which, uint8_t how)
{
    struct sip_ua_notification state = { .state = (enum sip_substate)(how % 4),
                                         .retry_after_s = how / 16 };

    if (how & 8)
        state.reason = SP_LIT("noresource");
    if (how & 4) {
        state.content_type = SP_LIT("application/pidf+xml");
        state.body = SP_LIT("<q/>");
    }
    (void)!sip_ua_notify(f.ua, f.now_us, pick(&f.lists[3], which), &state);
}

/* ---- what the peer does */

/* A field of the last request of ours. */
static struct sp_slice value(const char *name)
{
    struct sip_field        fields[64];
    struct sip_msg          msg;
    struct sp_where         where;
    const struct sip_field *field;

    sip_msg_init(&msg, fields, 64);
    if (f.asked.len == 0 || sip_msg_parse(f.asked, &msg, &where) != SP_OK)
        return SP_LIT("x");
    field = sip_msg_find_name(&msg, sp_str(name));
    return field != NULL ? field->value : SP_LIT("x");
}

static void answer(uint8_t which, uint8_t how)
{
    static const char *const statuses[] = { "200 OK", "202 OK", "204 No", "401 No",
                                            "403 No", "404 No", "412 No", "423 No",
                                            "481 No", "489 No", "500 No", "503 No",
                                            "100 x",  "183 x",  "302 x",  "604 No" };
    static const char *const fields[] = {
        "Expires: 100\r\nSIP-ETag: e\r\n",
        "Expires: 0\r\n",
        "Min-Expires: 9000\r\n",
        "Retry-After: 3\r\n",
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n",
        "Contact: <sip:a@192.0.2.1:5060>;expires=200\r\nService-Route: <sip:192.0.2.2;lr>\r\n",
        "SIP-ETag: f\r\n",
        "",
    };
    bool tagged = sp_find_slice(value("To"), SP_LIT("tag=")) < value("To").len;

    say("SIP/2.0 %s\r\nVia: %.*s\r\nFrom: %.*s\r\nTo: %.*s%s\r\nCall-ID: %.*s\r\nCSeq: %.*s\r\n"
        "%s\r\n",
        statuses[which % 16], SP_ARG(value("Via")), SP_ARG(value("From")), SP_ARG(value("To")),
        tagged ? "" : ";tag=t", SP_ARG(value("Call-ID")), SP_ARG(value("CSeq")), fields[how % 8]);
}

static void notify(uint8_t which, uint8_t how)
{
    static const char *const states[] = { "active;expires=90",
                                          "pending",
                                          "active",
                                          "terminated;reason=timeout",
                                          "terminated;reason=rejected",
                                          "terminated;reason=probation;retry-after=2",
                                          "terminated",
                                          ";" };
    static const char *const events[] = { "presence", "reg", "x;id=1", "y" };

    say("NOTIFY sip:a@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKn%u\r\n"
        "Max-Forwards: 70\r\nFrom: <sip:b@h>;tag=t%u\r\nTo: %.*s\r\nCall-ID: %.*s\r\n"
        "CSeq: %u NOTIFY\r\nContact: <sip:b@192.0.2.2>\r\nEvent: %s\r\nSubscription-State: %s\r\n"
        "\r\n",
        ++f.branch, which / 64u, SP_ARG(value("From")), SP_ARG(value("Call-ID")), ++f.cseq,
        events[which / 8 % 4], states[how % 8]);
}

/* The tag that we gave last, for a dialog. */
static struct sp_slice our_tag(void)
{
    size_t          at = sp_find_slice(f.answered, SP_LIT("\r\nTo: "));
    struct sp_slice to = sp_from(f.answered, at + 6), tag;

    to = sp_head(to, sp_find(to, '\r'));
    tag = sp_from(to, sp_find_slice(to, SP_LIT(";tag=")) + 5);
    return tag.len > 0 ? tag : SP_LIT("none");
}

static void subscribe(uint8_t which, uint8_t how)
{
    static const char *const events[] = { "presence", "reg", "x;id=1", "y" };
    struct sp_slice          tag = (which & 1) != 0 ? our_tag() : SP_LIT("");
    unsigned                 branch = ++f.branch;

    f.how = which / 16;
    say("SUBSCRIBE sip:a@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKs%u\r\n"
        "Max-Forwards: 70\r\nFrom: <sip:b@h>;tag=s\r\nTo: <sip:a@h>%s%.*s\r\nCall-ID: c%u\r\n"
        "CSeq: %u SUBSCRIBE\r\n%sEvent: %s\r\nExpires: %u\r\n\r\n",
        branch, tag.len > 0 ? ";tag=" : "", SP_ARG(tag), tag.len > 0 ? 0u : branch, ++f.cseq,
        how & 128 ? "" : "Contact: <sip:b@192.0.2.2>\r\n", events[which / 2 % 4], how % 8 * 50u);
}

/* Something that went out comes back, or again, with an octet changed. */
static void echo(uint8_t which, uint8_t how)
{
    struct sp_slice from = which & 1 ? f.answered : f.asked;
    char            room[OCTETS];

    if (from.len == 0)
        return;
    memcpy(room, from.at, from.len);
    if (which & 2)
        room[(which / 4u * 256u + how) % from.len] = (char)how;
    comes(sp_slice(room, from.len));
}

static void pass(uint64_t us)
{
    uint64_t end_us = f.now_us + us;

    while (sip_ua_deadline(f.ua) <= end_us) {
        if (sip_ua_deadline(f.ua) > f.now_us)
            f.now_us = sip_ua_deadline(f.ua);
        sip_ua_tick(f.ua, f.now_us);
        drain();
    }
    f.now_us = end_us;
}

static void happen(uint8_t what, uint8_t which, uint8_t how)
{
    switch (what % 10) {
    case 0: begin(which, how); break;
    case 1: stop(which, how); break;
    case 2: tell(which, how); break;
    case 3:
        (void)!sip_ua_republish(f.ua, f.now_us, pick(&f.lists[2], which), SP_LIT("a/b"),
                                SP_LIT("<r/>"));
        break;
    case 4:
    case 5: answer(which, how); break;
    case 6: notify(which, how); break;
    case 7: subscribe(which, how); break;
    case 8: echo(which, how); break;
    default: pass((uint64_t)(which + 1) * (how + 1) * (how & 1 ? 1000 : 100000)); break;
    }
    drain();
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    static const struct sip_ua_config config = { .from = { "sip:a@h", 7 },
                                                 .contact_user = { "a", 1 },
                                                 .accept = { "a/b", 3 },
                                                 .events = { "presence, x", 11 } };
    struct sp_limits                  limits = sp_limits_small;
    struct sp_slice                   input = sp_slice(octets, len);
    uint8_t                           seed[SP_SEED_OCTETS] = { 1 }, room = fuzz_take(&input);

    memset(&f, 0, sizeof f);
    limits.message_octets = 3000;
    limits.transactions = 1 + room % 16;
    limits.subscriptions = room / 16 % 4;
    limits.notifiers = room / 64;
    limits.publications = 2;
    limits.registrations = 2;
    limits.store_octets = room & 8 ? 32768 : 8192;
    f.now_us = 1000000;
    f.flow = (struct sp_flow){ .id = 1, .transport = SP_UDP, .protocol = SP_SIP };
    (void)!sp_addr_parse(SP_LIT("192.0.2.1"), &f.flow.local);
    (void)!sp_addr_parse(SP_LIT("192.0.2.2"), &f.flow.remote);
    f.flow.local.port = f.flow.remote.port = 5060;
    f.ua = sip_ua_init(fuzz_room(sip_ua_size(&limits)), &limits, seed, &config);
    fuzz_law(f.ua != NULL);
    sip_ua_bound(f.ua, &f.flow);
    (void)!sip_ua_login(f.ua, sp_slice(NULL, 0), SP_LIT("a"), SP_LIT("p"));
    for (int i = 0; i < 400 && input.len >= 3; i++) {
        uint8_t what = fuzz_take(&input), which = fuzz_take(&input);

        happen(what, which, fuzz_take(&input));
    }
    f.how = 0;
    for (int round = 0; round < 4; round++) {
        for (int kind = 0; kind < 3; kind++)
            for (int i = f.lists[kind].count - 1; i >= 0; i--)
                stop((uint8_t)kind, (uint8_t)i);
        for (int i = f.lists[3].count - 1; i >= 0; i--)
            tell((uint8_t)i, SIP_SUBSTATE_TERMINATED);
        drain();
        pass(200000000);
    }
    pass(10000000000);
    for (int kind = 0; kind < KINDS; kind++)
        fuzz_law(f.lists[kind].count == 0);
    fuzz_law(sip_ua_open(f.ua) == 0);
    fuzz_law(sip_ua_deadline(f.ua) == SP_NEVER);
    fuzz_free();
    return 0;
}
