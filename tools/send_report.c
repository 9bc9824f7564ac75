/* SPDX-License-Identifier: MIT
 * tools/send_report.c -- what became of an order. */
#include "send.h"

#include <stdlib.h>
#include <string.h>

void send_report_init(struct send_report *report, const struct source *sources, uint32_t count)
{
    report->sources = sources;
    report->count = count;
    report->ends = calloc(count > 0 ? count : 1, sizeof *report->ends);
    if (report->ends == NULL)
        report->count = 0;
}

static struct sp_slice name_of(const struct send_report *report, uint32_t index)
{
    struct sp_slice name = report->sources[index].content.name;

    return name.len > 0 ? name : SP_LIT("message");
}

static const char *outcome(const struct send_end *end)
{
    if (!end->ended)
        return "open";
    switch (end->err) {
    case SP_OK: return "delivered";
    case SP_PENDING: return "pending";
    case SP_REFUSED: return "refused";
    default: return "failed";
    }
}

/* What an end means to who called. CLI: 3 could not connect, 7 cut in the middle. */
static int code_of(const struct send_end *end)
{
    switch (end->err) {
    case SP_OK: return EXIT_DONE;
    case SP_PENDING: return EXIT_OPEN;
    case SP_REFUSED:
        if (end->status == 401 || end->status == 407)
            return EXIT_AUTH;
        return EXIT_REFUSED;
    case SP_TIMEOUT: return EXIT_TIMEOUT;
    case SP_RESOLVE: return EXIT_CONNECT;
    case SP_SYNTAX: return end->started ? EXIT_CUT : EXIT_REFUSED; /* no MSRP any more */
    case SP_TRANSPORT:
    case SP_CLOSED: return end->started ? EXIT_CUT : EXIT_CONNECT;
    case SP_INTERRUPTED: return EXIT_CUT;
    case SP_INTEGRITY: return EXIT_INTEGRITY;
    case SP_UNSUPPORTED:
    case SP_STORAGE:
    case SP_LIMIT: return EXIT_OWN;
    default: return EXIT_REFUSED; /* the peer does not keep to the rules */
    }
}

/* Notes */

/* Which of several receivers it is about. */
static void put_to(const struct send_report *report, struct json *json)
{
    if (report->to != NULL)
        json_text(json, "to", sp_str(report->to));
}

static void chosen(struct send_report *report, struct host *host,
                   const struct push_sender_action *action)
{
    report->mode = action->mode;
    if (host->json) {
        struct json json = json_begin(stdout, "chosen");

        put_to(report, &json);

        json_text(&json, "mode", sp_str(push_mode_name(action->mode)));
        json_text(&json, "why", sp_str(action->why));
        json_end(&json);
    }
    if (host_speaks(host, report->to != NULL ? 1 : 0))
        fprintf(stderr, "%s mode: %s\n", push_mode_name(action->mode), action->why);
}

/* Which of them it is, where there are several. */
static void show_progress(const struct send_report *report, struct host *host, uint32_t index,
                          uint64_t done, uint64_t now_us)
{
    struct sp_slice name = name_of(report, index);
    char            room[300];
    int             n = 0;

    if (report->count > 1) {
        n = snprintf(room, sizeof room, "%u/%u %.*s", (unsigned)index + 1, (unsigned)report->count,
                     SP_ARG(sp_head(name, 255)));
        name = sp_slice(room, n > 0 ? (size_t)n : 0);
    }
    progress_show(&host->bar, name, done, report->sources[index].content.octets, now_us);
}

static void progress(struct send_report *report, struct host *host, uint32_t index, uint64_t done)
{
    const struct push_content *content = &report->sources[index].content;
    uint64_t                   now_us = sp_net_now_us();

    show_progress(report, host, index, done, now_us);
    if (!host->json || (now_us - report->json_us < 100000 && done < content->octets))
        return;
    struct json json = json_begin(stdout, "progress");

    put_to(report, &json);

    report->json_us = now_us;
    json_u64(&json, "index", index);
    json_text(&json, "name", content->name);
    json_u64(&json, "bytes", done);
    json_u64(&json, "total", content->octets);
    json_end(&json);
}

static void say_end(struct send_report *report, struct host *host, uint32_t index,
                    const struct push_sender_action *action)
{
    const struct send_end *end = &report->ends[index];

    if (host->json) {
        struct json json = json_begin(stdout, "content");

        put_to(report, &json);

        json_u64(&json, "index", index);
        json_text(&json, "name", report->sources[index].content.name);
        json_text(&json, "outcome", sp_str(outcome(end)));
        json_text(&json, "error", sp_str(sp_err_name(end->err)));
        json_u64(&json, "status", end->status);
        json_text(&json, "reason", action->reason);
        json_end(&json);
    }
    if (!host_speaks(host, 0))
        return;
    term_word(stderr, end->err == SP_OK ? TERM_GOOD : TERM_BAD, outcome(end));
    fputc(' ', stderr);
    term_put(stderr, name_of(report, index));
    if (report->to != NULL) {
        fputs(" to ", stderr);
        term_put(stderr, sp_str(report->to));
    }
    if (end->err == SP_TRANSPORT && !end->started)
        fputs(": nobody listens there, or the way is shut", stderr);
    else if (end->err != SP_OK && end->err != SP_REFUSED)
        fprintf(stderr, ": %s", sp_err_words(end->err));
    if (end->err != SP_OK && end->status > 0)
        fprintf(stderr, ": %u ", (unsigned)end->status);
    if (end->err != SP_OK)
        term_put(stderr, action->reason);
    if (end->err == SP_TIMEOUT && action->timer != NULL)
        fprintf(stderr, " (timer %s)", action->timer);
    if (code_of(end) == EXIT_CUT && report->sources[index].content.name.len > 0)
        fputs("; --resume goes on", stderr);
    fputc('\n', stderr);
}

static void ended(struct send_report *report, struct host *host,
                  const struct push_sender_action *action)
{
    struct send_end *end = &report->ends[action->index];
    bool             well = true;

    for (uint32_t i = 0; i < report->count; i++)
        well = well && (!report->ends[i].ended || report->ends[i].err == SP_OK);
    end->ended = true;
    end->err = action->err;
    end->status = action->status;
    report->last_us = sp_net_now_us();
    if (well) { /* the first that is not well is what the result tells */
        report->status = action->status;
        (void)snprintf(report->reason, sizeof report->reason, "%.*s",
                       SP_ARG(sp_head(action->reason, sizeof report->reason - 1)));
        if (action->err == SP_TIMEOUT && action->timer != NULL)
            (void)snprintf(report->timer, sizeof report->timer, "%s", action->timer);
    }
    say_end(report, host, action->index, action);
}

void send_report_note(struct send_report *report, struct host *host,
                      const struct push_sender_action *action)
{
    if (action->kind == PUSH_SENDER_CHOSEN) {
        chosen(report, host, action);
        return;
    }
    if (action->index >= report->count)
        return;
    switch (action->kind) {
    case PUSH_SENDER_STARTED:
        report->ends[action->index].started = true;
        report->ends[action->index].offset = action->offset;
        if (report->first_us == 0)
            report->first_us = sp_net_now_us();
        if (host_speaks(host, 1)) {
            fputs("taken ", stderr);
            term_put(stderr, name_of(report, action->index));
            if (action->offset > 0)
                fprintf(stderr, ", from octet %llu on", (unsigned long long)action->offset + 1);
            fputc('\n', stderr);
        }
        break;
    case PUSH_SENDER_PROGRESS: progress(report, host, action->index, action->offset); break;
    case PUSH_SENDER_CONTENT_ENDED: ended(report, host, action); break;
    default: break;
    }
}

/* The end */

int send_report_rejected(struct send_report *report, struct host *host, enum sp_err err)
{
    const char *words = sp_err_words(err);
    int         code = err == SP_LIMIT ? EXIT_OWN : EXIT_USAGE;

    if (err == SP_LIMIT)
        words = "too large for one MESSAGE, or more files than fit: see --mode";
    (void)snprintf(report->reason, sizeof report->reason, "%s", words);
    host_complain(host, "%s", words);
    return code;
}

/* `went`: without those that the receiver had. */
static uint64_t octets_delivered(const struct send_report *report, bool went)
{
    uint64_t octets = 0;

    for (uint32_t i = 0; i < report->count; i++)
        if (report->ends[i].ended && report->ends[i].err == SP_OK)
            octets += report->sources[i].content.octets - (went ? report->ends[i].offset : 0);
    return octets;
}

static void put_hash(struct json *json, const struct push_content *content)
{
    char room[HOST_HASH];

    if (content->has_sha1)
        json_text(json, "hash", sp_str(host_hash(content->sha1, room)));
    else
        json_null(json, "hash");
}

static void put_files(const struct send_report *report, struct json *json)
{
    json_array(json, "files");
    for (uint32_t i = 0; i < report->count; i++) {
        json_open(json);
        json_text(json, "name", report->sources[i].content.name);
        json_u64(json, "bytes", report->sources[i].content.octets);
        json_text(json, "type", report->sources[i].content.type);
        put_hash(json, &report->sources[i].content);
        json_u64(json, "offset", report->ends[i].offset);
        json_text(json, "outcome", sp_str(outcome(&report->ends[i])));
        json_u64(json, "status", report->ends[i].status);
        json_close(json);
    }
    json_array_end(json);
}

static void put_result(const struct send_report *report, int code)
{
    struct json json = json_begin(stdout, report->to != NULL ? "receiver" : "result");
    uint64_t    octets = octets_delivered(report, false), went = octets_delivered(report, true);
    double      seconds = (double)(report->last_us - report->first_us) / 1e6;

    put_to(report, &json);
    json_text(&json, "mode", sp_str(push_mode_name(report->mode)));
    json_u64(&json, "bytes", octets);
    json_u64(&json, "status", report->status);
    json_text(&json, "reason", sp_str(report->reason));
    json_text(&json, "transport", sp_str(report->transport == SP_TCP ? "tcp" : "udp"));
    if (report->rtt_us > 0)
        json_fixed(&json, "rtt_ms", (double)report->rtt_us / 1e3, 3);
    else
        json_null(&json, "rtt_ms");
    json_u64(&json, "retransmissions", report->retransmissions);
    if (report->first_us > 0 && seconds > 0)
        json_fixed(&json, "rate_mib_s", (double)went / 1048576 / seconds, 3);
    else
        json_null(&json, "rate_mib_s");
    if (report->count == 1)
        put_hash(&json, &report->sources[0].content);
    else
        json_null(&json, "hash");
    put_files(report, &json);
    if (report->timer[0] != '\0')
        json_text(&json, "timer", sp_str(report->timer));
    json_u64(&json, "exit", (uint64_t)code);
    json_end(&json);
}

static void say_total(const struct send_report *report, struct host *host)
{
    double   seconds = (double)(report->last_us - report->first_us) / 1e6;
    char     size[24], rate[24];
    uint64_t went = octets_delivered(report, true), all = octets_delivered(report, false);

    if (report->first_us == 0 || seconds <= 0 || !host_speaks(host, 0))
        return;
    fprintf(stderr, "%s in %.3f s, %s/s%s", term_size(size, sizeof size, went), seconds,
            term_size(rate, sizeof rate, (uint64_t)((double)went / seconds)),
            went < all ? "; the rest of " : "\n");
    if (went < all)
        fprintf(stderr, "%s was there\n", term_size(size, sizeof size, all));
}

int send_report_result(struct send_report *report, struct host *host, int code)
{
    bool begun = code == 0;

    for (uint32_t i = 0; code == 0 && i < report->count; i++)
        code = report->ends[i].ended ? code_of(&report->ends[i]) : EXIT_BUG;
    if (begun && report->cut != 0 && code != EXIT_DONE) {
        code = report->cut;
        if (code == EXIT_TIMEOUT) {
            (void)snprintf(report->timer, sizeof report->timer, "--timeout");
            if (report->to == NULL)
                host_complain(host, "--timeout is over");
        }
    }
    if (begun && code == EXIT_DONE && report->to == NULL)
        say_total(report, host);
    if (host->json)
        put_result(report, code);
    return code;
}

void send_report_total(struct host *host, const struct send_target *targets, size_t count, int code)
{
    size_t well = 0;

    for (size_t i = 0; i < count; i++) {
        bool all = targets[i].ended && targets[i].code == 0;

        for (uint32_t k = 0; k < targets[i].report.count; k++)
            all = all && targets[i].report.ends[k].ended && targets[i].report.ends[k].err == SP_OK;
        well += all;
    }
    if (host_speaks(host, 0))
        fprintf(stderr, "%zu of %zu receivers have all of it\n", well, count);
    if (host->json) {
        struct json json = json_begin(stdout, "result");

        json_u64(&json, "receivers", count);
        json_u64(&json, "delivered", well);
        json_u64(&json, "exit", (uint64_t)code);
        json_end(&json);
    }
}

void send_report_end(struct send_report *report)
{
    free(report->ends);
    report->ends = NULL;
    report->count = 0;
}
