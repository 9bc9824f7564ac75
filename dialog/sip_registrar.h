/* SPDX-License-Identifier: MIT
 * dialog/sip_registrar.h -- a registrar: bindings of addresses-of-record to contacts. RFC
 * 3261 10.3; RFC 3327 5.3, RFC 3608 6.3, RFC 3840 6, RFC 5626 6.
 *
 * One table in memory of its own. A REGISTER goes in, the status and fields of its answer come out;
 * all its updates happen or none does. Never: sends anything, asks for credentials (its caller
 * does), answers 6xx, keeps Record-Route. */
#ifndef SIPUSH_DIALOG_SIP_REGISTRAR_H
#define SIPUSH_DIALOG_SIP_REGISTRAR_H

#include "../base/flow.h"
#include "../base/ident.h"
#include "../base/limits.h"
#include "../base/pool.h"
#include "../parser/sip_msg.h"
#include "../parser/sip_uri.h"
#include "sip_guard.h"

struct sip_registrar;

/* Slices outlive the registrar. Seconds: 0 takes what stands behind. */
struct sip_registrar_config {
    struct sp_slice domains;       /* hosts that are ours, comma list; empty: all */
    struct sp_slice service_route; /* value of Service-Route in each 200 (RFC 3608); empty: none */
    uint32_t        default_s;     /* without any expires; 3600 */
    uint32_t        least_s;       /* 423 below it; 60; at most an hour */
    uint32_t        most_s;        /* more is cut; 86400 */
};

/* Bindings that one REGISTER may update. */
#define SIP_REGISTRAR_CONTACTS 8

struct sip_registrar_answer {
    uint16_t        status;  /* 0: a domain that is not ours, for a proxy to forward */
    struct sp_slice fields;  /* whole lines; valid until the next call on the registrar */
    bool            changed; /* bindings were made, refreshed or removed, of ... */
    struct sp_slice aor;     /* ... this address, in its canonical form; valid as long */
};

size_t                sip_registrar_size(const struct sp_limits *limits);
struct sip_registrar *sip_registrar_init(void *memory, const struct sp_limits *limits,
                                         const uint8_t                      seed[SP_SEED_OCTETS],
                                         const struct sip_registrar_config *config);

/* A REGISTER that came on `flow` and passed 8.2: Require is looked at. `who` has shown credentials;
 * NULL: nobody was asked. */
void sip_registrar_take(struct sip_registrar *registrar, uint64_t now_us,
                        const struct sip_msg *request, const struct sp_flow *flow,
                        const struct sip_user *who, struct sip_registrar_answer *answer);

/* A binding, as a proxy needs it. Slices are valid until the next call but sip_registrar_next. */
struct sip_binding_view {
    struct sp_slice contact; /* the value as it was registered, but for its expires */
    struct sp_slice uri;     /* of `contact` */
    struct sp_slice path; /* route set (sip_route.h): what lies before the contact; empty: none */
    struct sp_slice instance; /* +sip.instance; empty: none */
    uint32_t        reg_id;   /* 0: no outbound flow */
    uint16_t        q;        /* thousandths */
    uint64_t        until_us;
    struct sp_flow  flow; /* it came on */
};

/* Walk the bindings of an address-of-record, latest first. Start with a zeroed walk; false at the
 * end. */
bool sip_registrar_next(const struct sip_registrar *registrar, uint64_t now_us,
                        const struct sip_uri *aor, struct sp_handle *walk,
                        struct sip_binding_view *view);
/* A flow is gone, and with it the bindings that are flows themselves (RFC 5626): one a call, and
 * its address, valid until the next; false when none is left. */
bool sip_registrar_closed(struct sip_registrar *registrar, const struct sp_flow *flow,
                          struct sp_slice *aor);
/* The same for those that have expired. Until then they are not found any more. */
bool     sip_registrar_tick(struct sip_registrar *registrar, uint64_t now_us, struct sp_slice *aor);
uint64_t sip_registrar_deadline(const struct sip_registrar *registrar);
/* Bindings there are. */
uint32_t sip_registrar_count(const struct sip_registrar *registrar);

#endif
