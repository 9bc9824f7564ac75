/* SPDX-License-Identifier: MIT
 * transport/sp_batch.c -- recvmmsg and sendmmsg, and what stands in for them. */
#define _GNU_SOURCE
#include "sp_batch.h"

#include <errno.h>
#include <string.h>

#if defined(__linux__) || defined(__FreeBSD__) || defined(__NetBSD__)
#define MANY          1
#define HEADER_OCTETS sizeof(struct mmsghdr)
#else
#define MANY          0
#define HEADER_OCTETS 0
#endif

void sp_batch_lay_out(struct sp_batch *batch, struct sp_arena *arena, uint32_t capacity)
{
    batch->datagrams = sp_arena_take(arena, capacity, sizeof *batch->datagrams);
    batch->headers = sp_arena_take(arena, capacity, HEADER_OCTETS);
    batch->capacity = capacity;
}

void sp_batch_init(struct sp_batch *batch, char *octets, size_t room, bool portable)
{
    batch->octets = octets;
    batch->room = room;
    batch->portable = portable || !MANY;
    sp_batch_clear(batch);
}

void sp_batch_clear(struct sp_batch *batch)
{
    batch->used = 0;
    batch->filled = 0;
}

/* A datagram without octets and without anything beside them. */
static struct sp_datagram *blank(struct sp_batch *batch, uint32_t i, char *octets, size_t room)
{
    struct sp_datagram *datagram = &batch->datagrams[i];

    datagram->vector = (struct iovec){ octets, room };
    datagram->header = (struct msghdr){
        .msg_name = &datagram->name,
        .msg_namelen = sizeof datagram->name,
        .msg_iov = &datagram->vector,
        .msg_iovlen = 1,
    };
    return datagram;
}

#if MANY
static int read_many(struct sp_batch *batch, int fd, uint32_t most)
{
    for (uint32_t i = 0; i < most; i++)
        batch->headers[i] = (struct mmsghdr){ .msg_hdr = batch->datagrams[i].header };

    int n = recvmmsg(fd, batch->headers, most, 0, NULL);

    for (int i = 0; i < n; i++) {
        batch->datagrams[i].header = batch->headers[i].msg_hdr;
        batch->datagrams[i].vector.iov_len = batch->headers[i].msg_len;
    }
    return n;
}

static int write_many(struct sp_batch *batch, int fd, uint32_t from)
{
    for (uint32_t i = from; i < batch->used; i++)
        batch->headers[i] = (struct mmsghdr){ .msg_hdr = batch->datagrams[i].header };
    return sendmmsg(fd, batch->headers + from, batch->used - from, MSG_NOSIGNAL);
}
#else
static int read_many(struct sp_batch *batch, int fd, uint32_t most)
{
    (void)batch, (void)fd, (void)most;
    return -1;
}

static int write_many(struct sp_batch *batch, int fd, uint32_t from)
{
    (void)batch, (void)fd, (void)from;
    return -1;
}
#endif

static int read_each(struct sp_batch *batch, int fd, uint32_t most)
{
    for (uint32_t i = 0; i < most; i++) {
        ssize_t n = recvmsg(fd, &batch->datagrams[i].header, 0);

        if (n < 0)
            return i > 0 ? (int)i : -1;
        batch->datagrams[i].vector.iov_len = (size_t)n;
    }
    return (int)most;
}

uint32_t sp_batch_read(struct sp_batch *batch, int fd, uint32_t most, bool controls)
{
    int n;

    if (most > batch->capacity)
        most = batch->capacity;
    if (most > batch->room / SP_NET_DATAGRAM)
        most = (uint32_t)(batch->room / SP_NET_DATAGRAM);
    sp_batch_clear(batch);
    for (uint32_t i = 0; i < most; i++) {
        struct sp_datagram *datagram = blank(batch, i, batch->octets + (size_t)i * SP_NET_DATAGRAM,
                                             SP_NET_DATAGRAM);

        memset(&datagram->name, 0, sizeof datagram->name);
        datagram->header.msg_control = controls ? datagram->control.octets : NULL;
        datagram->header.msg_controllen = controls ? sizeof datagram->control.octets : 0;
    }
    do
        n = batch->portable ? read_each(batch, fd, most) : read_many(batch, fd, most);
    while (n < 0 && errno == EINTR);
    batch->used = n > 0 ? (uint32_t)n : 0;
    return batch->used;
}

struct sp_slice sp_batch_octets(const struct sp_batch *batch, uint32_t i)
{
    return sp_slice(batch->datagrams[i].vector.iov_base, batch->datagrams[i].vector.iov_len);
}

struct sp_datagram *sp_batch_add(struct sp_batch *batch, const struct sp_slice *parts, size_t count)
{
    char  *to = batch->octets + batch->filled;
    size_t octets = 0;

    for (size_t i = 0; i < count; i++)
        octets += parts[i].len;
    if (batch->used == batch->capacity || octets > batch->room - batch->filled)
        return NULL;
    octets = 0;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].len > 0)
            memcpy(to + octets, parts[i].at, parts[i].len);
        octets += parts[i].len;
    }
    batch->filled += octets;
    return blank(batch, batch->used++, to, octets);
}

uint32_t sp_batch_write(struct sp_batch *batch, int fd, uint32_t from)
{
    int n;

    do
        if (batch->portable)
            n = sendmsg(fd, &batch->datagrams[from].header, MSG_NOSIGNAL) >= 0 ? 1 : -1;
        else
            n = write_many(batch, fd, from);
    while (n < 0 && errno == EINTR);
    return n > 0 ? (uint32_t)n : 0;
}
