/* SPDX-License-Identifier: MIT
 * dialog/sip_location.h -- the table of a registrar: bindings by address-of-record. RFC 3261 10.1,
 * 10.3. Not for users; sip_registrar.h is.
 *
 * sip_registrar.c changes it by the steps of 10.3, sip_location.c holds it, ends what expires and
 * shows it to proxies. A binding is found until its time is over, whether that was told or not. */
#ifndef SIPUSH_DIALOG_SIP_LOCATION_H
#define SIPUSH_DIALOG_SIP_LOCATION_H

#include "../base/store.h"
#include "../base/table.h"
#include "../base/timers.h"
#include "sip_registrar.h"

struct sip_binding {
    struct sp_table_link link; /* in `bindings`, by address-of-record */
    struct sp_timer      timer;
    void                *block;
    struct sp_slice      aor, contact, call_id, path;
    uint32_t             cseq, reg_id;
    uint16_t             q;
    uint64_t             until_us;
    struct sp_flow       flow;
};

struct sip_registrar {
    struct sip_registrar_config config;
    struct sp_limits            limits;
    struct sp_pool   pool; /* struct sip_binding: the bindings, and updates of one REGISTER */
    struct sp_table  bindings;
    struct sp_timers timers;
    struct sp_store  store;
    char            *text; /* limits.message_octets to write in */
};

/* The next binding of a canonical address that has not expired: after `from`, or the first. */
struct sip_binding *sip_location_next(const struct sip_registrar *r, struct sp_slice aor,
                                      const struct sip_binding *from, uint64_t now_us);
uint64_t            sip_location_hash(const struct sip_registrar *r, struct sp_slice aor);
/* Gives it back, in the table or still in the making. */
void sip_location_forget(struct sip_registrar *r, struct sip_binding *one);

#endif
