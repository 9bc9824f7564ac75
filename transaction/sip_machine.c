/* SPDX-License-Identifier: MIT
 * transaction/sip_machine.c -- the arrows of the four figures, and how long their timers run.
 *
 * RFC 3261 17.1.1.2, 17.1.2.2, 17.2.1, 17.2.2 with table 4; RFC 6026 8.4 to 8.8 and 8.11; RFC
 * 4320 4.1. */
#include "sip_machine.h"

#define BIT(timer) (UINT32_C(1) << (timer))

/* clang-format off */
const struct sip_machine sip_machines[SIP_MACHINE_COUNT] = {
    /* RFC 3261 figure 5 as updated by RFC 6026 8.4; a cancelled INVITE: RFC 3261 9.1 */
    [INVITE_CLIENT] = {
        "INVITE client", "RFC 6026 figure 5",
        {
            { START,      TU_REQUEST,      CALLING,    SEND_REQUEST             },
            { CALLING,    TIMER_A,         CALLING,    SEND_REQUEST             },
            { CALLING,    TIMER_B,         TERMINATED, TELL_TIMEOUT             },
            { CALLING,    TRANSPORT_ERROR, TERMINATED, TELL_TRANSPORT           },
            { CALLING,    RX_2XX,          ACCEPTED,   TELL_RESPONSE            },
            { CALLING,    RX_1XX,          PROCEEDING, TELL_RESPONSE            },
            { CALLING,    RX_3_6XX,        COMPLETED,  SEND_ACK | TELL_RESPONSE },
            { PROCEEDING, RX_1XX,          PROCEEDING, TELL_RESPONSE            },
            { PROCEEDING, RX_2XX,          ACCEPTED,   TELL_RESPONSE            },
            { PROCEEDING, RX_3_6XX,        COMPLETED,  SEND_ACK | TELL_RESPONSE },
            { PROCEEDING, TIMER_CANCEL,    TERMINATED, TELL_TIMEOUT             },
            { COMPLETED,  RX_3_6XX,        COMPLETED,  SEND_ACK                 },
            { COMPLETED,  TRANSPORT_ERROR, TERMINATED, TELL_TRANSPORT           },
            { COMPLETED,  TIMER_D,         TERMINATED, 0                        },
            { ACCEPTED,   RX_2XX,          ACCEPTED,   TELL_RESPONSE            },
            { ACCEPTED,   TIMER_M,         TERMINATED, 0                        },
        },
        {
            [CALLING]    = BIT(TIMER_A) | BIT(TIMER_B),
            [PROCEEDING] = BIT(TIMER_CANCEL), /* runs only once a CANCEL is asked for */
            [COMPLETED]  = BIT(TIMER_D),
            [ACCEPTED]   = BIT(TIMER_M),
        },
    },
    /* RFC 3261 figure 6 */
    [NON_INVITE_CLIENT] = {
        "non-INVITE client", "RFC 3261 figure 6",
        {
            { START,      TU_REQUEST,      TRYING,     SEND_REQUEST   },
            { TRYING,     TIMER_E,         TRYING,     SEND_REQUEST   },
            { TRYING,     TIMER_F,         TERMINATED, TELL_TIMEOUT   },
            { TRYING,     TRANSPORT_ERROR, TERMINATED, TELL_TRANSPORT },
            { TRYING,     RX_1XX,          PROCEEDING, TELL_RESPONSE  },
            { TRYING,     RX_2_6XX,        COMPLETED,  TELL_RESPONSE  },
            { PROCEEDING, TIMER_E,         PROCEEDING, SEND_REQUEST   },
            { PROCEEDING, TIMER_F,         TERMINATED, TELL_TIMEOUT   },
            { PROCEEDING, TRANSPORT_ERROR, TERMINATED, TELL_TRANSPORT },
            { PROCEEDING, RX_1XX,          PROCEEDING, TELL_RESPONSE  },
            { PROCEEDING, RX_2_6XX,        COMPLETED,  TELL_RESPONSE  },
            { COMPLETED,  TIMER_K,         TERMINATED, 0              },
        },
        {
            [TRYING]     = BIT(TIMER_E) | BIT(TIMER_F),
            [PROCEEDING] = BIT(TIMER_E) | BIT(TIMER_F),
            [COMPLETED]  = BIT(TIMER_K),
        },
    },
    /* RFC 3261 figure 7 as updated by RFC 6026 8.6; Timer H tells: RFC 3261 17.2.1 */
    [INVITE_SERVER] = {
        "INVITE server", "RFC 6026 figure 7",
        {
            { START,      RX_INVITE,       PROCEEDING, TELL_REQUEST | SEND_100 },
            { PROCEEDING, RX_INVITE,       PROCEEDING, SEND_RESPONSE           },
            { PROCEEDING, TU_1XX,          PROCEEDING, SEND_RESPONSE           },
            { PROCEEDING, TRANSPORT_ERROR, PROCEEDING, TELL_TRANSPORT          },
            { PROCEEDING, TU_3_6XX,        COMPLETED,  SEND_RESPONSE           },
            { PROCEEDING, TU_2XX,          ACCEPTED,   SEND_RESPONSE           },
            { COMPLETED,  RX_INVITE,       COMPLETED,  SEND_RESPONSE           },
            { COMPLETED,  TIMER_G,         COMPLETED,  SEND_RESPONSE           },
            { COMPLETED,  TRANSPORT_ERROR, COMPLETED,  TELL_TRANSPORT          },
            { COMPLETED,  RX_ACK,          CONFIRMED,  0                       },
            { COMPLETED,  TIMER_H,         TERMINATED, TELL_TIMEOUT            },
            { CONFIRMED,  TIMER_I,         TERMINATED, 0                       },
            { ACCEPTED,   RX_INVITE,       ACCEPTED,   0                       },
            { ACCEPTED,   TRANSPORT_ERROR, ACCEPTED,   TELL_TRANSPORT          },
            { ACCEPTED,   RX_ACK,          ACCEPTED,   TELL_ACK                },
            { ACCEPTED,   TU_2XX,          ACCEPTED,   SEND_RESPONSE           },
            { ACCEPTED,   TIMER_L,         TERMINATED, 0                       },
        },
        {
            [COMPLETED] = BIT(TIMER_G) | BIT(TIMER_H),
            [CONFIRMED] = BIT(TIMER_I),
            [ACCEPTED]  = BIT(TIMER_L),
        },
    },
    /* RFC 3261 figure 8; its transport errors as in RFC 6026 8.8; its own 100: RFC 4320 4.1 */
    [NON_INVITE_SERVER] = {
        "non-INVITE server", "RFC 3261 figure 8",
        {
            { START,      RX_REQUEST,      TRYING,     TELL_REQUEST   },
            { TRYING,     TU_2_6XX,        COMPLETED,  SEND_RESPONSE  },
            { TRYING,     TU_1XX,          PROCEEDING, SEND_RESPONSE  },
            { TRYING,     TIMER_100,       PROCEEDING, SEND_100       },
            { PROCEEDING, RX_REQUEST,      PROCEEDING, SEND_RESPONSE  },
            { PROCEEDING, TU_1XX,          PROCEEDING, SEND_RESPONSE  },
            { PROCEEDING, TRANSPORT_ERROR, PROCEEDING, TELL_TRANSPORT },
            { PROCEEDING, TU_2_6XX,        COMPLETED,  SEND_RESPONSE  },
            { COMPLETED,  RX_REQUEST,      COMPLETED,  SEND_RESPONSE  },
            { COMPLETED,  TRANSPORT_ERROR, COMPLETED,  TELL_TRANSPORT },
            { COMPLETED,  TIMER_J,         TERMINATED, 0              },
        },
        {
            [TRYING]    = BIT(TIMER_100),
            [COMPLETED] = BIT(TIMER_J),
        },
    },
};
/* clang-format on */

const struct sip_arrow *sip_machine_step(const struct sip_machine *machine, uint8_t state,
                                         uint8_t event)
{
    for (size_t i = 0; i < SIP_ARROWS; i++) {
        const struct sip_arrow *arrow = &machine->arrows[i];

        if (arrow->from == START && arrow->to == START)
            break;
        if (arrow->from == state && arrow->on == event)
            return arrow;
    }
    return NULL;
}

enum sip_event sip_machine_status(enum sip_machine_kind kind, bool tu, uint16_t status)
{
    bool invite = kind == INVITE_CLIENT || kind == INVITE_SERVER;

    if (status < 200)
        return tu ? TU_1XX : RX_1XX;
    if (!invite)
        return tu ? TU_2_6XX : RX_2_6XX;
    if (status < 300)
        return tu ? TU_2XX : RX_2XX;
    return tu ? TU_3_6XX : RX_3_6XX;
}

/* T1, 2*T1, 4*T1, ..., at most `most`. */
static uint64_t doubled(const struct sp_limits *limits, uint64_t before_ms, uint64_t most)
{
    uint64_t ms = before_ms == 0 ? limits->t1_ms : 2 * before_ms;

    return ms < most ? ms : most;
}

/* When a client's Timer E is first set to T2: T1 + 2*T1 + ..., until the next one would be T2. */
static uint64_t until_t2(const struct sp_limits *limits)
{
    uint64_t sum = 0;

    for (uint64_t ms = limits->t1_ms; ms > 0 && ms < limits->t2_ms; ms *= 2)
        sum += ms;
    return sum;
}

/* What its user set, or what follows from T1 or T4. */
static uint64_t set_or(uint32_t set_ms, uint64_t derived_ms)
{
    return set_ms != 0 ? set_ms : derived_ms;
}

uint64_t sip_timer_ms(const struct sp_limits *limits, uint8_t timer, uint8_t state, bool reliable,
                      uint64_t before_ms)
{
    uint64_t t1_64_ms = 64 * (uint64_t)limits->t1_ms;

    switch (timer) {
    case TIMER_A: return reliable ? SIP_NEVER_MS : doubled(limits, before_ms, UINT32_MAX);
    case TIMER_E:
        if (reliable)
            return SIP_NEVER_MS;
        return state == PROCEEDING ? limits->t2_ms : doubled(limits, before_ms, limits->t2_ms);
    case TIMER_G: return reliable ? SIP_NEVER_MS : doubled(limits, before_ms, limits->t2_ms);
    case TIMER_D: return reliable ? 0 : limits->timer_d_ms;
    case TIMER_I: return reliable ? 0 : set_or(limits->timer_i_ms, limits->t4_ms);
    case TIMER_K: return reliable ? 0 : set_or(limits->timer_k_ms, limits->t4_ms);
    case TIMER_J: return reliable ? 0 : set_or(limits->timer_j_ms, t1_64_ms);
    case TIMER_B: return set_or(limits->timer_b_ms, t1_64_ms); /* from here on for all transports */
    case TIMER_F: return set_or(limits->timer_f_ms, t1_64_ms);
    case TIMER_H: return set_or(limits->timer_h_ms, t1_64_ms);
    case TIMER_L: return set_or(limits->timer_l_ms, t1_64_ms);
    case TIMER_M: return set_or(limits->timer_m_ms, t1_64_ms);
    case TIMER_100: return until_t2(limits);
    default: /* a cancelled INVITE */ return t1_64_ms;
    }
}

const char *sip_state_name(uint8_t state)
{
    static const char *const names[SIP_STATE_COUNT] = {
#define SIP_STATE_NAME(name) #name,
        SIP_STATES(SIP_STATE_NAME)
#undef SIP_STATE_NAME
    };

    return state < SIP_STATE_COUNT ? names[state] : "";
}

const char *sip_event_name(uint8_t event)
{
    static const char *const names[SIP_EVENT_COUNT] = {
#define SIP_EVENT_NAME(name) #name,
        SIP_EVENTS(SIP_EVENT_NAME)
#undef SIP_EVENT_NAME
    };

    return event < SIP_EVENT_COUNT ? names[event] : "";
}

const char *sip_timer_letter(uint8_t timer)
{
    return timer < SIP_TIMER_COUNT ? sip_event_name(timer) + sizeof "TIMER_" - 1 : "";
}
