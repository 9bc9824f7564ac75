/* SPDX-License-Identifier: MIT
 * tools/relayed.h -- `--relay`: MSRP through relays of ours, for send and recv. */
#ifndef SIPUSH_TOOLS_RELAYED_H
#define SIPUSH_TOOLS_RELAYED_H

#include "../push/push_relay.h"
#include "host.h"
#include "secret.h"

struct relayed {
    char text[1024]; /* their URIs, split by SP; empty: none */
    char password[SECRET_OCTETS];
    bool ready; /* a URI was ready once */
    bool told;  /* what went wrong last was said */
};

/* One more, behind the others: "msrp://host:port", also without scheme. 0 or EXIT_USAGE. */
int relayed_add(struct host *host, struct relayed *relayed, const char *value);
/* What the agent is to be given. 0 or an exit code. */
int relayed_config(struct host *host, struct relayed *relayed, const char *user,
                   const char *password_file, uint32_t ready, struct push_relay_config *config);
/* What push_sender_relays or push_receiver_relays says: 0: sessions can be had, or could; -1: not
 * yet; else why it comes to nothing, with words on stderr. */
int relayed_verdict(struct host *host, struct relayed *relayed, uint32_t ready, uint32_t wanted,
                    enum sp_err err, uint16_t status);

#endif
