/* SPDX-License-Identifier: MIT
 * transport/sp_batch.h -- inside of sp_net: several datagrams in one call of the system.
 *
 * recvmmsg and sendmmsg where there are, else recvmsg and sendmsg again and again: the same, but
 * slower. A batch lies in one piece of memory: datagrams that came have SP_NET_DATAGRAM octets of
 * room each, those that go are packed. Allocates nothing, closes nothing, judges no error. */
#ifndef SIPUSH_TRANSPORT_SP_BATCH_H
#define SIPUSH_TRANSPORT_SP_BATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "../base/arena.h"
#include "../base/slice.h"

#define SP_NET_DATAGRAM 65535u /* octets of a datagram at most */

/* Room for what the system says beside the octets. */
union sp_control {
    size_t align;
    char   octets[256];
};

struct sp_datagram {
    struct msghdr           header; /* points to what follows; set up by this file */
    struct iovec            vector;
    struct sockaddr_storage name; /* the far end */
    union sp_control        control;
};

struct mmsghdr;

struct sp_batch {
    struct sp_datagram *datagrams;
    struct mmsghdr     *headers;
    char               *octets;
    size_t              room, filled; /* octets; filled: of those to go */
    uint32_t            capacity;
    uint32_t            used; /* datagrams that came, or are to go */
    bool                portable;
};

/* Lay out a batch of `capacity` datagrams; its octets, `room`, are given by the owner. */
void sp_batch_lay_out(struct sp_batch *batch, struct sp_arena *arena, uint32_t capacity);
void sp_batch_init(struct sp_batch *batch, char *octets, size_t room, bool portable);

/* Read what is there, at most `most` datagrams (capped by the capacity and the room), with what the
 * system says beside them if `controls`. How many; 0 and errno: the first read failed. */
uint32_t        sp_batch_read(struct sp_batch *batch, int fd, uint32_t most, bool controls);
struct sp_slice sp_batch_octets(const struct sp_batch *batch, uint32_t i);

/* Add a datagram of these parts; NULL: no room now. Its name and, if there is something to say,
 * header.msg_control are the caller's to fill. */
struct sp_datagram *sp_batch_add(struct sp_batch *batch, const struct sp_slice *parts,
                                 size_t count);
/* Write the datagrams from `from` on. How many went; 0 and errno: that one did not. */
uint32_t sp_batch_write(struct sp_batch *batch, int fd, uint32_t from);
/* None is there any more. */
void sp_batch_clear(struct sp_batch *batch);

#endif
