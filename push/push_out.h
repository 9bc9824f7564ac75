/* SPDX-License-Identifier: MIT
 * push/push_out.h -- the sender's insides: orders and their contents. RFC 3428, RFC 5547 8.
 *
 * An order (struct push_job) is a machine that asks: by MESSAGE, INVITE, re-INVITE, one batch of
 * contents after the other. A content (struct push_out) is a machine that ends exactly once.
 * A batch is what one request asks for; its leaders are the contents that have an m= line of their
 * own. Messages that are no files share the line of the first of them. */
#ifndef SIPUSH_PUSH_PUSH_OUT_H
#define SIPUSH_PUSH_PUSH_OUT_H

#include "../base/list.h"
#include "../base/store.h"
#include "../base/timers.h"
#include "push_link.h"
#include "push_sender.h"

enum push_out_state {
    PUSH_OUT_WAITING, /* its turn has not come */
    PUSH_OUT_ASKED,   /* its MESSAGE or its offer is under way */
    PUSH_OUT_TAKEN,   /* the answer took it; the note STARTED waits */
    PUSH_OUT_MOVING,  /* its octets flow */
    PUSH_OUT_ENDED,   /* the note CONTENT_ENDED waits */
    PUSH_OUT_TOLD,    /* its user knows */
};

/* The MSRP session of a leader. */
enum push_media_state { PUSH_MEDIA_NONE, PUSH_MEDIA_SETUP, PUSH_MEDIA_UP };

#define PUSH_REASON_OCTETS    64
#define PUSH_MESSAGE_ID_CHARS 16
#define PUSH_SMALL_OCTETS     2048 /* of a chunk, after a connection was lost: RFC 4975 7.1.1 */

/* Other targets that a request of ours goes to when it is redirected (RFC 3261 8.1.3.4). */
#define PUSH_FOLLOW 5

/* Names of an order's timers. */
enum { PUSH_TIMER_ANSWER, PUSH_TIMER_TRYING, PUSH_TIMER_SETUP, PUSH_TIMER_IDLE, PUSH_TIMER_AGAIN };

/* A content that is not in the batch. */
#define PUSH_NO_LEADER UINT32_MAX

struct push_out {
    enum push_out_state state;
    struct push_job    *job;
    uint32_t            index;  /* in the order */
    uint32_t            leader; /* the index of the content whose m= line carries this one */
    struct push_content content;
    struct sp_link      note;
    struct sp_handle    message; /* of MSRP */
    bool                guessed; /* content.offset is a question; the refusal of it is the answer */
    /* How its connection was lost under large chunks; its small ones are to be offered since. OK:
     * it was not. */
    enum sp_err lost;
    char        message_id[PUSH_MESSAGE_ID_CHARS]; /* the same when it goes again */
    /* Of a file, the one that was offered last; of a MESSAGE, its Content-ID. */
    char transfer_id[PUSH_TRANSFER_ID_CHARS];

    /* of a leader */
    enum push_media_state media;
    struct sp_handle      msrp;
    char                  session_id[PUSH_SESSION_ID_CHARS];

    /* how it ended */
    enum sp_err err;
    uint16_t    status;
    const char *timer;
    char        reason[PUSH_REASON_OCTETS];
    uint32_t    reason_octets;
};

enum push_job_state {
    PUSH_JOB_NEW,
    PUSH_JOB_ASKED,      /* a pull of a peer waits for our user */
    PUSH_JOB_MESSAGE,    /* a MESSAGE is under way, or waits for another one to the same URI */
    PUSH_JOB_QUERYING,   /* an OPTIONS is under way */
    PUSH_JOB_INVITING,   /* the first offer is under way */
    PUSH_JOB_TALKING,    /* contents flow */
    PUSH_JOB_REINVITING, /* a further offer is under way */
    PUSH_JOB_DROPPING,   /* contents flow; an offer that ends some of them is under way */
    PUSH_JOB_REINVITED,  /* contents flow; an offer of theirs was answered, its ACK is awaited */
    PUSH_JOB_PAUSED,     /* the same is asked for again after a while */
    PUSH_JOB_OVER,       /* the note ENDED waits */
};

struct push_job {
    enum push_job_state    state;
    struct sp_link         chosen, over; /* notes that wait */
    uint64_t               user;
    enum push_mode         mode;
    const char            *why;
    bool                   parallel;
    struct sp_slice        to, route, apps; /* URIs, ids; like every text, in the block of `outs` */
    struct push_out       *outs;            /* a block of the store: the contents, then all texts */
    uint32_t               count;
    uint32_t               first, last; /* the batch: [first, last) */
    struct sp_handle       sip;         /* session; zero: none */
    struct push_media_addr media;
    uint64_t               sdp_id, sdp_version;
    struct sp_slice        said; /* our last description: a block of the store */
    uint64_t               asked_us, rtt_us;
    uint32_t               tries, retries; /* of the batch: made; those after the first allowed */
    uint32_t               expires_s;      /* of each MESSAGE, from date_s on; 0: not told */
    int64_t                date_s;
    bool                   served;     /* a pull of the peer, who may ask again */
    bool                   query;      /* not asked yet */
    bool                   plain;      /* no icons: the receiver takes no multipart */
    bool                   other_mode; /* may be chosen yet, and can carry the contents */
    struct sp_timer        timer;      /* of the batch: set-up, then idleness */
};

struct push_sender {
    struct push_link      link;
    struct sp_limits      limits;
    struct sp_pool        jobs;
    struct sp_store       store;
    struct sp_timers      timers;
    struct sp_list        chosen, outs, over; /* who has a note */
    bool                  serves;
    char                 *scratch; /* one description, or one MESSAGE */
    char                 *text;    /* the values of one m= block, or a header field */
    struct sdp            sdp;
    struct sdp_media     *sdp_media;
    struct sdp_attribute *sdp_attributes;
};

/* push_out.c: the content. */
const char *push_out_state_name(enum push_out_state state);
void        push_out_ask(struct push_sender *sender, struct push_out *out);
void        push_out_take(struct push_sender *sender, struct push_out *out);
/* Its turn comes again. */
void push_out_wait(struct push_sender *sender, struct push_out *out);
/* STARTED was told. */
void push_out_move(struct push_sender *sender, struct push_out *out);
/* Its end; nothing happens when it ended before. `reason` is copied, `timer` is static. */
void push_out_end(struct push_sender *sender, struct push_out *out, enum sp_err err,
                  uint16_t status, struct sp_slice reason, const char *timer);
/* Its session was lost with `err`. True: it waits to be offered once more, and will go in small
 * chunks. */
bool push_out_again(struct push_sender *sender, struct push_out *out, enum sp_err err);
/* CONTENT_ENDED was told. */
void push_out_told(struct push_sender *sender, struct push_out *out);
bool push_out_busy(const struct push_out *out);
bool push_out_is_file(const struct push_out *out);
/* It has an icon, and its receiver may have it. */
bool push_out_has_icon(const struct push_out *out);

/* push_make.c: from what the user ordered to an order of ours: checked, copied, mode chosen. */
SP_MUST_USE enum sp_err push_job_make(struct push_sender *sender, const struct push_order *order,
                                      struct push_job **made);
void                    push_job_free(struct push_sender *sender, struct push_job *job);

/* push_job.c: the order. */
/* The next batch: the contents that the next request asks for. */
void push_job_batch(struct push_job *job);
/* Ask for the first batch. After an error nothing was sent. */
SP_MUST_USE enum sp_err push_job_begin(struct push_sender *sender, struct push_job *job);

/* End one content and offer its line with port 0 (RFC 5547 8.4); the others go on. */
void push_job_drop(struct push_sender *sender, struct push_job *job, struct push_out *out,
                   enum sp_err err);
/* End every content that has not ended, and the session. */
void push_job_give_up(struct push_sender *sender, struct push_job *job, enum sp_err err);
/* A content ended: go on with the next batch, or end the order. */
void push_job_go_on(struct push_sender *sender, struct push_job *job);
/* Nothing is left to be done: end the session. */
void push_job_over(struct push_sender *sender, struct push_job *job);
/* The same batch once more, after a while or now. */
void push_job_pause(struct push_sender *sender, struct push_job *job, uint64_t after_ms);
void push_job_again(struct push_sender *sender, struct push_job *job);
/* End what is busy of the batch; end everything. */
void push_job_end_batch(struct push_sender *sender, struct push_job *job, enum sp_err err,
                        uint16_t status, struct sp_slice reason, const char *timer);
void push_job_end_all(struct push_sender *sender, struct push_job *job, enum sp_err err,
                      uint16_t status, struct sp_slice reason, const char *timer);
/* An offer in which the lines of ended contents have port 0. */
SP_MUST_USE enum sp_err push_job_send_drop(struct push_sender *sender, struct push_job *job);
/* Is any of its contents so? */
bool push_job_any(const struct push_job *job, bool (*is)(const struct push_out *out));
/* Contents are on their way in this state. */
bool push_job_flows(enum push_job_state state);
void push_job_enter(struct push_sender *sender, struct push_job *job, enum push_job_state state,
                    const char *on);
/* An offer is under way: so long it may take until the next response to it. */
void push_job_answer_by(struct push_sender *sender, struct push_job *job, uint16_t status);
/* Octets flow: idleness is counted from now on. */
void push_job_idle(struct push_sender *sender, struct push_job *job);

/* push_heed.c: what became of its requests and its session. */
void push_job_sip(struct push_sender *sender, const struct sip_ua_action *sip);

/* push_flow.c: contents on their way. */
/* True when `action` is filled: it is for the user. */
bool push_job_msrp(struct push_sender *sender, const struct msrp_action *msrp,
                   struct push_sender_action *action);
void push_job_timer(struct push_sender *sender, struct push_job *job);

/* push_ask.c: the requests of an order, with no state. */
void push_ask_message(struct push_sender *sender, const struct push_job *job,
                      const struct push_out *out, struct sip_ua_request *request,
                      struct sp_buf *fields);
/* `sdp` is the description in it. */
SP_MUST_USE enum sp_err push_ask_invite(struct push_sender *sender, const struct push_job *job,
                                        struct sip_ua_request *request, struct sp_slice *sdp);
/* It has parts beside the description. */
bool push_ask_related(const struct push_job *job);

/* push_query.c: what the receiver says that it can take. */
void push_ask_options(struct push_sender *sender, const struct push_job *job,
                      struct sip_ua_request *request, struct sp_buf *fields);
/* Contents that the answer rules out end. False: it rules sessions out, and the other mode may be
 * chosen. */
bool push_query_answered(struct push_sender *sender, struct push_job *job, struct sp_slice body);

/* push_offer.c: offers out, answers in. */
SP_MUST_USE enum sp_err push_offer_draw(struct push_sender *sender, struct push_job *job);
void push_offer_write(struct push_sender *sender, const struct push_job *job, struct sp_buf *to);
/* Is anything of this leader's line still to come or under way? */
bool push_offer_live(const struct push_job *job, const struct push_out *leader);
/* The block of a leader, at port 0 when nothing of it is left; its values are written to `text`. */
void push_offer_block(const struct push_sender *sender, const struct push_job *job,
                      const struct push_out *out, struct sp_buf *text, struct sdp_msrp *block);
/* Read the answer: each content of the batch is taken or ends. True: it took a line over which
 * nothing will come. */
bool push_offer_answered(struct push_sender *sender, struct push_job *job, struct sp_slice body);
/* A refusal of the whole offer: contents that asked by it where to go on wait to be offered from
 * there. False: none did. */
bool push_offer_corrected(struct push_sender *sender, struct push_job *job, struct sp_slice body);
/* Keep what was said last, to know whether the next description changes anything. */
void push_offer_said(struct push_sender *sender, struct push_job *job, struct sp_slice octets);
/* Close the MSRP session of a leader: a chunk under way ends with '#'. */
void push_offer_close(struct push_sender *sender, struct push_out *leader);

/* A session of a leader with the peer that has this path. */
SP_MUST_USE enum sp_err push_offer_open(struct push_sender *sender, struct push_job *job,
                                        struct push_out *leader, struct sp_slice remote_path,
                                        bool connects);
/* Have a content sent over it. */
SP_MUST_USE enum sp_err push_offer_send(struct push_sender *sender, struct push_job *job,
                                        struct push_out *out);
/* The block of a leader, as if it were offered whole. */
void push_offer_whole(const struct push_sender *sender, const struct push_job *job,
                      const struct push_out *out, struct sp_buf *text, struct sdp_msrp *block);

/* push_serve.c: pulls of peers. True: `action` is filled, it is for the user. */
bool push_serve_sip(struct push_sender *sender, const struct sip_ua_action *sip,
                    struct push_sender_action *action);
/* Contents and texts of an order, copied. SP_LIMIT. */
SP_MUST_USE enum sp_err push_job_copy(struct push_sender *sender, const struct push_order *order,
                                      struct push_job *job);

/* push_reoffer.c: their offers. Lines that one ends are ended; the answer is written. */
SP_MUST_USE enum sp_err push_reoffer_answer(struct push_sender *sender, struct push_job *job,
                                            struct sp_slice offer, struct sp_buf *to);

#endif
