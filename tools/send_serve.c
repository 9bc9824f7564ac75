/* SPDX-License-Identifier: MIT
 * tools/send_serve.c -- `sipush send --serve DIR`: files of a folder for who asks (pull). RFC 5547
 * 8.3.2.
 *
 * Promises: only regular files right in DIR are given, by their names or hashes; a file that does
 * not fit every selector is not. Never: a path of a peer's, a hidden file, a part. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/timers.h"
#include "send.h"
#include "store.h"
#include "verbs.h"

#define CLOSE_US 1000000u

struct served {
    struct served *next;
    struct source  source;
    char           path[4096 + STORE_NAME];
};

/* Is it a name of ours, as it stands? */
static bool plain(const char *name)
{
    char   safe[STORE_NAME];
    size_t len = strlen(name);

    store_name(sp_str(name), safe);
    return strcmp(safe, name) == 0 && !(len > 5 && strcmp(name + len - 5, ".part") == 0) &&
           !(len > 11 && strcmp(name + len - 11, ".part.state") == 0);
}

/* Open it, and see whether it fits. */
static bool fits(struct sender *s, struct served *served, const char *name,
                 const struct push_content *wanted)
{
    const struct push_content *content = &served->source.content;

    (void)snprintf(served->path, sizeof served->path, "%s/%s", s->serve, name);
    if (!plain(name) || source_open(&served->source, served->path, NULL, true) != SP_OK)
        return false;
    if ((wanted->octets == UINT64_MAX || wanted->octets == content->octets) &&
        (!wanted->has_sha1 || memcmp(wanted->sha1, content->sha1, SP_SHA1_OCTETS) == 0))
        return true;
    source_close(&served->source);
    return false;
}

/* By its hash alone: each file of the folder is read. */
static bool look(struct sender *s, struct served *served, const struct push_content *wanted)
{
    DIR           *dir = opendir(s->serve);
    struct dirent *entry;
    bool           found = false;

    while (dir != NULL && !found && (entry = readdir(dir)) != NULL)
        found = fits(s, served, entry->d_name, wanted);
    if (dir != NULL)
        (void)closedir(dir);
    return found;
}

static void say(struct sender *s, const struct push_sender_action *action, const char *name,
                enum sp_err err)
{
    if (s->host.json) {
        struct json json = json_begin(stdout, "asked");

        json_text(&json, "from", action->from);
        json_text(&json, "name", name[0] != '\0' ? sp_str(name) : sp_slice(NULL, 0));
        json_text(&json, "error", sp_str(sp_err_name(err)));
        json_end(&json);
    }
    if (!host_speaks(&s->host, 0))
        return;
    term_word(stderr, err == SP_OK ? TERM_GOOD : TERM_BAD, err == SP_OK ? "serving" : "refused");
    fputc(' ', stderr);
    term_put(stderr, name[0] != '\0' ? sp_str(name) : SP_LIT("a file by its hash"));
    fputs(" to ", stderr);
    term_put(stderr, action->from);
    fputc('\n', stderr);
}

static void asked(struct sender *s, const struct push_sender_action *action)
{
    struct served *served = calloc(1, sizeof *served);
    char           name[STORE_NAME] = "";
    bool           found = false;
    enum sp_err    err = SP_MISSING;

    if (served != NULL && action->wanted.name.len > 0 && action->wanted.name.len < sizeof name &&
        memchr(action->wanted.name.at, '\0', action->wanted.name.len) == NULL) {
        memcpy(name, action->wanted.name.at, action->wanted.name.len);
        found = fits(s, served, name, &action->wanted);
    } else if (served != NULL && action->wanted.has_sha1) {
        found = look(s, served, &action->wanted);
    }
    if (found) {
        err = push_sender_serve(s->agent, sp_net_now_us(), action->order, &served->source.content,
                                0, (uint64_t)(uintptr_t)served);
        if (err != SP_OK)
            source_close(&served->source);
    } else {
        (void)!push_sender_serve(s->agent, sp_net_now_us(), action->order, NULL, 404, 0);
    }
    say(s, action, name, err);
    if (err != SP_OK)
        free(served);
}

static void ended(struct sender *s, const struct served *served,
                  const struct push_sender_action *action)
{
    if (s->host.json) {
        struct json json = json_begin(stdout, "content");

        json_text(&json, "name", served->source.content.name);
        json_text(&json, "outcome", sp_str(action->err == SP_OK ? "delivered" : "failed"));
        json_text(&json, "error", sp_str(sp_err_name(action->err)));
        json_u64(&json, "status", action->status);
        json_end(&json);
    }
    if (!host_speaks(&s->host, 0))
        return;
    term_word(stderr, action->err == SP_OK ? TERM_GOOD : TERM_BAD,
              action->err == SP_OK ? "delivered" : "failed");
    fputc(' ', stderr);
    term_put(stderr, served->source.content.name);
    fputc('\n', stderr);
}

static void drain(struct sender *s)
{
    struct push_sender_action action;

    s->buffers.used = 0;
    while (push_sender_next(s->agent, &action)) {
        struct served *served = (struct served *)(uintptr_t)action.user;

        switch (action.kind) {
        case PUSH_SENDER_IO: host_perform(&s->host, &action.io); break;
        case PUSH_SENDER_ASKED: asked(s, &action); break;
        case PUSH_SENDER_WANT: send_want(s, &served->source, &action); break;
        case PUSH_SENDER_CONTENT_ENDED: ended(s, served, &action); break;
        case PUSH_SENDER_ENDED:
            source_close(&served->source);
            free(served);
            break;
        default: break;
        }
    }
}

static int start(struct sender *s)
{
    struct push_sender_config config = { .user_agent = SP_LIT("sipush/" SIPUSH_VERSION),
                                         .serves = true };
    DIR                      *dir;
    void                     *memory;
    int                       code;

    config.session_id_alone = s->session_id_alone;
    s->host.announces = true;
    code = host_start(&s->host);
    if (code != 0)
        return code;
    dir = opendir(s->serve);
    if (dir == NULL) {
        host_complain(&s->host, "%s: %s", s->serve, strerror(errno));
        return EXIT_OWN;
    }
    (void)closedir(dir);
    s->limits = host_limits(&s->host);
    memory = host_memory(push_sender_size(&s->limits));
    if (memory == NULL)
        return EXIT_OWN;
    config.from = s->from != NULL ? sp_str(s->from) : sp_slice(NULL, 0);
    s->agent = push_sender_init(memory, &s->limits, s->host.seed, &config);
    if (s->agent == NULL)
        return EXIT_USAGE;
    push_sender_trace(s->agent, host_hook(&s->host));
    if (s->host.listen_count == 0) {
        code = host_listen(&s->host, "udp:127.0.0.1:5060");
        if (code == 0)
            code = host_listen(&s->host, "tcp:127.0.0.1:5060");
    }
    if (code == 0)
        code = host_open_msrp(&s->host);
    for (size_t i = 0; i < s->host.bound_count; i++)
        push_sender_bound(s->agent, &s->host.bound[i]);
    return code;
}

static bool goes_on(struct sender *s)
{
    uint64_t now_us = sp_net_now_us();

    if (!s->closing && (host_interrupted() || host_late(&s->host))) {
        s->closing = true;
        s->end_us = now_us + CLOSE_US;
        s->host.end_us = SP_NEVER;
        push_sender_close(s->agent, now_us);
        drain(s);
    }
    return !s->closing || (push_sender_open(s->agent) > 0 && now_us < s->end_us);
}

int send_serve(struct sender *s)
{
    struct sp_net_event event;
    int                 code = start(s);

    if (code != 0)
        return code;
    while (goes_on(s)) {
        uint64_t deadline_us = push_sender_deadline(s->agent);

        host_wait(&s->host, deadline_us < s->end_us ? deadline_us : s->end_us);
        push_sender_tick(s->agent, sp_net_now_us());
        drain(s);
        while (host_event(&s->host, &event)) {
            push_sender_event(s->agent, sp_net_now_us(), &event);
            drain(s);
        }
    }
    return host_interrupted() ? EXIT_SIGNAL : EXIT_TIMEOUT;
}
