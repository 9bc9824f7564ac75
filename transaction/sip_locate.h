/* SPDX-License-Identifier: MIT
 * transaction/sip_locate.h -- from a URI to the targets of its request. RFC 3263 4; RFC 2782; RFC
 * 3403 4.1.
 *
 * A machine that knows no DNS: it says what is to be asked of which name and takes the answer,
 * until it has a target. After a failure (RFC 3263 4.3) it goes on to the next one, and asks again
 * where it must: a name is asked for when its turn comes, so one whose turn never comes is not.
 * Bounded: questions and targets are counted. Never: caches, knows a server's state, chooses TLS (a
 * sips URI is SP_UNSUPPORTED). */
#ifndef SIPUSH_TRANSACTION_SIP_LOCATE_H
#define SIPUSH_TRANSACTION_SIP_LOCATE_H

#include "../base/answer.h"
#include "../base/ident.h"
#include "../parser/sip_uri.h"
#include "sip_tx.h"

/* What one request takes at most. */
#define SIP_LOCATE_MOST_SERVICES 4    /* names of SRV records */
#define SIP_LOCATE_MOST_SERVERS  8    /* SRV records of one name */
#define SIP_LOCATE_MOST_ADDRS    8    /* addresses of one server */
#define SIP_LOCATE_MOST_TEXTS    1024 /* octets of all names; what finds no room is left out */
#define SIP_LOCATE_MOST_ASKS     16
#define SIP_LOCATE_MOST_TARGETS  8

enum sip_locate_state {
    SIP_LOCATE_NAPTR,  /* NAPTR of `asked` is to be asked, or has been */
    SIP_LOCATE_SRV,    /* SRV, the same */
    SIP_LOCATE_ADDRS,  /* A and AAAA, the same */
    SIP_LOCATE_TARGET, /* `target` stands */
    SIP_LOCATE_END,    /* there is none, or none any more */
};

/* A name, and what is known of whoever is behind it. */
struct sip_locate_name {
    uint16_t at, octets; /* in `texts` */
    uint16_t port;
    uint8_t  transport; /* enum sp_transport */
};

struct sip_locate {
    enum sip_locate_state  state;
    struct sip_target      target;
    struct sip_locate_name asked;
    struct sip_locate_name domain;     /* TARGET of RFC 3263 4, with what holds if no record does */
    uint8_t                ways;       /* that we have: SIP_LOCATE_WAY, or-ed */
    bool                   falls_back; /* no SRV record yet: at last the domain itself is asked */
    uint8_t                asks, targets; /* that may still follow */
    uint8_t                service, services, server, servers, addr, addrs; /* next one; all */
    struct sip_locate_name service_names[SIP_LOCATE_MOST_SERVICES];
    struct sip_locate_name server_names[SIP_LOCATE_MOST_SERVERS]; /* of one service, in order */
    struct sp_addr         found[SIP_LOCATE_MOST_ADDRS];          /* of one server */
    uint16_t               kept, text_octets; /* texts up to `kept` outlive a service */
    char                   texts[SIP_LOCATE_MOST_TEXTS];
};

/* A transport and family that requests can leave by. */
#define SIP_LOCATE_WAY(transport, family) (1u << ((transport)*2u + ((family) == SP_IPV6)))

/* Start with a URI: TARGET where it has a numeric host, else a question. SP_UNSUPPORTED: the scheme
 * (sips needs TLS) or the transport; SP_LIMIT: the name is too long. */
SP_MUST_USE enum sp_err sip_locate_start(struct sip_locate *locate, const struct sip_uri *uri,
                                         uint8_t ways);
/* The records came, of SRV or NAPTR as it was asked; count 0: there are none. Equal ones are
 * ordered by `ident`. */
void sip_locate_found(struct sip_locate *locate, const struct sp_record *records, size_t count,
                      struct sp_ident *ident);
/* The addresses came; as the answer to another question they are those of the domain, and no more
 * is asked. One that has a port says more than the URI. */
void sip_locate_resolved(struct sip_locate *locate, const struct sp_addr *addrs, size_t count);
/* The target failed: to the next one. */
void sip_locate_next(struct sip_locate *locate);
/* Could there be another target after this one? */
bool sip_locate_has_more(const struct sip_locate *locate);
/* What is to be asked, but for its cookie. Its name lies in `locate`. */
struct sp_io sip_locate_io(const struct sip_locate *locate);

#endif
