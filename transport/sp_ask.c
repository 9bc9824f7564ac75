/* SPDX-License-Identifier: MIT
 * transport/sp_ask.c -- one question is asked, and waited for. */
#define _GNU_SOURCE
#include "sp_ask.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <resolv.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sp_dns.h"
#include "sp_sock.h"

enum {
    TRIES = 3,
    TRY_MS = 1500, /* for the answer of a server of our own */
    LIBC_TRY_S = 2,
    LIBC_TRIES = 2,
    MESSAGE = 65535
};

static enum sp_dns_type type_of(uint8_t question)
{
    return question == SP_ASK_SRV ? SP_DNS_SRV : SP_DNS_NAPTR;
}

/* Is the last label of the name, or all of it, "localhost"? */
static bool is_localhost(struct sp_slice name)
{
    const size_t octets = sizeof "localhost" - 1;

    if (name.len > 0 && name.at[name.len - 1] == '.')
        name.len--;
    return name.len >= octets &&
           sp_eq_nocase(sp_from(name, name.len - octets), SP_LIT("localhost")) &&
           (name.len == octets || name.at[name.len - octets - 1] == '.');
}

/* "host", and "_sip._udp.host". */
static bool is_bare(struct sp_slice name)
{
    while (name.len > 0 && name.at[0] == '_')
        name = sp_from(name, sp_find(name, '.') + 1);
    return sp_find(name, '.') == name.len;
}

static void take(const struct sp_dns_answer *from, uint8_t question, struct sp_resolve_answer *to)
{
    for (size_t i = 0; i < from->count; i++) {
        if (question == SP_ASK_ADDRS && to->count < SP_RESOLVE_ADDRS)
            to->of.addrs[to->count++] = from->addrs[i];
        else if (question != SP_ASK_ADDRS && to->count < SP_RECORDS)
            to->of.records[to->count++] = from->records[i];
    }
}

/* libc */

static void ask_addrs(struct sp_slice name, struct sp_resolve_answer *answer)
{
    answer->question = SP_ASK_ADDRS;
    answer->count = (uint32_t)sp_net_resolve(name, 0, answer->of.addrs, SP_RESOLVE_ADDRS);
}

static void ask_libc(struct sp_slice name, uint8_t question, struct sp_resolve_answer *answer)
{
    struct sp_dns_answer found;
    struct sp_where      where;
    unsigned char        message[4096];
    char                 text[SP_NAME_OCTETS + 1];
    int                  octets;

    memcpy(text, name.at, name.len);
    text[name.len] = '\0';
    if (res_init() != 0)
        return;
    _res.retrans = LIBC_TRY_S;
    _res.retry = LIBC_TRIES;
    errno = 0;
    octets = res_query(text, ns_c_in, (int)type_of(question), message, sizeof message);
    if (octets < 0 && question == SP_ASK_NAPTR && (errno == ETIMEDOUT || errno == ECONNREFUSED)) {
        ask_addrs(name, answer);
        return;
    }
    if (octets < 2 || (size_t)octets > sizeof message)
        return;
    if (sp_dns_parse(sp_slice(message, (size_t)octets), (uint16_t)(message[0] << 8 | message[1]),
                     name, type_of(question), &found, &where) == SP_OK)
        take(&found, question, answer);
}

/* A name server of our own */

static int open_to(const struct sp_addr *server, enum sp_transport transport)
{
    struct sockaddr_storage name;
    socklen_t               octets = sp_sock_name(server, &name);
    int fd = socket(name.ss_family, transport == SP_TCP ? SOCK_STREAM : SOCK_DGRAM, 0);

    if (fd >= 0 && connect(fd, (struct sockaddr *)(void *)&name, octets) != 0) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

/* A datagram within the time of a try: its octets; -1: none. */
static ssize_t wait_datagram(int fd, char *message, uint64_t until_us)
{
    uint64_t      now_us = sp_net_now_us();
    struct pollfd wait = { .fd = fd, .events = POLLIN };

    if (until_us <= now_us || poll(&wait, 1, (int)((until_us - now_us) / 1000 + 1)) <= 0)
        return -1;
    return recv(fd, message, MESSAGE, MSG_DONTWAIT);
}

/* One datagram after the other until one answers the question. SP_MISMATCH: none did, in time. */
static enum sp_err try_udp(int fd, struct sp_slice query, uint16_t id, struct sp_slice name,
                           enum sp_dns_type type, char *message, struct sp_dns_answer *answer)
{
    uint64_t until_us = sp_net_now_us() + TRY_MS * UINT64_C(1000);
    ssize_t  octets;

    if (send(fd, query.at, query.len, MSG_NOSIGNAL) < 0)
        return SP_MISMATCH;
    while ((octets = wait_datagram(fd, message, until_us)) >= 0) {
        struct sp_where where;
        enum sp_err err = sp_dns_parse(sp_slice(message, (size_t)octets), id, name, type, answer,
                                       &where);

        if (err == SP_OK || err == SP_REFUSED)
            return err;
    }
    return SP_MISMATCH;
}

static bool read_whole(int fd, char *to, size_t octets)
{
    while (octets > 0) {
        ssize_t n = recv(fd, to, octets, 0);

        if (n <= 0)
            return false;
        to += n;
        octets -= (size_t)n;
    }
    return true;
}

/* RFC 1035 4.2.2: the length goes before. */
static enum sp_err try_tcp(const struct sp_addr *server, struct sp_slice query, uint16_t id,
                           struct sp_slice name, enum sp_dns_type type, char *message,
                           struct sp_dns_answer *answer)
{
    unsigned char   length[2] = { (unsigned char)(query.len >> 8), (unsigned char)query.len };
    struct sp_where where;
    enum sp_err     err = SP_TRANSPORT;
    size_t          octets;
    int             fd = open_to(server, SP_TCP);

    if (fd < 0)
        return SP_TRANSPORT;
    if (send(fd, length, 2, MSG_NOSIGNAL) == 2 &&
        send(fd, query.at, query.len, MSG_NOSIGNAL) == (ssize_t)query.len &&
        read_whole(fd, message, 2)) {
        octets = (size_t)(unsigned char)message[0] << 8 | (unsigned char)message[1];
        if (read_whole(fd, message, octets))
            err = sp_dns_parse(sp_slice(message, octets), id, name, type, answer, &where);
    }
    (void)close(fd);
    return err;
}

static void ask_server(const struct sp_addr *server, struct sp_slice name, enum sp_dns_type type,
                       uint8_t question, struct sp_resolve_answer *answer)
{
    static char          message[MESSAGE];
    char                 room[SP_DNS_QUESTION];
    struct sp_buf        query = sp_buf(room, sizeof room);
    struct sp_dns_answer found = { .count = 0 };
    uint16_t             id;
    enum sp_err          err = SP_MISMATCH;
    int                  fd = open_to(server, SP_UDP);

    if (fd < 0)
        return;
    if (sp_net_entropy(&id, sizeof id) != SP_OK)
        id = (uint16_t)sp_net_now_us();
    sp_put_dns_question(&query, id, name, type);
    for (int i = 0; i < TRIES && query.err == SP_OK && err == SP_MISMATCH; i++)
        err = try_udp(fd, sp_written(&query), id, name, type, message, &found);
    (void)close(fd);
    if (err == SP_OK && found.truncated)
        err = try_tcp(server, sp_written(&query), id, name, type, message, &found);
    if (err == SP_OK)
        take(&found, question, answer);
}

void sp_ask(const struct sp_resolve_question *question, struct sp_slice name,
            struct sp_resolve_answer *answer)
{
    bool own = question->server.family != SP_NO_ADDRESS && !is_localhost(name);

    answer->question = question->question;
    answer->count = 0;
    if (own && question->question == SP_ASK_ADDRS) {
        ask_server(&question->server, name, SP_DNS_A, SP_ASK_ADDRS, answer);
        ask_server(&question->server, name, SP_DNS_AAAA, SP_ASK_ADDRS, answer);
    } else if (own) {
        ask_server(&question->server, name, type_of(question->question), question->question,
                   answer);
    } else if (question->question == SP_ASK_ADDRS) {
        ask_addrs(name, answer);
    } else if (!is_localhost(name) && !is_bare(name)) {
        ask_libc(name, question->question, answer);
    }
}
