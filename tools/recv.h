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
    INCOMING_FETCHED,  /* it came and is a reference: its content is fetched */
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
    uint8_t             sha1[SP_SHA1_OCTETS];
    uint8_t             digest[SP_SHA1_OCTETS];
    uint64_t            total;
    int64_t             expires_s; /* as in push_receiver_action */
    bool                at_once;
    bool                reference; /* it says where its content lies */
    char               *url;       /* FETCHED: where; else NULL */
    struct fetch        fetch;
    bool                granted;   /* by a person */
    bool                skipped;   /* it is taken, and thrown away */
    enum rules_known    have;      /* is the file here, whole? */
    unsigned            looked;    /* LOOKING: how many of its name */
    uint64_t            secure_us; /* when it is to be secured next */
};

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
    char                        apps[1024];       /* ids, comma list */
    bool                        registered;
    const char                 *aor, *registrar, *proxy, *user, *password_file;
    struct relayed              relayed;
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

/* recv_in.c */
/* Kept in part where it can go on later; gone from the list. */
void recv_forget(struct receiver *r, struct incoming *in);
void recv_content(struct receiver *r, struct incoming *in,
                  const struct push_receiver_action *action);
void recv_complete(struct receiver *r, struct incoming *in, uint64_t total);
void recv_delivered(struct receiver *r, struct incoming *in);
void recv_failed(struct receiver *r, struct incoming *in,
                 const struct push_receiver_action *action);

/* recv_fetch.c: references. */
bool recv_is_reference(const struct incoming *in);
/* The reference came and was answered: fetch what it means. */
void recv_fetch(struct receiver *r, struct incoming *in);
/* True: something is being fetched. */
bool recv_fetch_work(struct receiver *r);

#endif
