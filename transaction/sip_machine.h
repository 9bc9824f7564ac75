/* SPDX-License-Identifier: MIT
 * transaction/sip_machine.h -- the four machines of RFC 3261 17 as tables.
 *
 * A row is an arrow of the RFC's figure; rows stand in the figure's order, from the top down.
 * Timers belong to states: a machine says which are alive in each state, whoever enters a state
 * starts those and stops the others, and no row ever mentions it; a timer that fires on an arrow
 * back to its own state starts again ("reset A"). No arrow for an event in a state: nothing
 * happens. Pure data and pure functions; knows no message, no socket, no clock.
 *
 * Where texts disagree: Timer H tells the user (RFC 3261 17.2.1; RFC 6026 figure 7 forgets it);
 * a transport error leaves every server transaction in its state (RFC 6026 8.8). */
#ifndef SIPUSH_TRANSACTION_SIP_MACHINE_H
#define SIPUSH_TRANSACTION_SIP_MACHINE_H

#include "../base/limits.h"

#include <stdbool.h>

/* X(name). START and TERMINATED are the ends of every figure. */
#define SIP_STATES(X)                                                                              \
    X(START)                                                                                       \
    X(CALLING)                                                                                     \
    X(TRYING)                                                                                      \
    X(PROCEEDING)                                                                                  \
    X(COMPLETED)                                                                                   \
    X(CONFIRMED)                                                                                   \
    X(ACCEPTED)                                                                                    \
    X(TERMINATED)

/* X(name). Timers first: RFC 3261 table 4, RFC 6026 8.11. Two have no letter in any RFC:
 * TIMER_100 is the time after which RFC 4320 4.1 wants a 100, TIMER_CANCEL the 64*T1 that RFC
 * 3261 9.1 grants a cancelled INVITE. */
#define SIP_EVENTS(X)                                                                              \
    X(TIMER_A)                                                                                     \
    X(TIMER_B)                                                                                     \
    X(TIMER_D)                                                                                     \
    X(TIMER_E)                                                                                     \
    X(TIMER_F)                                                                                     \
    X(TIMER_G)                                                                                     \
    X(TIMER_H)                                                                                     \
    X(TIMER_I)                                                                                     \
    X(TIMER_J)                                                                                     \
    X(TIMER_K)                                                                                     \
    X(TIMER_L)                                                                                     \
    X(TIMER_M)                                                                                     \
    X(TIMER_100)                                                                                   \
    X(TIMER_CANCEL)                                                                                \
    X(TU_REQUEST) /* from the user: a request to send */                                           \
    X(TU_1XX)     /* from the user: responses to send */                                           \
    X(TU_2XX)                                                                                      \
    X(TU_3_6XX)                                                                                    \
    X(TU_2_6XX)                                                                                    \
    X(RX_REQUEST) /* from the network */                                                           \
    X(RX_INVITE)                                                                                   \
    X(RX_ACK)                                                                                      \
    X(RX_1XX)                                                                                      \
    X(RX_2XX)                                                                                      \
    X(RX_3_6XX)                                                                                    \
    X(RX_2_6XX)                                                                                    \
    X(TRANSPORT_ERROR)

enum sip_state {
#define SIP_STATE_ENUM(name) name,
    SIP_STATES(SIP_STATE_ENUM)
#undef SIP_STATE_ENUM
        SIP_STATE_COUNT
};

enum sip_event {
#define SIP_EVENT_ENUM(name) name,
    SIP_EVENTS(SIP_EVENT_ENUM)
#undef SIP_EVENT_ENUM
        SIP_EVENT_COUNT,
    SIP_TIMER_COUNT = TU_REQUEST /* the events that are timers come first */
};

/* What an arrow does. SEND goes to the network, TELL to the transaction user. */
enum sip_arrow_action {
    SEND_REQUEST = 1 << 0,
    SEND_ACK = 1 << 1, /* for a 3xx-6xx: 17.1.1.3 */
    SEND_100 = 1 << 2,
    SEND_RESPONSE = 1 << 3, /* the most recent one of the user */
    TELL_REQUEST = 1 << 4,
    TELL_ACK = 1 << 5,
    TELL_RESPONSE = 1 << 6,
    TELL_TIMEOUT = 1 << 7,
    TELL_TRANSPORT = 1 << 8,
};

struct sip_arrow {
    uint8_t  from, on, to; /* enum sip_state, sip_event, sip_state */
    uint16_t actions;      /* of enum sip_arrow_action */
};

#define SIP_ARROWS 20 /* at most, a machine */

struct sip_machine {
    const char      *name, *figure;
    struct sip_arrow arrows[SIP_ARROWS];     /* the first with from == to == START ends the list */
    uint32_t         alive[SIP_STATE_COUNT]; /* timers of a state: a bit 1 << event each */
};

enum sip_machine_kind {
    INVITE_CLIENT,
    NON_INVITE_CLIENT,
    INVITE_SERVER,
    NON_INVITE_SERVER,
    SIP_MACHINE_COUNT
};

extern const struct sip_machine sip_machines[SIP_MACHINE_COUNT];

/* The arrow for an event in a state, or NULL. */
const struct sip_arrow *sip_machine_step(const struct sip_machine *machine, uint8_t state,
                                         uint8_t event);

/* How a machine calls a response of this status, from the network or (`tu`) from the user. */
enum sip_event sip_machine_status(enum sip_machine_kind kind, bool tu, uint16_t status);

/* How long a timer runs, in milliseconds; SIP_NEVER_MS when it does not run at all: the
 * retransmission timers over a reliable transport. `before_ms` is how long it ran last time, 0
 * when it starts: A doubles, E and G double up to T2, E in PROCEEDING is T2. RFC 3261 17.1.1.2,
 * 17.1.2.2, 17.2.1, 17.2.2, table 4; RFC 6026 8.4, 8.7, 8.11. */
#define SIP_NEVER_MS UINT64_MAX
uint64_t sip_timer_ms(const struct sp_limits *limits, uint8_t timer, uint8_t state, bool reliable,
                      uint64_t before_ms);

/* "CALLING", "TIMER_A"; "A" for TIMER_A. Static; never NULL. */
const char *sip_state_name(uint8_t state);
const char *sip_event_name(uint8_t event);
const char *sip_timer_letter(uint8_t timer);

#endif
