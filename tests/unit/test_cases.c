/* SPDX-License-Identifier: MIT
 * tests/unit/test_cases.c -- the conformance cases of tests/cases: what goes into a user agent,
 * what must come out of it field by field, and what its user is told. tests/cases/README.md has the
 * form.
 *
 * A world of one agent and a peer by hand (ua_unit.h): the case is the peer, the user and the
 * clock. */
#include "../../dialog/sip_ua_event.h"
#include "ua_unit.h"
#include "unit.h"

#include <glob.h>
#include <stdio.h>

#define LINES   64
#define OCTETS  4096
#define WORD    128
#define DOMAINS "sip:biloxi.example.com"

struct block { /* lines of one message: start line, fields, body */
    char    *lines[LINES];
    size_t   count;
    char     body[OCTETS];
    size_t   body_octets;
    bool     has_body;
    unsigned at; /* line of the file */
};

struct run {
    const char          *path;
    unsigned             line;
    struct ua_world     *world;
    struct ua_end       *agent;
    struct sip_ua_config config;
    char                 from[WORD], route[WORD], user[WORD];
    struct sp_slice      out;    /* the last message that came out */
    struct sp_slice      invite; /* the last INVITE among them */
    uint32_t             methods, min_se_s, session_expires_s;
    struct sp_handle     registration; /* or subscription, or publication */
};

static glob_t cases;

/* The first words of a line, parted by spaces; empty where there are no more. */
struct words {
    char word[3][WORD];
};

static struct words words_of(const char *line)
{
    struct words at = { { "" } };

    for (int i = 0; i < 3; i++) {
        size_t len = strcspn(line, " ");

        ck_assert_uint_lt(len, WORD);
        memcpy(at.word[i], line, len);
        line += len + strspn(line + len, " ");
    }
    return at;
}

static uint32_t number_of(const char *word)
{
    uint64_t number = 0;

    unit_err(sp_to_u64(sp_str(word), UINT32_MAX, &number), SP_OK);
    return (uint32_t)number;
}

/* ---- patterns */

/* `*` stands for any octets. */
static bool matches(const char *pattern, struct sp_slice text)
{
    while (*pattern != '\0') {
        if (*pattern == '*') {
            for (size_t skip = 0; skip <= text.len; skip++)
                if (matches(pattern + 1, sp_from(text, skip)))
                    return true;
            return false;
        }
        if (text.len == 0 || text.at[0] != *pattern)
            return false;
        pattern++;
        text = sp_from(text, 1);
    }
    return text.len == 0;
}

/* The text with {Name} as the value of that field in the message that came out last, {Name;tag} as
 * its tag alone, and {INVITE Name} as that of the last INVITE. */
static void expand(const struct run *run, struct sp_buf *to, const char *text)
{
    while (*text != '\0') {
        char            name[64] = "";
        size_t          end = strcspn(text, "}");
        bool            tag;
        struct sp_slice value, from = run->out;
        const char     *field = name;

        if (*text != '{') {
            sp_put_char(to, *text++);
            continue;
        }
        ck_assert_msg(text[end] == '}' && end < sizeof name, "%s:%u: {", run->path, run->line);
        memcpy(name, text + 1, end - 1);
        tag = strstr(name, ";tag") != NULL;
        name[strcspn(name, ";")] = '\0';
        if (strncmp(name, "INVITE ", 7) == 0) {
            from = run->invite;
            field = name + 7;
        }
        value = tag ? ua_tag(from, field) : ua_value(from, field);
        ck_assert_msg(value.len > 0, "%s:%u: no %s came out", run->path, run->line, name);
        sp_put(to, value);
        text += end + 1;
    }
}

/* ---- messages */

static void put_in(struct run *run, const struct block *block)
{
    struct sp_buf to = sp_buf(unit_room(OCTETS), OCTETS);
    bool          has_length = false;

    for (size_t i = 0; i < block->count; i++) {
        expand(run, &to, block->lines[i]);
        sp_put_text(&to, "\r\n");
        has_length = has_length || strncmp(block->lines[i], "Content-Length", 14) == 0;
    }
    if (!has_length) {
        sp_put_text(&to, "Content-Length: ");
        sp_put_u64(&to, block->body_octets);
        sp_put_text(&to, "\r\n");
    }
    sp_put_text(&to, "\r\n");
    sp_put(&to, sp_slice(block->body, block->body_octets));
    unit_err(to.err, SP_OK);
    sip_ua_receive(run->agent->ua, run->world->now_us, &run->agent->flow,
                   unit_octets(to.at, to.len));
    ua_drain(run->agent);
}

/* One line of what came out is `pattern`'s. */
static bool is_line(const struct run *run, const char *pattern, struct sp_slice line)
{
    char          want[512];
    struct sp_buf to = sp_buf(want, sizeof want - 1);

    expand(run, &to, pattern);
    unit_err(to.err, SP_OK);
    want[to.len] = '\0';
    return matches(want, line);
}

/* The next message is this one, field by field in any order, and no other field is in it. */
static void take_out(struct run *run, struct block *block)
{
    struct sp_slice rest = ua_take(run->world), line, whole = rest;

    ck_assert_msg(rest.len > 0, "%s:%u: nothing came out", run->path, block->at);
    for (bool first = true; rest.len > 0; first = false) {
        size_t end = sp_find_slice(rest, SP_LIT("\r\n")), i = 0;

        line = sp_head(rest, end);
        rest = sp_from(rest, end + 2);
        if (line.len == 0)
            break;
        while (i < block->count &&
               (block->lines[i] == NULL || !is_line(run, block->lines[i], line)))
            i++;
        ck_assert_msg(i < block->count && first == (i == 0),
                      "%s:%u: \"%.*s\" is not wanted in\n%.*s", run->path, block->at, SP_ARG(line),
                      SP_ARG(whole));
        block->lines[i] = NULL;
    }
    for (size_t i = 0; i < block->count; i++)
        ck_assert_msg(block->lines[i] == NULL, "%s:%u: \"%s\" is missing in\n%.*s", run->path,
                      block->at, block->lines[i], SP_ARG(whole));
    run->out = whole;
    if (sp_starts(whole, SP_LIT("INVITE ")))
        run->invite = whole;
    if (block->has_body)
        unit_eq_slice(rest, sp_slice(block->body, block->body_octets));
}

/* ---- the user */

static struct sip_ua_request request_of(const struct run *run, enum sip_method method,
                                        const char *uri, const struct block *block)
{
    struct sip_ua_request request = {
        .method = method,
        .uri = sp_str(uri),
        .route = sp_str(run->route),
        .body = sp_slice(block->body, block->body_octets),
        .follow = 4,
    };

    if (block->has_body)
        request.content_type = UA_SDP;
    return request;
}

static enum sp_err register_as(struct run *run, uint64_t expires_s)
{
    struct sip_ua_registration registration = {
        .aor = sp_str(run->from),
        .registrar = SP_LIT(DOMAINS),
        .route = sp_str(run->route),
        .expires_s = (uint32_t)expires_s,
    };

    return sip_ua_register(run->agent->ua, run->world->now_us, &registration, &run->registration);
}

/* Events: presence, for an hour. */
static enum sp_err act_event(struct run *run, const char *verb, const char *word,
                             const struct block *block)
{
    struct sip_ua             *ua = run->agent->ua;
    uint64_t                   now_us = run->world->now_us;
    struct sp_slice            type = SP_LIT("application/pidf+xml");
    struct sp_slice            body = sp_slice(block->body, block->body_octets);
    struct sip_ua_subscription sub = { .uri = sp_str(word),
                                       .event = SP_LIT("presence"),
                                       .expires_s = 3600 };
    struct sip_ua_publication  pub = { .uri = sp_str(word),
                                       .event = SP_LIT("presence"),
                                       .content_type = type,
                                       .body = body,
                                       .expires_s = 3600 };

    sub.route = pub.route = sp_str(run->route);
    if (strcmp(verb, "subscribe") == 0)
        return sip_ua_subscribe(ua, now_us, &sub, &run->registration);
    if (strcmp(verb, "unsubscribe") == 0)
        return sip_ua_unsubscribe(ua, now_us, run->registration);
    if (strcmp(verb, "publish") == 0)
        return sip_ua_publish(ua, now_us, &pub, &run->registration);
    if (strcmp(verb, "republish") == 0)
        return sip_ua_republish(ua, now_us, run->registration, type, body);
    if (strcmp(verb, "unpublish") == 0)
        return sip_ua_unpublish(ua, now_us, run->registration);
    ck_abort_msg("%s:%u: no verb %s", run->path, block->at, verb);
}

static enum sp_err act(struct run *run, const char *verb, const char *word,
                       const struct block *block)
{
    struct sip_ua        *ua = run->agent->ua;
    uint64_t              now_us = run->world->now_us, number = 0;
    struct sp_handle      session = run->agent->session, handle;
    struct sp_slice       none = { NULL, 0 }, body = sp_slice(block->body, block->body_octets);
    struct sp_slice       type = block->has_body ? UA_SDP : none;
    struct sip_ua_request request;

    (void)!sp_to_u64(sp_str(word), UINT32_MAX, &number);
    if (strcmp(verb, "invite") == 0) {
        request = request_of(run, SIP_INVITE, word, block);
        return sip_ua_invite(ua, now_us, &request, &run->agent->session);
    }
    if (strcmp(verb, "query") == 0) {
        request = request_of(run, SIP_REGISTER, DOMAINS, block);
        request.to = sp_str(run->from);
        return sip_ua_send(ua, now_us, &request, &handle);
    }
    if (strcmp(verb, "register") == 0)
        return register_as(run, number);
    if (strcmp(verb, "unregister") == 0)
        return sip_ua_unregister(ua, now_us, run->registration);
    if (strcmp(verb, "progress") == 0 || strcmp(verb, "reliable") == 0)
        return sip_ua_progress(ua, now_us, session, (uint16_t)number, verb[0] == 'r', type, body);
    if (strcmp(verb, "update") == 0)
        return sip_ua_update(ua, now_us, session, type, body);
    if (strcmp(verb, "respond") == 0)
        return sip_ua_respond(ua, now_us, run->agent->request, (uint16_t)number, none, type, body);
    if (strcmp(verb, "accept") == 0)
        return sip_ua_accept(ua, now_us, session, type, body);
    if (strcmp(verb, "refuse") == 0)
        return sip_ua_refuse(ua, now_us, session, (uint16_t)number, none);
    if (strcmp(verb, "reinvite") == 0)
        return sip_ua_reinvite(ua, now_us, session, type, body);
    if (strcmp(verb, "ack") == 0)
        return sip_ua_ack(ua, now_us, session, type, body);
    if (strcmp(verb, "end") == 0)
        return sip_ua_end(ua, now_us, session);
    return act_event(run, verb, word, block);
}

/* `method NAME`, `timer LEAST ASKED`, then `agent URI USER`, `login NAME PASSWORD`, `route URI`:
 * who the agent is, before anything else. */
static void begin(struct run *run)
{
    run->config = (struct sip_ua_config){
        .from = sp_str(run->from),
        .contact_user = sp_str(run->user),
        .methods = 1u << SIP_INVITE | 1u << SIP_BYE | run->methods,
        .accept = SP_LIT("application/sdp"),
        .min_se_s = run->min_se_s,
        .session_expires_s = run->session_expires_s,
    };
    run->world = ua_world(&run->config, NULL, true, 1);
    run->agent = &run->world->ends[0];
}

static void arrange(struct run *run, const char *line)
{
    struct words at = words_of(line);

    if (strcmp(at.word[0], "method") == 0)
        run->methods |= 1u << sip_method_of(sp_str(at.word[1]));
    else if (strcmp(at.word[0], "timer") == 0) {
        run->min_se_s = number_of(at.word[1]);
        run->session_expires_s = number_of(at.word[2]);
    } else if (strcmp(at.word[0], "agent") == 0) {
        memcpy(run->from, at.word[1], WORD);
        memcpy(run->user, at.word[2], WORD);
        begin(run);
    } else if (strcmp(at.word[0], "login") == 0)
        unit_err(
            sip_ua_login(run->agent->ua, sp_slice(NULL, 0), sp_str(at.word[1]), sp_str(at.word[2])),
            SP_OK);
    else if (strcmp(at.word[0], "route") == 0)
        memcpy(run->route, at.word[1], WORD);
    else
        ck_abort_msg("%s:%u: %s", run->path, run->line, line);
}

/* ---- the file */

/* Lines that begin with the same two characters belong together; a | in the second is a body's. */
static void take_block(struct run *run, char mark, struct block *block)
{
    struct words at = words_of(block->count > 0 ? block->lines[0] : "");
    enum sp_err  err;

    switch (mark) {
    case '<': put_in(run, block); return;
    case '>': take_out(run, block); return;
    case '=':
        err = act(run, at.word[0], at.word[1], block);
        ck_assert_msg(err == SP_OK, "%s:%u: %s: %s", run->path, block->at, at.word[0],
                      sp_err_name(err));
        ua_drain(run->agent);
        return;
    default: break;
    }
}

/* One line by itself: time, or what was told. */
static bool take_line(struct run *run, char *line)
{
    if (strncmp(line, "..", 2) == 0) {
        ua_run(run->world, number_of(words_of(line).word[1]));
        return true;
    }
    if (strncmp(line, "!!", 2) == 0) {
        const char *want = line + 2 + strspn(line + 2, " ");

        ck_assert_msg(strcmp(run->agent->notes, want) == 0, "%s:%u: told \"%s\", wanted \"%s\"",
                      run->path, run->line, run->agent->notes, want);
        run->agent->notes[0] = '\0';
        return true;
    }
    return false;
}

static void add_body(struct block *block, const char *line)
{
    int n = snprintf(block->body + block->body_octets, OCTETS - block->body_octets, "%s\r\n", line);

    block->has_body = true;
    block->body_octets += (size_t)n;
    ck_assert_uint_lt(block->body_octets, OCTETS);
}

static void read_case(struct run *run, FILE *from)
{
    struct block block = { .count = 0 };
    char         mark = '\0', text[512];

    for (;;) {
        bool  more = fgets(text, sizeof text, from) != NULL;
        char *line = text;

        text[more ? strcspn(text, "\r\n") : 0] = '\0';
        run->line++;
        if (mark != '\0' && (line[0] != mark || (line[1] == mark && block.has_body))) {
            take_block(run, mark, &block);
            memset(&block, 0, sizeof block);
            mark = '\0';
        }
        if (!more)
            return;
        if (line[0] == '\0' || line[0] == '#' || take_line(run, line))
            continue;
        if (strchr("<>=", line[0]) == NULL) {
            arrange(run, line);
            continue;
        }
        ck_assert_msg(strlen(line) > 1, "%s:%u: %s", run->path, run->line, line);
        if (mark == '\0') {
            block.at = run->line;
            mark = line[0];
        }
        if (line[1] == '|') {
            add_body(&block, strlen(line) > 3 ? line + 3 : "");
        } else {
            ck_assert_uint_lt(block.count, LINES);
            line = unit_room(strlen(text) + 1);
            memcpy(line, text, strlen(text) + 1);
            block.lines[block.count++] = line + 2 + (line[2] == ' ');
        }
    }
}

/* Every message that came out was looked at, every note was read, and nothing is left under way. */
START_TEST(one_case)
{
    struct run run = { .path = cases.gl_pathv[_i] };
    FILE      *from = fopen(run.path, "r");

    ck_assert_ptr_nonnull(from);
    read_case(&run, from);
    fclose(from);
    ck_assert_ptr_nonnull(run.agent);
    ck_assert_msg(ua_take(run.world).len == 0, "%s: more came out", run.path);
    ck_assert_msg(run.agent->notes[0] == '\0', "%s: told more: %s", run.path, run.agent->notes);
    ua_run(run.world, 120000);
    ck_assert_uint_eq(sip_ua_open(run.agent->ua), 0);
}
END_TEST

Suite *test_cases_suite(void)
{
    Suite *suite = suite_create("cases");
    TCase *tcase = unit_tcase(suite, "cases");

    (void)glob("tests/cases/rfc*/*.txt", 0, NULL,
               &cases); /* none: the suite has no test, and says so */
    tcase_add_loop_test(tcase, one_case, 0, (int)cases.gl_pathc);
    return suite;
}
