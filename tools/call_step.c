/* SPDX-License-Identifier: MIT
 * tools/call_step.c -- the requests of `sipush call`: header fields and bodies that people give,
 * and the script of --in-dialog.
 *
 * A script has a line a request: METHOD, then --header 'N: v', --body FILE, --type MIME as on the
 * command line; or `wait SECONDS`; what follows a # at the start of a word is no more than a
 * remark. Words are parted by white space, and kept together by '...' or "...". */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/buf.h"
#include "../parser/sip_scan.h"
#include "../parser/sip_text.h"
#include "call.h"

#define SCRIPT_OCTETS 65536
#define WORDS         64

/* What the stack writes, and the option that says what it is. */
static const struct {
    enum sip_field_id id;
    const char       *instead;
} ours[] = {
    { SIP_FIELD_VIA, "it is the way back" },
    { SIP_FIELD_TO, "URI says it" },
    { SIP_FIELD_FROM, "--from says it" },
    { SIP_FIELD_CALL_ID, "--seed fixes it" },
    { SIP_FIELD_CSEQ, "it numbers the requests" },
    { SIP_FIELD_MAX_FORWARDS, "it is 70" },
    { SIP_FIELD_ROUTE, "--proxy says it" },
    { SIP_FIELD_CONTENT_TYPE, "--type says it" },
    { SIP_FIELD_CONTENT_LENGTH, "it is that of the body" },
    { SIP_FIELD_AUTHORIZATION, "--user and --password-file make it" },
    { SIP_FIELD_PROXY_AUTHORIZATION, "--user and --password-file make it" },
};

static bool no(char *why, size_t octets, const char *format, const char *what)
{
    snprintf(why, octets, format, what);
    return false;
}

bool call_step_method(struct call_step *step, const char *name, char *why, size_t octets)
{
    step->name = sp_str(name);
    step->method = sip_method_of(step->name);
    if (step->method != SIP_METHOD_OTHER)
        return true;
    if (!sip_is_token(step->name))
        return no(why, octets, "a method is one word of letters, digits and -.!%%*_+`'~, not %s",
                  name);
    for (int m = SIP_METHOD_OTHER + 1; m < SIP_METHOD_COUNT; m++)
        if (sp_eq_nocase(step->name, sip_method_name((enum sip_method)m)))
            return no(why, octets, "methods are written in capitals, not as %s", name);
    return true;
}

bool call_step_header(struct call_step *step, const char *header, char *why, size_t octets)
{
    struct sp_slice   all = sp_str(header), name, value;
    size_t            colon = sp_find(all, ':');
    struct sp_where   where;
    enum sip_field_id id;
    struct sp_buf     to;

    name = sp_trim(sp_head(all, colon));
    value = sp_trim(sp_from(all, colon + 1));
    if (colon == all.len || !sip_is_token(name))
        return no(why, octets, "--header needs 'Name: value', not %s", header);
    if (sp_find(value, '\r') < value.len || sp_find(value, '\n') < value.len ||
        sip_text_check(value, &where) != SP_OK)
        return no(why, octets, "--header: what is no text cannot stand in %s", header);
    id = sip_field_of(name);
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        if (ours[i].id == id)
            return no(why, octets, "--header: this field is written by itself; %s",
                      ours[i].instead);
    if (step->fields == NULL)
        step->fields = malloc(CALL_FIELDS_OCTETS);
    if (step->fields == NULL)
        return no(why, octets, "%s", strerror(ENOMEM));
    to = sp_buf(step->fields + step->fields_octets, CALL_FIELDS_OCTETS - step->fields_octets);
    sp_put(&to, name);
    sp_put_text(&to, ": ");
    sp_put_value(&to, value);
    sp_put_text(&to, "\r\n");
    if (to.err != SP_OK)
        return no(why, octets, "--header: there is no room for %s", header);
    step->fields_octets += to.len;
    return true;
}

/* At most `room` octets of a file; false with errno. */
static bool read_file(const char *path, char *to, size_t room, size_t *octets)
{
    bool  standard = strcmp(path, "-") == 0;
    FILE *from = standard ? stdin : fopen(path, "rb");
    bool  good;

    if (from == NULL)
        return false;
    *octets = fread(to, 1, room, from);
    good = ferror(from) == 0;
    if (good && *octets == room) {
        errno = EFBIG;
        good = false;
    }
    if (!standard)
        fclose(from);
    return good;
}

bool call_step_body(struct call_step *step, const char *path, char *why, size_t octets)
{
    size_t len = 0;

    free(step->body_room);
    step->body_room = malloc(CALL_BODY_OCTETS);
    if (step->body_room == NULL || !read_file(path, step->body_room, CALL_BODY_OCTETS, &len)) {
        snprintf(why, octets, "%s: %s", path, strerror(errno));
        return false;
    }
    step->body = sp_slice(step->body_room, len);
    return true;
}

struct call_step *call_steps_add(struct call_steps *steps)
{
    if (steps->count == steps->room) {
        size_t            room = steps->room * 2 + 8;
        struct call_step *more = realloc(steps->steps, room * sizeof *more);

        if (more == NULL)
            return NULL;
        steps->steps = more;
        steps->room = room;
    }
    memset(&steps->steps[steps->count], 0, sizeof *steps->steps);
    return &steps->steps[steps->count++];
}

void call_steps_free(struct call_steps *steps)
{
    for (size_t i = 0; i < steps->count; i++) {
        free(steps->steps[i].fields);
        free(steps->steps[i].body_room);
        free(steps->steps[i].words);
    }
    free(steps->steps);
}

/* Cuts a line into words, in place. -1: a quotation that does not end; else how many. */
static int cut(char *line, char *words[WORDS])
{
    int   count = 0;
    char *to = line;

    while (*line != '\0') {
        char quote = '\0';

        line += strspn(line, " \t\r");
        if (*line == '\0' || *line == '#' || count == WORDS)
            break;
        words[count++] = to;
        for (; *line != '\0' && (quote != '\0' || strchr(" \t\r", *line) == NULL); line++) {
            if (*line == quote)
                quote = '\0';
            else if (quote == '\0' && (*line == '\'' || *line == '"'))
                quote = *line;
            else
                *to++ = *line;
        }
        if (quote != '\0')
            return -1;
        if (*line != '\0')
            line++;
        *to++ = '\0';
    }
    return count;
}

/* Seconds with up to three decimals. */
static bool milliseconds(const char *text, uint64_t *ms)
{
    struct sp_slice all = sp_str(text), part;
    uint64_t        seconds = 0, rest = 0;
    size_t          point = sp_find(all, '.');

    if (sp_to_u64(sp_head(all, point), 86400, &seconds) != SP_OK)
        return false;
    part = sp_from(all, point + 1);
    if (point < all.len && (part.len > 3 || sp_to_u64(part, 999, &rest) != SP_OK))
        return false;
    for (size_t digits = part.len; point < all.len && digits < 3; digits++)
        rest *= 10;
    *ms = seconds * 1000 + rest;
    return true;
}

/* The words of a line as a step. */
static bool take_words(struct call_step *step, char **words, int count, char *why, size_t octets)
{
    if (strcmp(words[0], "wait") == 0) {
        step->pause = true;
        if (count == 2 && milliseconds(words[1], &step->wait_ms))
            return true;
        return no(why, octets, "%s needs seconds", words[0]);
    }
    if (!call_step_method(step, words[0], why, octets))
        return false;
    if (step->method == SIP_ACK || step->method == SIP_PRACK || step->method == SIP_CANCEL ||
        step->method == SIP_REGISTER || step->method == SIP_PUBLISH ||
        step->method == SIP_SUBSCRIBE)
        return no(why, octets, "%s is not for a script: it is sent by itself, or has no dialog",
                  words[0]);
    for (int i = 1; i < count; i += 2) {
        if (i + 1 == count)
            return no(why, octets, "%s needs a value", words[i]);
        if (strcmp(words[i], "--type") == 0) {
            step->type = words[i + 1];
        } else if (strcmp(words[i], "--header") == 0) {
            if (!call_step_header(step, words[i + 1], why, octets))
                return false;
        } else if (strcmp(words[i], "--body") == 0) {
            if (!call_step_body(step, words[i + 1], why, octets))
                return false;
        } else {
            return no(why, octets, "there is no %s here", words[i]);
        }
    }
    if (step->body.len > 0 && step->type == NULL)
        return no(why, octets, "%s: a body needs its --type", words[0]);
    return true;
}

/* One line. False: `why` has words. */
static bool take_line(struct call_steps *steps, struct sp_slice line, char *why, size_t octets)
{
    struct call_step *step;
    char             *words[WORDS];
    char             *copy = malloc(line.len + 1);
    int               count;

    if (copy == NULL)
        return no(why, octets, "%s", strerror(ENOMEM));
    memcpy(copy, line.at, line.len);
    copy[line.len] = '\0';
    count = cut(copy, words);
    if (count == 0) {
        free(copy);
        return true;
    }
    step = count > 0 ? call_steps_add(steps) : NULL;
    if (step == NULL) {
        free(copy);
        return no(why, octets, "%s", count < 0 ? "a quotation does not end" : strerror(ENOMEM));
    }
    step->words = copy;
    return take_words(step, words, count, why, octets);
}

bool call_steps_read(struct call_steps *steps, const char *path, char *why, size_t octets)
{
    char           *room = malloc(SCRIPT_OCTETS);
    struct sp_slice rest;
    size_t          len = 0;
    unsigned        number = 0;
    char            words[200];
    bool            good = room != NULL && read_file(path, room, SCRIPT_OCTETS, &len);

    if (!good)
        snprintf(why, octets, "%s: %s", path, strerror(errno));
    rest = sp_slice(room, len);
    while (good && rest.len > 0) {
        size_t end = sp_find(rest, '\n');

        number++;
        good = sp_find(sp_head(rest, end), '\0') == sp_head(rest, end).len;
        if (!good)
            snprintf(words, sizeof words, "this is no text");
        good = good && take_line(steps, sp_head(rest, end), words, sizeof words);
        if (!good)
            snprintf(why, octets, "%s:%u: %s", path, number, words);
        rest = sp_from(rest, end + 1);
    }
    free(room);
    return good;
}
