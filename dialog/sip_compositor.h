/* SPDX-License-Identifier: MIT
 * dialog/sip_compositor.h -- an event state compositor: what others publish. RFC 3903 6.
 *
 * One table in memory of its own. A PUBLISH goes in, the status and fields of its answer come out.
 * Who composes what subscribers see out of the states of an address does so when told that they
 * changed. Never: sends anything, looks into a body, uses an entity-tag twice. */
#ifndef SIPUSH_DIALOG_SIP_COMPOSITOR_H
#define SIPUSH_DIALOG_SIP_COMPOSITOR_H

#include "../base/ident.h"
#include "../base/limits.h"
#include "../base/pool.h"
#include "../parser/sip_msg.h"
#include "../parser/sip_uri.h"
#include "sip_guard.h"

struct sip_compositor;

/* Slices outlive the compositor. */
struct sip_compositor_config {
    struct sp_slice domains; /* hosts that are ours, comma list; empty: all */
    struct sp_slice events;  /* packages, comma list */
};

struct sip_compositor_answer {
    uint16_t        status;
    struct sp_slice fields; /* whole lines; valid until the next call on the compositor */
};

size_t                 sip_compositor_size(const struct sp_limits *limits);
struct sip_compositor *sip_compositor_init(void *memory, const struct sp_limits *limits,
                                           const uint8_t                       seed[SP_SEED_OCTETS],
                                           const struct sip_compositor_config *config);

/* A PUBLISH that passed 8.2 of RFC 3261. `who` has shown credentials; NULL: nobody was asked. */
void sip_compositor_take(struct sip_compositor *compositor, uint64_t now_us,
                         const struct sip_msg *request, const struct sip_user *who,
                         struct sip_compositor_answer *answer);

/* A state, as it was published. Slices are valid until the compositor is told something. */
struct sip_published {
    struct sp_slice aor;   /* canonical (sip_aor.h) */
    struct sp_slice event; /* package */
    struct sp_slice content_type, body;
    uint64_t        until_us;
};

/* Walk the states of an address and package, latest first. Start with a zeroed walk; false at the
 * end. */
bool sip_compositor_next(const struct sip_compositor *compositor, uint64_t now_us,
                         const struct sip_uri *aor, struct sp_slice event, struct sp_handle *walk,
                         struct sip_published *state);
/* The next address and package whose states changed since it was asked for; of one that is gone
 * (removed, expired) there is no body. False: none. A state that is gone keeps its room until it
 * was told here. */
bool     sip_compositor_changed(struct sip_compositor *compositor, struct sip_published *state);
void     sip_compositor_tick(struct sip_compositor *compositor, uint64_t now_us);
uint64_t sip_compositor_deadline(const struct sip_compositor *compositor);
/* States there are, those that are gone and untold among them. */
uint32_t sip_compositor_count(const struct sip_compositor *compositor);

#endif
