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
static void leave_from(struct sp_datagram *datagram, const struct sp_addr *local)
{
#if defined(IP_PKTINFO) && defined(IPV6_RECVPKTINFO)
    struct msghdr     *header = &datagram->header;
    struct in_pktinfo  v4 = { 0 };
    struct in6_pktinfo v6 = { 0 };
    bool               six = local->family == SP_IPV6;
    struct cmsghdr    *cmsg;

    memset(&datagram->control, 0, sizeof datagram->control);
    header->msg_control = datagram->control.octets;
    header->msg_controllen = six ? CMSG_SPACE(sizeof v6) : CMSG_SPACE(sizeof v4);
    cmsg = CMSG_FIRSTHDR(header);
    cmsg->cmsg_level = six ? IPPROTO_IPV6 : IPPROTO_IP;
    cmsg->cmsg_type = six ? IPV6_PKTINFO : IP_PKTINFO;
    cmsg->cmsg_len = six ? CMSG_LEN(sizeof v6) : CMSG_LEN(sizeof v4);
    memcpy(&v6.ipi6_addr, local->octets, 16);
    memcpy(&v4.ipi_spec_dst, local->octets, 4);
    memcpy(CMSG_DATA(cmsg), six ? (void *)&v6 : (void *)&v4, six ? sizeof v6 : sizeof v4);
#else
    (void)datagram, (void)local;
#endif
}

static void lost(struct sp_net *net, const struct sp_flow *flow, struct sp_slice octets, int number)
{
    const char *why = "no room to send";

    /* One that finds no room in the system is lost, as it may be on its way anyhow. */
    if (number != EAGAIN && number != EWOULDBLOCK && number != ENOBUFS) {
        why = "the system did not send it";
        sp_net_tell(net, &(struct sp_net_event){
                             .kind = SP_NET_CLOSED, .flow = *flow, .err = sp_sock_err(number) });
    }
    sp_trace_octets(&net->trace, SP_TRACE_DROPPED, sp_net_now_us(), flow, octets, why);
}

static void went(struct sp_net *net, uint32_t from, uint32_t count)
{
    if (net->trace.emit == NULL)
        return;
    for (uint32_t i = from; i < from + count; i++)
        sp_trace_octets(&net->trace, SP_TRACE_SENT, sp_net_now_us(), &net->out_flows[i],
                        sp_batch_octets(&net->out, i), NULL);
}

void sp_dgram_flush(struct sp_net *net)
{
    bool again = false;

    for (uint32_t at = 0; at < net->out.used;) {
        uint32_t count = sp_batch_write(&net->out, net->out_slot->fd, at);

        went(net, at, count);
        at += count;
        if (count == 0 && !again && errno != EAGAIN && errno != EWOULDBLOCK && errno != EMSGSIZE) {
            /* The error of an earlier one may be told here, once: it is in the error queue too. */
            again = true;
            continue;
        }
        if (count == 0) {
            lost(net, &net->out_flows[at], sp_batch_octets(&net->out, at), errno);
            at++;
        }
        again = false;
    }
    sp_batch_clear(&net->out);
}

void sp_dgram_send(struct sp_net *net, struct sp_slot *slot, const struct sp_io *io)
{
    struct sp_flow      flow = slot->flow;
    struct sp_datagram *datagram;

    flow.remote = io->flow.remote;
    if (!sp_addr_any(&io->flow.local))
        flow.local = io->flow.local;
    if (net->out_slot != slot)
        sp_dgram_flush(net);
    net->out_slot = slot;
    datagram = sp_batch_add(&net->out, io->parts, SP_IO_PARTS);
    if (datagram == NULL) {
        sp_dgram_flush(net);
        datagram = sp_batch_add(&net->out, io->parts, SP_IO_PARTS);
    }
    if (datagram == NULL) {
        lost(net, &flow, io->parts[0], EMSGSIZE);
        return;
    }
    net->out_flows[net->out.used - 1] = flow;
    datagram->header.msg_namelen = sp_sock_name(&flow.remote, &datagram->name);
    if (slot->wild)
        leave_from(datagram, &flow.local);
}

/* To which of our addresses it was sent. */
static void arrived_at(const struct msghdr *came, struct sp_addr *local)
{
#if defined(IP_PKTINFO) && defined(IPV6_RECVPKTINFO)
    struct in_pktinfo  v4;
    struct in6_pktinfo v6;
    struct msghdr      header = *came;

    for (struct cmsghdr *at = CMSG_FIRSTHDR(&header); at != NULL; at = CMSG_NXTHDR(&header, at)) {
        if (at->cmsg_level == IPPROTO_IP && at->cmsg_type == IP_PKTINFO) {
            memcpy(&v4, CMSG_DATA(at), sizeof v4);
            memcpy(local->octets, &v4.ipi_addr, 4);
        } else if (at->cmsg_level == IPPROTO_IPV6 && at->cmsg_type == IPV6_PKTINFO) {
            memcpy(&v6, CMSG_DATA(at), sizeof v6);
            memcpy(local->octets, &v6.ipi6_addr, 16);
        }
    }
#else
    (void)came, (void)local;
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
    union sp_control         control;
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

/* The next of those that were read. */
static bool next(struct sp_net *net, struct sp_slot *slot, struct sp_net_event *event)
{
    const struct sp_datagram *datagram;

    if (net->in_slot != slot || net->in_at >= net->in.used)
        return false;
    datagram = &net->in.datagrams[net->in_at];
    *event = (struct sp_net_event){ .kind = SP_NET_RECEIVED,
                                    .flow = slot->flow,
                                    .octets = sp_batch_octets(&net->in, net->in_at) };
    event->flow.remote = sp_sock_addr(&datagram->name);
    if (slot->wild)
        arrived_at(&datagram->header, &event->flow.local);
    sp_trace_octets(&net->trace, SP_TRACE_RECEIVED, sp_net_now_us(), &event->flow, event->octets,
                    NULL);
    net->in_at++;
    return true;
}

bool sp_dgram_step(struct sp_net *net, struct sp_slot *slot, short found,
                   struct sp_net_event *event)
{
    if (next(net, slot, event))
        return true;
    if ((found & POLLERR) != 0 && bounced(slot, event))
        return true;
    while (found != 0 && slot->turn > 0) {
        uint32_t most = slot->turn < net->in.capacity ? slot->turn : net->in.capacity;
        uint32_t count = sp_batch_read(&net->in, slot->fd, most, slot->wild);

        net->in_slot = slot;
        net->in_at = 0;
        /* Fewer than asked for: there are no more. But an error is that of one that bounced. */
        if (count == 0 && errno != EAGAIN && errno != EWOULDBLOCK)
            slot->turn--;
        else
            slot->turn -= count < most ? slot->turn : count;
        if (slot->turn == 0 && count == most)
            sp_list_add(&net->busy, &slot->busy);
        if (next(net, slot, event))
            return true;
    }
    return false;
}
