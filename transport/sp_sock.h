/* SPDX-License-Identifier: MIT
 * transport/sp_sock.h -- addresses, errors and sockets of POSIX in words of this house.
 *
 * Every socket that is opened here never blocks and does not outlive an exec; one of IPv6 takes no
 * IPv4 (RFC 3493 5.3), so that both can be bound to one port. */
#ifndef SIPUSH_TRANSPORT_SP_SOCK_H
#define SIPUSH_TRANSPORT_SP_SOCK_H

#include <sys/socket.h>

#include "../base/flow.h"

/* To the system's form, its length the return value (0: no address), and back. */
socklen_t      sp_sock_name(const struct sp_addr *addr, struct sockaddr_storage *name);
struct sp_addr sp_sock_addr(const struct sockaddr_storage *name);

/* An errno: REFUSED, CLOSED (reset, broken pipe), TIMEOUT, LIMIT (descriptors, buffers), else
 * TRANSPORT. */
enum sp_err sp_sock_err(int number);

/* A new socket, or -1 and errno. */
int sp_sock_open(enum sp_transport transport, uint8_t family);
/* Set up a descriptor that accept yielded; -1 and errno when that fails. */
int sp_sock_adopt(int fd);

/* The address that it is bound to, or connected to; no address when it has none. */
struct sp_addr sp_sock_local(int fd);
struct sp_addr sp_sock_remote(int fd);
/* The local address from which `remote` would be reached; without a route the loopback's. */
struct sp_addr sp_sock_towards(const struct sp_addr *remote);

#endif
