/* SPDX-License-Identifier: MIT
 * tests/flood/flood.c HOST UDP TCP SECONDS CONNECTIONS PERCENT -- valid, malformed and half-open
 * traffic at full speed against a receiver on the loopback, and one honest client among it.
 *
 * UDP: OPTIONS, INVITEs that are never acknowledged, spoilt requests, noise. TCP: connections that
 * say nothing, half a message, an octet a second, noise, or that ask and ask and never read; one
 * that is closed is opened anew. The honest client asks OPTIONS ten times a second over UDP,
 * sending again as RFC 3261 17.1.2 has it, and over one TCP connection that it opened before. Fails
 * when fewer than PERCENT of its requests had an answer in their 32 seconds. Says what was sent and
 * answered. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ASKS     512 /* of the honest client, under way */
#define BURST    32  /* datagrams between two looks at the connections */
#define EVERY_S  0.1
#define GIVEN_S  32.0
#define OPENINGS 64 /* connections opened between two bursts */

enum kind { SILENT, HALF, SLOW, NOISE, DEAF, KINDS };

struct conn {
    int       fd; /* -1: none */
    enum kind kind;
    double    next_s;
    unsigned  at;
};

struct ask {
    uint64_t number; /* 0: free */
    double   first_s, next_s, span_s;
};

static struct {
    uint64_t valid, invites, spoilt, noise, came[7]; /* answers by class */
    uint64_t opened, closed, octets;
    uint64_t asked, answered, unanswered, again, tcp_asked, tcp_answered;
    double   longest_s;
} counts;

static struct sockaddr_storage udp_name, tcp_name;
static socklen_t               name_octets;
static char                    host[64], in_uri[64];
static unsigned                udp_port;
static int                     flooder, honest, honest_tcp, watch;
static struct conn            *conns;
static unsigned                conn_count;
static struct ask              asks[ASKS];
static uint64_t                numbers;
static uint64_t                noise_state = 88172645463325252u;

_Noreturn static void die(const char *what)
{
    fprintf(stderr, "flood: %s: %s\n", what, strerror(errno));
    exit(2);
}

static double now_s(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static uint64_t noise(void)
{
    noise_state ^= noise_state << 13;
    noise_state ^= noise_state >> 7;
    noise_state ^= noise_state << 17;
    return noise_state;
}

static void name_of(struct sockaddr_storage *name, unsigned port)
{
    struct sockaddr_in  *v4 = (struct sockaddr_in *)name;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)name;

    memset(name, 0, sizeof *name);
    if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons((unsigned short)port);
        name_octets = sizeof *v4;
        (void)snprintf(in_uri, sizeof in_uri, "%.50s", host);
    } else if (inet_pton(AF_INET6, host, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((unsigned short)port);
        name_octets = sizeof *v6;
        (void)snprintf(in_uri, sizeof in_uri, "[%.50s]", host);
    } else {
        die(host);
    }
}

static int open_socket(const struct sockaddr_storage *to, int type)
{
    int fd = socket(to->ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd >= 0 && connect(fd, (const struct sockaddr *)to, name_octets) < 0 &&
        errno != EINPROGRESS) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

/* ---- octets -------------------------------------------------------------------------------- */

static size_t request(char *to, size_t room, const char *method, const char *transport,
                      uint64_t number)
{
    static const char sdp[] = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\n"
                              "t=0 0\r\nm=message 9 TCP/MSRP *\r\na=sendonly\r\na=setup:active\r\n"
                              "a=accept-types:*\r\na=path:msrp://127.0.0.1:9/floodabcdefgh;tcp\r\n"
                              "a=file-selector:name:\"f\" type:text/plain size:19\r\n"
                              "a=file-transfer-id:floodabcdefghijklmnopqrstuvw\r\n";
    int               invite = strcmp(method, "INVITE") == 0;
    int               n;

    n = snprintf(to, room,
                 "%s sip:push@%s:%u SIP/2.0\r\n"
                 "Via: SIP/2.0/%s %s:9;rport;branch=z9hG4bKflood%016llx\r\n"
                 "Max-Forwards: 70\r\nFrom: <sip:flood@%s>;tag=f%llx\r\nTo: <sip:push@%s:%u>\r\n"
                 "Call-ID: %016llx@flood\r\nCSeq: 1 %s\r\nContact: <sip:flood@%s:9>\r\n"
                 "%sContent-Length: %u\r\n\r\n%s",
                 method, in_uri, udp_port, transport, in_uri, (unsigned long long)number, in_uri,
                 (unsigned long long)number, in_uri, udp_port, (unsigned long long)number, method,
                 in_uri, invite ? "Content-Type: application/sdp\r\n" : "",
                 invite ? (unsigned)sizeof sdp - 1 : 0, invite ? sdp : "");
    return n > 0 && (size_t)n < room ? (size_t)n : 0;
}

/* The number in the branch of an answer; 0: there is none. */
static uint64_t number_of(const char *octets, size_t len)
{
    const char *at = memmem(octets, len, "z9hG4bKflood", 12);
    char        digits[17] = "";

    if (at == NULL || octets + len - at < 28)
        return 0;
    memcpy(digits, at + 12, 16);
    return strtoull(digits, NULL, 16);
}

static void count_answer(const char *octets, size_t len)
{
    if (len > 12 && memcmp(octets, "SIP/2.0 ", 8) == 0 && octets[8] >= '1' && octets[8] <= '6')
        counts.came[octets[8] - '0']++;
}

/* ---- UDP ----------------------------------------------------------------------------------- */

static void spoil(char *octets, size_t *len)
{
    switch (noise() % 4) {
    case 0: *len = noise() % *len + 1; break;
    case 1:
        for (int i = 0; i < 4; i++)
            octets[noise() % *len] = (char)noise();
        break;
    case 2: memset(octets + noise() % (*len - 8), '\0', 8); break;
    default: memmove(octets, octets + noise() % 40, *len - 40);
    }
}

static void burst(void)
{
    static char octets[2048], answers[65536];

    for (int i = 0; i < BURST; i++) {
        uint64_t pick = noise() % 100;
        size_t   len;

        if (pick < 10) {
            len = noise() % 1400 + 1;
            for (size_t k = 0; k < len; k++)
                octets[k] = (char)noise();
            counts.noise++;
        } else {
            len = request(octets, sizeof octets, pick < 40 ? "INVITE" : "OPTIONS", "UDP",
                          ++numbers);
            if (pick >= 70) {
                spoil(octets, &len);
                counts.spoilt++;
            } else if (pick < 40) {
                counts.invites++;
            } else {
                counts.valid++;
            }
        }
        (void)!send(flooder, octets, len, 0);
    }
    for (int i = 0; i < BURST; i++) {
        ssize_t n = recv(flooder, answers, sizeof answers, 0);

        if (n < 0)
            break;
        count_answer(answers, (size_t)n);
    }
}

/* ---- the honest client --------------------------------------------------------------------- */

static void send_ask(struct ask *ask, double now)
{
    char   octets[2048];
    size_t len = request(octets, sizeof octets, "OPTIONS", "UDP", ask->number);

    (void)!send(honest, octets, len, 0);
    ask->next_s = now + ask->span_s;
    ask->span_s = ask->span_s * 2 < 4.0 ? ask->span_s * 2 : 4.0;
}

static void ask(double now)
{
    char octets[2048];

    for (unsigned i = 0; i < ASKS; i++)
        if (asks[i].number == 0) {
            asks[i] = (struct ask){ ++numbers, now, now, 0.5 };
            counts.asked++;
            send_ask(&asks[i], now);
            break;
        }
    if (honest_tcp >= 0) {
        size_t len = request(octets, sizeof octets, "OPTIONS", "TCP", ++numbers);

        if (send(honest_tcp, octets, len, MSG_NOSIGNAL) == (ssize_t)len)
            counts.tcp_asked++;
    }
}

static void look_after_asks(double now)
{
    for (unsigned i = 0; i < ASKS; i++) {
        if (asks[i].number == 0 || now < asks[i].next_s)
            continue;
        if (now - asks[i].first_s > GIVEN_S) {
            asks[i].number = 0;
            counts.unanswered++;
            continue;
        }
        counts.again++;
        send_ask(&asks[i], now);
    }
}

static void hear(double now)
{
    static char octets[65536];
    ssize_t     n;

    while ((n = recv(honest, octets, sizeof octets, 0)) >= 0) {
        uint64_t number = number_of(octets, (size_t)n);

        if (n < 12 || memcmp(octets, "SIP/2.0 ", 8) != 0 || octets[8] == '1')
            continue;
        for (unsigned i = 0; i < ASKS; i++)
            if (asks[i].number != 0 && asks[i].number == number) {
                asks[i].number = 0;
                counts.answered++;
                if (now - asks[i].first_s > counts.longest_s)
                    counts.longest_s = now - asks[i].first_s;
            }
    }
    while (honest_tcp >= 0 && (n = recv(honest_tcp, octets, sizeof octets, 0)) > 0)
        for (char *at = octets; (at = memmem(at, (size_t)(octets + n - at), "SIP/2.0 ", 8)) != NULL;
             at += 8)
            counts.tcp_answered += at[8] >= '2' && at[8] <= '6';
}

/* ---- TCP ----------------------------------------------------------------------------------- */

static void open_conn(struct conn *conn)
{
    struct epoll_event event = { .events = EPOLLIN };

    conn->kind = (enum kind)(noise() % KINDS);
    conn->fd = open_socket(&tcp_name, SOCK_STREAM);
    conn->at = 0;
    conn->next_s = 0;
    if (conn->fd < 0)
        return;
    counts.opened++;
    event.data.u32 = (uint32_t)(conn - conns);
    if (conn->kind == DEAF) /* it is told of its end only */
        event.events = 0;
    (void)epoll_ctl(watch, EPOLL_CTL_ADD, conn->fd, &event);
}

static void close_conn(struct conn *conn)
{
    (void)close(conn->fd);
    conn->fd = -1;
    counts.closed++;
}

/* What a connection of its kind says now. */
static void say(struct conn *conn, double now)
{
    char    octets[2048];
    size_t  len = request(octets, sizeof octets, "OPTIONS", "TCP", ++numbers);
    ssize_t n = 0;

    if (conn->fd < 0 || now < conn->next_s)
        return;
    conn->next_s = now + 1;
    switch (conn->kind) {
    case SILENT: return;
    case HALF:
        if (conn->at++ == 0)
            n = send(conn->fd, octets, len / 2, MSG_NOSIGNAL);
        break;
    case SLOW: n = send(conn->fd, octets + conn->at++ % len, 1, MSG_NOSIGNAL); break;
    case NOISE:
        for (size_t i = 0; i < sizeof octets; i++)
            octets[i] = (char)noise();
        n = send(conn->fd, octets, sizeof octets, MSG_NOSIGNAL);
        break;
    default: /* DEAF */ conn->next_s = now; n = send(conn->fd, octets, len, MSG_NOSIGNAL);
    }
    if (n > 0)
        counts.octets += (uint64_t)n;
}

static void look_after_conns(double now)
{
    static char        octets[65536];
    static unsigned    turn;
    struct epoll_event events[64];
    int                found = epoll_wait(watch, events, 64, 0);

    for (int i = 0; i < found; i++) {
        struct conn *conn = &conns[events[i].data.u32];

        if (conn->fd < 0)
            continue;
        if ((events[i].events & (EPOLLERR | EPOLLHUP)) != 0 ||
            recv(conn->fd, octets, sizeof octets, 0) == 0)
            close_conn(conn);
    }
    for (unsigned i = 0; i < OPENINGS && conn_count > 0; i++) {
        struct conn *conn = &conns[turn++ % conn_count];

        if (conn->fd < 0)
            open_conn(conn);
        else
            say(conn, now);
    }
}

/* -------------------------------------------------------------------------------------------- */

static void report(void)
{
    unsigned open = 0;

    for (unsigned i = 0; i < conn_count; i++)
        open += conns[i].fd >= 0;
    printf("sent over UDP: %llu OPTIONS, %llu INVITE, %llu spoilt, %llu noise\n",
           (unsigned long long)counts.valid, (unsigned long long)counts.invites,
           (unsigned long long)counts.spoilt, (unsigned long long)counts.noise);
    printf("answers over UDP: %llu 1xx, %llu 2xx, %llu 4xx, %llu 5xx\n",
           (unsigned long long)counts.came[1], (unsigned long long)counts.came[2],
           (unsigned long long)counts.came[4], (unsigned long long)counts.came[5]);
    printf("TCP: %llu opened, %llu closed by the peer, %u open at the end, %llu octets sent\n",
           (unsigned long long)counts.opened, (unsigned long long)counts.closed, open,
           (unsigned long long)counts.octets);
    printf("honest client: %llu asked, %llu answered, %llu not, %llu sent again, %.2f s at most; "
           "TCP %llu of %llu\n",
           (unsigned long long)counts.asked, (unsigned long long)counts.answered,
           (unsigned long long)counts.unanswered, (unsigned long long)counts.again,
           counts.longest_s, (unsigned long long)counts.tcp_answered,
           (unsigned long long)counts.tcp_asked);
}

/* Whether the honest client still waits. */
static int waits(void)
{
    for (unsigned i = 0; i < ASKS; i++)
        if (asks[i].number != 0)
            return 1;
    return counts.tcp_answered < counts.tcp_asked;
}

int main(int argc, char **argv)
{
    double        start, next, now, seconds;
    unsigned long percent;

    if (argc < 7)
        die("HOST UDP TCP SECONDS CONNECTIONS PERCENT");
    (void)snprintf(host, sizeof host, "%s", argv[1]);
    udp_port = (unsigned)strtoul(argv[2], NULL, 10);
    name_of(&udp_name, udp_port);
    name_of(&tcp_name, (unsigned)strtoul(argv[3], NULL, 10));
    seconds = strtod(argv[4], NULL);
    conn_count = (unsigned)strtoul(argv[5], NULL, 10);
    percent = strtoul(argv[6], NULL, 10);
    conns = calloc(conn_count + 1, sizeof *conns);
    watch = epoll_create1(EPOLL_CLOEXEC);
    flooder = open_socket(&udp_name, SOCK_DGRAM);
    honest = open_socket(&udp_name, SOCK_DGRAM);
    honest_tcp = open_socket(&tcp_name, SOCK_STREAM);
    if (conns == NULL || watch < 0 || flooder < 0 || honest < 0 || honest_tcp < 0)
        die("socket");
    for (unsigned i = 0; i < conn_count; i++)
        conns[i].fd = -1;
    (void)usleep(200000); /* the honest connection is there before the others */
    start = next = now_s();
    while ((now = now_s()) < start + seconds) {
        burst();
        look_after_conns(now);
        if (now >= next) {
            ask(now);
            next += EVERY_S;
        }
        look_after_asks(now);
        hear(now);
    }
    /* The flood is over; what was asked within it still has its time. */
    while (waits() && (now = now_s()) < start + seconds + GIVEN_S) {
        look_after_asks(now);
        hear(now);
        (void)usleep(1000);
    }
    report();
    if (counts.answered * 100 < counts.asked * percent || counts.tcp_answered == 0) {
        printf("FAILED: the honest client had too few answers\n");
        return 1;
    }
    return 0;
}
