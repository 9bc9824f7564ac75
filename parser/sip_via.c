/* SPDX-License-Identifier: MIT
 * parser/sip_via.c -- Via: the way back. RFC 3261 8.1.1.7, 18.2, 20.42; rport: RFC 3581. */
#include "sip_via.h"

#include <string.h>

#include "sip_quick.h"

/* A number that is all of a parameter's value, at most `max`. */
static uint16_t number_of(struct sp_scan *s, struct sp_slice value, const char *at, uint64_t max,
                          const char *rule)
{
    uint64_t    number = 0;
    enum sp_err err = sp_to_u64(value, max, &number);

    if (err != SP_OK)
        sp_scan_fail(s, err, value.len > 0 ? value.at : at, rule);
    return (uint16_t)number;
}

/* received = IPv4address / IPv6address; with brackets too, as some write it (RFC 5118 4.5). */
static void scan_received(struct sp_scan *s, struct sip_via *via)
{
    const char *from, *stop;

    sip_scan_separator(s, '=', "via-received");
    from = s->at;
    if (s->err != SP_OK)
        return;
    stop = sip_after_plain(s, from);
    if (stop < s->end && *stop == ':' && sip_scan_hex(s) <= 4 && s->at == stop) {
        s->at = from;
        via->received = sip_scan_ipv6(s, "via-received");
    } else {
        s->at = from;
        via->received = sip_quick_host(s, "via-received");
    }
}

/* via-params = via-ttl / via-maddr / via-received / via-branch / via-extension */
static void scan_via_param(struct sp_scan *s, struct sip_via *via)
{
    struct sip_param param;
    struct sp_scan   host;
    const char      *from = s->at;

    param.name = sip_quick_token(s, "via-params");
    if (sip_name_is(param.name, "received", 8)) {
        scan_received(s, via);
        return;
    }
    sip_quick_param_value(s, &param);
    if (s->err != SP_OK)
        return;
    if (sip_name_is(param.name, "branch", 6)) {
        if (param.value.len == 0 || !sip_is(param.value.at[0], SIP_TOKEN))
            sp_scan_fail(s, SP_SYNTAX, s->at, "via-branch");
        via->branch = param.value;
    } else if (sip_name_is(param.name, "rport", 5)) {
        via->has_rport = true;
        if (param.has_value)
            via->rport = number_of(s, param.value, from, 65535, "response-port");
    } else if (sip_name_is(param.name, "maddr", 5)) {
        host = sp_scan(param.value);
        sip_scan_host(&host, "via-maddr");
        if (sp_scan_end(&host, NULL) != SP_OK)
            sp_scan_fail(s, SP_SYNTAX, param.value.len > 0 ? param.value.at : s->at, "via-maddr");
        via->maddr = param.value;
    } else if (sip_name_is(param.name, "ttl", 3)) {
        via->has_ttl = true;
        via->ttl = number_of(s, param.value, from, 255, "ttl");
    }
}

/* sent-protocol = protocol-name SLASH protocol-version SLASH transport */
static void scan_sent_protocol(struct sp_scan *s, struct sip_via *via)
{
    if (s->end - s->at > 8 && memcmp(s->at, "SIP/2.0/", 8) == 0) { /* as nearly all have it */
        via->protocol = sp_slice(s->at, 3);
        via->version = sp_slice(s->at + 4, 3);
        s->at = sip_after_sws(s->at + 8, s->end);
    } else {
        via->protocol = sip_quick_token(s, "protocol-name");
        sip_scan_separator(s, '/', "SLASH");
        via->version = sip_quick_token(s, "protocol-version");
        sip_scan_separator(s, '/', "SLASH");
    }
    via->transport = sip_quick_token(s, "transport");
}

enum sp_err sip_via_parse(struct sp_slice value, struct sip_via *via, struct sp_where *where)
{
    struct sp_scan s = sp_scan(value);
    const char    *params;

    via->params = sp_slice(NULL, 0);
    via->branch = sp_slice(NULL, 0);
    via->received = sp_slice(NULL, 0);
    via->maddr = sp_slice(NULL, 0);
    via->has_rport = via->has_ttl = false;
    via->rport = via->ttl = 0;
    sip_scan_sws(&s);
    scan_sent_protocol(&s, via);
    sip_quick_lws(&s);
    via->host = sip_quick_host(&s, "sent-by");
    via->port = sip_scan_port(&s, "port");
    params = s.at;
    while (sip_scan_try_separator(&s, ';'))
        scan_via_param(&s, via);
    if (s.err == SP_OK)
        via->params = sp_trim(sp_slice(params, (size_t)(s.at - params)));
    sip_scan_sws(&s);
    return sp_scan_end(&s, where);
}

static void put_param(struct sp_buf *to, const char *name, struct sp_slice value)
{
    if (value.len == 0)
        return;
    sp_put_text(to, name);
    sp_put_value(to, value);
}

/* A parameter that has its own place in struct sip_via, which counts. */
static bool is_typed(struct sp_slice name)
{
    static const char *const typed[] = { "branch", "received", "rport", "maddr", "ttl" };

    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++)
        if (sp_eq_nocase(name, sp_str(typed[i])))
            return true;
    return false;
}

static void put_extensions(struct sp_buf *to, struct sp_slice params)
{
    struct sip_param param;

    while (sip_param_next(&params, &param)) {
        if (is_typed(param.name))
            continue;
        put_param(to, ";", param.name);
        if (param.has_value) {
            sp_put_char(to, '=');
            sip_put_folded(to, param.value);
        }
    }
}

void sip_via_write(struct sp_buf *to, const struct sip_via *via)
{
    sp_put_value(to, via->protocol.len > 0 ? via->protocol : SP_LIT("SIP"));
    sp_put_char(to, '/');
    sp_put_value(to, via->version.len > 0 ? via->version : SP_LIT("2.0"));
    sp_put_char(to, '/');
    sp_put_value(to, via->transport);
    sp_put_char(to, ' ');
    sp_put_value(to, via->host);
    if (via->port > 0) {
        sp_put_char(to, ':');
        sp_put_u64(to, via->port);
    }
    put_param(to, ";maddr=", via->maddr);
    if (via->has_ttl) {
        sp_put_text(to, ";ttl=");
        sp_put_u64(to, via->ttl);
    }
    put_param(to, ";received=", via->received);
    if (via->has_rport || via->rport > 0)
        sp_put_text(to, ";rport");
    if (via->rport > 0) {
        sp_put_char(to, '=');
        sp_put_u64(to, via->rport);
    }
    put_param(to, ";branch=", via->branch);
    put_extensions(to, via->params);
}

bool sip_via_has_cookie(const struct sip_via *via)
{
    return sp_starts_nocase(via->branch, SP_LIT(SIP_BRANCH_COOKIE));
}
