/* SPDX-License-Identifier: MIT
 * tests/unit/push_unit.h -- a sender and a receiver in one process, over a network of memory.
 *
 * Three ends: the sender (192.0.2.1), the receiver (192.0.2.2) and a peer that is written by hand
 * (192.0.2.3, UDP 5060 only, and MSRP when asked). Datagrams and streams take `delay_us`; a stream
 * is cut into pieces of at most `segment` octets. The clock is ours. The users of both agents are
 * played here: contents are given as they are wanted, decided as `decide` says, gathered, compared,
 * and every note is kept as a word. */
#ifndef SIPUSH_TESTS_UNIT_PUSH_UNIT_H
#define SIPUSH_TESTS_UNIT_PUSH_UNIT_H

#include "../../base/limits.h"
#include "../../parser/sip_msg.h"
#include "../../push/push_receiver.h"
#include "../../push/push_sender.h"

#define PUSH_UNIT_CONTENTS 64

enum { PUSH_UNIT_SENDER, PUSH_UNIT_RECEIVER, PUSH_UNIT_HAND, PUSH_UNIT_ENDS };

/* What became of a content that the sender was given. */
struct push_unit_out {
    struct sp_slice octets; /* all of it; given as wanted */
    int             started, ended;
    enum sp_err     err;
    uint16_t        status;
    char            timer[32], reason[80];
    uint64_t        progress; /* the furthest told */
    int             wants;
};

/* What became of a push that the receiver was offered. */
struct push_unit_in {
    struct sp_handle push;
    enum push_mode   mode;
    bool             at_once;
    char             name[512], type[128], from[128], app[32];
    char             icon[16384], icon_type[64];
    size_t           icon_octets;
    int64_t          modified_s;
    uint64_t         announced, offset;
    bool             has_sha1;
    uint8_t          sha1[SP_SHA1_OCTETS];
    int64_t          expires_s;
    bool             undated;
    char            *octets; /* gathered, */
    uint64_t         room;   /* into this many */
    uint64_t         extent; /* the furthest octet that came */
    int              completes, delivered, failed;
    enum sp_err      err;
    uint16_t         status;
};

struct push_unit {
    uint64_t              now_us;
    struct push_sender   *sender;
    struct push_receiver *receiver;
    struct sp_limits      limits[2];

    /* the network */
    uint64_t                 delay_us;
    size_t                   segment;
    bool                     deaf[PUSH_UNIT_ENDS]; /* no datagram reaches this end */
    bool                     refuse_msrp;          /* no MSRP connection comes about */
    uint32_t                 lose_every;           /* every n-th datagram is lost; 0: none */
    uint32_t                 datagrams;
    uint64_t                 events_left; /* a bound against loops */
    struct push_unit_event  *events;
    struct push_unit_stream *streams;
    uint64_t                 next_id;
    uint64_t                 msrp_octets; /* that ever flowed */
    char                     msrp[2048];  /* the first of them */
    int                      connections; /* of MSRP that came about */
    size_t narrow;     /* MSRP connections break under a piece of more octets; 0: they do not */
    char   ids[8][40]; /* the Message-IDs of contents that were sent, in their order */
    int    id_count;
    char   wire[256 * 1024]; /* every SIP datagram that was sent, one after the other */
    size_t wire_octets;

    /* the sender's user */
    uint32_t             retries; /* of the orders to come */
    bool                 query;   /* likewise */
    const char          *apps;    /* likewise; NULL: none */
    struct sp_handle     order;
    struct push_unit_out outs[PUSH_UNIT_CONTENTS];
    int                  chosen, ended;
    enum push_mode       mode;
    uint64_t             rtt_us;
    size_t               step;        /* octets given for one WANT at most; 0: as wanted */
    uint64_t             abort_after; /* the sender gives up when so much was wanted; 0: never */
    bool                 unreadable;  /* WANT is answered with nothing */

    /* pulls: what the sender's user gives for any; NULL: refused with serve_status */
    const struct push_content *served;
    uint16_t                   serve_status;
    int                        asked;
    char                       wanted[64];
    uint64_t                   wanted_octets;
    enum sp_err                serve_err;

    /* the receiver's user */
    struct push_unit_in ins[PUSH_UNIT_CONTENTS];
    int                 offered;
    uint16_t            decide[PUSH_UNIT_CONTENTS]; /* 0: 200 */
    bool                hold;                       /* decides nothing by itself */
    bool                hold_stored;
    bool                parts; /* takes parts of files: of one called "a" it has have[0], ... */
    uint64_t            have[4];
    enum sp_err         store_err;
    uint16_t            refuse;        /* what came whole is refused with; 0: it is stored */
    uint64_t            cut_after;     /* all MSRP streams break when so much came; 0: never */
    uint64_t            give_up_after; /* the receiver aborts the push then; 0: never */
    uint64_t            close_after;   /* the receiver agent closes then; 0: never */
    uint64_t            came;

    /* the peer by hand: the last datagrams it got */
    char           hand[8][65536];
    size_t         hand_octets[8];
    int            hand_count;
    struct sp_flow hand_flow; /* its MSRP connection */
    char           hand_stream[65536];
    size_t         hand_stream_octets;
    char           words[16384]; /* every note, in order */
};

/* The senders of the worlds to come answer pulls. */
extern bool push_unit_serves;
/* A new world; NULL limits: the default. Its parts live until the test's process ends. */
struct push_unit *push_unit_new(const struct sp_limits *sender, const struct sp_limits *receiver,
                                const struct push_receiver_config *config);
/* Octets of a pattern that differs by `salt`. */
struct sp_slice push_unit_pattern(size_t octets, unsigned salt);
/* A content of these octets; with a name it is a file. Its hash is told; its body only with
 * `at_hand`. */
struct push_content push_unit_content(const char *name, const char *type, struct sp_slice octets,
                                      bool at_hand);
/* Order these contents for the receiver (or the peer by hand). */
enum sp_err push_unit_order(struct push_unit *unit, enum push_mode mode, bool parallel,
                            const struct push_content *contents, uint32_t count);
enum sp_err push_unit_order_to(struct push_unit *unit, const char *to, enum push_mode mode,
                               bool parallel, const struct push_content *contents, uint32_t count);
/* Let everything happen that happens within so many milliseconds. */
void push_unit_run(struct push_unit *unit, uint64_t ms);
/* Run until the order ended, at most two minutes, then until the network is quiet. */
void push_unit_finish(struct push_unit *unit);
/* Nothing of either agent is kept: no block, no object, no timer. */
void push_unit_nothing_left(const struct push_unit *unit);
/* Break every MSRP connection now. */
void push_unit_cut(struct push_unit *unit);
/* Collect what the agents want now. */
void push_unit_drain(struct push_unit *unit);

/* Content `i` was delivered, octet for octet, and both sides say so once. */
void push_unit_delivered(const struct push_unit *unit, int out, int in);
/* How often a text stands in what was sent over SIP. */
int push_unit_count(const struct push_unit *unit, const char *text);

/* Of the network: addresses and UDP flows of an end, a datagram, whatever an end wants done. */
struct sp_addr push_unit_addr(int end, uint16_t port);
struct sp_flow push_unit_udp(int end, const struct sp_addr *remote);
void           push_unit_datagram(struct push_unit *unit, int from, const struct sp_flow *flow,
                                  struct sp_slice octets);
void           push_unit_perform(struct push_unit *unit, int from, const struct sp_io *io);

/* From the peer by hand to an agent. CRLF for each LF. */
void push_unit_hand_send(struct push_unit *unit, int to, const char *text);
void push_unit_hand_octets(struct push_unit *unit, int to, struct sp_slice octets);
/* Its answer to the last request of this method that it got: status line without version, further
 * fields, body with CRLF for each LF. In the body %T and %U stand for the first and second
 * file-transfer-id of that request, %F for its first file-selector. */
void push_unit_hand_answer(struct push_unit *unit, const char *method, const char *status,
                           const char *fields, const char *body);
/* An INVITE (cseq 1) or re-INVITE of the peer by hand to the receiver, in one dialog: body with
 * CRLF for each LF; an ACK for the last answer to it; a BYE. */
void push_unit_hand_invite(struct push_unit *unit, int cseq, const char *body);
void push_unit_hand_ack(struct push_unit *unit, int cseq);
void push_unit_hand_bye(struct push_unit *unit, int cseq);
/* Its MSRP connection to the receiver: opened, written to (CRLF for each LF; %P stands for the path
 * of the receiver's last 200), and what came back over it. */
void push_unit_hand_connect(struct push_unit *unit);
void push_unit_hand_msrp(struct push_unit *unit, const char *text);
/* As the one that was called: an INVITE, ACK or BYE within the dialog of the last INVITE that it
 * got and answered. In the body as in hand_answer, %P its first path. */
void push_unit_hand_within(struct push_unit *unit, const char *method, int cseq, const char *body);
/* The n-th value of an attribute in the body of a message. */
struct sp_slice push_unit_attribute(struct sp_slice message, const char *name, int n);
/* The last datagram that it got whose start line begins so; empty: none. */
struct sp_slice push_unit_hand_got(const struct push_unit *unit, const char *start);

#endif
