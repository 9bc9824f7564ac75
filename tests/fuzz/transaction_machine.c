/* SPDX-License-Identifier: MIT
 * tests/fuzz/transaction_machine.c -- the four tables under any schedule of events, beside a model.
 * RFC 3261 17, RFC 6026, RFC 4320.
 *
 * An input is a machine, its limits, and then an octet an event. The model says by event, as the
 * texts do, what the tables say by state; and it counts how often a timer fired, where the code is
 * given how long it ran. Laws: both take the same arrows, do the same, and their timers run the
 * same. */
#include "../../transaction/sip_machine.h"
#include "fuzz.h"

static const struct step {
    uint8_t  to;
    uint16_t does;
} nothing = { SIP_STATE_COUNT, 0 };

static struct step step(uint8_t to, uint16_t does)
{
    return (struct step){ to, does };
}

/* ---- what the texts say */

/* 17.1.1.2; RFC 6026 7.2 */
static struct step invite_client(uint8_t at, uint8_t event)
{
    bool waits = at == CALLING || at == PROCEEDING;

    switch (event) {
    case TU_REQUEST: return at == START ? step(CALLING, SEND_REQUEST) : nothing;
    case TIMER_A: return at == CALLING ? step(CALLING, SEND_REQUEST) : nothing;
    case TIMER_B: return at == CALLING ? step(TERMINATED, TELL_TIMEOUT) : nothing;
    case TIMER_CANCEL: return at == PROCEEDING ? step(TERMINATED, TELL_TIMEOUT) : nothing;
    case RX_1XX: return waits ? step(PROCEEDING, TELL_RESPONSE) : nothing;
    case RX_2XX: return waits || at == ACCEPTED ? step(ACCEPTED, TELL_RESPONSE) : nothing;
    case RX_3_6XX:
        if (waits)
            return step(COMPLETED, SEND_ACK | TELL_RESPONSE);
        return at == COMPLETED ? step(COMPLETED, SEND_ACK) : nothing;
    case TRANSPORT_ERROR:
        return at == CALLING || at == COMPLETED ? step(TERMINATED, TELL_TRANSPORT) : nothing;
    case TIMER_D: return at == COMPLETED ? step(TERMINATED, 0) : nothing;
    case TIMER_M: return at == ACCEPTED ? step(TERMINATED, 0) : nothing;
    default: return nothing;
    }
}

/* 17.1.2.2 */
static struct step other_client(uint8_t at, uint8_t event)
{
    bool waits = at == TRYING || at == PROCEEDING;

    switch (event) {
    case TU_REQUEST: return at == START ? step(TRYING, SEND_REQUEST) : nothing;
    case TIMER_E: return waits ? step(at, SEND_REQUEST) : nothing;
    case TIMER_F: return waits ? step(TERMINATED, TELL_TIMEOUT) : nothing;
    case TRANSPORT_ERROR: return waits ? step(TERMINATED, TELL_TRANSPORT) : nothing;
    case RX_1XX: return waits ? step(PROCEEDING, TELL_RESPONSE) : nothing;
    case RX_2_6XX: return waits ? step(COMPLETED, TELL_RESPONSE) : nothing;
    case TIMER_K: return at == COMPLETED ? step(TERMINATED, 0) : nothing;
    default: return nothing;
    }
}

/* 17.2.1; RFC 6026 7.1, 8.8; Timer H tells (17.2.1) */
static struct step invite_server(uint8_t at, uint8_t event)
{
    bool answered = at == COMPLETED;

    switch (event) {
    case RX_INVITE:
        if (at == START)
            return step(PROCEEDING, TELL_REQUEST | SEND_100);
        if (at == ACCEPTED)
            return step(ACCEPTED, 0);
        return at == PROCEEDING || answered ? step(at, SEND_RESPONSE) : nothing;
    case TU_1XX: return at == PROCEEDING ? step(at, SEND_RESPONSE) : nothing;
    case TU_3_6XX: return at == PROCEEDING ? step(COMPLETED, SEND_RESPONSE) : nothing;
    case TU_2XX:
        return at == PROCEEDING || at == ACCEPTED ? step(ACCEPTED, SEND_RESPONSE) : nothing;
    case TIMER_G: return answered ? step(at, SEND_RESPONSE) : nothing;
    case TIMER_H: return answered ? step(TERMINATED, TELL_TIMEOUT) : nothing;
    case RX_ACK:
        if (at == ACCEPTED)
            return step(at, TELL_ACK);
        return answered ? step(CONFIRMED, 0) : nothing;
    case TIMER_I: return at == CONFIRMED ? step(TERMINATED, 0) : nothing;
    case TIMER_L: return at == ACCEPTED ? step(TERMINATED, 0) : nothing;
    case TRANSPORT_ERROR:
        return at == PROCEEDING || answered || at == ACCEPTED ? step(at, TELL_TRANSPORT) : nothing;
    default: return nothing;
    }
}

/* 17.2.2; RFC 6026 8.8; RFC 4320 4.1 */
static struct step other_server(uint8_t at, uint8_t event)
{
    switch (event) {
    case RX_REQUEST:
        if (at == START)
            return step(TRYING, TELL_REQUEST);
        return at == PROCEEDING || at == COMPLETED ? step(at, SEND_RESPONSE) : nothing;
    case TU_1XX:
        return at == TRYING || at == PROCEEDING ? step(PROCEEDING, SEND_RESPONSE) : nothing;
    case TIMER_100: return at == TRYING ? step(PROCEEDING, SEND_100) : nothing;
    case TU_2_6XX:
        return at == TRYING || at == PROCEEDING ? step(COMPLETED, SEND_RESPONSE) : nothing;
    case TRANSPORT_ERROR:
        return at == PROCEEDING || at == COMPLETED ? step(at, TELL_TRANSPORT) : nothing;
    case TIMER_J: return at == COMPLETED ? step(TERMINATED, 0) : nothing;
    default: return nothing;
    }
}

static struct step model(uint8_t kind, uint8_t at, uint8_t event)
{
    switch (kind) {
    case INVITE_CLIENT: return invite_client(at, event);
    case NON_INVITE_CLIENT: return other_client(at, event);
    case INVITE_SERVER: return invite_server(at, event);
    default: return other_server(at, event);
    }
}

/* RFC 3261 table 4: does it run while the machine is there? */
static bool runs(uint8_t kind, uint8_t at, uint8_t timer)
{
    bool invite = kind == INVITE_CLIENT || kind == INVITE_SERVER;
    bool client = kind == INVITE_CLIENT || kind == NON_INVITE_CLIENT;

    switch (timer) {
    case TIMER_A:
    case TIMER_B: return invite && client && at == CALLING;
    case TIMER_CANCEL: return invite && client && at == PROCEEDING;
    case TIMER_D: return invite && client && at == COMPLETED;
    case TIMER_M: return invite && client && at == ACCEPTED;
    case TIMER_E:
    case TIMER_F: return !invite && client && (at == TRYING || at == PROCEEDING);
    case TIMER_K: return !invite && client && at == COMPLETED;
    case TIMER_G:
    case TIMER_H: return invite && !client && at == COMPLETED;
    case TIMER_I: return invite && !client && at == CONFIRMED;
    case TIMER_L: return invite && !client && at == ACCEPTED;
    case TIMER_100: return !invite && !client && at == TRYING;
    default: return !invite && !client && at == COMPLETED; /* J */
    }
}

/* How long it runs, when it fired `fired` times before. */
static uint64_t lasts(const struct sp_limits *limits, uint8_t timer, uint8_t at, bool reliable,
                      unsigned fired)
{
    uint64_t ms = limits->t1_ms;

    switch (timer) {
    case TIMER_A:
    case TIMER_E:
    case TIMER_G:
        if (reliable)
            return SIP_NEVER_MS;
        if (timer == TIMER_E && at == PROCEEDING)
            return limits->t2_ms;
        while (fired-- > 0 && (timer == TIMER_A ? ms < UINT32_MAX : ms < limits->t2_ms))
            ms *= 2;
        if (timer == TIMER_A)
            return ms < UINT32_MAX ? ms : UINT32_MAX;
        return ms < limits->t2_ms ? ms : limits->t2_ms;
    case TIMER_D: return reliable ? 0 : limits->timer_d_ms;
    case TIMER_I:
    case TIMER_K: return reliable ? 0 : limits->t4_ms;
    case TIMER_J: return reliable ? 0 : 64 * ms;
    case TIMER_100: {
        uint64_t sum = 0;

        for (; ms > 0 && ms < limits->t2_ms; ms *= 2)
            sum += ms;
        return sum;
    }
    default: return 64 * ms;
    }
}

/* ---- both, side by side */

struct both {
    struct sp_limits limits;
    uint8_t          kind, state;
    bool             reliable;
    unsigned         fired;  /* the repeating timer, since the state was entered */
    uint64_t         ran_ms; /* how long it ran last, as the code is told */
};

static void check_timers(struct both *both)
{
    for (uint8_t timer = 0; timer < SIP_TIMER_COUNT; timer++) {
        bool     alive = (sip_machines[both->kind].alive[both->state] >> timer & 1) != 0;
        bool     repeats = timer == TIMER_A || timer == TIMER_E || timer == TIMER_G;
        uint64_t ms;

        fuzz_law(alive == runs(both->kind, both->state, timer));
        if (!alive)
            continue;
        ms = sip_timer_ms(&both->limits, timer, both->state, both->reliable,
                          repeats ? both->ran_ms : 0);
        fuzz_law(ms == lasts(&both->limits, timer, both->state, both->reliable,
                             repeats ? both->fired : 0));
        if (repeats && ms != SIP_NEVER_MS)
            both->ran_ms = ms;
    }
}

static void happen(struct both *both, uint8_t event)
{
    const struct sip_arrow *arrow = sip_machine_step(&sip_machines[both->kind], both->state, event);
    struct step             due = model(both->kind, both->state, event);

    fuzz_law((arrow != NULL) == (due.to != SIP_STATE_COUNT));
    if (arrow == NULL)
        return;
    fuzz_law(arrow->to == due.to && arrow->actions == due.does);
    if (due.to != both->state) {
        both->fired = 0;
        both->ran_ms = 0;
    } else if (event == TIMER_A || event == TIMER_E || event == TIMER_G) {
        both->fired++;
    } else {
        both->state = due.to; /* its timers run on */
        return;
    }
    both->state = due.to;
    check_timers(both);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct sp_slice input = sp_slice(octets, len);
    struct both     both = { .limits = sp_limits_default, .state = START };
    uint8_t         how = fuzz_take(&input);

    both.kind = how % SIP_MACHINE_COUNT;
    both.reliable = (how & 4) != 0;
    both.limits.t1_ms = 1 + 10u * fuzz_take(&input);
    both.limits.t2_ms = 1 + 100u * fuzz_take(&input);
    for (size_t events = 0; input.len > 0 && events < 4096; events++)
        happen(&both, fuzz_take(&input) % SIP_EVENT_COUNT);
    return 0;
}
