/* SPDX-License-Identifier: MIT
 * msrp/msrp_check.h -- is a frame right, beyond its grammar: which fields must and must not stand
 * in it, what must agree with what, and with the frames before it. RFC 4975 6, 7, 9, 14.1; RFC
 * 4976.
 *
 * For those who judge a peer (`sipush lint`): the endpoint itself is lenient. Frames of a stream
 * are told in order, of one direction or of both. Each finding names its clause and an octet of the
 * frame. Never allocates; texts are static; a message or request that lies further back than the
 * checker remembers is judged by itself. */
#ifndef SIPUSH_MSRP_MSRP_CHECK_H
#define SIPUSH_MSRP_MSRP_CHECK_H

#include "msrp_head.h"

#define MSRP_CHECK_FINDINGS   32 /* of one frame */
#define MSRP_CHECK_REMEMBERED 64 /* messages, and requests */

enum msrp_severity { MSRP_NOTE, MSRP_WARNING, MSRP_ERROR }; /* worth a look; SHOULD; MUST */

struct msrp_finding {
    enum msrp_severity severity;
    const char        *clause; /* "RFC 4975 7.1.1" */
    const char        *what;   /* words */
    const char        *rule;   /* the ABNF rule that failed; "" when it is no matter of grammar */
    size_t octet; /* of the frame; where something is missing, the end of its header fields */
};

/* A frame as msrp_frame.h tells of it. */
struct msrp_checked {
    struct sp_slice head; /* start line and header fields */
    bool            has_body;
    uint64_t        body_octets;
    size_t          end_octet; /* where its end-line begins */
    char            flag;
};

/* A message of which a chunk came. */
struct msrp_check_message {
    char                     id[MSRP_IDENT_OCTETS];
    uint8_t                  id_octets;
    bool                     ended;    /* '$' or '#' */
    bool                     given_up; /* '#' */
    uint32_t                 session;  /* of its To-Path */
    uint64_t                 at, total;
    bool                     success_report;
    enum msrp_failure_report failure_report;
};

struct msrp_check_request {
    char                     id[MSRP_IDENT_OCTETS];
    uint8_t                  id_octets;
    enum msrp_method         method;
    enum msrp_failure_report failure_report;
};

struct msrp_check {
    struct msrp_finding        findings[MSRP_CHECK_FINDINGS]; /* of the last frame */
    uint32_t                   count;
    struct msrp_check_message  messages[MSRP_CHECK_REMEMBERED]; /* rings */
    struct msrp_check_request  requests[MSRP_CHECK_REMEMBERED];
    uint32_t                   next_message, next_request;
    bool                       short_id, short_session; /* told, which is done once a stream */
    const struct msrp_checked *frame;                   /* during a call */
};

void msrp_check_init(struct msrp_check *check);
/* Judge the next frame of the stream: check->findings has what is wrong, by its place. */
void msrp_check_frame(struct msrp_check *check, const struct msrp_checked *frame);
/* Messages of which more chunks were to come. */
uint32_t msrp_check_unfinished(const struct msrp_check *check);

/* For the rules' own files. `octet` of MSRP_CHECK_END: the end-line. */
#define MSRP_CHECK_END SIZE_MAX
void msrp_check_say(struct msrp_check *check, size_t octet, enum msrp_severity severity,
                    const char *clause, const char *what, const char *rule);
/* The octet of a field's value; where it does not stand, the end of the header fields. */
size_t msrp_check_place(const struct msrp_check *check, const char *name);
/* What agrees, or does not, with the frames before it. */
void msrp_check_history(struct msrp_check *check, const struct msrp_head *head);

#endif
