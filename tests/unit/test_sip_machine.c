/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_machine.c -- the four machines in virtual time against the schedules of RFC
 * 3261 17 and RFC 6026, written down by hand; and with each arrow taken out or bent, to see that
 * a schedule notices. */
#include "tx_unit.h"

#define STEPS 8

/* What happens from outside: `at_ms`, and a word: a status (from the network at a client, from the
 * user at a server), the method of a request that comes, "error" of the transport, "cancel". */
struct schedule {
    const char           *name;
    enum sip_machine_kind machine;
    enum sp_transport     transport;
    struct {
        uint64_t    at_ms;
        const char *what;
    } steps[STEPS];
    const char *transcript;
};

/* clang-format off */
static const struct schedule schedules[] = {
    /* Timer A doubles without bound, Timer B ends at 64*T1: 3261-17.1.1.2-1, 3261-17.1.1.2-2,
     * 3261-17.1.1.2-3, 3261-17.1.1.2-5, 3261-17.1.1.2-6, 3261-17.1.1.2-7, 3261-17.1.1.2-8,
     * 3261-17.1.1.2-13, 3261-17.1.1.2-14; over TCP without Timer A: 3261-17.1.1.2-4 */
    { "INVITE client, no answer", INVITE_CLIENT, SP_UDP, { { 0, NULL } },
      "0 > INVITE\n500 > INVITE\n1500 > INVITE\n3500 > INVITE\n7500 > INVITE\n15500 > INVITE\n"
      "31500 > INVITE\n32000 TIMEOUT B\n32000 gone\n" },
    { "INVITE client, no answer, TCP", INVITE_CLIENT, SP_TCP, { { 0, NULL } },
      "0 CONNECT\n0 > INVITE\n32000 TIMEOUT B\n32000 gone\n" },
    /* 3261-17.1.1.2-9, 3261-17.1.1.2-15, 3261-17.1.1.2-16, 3261-17.1.1.2-17 */
    { "INVITE client, provisional: nothing is sent again and nothing ends", INVITE_CLIENT, SP_UDP,
      { { 600, "180" }, { 700, "180" }, { 90000, "200" } },
      "0 > INVITE\n500 > INVITE\n600 RESPONSE 180\n700 RESPONSE 180\n90000 RESPONSE 200\n"
      "122000 gone\n" },
    { "INVITE client, ringing, accepted", INVITE_CLIENT, SP_UDP,
      { { 100, "180" }, { 200, "200" }, { 300, "200" } },
      "0 > INVITE\n100 RESPONSE 180\n200 RESPONSE 200\n300 RESPONSE 200\n32200 gone\n" },
    /* 3261-17.1.1.2-18, 3261-17.1.1.2-19, 3261-17.1.1.2-21, 3261-17.1.1.2-22, 3261-17.1.1.2-23,
     * 3261-17.1.1.2-25; 6026-7.3-5, 6026-7.3-6, 6026-7.3-8, 6026-7.3-9, 6026-7.3-10 */
    { "INVITE client, refused at once: Timer D", INVITE_CLIENT, SP_UDP,
      { { 100, "486" }, { 200, "486" }, { 32050, "486" } },
      "0 > INVITE\n100 RESPONSE 486\n100 > ACK\n200 > ACK\n32050 > ACK\n32100 gone\n" },
    { "INVITE client, refused, TCP: Timer D is zero", INVITE_CLIENT, SP_TCP, { { 100, "486" } },
      "0 CONNECT\n0 > INVITE\n100 RESPONSE 486\n100 > ACK\n100 gone\n" },
    { "INVITE client, ringing, refused", INVITE_CLIENT, SP_UDP,
      { { 100, "180" }, { 200, "603" }, { 300, "603" } },
      "0 > INVITE\n100 RESPONSE 180\n200 RESPONSE 603\n200 > ACK\n300 > ACK\n32200 gone\n" },
    /* RFC 6026 8.4: Accepted, Timer M; each 2xx goes up, none is acknowledged here: 6026-7.2-1,
     * 6026-7.2-2, 6026-7.2-3, 6026-7.2-4, 6026-7.2-5, 6026-7.3-11, 6026-7.3-12, 6026-7.3-13,
     * 6026-7.3-14, 6026-7.3-15, 6026-7.3-16, 6026-7.3-17; the answer to what went over a connection
     * comes by it: 3261-18.1.1-8 */
    { "INVITE client, accepted", INVITE_CLIENT, SP_UDP,
      { { 100, "200" }, { 200, "200" }, { 300, "486" }, { 32050, "200" } },
      "0 > INVITE\n100 RESPONSE 200\n200 RESPONSE 200\n32050 RESPONSE 200\n32100 gone\n" },
    { "INVITE client, accepted, TCP: Timer M the same", INVITE_CLIENT, SP_TCP, { { 100, "200" } },
      "0 CONNECT\n0 > INVITE\n100 RESPONSE 200\n32100 gone\n" },
    /* 3261-17.1.4-1, 3261-18.4-1 */
    { "INVITE client, unreachable", INVITE_CLIENT, SP_UDP, { { 100, "error" } },
      "0 > INVITE\n100 TRANSPORT\n100 gone\n" },
    { "INVITE client, its ACK does not reach", INVITE_CLIENT, SP_UDP,
      { { 100, "486" }, { 150, "error" } },
      "0 > INVITE\n100 RESPONSE 486\n100 > ACK\n150 TRANSPORT\n150 gone\n" },
    /* 9.1: 64*T1 after a CANCEL */
    { "INVITE client, cancelled and never answered", INVITE_CLIENT, SP_UDP,
      { { 100, "180" }, { 1000, "cancel" }, { 1100, "487c" } },
      "0 > INVITE\n100 RESPONSE 180\n1000 > CANCEL\n1100 RESPONSE 487\n33000 TIMEOUT CANCEL\n"
      "33000 gone\n" },

    /* Timer E doubles to T2, Timer F ends at 64*T1: 3261-17.1.2.2-1, 3261-17.1.2.2-2,
     * 3261-17.1.2.2-3, 3261-17.1.2.2-4 */
    { "non-INVITE client, no answer", NON_INVITE_CLIENT, SP_UDP, { { 0, NULL } },
      "0 > MESSAGE\n500 > MESSAGE\n1500 > MESSAGE\n3500 > MESSAGE\n7500 > MESSAGE\n"
      "11500 > MESSAGE\n15500 > MESSAGE\n19500 > MESSAGE\n23500 > MESSAGE\n27500 > MESSAGE\n"
      "31500 > MESSAGE\n32000 TIMEOUT F\n32000 gone\n" },
    { "non-INVITE client, no answer, TCP", NON_INVITE_CLIENT, SP_TCP, { { 0, NULL } },
      "0 CONNECT\n0 > MESSAGE\n32000 TIMEOUT F\n32000 gone\n" },
    /* 3261-17.1.2.2-5, 3261-17.1.2.2-7, 3261-17.1.2.2-8 */
    { "non-INVITE client, 100: then every T2", NON_INVITE_CLIENT, SP_UDP,
      { { 600, "100" }, { 10000, "100" } },
      "0 > MESSAGE\n500 > MESSAGE\n600 RESPONSE 100\n1500 > MESSAGE\n5500 > MESSAGE\n"
      "9500 > MESSAGE\n10000 RESPONSE 100\n13500 > MESSAGE\n17500 > MESSAGE\n21500 > MESSAGE\n"
      "25500 > MESSAGE\n29500 > MESSAGE\n32000 TIMEOUT F\n32000 gone\n" },
    /* 3261-17.1.2.2-6, 3261-17.1.2.2-10, 3261-17.1.2.2-11, 3261-17.1.2.2-12 */
    { "non-INVITE client, answered: Timer K", NON_INVITE_CLIENT, SP_UDP,
      { { 100, "200" }, { 200, "200" } },
      "0 > MESSAGE\n100 RESPONSE 200\n5100 gone\n" },
    { "non-INVITE client, answered, TCP: Timer K is zero", NON_INVITE_CLIENT, SP_TCP,
      { { 100, "404" } },
      "0 CONNECT\n0 > MESSAGE\n100 RESPONSE 404\n100 gone\n" },
    { "non-INVITE client, 100 twice", NON_INVITE_CLIENT, SP_UDP,
      { { 100, "100" }, { 200, "100" }, { 4600, "200" } },
      "0 > MESSAGE\n100 RESPONSE 100\n200 RESPONSE 100\n500 > MESSAGE\n4500 > MESSAGE\n"
      "4600 RESPONSE 200\n9600 gone\n" },
    /* 3261-17.1.2.2-9 */
    { "non-INVITE client, 100, answered", NON_INVITE_CLIENT, SP_UDP,
      { { 100, "100" }, { 200, "500" } },
      "0 > MESSAGE\n100 RESPONSE 100\n200 RESPONSE 500\n5200 gone\n" },
    { "non-INVITE client, unreachable", NON_INVITE_CLIENT, SP_UDP, { { 100, "error" } },
      "0 > MESSAGE\n100 TRANSPORT\n100 gone\n" },
    { "non-INVITE client, unreachable after a 100", NON_INVITE_CLIENT, SP_UDP,
      { { 100, "100" }, { 200, "error" } },
      "0 > MESSAGE\n100 RESPONSE 100\n200 TRANSPORT\n200 gone\n" },

    /* Timer G doubles to T2, Timer H ends and is told: 3261-17.2.1-1, 3261-17.2.1-3, 3261-17.2.1-8,
     * 3261-17.2.1-9, 3261-17.2.1-12 */
    { "INVITE server, refused, no ACK", INVITE_SERVER, SP_UDP, { { 100, "486" } },
      "0 REQUEST\n0 > 100\n100 > 486\n600 > 486\n1600 > 486\n3600 > 486\n7600 > 486\n11600 > 486\n"
      "15600 > 486\n19600 > 486\n23600 > 486\n27600 > 486\n31600 > 486\n32100 TIMEOUT H\n"
      "32100 gone\n" },
    { "INVITE server, refused, no ACK, TCP", INVITE_SERVER, SP_TCP, { { 100, "486" } },
      "0 REQUEST\n0 > 100\n100 > 486\n32100 TIMEOUT H\n32100 gone\n" },
    /* 3261-17.2.1-11, 3261-17.2.1-13, 3261-17.2.1-14 */
    { "INVITE server, refused: Timer I", INVITE_SERVER, SP_UDP,
      { { 100, "486" }, { 700, "ACK" }, { 800, "ACK" }, { 900, "INVITE" } },
      "0 REQUEST\n0 > 100\n100 > 486\n600 > 486\n5700 gone\n" },
    { "INVITE server, refused, TCP: Timer I is zero", INVITE_SERVER, SP_TCP,
      { { 100, "486" }, { 700, "ACK" } },
      "0 REQUEST\n0 > 100\n100 > 486\n700 gone\n" },
    /* 3261-17.2.1-4, 3261-17.2.1-5, 3261-17.2.1-10 */
    { "INVITE server, asked again", INVITE_SERVER, SP_UDP,
      { { 100, "INVITE" }, { 200, "180" }, { 300, "INVITE" }, { 400, "486" }, { 450, "INVITE" },
        { 500, "ACK" } },
      "0 REQUEST\n0 > 100\n100 > 100\n200 > 180\n300 > 180\n400 > 486\n450 > 486\n5500 gone\n" },
    /* RFC 6026 8.6, 8.7: Accepted absorbs, the user repeats, ACKs go up, Timer L: 3261-17.2.1-6,
     * 6026-6-1, 6026-7.1-1, 6026-7.1-2, 6026-7.1-3, 6026-7.1-4, 6026-7.1-5, 6026-7.1-6,
     * 6026-7.3-18,
     * 6026-7.3-19, 6026-7.3-20, 6026-7.3-21, 6026-7.3-22, 6026-7.3-23 */
    { "INVITE server, accepted", INVITE_SERVER, SP_UDP,
      { { 100, "200" }, { 200, "INVITE" }, { 600, "200" }, { 700, "ACK" }, { 800, "ACK" } },
      "0 REQUEST\n0 > 100\n100 > 200\n600 > 200\n700 ACK\n800 ACK\n32100 gone\n" },
    { "INVITE server, accepted, TCP: Timer L is the same", INVITE_SERVER, SP_TCP,
      { { 100, "200" } },
      "0 REQUEST\n0 > 100\n100 > 200\n32100 gone\n" },
    /* RFC 6026 8.8: a transport error ends no server transaction: 6026-6-2, 6026-7.1-7, 6026-7.1-8,
     * 6026-7.3-24 */
    { "INVITE server, the way back is gone", INVITE_SERVER, SP_UDP,
      { { 100, "180" }, { 200, "error" }, { 300, "486" }, { 400, "error" }, { 700, "ACK" } },
      "0 REQUEST\n0 > 100\n100 > 180\n200 UNSENT\n300 > 486\n400 UNSENT\n5700 gone\n" },
    { "INVITE server, accepted, the way back is gone", INVITE_SERVER, SP_UDP,
      { { 100, "200" }, { 200, "error" }, { 600, "200" } },
      "0 REQUEST\n0 > 100\n100 > 200\n200 UNSENT\n600 > 200\n32100 gone\n" },

    /* Timer J: 3261-17.2.2-6, 3261-17.2.2-7, 3261-17.2.2-9, 3261-17.2.2-10; the 100 when Timer E of
     * the client reached T2: 4320-3-3 */
    { "non-INVITE server", NON_INVITE_SERVER, SP_UDP,
      { { 50, "MESSAGE" }, { 100, "200" }, { 600, "MESSAGE" }, { 32050, "MESSAGE" } },
      "0 REQUEST\n100 > 200\n600 > 200\n32050 > 200\n32100 gone\n" },
    { "non-INVITE server, TCP: Timer J is zero", NON_INVITE_SERVER, SP_TCP, { { 100, "200" } },
      "0 REQUEST\n100 > 200\n100 gone\n" },
    { "non-INVITE server, slow user", NON_INVITE_SERVER, SP_UDP,
      { { 3600, "MESSAGE" }, { 3700, "100" }, { 5000, "404" } },
      "0 REQUEST\n3500 > 100\n3600 > 100\n3700 > 100\n5000 > 404\n37000 gone\n" },
    { "non-INVITE server, TCP, slow user", NON_INVITE_SERVER, SP_TCP, { { 5000, "404" } },
      "0 REQUEST\n3500 > 100\n5000 > 404\n5000 gone\n" },
    /* 3261-17.2.2-1, 3261-17.2.2-2, 3261-17.2.2-3, 3261-17.2.2-4, 3261-17.2.2-5 */
    { "non-INVITE server, TCP, 100 of the user", NON_INVITE_SERVER, SP_TCP,
      { { 100, "100" }, { 150, "100" }, { 200, "MESSAGE" }, { 300, "200" } },
      "0 REQUEST\n100 > 100\n150 > 100\n200 > 100\n300 > 200\n300 gone\n" },
    { "non-INVITE server, the way back is gone", NON_INVITE_SERVER, SP_UDP,
      { { 3600, "error" }, { 3650, "MESSAGE" }, { 3700, "200" }, { 3800, "error" } },
      "0 REQUEST\n3500 > 100\n3600 UNSENT\n3650 > 100\n3700 > 200\n3800 UNSENT\n35700 gone\n" },
};
/* clang-format on */

static bool is_server(const struct schedule *schedule)
{
    return schedule->machine == INVITE_SERVER || schedule->machine == NON_INVITE_SERVER;
}

static void take_step(struct tx_bench *bench, const struct schedule *schedule, const char *what)
{
    const char *transport = schedule->transport == SP_UDP ? "UDP" : "TCP";
    unsigned    status = (unsigned)strtoul(what, NULL, 10);

    if (strcmp(what, "error") == 0) {
        sip_tx_closed(bench->layer, bench->now_us, 0, &bench->peer, SP_TRANSPORT);
        tx_drain(bench);
    } else if (strcmp(what, "cancel") == 0) {
        struct sp_handle cancel;

        unit_err(sip_tx_cancel(bench->layer, bench->now_us, bench->tx, 43, &cancel), SP_OK);
        tx_drain(bench);
    } else if (status == 0) {
        tx_receive(bench, tx_request_text(what, "s", transport));
    } else if (is_server(schedule)) {
        (void)!tx_answer(bench, status);
    } else { /* "487c": to the last request, the CANCEL */
        tx_receive(bench, tx_response_to(what[3] == 'c' ? bench->sent : bench->first, status));
    }
}

/* Run a schedule over these tables to its end; the transcript lies in the bench. */
static void run(struct tx_bench *bench, const struct schedule *schedule,
                const struct sip_machine *machines)
{
    bool invite = schedule->machine == INVITE_CLIENT || schedule->machine == INVITE_SERVER;
    struct sp_limits limits = tx_limits();

    tx_bench(bench, &limits, schedule->transport, is_server(schedule));
    bench->layer->machines = machines;
    if (is_server(schedule))
        tx_receive(bench, tx_request_text(invite ? "INVITE" : "MESSAGE", "s",
                                          schedule->transport == SP_UDP ? "UDP" : "TCP"));
    else
        unit_err(tx_request(bench, invite ? "INVITE" : "MESSAGE"), SP_OK);
    for (size_t i = 0; i < STEPS && schedule->steps[i].what != NULL; i++) {
        tx_until(bench, schedule->steps[i].at_ms);
        if (!bench->was_empty) /* only a bent table ends early */
            take_step(bench, schedule, schedule->steps[i].what);
    }
    tx_until(bench, 170000); /* connections that idle are closed later */
}

START_TEST(keeps_the_schedule)
{
    struct tx_bench bench;

    run(&bench, &schedules[_i], sip_machines);
    ck_assert_msg(strcmp(bench.log, schedules[_i].transcript) == 0, "%s:\n%s\ninstead of\n%s",
                  schedules[_i].name, bench.log, schedules[_i].transcript);
    ck_assert_uint_eq(sip_tx_open(bench.layer), 0);
    ck_assert_uint_eq(bench.layer->store.used, 0);
}
END_TEST

static bool some_schedule_notices(const struct sip_machine *machines)
{
    static struct tx_bench bench;

    for (size_t i = 0; i < UNIT_ROWS(schedules); i++) {
        run(&bench, &schedules[i], machines);
        if (strcmp(bench.log, schedules[i].transcript) != 0)
            return true;
    }
    return false;
}

/* Each arrow of machine `_i` is taken out, led elsewhere, or made to do less. */
START_TEST(every_arrow_is_held)
{
    struct sip_machine        machines[SIP_MACHINE_COUNT];
    const struct sip_machine *machine = &sip_machines[_i];

    for (size_t row = 0; machine->arrows[row].to != START; row++) {
        const struct sip_arrow *arrow = &machine->arrows[row];
        struct sip_arrow       *bent = &machines[_i].arrows[row];

        memcpy(machines, sip_machines, sizeof machines);
        bent->on = SIP_EVENT_COUNT; /* nothing takes it any more */
        /* an arrow that stays and does nothing is in the figure, but is the same as none */
        ck_assert_msg(some_schedule_notices(machines) ||
                          (arrow->from == arrow->to && arrow->actions == 0),
                      "%s: without arrow %zu (%s on %s)", machine->name, row,
                      sip_state_name(arrow->from), sip_event_name(arrow->on));
        for (uint8_t to = CALLING; to <= TERMINATED; to++) {
            if (to == arrow->to)
                continue;
            memcpy(machines, sip_machines, sizeof machines);
            bent->to = to;
            ck_assert_msg(some_schedule_notices(machines), "%s: arrow %zu (%s on %s) led to %s",
                          machine->name, row, sip_state_name(arrow->from),
                          sip_event_name(arrow->on), sip_state_name(to));
        }
        for (uint16_t bit = 1; bit <= TELL_TRANSPORT; bit = (uint16_t)(bit << 1)) {
            if ((arrow->actions & bit) == 0)
                continue;
            memcpy(machines, sip_machines, sizeof machines);
            bent->actions &= (uint16_t)~bit;
            ck_assert_msg(some_schedule_notices(machines), "%s: arrow %zu (%s on %s) without %#x",
                          machine->name, row, sip_state_name(arrow->from),
                          sip_event_name(arrow->on), bit);
        }
    }
}
END_TEST

/* Each timer of each state of machine `_i` is left out. */
START_TEST(every_timer_is_held)
{
    struct sip_machine machines[SIP_MACHINE_COUNT];

    for (uint8_t state = CALLING; state < TERMINATED; state++)
        for (uint8_t timer = 0; timer < SIP_TIMER_COUNT; timer++) {
            if ((sip_machines[_i].alive[state] >> timer & 1) == 0)
                continue;
            memcpy(machines, sip_machines, sizeof machines);
            machines[_i].alive[state] &= ~(UINT32_C(1) << timer);
            ck_assert_msg(some_schedule_notices(machines), "%s: %s without %s",
                          sip_machines[_i].name, sip_state_name(state), sip_event_name(timer));
        }
}
END_TEST

/* Every timer but those that repeat can be set by itself; over TCP what is 0 there stays so. */
static const struct set_row {
    uint8_t  timer;
    size_t   limit; /* its place in struct sp_limits */
    uint64_t derived_ms, reliable_ms, set_reliable_ms;
} settable[] = {
    { TIMER_B, offsetof(struct sp_limits, timer_b_ms), 32000, 32000, 77 },
    { TIMER_D, offsetof(struct sp_limits, timer_d_ms), 32000, 0, 0 },
    { TIMER_F, offsetof(struct sp_limits, timer_f_ms), 32000, 32000, 77 },
    { TIMER_H, offsetof(struct sp_limits, timer_h_ms), 32000, 32000, 77 },
    { TIMER_I, offsetof(struct sp_limits, timer_i_ms), 5000, 0, 0 },
    { TIMER_J, offsetof(struct sp_limits, timer_j_ms), 32000, 0, 0 },
    { TIMER_K, offsetof(struct sp_limits, timer_k_ms), 5000, 0, 0 },
    { TIMER_L, offsetof(struct sp_limits, timer_l_ms), 32000, 32000, 77 },
    { TIMER_M, offsetof(struct sp_limits, timer_m_ms), 32000, 32000, 77 },
};

START_TEST(timers_are_limits)
{
    const struct set_row *row = &settable[_i];
    struct sp_limits      limits = sp_limits_default;
    uint32_t              set_ms = 77;

    ck_assert_uint_eq(sip_timer_ms(&limits, row->timer, COMPLETED, false, 0), row->derived_ms);
    ck_assert_uint_eq(sip_timer_ms(&limits, row->timer, COMPLETED, true, 0), row->reliable_ms);
    memcpy((char *)&limits + row->limit, &set_ms, sizeof set_ms);
    ck_assert_uint_eq(sip_timer_ms(&limits, row->timer, COMPLETED, false, 0), 77);
    ck_assert_uint_eq(sip_timer_ms(&limits, row->timer, COMPLETED, true, 0), row->set_reliable_ms);
}
END_TEST

START_TEST(names)
{
    ck_assert_str_eq(sip_state_name(ACCEPTED), "ACCEPTED");
    ck_assert_str_eq(sip_event_name(RX_3_6XX), "RX_3_6XX");
    ck_assert_str_eq(sip_timer_letter(TIMER_G), "G");
    ck_assert_str_eq(sip_state_name(SIP_STATE_COUNT), "");
    ck_assert_str_eq(sip_event_name(SIP_EVENT_COUNT), "");
    ck_assert_str_eq(sip_timer_letter(RX_ACK), "");
}
END_TEST

Suite *test_sip_machine_suite(void)
{
    Suite *suite = suite_create("sip_machine");
    TCase *tcase = unit_tcase(suite, "machine");

    tcase_set_timeout(tcase, 60);
    unit_loop(tcase, keeps_the_schedule, schedules);
    tcase_add_loop_test(tcase, every_arrow_is_held, 0, SIP_MACHINE_COUNT);
    tcase_add_loop_test(tcase, every_timer_is_held, 0, SIP_MACHINE_COUNT);
    unit_loop(tcase, timers_are_limits, settable);
    tcase_add_test(tcase, names);
    return suite;
}
