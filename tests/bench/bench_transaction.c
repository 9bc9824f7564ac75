/* SPDX-License-Identifier: MIT
 * tests/bench/bench_transaction.c -- MESSAGE -> 200 between two processes over UDP on the loopback,
 * with servers of several makers, all driven by this one client in the same run.
 *
 *   bench_transaction OUT CLIENT NAME=COMMAND...   a table, and OUT with its rows
 *   bench_transaction -d PORT COUNT WINDOW         only drive, for perf and callgrind
 *
 * A server's command gets the port as its last word. First each has as many requests as all rounds
 * together will bring, and the octets that they take are noted; then they are left alone for a
 * Timer J, so that all of them measure with memory that they had in use before. Rounds are
 * interleaved: in each, every server has its turn at every window. A figure is the median of the
 * rounds. The client keeps WINDOW requests under way, sends one again after 500 ms (T1), and
 * matches answers by the branch alone, so that it costs little. CPU is that of the whole process,
 * the system's part included. CLIENT (words: port, count, window) are the client transactions of
 * sipush: it drives the server `sipush`, and says itself what it took. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS   9
#define WAIT_S   33 /* Timer J, and a little */
#define SUBJECTS 8
#define WINDOWS  2
#define MOST     64 /* under way */
#define AGAIN_S  0.5
#define LOST_S   5.0
#define DIGITS   10

static const unsigned windows[WINDOWS] = { 1, 64 }, counts[WINDOWS] = { 2000, 8000 };

struct figures {
    double   rate, us, us_driver; /* messages a second; CPU a message */
    unsigned lost, again;
};

static struct subject {
    const char    *name;
    char           command[512];
    pid_t          pid;
    unsigned       port;
    struct figures rounds[WINDOWS][ROUNDS];
    double         octets; /* resident, a transaction */
} subjects[SUBJECTS];
static unsigned       subject_count;
static struct figures client_rounds[WINDOWS][ROUNDS]; /* us: of the client */

_Noreturn static void die(const char *what)
{
    fprintf(stderr, "bench_transaction: %s: %s\n", what, strerror(errno));
    for (unsigned i = 0; i < subject_count; i++)
        if (subjects[i].pid > 0)
            (void)kill(subjects[i].pid, SIGKILL);
    exit(1);
}

static double clock_s(clockid_t clock)
{
    struct timespec now = { 0, 0 };

    (void)clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* CPU time of a process so far; 0 when there is none. */
static double cpu_s(pid_t pid)
{
    clockid_t clock = CLOCK_PROCESS_CPUTIME_ID;

    if (pid > 0 && clock_getcpuclockid(pid, &clock) != 0)
        return 0;
    return clock_s(clock);
}

static double resident_octets(pid_t pid)
{
    char  line[128] = "", *at = line;
    FILE *file;

    (void)snprintf(line, sizeof line, "/proc/%d/statm", (int)pid);
    file = fopen(line, "r");
    if (file == NULL)
        return 0;
    (void)!fgets(line, sizeof line, file);
    (void)fclose(file);
    (void)strtoul(line, &at, 10); /* the second number */
    return (double)strtoul(at, NULL, 10) * (double)sysconf(_SC_PAGESIZE);
}

/* ---- the client ---------------------------------------------------------------------------- */

static struct client {
    int      fd;
    char     octets[1024];
    size_t   len;
    char    *numbers[3]; /* where the number stands in it: branch, tag, Call-ID */
    uint64_t serial;
    uint64_t under_way[MOST]; /* numbers; 0: none */
    double   first_s[MOST], last_s[MOST];
} client;

static int udp_socket(struct sockaddr_in *name)
{
    int       fd = socket(AF_INET, SOCK_DGRAM, 0), room = 4 << 20;
    socklen_t size = sizeof *name;

    *name = (struct sockaddr_in){ .sin_family = AF_INET };
    name->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)name, size) < 0 ||
        getsockname(fd, (struct sockaddr *)name, &size) < 0)
        die("socket");
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    return fd;
}

static void client_open(unsigned port)
{
    struct sockaddr_in name;
    struct timeval     wait = { 0, 50000 };
    char              *at = client.octets;
    unsigned           own;

    client.fd = udp_socket(&name);
    own = ntohs(name.sin_port);
    name.sin_port = htons((unsigned short)port);
    if (connect(client.fd, (struct sockaddr *)&name, sizeof name) < 0 ||
        setsockopt(client.fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) < 0)
        die("connect");
    (void)snprintf(client.octets, sizeof client.octets,
                   "MESSAGE sip:push@127.0.0.1:%u SIP/2.0\r\n"
                   "Via: SIP/2.0/UDP 127.0.0.1:%u;rport;branch=z9hG4bKbench##########\r\n"
                   "Max-Forwards: 70\r\n"
                   "From: \"Dr. Watson\" <sip:watson@client.example.com>;tag=##########\r\n"
                   "To: \"Push Receiver\" <sip:push@server.example.com>\r\n"
                   "Call-ID: bench-##########@client.example.com\r\nCSeq: 1 MESSAGE\r\n"
                   "User-Agent: bench\r\nContent-Type: text/plain\r\nContent-Length: 18\r\n\r\n"
                   "Watson, come here.",
                   port, own);
    client.len = strlen(client.octets);
    for (int i = 0; i < 3; i++) {
        at = strstr(at, "##########");
        client.numbers[i] = at;
        at += DIGITS;
    }
}

static void put_number(uint64_t number)
{
    for (int i = DIGITS; i-- > 0; number /= 10)
        client.numbers[0][i] = client.numbers[1][i] = client.numbers[2][i] = (char)('0' +
                                                                                    number % 10);
}

/* A number tells its place among those under way: number % MOST. */
static void send_number(uint64_t number)
{
    put_number(number);
    client.last_s[number % MOST] = clock_s(CLOCK_MONOTONIC);
    (void)send(client.fd, client.octets, client.len, 0);
}

static void send_next(unsigned place)
{
    client.under_way[place] = ++client.serial * MOST + place;
    client.first_s[place] = clock_s(CLOCK_MONOTONIC);
    send_number(client.under_way[place]);
}

/* The number of the next answer; 0 when none came in time, or what came is none. */
static uint64_t answer(void)
{
    static char octets[65536];
    ssize_t     n = recv(client.fd, octets, sizeof octets, 0);
    const char *at;
    uint64_t    number = 0;

    if (n < 12 || (memcmp(octets, "SIP/2.0 200 ", 12) != 0 && memcmp(octets, "MESSAGE ", 8) != 0))
        return 0;
    at = memmem(octets, (size_t)n, "z9hG4bKbench", 12);
    if (at == NULL || octets + n - at < 12 + DIGITS)
        return 0;
    for (int i = 0; i < DIGITS; i++)
        number = number * 10 + (uint64_t)(at[12 + i] - '0');
    return number;
}

/* Send again what is overdue; what is long overdue is lost, and counts as done. */
static unsigned overdue(struct figures *figures)
{
    double   now = clock_s(CLOCK_MONOTONIC);
    unsigned lost = 0;

    for (unsigned i = 0; i < MOST; i++) {
        if (client.under_way[i] == 0 || now - client.last_s[i] < AGAIN_S)
            continue;
        if (now - client.first_s[i] > LOST_S) {
            client.under_way[i] = 0;
            lost++;
            continue;
        }
        figures->again++;
        send_number(client.under_way[i]);
    }
    figures->lost += lost;
    return lost;
}

static struct figures drive(unsigned count, unsigned window, pid_t server)
{
    struct figures figures = { 0 };
    unsigned       done = 0, given = 0;
    double         start = clock_s(CLOCK_MONOTONIC), cpu = cpu_s(0), cpu_server = cpu_s(server);

    memset(client.under_way, 0, sizeof client.under_way);
    while (given < window && given < count)
        send_next(given++);
    for (unsigned turns = 0; done < count; turns++) {
        uint64_t number = answer();
        unsigned place = number % MOST;

        if (number != 0 && client.under_way[place] == number) {
            client.under_way[place] = 0;
            done++;
            if (given < count) {
                send_next(place);
                given++;
            }
        }
        if (number == 0 || turns % 1024 == 0)
            done += overdue(&figures);
    }
    figures.rate = count / (clock_s(CLOCK_MONOTONIC) - start);
    figures.us = (cpu_s(server) - cpu_server) * 1e6 / count;
    figures.us_driver = (cpu_s(0) - cpu) * 1e6 / count;
    return figures;
}

static void client_close(void)
{
    (void)close(client.fd);
}

/* ---- the servers --------------------------------------------------------------------------- */

static void start(struct subject *subject)
{
    struct sockaddr_in name;
    int                fd = udp_socket(&name), null = open("/dev/null", O_RDWR);
    char               port[8], *words[32];
    unsigned           count = 0;

    subject->port = ntohs(name.sin_port);
    (void)close(fd);
    (void)snprintf(port, sizeof port, "%u", subject->port);
    for (char *at = subject->command; at != NULL && count < 28; at = strchr(at, ' ')) {
        if (*at == ' ')
            *at++ = '\0';
        words[count++] = at;
    }
    words[count++] = port;
    words[count] = NULL;
    subject->pid = fork();
    if (subject->pid == 0) {
        (void)dup2(null, 0);
        (void)dup2(null, 1);
        (void)dup2(null, 2);
        execvp(words[0], words);
        _exit(127);
    }
    (void)close(null);
}

/* Up, and answering; else it is left out. */
static int answers(struct subject *subject)
{
    client_open(subject->port);
    for (int i = 0; i < 100; i++) {
        send_next(0);
        if (answer() != 0) {
            client_close();
            return 1;
        }
        (void)usleep(20000); /* a refusal comes at once */
    }
    client_close();
    return 0;
}

static void stop(struct subject *subject)
{
    if (subject->pid <= 0)
        return;
    (void)kill(subject->pid, SIGKILL);
    (void)waitpid(subject->pid, NULL, 0);
    subject->pid = 0;
}

static void warm(void)
{
    unsigned count = 0;

    for (unsigned w = 0; w < WINDOWS; w++)
        count += ROUNDS * counts[w];
    for (unsigned s = 0; s < subject_count; s++) {
        double before = resident_octets(subjects[s].pid);

        client_open(subjects[s].port);
        (void)drive(count, MOST, subjects[s].pid);
        client_close();
        subjects[s].octets = (resident_octets(subjects[s].pid) - before) / count;
    }
    (void)sleep(WAIT_S);
}

static void run_client(const char *command, unsigned window, struct figures *figures)
{
    char  line[512], *at;
    FILE *words;

    for (unsigned s = 0; s < subject_count; s++) {
        if (strcmp(subjects[s].name, "sipush") != 0)
            continue;
        (void)snprintf(line, sizeof line, "%s %u %u %u", command, subjects[s].port, counts[window],
                       windows[window]);
        words = popen(line, "r");
        if (words == NULL || fgets(line, sizeof line, words) == NULL)
            die(command);
        (void)pclose(words);
        figures->rate = strtod(line, &at);
        figures->us = strtod(at, &at);
        figures->lost = (unsigned)strtoul(at, &at, 10);
        figures->again = (unsigned)strtoul(at, &at, 10);
    }
}

static void measure(const char *client_command)
{
    for (unsigned r = 0; r < ROUNDS; r++)
        for (unsigned w = 0; w < WINDOWS; w++) {
            for (unsigned s = 0; s < subject_count; s++) {
                client_open(subjects[s].port);
                subjects[s].rounds[w][r] = drive(counts[w], windows[w], subjects[s].pid);
                client_close();
            }
            run_client(client_command, w, &client_rounds[w][r]);
        }
}

/* ---- the report ---------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The median of a member of the rounds. */
static double median(const struct figures *rounds, size_t offset)
{
    double all[ROUNDS];

    for (unsigned r = 0; r < ROUNDS; r++)
        memcpy(&all[r], (const char *)&rounds[r] + offset, sizeof all[r]);
    qsort(all, ROUNDS, sizeof all[0], by_value);
    return all[ROUNDS / 2];
}

static void report_one(FILE *out, const char *bench, unsigned w, const char *name,
                       const struct figures *rounds, double octets, double limit)
{
    double   rate = median(rounds, offsetof(struct figures, rate));
    double   us = median(rounds, offsetof(struct figures, us));
    double   driver = median(rounds, offsetof(struct figures, us_driver));
    unsigned lost = 0, again = 0;
    char     which[16];

    (void)snprintf(which, sizeof which, "window-%u", windows[w]);
    for (unsigned r = 0; r < ROUNDS; r++) {
        lost += rounds[r].lost;
        again += rounds[r].again;
    }
    printf("%-18s %-9s %-10s %8.0f %7.2f %7.2f %5u %6u %7.2f %7.0f\n", bench, which, name, rate, us,
           driver, lost, again, limit > 0 ? rate / limit : 1, octets);
    fprintf(out, "%s\t%s\t%s\t%.0f\tmsgs/s\n", bench, which, name, rate);
    fprintf(out, "%s\t%s\t%s\t%.2f\tus-cpu\n", bench, which, name, us);
    fprintf(out, "%s\t%s\t%s\t%.2f\tus-cpu-driver\n", bench, which, name, driver);
    fprintf(out, "%s\t%s\t%s\t%u\tlost\n", bench, which, name, lost);
    fprintf(out, "%s\t%s\t%s\t%u\tretransmitted\n", bench, which, name, again);
    if (octets > 0)
        fprintf(out, "%s\t%s\t%s\t%.0f\toctets\n", bench, which, name, octets);
}

static void report(FILE *out)
{
    printf("%-18s %-9s %-10s %8s %7s %7s %5s %6s %7s %7s\n", "bench", "case", "subject", "msgs/s",
           "us-cpu", "driver", "lost", "again", "of lim.", "octets");
    for (unsigned w = 0; w < WINDOWS; w++) {
        double limit = 0;

        for (unsigned s = 0; s < subject_count; s++)
            if (strcmp(subjects[s].name, "limit") == 0)
                limit = median(subjects[s].rounds[w], offsetof(struct figures, rate));
        for (unsigned s = 0; s < subject_count; s++)
            report_one(out, "message-200", w, subjects[s].name, subjects[s].rounds[w],
                       w == 0 ? 0 : subjects[s].octets, limit);
        report_one(out, "message-200-client", w, "sipush", client_rounds[w], 0, limit);
    }
}

static void add(const char *word)
{
    struct subject *one = &subjects[subject_count];
    const char     *equals = strchr(word, '=');

    if (equals == NULL || subject_count == SUBJECTS)
        die(word);
    one->name = strndup(word, (size_t)(equals - word));
    (void)snprintf(one->command, sizeof one->command, "%s", equals + 1);
    start(one);
    if (answers(one)) {
        subject_count++;
        return;
    }
    printf("bench: %s does not answer and is left out\n", one->name);
    stop(one);
}

int main(int argc, char **argv)
{
    FILE *out;

    if (argc == 5 && strcmp(argv[1], "-d") == 0) {
        struct figures figures;

        client_open((unsigned)strtoul(argv[2], NULL, 10));
        figures = drive((unsigned)strtoul(argv[3], NULL, 10), (unsigned)strtoul(argv[4], NULL, 10),
                        0);
        printf("%.0f msgs/s, %u lost, %u sent again\n", figures.rate, figures.lost, figures.again);
        return 0;
    }
    if (argc < 4)
        die("OUT CLIENT NAME=COMMAND...");
    for (int i = 3; i < argc; i++)
        add(argv[i]);
    warm();
    measure(argv[2]);
    for (unsigned i = 0; i < subject_count; i++)
        stop(&subjects[i]);
    out = fopen(argv[1], "w");
    if (out == NULL)
        die(argv[1]);
    report(out);
    return fclose(out);
}
