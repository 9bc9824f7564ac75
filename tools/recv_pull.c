/* SPDX-License-Identifier: MIT
 * tools/recv_pull.c -- `sipush recv --pull`: a file is asked for. RFC 5547 8.2.2.
 *
 * Promises: where a part of it is here, only the rest is asked for, by the size and hash of the
 * whole; one that has changed there meanwhile is asked for once more, from its start. */
#include <stdio.h>
#include <string.h>

#include "../base/timers.h"
#include "../sdp/sdp_file.h"
#include "recv.h"
#include "target.h"

/* Is it a part of what is wanted? By the hash, where that is known, else by the name. */
static bool is_of(const struct push_pull *wanted, const char *name, const struct part *part)
{
    char base[STORE_NAME], own[STORE_NAME + 8];

    if (wanted->octets != UINT64_MAX && wanted->octets != part->octets)
        return false;
    if (wanted->has_sha1)
        return memcmp(wanted->sha1, part->sha1, sizeof part->sha1) == 0;
    store_name(wanted->name, base);
    (void)snprintf(own, sizeof own, "%s.part", base);
    return wanted->name.len > 0 && strcmp(own, name) == 0;
}

/* What is here of it is not asked for. */
static bool rest_of(struct receiver *r, struct push_pull *wanted)
{
    struct store_file file;
    struct part       part;

    for (size_t i = 0; r->folder >= 0 && i < r->parts.count; i++) {
        if (part_load(r->folder, r->parts.names[i], &part) != SP_OK ||
            !is_of(wanted, r->parts.names[i], &part) ||
            store_resume(&file, r->folder, &r->parts, wanted->name, part.octets, part.sha1) !=
                SP_OK)
            continue;
        wanted->octets = part.octets;
        wanted->has_sha1 = true;
        memcpy(wanted->sha1, part.sha1, sizeof wanted->sha1);
        wanted->offset = file.there < part.octets ? file.there : part.octets - 1;
        store_leave(&file, &r->parts); /* it is taken up when the rest is offered */
        return wanted->offset > 0;
    }
    return false;
}

/* The file that --pull selects: a name, or selectors as RFC 5547 6 writes them. */
static int ask(struct receiver *r)
{
    static char              to[1024], route[1024], name[1024];
    struct sp_buf            plain = sp_buf(name, sizeof name);
    struct sdp_file_selector selector = { 0 };
    struct sp_where          where;
    struct push_pull         wanted = { .octets = UINT64_MAX, .name = sp_str(r->pull) };
    enum sp_err              err;

    if (!target_complete(r->pull_from, to, sizeof to) ||
        (r->proxy != NULL && !target_proxy(r->proxy, route, sizeof route))) {
        host_complain(&r->host, "--from and --proxy need SIP URIs");
        return EXIT_USAGE;
    }
    if (strncmp(r->pull, "name:", 5) == 0 || strncmp(r->pull, "hash:", 5) == 0 ||
        strncmp(r->pull, "type:", 5) == 0 || strncmp(r->pull, "size:", 5) == 0) {
        if (sdp_file_selector_parse(sp_str(r->pull), &selector, &where) != SP_OK) {
            host_complain(&r->host, "--pull: %s is no selector", r->pull);
            return EXIT_USAGE;
        }
        sdp_put_file_name(&plain, selector.name);
        wanted.name = sp_written(&plain);
        wanted.type = selector.type;
        wanted.octets = selector.has_size ? selector.size : UINT64_MAX;
        wanted.has_sha1 = selector.has_sha1;
        memcpy(wanted.sha1, selector.sha1, sizeof wanted.sha1);
    }
    if (r->pulls_rest)
        r->pulls_rest = rest_of(r, &wanted);
    wanted.to = sp_str(to);
    wanted.route = sp_str(route);
    err = push_receiver_pull(r->agent, sp_net_now_us(), &wanted);
    if (err == SP_OK)
        return 0;
    host_complain(&r->host, "--pull %s: %s", r->pull, sp_err_words(err));
    return EXIT_USAGE;
}

/* What was asked for does not come: there is nothing more to wait for. */
void recv_pull_failed(struct receiver *r, const struct push_receiver_action *action)
{
    if (r->pulls_rest && action->err == SP_REFUSED && r->end_us == SP_NEVER) {
        r->pulls_rest = false; /* the file is another one by now */
        if (ask(r) == 0)
            return;
    }
    if (action->status > 0)
        host_complain(&r->host, "%s: %s, %u", r->pull, sp_err_words(action->err),
                      (unsigned)action->status);
    else
        host_complain(&r->host, "%s: %s", r->pull, sp_err_words(action->err));
    if (r->host.json) {
        struct json json = json_begin(stdout, "failed");

        json_text(&json, "name", sp_str(r->pull));
        json_text(&json, "from", sp_str(r->pull_from));
        json_text(&json, "error", sp_str(sp_err_name(action->err)));
        json_u64(&json, "status", action->status);
        json_end(&json);
    }
    r->code = action->err == SP_TIMEOUT                         ? EXIT_TIMEOUT
              : action->err == SP_REFUSED && action->status > 0 ? EXIT_REFUSED
              : action->err == SP_MISMATCH                      ? EXIT_REFUSED
                                                                : EXIT_CONNECT;
    r->end_us = sp_net_now_us();
}

int recv_pull(struct receiver *r)
{
    r->pulls_rest = true;
    return ask(r);
}
