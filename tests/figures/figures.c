/* SPDX-License-Identifier: MIT
 * tests/figures/figures.c -- the four figures of RFC 3261 17, drawn from the tables that run:
 * transaction/sip_machine.c. `make figures` puts them into the guide; tests/figures_test.sh sees to
 * it that they are fresh.
 *
 *     figures FILE     the file on standard output, with what stands between two marks drawn anew
 *
 * A mark is a line `<!-- figure: INVITE client -->`, the end `<!-- end -->`. A figure is a state
 * diagram as Mermaid has it: it reads as text, and many a viewer draws it. An arrow says what
 * happens and, behind a slash, what is done; a state says which timers run in it. */
#include <stdio.h>
#include <string.h>

#include "../../transaction/sip_machine.h"

#define MARK "<!-- figure: "
#define END  "<!-- end -->"

static const char *const events[SIP_EVENT_COUNT] = {
    [TIMER_100] = "no answer until Timer E were T2",
    [TIMER_CANCEL] = "64*T1 after CANCEL",
    [TU_REQUEST] = "request of the user",
    [TU_1XX] = "1xx of the user",
    [TU_2XX] = "2xx of the user",
    [TU_3_6XX] = "300-699 of the user",
    [TU_2_6XX] = "200-699 of the user",
    [RX_REQUEST] = "request",
    [RX_INVITE] = "INVITE",
    [RX_ACK] = "ACK",
    [RX_1XX] = "1xx",
    [RX_2XX] = "2xx",
    [RX_3_6XX] = "300-699",
    [RX_2_6XX] = "200-699",
    [TRANSPORT_ERROR] = "transport error",
};

static const struct {
    unsigned    bit;
    const char *words;
} actions[] = {
    { SEND_REQUEST, "send request" },   { SEND_ACK, "send ACK" },
    { SEND_100, "send 100" },           { SEND_RESPONSE, "send response" },
    { TELL_REQUEST, "tell request" },   { TELL_ACK, "tell ACK" },
    { TELL_RESPONSE, "tell response" }, { TELL_TIMEOUT, "tell timeout" },
    { TELL_TRANSPORT, "tell failure" },
};

static void put_event(unsigned event)
{
    if (events[event] != NULL)
        fputs(events[event], stdout);
    else
        printf("Timer %s", sip_timer_letter((uint8_t)event));
}

static void put_state(unsigned state, bool from)
{
    if (state == START && from)
        fputs("[*]", stdout);
    else
        fputs(sip_state_name((uint8_t)state), stdout);
}

static void put_arrow(const struct sip_arrow *arrow)
{
    const char *between = " / ";

    fputs("    ", stdout);
    put_state(arrow->from, true);
    fputs(" --> ", stdout);
    put_state(arrow->to, false);
    fputs(" : ", stdout);
    put_event(arrow->on);
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        if ((arrow->actions & actions[i].bit) != 0) {
            printf("%s%s", between, actions[i].words);
            between = ", ";
        }
    putchar('\n');
}

/* The timers that run in a state; nothing for a state without any. */
static void put_timers(const struct sip_machine *machine, unsigned state)
{
    const char *between = " : timer ";

    if (machine->alive[state] == 0)
        return;
    printf("    %s", sip_state_name((uint8_t)state));
    for (uint8_t timer = 0; timer < SIP_TIMER_COUNT; timer++)
        if ((machine->alive[state] >> timer & 1) != 0) {
            printf("%s%s", between, sip_timer_letter(timer));
            between = ", ";
        }
    putchar('\n');
}

static void put_figure(const struct sip_machine *machine)
{
    printf("```mermaid\nstateDiagram-v2\n    %%%% %s, %s\n", machine->name, machine->figure);
    for (size_t i = 0; machine->arrows[i].to != START; i++)
        put_arrow(&machine->arrows[i]);
    puts("    TERMINATED --> [*]");
    for (unsigned state = START; state < SIP_STATE_COUNT; state++)
        put_timers(machine, state);
    puts("```");
}

static const struct sip_machine *machine_of(const char *mark)
{
    for (size_t i = 0; i < SIP_MACHINE_COUNT; i++) {
        size_t octets = strlen(sip_machines[i].name);

        if (strncmp(mark, sip_machines[i].name, octets) == 0 && mark[octets] == ' ')
            return &sip_machines[i];
    }
    return NULL;
}

int main(int argc, char **argv)
{
    char  line[4096];
    FILE *from = argc == 2 ? fopen(argv[1], "r") : NULL;
    bool  within = false;

    if (from == NULL) {
        fputs("usage: figures FILE\n", stderr);
        return 2;
    }
    while (fgets(line, sizeof line, from) != NULL) {
        if (within && strncmp(line, END, strlen(END)) != 0)
            continue;
        within = strncmp(line, MARK, strlen(MARK)) == 0;
        fputs(line, stdout);
        if (within) {
            const struct sip_machine *machine = machine_of(line + strlen(MARK));

            if (machine == NULL) {
                fprintf(stderr, "figures: no machine has such a name: %s", line);
                return 1;
            }
            put_figure(machine);
        }
    }
    (void)fclose(from);
    if (within)
        fputs("figures: a mark has no end\n", stderr);
    return within;
}
