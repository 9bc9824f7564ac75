/* SPDX-License-Identifier: MIT
 * base/flow.c -- where octets come from and go to. */
#include "flow.h"

bool sp_flow_eq(const struct sp_flow *a, const struct sp_flow *b)
{
    if (a->id != b->id || a->transport != b->transport)
        return false;
    /* One socket of UDP serves many remote addresses; a connection has one. */
    return sp_flow_stream(a) || sp_addr_eq(&a->remote, &b->remote);
}

bool sp_flow_stream(const struct sp_flow *flow)
{
    return flow->transport == SP_TCP;
}
