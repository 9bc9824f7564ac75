/* SPDX-License-Identifier: MIT
 * transport/sp_dgram.c -- datagrams, and those that bounce. RFC 3261 18.1, 18.4.
 *
 * A socket of a wildcard address answers from the address that was written to. Where the system
 * tells of ICMP errors (Linux), the remote that cannot be reached is told; elsewhere timers have to
 * find out. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "sp_slot.h"
#include "sp_sock.h"

#ifdef __linux__
#include <linux/errqueue.h>
#endif

#define RECEIVE_OCTETS 1048576 /* asked for the system's buffer: a burst of large messages */

/* Room for what the system says beside the octets. */
union control {
    struct cmsghdr align;
    char           octets[256];
};

enum sp_err sp_dgram_setup(struct sp_slot *slot)
{
    bool v6 = sp_sock_local(slot->fd).family == SP_IPV6;
    int  on = 1, room = RECEIVE_OCTETS, done = 0;

    (void)setsockopt(slot->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
#ifdef __linux__
    done = v6 ? setsockopt(slot->fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on)
              : setsockopt(slot->fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
#endif
#if defined(IP_PKTINFO) && defined(IPV6_RECVPKTINFO)
    if (slot->wild && done == 0)
        done = v6 ? setsockopt(slot->fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on)
                  : setsockopt(slot->fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
#endif
    return done == 0 ? SP_OK : SP_TRANSPORT;
}

/* Say from which of our addresses a datagram is to leave. */
static void leave_from(struct msghdr *header, union control *control, const struct sp_addr *local)
{
#if defined(IP_PKTINFO) && defined(IPV6_RECVPKTINFO)
    struct in_pktinfo  v4 = { 0 };
    struct in6_pktinfo v6 = { 0 };
    bool               six = local->family == SP_IPV6;
    struct cmsghdr    *cmsg;

    memset(control, 0, sizeof *control);
    header->msg_control = control->octets;
    header->msg_controllen = six ? CMSG_SPACE(sizeof v6) : CMSG_SPACE(sizeof v4);
    cmsg = CMSG_FIRSTHDR(header);
    cmsg->cmsg_level = six ? IPPROTO_IPV6 : IPPROTO_IP;
    cmsg->cmsg_type = six ? IPV6_PKTINFO : IP_PKTINFO;
    cmsg->cmsg_len = six ? CMSG_LEN(sizeof v6) : CMSG_LEN(sizeof v4);
    memcpy(&v6.ipi6_addr, local->octets, 16);
    memcpy(&v4.ipi_spec_dst, local->octets, 4);
    memcpy(CMSG_DATA(cmsg), six ? (void *)&v6 : (void *)&v4, six ? sizeof v6 : sizeof v4);
#else
    (void)header, (void)control, (void)local;
#endif
}

/* A trace wants a datagram in one piece. The slot's queue is not used otherwise. */
static struct sp_slice whole(struct sp_slot *slot, const struct sp_io *io)
{
    struct sp_slice runs[2] = { { NULL, 0 } };

    if (io->parts[1].len + io->parts[2].len == 0)
        return io->parts[0];
    sp_queue_drop(&slot->queue, slot->queue.used);
    for (size_t i = 0; i < SP_IO_PARTS; i++)
        if (sp_queue_put(&slot->queue, io->parts[i]) != SP_OK)
            return io->parts[0];
    (void)sp_queue_runs(&slot->queue, runs);
    sp_queue_drop(&slot->queue, slot->queue.used);
    return runs[0];
}

/* A datagram that finds no room in the system is lost, as it may be on its way anyhow. */
void sp_dgram_send(struct sp_net *net, struct sp_slot *slot, const struct sp_io *io)
{
    struct sp_flow          flow = slot->flow;
    struct sockaddr_storage name;
    union control           control;
    struct iovec            vectors[SP_IO_PARTS];
    struct msghdr           header = { .msg_name = &name, .msg_iov = vectors };
    ssize_t                 n;
    const char             *why = NULL;

    flow.remote = io->flow.remote;
    if (!sp_addr_any(&io->flow.local))
        flow.local = io->flow.local;
    header.msg_namelen = sp_sock_name(&flow.remote, &name);
    header.msg_iovlen = SP_IO_PARTS;
    for (size_t i = 0; i < SP_IO_PARTS; i++) {
        memcpy(&vectors[i].iov_base, &io->parts[i].at, sizeof io->parts[i].at);
        vectors[i].iov_len = io->parts[i].len;
    }
    if (slot->wild)
        leave_from(&header, &control, &flow.local);
    /* The error of an earlier datagram may be told here, once: it is in the error queue too. */
    n = sendmsg(slot->fd, &header, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EMSGSIZE)
        n = sendmsg(slot->fd, &header, MSG_NOSIGNAL);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS)) {
        why = "no room to send";
    } else if (n < 0) {
        why = "the system did not send it";
        sp_net_tell(net, &(struct sp_net_event){
                             .kind = SP_NET_CLOSED, .flow = flow, .err = sp_sock_err(errno) });
    }
    if (net->trace.emit != NULL)
        sp_trace_octets(&net->trace, n < 0 ? SP_TRACE_DROPPED : SP_TRACE_SENT, sp_net_now_us(),
                        &flow, whole(slot, io), why);
}

/* To which of our addresses it was sent. */
static void arrived_at(struct msghdr *header, struct sp_addr *local)
{
#if defined(IP_PKTINFO) && defined(IPV6_RECVPKTINFO)
    struct in_pktinfo  v4;
    struct in6_pktinfo v6;

    for (struct cmsghdr *at = CMSG_FIRSTHDR(header); at != NULL; at = CMSG_NXTHDR(header, at)) {
        if (at->cmsg_level == IPPROTO_IP && at->cmsg_type == IP_PKTINFO) {
            memcpy(&v4, CMSG_DATA(at), sizeof v4);
            memcpy(local->octets, &v4.ipi_addr, 4);
        } else if (at->cmsg_level == IPPROTO_IPV6 && at->cmsg_type == IPV6_PKTINFO) {
            memcpy(&v6, CMSG_DATA(at), sizeof v6);
            memcpy(local->octets, &v6.ipi6_addr, 16);
        }
    }
#else
    (void)header, (void)local;
#endif
}

#ifdef __linux__
/* Unreachable, too big, parameter problem. Source quench and time exceeded do not count (RFC 3261
 * 18.4). */
static bool counts(const struct sock_extended_err *report)
{
    if (report->ee_origin == SO_EE_ORIGIN_ICMP)
        return report->ee_type == 3 || report->ee_type == 12;
    if (report->ee_origin == SO_EE_ORIGIN_ICMP6)
        return report->ee_type == 1 || report->ee_type == 2 || report->ee_type == 4;
    return false; /* our own system's errors were told by the send */
}

/* One report of a datagram that did not arrive; its destination is the header's name. */
static bool bounced(struct sp_slot *slot, struct sp_net_event *event)
{
    struct sockaddr_storage  name;
    union control            control;
    struct sock_extended_err report;
    struct msghdr            header = { .msg_name = &name, .msg_control = control.octets };

    while (slot->turn > 0) {
        slot->turn--;
        memset(&name, 0, sizeof name);
        header.msg_namelen = sizeof name;
        header.msg_controllen = sizeof control.octets;
        if (recvmsg(slot->fd, &header, MSG_ERRQUEUE) < 0)
            return false;
        for (struct cmsghdr *at = CMSG_FIRSTHDR(&header); at != NULL;
             at = CMSG_NXTHDR(&header, at)) {
            if (!(at->cmsg_level == IPPROTO_IP && at->cmsg_type == IP_RECVERR) &&
                !(at->cmsg_level == IPPROTO_IPV6 && at->cmsg_type == IPV6_RECVERR))
                continue;
            memcpy(&report, CMSG_DATA(at), sizeof report);
            if (!counts(&report))
                continue;
            *event = (struct sp_net_event){ .kind = SP_NET_CLOSED,
                                            .flow = slot->flow,
                                            .err = sp_sock_err((int)report.ee_errno) };
            event->flow.remote = sp_sock_addr(&name);
            return true;
        }
    }
    return false;
}
#else
/* Take the error away, so that poll does not tell it for ever. */
static bool bounced(struct sp_slot *slot, struct sp_net_event *event)
{
    int number = 0;
    socklen_t octets = sizeof number;

    (void)event;
    (void)getsockopt(slot->fd, SOL_SOCKET, SO_ERROR, &number, &octets);
    return false;
}
#endif

bool sp_dgram_step(struct sp_net *net, struct sp_slot *slot, short found,
                   struct sp_net_event *event)
{
    struct sockaddr_storage name;
    union control           control;
    struct iovec            vector = { .iov_base = net->octets, .iov_len = SP_NET_DATAGRAM };
    struct msghdr           header = { .msg_name = &name, .msg_iov = &vector, .msg_iovlen = 1 };

    if ((found & POLLERR) != 0 && bounced(slot, event))
        return true;
    while (slot->turn > 0) {
        ssize_t n;

        slot->turn--;
        memset(&name, 0, sizeof name);
        header.msg_namelen = sizeof name;
        header.msg_control = slot->wild ? control.octets : NULL;
        header.msg_controllen = slot->wild ? sizeof control.octets : 0;
        n = recvmsg(slot->fd, &header, 0);
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            slot->turn = 0;
        if (n < 0)
            continue; /* the error of a datagram that bounced */
        *event = (struct sp_net_event){ .kind = SP_NET_RECEIVED,
                                        .flow = slot->flow,
                                        .octets = sp_slice(net->octets, (size_t)n) };
        event->flow.remote = sp_sock_addr(&name);
        if (slot->wild)
            arrived_at(&header, &event->flow.local);
        sp_trace_octets(&net->trace, SP_TRACE_RECEIVED, sp_net_now_us(), &event->flow,
                        event->octets, NULL);
        return true;
    }
    return false;
}
