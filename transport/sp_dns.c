/* SPDX-License-Identifier: MIT
 * transport/sp_dns.c -- DNS messages: a question is written, an answer is read. RFC 1035 4. */
#include "sp_dns.h"

#include <string.h>

enum {
    FLAG_ANSWER = 0x8000,
    FLAG_TRUNCATED = 0x0200,
    FLAG_RECURSION = 0x0100,
    CODE = 0x000f,
    CODE_NO_NAME = 3,
    CLASS_IN = 1,
    LABEL = 63,    /* octets at most */
    POINTER = 0xc0 /* the upper two bits of a label's length */
};

static void put_u16(struct sp_buf *to, unsigned value)
{
    sp_put_char(to, (char)(value >> 8));
    sp_put_char(to, (char)value);
}

static void put_name(struct sp_buf *to, struct sp_slice name)
{
    if (name.len > 0 && name.at[name.len - 1] == '.')
        name.len--;
    if (name.len > SP_NAME_OCTETS - 2)
        sp_put_fail(to, SP_SYNTAX);
    while (name.len > 0 && to->err == SP_OK) {
        struct sp_slice label = sp_head(name, sp_find(name, '.'));

        if (label.len == 0 || label.len > LABEL || label.len + 1 == name.len)
            sp_put_fail(to, SP_SYNTAX);
        sp_put_char(to, (char)label.len);
        sp_put(to, label);
        name = sp_from(name, label.len + 1);
    }
    sp_put_char(to, '\0');
}

void sp_put_dns_question(struct sp_buf *to, uint16_t id, struct sp_slice name,
                         enum sp_dns_type type)
{
    put_u16(to, id);
    put_u16(to, FLAG_RECURSION);
    put_u16(to, 1);
    for (int i = 0; i < 3; i++)
        put_u16(to, 0);
    put_name(to, name);
    put_u16(to, type);
    put_u16(to, CLASS_IN);
}

/* A cursor over the message. The first failure sticks, as in base/scan.h; then all reads as 0. */
struct cursor {
    const uint8_t  *start;
    size_t          at, end; /* octets */
    enum sp_err     err;
    struct sp_where where;
};

static void fail(struct cursor *c, enum sp_err err, size_t at, const char *rule)
{
    if (c->err != SP_OK)
        return;
    c->err = err;
    c->where.octet = at;
    c->where.rule = rule;
}

/* `octets` octets come next: where they lie; NULL, and at the end, when there are less. */
static const uint8_t *take(struct cursor *c, size_t octets, const char *rule)
{
    const uint8_t *at = c->start + c->at;

    if (c->err == SP_OK && c->end - c->at < octets)
        fail(c, SP_SYNTAX, c->end, rule);
    if (c->err != SP_OK)
        return NULL;
    c->at += octets;
    return at;
}

static unsigned take_u8(struct cursor *c, const char *rule)
{
    const uint8_t *at = take(c, 1, rule);

    return at != NULL ? at[0] : 0;
}

static uint16_t take_u16(struct cursor *c, const char *rule)
{
    const uint8_t *at = take(c, 2, rule);

    return (uint16_t)(at != NULL ? at[0] << 8 | at[1] : 0);
}

/* A name as text. */
struct name {
    uint8_t octets;
    char    text[SP_NAME_OCTETS];
};

/* A label goes to the end of the name. A dot within it would read as two labels. */
static void add_label(struct cursor *c, struct name *name, size_t octets)
{
    size_t         dot = name->octets > 0, from = c->at;
    const uint8_t *label = take(c, octets, "label");

    if (label == NULL)
        return;
    if (name->octets + dot + octets > SP_NAME_OCTETS - 2) {
        fail(c, SP_SYNTAX, from, "name");
        return;
    }
    for (size_t i = 0; i < octets; i++)
        if (label[i] <= ' ' || label[i] >= 0x7f || label[i] == '.')
            fail(c, SP_SYNTAX, from + i, "label");
    if (dot != 0)
        name->text[name->octets++] = '.';
    memcpy(name->text + name->octets, label, octets);
    name->octets = (uint8_t)(name->octets + octets);
}

/* RFC 1035 4.1.4. A pointer leads to before the part of the name that it ends, so there is an end
 * to them. */
static void take_name(struct cursor *c, struct name *name)
{
    struct cursor part = *c;
    size_t        least = c->at;
    bool          jumped = false;

    name->octets = 0;
    for (;;) {
        size_t   at = part.at;
        unsigned length = take_u8(&part, "label");

        if (part.err != SP_OK || length == 0)
            break;
        if (length <= LABEL) {
            add_label(&part, name, length);
            continue;
        }
        if (length < POINTER) {
            fail(&part, SP_SYNTAX, at, "label");
            break;
        }
        length = (length & LABEL) << 8 | take_u8(&part, "pointer");
        if (!jumped)
            c->at = part.at;
        jumped = true;
        if (length >= least)
            fail(&part, SP_SYNTAX, at, "pointer");
        if (part.err != SP_OK)
            break;
        part.at = least = length;
    }
    if (part.err != SP_OK) {
        fail(c, part.err, part.where.octet, part.where.rule);
        name->octets = 0;
    } else if (!jumped) {
        c->at = part.at;
    }
}

static struct sp_slice text_of(const struct name *name)
{
    return sp_slice(name->text, name->octets);
}

static struct sp_slice take_string(struct cursor *c)
{
    size_t         octets = take_u8(c, "character-string");
    const uint8_t *at = take(c, octets, "character-string");

    return sp_slice(at, at != NULL ? octets : 0);
}

static void set_name(struct sp_record *record, const struct name *name)
{
    record->name_octets = name->octets;
    memcpy(record->name, name->text, name->octets);
}

static void take_srv(struct cursor *c, struct sp_record *record)
{
    struct name name;

    record->order = take_u16(c, "Priority");
    record->preference = take_u16(c, "Weight");
    record->port = take_u16(c, "Port");
    take_name(c, &name);
    set_name(record, &name);
}

static void take_naptr(struct cursor *c, struct sp_record *record)
{
    struct name     name;
    struct sp_slice flags, service, regexp;

    record->order = take_u16(c, "ORDER");
    record->preference = take_u16(c, "PREFERENCE");
    flags = take_string(c);
    service = take_string(c);
    regexp = take_string(c);
    take_name(c, &name);
    if (flags.len > 0)
        record->flag = (char)(flags.len > 1 ? '?' : sp_lower(flags.at[0]));
    if (service.len <= SP_SERVICE_OCTETS && service.len > 0) {
        record->service_octets = (uint8_t)service.len;
        memcpy(record->service, service.at, service.len);
    }
    record->regexp = regexp.len > 0;
    set_name(record, &name);
}

static void take_addr(struct cursor *c, enum sp_dns_type type, struct sp_addr *addr)
{
    size_t         octets = type == SP_DNS_A ? 4 : 16;
    const uint8_t *at = take(c, octets, "ADDRESS");

    memset(addr, 0, sizeof *addr);
    addr->family = type == SP_DNS_A ? SP_IPV4 : SP_IPV6;
    if (at != NULL)
        memcpy(addr->octets, at, octets);
}

/* The RDATA of a record that was asked for. */
static void take_data(struct cursor *c, enum sp_dns_type type, struct sp_dns_answer *answer)
{
    struct sp_record *record = &answer->records[answer->count];

    if (type == SP_DNS_A || type == SP_DNS_AAAA) {
        take_addr(c, type, &answer->addrs[answer->count++]);
        return;
    }
    memset(record, 0, sizeof *record);
    if (type == SP_DNS_SRV)
        take_srv(c, record);
    else
        take_naptr(c, record);
    answer->count++;
}

/* One record of the answer section; `name` is the one that counts, and follows its aliases. */
static void take_record(struct cursor *c, enum sp_dns_type type, struct name *name,
                        struct sp_dns_answer *answer)
{
    struct name   owner;
    struct cursor data;
    uint16_t      its_type, its_class;
    size_t        octets;

    take_name(c, &owner);
    its_type = take_u16(c, "TYPE");
    its_class = take_u16(c, "CLASS");
    (void)take(c, 4, "TTL");
    octets = take_u16(c, "RDLENGTH");
    data = *c;
    if (take(c, octets, "RDATA") == NULL || its_class != CLASS_IN ||
        !sp_eq_nocase(text_of(&owner), text_of(name)))
        return;
    data.end = c->at;
    if (its_type == SP_DNS_CNAME)
        take_name(&data, name);
    else if (its_type == type && answer->count < SP_RECORDS)
        take_data(&data, type, answer);
    else
        return;
    if (data.at < data.end)
        fail(&data, SP_SYNTAX, data.at, "RDATA");
    if (data.err != SP_OK)
        fail(c, data.err, data.where.octet, data.where.rule);
}

/* The question must be ours. */
static void check_question(struct cursor *c, struct sp_slice name, enum sp_dns_type type)
{
    struct name asked;
    size_t      at = c->at;

    take_name(c, &asked);
    if (take_u16(c, "QTYPE") != type || take_u16(c, "QCLASS") != CLASS_IN ||
        !sp_eq_nocase(text_of(&asked), name))
        fail(c, SP_MISMATCH, at, "question");
}

enum sp_err sp_dns_parse(struct sp_slice message, uint16_t id, struct sp_slice name,
                         enum sp_dns_type type, struct sp_dns_answer *answer,
                         struct sp_where *where)
{
    struct cursor c = { .start = (const uint8_t *)message.at, .end = message.len };
    struct name   wanted;
    unsigned      its_id, flags, questions, answers;

    answer->count = 0;
    if (name.len > 0 && name.at[name.len - 1] == '.')
        name.len--;
    its_id = take_u16(&c, "ID");
    flags = take_u16(&c, "flags");
    questions = take_u16(&c, "QDCOUNT");
    answers = take_u16(&c, "ANCOUNT");
    (void)take(&c, 4, "NSCOUNT, ARCOUNT");
    answer->truncated = (flags & FLAG_TRUNCATED) != 0;
    if (its_id != id || (flags & FLAG_ANSWER) == 0)
        fail(&c, SP_MISMATCH, 0, "header");
    if (questions != 1)
        fail(&c, SP_MISMATCH, 4, "QDCOUNT");
    check_question(&c, name, type);
    if ((flags & CODE) != 0 && (flags & CODE) != CODE_NO_NAME)
        fail(&c, SP_REFUSED, 3, "RCODE");
    wanted.octets = (uint8_t)(name.len <= SP_NAME_OCTETS ? name.len : 0);
    memcpy(wanted.text, name.at, wanted.octets);
    for (unsigned i = 0; i < answers && c.err == SP_OK && !answer->truncated; i++)
        take_record(&c, type, &wanted, answer);
    if (c.err != SP_OK) {
        answer->count = 0;
        *where = c.where;
    }
    return c.err;
}
