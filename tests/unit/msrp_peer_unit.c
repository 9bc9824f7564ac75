/* SPDX-License-Identifier: MIT
 * tests/unit/msrp_peer_unit.c -- an MSRP endpoint of ours before a peer by hand. */
#include "msrp_peer_unit.h"

#include <stdio.h>

/* ---- text with {name}, {N*c} and `*` */

/* "N*c": how many, of what. */
static bool is_many(struct sp_slice inner, uint64_t *count)
{
    return inner.len > 2 && inner.at[inner.len - 2] == '*' &&
           sp_to_u64(sp_head(inner, inner.len - 2), PEER_OCTETS, count) == SP_OK;
}

/* What stands for it; "" as long as it is not bound. */
static char *value_of(struct peer_run *run, struct sp_slice name)
{
    size_t i = 0;

    if (sp_eq(name, SP_LIT("us")))
        return run->us;
    if (sp_eq(name, SP_LIT("peer")))
        return run->peer;
    while (i < PEER_NAMES && run->name[i][0] != '\0' && !sp_eq(sp_str(run->name[i]), name))
        i++;
    ck_assert_uint_lt(i, PEER_NAMES);
    ck_assert_uint_lt(name.len, sizeof run->name[i]);
    memcpy(run->name[i], name.at, name.len);
    return run->value[i];
}

/* The inner of a "{...}" that `text` begins with. */
static struct sp_slice braced(struct sp_slice text)
{
    size_t end = text.len > 0 && text.at[0] == '{' ? sp_find(text, '}') : text.len;

    return end < text.len ? sp_slice(text.at + 1, end - 1) : sp_slice(NULL, 0);
}

void peer_expand(struct peer_run *run, struct sp_buf *to, struct sp_slice text)
{
    while (text.len > 0) {
        struct sp_slice inner = braced(text);
        uint64_t        many;

        if (inner.len == 0)
            sp_put_char(to, text.at[0]);
        else if (!is_many(inner, &many))
            sp_put_text(to, value_of(run, inner));
        else
            while (many-- > 0)
                sp_put_char(to, inner.at[inner.len - 1]);
        text = sp_from(text, inner.len > 0 ? inner.len + 2 : 1);
    }
    unit_err(to->err, SP_OK);
}

void peer_put_octets(struct sp_buf *to, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text != '\\') {
            sp_put_char(to, *text);
            continue;
        }
        text++;
        if (*text == 'x') {
            sp_put_char(to, (char)(sp_hex_value(text[1]) << 4 | sp_hex_value(text[2])));
            text += 2;
        } else {
            sp_put_char(to, *text == 'r' ? '\r' : *text == 'n' ? '\n' : '\\');
        }
    }
}

/* The identifier that `text` begins with is the value of a name from now on. */
static size_t bind(char *value, struct sp_slice text)
{
    size_t len = 0;

    while (len < text.len && len + 1 < PEER_WORD &&
           (sp_is_alnum(text.at[len]) || strchr(".%=", text.at[len]) != NULL))
        len++;
    memcpy(value, text.at, len);
    value[len] = '\0';
    return len;
}

/* One element of a pattern that is no `*`: how much of `text` is it? False: none of it is. */
static bool takes(struct peer_run *run, struct sp_slice pattern, struct sp_slice inner,
                  struct sp_slice text, size_t *len)
{
    uint64_t many;
    char    *value;

    *len = 0;
    if (inner.len == 0) {
        *len = 1;
        return text.len > 0 && text.at[0] == pattern.at[0];
    }
    if (is_many(inner, &many)) {
        while (*len < many && *len < text.len && text.at[*len] == inner.at[inner.len - 1])
            ++*len;
        return *len == many;
    }
    value = value_of(run, inner);
    if (*value == '\0')
        (void)bind(value, text);
    *len = strlen(value);
    return *len > 0 && sp_starts(text, sp_str(value));
}

bool peer_matches(struct peer_run *run, struct sp_slice pattern, struct sp_slice text, size_t *took)
{
    size_t len, line;

    *took = 0;
    while (pattern.len > 0 && pattern.at[0] != '*') {
        struct sp_slice inner = braced(pattern);

        if (!takes(run, pattern, inner, text, &len))
            return false;
        *took += len;
        text = sp_from(text, len);
        pattern = sp_from(pattern, inner.len > 0 ? inner.len + 2 : 1);
    }
    if (pattern.len == 0)
        return true;
    line = sp_find(text, '\n');
    for (size_t skip = 0; skip <= line; skip++) {
        if (!peer_matches(run, sp_from(pattern, 1), sp_from(text, skip), &len))
            continue;
        *took += skip + len;
        return true;
    }
    return false;
}

/* ---- what the agent does */

static void tell(struct peer_run *run, const char *text)
{
    size_t len = strlen(text);

    ck_assert_uint_lt(run->tolds + len + 1, sizeof run->told);
    memcpy(run->told + run->tolds, text, len);
    run->tolds += len;
}

static void tell_slice(struct peer_run *run, struct sp_slice octets)
{
    char room[5] = "";

    ck_assert_uint_lt(run->tolds + 4 * octets.len + 1, sizeof run->told);
    for (size_t i = 0; i < octets.len; i++) {
        unsigned char c = (unsigned char)octets.at[i];

        if (c >= ' ' && c < 127) {
            run->told[run->tolds++] = (char)c;
            continue;
        }
        if (c == '\r' || c == '\n')
            snprintf(room, sizeof room, c == '\r' ? "\\r" : "\\n");
        else
            snprintf(room, sizeof room, "\\x%02x", c);
        tell(run, room);
    }
}

static void tell_number(struct peer_run *run, uint64_t number)
{
    char room[24];

    snprintf(room, sizeof room, " %lu", (unsigned long)number);
    tell(run, number == MSRP_UNKNOWN ? " *" : room);
}

static void do_io(struct peer_run *run, const struct sp_io *io)
{
    char          room[64];
    struct sp_buf to = sp_buf(room, sizeof room);
    size_t        n = io->flow.id - 1;

    switch (io->kind) {
    case SP_IO_SEND:
        for (int i = 0; i < SP_IO_PARTS; i++) {
            if (io->parts[i].len == 0)
                continue;
            ck_assert_uint_le(run->outs[n] + io->parts[i].len, 4 * PEER_OCTETS);
            memcpy(run->out[n] + run->outs[n], io->parts[i].at, io->parts[i].len);
            run->outs[n] += io->parts[i].len;
        }
        if (io->want_sent && run->hold)
            run->held++;
        else if (io->want_sent)
            msrp_sent(run->agent, run->now_us, &io->flow);
        return;
    case SP_IO_CONNECT:
        sp_put_host_port(&to, &io->addr);
        tell(run, "CONNECT ");
        tell_slice(run, sp_written(&to));
        run->cookie = io->cookie;
        run->connecting = true;
        break;
    case SP_IO_CLOSE:
        tell(run, "CLOSE");
        tell_number(run, io->flow.id);
        break;
    case SP_IO_RESOLVE:
    case SP_IO_HOLD:
    case SP_IO_READ:
    case SP_IO_NONE: ck_abort(); break;
    }
    tell(run, "\n");
}

static void judge(struct peer_run *run, struct sp_handle message, uint16_t status)
{
    if (status != 0)
        unit_err(msrp_judge(run->agent, run->now_us, message, status), SP_OK);
}

/* Notes about incoming messages. */
static void on_incoming(struct peer_run *run, const struct msrp_action *action)
{
    char *body = run->body[action->message.slot % PEER_MESSAGES];

    switch (action->kind) {
    case MSRP_MESSAGE:
        tell(run, "MESSAGE ");
        tell_slice(run, action->message_id);
        tell(run, " ");
        tell_slice(run, action->content_type);
        tell_number(run, action->total);
        run->incoming = action->message;
        judge(run, action->message, run->refuses);
        break;
    case MSRP_CONTENT:
        ck_assert_uint_le(action->offset + action->content.len, PEER_OCTETS);
        memcpy(body + action->offset, action->content.at, action->content.len);
        return;
    case MSRP_COMPLETE:
        tell(run, "COMPLETE ");
        tell_slice(run, action->message_id);
        tell_number(run, action->total);
        tell(run, action->total > 0 ? " " : "");
        tell_slice(run, sp_slice(body, action->total));
        judge(run, action->message, run->judges);
        break;
    default:
        tell(run, "ABORTED ");
        tell_slice(run, action->message_id);
        tell(run, " ");
        tell(run, sp_err_name(action->err));
        break;
    }
    tell(run, "\n");
}

/* Notes about outgoing messages. */
static void on_outgoing(struct peer_run *run, const struct msrp_action *action)
{
    bool under_way = action->kind == MSRP_SENT || action->kind == MSRP_PROGRESS;

    if (under_way && !run->progress)
        return;
    tell(run, action->kind == MSRP_SENT        ? "SENT "
              : action->kind == MSRP_PROGRESS  ? "PROGRESS "
              : action->kind == MSRP_DELIVERED ? "DELIVERED "
                                               : "FAILED ");
    tell_slice(run, action->message_id);
    if (action->kind == MSRP_PROGRESS)
        tell_number(run, action->offset);
    if (action->kind == MSRP_FAILED) {
        tell(run, " ");
        tell(run, sp_err_name(action->err));
        tell_number(run, action->status);
    }
    tell(run, "\n");
}

void peer_drain(struct peer_run *run)
{
    struct msrp_action action;

    while (msrp_next(run->agent, &action)) {
        switch (action.kind) {
        case MSRP_IO: do_io(run, &action.io); break;
        case MSRP_WANT:
            msrp_content(run->agent, run->now_us, action.message, action.offset,
                         sp_head(sp_from(run->content, action.offset), action.octets));
            break;
        case MSRP_UP: tell(run, "UP\n"); break;
        case MSRP_DOWN:
            tell(run, "DOWN ");
            tell(run, sp_err_name(action.err));
            tell(run, "\n");
            break;
        case MSRP_MESSAGE:
        case MSRP_CONTENT:
        case MSRP_COMPLETE:
        case MSRP_ABORTED: on_incoming(run, &action); break;
        case MSRP_SENT:
        case MSRP_PROGRESS:
        case MSRP_DELIVERED:
        case MSRP_FAILED: on_outgoing(run, &action); break;
        case MSRP_RELAYED:
        case MSRP_UNRELAYED: ck_abort(); break;
        }
    }
}

struct sp_flow peer_flow(unsigned n)
{
    return (struct sp_flow){ .id = n, .transport = SP_TCP, .protocol = SP_MSRP };
}
