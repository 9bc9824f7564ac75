/* SPDX-License-Identifier: MIT
 * base/addr.h -- IP addresses as octets and as text; no names, no sockets.
 *
 * Text forms: RFC 3986 3.2.2 (IPv4address, IPv6address); written as RFC 5952 has it. */
#ifndef SIPUSH_BASE_ADDR_H
#define SIPUSH_BASE_ADDR_H

#include "buf.h"

enum sp_family { SP_NO_ADDRESS, SP_IPV4, SP_IPV6 };

struct sp_addr {
    uint8_t  family;     /* enum sp_family */
    uint8_t  octets[16]; /* 4 or 16 of them, network order; the rest zero */
    uint16_t port;       /* 0: none given */
};

/* An address without a port, without brackets ("192.0.2.1", "2001:db8::1") or with
 * ("[2001:db8::1]"). SP_SYNTAX for anything else, a host name among it. `port` becomes 0. */
SP_MUST_USE enum sp_err sp_addr_parse(struct sp_slice text, struct sp_addr *addr);

/* The address alone ("2001:db8::1"); with brackets where it is IPv6 (a URI's host); with its port
 * ("[::1]:5060"). */
void sp_put_addr(struct sp_buf *to, const struct sp_addr *addr);
void sp_put_host(struct sp_buf *to, const struct sp_addr *addr);
void sp_put_host_port(struct sp_buf *to, const struct sp_addr *addr);

/* Same family and octets; and also the same port. */
bool sp_addr_eq_host(const struct sp_addr *a, const struct sp_addr *b);
bool sp_addr_eq(const struct sp_addr *a, const struct sp_addr *b);
/* 0.0.0.0 or ::, or no address at all. */
bool sp_addr_any(const struct sp_addr *addr);

#endif
