/* SPDX-License-Identifier: MIT
 * tests/bench/bench_growth.c -- what an octet costs in small and in large messages: flat is right.
 *
 *   bench_growth OUT    a table, and rows appended to OUT: bench `growth`, unit `ns/octet`
 *
 * Four ways to grow: many fields; one long field; a list of Via values in one field, each parsed to
 * its parts; the parameters of one address, each searched for. Medians of rounds, CPU time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../parser/sip_write.h"

#define ROUNDS 21
#define ROOM   (1 << 20)
#define FIELDS 4096
#define TURN   400000 /* octets that a turn parses at least */

static char             room[ROOM];
static struct sip_field fields[FIELDS];

enum way { MANY_FIELDS, LONG_FIELD, MANY_VIAS, MANY_PARAMS };
static const char *const ways[] = { "fields", "octets", "vias", "params" };

static const struct row {
    enum way way;
    unsigned count;
} rows[] = {
    { MANY_FIELDS, 1 },  { MANY_FIELDS, 20 },  { MANY_FIELDS, 200 },  { MANY_FIELDS, 2000 },
    { LONG_FIELD, 100 }, { LONG_FIELD, 1000 }, { LONG_FIELD, 10000 }, { LONG_FIELD, 64000 },
    { MANY_VIAS, 1 },    { MANY_VIAS, 10 },    { MANY_VIAS, 100 },    { MANY_VIAS, 1000 },
    { MANY_PARAMS, 1 },  { MANY_PARAMS, 10 },  { MANY_PARAMS, 100 },  { MANY_PARAMS, 1000 },
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static struct sp_slice make(const struct row *row)
{
    struct sp_buf to = sp_buf(room, ROOM);

    sp_put_text(&to, "OPTIONS sip:bob@biloxi.example.com SIP/2.0\r\n");
    if (row->way == MANY_VIAS)
        sp_put_text(&to, "Via: ");
    if (row->way == MANY_PARAMS)
        sp_put_text(&to, "Contact: <sip:bob@biloxi.example.com>");
    if (row->way == LONG_FIELD)
        sp_put_text(&to, "Subject: ");
    for (unsigned i = 0; i < row->count; i++)
        switch (row->way) {
        case MANY_FIELDS: sp_put_text(&to, "X-Field-Of-Ours: some octets of text\r\n"); break;
        case LONG_FIELD: sp_put_char(&to, 'x'); break;
        case MANY_PARAMS: sp_put_text(&to, ";param=value"); break;
        case MANY_VIAS:
            sp_put_text(&to, i > 0 ? ", " : "");
            sp_put_text(&to, "SIP/2.0/UDP h.example.com:5060;branch=z9hG4bK77asj");
            break;
        }
    sp_put_text(&to, row->way == MANY_FIELDS ? "" : "\r\n");
    sp_put_text(&to, "Content-Length: 0\r\n\r\n");
    if (to.err != SP_OK)
        exit(1);
    return sp_written(&to);
}

static void parse(struct sp_slice octets, enum way way)
{
    struct sip_msg     msg;
    struct sp_where    where;
    struct sip_values  walk = { 0 };
    struct sp_slice    value;
    struct sip_via     via;
    struct sip_address address;

    sip_msg_init(&msg, fields, FIELDS);
    if (sip_msg_parse(octets, &msg, &where) != SP_OK)
        exit(1);
    while (way == MANY_VIAS && sip_values_next(&msg, SIP_FIELD_VIA, &walk, &value))
        if (sip_via_parse(value, &via, &where) != SP_OK)
            exit(1);
    while (way == MANY_PARAMS && sip_values_next(&msg, SIP_FIELD_CONTACT, &walk, &value))
        if (sip_address_parse(value, &address, &where) != SP_OK ||
            sip_param_has(address.params, "expires"))
            exit(1);
}

static double cpu_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static double all[ROWS][ROUNDS];
    FILE         *out = argc > 1 ? fopen(argv[1], "a") : NULL;
    double        first = 0;

    if (out == NULL)
        return 1;
    for (int round = 0; round < ROUNDS; round++)
        for (int r = 0; r < ROWS; r++) {
            struct sp_slice octets = make(&rows[r]);
            size_t          times = 1 + TURN / octets.len;
            double          from;

            parse(octets, rows[r].way);
            from = cpu_ns();
            for (size_t i = 0; i < times; i++)
                parse(octets, rows[r].way);
            all[r][round] = (cpu_ns() - from) / (double)(times * octets.len);
        }
    printf("%-6s %-14s %9s %9s\n", "bench", "case", "ns/octet", "x smallest");
    for (int r = 0; r < ROWS; r++) {
        qsort(all[r], ROUNDS, sizeof(double), by_value);
        first = r % 4 == 0 ? all[r][ROUNDS / 2] : first;
        printf("growth %s-%-*u %9.3f %9.2f\n", ways[rows[r].way],
               13 - (int)strlen(ways[rows[r].way]), rows[r].count, all[r][ROUNDS / 2],
               all[r][ROUNDS / 2] / first);
        fprintf(out, "growth\t%s-%u\tsipush\t%.3f\tns/octet\n", ways[rows[r].way], rows[r].count,
                all[r][ROUNDS / 2]);
    }
    return fclose(out);
}
