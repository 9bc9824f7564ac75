/* SPDX-License-Identifier: MIT
 * transport/sp_zone.c -- names answered from lines of a zone file. RFC 1035 5. */
#include "sp_zone.h"

#include <string.h>

#include "../base/scan.h"

enum { LABEL = 63, NAME = 253 };

/* What a line says. */
struct entry {
    struct sp_slice  name; /* without its last dot; empty: the line says nothing */
    enum sp_question question;
    struct sp_addr   addr;
    struct sp_record record;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* White space, and a comment to the end of the line. */
static void skip(struct sp_scan *s)
{
    while (sp_scan_more(s) && is_blank(*s->at))
        s->at++;
    if (sp_scan_more(s) && *s->at == ';')
        s->at = s->end;
}

/* Octets up to white space or a comment. SP_SYNTAX without one. */
static struct sp_slice word(struct sp_scan *s, const char *rule)
{
    const char *from;

    skip(s);
    from = s->at;
    while (sp_scan_more(s) && !is_blank(*s->at) && *s->at != ';')
        s->at++;
    if (s->err == SP_OK && s->at == from)
        sp_scan_fail(s, SP_SYNTAX, from, rule);
    return sp_slice(from, s->err == SP_OK ? (size_t)(s->at - from) : 0);
}

static bool is_of_a_name(char c)
{
    return sp_is_alnum(c) || c == '-' || c == '_';
}

/* A name, without its last dot. `root`: a dot alone will do. */
static struct sp_slice name(struct sp_scan *s, bool root, const char *rule)
{
    struct sp_slice whole = word(s, rule);
    size_t          label = 0;

    if (root && sp_eq(whole, SP_LIT(".")))
        return sp_slice(whole.at, 0);
    if (whole.len > 0 && whole.at[whole.len - 1] == '.')
        whole.len--;
    for (size_t i = 0; i < whole.len; i++) {
        label = whole.at[i] == '.' ? 0 : label + 1;
        if (!(is_of_a_name(whole.at[i]) ||
              (whole.at[i] == '.' && i > 0 && whole.at[i - 1] != '.')) ||
            label > LABEL || i >= NAME)
            sp_scan_fail(s, SP_SYNTAX, whole.at + i, rule);
    }
    if (label == 0)
        sp_scan_fail(s, SP_SYNTAX, whole.at + whole.len, rule);
    return whole;
}

static uint16_t number(struct sp_scan *s, const char *rule)
{
    struct sp_slice digits = word(s, rule);
    uint64_t        value = 0;
    enum sp_err     err = SP_OK;

    if (s->err == SP_OK)
        err = sp_to_u64(digits, UINT16_MAX, &value);
    if (err != SP_OK)
        sp_scan_fail(s, err, digits.at, rule);
    return (uint16_t)value;
}

/* A character-string: a word, or octets between quotes, where a backslash keeps a quote. */
static struct sp_slice string(struct sp_scan *s, const char *rule)
{
    const char *from;

    skip(s);
    if (!sp_scan_try(s, '"'))
        return word(s, rule);
    from = s->at;
    while (sp_scan_more(s) && *s->at != '"')
        s->at += *s->at == '\\' && s->at + 1 < s->end ? 2 : 1;
    sp_scan_char(s, '"', rule);
    return sp_slice(from, s->err == SP_OK ? (size_t)(s->at - 1 - from) : 0);
}

static void set_name(struct sp_record *record, struct sp_slice text)
{
    record->name_octets = (uint8_t)text.len;
    if (text.len > 0)
        memcpy(record->name, text.at, text.len);
}

static void srv(struct sp_scan *s, struct sp_record *record)
{
    struct sp_slice target;

    record->order = number(s, "priority");
    record->preference = number(s, "weight");
    record->port = number(s, "port");
    target = name(s, true, "target");
    if (s->err == SP_OK)
        set_name(record, target);
}

static void naptr(struct sp_scan *s, struct sp_record *record)
{
    struct sp_slice flags, service, regexp, replacement;

    record->order = number(s, "order");
    record->preference = number(s, "preference");
    flags = string(s, "flags");
    service = string(s, "services");
    regexp = string(s, "regexp");
    replacement = name(s, true, "replacement");
    if (s->err != SP_OK)
        return;
    if (flags.len > 0)
        record->flag = (char)(flags.len > 1 ? '?' : sp_lower(flags.at[0]));
    if (service.len > 0 && service.len <= SP_SERVICE_OCTETS) {
        record->service_octets = (uint8_t)service.len;
        memcpy(record->service, service.at, service.len);
    }
    record->regexp = regexp.len > 0;
    set_name(record, replacement);
}

static void addr(struct sp_scan *s, enum sp_family family, const char *rule, struct sp_addr *to)
{
    struct sp_slice text = word(s, rule);

    if (s->err == SP_OK &&
        (sp_find(text, '[') < text.len || sp_addr_parse(text, to) != SP_OK || to->family != family))
        sp_scan_fail(s, SP_SYNTAX, text.at, rule);
}

/* The type, behind a time and a class that may be left out, and its data. */
static void data(struct sp_scan *s, struct entry *entry)
{
    struct sp_slice type = word(s, "type");

    if (s->err == SP_OK && sp_is_digit(type.at[0])) {
        uint64_t    seconds;
        enum sp_err err = sp_to_u64(type, UINT32_MAX, &seconds);

        if (err != SP_OK)
            sp_scan_fail(s, err, type.at, "ttl");
        type = word(s, "type");
    }
    if (sp_eq_nocase(type, SP_LIT("IN")))
        type = word(s, "type");
    if (s->err != SP_OK)
        return;
    if (sp_eq_nocase(type, SP_LIT("A"))) {
        addr(s, SP_IPV4, "IPv4 address", &entry->addr);
    } else if (sp_eq_nocase(type, SP_LIT("AAAA"))) {
        addr(s, SP_IPV6, "IPv6 address", &entry->addr);
    } else if (sp_eq_nocase(type, SP_LIT("SRV"))) {
        entry->question = SP_ASK_SRV;
        srv(s, &entry->record);
    } else if (sp_eq_nocase(type, SP_LIT("NAPTR"))) {
        entry->question = SP_ASK_NAPTR;
        naptr(s, &entry->record);
    } else {
        sp_scan_fail(s, SP_SYNTAX, type.at, "NAPTR, SRV, A or AAAA");
    }
}

/* The next line of the text: what it says, and how it is wrong. `owner` is the name of the line
 * before and becomes that of this one. */
static struct sp_scan take_line(struct sp_slice *text, struct sp_slice *owner, struct entry *entry)
{
    struct sp_slice line = sp_head(*text, sp_find(*text, '\n'));
    struct sp_scan  s;

    *text = sp_from(*text, line.len + 1);
    if (line.len > 0 && line.at[line.len - 1] == '\r')
        line.len--;
    s = sp_scan(line);
    memset(entry, 0, sizeof *entry);
    skip(&s);
    if (!sp_scan_more(&s))
        return s;
    if (s.at == s.start) {
        *owner = name(&s, false, "name");
        if (s.err != SP_OK)
            *owner = sp_slice(NULL, 0);
    } else if (owner->len == 0) {
        sp_scan_fail(&s, SP_SYNTAX, s.start, "name");
    }
    entry->name = *owner;
    data(&s, entry);
    skip(&s);
    if (sp_scan_more(&s))
        sp_scan_fail(&s, SP_SYNTAX, s.at, "end of line");
    return s;
}

enum sp_err sp_zone_check(struct sp_slice text, struct sp_zone_where *where)
{
    struct sp_slice owner = { NULL, 0 };
    struct entry    entry;

    for (where->line = 1; text.len > 0; where->line++) {
        struct sp_scan s = take_line(&text, &owner, &entry);

        if (s.err != SP_OK) {
            where->column = s.where.octet + 1;
            where->rule = s.where.rule;
            return s.err;
        }
    }
    return SP_OK;
}

/* The next line that answers this question about this name; false when there is none. */
static bool find(struct sp_slice *text, struct sp_slice *owner, enum sp_question question,
                 struct sp_slice name, struct entry *entry)
{
    while (text->len > 0) {
        struct sp_scan s = take_line(text, owner, entry);

        if (s.err == SP_OK && entry->name.len > 0 && entry->question == question &&
            sp_eq_nocase(entry->name, name))
            return true;
    }
    return false;
}

static struct sp_slice without_dot(struct sp_slice name)
{
    return sp_head(name, name.len - (name.len > 0 && name.at[name.len - 1] == '.'));
}

size_t sp_zone_addrs(struct sp_slice text, struct sp_slice name, struct sp_addr *addrs, size_t room)
{
    struct sp_slice owner = { NULL, 0 };
    struct entry    entry;
    size_t          count = 0;

    while (count < room && find(&text, &owner, SP_ASK_ADDRS, without_dot(name), &entry))
        addrs[count++] = entry.addr;
    return count;
}

size_t sp_zone_records(struct sp_slice text, enum sp_question question, struct sp_slice name,
                       struct sp_record *records, size_t room)
{
    struct sp_slice owner = { NULL, 0 };
    struct entry    entry;
    size_t          count = 0;

    while (count < room && find(&text, &owner, question, without_dot(name), &entry))
        records[count++] = entry.record;
    return count;
}
