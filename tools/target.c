/* SPDX-License-Identifier: MIT
 * tools/target.c -- whom to send to. */
#include "target.h"

#include <stdio.h>
#include <string.h>

#include "../base/timers.h"
#include "../transaction/sip_locate.h"
#include "../transport/sp_sock.h"

/* A scheme and something behind it, where that is no port. */
static bool has_scheme(struct sp_slice text)
{
    size_t   colon = sp_find(text, ':');
    uint64_t port;

    if (colon == 0 || colon == text.len || !sp_is_alpha(text.at[0]))
        return false;
    for (size_t i = 0; i < colon; i++)
        if (!sp_is_alnum(text.at[i]) && text.at[i] != '+' && text.at[i] != '-')
            return false;
    if (sp_starts_nocase(text, SP_LIT("sip:")) || sp_starts_nocase(text, SP_LIT("sips:")) ||
        sp_starts_nocase(text, SP_LIT("tel:")))
        return true;
    text = sp_from(text, colon + 1);
    text = sp_head(text, sp_find(text, ';'));
    return sp_to_u64(text, UINT64_MAX, &port) != SP_OK && sp_find(text, '@') == text.len;
}

bool target_complete(const char *text, char *uri, size_t octets)
{
    struct sp_slice all = sp_str(text);
    struct sp_addr  addr;
    bool bare = sp_addr_parse(all, &addr) == SP_OK && addr.family == SP_IPV6 && all.len > 0 &&
                all.at[0] != '[';
    int n;

    for (size_t i = 0; i < all.len; i++)
        if ((unsigned char)all.at[i] <= ' ' || all.at[i] == 0x7f)
            return false;
    if (all.len == 0)
        return false;
    if (!bare && has_scheme(all))
        n = snprintf(uri, octets, "%s", text);
    else
        n = snprintf(uri, octets, bare ? "sip:[%s]" : "sip:%s", text);
    return n > 0 && (size_t)n < octets;
}

bool target_proxy(const char *text, char *uri, size_t octets)
{
    struct sip_uri  parsed;
    struct sp_where where;
    size_t          len;
    int             n;

    if (!target_complete(text, uri, octets) ||
        sip_uri_parse(sp_str(uri), &parsed, &where) != SP_OK || parsed.headers.len > 0)
        return false;
    if (sip_param_has(parsed.params, "lr"))
        return true;
    len = strlen(uri);
    n = snprintf(uri + len, octets - len, ";lr");
    return n > 0 && (size_t)n < octets - len;
}

/* The answer to what the machine asks; false when it was not waited for. */
static bool ask(struct sp_net *net, struct sp_ident *ident, struct sip_locate *locate,
                bool stop(void))
{
    struct sp_io        io = sip_locate_io(locate);
    struct sp_net_event event;

    sp_net_perform(net, &io);
    while (stop == NULL || !stop()) {
        sp_net_wait(net, SP_NEVER);
        while (sp_net_event(net, &event)) {
            if (event.kind == SP_NET_RESOLVED)
                sip_locate_resolved(locate, event.addrs, event.count);
            else if (event.kind == SP_NET_FOUND)
                sip_locate_found(locate, event.records, event.count, ident);
            else
                continue;
            return true;
        }
    }
    return false;
}

enum sp_err target_addresses(struct sp_net *net, struct sp_ident *ident, const char *uri,
                             struct sp_addr addrs[2], size_t *count, bool stop(void))
{
    struct sip_locate locate;
    struct sip_uri    parsed;
    struct sp_where   where;
    enum sp_err       err = sip_uri_parse(sp_str(uri), &parsed, &where);

    *count = 0;
    if (err == SP_OK)
        err = sip_locate_start(&locate, &parsed, UINT8_MAX);
    if (err != SP_OK)
        return err;
    while (locate.state != SIP_LOCATE_END && *count < 2) {
        if (locate.state != SIP_LOCATE_TARGET) {
            if (!ask(net, ident, &locate, stop))
                break;
            continue;
        }
        if (*count == 0 || addrs[0].family != locate.target.addr.family)
            addrs[(*count)++] = locate.target.addr;
        sip_locate_next(&locate);
    }
    return *count > 0 ? SP_OK : SP_RESOLVE;
}

struct sp_addr target_local(const struct sp_addr *target)
{
    struct sp_addr local = sp_sock_towards(target);

    /* All of 127/8 is this machine: stay with the address that everybody knows. */
    if (local.family == SP_IPV4 && local.octets[0] == 127)
        local = (struct sp_addr){ .family = SP_IPV4, .octets = { 127, 0, 0, 1 } };
    return local;
}

bool target_is_loopback(const struct sp_addr *addr)
{
    static const uint8_t six[16] = { [15] = 1 };

    if (addr->family == SP_IPV4)
        return addr->octets[0] == 127;
    for (size_t i = 0; i < sizeof six; i++)
        if (addr->octets[i] != six[i])
            return false;
    return addr->family == SP_IPV6;
}
