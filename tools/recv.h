/* SPDX-License-Identifier: MIT
 * tools/recv.h -- what the files of `sipush recv` share.
 *
 * recv.c has the loop, recv_options.c the options; recv_offer.c takes offers and recv_rules.c
 * decides about them; recv_in.c takes the octets in and keeps what came whole, recv_report.c says
 * what became of it. */
#ifndef SIPUSH_TOOLS_RECV_H
#define SIPUSH_TOOLS_RECV_H

#include "../push/push_receiver.h"
#include "fetch.h"
#include "hook.h"
#include "host.h"
#include "relayed.h"
#include "rules.h"
#include "store.h"

enum incoming_state {
    INCOMING_OFFERED,  /* the decision is being made */
    INCOMING_ASKED,    /* by a person: it is his turn, or will be */
    INCOMING_LOOKING,  /* is it here already? A file of its name is hashed */
    INCOMING_REHASHED, /* it was cut: what is here of it is hashed again */
    INCOMING_FLOWING,  /* accepted */
    INCOMING_PART,     /* of a push that is not confirmed yet; or that push, until all are here */
    INCOMING_FETCHED,  /* a part that is a reference: its content is fetched */
};

/* A push, from its offer to its end. */
struct incoming {
    enum incoming_state state;
    struct incoming    *next, **link; /* of all that are under way */
    struct sp_handle    push;
    struct store_file   file;
    char               *from, *type, *name, *app; /* as its sender calls them; no name: "" */
    enum push_mode      mode;
    uint64_t            told;   /* octets; UINT64_MAX: not told */
    uint64_t            offset; /* of the first that comes */
    uint64_t            came;   /* the furthest octet */
    bool                has_sha1;
    int64_t             modified_s;  /* as its sender tells; 0: it does not */
    size_t              icon_octets; /* of the icon that came with the offer */
    uint8_t             sha1[SP_SHA1_OCTETS];
    uint8_t             digest[SP_SHA1_OCTETS];
    uint64_t            total;
    int64_t             expires_s; /* as in push_receiver_action */
    bool                at_once;
    bool                holds;   /* others: parts, or the word where its content lies */
    unsigned            open;    /* how many of them are not here yet */
    bool                lost;    /* one of them will not come */
    uint16_t            decline; /* what the last of them that was left out was declined with */

    /* of a part */
    struct incoming *whole; /* the push that it is of; NULL: it is no part */
    struct sp_slice  body;
    unsigned         group;   /* of alternatives; 0: it is none */
    bool             kept;    /* its file has its name, though the push is not confirmed */
    bool             sought;  /* it is skipped where it is here */
    bool             untyped; /* its type is what the server says */
    char            *url;     /* where it lies; NULL: it is at hand */
    struct fetch     fetch;

    bool             granted;   /* by a person */
    bool             skipped;   /* it is taken, and thrown away */
    enum rules_known have;      /* is the file here, whole? */
    unsigned         looked;    /* LOOKING: how many of its name */
    uint64_t         secure_us; /* when it is to be secured next */
};

#define RECV_TRUSTED 16 /* --trust */

struct receiver {
    struct host                 host;
    const char                 *rules_path;
    struct push_receiver       *agent;
    struct push_receiver_config config;
    const char                 *dir;
    bool                        to_stdout;
    int                         folder; /* -1: stdout */
    struct part_list            parts;
    char                       *rules_text; /* NULL: no rules */
    struct rules                rules;
    bool                        ask, drop_expired;
    int                         tty;   /* where a person answers; -1: not opened */
    struct incoming            *asked; /* the one in question; NULL: none */
    struct hook                 hook;
    struct fetch_rules          fetch;
    const char                 *pull, *pull_from; /* NULL: nothing is asked for */
    bool                        pulls_rest;       /* of what is here in part */
    char                        apps[1024];       /* ids, comma list */
    bool                        registered;
    const char                 *aor, *registrar, *proxy, *user, *password_file;
    struct relayed              relayed;
    struct sp_addr              trusted[RECV_TRUSTED];
    size_t                      trusted_count;
    uint64_t                    count; /* 0: no end */
    uint64_t                    delivered;
    uint64_t                    end_us; /* when to stop to wait, once it is ending; else SP_NEVER */
    bool                        closing;
    int                         code;
    struct incoming            *all;
};

/* recv_options.c: the command line. -1: go on; else the exit code. */
int recv_options(struct receiver *r, int argc, char **argv);

/* recv_rules.c */
int recv_read_rules(struct receiver *r, const char *path);
/* What becomes of it, as far as is known. RULES_HAVE: look whether it is here. */
enum rules_verb recv_judge(const struct receiver *r, const struct incoming *in, uint16_t *status);
/* Ask a person; his answer: 1 yes, 0 no, -1 not yet. */
void recv_ask(struct receiver *r, const struct incoming *in);
int  recv_answer(struct receiver *r);

/* recv_offer.c */
void recv_offered(struct receiver *r, const struct push_receiver_action *action);
/* Go on with decisions that take their time. True: there is more to do, at once. */
bool recv_work(struct receiver *r);

/* A new one in front of another, NULL: of all. NULL: no memory. */
struct incoming *recv_new(struct receiver *r, struct incoming *before);
char            *recv_copy(struct sp_slice text); /* NUL-terminated; NULL: no memory */

/* recv_in.c */
/* It is here: say so, run --on-push. */
void recv_kept(struct receiver *r, const struct incoming *in);
/* Its file cannot be written, says errno. */
void recv_cannot_keep(struct receiver *r, const struct incoming *in);
/* Kept in part where it can go on later; gone from the list. */
void recv_forget(struct receiver *r, struct incoming *in);
void recv_content(struct receiver *r, struct incoming *in,
                  const struct push_receiver_action *action);
void recv_complete(struct receiver *r, struct incoming *in, uint64_t total);
void recv_delivered(struct receiver *r, struct incoming *in);
void recv_failed(struct receiver *r, struct incoming *in,
                 const struct push_receiver_action *action);

/* recv_pull.c: ask for what --pull selects: 0 or an exit code; it does not come. */
int  recv_pull(struct receiver *r);
void recv_pull_failed(struct receiver *r, const struct push_receiver_action *action);

/* recv_parts.c: what holds others. */
bool recv_holds(const struct incoming *in);
/* All of it came: take its parts, or refuse it. */
void recv_parts(struct receiver *r, struct incoming *whole);
/* It is confirmed: say of its parts that they are here, or fetch them. */
void recv_parts_delivered(struct receiver *r, struct incoming *whole);
/* A part is here, or will not come; it is gone from the list. */
void recv_part_ended(struct receiver *r, struct incoming *in, bool well);
void recv_whole_ended(struct receiver *r, struct incoming *whole);

/* recv_fetch.c: references. */
/* What was offered becomes what is meant: URL, name, type, size, hash. 200, or the status with
 * which it is declined. */
uint16_t recv_take_reference(struct receiver *r, struct incoming *in);
/* True: something is being fetched. */
bool recv_fetch_work(struct receiver *r);

#endif
