/* SPDX-License-Identifier: MIT
 * tools/call.h -- what the files of `sipush call` share: a request to send, the steps within a
 * dialog, and what is told of what came.
 *
 * call.c is the verb, call_ask.c asks, call_course.c sees to what follows, call_step.c reads
 * requests from options and scripts, call_say.c prints. Texts and bodies belong to the steps and
 * live until the verb ends. */
#ifndef SIPUSH_TOOLS_CALL_H
#define SIPUSH_TOOLS_CALL_H

#include "../dialog/sip_ua_event.h"
#include "host.h"

#define CALL_FIELDS_OCTETS 8192   /* header fields of one request */
#define CALL_BODY_OCTETS   262144 /* of one body */
#define CALL_WORDS_OCTETS  512

/* One request, or a pause. */
struct call_step {
    enum sip_method method;
    struct sp_slice name; /* of the method */
    bool            pause;
    uint64_t        wait_ms; /* of a pause */
    char           *fields;  /* whole lines; NULL: none */
    size_t          fields_octets;
    const char     *type; /* of the body; NULL: none */
    struct sp_slice body;
    void           *body_room;
    char           *words; /* the script's line, in words that options point into */
};

struct call_steps {
    struct call_step *steps;
    size_t            count, room;
};

/* What was made and is ended at last. */
enum call_kind {
    CALL_REQUEST,
    CALL_SESSION,
    CALL_SUBSCRIPTION,
    CALL_REGISTRATION,
    CALL_PUBLICATION
};

enum call_state {
    CALL_ASKED,  /* at the start: the first request is under way */
    CALL_OPEN,   /* what it made stands: the next step may go */
    CALL_STEP,   /* a step's request is under way */
    CALL_PAUSE,  /* until wait_us */
    CALL_ENDING, /* what was made is taken away */
    CALL_OVER
};

struct call {
    struct host       host;
    struct sip_ua    *agent;
    struct call_steps steps; /* the first is the command line's */
    size_t            at;    /* of steps: the next */
    enum sip_method   method;
    enum call_kind    kind;
    enum call_state   state;  /* enter() in call_course.c alone assigns it */
    struct sp_handle  handle; /* of what was made */
    char              uri[1024], route[1024], words[CALL_WORDS_OCTETS];
    struct call_step  invite;      /* the INVITE before a request that needs a dialog */
    const char       *operands[2]; /* METHOD and URI */
    size_t            operand_count;
    const char       *from, *proxy, *user, *password_file, *event, *script;
    uint64_t          expires_s, hold_ms, wait_us, end_us;
    bool              query, holds, dry_run, expires_set, cut;
    uint16_t          status; /* of the last final response */
    int               code;
};

/* ---- call_ask.c */

/* Send the first request. Errors as the verbs of dialog/sip_ua.h. */
SP_MUST_USE enum sp_err call_ask(struct call *c);
/* It as octets, but for the Via. Errors stick in `to`. */
void call_preview(struct call *c, struct sp_buf *to);
/* A step as a request to the URI. */
struct sip_ua_request call_request(const struct call *c, const struct call_step *step);

/* ---- call_course.c */

/* Something happened that the agent tells. */
void call_note(struct call *c, const struct sip_ua_action *action);
/* The next step, where one is due. */
void call_proceed(struct call *c);
/* Take away what was made. */
void call_end(struct call *c);

/* ---- call_step.c: true, or false with `why` (words for people, at most `octets`) */

/* A method of SIP's, or another one of which nothing is known here. `name` stays the caller's. */
bool call_step_method(struct call_step *step, const char *name, char *why, size_t octets);
/* `N: v` behind the fields that are there. What the stack writes itself is refused: From, To and
 * the like. */
bool call_step_header(struct call_step *step, const char *header, char *why, size_t octets);
/* A whole file as the body; - is standard input. */
bool call_step_body(struct call_step *step, const char *path, char *why, size_t octets);
/* A script: a request or a pause a line. */
bool call_steps_read(struct call_steps *steps, const char *path, char *why, size_t octets);
/* A request behind the others; NULL: no memory. */
struct call_step *call_steps_add(struct call_steps *steps);
void              call_steps_free(struct call_steps *steps);

/* ---- call_say.c */

/* A response, or a NOTIFY, that is what was asked for: on stdout. NULL: it is not at hand. */
void call_say_message(struct host *host, const struct sip_msg *msg);
/* One that is only on the way there: with -v. */
void call_say_passing(struct host *host, const struct sip_msg *msg);
/* Nothing came: why. `name` is the method. */
void call_say_failed(struct host *host, struct sp_slice name, enum sp_err err, const char *timer);
/* The last line with --json. */
void call_say_result(struct host *host, struct sp_slice method, uint16_t status, int code);

#endif
