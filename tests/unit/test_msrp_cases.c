/* SPDX-License-Identifier: MIT
 * tests/unit/test_msrp_cases.c -- the MSRP peers of tests/cases/msrp: what they send, what our
 * endpoint must say to it, and what its user is told. RFC 4975. tests/cases/README.md has the form.
 *
 * Each case runs with the octets of the peer as they stand, then octet by octet, then cut in two at
 * every place: what comes out and what is told must be the same. */
#include <glob.h>
#include <stdio.h>

#include "msrp_peer_unit.h"

#define STEPS 128
#define NEAR  3000 /* octets of a case from its start and to its end that are cut at every place */

enum { WHOLE = -1, BY_OCTET = -2 }; /* any other cut: where the input is parted */

struct step {
    char          mark; /* '<', '>', '!', '=', '.', '+', '-' as in the file; 'w': a word */
    unsigned      at;   /* line of the file */
    char         *line; /* one line; of '=' the first */
    struct sp_buf text; /* lines of messages, parted by CRLF; of '=' the content */
};

struct script {
    const char *path;
    unsigned    line;
    struct step steps[STEPS];
    size_t      count;
    struct frame {
        char id[PEER_WORD]; /* whose lines are read; "": between frames */
        bool wants_paths;
    } in, out;
};

struct run {
    const struct script       *script;
    const struct step         *step;
    long                       cut;
    size_t                     came; /* octets of the peer, in all blocks */
    unsigned                   flow; /* that blocks are of */
    struct sp_handle           session, outgoing;
    struct msrp_session_config config;
    struct peer_run            peer;
};

static glob_t cases;

static const struct sp_limits limits = {
    .msrp_sessions = 2,
    .msrp_connections = PEER_FLOWS,
    .msrp_messages = 4,
    .msrp_head_octets = 4096,
    .msrp_path_octets = 512,
    .msrp_chunk_octets = 65536,
    .msrp_ranges = 8,
    .msrp_timeout_ms = 30000,
    .msrp_leases = 1,
    .msrp_unreported_octets = 32768,
    .content_octets = 16384,
};

static void fail_at(const struct run *run, const char *words, struct sp_slice got)
{
    ck_abort_msg("%s:%u (cut at %ld): %s\n%.*s", run->script->path, run->step->at, run->cut, words,
                 (int)(got.len < 400 ? got.len : 400), got.at != NULL ? got.at : "");
}

/* ---- the file ---------------------------------------------------------------------------------
 */

static struct step *step_of(struct script *script, char mark, const char *line)
{
    struct step *step = &script->steps[script->count++];

    ck_assert_uint_le(script->count, STEPS);
    step->mark = mark;
    step->at = script->line;
    step->line = unit_room(strlen(line) + 1);
    memcpy(step->line, line, strlen(line));
    step->text = sp_buf(unit_room(8192), 8192);
    return step;
}

/* The two paths stand behind a start line by themselves. */
static void put_line(struct frame *frame, struct sp_buf *to, const char *line, const char *paths)
{
    size_t id = strlen(frame->id);

    if (frame->wants_paths && strncmp(line, "To-Path:", 8) != 0 &&
        strncmp(line, "From-Path:", 10) != 0)
        sp_put_text(to, paths);
    frame->wants_paths = id == 0 && strncmp(line, "MSRP ", 5) == 0;
    if (frame->wants_paths) {
        id = strcspn(line + 5, " ");
        ck_assert_uint_lt(id, sizeof frame->id);
        memcpy(frame->id, line + 5, id);
        frame->id[id] = '\0';
    } else if (strncmp(line, "-------", 7) == 0 && id > 0 &&
               strncmp(line + 7, frame->id, id) == 0 && strchr("$+#", line[7 + id]) != NULL) {
        frame->id[0] = '\0';
    }
    sp_put_text(to, line);
    sp_put_text(to, "\r\n");
}

static void take_text(struct script *script, const char *line);

/* Our side connects, speaks at once (5.4), and the peer knows it. */
static const char *const active[] = {
    "connecting",
    "!! CONNECT *",
    "++ 1",
    "!! UP",
    ">> MSRP {hi} SEND",
    ">> Message-ID: *",
    ">> Byte-Range: 1-0/0",
    ">> -------{hi}$",
    "<< MSRP {hi} 200 OK",
    "<< -------{hi}$",
};

static void take_text(struct script *script, const char *line)
{
    struct step *last = script->count > 0 ? &script->steps[script->count - 1] : NULL;
    char         mark = line[0];

    if (mark == '\0' || mark == '#')
        return;
    if (strcmp(line, "active") == 0) {
        for (size_t i = 0; i < UNIT_ROWS(active); i++)
            take_text(script, active[i]);
        return;
    }
    if (strchr("<>=!.+-", mark) == NULL) {
        (void)step_of(script, 'w', line);
        return;
    }
    ck_assert_msg(line[1] == '|' || line[1] == mark, "%s:%u: %s", script->path, script->line, line);
    line += 2 + (line[2] == ' ');
    if (last == NULL || last->mark != mark || strchr("<>=", mark) == NULL ||
        (mark == '=' && line[-2] == '='))
        last = step_of(script, mark, line);
    if (line[-2] == '|' || line[-1] == '|')
        peer_put_octets(&last->text, line);
    else if (mark == '<')
        put_line(&script->in, &last->text, line, "To-Path: {us}\r\nFrom-Path: {peer}\r\n");
    else if (mark == '>')
        put_line(&script->out, &last->text, line, "To-Path: {peer}\r\nFrom-Path: {us}\r\n");
    unit_err(last->text.err, SP_OK);
}

static void read_script(struct script *script, const char *path)
{
    FILE *from = fopen(path, "r");
    char  text[512];

    ck_assert_ptr_nonnull(from);
    script->path = path;
    while (fgets(text, sizeof text, from) != NULL) {
        script->line++;
        text[strcspn(text, "\n")] = '\0';
        take_text(script, text);
    }
    fclose(from);
}

/* ---- what the peer does ------------------------------------------------------------------------
 */

static void come(struct run *run, struct sp_slice octets)
{
    struct sp_flow flow = peer_flow(run->flow);
    char          *exact = malloc(octets.len);

    ck_assert_ptr_nonnull(exact);
    memcpy(exact, octets.at, octets.len);
    msrp_receive(run->peer.agent, run->peer.now_us, &flow, sp_slice(exact, octets.len));
    peer_drain(&run->peer);
    free(exact);
}

static void put_in(struct run *run)
{
    static char   room[4 * PEER_OCTETS];
    struct sp_buf to = sp_buf(room, sizeof room);
    size_t        part, at = 0;

    peer_expand(&run->peer, &to, sp_written(&run->step->text));
    while (at < to.len) {
        part = to.len - at;
        if (run->cut == BY_OCTET)
            part = 1;
        else if (run->cut > (long)run->came && run->cut < (long)(run->came + part))
            part = (size_t)run->cut - run->came;
        come(run, sp_slice(room + at, part));
        run->came += part;
        at += part;
    }
}

/* What came out next on the connection is this, to the last octet of it. */
static void take_out(struct run *run)
{
    size_t          n = run->flow - 1, took = 0;
    struct sp_slice out = sp_slice(run->peer.out[n] + run->peer.read[n],
                                   run->peer.outs[n] - run->peer.read[n]);

    if (!peer_matches(&run->peer, sp_written(&run->step->text), out, &took))
        fail_at(run, "this came out:", out);
    run->peer.read[n] += took;
}

static void hear(struct run *run)
{
    static char     room[2 * PEER_OCTETS];
    struct sp_buf   want = sp_buf(room, sizeof room);
    struct sp_slice told = sp_slice(run->peer.told + run->peer.heard,
                                    run->peer.tolds - run->peer.heard);
    struct sp_slice first = sp_head(told, sp_find(told, '\n') + 1);
    size_t          took = 0;

    peer_expand(&run->peer, &want, sp_str(run->step->line));
    sp_put_char(&want, '\n');
    if (!sp_eq(sp_written(&want), first) &&
        (!peer_matches(&run->peer, sp_written(&want), first, &took) || took != first.len))
        fail_at(run, "this was told:", told);
    run->peer.heard += first.len;
}

/* Nothing came out, nothing was told that the case did not name by now. */
static void all_named(const struct run *run)
{
    const struct peer_run *peer = &run->peer;

    for (size_t n = 0; n < PEER_FLOWS; n++)
        if (peer->read[n] < peer->outs[n])
            fail_at(run, "before this came out:",
                    sp_slice(peer->out[n] + peer->read[n], peer->outs[n] - peer->read[n]));
    if (peer->heard < peer->tolds)
        fail_at(run, "before this was told:",
                sp_slice(peer->told + peer->heard, peer->tolds - peer->heard));
}

static void connection(struct run *run, char mark, unsigned n)
{
    struct peer_run *peer = &run->peer;
    struct sp_flow   flow = peer_flow(n);

    if (mark == '-')
        msrp_closed(peer->agent, peer->now_us, n > 0 ? 0 : peer->cookie, n > 0 ? &flow : NULL,
                    n > 0 ? SP_CLOSED : SP_TRANSPORT);
    else if (peer->connecting)
        msrp_connected(peer->agent, peer->now_us, peer->cookie, &flow);
    else
        msrp_accepted(peer->agent, peer->now_us, &flow);
    peer->connecting = false;
    if (mark == '+')
        run->flow = n;
    peer_drain(peer);
}

/* ---- what our side does ------------------------------------------------------------------------
 */

/* The first words of a line, parted by spaces; empty where there are no more. */
struct words {
    char word[6][PEER_WORD];
};

static struct words words_of(const char *line)
{
    struct words at = { { "" } };

    for (int i = 0; i < 6; i++) {
        size_t len = strcspn(line, " ");

        ck_assert_uint_lt(len, PEER_WORD);
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

static void put_uri(char *to, const char *uri)
{
    memcpy(to, uri, strlen(uri) + 1);
}

/* send ID [success] [no|partial] [chunk N] */
static enum sp_err send_message(struct run *run, const struct words *at)
{
    static char          room[PEER_OCTETS];
    struct sp_buf        content = sp_buf(room, sizeof room);
    struct msrp_outgoing outgoing = { .message_id = sp_str(at->word[1]),
                                      .content_type = SP_LIT("text/plain") };

    for (int i = 2; i < 6; i++) {
        if (strcmp(at->word[i], "success") == 0)
            outgoing.success_report = true;
        else if (strcmp(at->word[i], "no") == 0)
            outgoing.failure_report = MSRP_FAILURE_NO;
        else if (strcmp(at->word[i], "partial") == 0)
            outgoing.failure_report = MSRP_FAILURE_PARTIAL;
        else if (strcmp(at->word[i], "chunk") == 0)
            outgoing.chunk_octets = number_of(at->word[i + 1]);
    }
    peer_expand(&run->peer, &content, sp_written(&run->step->text));
    run->peer.content = sp_written(&content);
    outgoing.octets = content.len;
    return msrp_send(run->peer.agent, run->peer.now_us, run->session, &outgoing, &run->outgoing);
}

static void act(struct run *run)
{
    struct peer_run *peer = &run->peer;
    struct words     at = words_of(run->step->line);
    struct sp_flow   flow = peer_flow(run->flow);
    enum sp_err      err = SP_OK;

    if (strcmp(at.word[0], "send") == 0)
        err = send_message(run, &at);
    else if (strcmp(at.word[0], "judge") == 0)
        err = msrp_judge(peer->agent, peer->now_us, peer->incoming,
                         (uint16_t)number_of(at.word[1]));
    else if (strcmp(at.word[0], "abort") == 0)
        err = msrp_abort(peer->agent, peer->now_us, run->outgoing);
    else if (strcmp(at.word[0], "close") == 0)
        err = msrp_close(peer->agent, peer->now_us, run->session);
    else if (strcmp(at.word[0], "readdress") == 0) {
        put_uri(peer->peer, at.word[1]);
        err = msrp_readdress(peer->agent, peer->now_us, run->session, sp_str(peer->peer));
    } else if (strcmp(at.word[0], "hold") == 0)
        peer->hold = true;
    else if (strcmp(at.word[0], "taken") == 0 && peer->held > 0) {
        peer->held--;
        msrp_sent(peer->agent, peer->now_us, &flow);
    } else
        fail_at(run, "no verb", sp_slice(NULL, 0));
    if (err != SP_OK)
        fail_at(run, sp_err_name(err), sp_slice(NULL, 0));
    peer_drain(peer);
}

static void open_session(struct run *run, bool connects)
{
    run->config.connects = connects;
    run->config.local_path = sp_str(run->peer.us);
    run->config.remote_path = sp_str(run->peer.peer);
    unit_err(msrp_open(run->peer.agent, run->peer.now_us, &run->config, &run->session), SP_OK);
    peer_drain(&run->peer);
    if (!connects && run->flow == 0)
        connection(run, '+', 1);
}

/* Who the two are, before anything else. */
static void arrange(struct run *run)
{
    struct peer_run *peer = &run->peer;
    char            *line = run->step->line;
    struct words     at = words_of(line);

    if (strcmp(at.word[0], "us") == 0)
        put_uri(peer->us, at.word[1]);
    else if (strcmp(at.word[0], "peer") == 0)
        put_uri(peer->peer, line + 5);
    else if (strcmp(at.word[0], "accept") == 0)
        run->config.accept_types = sp_str(line + 7);
    else if (strcmp(at.word[0], "max") == 0)
        run->config.max_size = number_of(at.word[1]);
    else if (strcmp(at.word[0], "judges") == 0)
        peer->judges = (uint16_t)number_of(at.word[1]);
    else if (strcmp(at.word[0], "refuses") == 0)
        peer->refuses = (uint16_t)number_of(at.word[1]);
    else if (strcmp(at.word[0], "progress") == 0)
        peer->progress = true;
    else if (strcmp(at.word[0], "by-session-id") == 0)
        msrp_agent_match_session_id(peer->agent, true);
    else if (strcmp(at.word[0], "passive") == 0)
        open_session(run, false);
    else if (strcmp(at.word[0], "connecting") == 0)
        open_session(run, true);
    else if (strcmp(at.word[0], "on") == 0)
        run->flow = number_of(at.word[1]);
    else
        fail_at(run, "no such word", sp_slice(NULL, 0));
}

/* ---- a run -------------------------------------------------------------------------------------
 */

static void do_step(struct run *run)
{
    struct peer_run *peer = &run->peer;

    if (strchr(">!w", run->step->mark) == NULL)
        all_named(run);
    switch (run->step->mark) {
    case '<': put_in(run); break;
    case '>': take_out(run); break;
    case '!': hear(run); break;
    case '=': act(run); break;
    case '+':
    case '-': connection(run, run->step->mark, number_of(run->step->line)); break;
    case '.':
        peer->now_us += number_of(run->step->line) * UINT64_C(1000);
        msrp_tick(peer->agent, peer->now_us);
        peer_drain(peer);
        break;
    default: arrange(run); break;
    }
}

/* The session ends, and nothing of it is left. */
static void end(struct run *run)
{
    struct msrp_agent *agent = run->peer.agent;

    (void)!msrp_close(agent, run->peer.now_us, run->session);
    peer_drain(&run->peer);
    for (int i = 0; i < 4; i++) {
        run->peer.now_us += UINT64_C(60000000);
        msrp_tick(agent, run->peer.now_us);
        peer_drain(&run->peer);
    }
    ck_assert_uint_eq(agent->sessions.used, 0);
    ck_assert_uint_eq(agent->messages.used, 0);
    ck_assert_uint_eq(agent->store.used, 0);
    ck_assert_uint_eq(agent->timers.used, 0);
}

static size_t run_once(struct run *run, const struct script *script, void *memory, long cut)
{
    static const uint8_t seed[SP_SEED_OCTETS] = { 7 };
    struct peer_run      peer = { .judges = 200, .now_us = 1000 };

    for (size_t i = 0; i < PEER_FLOWS; i++)
        peer.out[i] = run->peer.out[i];
    for (size_t i = 0; i < PEER_MESSAGES; i++)
        peer.body[i] = run->peer.body[i];
    run->peer = peer;
    run->script = script;
    run->cut = cut;
    run->came = 0;
    run->flow = 0;
    run->config = (struct msrp_session_config){ .accept_types = SP_LIT("text/*") };
    put_uri(run->peer.us, "msrp://192.0.2.1:2855/ours;tcp");
    put_uri(run->peer.peer, "msrp://192.0.2.2:7654/theirs;tcp");
    memset(memory, 0, msrp_agent_size(&limits));
    run->peer.agent = msrp_agent_init(memory, &limits, seed);
    for (size_t i = 0; i < script->count; i++) {
        run->step = &script->steps[i];
        do_step(run);
    }
    all_named(run);
    end(run);
    return run->came;
}

START_TEST(one_case)
{
    static struct script script;
    static struct run    run;
    void                *memory = unit_room(msrp_agent_size(&limits));
    size_t               octets;

    memset(&script, 0, sizeof script);
    for (size_t i = 0; i < PEER_FLOWS; i++)
        run.peer.out[i] = unit_room(4 * PEER_OCTETS);
    for (size_t i = 0; i < PEER_MESSAGES; i++)
        run.peer.body[i] = unit_room(PEER_OCTETS);
    read_script(&script, cases.gl_pathv[_i]);
    octets = run_once(&run, &script, memory, WHOLE);
    (void)run_once(&run, &script, memory, BY_OCTET);
    for (size_t cut = 1; cut < octets; cut += cut < NEAR || cut + NEAR > octets ? 1 : 991)
        (void)run_once(&run, &script, memory, (long)cut);
}
END_TEST

Suite *test_msrp_cases_suite(void)
{
    Suite *suite = suite_create("msrp_cases");
    TCase *tcase = unit_tcase(suite, "msrp_cases");

    tcase_set_timeout(tcase, 60);
    (void)glob("tests/cases/msrp/*.txt", 0, NULL,
               &cases); /* none: the suite has no test, and says so */
    tcase_add_loop_test(tcase, one_case, 0, (int)cases.gl_pathc);
    return suite;
}
