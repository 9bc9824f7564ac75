/* SPDX-License-Identifier: MIT
 * transaction/sip_locate.c -- the machine that finds servers, and the order of records. RFC 3263
 * 4.1, 4.2, 4.3; RFC 2782; RFC 3403 4.1. */
#include "sip_locate.h"

#include <string.h>

#define DEFAULT_PORT 5060 /* RFC 3261 19.1.2: of UDP and of TCP */

static const struct {
    const char *service, *prefix;
    uint8_t     transport;
} transports[] = {
    { "SIP+D2U", "_sip._udp.", SP_UDP },
    { "SIP+D2T", "_sip._tcp.", SP_TCP },
};
enum { TRANSPORTS = sizeof transports / sizeof transports[0] };

static void enter(struct sip_locate *locate, enum sip_locate_state state)
{
    locate->state = state;
}

static bool has_way(const struct sip_locate *locate, uint8_t transport)
{
    return (locate->ways &
            (SIP_LOCATE_WAY(transport, SP_IPV4) | SIP_LOCATE_WAY(transport, SP_IPV6))) != 0;
}

/* Names */

static struct sp_slice text_of(const struct sip_locate *locate, const struct sip_locate_name *name)
{
    return sp_slice(locate->texts + name->at, name->octets);
}

/* Keeps prefix and text as one name, without the last dot. False: it is no name, or no room. */
static bool keep(struct sip_locate *locate, const char *prefix, struct sp_slice text,
                 struct sip_locate_name *name)
{
    struct sp_buf to = sp_buf(locate->texts + locate->text_octets,
                              (size_t)SIP_LOCATE_MOST_TEXTS - locate->text_octets);

    if (text.len > 0 && text.at[text.len - 1] == '.')
        text.len--;
    sp_put_text(&to, prefix);
    sp_put(&to, text);
    if (text.len == 0 || to.err != SP_OK || to.len > SP_NAME_OCTETS)
        return false;
    name->at = locate->text_octets;
    name->octets = (uint16_t)to.len;
    locate->text_octets = (uint16_t)(locate->text_octets + to.len);
    return true;
}

static void add_service(struct sip_locate *locate, const char *prefix, struct sp_slice text,
                        uint8_t transport)
{
    struct sip_locate_name *name = &locate->service_names[locate->services];

    if (locate->services == SIP_LOCATE_MOST_SERVICES || !keep(locate, prefix, text, name))
        return;
    name->transport = transport;
    locate->services++;
}

/* The SRV records of the domain itself (4.1: no NAPTR; 4.2: a transport was given). */
static void add_guesses(struct sip_locate *locate, bool any)
{
    for (size_t i = 0; i < TRANSPORTS; i++)
        if (any ? has_way(locate, transports[i].transport)
                : transports[i].transport == locate->domain.transport)
            add_service(locate, transports[i].prefix, text_of(locate, &locate->domain),
                        transports[i].transport);
    locate->kept = locate->text_octets;
}

/* The machine */

static void ask(struct sip_locate *locate, enum sip_locate_state state,
                const struct sip_locate_name *name)
{
    locate->asked = *name;
    enter(locate, locate->asks > 0 ? state : SIP_LOCATE_END);
    if (locate->asks > 0)
        locate->asks--;
}

/* 4.2: a server without addresses and a service without servers are passed over. */
static void go_on(struct sip_locate *locate)
{
    if (locate->addr < locate->addrs) {
        locate->target.transport = locate->asked.transport;
        locate->target.addr = locate->found[locate->addr++];
        if (locate->target.addr.port == 0)
            locate->target.addr.port = locate->asked.port;
        enter(locate, locate->targets > 0 ? SIP_LOCATE_TARGET : SIP_LOCATE_END);
        if (locate->targets > 0)
            locate->targets--;
    } else if (locate->server < locate->servers) {
        ask(locate, SIP_LOCATE_ADDRS, &locate->server_names[locate->server++]);
    } else if (locate->service < locate->services) {
        locate->text_octets = locate->kept;
        ask(locate, SIP_LOCATE_SRV, &locate->service_names[locate->service++]);
    } else if (locate->falls_back) {
        locate->falls_back = false;
        ask(locate, SIP_LOCATE_ADDRS, &locate->domain);
    } else {
        enter(locate, SIP_LOCATE_END);
    }
}

static enum sp_err transport_of(const struct sip_uri *uri, bool *given, uint8_t *transport)
{
    struct sp_slice value = sip_param_value(uri->params, "transport");

    *given = value.len > 0;
    *transport = SP_UDP;
    if (uri->scheme != SIP_SCHEME_SIP)
        return SP_UNSUPPORTED;
    if (sp_eq_nocase(value, SP_LIT("tcp")))
        *transport = SP_TCP;
    else if (*given && !sp_eq_nocase(value, SP_LIT("udp")))
        return SP_UNSUPPORTED;
    return SP_OK;
}

enum sp_err sip_locate_start(struct sip_locate *locate, const struct sip_uri *uri, uint8_t ways)
{
    struct sp_slice host = sip_param_value(uri->params, "maddr");
    bool            given;
    enum sp_err     err;

    memset(locate, 0, sizeof *locate);
    locate->ways = ways;
    locate->asks = SIP_LOCATE_MOST_ASKS;
    locate->targets = SIP_LOCATE_MOST_TARGETS;
    err = transport_of(uri, &given, &locate->domain.transport);
    if (err != SP_OK)
        return err;
    if (host.len == 0)
        host = uri->host;
    locate->domain.port = uri->port != 0 ? uri->port : DEFAULT_PORT;
    if (sp_addr_parse(host, &locate->found[0]) == SP_OK) {
        locate->asked = locate->domain;
        locate->addrs = 1;
        go_on(locate);
        return SP_OK;
    }
    if (!keep(locate, "", host, &locate->domain))
        return SP_LIMIT;
    locate->kept = locate->text_octets;
    locate->falls_back = true;
    if (uri->port == 0 && !given) {
        ask(locate, SIP_LOCATE_NAPTR, &locate->domain);
        return SP_OK;
    }
    if (uri->port == 0)
        add_guesses(locate, false);
    go_on(locate);
    return SP_OK;
}

/* NAPTR */

/* The transport of a rule that is of use: it ends with an SRV name, for a transport of ours. */
static bool is_ours(const struct sip_locate *locate, const struct sp_record *rule,
                    uint8_t *transport)
{
    struct sp_slice service = sp_slice(rule->service, rule->service_octets);

    if (rule->flag != 's' || rule->regexp || rule->name_octets == 0)
        return false;
    for (size_t i = 0; i < TRANSPORTS; i++)
        if (sp_eq_nocase(service, sp_str(transports[i].service)) &&
            has_way(locate, transports[i].transport)) {
            *transport = transports[i].transport;
            return true;
        }
    return false;
}

/* RFC 3403 4.1: of the rules of use, those of the lowest order, by preference. */
static void take_rules(struct sip_locate *locate, const struct sp_record *rules, size_t count)
{
    uint32_t order = UINT32_MAX, from = 0;
    uint8_t  transport;

    for (size_t i = 0; i < count; i++)
        if (is_ours(locate, &rules[i], &transport) && rules[i].order < order)
            order = rules[i].order;
    while (from <= UINT16_MAX) {
        uint32_t next = UINT32_MAX;

        for (size_t i = 0; i < count; i++) {
            const struct sp_record *rule = &rules[i];

            if (rule->order != order || !is_ours(locate, rule, &transport))
                continue;
            if (rule->preference == from)
                add_service(locate, "", sp_slice(rule->name, rule->name_octets), transport);
            else if (rule->preference > from && rule->preference < next)
                next = rule->preference;
        }
        from = next;
    }
    locate->kept = locate->text_octets;
}

/* SRV */

/* The sum of the weights of a priority, of servers not yet chosen; `left`: how many there are. */
static uint32_t sum_of(const struct sp_record *servers, size_t count, uint32_t chosen,
                       uint32_t priority, size_t *left)
{
    uint32_t sum = 0;

    *left = 0;
    for (size_t i = 0; i < count; i++)
        if ((chosen >> i & 1) == 0 && servers[i].order == priority) {
            sum += servers[i].preference;
            ++*left;
        }
    return sum;
}

/* RFC 2782: the one at which the running sum reaches `at`; those of weight 0 stand first. */
static size_t server_at(const struct sp_record *servers, size_t count, uint32_t chosen,
                        uint32_t priority, uint32_t at)
{
    uint32_t sum = 0;

    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < count; i++) {
            if ((chosen >> i & 1) != 0 || servers[i].order != priority ||
                (servers[i].preference > 0) != (pass == 1))
                continue;
            sum += servers[i].preference;
            if (sum >= at)
                return i;
        }
    return count;
}

/* The lowest priority that is not below `from`; UINT32_MAX: there is none. */
static uint32_t priority_from(const struct sp_record *servers, size_t count, uint32_t from)
{
    uint32_t lowest = UINT32_MAX;

    for (size_t i = 0; i < count; i++)
        if (servers[i].order >= from && servers[i].order < lowest)
            lowest = servers[i].order;
    return lowest;
}

static void take_servers(struct sip_locate *locate, const struct sp_record *servers, size_t count,
                         struct sp_ident *ident)
{
    uint32_t chosen = 0, priority = priority_from(servers, count, 0);

    locate->server = locate->servers = 0;
    for (; priority != UINT32_MAX; priority = priority_from(servers, count, priority + 1)) {
        size_t   left;
        uint32_t sum;

        while (sum = sum_of(servers, count, chosen, priority, &left), left > 0) {
            size_t                  i = server_at(servers, count, chosen, priority,
                                 left > 1 ? sp_ident_below(ident, sum + 1) : 0);
            struct sip_locate_name *name = &locate->server_names[locate->servers];

            chosen |= 1u << i;
            if (locate->servers == SIP_LOCATE_MOST_SERVERS ||
                !keep(locate, "", sp_slice(servers[i].name, servers[i].name_octets), name))
                continue; /* the root: there is no such service */
            name->port = servers[i].port;
            name->transport = locate->asked.transport;
            locate->servers++;
        }
    }
}

/* Answers */

void sip_locate_found(struct sip_locate *locate, const struct sp_record *records, size_t count,
                      struct sp_ident *ident)
{
    if (count > SP_RECORDS)
        count = SP_RECORDS;
    if (locate->state == SIP_LOCATE_NAPTR) {
        take_rules(locate, records, count);
        if (locate->services == 0)
            add_guesses(locate, true);
        if (locate->services > 0)
            locate->domain.transport = locate->service_names[0].transport;
    } else if (locate->state == SIP_LOCATE_SRV) {
        if (count > 0)
            locate->falls_back = false;
        take_servers(locate, records, count, ident);
    } else {
        return;
    }
    go_on(locate);
}

static bool is_found(const struct sip_locate *locate, const struct sp_addr *addr)
{
    for (size_t i = 0; i < locate->addrs; i++)
        if (sp_addr_eq(&locate->found[i], addr))
            return true;
    return false;
}

void sip_locate_resolved(struct sip_locate *locate, const struct sp_addr *addrs, size_t count)
{
    if (locate->state >= SIP_LOCATE_TARGET)
        return;
    if (locate->state != SIP_LOCATE_ADDRS) { /* the host knows no records */
        locate->service = locate->services = 0;
        locate->server = locate->servers = 0;
        locate->falls_back = false;
        locate->asked = locate->domain;
    }
    locate->addr = locate->addrs = 0;
    for (size_t i = 0; i < count && locate->addrs < SIP_LOCATE_MOST_ADDRS; i++)
        if ((locate->ways & SIP_LOCATE_WAY(locate->asked.transport, addrs[i].family)) != 0 &&
            !is_found(locate, &addrs[i]))
            locate->found[locate->addrs++] = addrs[i];
    go_on(locate);
}

void sip_locate_next(struct sip_locate *locate)
{
    if (locate->state == SIP_LOCATE_TARGET)
        go_on(locate);
}

bool sip_locate_has_more(const struct sip_locate *locate)
{
    return locate->state < SIP_LOCATE_END && locate->targets > 0 &&
           (locate->addr < locate->addrs || locate->server < locate->servers ||
            locate->service < locate->services || locate->falls_back);
}

struct sp_io sip_locate_io(const struct sip_locate *locate)
{
    struct sp_io io;

    memset(&io, 0, sizeof io);
    io.kind = SP_IO_RESOLVE;
    io.question = SP_ASK_ADDRS;
    if (locate->state == SIP_LOCATE_NAPTR)
        io.question = SP_ASK_NAPTR;
    else if (locate->state == SIP_LOCATE_SRV)
        io.question = SP_ASK_SRV;
    io.host = text_of(locate, &locate->asked);
    io.port = locate->state == SIP_LOCATE_ADDRS ? locate->asked.port : locate->domain.port;
    return io;
}
