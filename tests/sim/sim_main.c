/* SPDX-License-Identifier: MIT
 * tests/sim/sim_main.c -- the program: sim [--seeds N] [--first N] [--scenario NAME]...
 *                                      sim --seed N [--scenario NAME] [--trace FILE]
 *
 * A line a scenario: seeds, failures, virtual hours, virtual hours a second, and what happened in
 * them. A failure prints scenario, seed and the oracle's words; with one seed and --trace, all that
 * happened is written. The last line is `N passed, N failed`, a seed of a scenario each. */
#include "sim.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NAMES 32

struct options {
    uint64_t    seeds, first;
    const char *names[NAMES];
    size_t      name_count;
    const char *trace;
};

/* For who asserts: said when the process is about to end. */
static char under_way[128];

static void last_words(int number)
{
    (void)!write(STDERR_FILENO, under_way, strlen(under_way));
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

static int usage(void)
{
    fputs("usage: sim [--seeds N] [--first N] [--scenario NAME]...\n"
          "       sim --seed N [--scenario NAME]... [--trace FILE]\n"
          "       sim --list\n",
          stderr);
    return 2;
}

static int list(void)
{
    for (size_t i = 0; i < sim_scenario_count; i++)
        printf("%-10s %s\n", sim_scenarios[i].name, sim_scenarios[i].what);
    return 0;
}

static bool number(const char *text, uint64_t *to)
{
    return sp_to_u64(sp_str(text), UINT64_MAX, to) == SP_OK;
}

/* -1: go on. */
static int read_options(struct options *o, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";

        if (strcmp(argv[i], "--list") == 0)
            return list();
        if (strcmp(argv[i], "--seeds") == 0 && number(value, &o->seeds)) {
            i++;
        } else if (strcmp(argv[i], "--first") == 0 && number(value, &o->first)) {
            i++;
        } else if (strcmp(argv[i], "--seed") == 0 && number(value, &o->first)) {
            o->seeds = 1;
            i++;
        } else if (strcmp(argv[i], "--scenario") == 0 && o->name_count < NAMES) {
            o->names[o->name_count++] = value;
            i++;
        } else if (strcmp(argv[i], "--trace") == 0 && *value != '\0') {
            o->trace = value;
            i++;
        } else {
            return usage();
        }
    }
    return -1;
}

static bool wanted(const struct options *o, const char *name)
{
    for (size_t i = 0; i < o->name_count; i++)
        if (strcmp(o->names[i], name) == 0)
            return true;
    return o->name_count == 0;
}

/* Of the processor, so that a busy machine tells the same. */
static double now_s(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void add(struct sim_counters *to, const struct sim_counters *from)
{
    const uint64_t *each = (const uint64_t *)from;
    uint64_t       *sum = (uint64_t *)to;

    for (size_t i = 0; i < sizeof *to / sizeof *sum; i++)
        sum[i] += each[i];
}

static void report(const struct sim_scenario *scenario, uint64_t seeds, uint64_t failures,
                   double hours, double seconds, const struct sim_counters *c)
{
    printf("%-10s %8llu seeds %3llu failed %9.1f hours %8.0f hours/s"
           "  delivered %llu refused %llu failed %llu pending %llu  datagrams %llu lost %llu"
           "  cuts %llu crashes %llu\n",
           scenario->name, (unsigned long long)seeds, (unsigned long long)failures, hours,
           seconds > 0 ? hours / seconds : 0, (unsigned long long)c->delivered,
           (unsigned long long)c->refused, (unsigned long long)c->failed,
           (unsigned long long)c->pending, (unsigned long long)c->datagrams,
           (unsigned long long)c->lost, (unsigned long long)c->cuts,
           (unsigned long long)c->crashes);
    fflush(stdout);
}

static bool one(const struct options *o, const struct sim_scenario *scenario, uint64_t seed,
                struct sim *sim)
{
    FILE *trace = NULL;
    bool  good;

    snprintf(under_way, sizeof under_way, "sim: scenario %s, seed %llu: the process ends here\n",
             scenario->name, (unsigned long long)seed);
    if (o->trace != NULL) {
        trace = fopen(o->trace, "w");
        if (trace == NULL) {
            perror(o->trace);
            exit(2);
        }
        setvbuf(trace, NULL, _IOLBF, 65536);
    }
    good = sim_run(sim, scenario, seed, trace);
    if (!good)
        printf("FAILED: scenario %s, seed %llu: %s\n"
               "    make sim SCENARIO=%s SEED=%llu TRACE=x.txt\n",
               scenario->name, (unsigned long long)seed, sim->words, scenario->name,
               (unsigned long long)seed);
    if (trace != NULL && fclose(trace) != 0)
        perror(o->trace);
    return good;
}

/* Of one that is dear there are fewer, at least one, where it was not asked for by name. */
static uint64_t seeds_of(const struct options *o, const struct sim_scenario *scenario)
{
    bool     fewer = scenario->cost > 0 && o->name_count == 0;
    uint64_t seeds = fewer ? o->seeds / scenario->cost : o->seeds;

    return seeds > 0 ? seeds : 1;
}

/* Failures of one scenario. */
static uint64_t run(const struct options *o, const struct sim_scenario *scenario, uint64_t seeds)
{
    struct sim_counters counters = { 0 };
    double              start_s = now_s(), hours = 0;
    uint64_t            failures = 0;

    for (uint64_t i = 0; i < seeds; i++) {
        struct sim sim;

        failures += !one(o, scenario, o->first + i, &sim);
        hours += (double)sim.now_us / 3.6e9;
        add(&counters, &sim.counters);
        sim_free(&sim);
    }
    report(scenario, seeds, failures, hours, now_s() - start_s, &counters);
    return failures;
}

int main(int argc, char **argv)
{
    struct options o = { .seeds = 100, .first = 1 };
    uint64_t       failed = 0, all = 0;
    int            code = read_options(&o, argc, argv);

    if (code >= 0)
        return code;
    (void)signal(SIGABRT, last_words);
    (void)signal(SIGSEGV, last_words);
    for (size_t i = 0; i < sim_scenario_count; i++)
        if (wanted(&o, sim_scenarios[i].name)) {
            uint64_t seeds = seeds_of(&o, &sim_scenarios[i]);

            failed += run(&o, &sim_scenarios[i], seeds);
            all += seeds;
        }
    if (all == 0)
        return usage();
    printf("%llu passed, %llu failed\n", (unsigned long long)(all - failed),
           (unsigned long long)failed);
    return failed > 0;
}
