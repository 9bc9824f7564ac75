/* SPDX-License-Identifier: MIT
 * tools/rules.c -- the rules by which a receiver decides. */
#include "rules.h"

#include <string.h>

#define NO_RULE_HELD 603

/* Reading */

struct reader {
    struct sp_scan      scan; /* of one line */
    struct rules_error *error;
    enum sp_err         err;
    uint32_t            line;
};

static void fail(struct reader *reader, enum sp_err err, const char *at, const char *what)
{
    if (reader->err != SP_OK)
        return;
    reader->err = err;
    *reader->error = (struct rules_error){
        .line = reader->line,
        .column = (uint32_t)(at - reader->scan.start) + 1,
        .what = what,
    };
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The next word of the line; empty at its end or before a comment. */
static struct sp_slice word(struct reader *reader)
{
    struct sp_scan *s = &reader->scan;
    const char     *from;

    while (s->at < s->end && blank(*s->at))
        s->at++;
    from = s->at;
    if (from < s->end && *from == '#') {
        s->at = s->end;
        return sp_slice(from, 0);
    }
    while (s->at < s->end && !blank(*s->at))
        s->at++;
    return sp_slice(from, (size_t)(s->at - from));
}

static void put_patterns(struct reader *reader, struct sp_slice *to, struct sp_slice value)
{
    struct sp_slice rest = value;

    if (to->at != NULL)
        fail(reader, SP_REPEATED, value.at, "this test stands twice");
    *to = value;
    for (;;) {
        size_t comma = sp_find(rest, ',');

        if (comma == 0)
            fail(reader, SP_SYNTAX, rest.at, "a pattern is missing");
        if (comma >= rest.len)
            return;
        rest = sp_from(rest, comma + 1);
    }
}

static uint64_t size_of(struct reader *reader, struct sp_slice value)
{
    unsigned        shift = 0;
    uint64_t        octets = 0;
    struct sp_slice number = value;
    enum sp_err     err;

    if (number.len > 0) {
        char last = sp_lower(number.at[number.len - 1]);

        shift = last == 'k' ? 10 : last == 'm' ? 20 : last == 'g' ? 30 : 0;
        number.len -= shift > 0;
    }
    err = sp_to_u64(number, (UINT64_MAX >> 1) >> shift, &octets);
    if (err != SP_OK)
        fail(reader, err, value.at, "octets are wanted, as 20000 or 10M");
    return octets << shift;
}

static void read_test(struct reader *reader, struct rule *rule, struct sp_slice test)
{
    const struct {
        const char      *name;
        struct sp_slice *patterns;
    } lists[] = { { "from=", &rule->from },
                  { "name=", &rule->name },
                  { "type=", &rule->type },
                  { "app-id=", &rule->app } };

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        if (sp_starts(test, sp_str(lists[i].name))) {
            put_patterns(reader, lists[i].patterns, sp_from(test, strlen(lists[i].name)));
            return;
        }
    if (sp_starts(test, SP_LIT("size<="))) {
        if (rule->most != UINT64_MAX)
            fail(reader, SP_REPEATED, test.at, "this test stands twice");
        rule->most = size_of(reader, sp_from(test, 6));
        rule->sized = true;
    } else if (sp_starts(test, SP_LIT("size>="))) {
        if (rule->least != 0)
            fail(reader, SP_REPEATED, test.at, "this test stands twice");
        rule->least = size_of(reader, sp_from(test, 6));
        rule->sized = true;
    } else if (sp_eq(test, SP_LIT("have-hash"))) {
        rule->have_hash = true;
    } else {
        fail(reader, SP_SYNTAX, test.at,
             "a test is from=, name=, type=, app-id=, size<=, size>= or have-hash");
    }
}

/* The status of "decline 488"; false: the word is none, but perhaps a test. */
static bool read_status(struct reader *reader, struct rule *rule, struct sp_slice value)
{
    uint64_t status = 0;

    if (value.len == 0 || !sp_is_digit(value.at[0]))
        return false;
    if (sp_to_u64(value, UINT16_MAX, &status) != SP_OK)
        fail(reader, SP_SYNTAX, value.at, "a status is a number");
    else if (status < 400 || status > 699 || status / 100 == 5)
        fail(reader, SP_RANGE, value.at, "a status is from 400 to 499 or from 600 to 699");
    rule->status = (uint16_t)status;
    return true;
}

static void read_rule(struct reader *reader, struct rules *rules, struct sp_slice verb)
{
    struct rule     rule = { .line = reader->line, .most = UINT64_MAX, .status = NO_RULE_HELD };
    struct sp_slice next = word(reader);

    if (sp_eq(verb, SP_LIT("accept")))
        rule.verb = RULES_ACCEPT;
    else if (sp_eq(verb, SP_LIT("skip")))
        rule.verb = RULES_SKIP;
    else if (!sp_eq(verb, SP_LIT("decline")))
        fail(reader, SP_SYNTAX, verb.at, "a rule begins with accept, skip or decline");
    if (rule.verb == RULES_DECLINE && read_status(reader, &rule, next))
        next = word(reader);
    for (; next.len > 0; next = word(reader))
        read_test(reader, &rule, next);
    if (rules->count == rules->room)
        fail(reader, SP_ROOM, verb.at, "there are too many rules");
    else
        rules->rules[rules->count++] = rule;
}

enum sp_err rules_parse(struct rules *rules, struct sp_slice text, struct rules_error *error)
{
    struct reader reader = { .error = error };

    rules->count = 0;
    *error = (struct rules_error){ .what = "" };
    while (text.len > 0 && reader.err == SP_OK) {
        size_t          end = sp_find(text, '\n');
        struct sp_slice verb;

        reader.line++;
        reader.scan = sp_scan(sp_head(text, end));
        verb = word(&reader);
        if (verb.len > 0)
            read_rule(&reader, rules, verb);
        text = sp_from(text, end + 1);
    }
    return reader.err;
}

/* Judging */

static bool same(char a, char b, bool fold)
{
    return a == b || (fold && sp_lower(a) == sp_lower(b));
}

/* One star is gone back to at most: a pattern takes no more than its length times the text's. */
bool rules_match(struct sp_slice pattern, struct sp_slice text, bool fold)
{
    size_t p = 0, t = 0, star = pattern.len, from = 0;

    while (t < text.len) {
        if (p < pattern.len && pattern.at[p] == '*') {
            star = p++;
            from = t;
        } else if (p < pattern.len &&
                   (pattern.at[p] == '?' || same(pattern.at[p], text.at[t], fold))) {
            p++;
            t++;
        } else if (star < pattern.len) {
            p = star + 1;
            t = ++from;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.at[p] == '*')
        p++;
    return p == pattern.len;
}

/* A URI: parameters and header fields do not count; the case of its user does (RFC 3261 19.1.4). */
static bool match_uri(struct sp_slice pattern, struct sp_slice uri)
{
    size_t at = sp_find(uri, '@'), host = at < uri.len ? at + 1 : 0;
    size_t star;

    for (size_t i = host; i < uri.len; i++)
        if (uri.at[i] == ';' || uri.at[i] == '?') {
            uri = sp_head(uri, i);
            break;
        }
    star = sp_find(pattern, '@');
    if (at >= uri.len || star >= pattern.len)
        return rules_match(pattern, uri, true);
    return rules_match(sp_head(pattern, star), sp_head(uri, at), false) &&
           rules_match(sp_from(pattern, star + 1), sp_from(uri, at + 1), true);
}

enum match_kind { MATCH_URI, MATCH_NAME, MATCH_TYPE, MATCH_APP };

/* No such test, or one of its patterns fits. */
static bool fits(struct sp_slice patterns, struct sp_slice text, enum match_kind kind)
{
    if (patterns.at == NULL)
        return true;
    if (kind == MATCH_TYPE)
        text = sp_trim(sp_head(text, sp_find(text, ';')));
    while (patterns.len > 0) {
        size_t          comma = sp_find(patterns, ',');
        struct sp_slice pattern = sp_head(patterns, comma);

        if (kind == MATCH_URI ? match_uri(pattern, text)
                              : rules_match(pattern, text, kind != MATCH_NAME))
            return true;
        patterns = sp_from(patterns, comma + 1);
    }
    return false;
}

/* Does the rule look at more than who sends, and for which application? */
static bool looks_inside(const struct rule *rule)
{
    return rule->sized || rule->have_hash || rule->name.at != NULL || rule->type.at != NULL;
}

static bool holds(const struct rule *rule, const struct rules_facts *facts)
{
    if (facts->holds && looks_inside(rule))
        return rule->verb == RULES_ACCEPT && fits(rule->from, facts->from, MATCH_URI) &&
               fits(rule->app, facts->app, MATCH_APP);
    if (rule->sized &&
        (facts->octets == UINT64_MAX || facts->octets > rule->most || facts->octets < rule->least))
        return false;
    return fits(rule->from, facts->from, MATCH_URI) && fits(rule->name, facts->name, MATCH_NAME) &&
           fits(rule->type, facts->type, MATCH_TYPE) && fits(rule->app, facts->app, MATCH_APP);
}

struct rules_verdict rules_judge(const struct rules *rules, const struct rules_facts *facts)
{
    for (size_t i = 0; i < rules->count; i++) {
        const struct rule *rule = &rules->rules[i];

        if (!holds(rule, facts) || (rule->have_hash && facts->have == RULES_NOT_HERE))
            continue;
        return (struct rules_verdict){
            .verb = rule->have_hash && facts->have == RULES_UNKNOWN && !facts->holds ? RULES_HAVE
                                                                                     : rule->verb,
            .status = rule->status,
            .line = rule->line,
        };
    }
    return (struct rules_verdict){ .verb = RULES_DECLINE, .status = NO_RULE_HELD };
}
