/* SPDX-License-Identifier: MIT
 * tools/lint_trace.c -- traces of our own under `sipush lint`: those of --trace FILE.json.
 *
 * Each line that was sent or received is a message, named FILE#LINE. One whose body the trace does
 * not hold to the octet (large ones, and what is no UTF-8) is judged without it being there: such a
 * message is passed over and counted. A ladder (.txt) holds no messages. */
#include <stdlib.h>
#include <string.h>

#include "../base/buf.h"
#include "lint.h"

#define NAME_OCTETS 512

struct reading {
    struct lint *lint;
    char         name[NAME_OCTETS];
    char        *room; /* as long as the longest message can be */
    uint64_t     passed_over;
};

/* Behind `,"key":` in a line of tools/json.c. A quotation mark within a text is escaped there, so
 * no text can look like a key. */
static bool member(struct sp_slice line, const char *key, struct sp_slice *value)
{
    char            room[32];
    struct sp_buf   to = sp_buf(room, sizeof room);
    struct sp_slice name;

    sp_put_text(&to, ",\"");
    sp_put_text(&to, key);
    sp_put_text(&to, "\":");
    name = sp_written(&to);
    if (sp_find_slice(line, name) == line.len)
        return false;
    *value = sp_from(line, sp_find_slice(line, name) + name.len);
    return true;
}

static bool is_text(struct sp_slice line, const char *key, const char *text)
{
    struct sp_slice value;

    return member(line, key, &value) && value.len > 0 && value.at[0] == '"' &&
           sp_eq(sp_head(sp_from(value, 1), sp_find(sp_from(value, 1), '"')), sp_str(text));
}

static uint64_t number(struct sp_slice line, const char *key)
{
    struct sp_slice value;
    uint64_t        number = 0;
    size_t          digits = 0;

    if (!member(line, key, &value))
        return 0;
    while (digits < value.len && sp_is_digit(value.at[digits]))
        digits++;
    return sp_to_u64(sp_head(value, digits), UINT64_MAX, &number) == SP_OK ? number : 0;
}

/* \uXXXX, of which only control characters are written so: below U+0800. */
static void put_code(struct sp_buf *to, struct sp_slice digits)
{
    uint32_t code = 0;

    for (size_t i = 0; i < digits.len; i++) {
        char c = digits.at[i];

        code = code * 16 + (uint32_t)(sp_is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    if (code < 0x80) {
        sp_put_char(to, (char)code);
        return;
    }
    sp_put_char(to, (char)(0xc0 | (code >> 6 & 0x1f)));
    sp_put_char(to, (char)(0x80 | (code & 0x3f)));
}

/* The octets of a text; false: there is none. */
static bool put_text(struct sp_buf *to, struct sp_slice line, const char *key)
{
    struct sp_slice value;

    if (!member(line, key, &value) || value.len == 0 || value.at[0] != '"')
        return false;
    for (size_t at = 1; at < value.len && value.at[at] != '"'; at++) {
        if (value.at[at] != '\\' || at + 1 == value.len) {
            sp_put_char(to, value.at[at]);
            continue;
        }
        switch (value.at[++at]) {
        case 'n': sp_put_char(to, '\n'); break;
        case 'r': sp_put_char(to, '\r'); break;
        case 't': sp_put_char(to, '\t'); break;
        case 'u':
            put_code(to, sp_head(sp_from(value, at + 1), 4));
            at += 4;
            break;
        default: sp_put_char(to, value.at[at]); break;
        }
    }
    return true;
}

/* The end-line of a frame, which a trace keeps as its flag alone. */
static void put_end_line(struct sp_buf *to, struct sp_slice line)
{
    struct sp_slice start = sp_written(to);
    struct sp_slice id = sp_from(start, sp_find(start, ' ') + 1);

    id = sp_head(id, sp_find(id, ' '));
    sp_put(to, SP_LIT("-------"));
    sp_put(to, id);
    (void)put_text(to, line, "flag");
    sp_put(to, SP_LIT("\r\n"));
}

static void take_message(struct reading *reading, struct sp_slice line)
{
    struct lint  *lint = reading->lint;
    bool          msrp = is_text(line, "protocol", "msrp"), stream = lint->stream, has_body;
    struct sp_buf to = sp_buf(reading->room, line.len + 512);
    size_t        before;

    if (!put_text(&to, line, "head"))
        return;
    before = to.len + 2;
    if (number(line, "body_octets") > 0 || !msrp)
        sp_put(&to, SP_LIT("\r\n"));
    has_body = put_text(&to, line, "body");
    if (number(line, "body_octets") != (has_body ? to.len - before : 0)) {
        reading->passed_over++;
        if (msrp)
            lint_msrp_begin(lint); /* what follows it cannot be judged by what came before */
        return;
    }
    if (msrp && has_body)
        sp_put(&to, SP_LIT("\r\n"));
    if (msrp)
        put_end_line(&to, line);
    lint->all = sp_written(&to);
    lint->stream = is_text(line, "transport", "tcp");
    lint->told = NULL;
    if (msrp)
        lint_msrp_frames(lint, lint->all);
    else
        lint_sip(lint, lint->all);
    lint->stream = stream;
}

bool lint_trace(struct lint *lint, struct sp_slice trace, uint64_t *passed_over)
{
    struct reading reading = { .lint = lint };
    const char    *file = lint->name;
    unsigned       number_of_line = 0;

    if (!sp_starts(trace, SP_LIT("{\"ev\":\"")))
        return false;
    lint_msrp_begin(lint);
    reading.room = malloc(trace.len + 512);
    while (reading.room != NULL && trace.len > 0) {
        size_t          end = sp_find(trace, '\n');
        struct sp_slice line = sp_head(trace, end);

        number_of_line++;
        snprintf(reading.name, sizeof reading.name, "%s#%u", file, number_of_line);
        lint->name = reading.name;
        if (sp_starts(line, SP_LIT("{\"ev\":\"sent\"")) ||
            sp_starts(line, SP_LIT("{\"ev\":\"received\"")))
            take_message(&reading, line);
        trace = sp_from(trace, end + 1);
    }
    free(reading.room);
    lint->name = file;
    *passed_over = reading.passed_over;
    return true;
}
