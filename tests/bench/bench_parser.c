/* SPDX-License-Identifier: MIT
 * tests/bench/bench_parser.c -- how fast SIP messages are indexed and parsed in full, beside
 * others.
 *
 *   bench_parser OUT PEER.so...           a table, and OUT with its rows
 *   bench_parser -n COUNT BENCH CASE [PEER.so]
 *                                         one subject COUNT times, for callgrind
 *
 * Rounds are interleaved: in each, every subject has its turn at every case. A figure is the median
 * of the rounds, in CPU time of this process. `limit` looks for each line's end with memchr over
 * the same octets; picohttpparser, which only splits a head, is what an index may cost. Allocations
 * are counted at malloc, calloc and realloc.
 *
 * All find the same (bench_parser.h) in the same fields; what they do with it differs:
 *   sipush     checks each octet against the grammar of RFC 3261; parameters that have a member of
 *              their own are taken out, the others checked and left in one slice
 *   libosip2   copies each part to memory of its own, parameters into lists; checks neither user
 *              nor host; types Authorization too; Max-Forwards and numbers are left as text
 *   sofia-sip  types all fields that it knows (Allow, Authorization, Expires, ... too), from one
 *              copy; checks characters of URIs, not labels of hosts; parameters are a list of texts
 *   libre      types by patterns, checks neither user nor host, leaves parameters in one slice,
 *              unchecked; Max-Forwards and Content-Length are left as text
 * What is left as text is made a number by the adapter, which costs next to nothing. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../parser/sip_media.h"
#include "../../parser/sip_write.h"
#include "bench_parser.h"

#define ROUNDS   41
#define SUBJECTS 8
#define FIELDS   64
#define TURN_NS  1000000 /* one turn at least */

/* ---- allocations --------------------------------------------------------------------------- */

void *__libc_malloc(size_t octets);
void *__libc_calloc(size_t count, size_t octets);
void *__libc_realloc(void *at, size_t octets);

static unsigned long allocations;

void *malloc(size_t octets)
{
    allocations++;
    return __libc_malloc(octets);
}

void *calloc(size_t count, size_t octets)
{
    allocations++;
    return __libc_calloc(count, octets);
}

void *realloc(void *at, size_t octets)
{
    allocations++;
    return __libc_realloc(at, octets);
}

/* ---- ours ---------------------------------------------------------------------------------- */

static int our_index(const char *octets, size_t len)
{
    struct sip_field fields[FIELDS];
    struct sip_msg   msg;
    struct sp_where  where;

    sip_msg_init(&msg, fields, FIELDS);
    if (sip_msg_parse(sp_slice(octets, len), &msg, &where) != SP_OK)
        return -1;
    return (int)msg.body.len;
}

static int see_addresses(const struct sip_msg *msg, enum sip_field_id id, unsigned *count)
{
    struct sip_values  walk = { 0 };
    struct sp_slice    value;
    struct sip_address address;
    struct sp_where    where;

    for (; sip_values_next(msg, id, &walk, &value); ++*count)
        if (sip_address_parse(value, &address, &where) != SP_OK)
            return -1;
    return 0;
}

static int see_vias(const struct sip_msg *msg, unsigned *count)
{
    struct sip_values walk = { 0 };
    struct sp_slice   value;
    struct sip_via    via;
    struct sp_where   where;

    for (; sip_values_next(msg, SIP_FIELD_VIA, &walk, &value); ++*count)
        if (sip_via_parse(value, &via, &where) != SP_OK)
            return -1;
    return 0;
}

static int see_user(struct sp_slice value, unsigned *octets)
{
    struct sip_address address;
    struct sp_where    where;

    if (sip_address_parse(value, &address, &where) != SP_OK)
        return -1;
    *octets += (unsigned)address.uri.user.len;
    return 0;
}

static int our_full(const char *octets, size_t len, struct bench_seen *seen)
{
    struct sip_field      fields[FIELDS];
    struct sip_msg        msg;
    struct sip_uri        uri;
    struct sip_cseq       cseq;
    struct sip_media_type media;
    struct sp_where       where;
    struct sp_slice       type;

    sip_msg_init(&msg, fields, FIELDS);
    if (sip_msg_parse(sp_slice(octets, len), &msg, &where) != SP_OK ||
        see_vias(&msg, &seen->vias) != 0 ||
        see_addresses(&msg, SIP_FIELD_CONTACT, &seen->contacts) != 0 ||
        see_addresses(&msg, SIP_FIELD_ROUTE, &seen->routes) != 0 ||
        see_addresses(&msg, SIP_FIELD_RECORD_ROUTE, &seen->record_routes) != 0 ||
        see_user(sip_msg_value(&msg, SIP_FIELD_FROM), &seen->user_octets) != 0 ||
        see_user(sip_msg_value(&msg, SIP_FIELD_TO), &seen->user_octets) != 0 ||
        sip_cseq_parse(sip_msg_value(&msg, SIP_FIELD_CSEQ), &cseq, &where) != SP_OK ||
        sip_msg_content_length(&msg, &seen->content_length) != SP_OK)
        return -1;
    if (msg.request) {
        if (sip_uri_parse(msg.request_uri, &uri, &where) != SP_OK ||
            sip_msg_max_forwards(&msg, &seen->max_forwards) != SP_OK)
            return -1;
        seen->user_octets += (unsigned)uri.user.len;
    }
    type = sip_msg_value(&msg, SIP_FIELD_CONTENT_TYPE);
    if (type.len > 0 && sip_media_type_parse(type, &media, &where) != SP_OK)
        return -1;
    seen->has_type = type.len > 0;
    seen->cseq = cseq.number;
    seen->call_id_octets = (unsigned)sip_msg_value(&msg, SIP_FIELD_CALL_ID).len;
    return 0;
}

static int limit_index(const char *octets, size_t len)
{
    const char *at = octets, *end = octets + len;
    int         lines = 0;

    while (at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        at++;
        lines++;
    }
    return lines;
}

static int limit_full(const char *octets, size_t len, struct bench_seen *seen)
{
    seen->vias = (unsigned)limit_index(octets, len);
    return 0;
}

static const struct bench_parser ours = { "sipush", our_index, our_full };
static const struct bench_parser limit = { "limit", limit_index, limit_full };

/* ---- cases, subjects, figures -------------------------------------------------------------- */

static const char *const cases[] = { "invite", "message", "response", "register", "long" };
static const char *const benches[] = { "index", "full" };
enum { CASES = sizeof cases / sizeof cases[0], BENCHES = 2 };

static struct bench_message {
    char  *octets;
    size_t len;
} messages[CASES];

static const struct bench_parser *subjects[SUBJECTS] = { &ours, &limit };
static unsigned                   subject_count = 2;

static double   rounds[BENCHES][CASES][SUBJECTS][ROUNDS];
static double   allocated[BENCHES][CASES][SUBJECTS];
static unsigned turns[BENCHES][CASES][SUBJECTS];

_Noreturn static void die(const char *what)
{
    fprintf(stderr, "bench_parser: %s\n", what);
    exit(1);
}

static void load_messages(void)
{
    for (int i = 0; i < CASES; i++) {
        char  name[128];
        FILE *file;
        char  room[8192];

        snprintf(name, sizeof name, "tests/bench/parser/%s.sip", cases[i]);
        file = fopen(name, "rb");
        if (file == NULL)
            die(name);
        messages[i].len = fread(room, 1, sizeof room, file);
        fclose(file);
        messages[i].octets = malloc(messages[i].len);
        memcpy(messages[i].octets, room, messages[i].len);
    }
}

/* False where the library that it stands for is not there. */
static bool load_peer(const char *name)
{
    void *peer = dlopen(name, RTLD_NOW | RTLD_LOCAL);

    if (peer == NULL || subject_count == SUBJECTS) {
        fprintf(stderr, "bench_parser: %s\n", dlerror());
        return false;
    }
    subjects[subject_count] = dlsym(peer, "bench_peer");
    return subjects[subject_count] != NULL && ++subject_count > 0;
}

static bool can(const struct bench_parser *subject, int bench)
{
    return bench == 0 ? subject->index != NULL : subject->full != NULL;
}

static volatile int sink;

static void run(const struct bench_parser *subject, int bench, int which, unsigned times)
{
    const struct bench_message *message = &messages[which];

    for (unsigned i = 0; i < times; i++) {
        struct bench_seen seen = { 0 };

        sink = bench == 0 ? subject->index(message->octets, message->len)
                          : subject->full(message->octets, message->len, &seen);
    }
}

/* Every subject must have found the same. */
static void check(const struct bench_parser *subject)
{
    for (int i = 0; i < CASES; i++) {
        struct bench_seen mine = { 0 }, other = { 0 };

        if (our_full(messages[i].octets, messages[i].len, &mine) != 0)
            die(cases[i]);
        if (subject->full == NULL) {
            if (subject->index(messages[i].octets, messages[i].len) !=
                our_index(messages[i].octets, messages[i].len))
                die(subject->name);
            continue;
        }
        if (subject->full(messages[i].octets, messages[i].len, &other) != 0)
            die(subject->name);
        if (memcmp(&mine, &other, sizeof mine) != 0) {
            const unsigned *a = (const unsigned *)&mine, *b = (const unsigned *)&other;

            for (size_t n = 0; n < sizeof mine / sizeof *a; n++)
                fprintf(stderr, "%u %u\n", a[n], b[n]);
            fprintf(stderr, "%s sees something else in %s\n", subject->name, cases[i]);
            exit(1);
        }
    }
}

static double cpu_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static double turn(const struct bench_parser *subject, int bench, int which, unsigned times)
{
    double from = cpu_ns();

    run(subject, bench, which, times);
    return (cpu_ns() - from) / times;
}

static void measure(void)
{
    for (int round = -1; round < ROUNDS; round++)
        for (int b = 0; b < BENCHES; b++)
            for (int c = 0; c < CASES; c++)
                for (unsigned s = 0; s < subject_count; s++) {
                    if (!can(subjects[s], b))
                        continue;
                    if (round < 0) { /* warm up: how often is long enough; and the allocations */
                        double ns = turn(subjects[s], b, c, 1000);

                        turns[b][c][s] = 1 + (unsigned)(TURN_NS / ns);
                        allocations = 0;
                        run(subjects[s], b, c, 100);
                        allocated[b][c][s] = (double)allocations / 100;
                        continue;
                    }
                    rounds[b][c][s][round] = turn(subjects[s], b, c, turns[b][c][s]);
                }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void report(FILE *out)
{
    printf("%-6s %-9s %-14s %9s %9s %8s %9s\n", "bench", "case", "subject", "ns", "MB/s", "allocs",
           "x sipush");
    for (int b = 0; b < BENCHES; b++)
        for (int c = 0; c < CASES; c++)
            for (unsigned s = 0; s < subject_count; s++) {
                double       *all = rounds[b][c][s], ns, speed;
                static double first;
                const char   *name = subjects[s]->name;

                if (!can(subjects[s], b))
                    continue;
                qsort(all, ROUNDS, sizeof *all, by_value);
                ns = all[ROUNDS / 2];
                first = s == 0 ? ns : first;
                speed = (double)messages[c].len * 1e3 / ns;
                printf("%-6s %-9s %-14s %9.1f %9.0f %8.1f %9.2f\n", benches[b], cases[c], name, ns,
                       speed, allocated[b][c][s], ns / first);
                fprintf(out, "%s\t%s\t%s\t%.1f\tns\n", benches[b], cases[c], name, ns);
                fprintf(out, "%s\t%s\t%s\t%.0f\tMB/s\n", benches[b], cases[c], name, speed);
                fprintf(out, "%s\t%s\t%s\t%.1f\tallocs\n", benches[b], cases[c], name,
                        allocated[b][c][s]);
            }
}

static int place(const char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    die(name);
}

int main(int argc, char **argv)
{
    FILE *out;

    load_messages();
    if (argc > 4 && strcmp(argv[1], "-n") == 0) {
        const struct bench_parser *one = &ours;
        int                        bench = place(benches, BENCHES, argv[3]);

        if (argc > 5 && !load_peer(argv[5]))
            return 1;
        one = argc > 5 ? subjects[2] : one;
        if (!can(one, bench))
            return 1;
        run(one, bench, place(cases, CASES, argv[4]), (unsigned)strtoul(argv[2], NULL, 10));
        return 0;
    }
    if (argc < 2)
        die("where to?");
    for (int i = 2; i < argc; i++)
        if (load_peer(argv[i]))
            check(subjects[subject_count - 1]);
    measure();
    out = fopen(argv[1], "w");
    if (out == NULL)
        die(argv[1]);
    report(out);
    return fclose(out);
}
