/* SPDX-License-Identifier: MIT
 * sdp/sdp_line.c -- see sdp_line.h. RFC 8866 5.2, 5.7 to 5.11, 9. */
#include "sdp_line.h"
#include "sdp_grammar.h"

static void space(struct sp_scan *s)
{
    sp_scan_char(s, ' ', "SP");
}

/* A host of ours is ASCII: names beyond it travel in their ACE form (RFC 8866 5). */
static bool is_internet(struct sp_slice nettype, struct sp_slice addrtype)
{
    return sp_eq_nocase(nettype, SP_LIT("IN")) &&
           (sp_eq_nocase(addrtype, SP_LIT("IP4")) || sp_eq_nocase(addrtype, SP_LIT("IP6")));
}

static void check_ascii(struct sp_scan *s, struct sp_slice address)
{
    for (size_t i = 0; i < address.len; i++) {
        if ((unsigned char)address.at[i] >= 0x80)
            sp_scan_fail(s, SP_SYNTAX, address.at + i, "FQDN");
    }
}

/* username SP sess-id SP sess-version SP nettype SP addrtype SP unicast-address */
void sdp_scan_origin(struct sp_scan *s, struct sdp_origin *origin)
{
    origin->username = sdp_scan_non_ws(s, "username");
    space(s);
    origin->session_id = sp_scan_u64(s, "sess-id");
    space(s);
    origin->version = sp_scan_u64(s, "sess-version");
    space(s);
    origin->nettype = sdp_scan_token(s, "nettype");
    space(s);
    origin->addrtype = sdp_scan_token(s, "addrtype");
    space(s);
    origin->address = sdp_scan_non_ws(s, "unicast-address");
    if (is_internet(origin->nettype, origin->addrtype))
        check_ascii(s, origin->address);
}

/* The first number of an IP4-address, or -1 for a name. */
static int first_of_ip4(struct sp_slice host)
{
    unsigned value = 0, dots = 0;

    for (size_t i = 0; i < host.len; i++) {
        if (host.at[i] == '.')
            dots++;
        else if (!sp_is_digit(host.at[i]))
            return -1;
        else if (dots == 0 && value < 1000)
            value = value * 10 + (unsigned)(host.at[i] - '0');
    }
    return dots == 3 ? (int)value : -1;
}

/* "/" ttl [ "/" numaddr ] of IP4-multicast, [ "/" numaddr ] of IP6-multicast; nothing behind a
 * unicast address. */
static void multicast_suffix(struct sp_scan *s, bool is_ip4, bool in_media)
{
    if (is_ip4) {
        sp_scan_char(s, '/', "ttl");
        const char *from = s->at;
        if (sp_scan_u32(s, "ttl") > 255)
            sp_scan_fail(s, SP_RANGE, from, "ttl");
    }
    if (in_media && sp_scan_try(s, '/'))
        sdp_scan_integer(s, "numaddr");
}

/* nettype SP addrtype SP connection-address */
void sdp_scan_connection(struct sp_scan *s, struct sdp_connection *connection, bool in_media)
{
    connection->nettype = sdp_scan_token(s, "nettype");
    space(s);
    connection->addrtype = sdp_scan_token(s, "addrtype");
    space(s);
    const char *from = s->at;
    connection->address = sdp_scan_non_ws(s, "connection-address");
    if (s->err != SP_OK || !is_internet(connection->nettype, connection->addrtype))
        return;

    struct sp_slice host = sp_head(connection->address, sp_find(connection->address, '/'));
    bool            is_ip4 = sp_eq_nocase(connection->addrtype, SP_LIT("IP4"));
    int             first = is_ip4 ? first_of_ip4(host) : -1;
    bool            is_ip6_group = !is_ip4 && sp_starts_nocase(host, SP_LIT("FF")) &&
                        sp_find(host, ':') < host.len;

    check_ascii(s, connection->address);
    if (s->err == SP_OK)
        s->at = from + host.len; /* what the octets behind the address may be depends on it */
    if ((first >= 224 && first <= 239) || is_ip6_group)
        multicast_suffix(s, is_ip4, in_media);
}

/* bwtype ":" bandwidth */
void sdp_scan_bandwidth(struct sp_scan *s)
{
    sdp_scan_token(s, "bwtype");
    sp_scan_char(s, ':', "bandwidth-field");
    sp_scan_set(s, &sdp_digit_set, 1, "bandwidth");
}

/* start-time SP stop-time */
void sdp_scan_time(struct sp_scan *s, uint64_t *start, uint64_t *stop)
{
    *start = sp_scan_u64(s, "start-time");
    space(s);
    *stop = sp_scan_u64(s, "stop-time");
}

/* 1*DIGIT [fixed-len-time-unit] */
static void typed_time(struct sp_scan *s, const char *rule)
{
    sp_scan_set(s, &sdp_digit_set, 1, rule);
    if (!sp_scan_try(s, 'd') && !sp_scan_try(s, 'h') && !sp_scan_try(s, 'm'))
        (void)sp_scan_try(s, 's');
}

/* repeat-interval SP typed-time 1*(SP typed-time) */
void sdp_scan_repeat(struct sp_scan *s)
{
    if (sp_scan_peek(s) == '0')
        sp_scan_fail(s, SP_SYNTAX, s->at, "repeat-interval");
    typed_time(s, "repeat-interval");
    space(s);
    typed_time(s, "typed-time");
    do {
        space(s);
        typed_time(s, "typed-time");
    } while (sp_scan_more(s));
}

/* time SP ["-"] typed-time *(SP time SP ["-"] typed-time) */
void sdp_scan_zone(struct sp_scan *s)
{
    do {
        sp_scan_set(s, &sdp_digit_set, 1, "time");
        space(s);
        (void)sp_scan_try(s, '-');
        typed_time(s, "typed-time");
    } while (sp_scan_try(s, ' '));
}
