/* SPDX-License-Identifier: MIT
 * base/flow.h -- where octets come from and go to.
 *
 * A flow of UDP is a local socket and a remote address; a flow of TCP is a connection. The host
 * names them: `id` is opaque to the core, never used twice within a run, and 0 for no flow. */
#ifndef SIPUSH_BASE_FLOW_H
#define SIPUSH_BASE_FLOW_H

#include "addr.h"

enum sp_transport { SP_UDP, SP_TCP };
enum sp_protocol { SP_SIP, SP_MSRP };

struct sp_flow {
    uint64_t       id;        /* of the local socket (UDP) or of the connection (TCP) */
    uint8_t        transport; /* enum sp_transport */
    uint8_t        protocol;  /* enum sp_protocol: which floor reads its octets */
    struct sp_addr local, remote;
};

bool sp_flow_eq(const struct sp_flow *a, const struct sp_flow *b);
bool sp_flow_stream(const struct sp_flow *flow);

#endif
