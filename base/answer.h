/* SPDX-License-Identifier: MIT
 * base/answer.h -- what a host is asked about a name, and the records that answer. RFC 2782, RFC
 * 3403 4.
 *
 * Addresses are answered as struct sp_addr, everything else as struct sp_record. A record is a
 * value: it points nowhere. Names are text without the last dot ("_sip._udp.example.com"), the root
 * is empty. */
#ifndef SIPUSH_BASE_ANSWER_H
#define SIPUSH_BASE_ANSWER_H

#include "addr.h"

enum sp_question {
    SP_ASK_ADDRS, /* A and AAAA */
    SP_ASK_SRV,
    SP_ASK_NAPTR,
};

#define SP_NAME_OCTETS    255 /* of a name */
#define SP_SERVICE_OCTETS 15  /* of the services of a NAPTR: "SIPS+D2T" has 8 */
#define SP_RECORDS        16  /* of an answer; further ones are not looked at */

struct sp_record {
    uint16_t order, preference; /* NAPTR; SRV: priority and weight */
    uint16_t port;              /* SRV */
    char     flag;              /* NAPTR: in lower case; '\0': none, '?': several */
    bool     regexp;            /* NAPTR: it has one */
    uint8_t  service_octets, name_octets;
    char     service[SP_SERVICE_OCTETS]; /* NAPTR; one that is longer is none of ours: empty */
    char     name[SP_NAME_OCTETS];       /* SRV: target; NAPTR: replacement */
};

#endif
