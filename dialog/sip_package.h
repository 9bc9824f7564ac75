/* SPDX-License-Identifier: MIT
 * dialog/sip_package.h -- event packages as a table. RFC 6665 5, 7.2; RFC 3856 (presence), RFC 3680
 * (reg).
 *
 * What a package decides and the machines need: bodies and times. A package that is not in the
 * table is opaque: any body, the times that most packages have. Never: looks into a body. */
#ifndef SIPUSH_DIALOG_SIP_PACKAGE_H
#define SIPUSH_DIALOG_SIP_PACKAGE_H

#include "../base/slice.h"

struct sip_package {
    const char *name;      /* "": the opaque one */
    const char *types;     /* of bodies, comma list, the default first; "": any */
    uint32_t    default_s; /* that a subscription or publication lasts without Expires; and at most
                              here */
    uint32_t least_s;      /* the shortest that is accepted (423) */
};

/* The package of an Event, by its type; never NULL. */
const struct sip_package *sip_package_of(struct sp_slice type);
/* True when a comma list of names has this one. */
bool sip_package_listed(struct sp_slice list, struct sp_slice type);
/* A body of this type may stand where `accept` (comma list; empty: as the package has it) says what
 * is understood. */
bool sip_package_accepts(const struct sip_package *package, struct sp_slice accept,
                         struct sp_slice content_type);

#endif
