/* SPDX-License-Identifier: MIT
 * tools/recv_report.c -- pushes that come, and what is said of them. */
#include "recv_report.h"

#include <string.h>
#include <time.h>

void recv_report_offered(struct host *host, const struct incoming *in, uint16_t status)
{
    char size[24];

    if (host->json) {
        struct json json = json_begin(stdout, "offered");

        json_text(&json, "from", sp_str(in->from));
        json_text(&json, "name", in->name[0] != '\0' ? sp_str(in->name) : sp_slice(NULL, 0));
        json_text(&json, "type", sp_str(in->type));
        if (in->told == UINT64_MAX)
            json_null(&json, "bytes");
        else
            json_u64(&json, "bytes", in->told);
        if (in->offset > 0)
            json_u64(&json, "offset", in->offset);
        if (in->modified_s > 0)
            json_u64(&json, "modified", (uint64_t)in->modified_s);
        if (in->icon_octets > 0)
            json_u64(&json, "icon_bytes", in->icon_octets);
        json_text(&json, "mode", sp_str(push_mode_name(in->mode)));
        json_u64(&json, "status", status);
        json_end(&json);
    }
    if (!host_speaks(host, 1))
        return;
    fputs("offered ", stderr);
    term_put(stderr, in->name[0] != '\0' ? sp_str(in->name) : SP_LIT("a message"));
    fputs(" (", stderr);
    term_put(stderr, sp_str(in->type));
    if (in->told != UINT64_MAX)
        fprintf(stderr, ", %s", term_size(size, sizeof size, in->told));
    if (in->offset > 0)
        fprintf(stderr, ", from octet %llu on", (unsigned long long)in->offset + 1);
    fputs(") by ", stderr);
    term_put(stderr, sp_str(in->from));
    fprintf(stderr, " in %s mode: %s %u\n", push_mode_name(in->mode),
            status < 300 ? "accepted" : "declined", (unsigned)status);
}

void recv_report_path(const char *dir, const struct incoming *in, char *path, size_t octets)
{
    bool here = strcmp(dir, ".") == 0;

    (void)snprintf(path, octets, "%s%s%s", here ? "" : dir, here ? "" : "/", in->file.name);
}

/* Its sender said until when it is of use (RFC 3428 7): one that came later is marked. */
static bool expired(const struct incoming *in)
{
    return in->expires_s != INT64_MAX && (int64_t)time(NULL) >= in->expires_s;
}

static const char *outcome(const struct incoming *in)
{
    if (in->skipped)
        return "skipped";
    return in->file.whole ? "here already" : "delivered";
}

void recv_report_delivered(struct host *host, const struct incoming *in, const char *dir)
{
    char path[4096 + STORE_NAME] = "-", hash[HOST_HASH], size[24];

    if (dir != NULL)
        recv_report_path(dir, in, path, sizeof path);
    if (host->json) {
        struct json json = json_begin(stdout, in->skipped      ? "skipped"
                                              : in->file.whole ? "present"
                                                               : "delivered");

        json_text(&json, "path", in->skipped ? sp_slice(NULL, 0) : sp_str(path));
        json_text(&json, "from", sp_str(in->from));
        json_text(&json, "type", sp_str(in->type));
        json_u64(&json, "bytes", in->total);
        json_text(&json, "hash", sp_str(host_hash(in->digest, hash)));
        json_text(&json, "app_id", in->app[0] != '\0' ? sp_str(in->app) : sp_slice(NULL, 0));
        json_text(&json, "mode",
                  in->url != NULL ? SP_LIT("reference") : sp_str(push_mode_name(in->mode)));
        if (in->expires_s != INT64_MAX)
            json_bool(&json, "expired", expired(in));
        json_end(&json);
    } else if (dir != NULL && !in->file.whole && !in->skipped) {
        term_put(stdout, sp_str(path));
        fputc('\n', stdout);
        fflush(stdout);
    }
    if (host_speaks(host, 0)) {
        term_word(stderr, TERM_GOOD, outcome(in));
        fputc(' ', stderr);
        term_put(stderr, in->file.base[0] != '\0' ? sp_str(in->file.base) : sp_str(in->name));
        fprintf(stderr, ", %s%s\n", term_size(size, sizeof size, in->total),
                expired(in) ? "; it came after it had expired" : "");
    }
}

void recv_report_failed(struct host *host, const struct incoming *in,
                        const struct push_receiver_action *action)
{
    if (host->json) {
        struct json json = json_begin(stdout, "failed");

        json_text(&json, "name", sp_str(in->name));
        json_text(&json, "from", sp_str(in->from));
        json_text(&json, "error", sp_str(sp_err_name(action->err)));
        json_u64(&json, "status", action->status);
        json_u64(&json, "bytes", in->came);
        json_end(&json);
    }
    if (host_speaks(host, 0)) {
        term_word(stderr, TERM_BAD, "failed");
        fputc(' ', stderr);
        term_put(stderr, in->name[0] != '\0' ? sp_str(in->name) : SP_LIT("a message"));
        fprintf(stderr, ": %s%s\n", sp_err_words(action->err),
                in->file.fd >= 0 && in->file.stated ? "; what came is kept, it can go on" : "");
    }
}

void recv_report_reference(struct host *host, const struct incoming *in)
{
    char hash[HOST_HASH];

    if (host->json) {
        struct json json = json_begin(stdout, "reference");

        json_text(&json, "url", sp_str(in->url));
        json_text(&json, "from", sp_str(in->from));
        json_text(&json, "name", sp_str(in->name));
        json_text(&json, "type", sp_str(in->type));
        if (in->told == UINT64_MAX)
            json_null(&json, "bytes");
        else
            json_u64(&json, "bytes", in->told);
        json_text(&json, "hash",
                  in->has_sha1 ? sp_str(host_hash(in->sha1, hash)) : sp_slice(NULL, 0));
        json_end(&json);
    }
    if (host_speaks(host, 0)) {
        fputs("fetching ", stderr);
        term_put(stderr, sp_str(in->url));
        fputc('\n', stderr);
    }
}

void recv_report_unfetched(struct host *host, const struct incoming *in, const char *why)
{
    if (!host->json)
        return;
    struct json json = json_begin(stdout, "failed");

    json_text(&json, "name", sp_str(in->name != NULL ? in->name : ""));
    json_text(&json, "from", sp_str(in->from));
    json_text(&json, "url", in->url != NULL ? sp_str(in->url) : sp_slice(NULL, 0));
    json_text(&json, "error", SP_LIT("FETCH"));
    json_text(&json, "reason", sp_str(why));
    json_end(&json);
}
