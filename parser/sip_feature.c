/* SPDX-License-Identifier: MIT
 * parser/sip_feature.c -- feature tags and their matching. RFC 3840 5, 9; RFC 3841 7.2. */
#include "sip_feature.h"

#include "sip_item.h"

#define TERMS  64 /* of a predicate */
#define VALUES 64 /* of a term */
#define MICRO  1000000

static const char *const base_tags[] = {
    "audio",       "automata", "class",    "duplex",  "data",    "control",     "mobility",
    "description", "events",   "priority", "methods", "schemes", "application", "video",
    "language",    "type",     "isfocus",  "actor",   "text",    "extensions",
};

bool sip_feature_is(struct sp_slice name)
{
    if (name.len > 0 && name.at[0] == '+')
        return true;
    for (size_t i = 0; i < sizeof base_tags / sizeof base_tags[0]; i++)
        if (sp_eq_nocase(name, sp_str(base_tags[i])))
            return true;
    return false;
}

static bool next_feature(struct sp_slice *rest, struct sip_param *feature)
{
    while (sip_param_next(rest, feature))
        if (sip_feature_is(feature->name))
            return true;
    return false;
}

size_t sip_feature_count(struct sp_slice params)
{
    struct sip_param feature;
    size_t           count = 0;

    while (next_feature(&params, &feature))
        count++;
    return count;
}

/* number = [ "+" / "-" ] 1*DIGIT [ "." 0*DIGIT ], in millionths, held at the ends of what 64 bits
 * can say. */
static int64_t scan_number(struct sp_scan *s)
{
    bool     minus = sp_scan_try(s, '-');
    uint64_t whole = 0, part = 0;

    if (!minus)
        sp_scan_try(s, '+');
    if (!sp_is_digit(sp_scan_peek(s)))
        sp_scan_fail(s, SP_SYNTAX, s->at, "number");
    for (; sp_is_digit(sp_scan_peek(s)); s->at++)
        whole = whole > (uint64_t)INT64_MAX / MICRO / 100 ? whole
                                                          : whole * 10 + (uint64_t)(*s->at - '0');
    if (sp_scan_try(s, '.'))
        for (uint64_t place = MICRO / 10; sp_is_digit(sp_scan_peek(s)); s->at++, place /= 10)
            part += (uint64_t)(*s->at - '0') * place;
    whole = whole * MICRO + part;
    return minus ? -(int64_t)whole : (int64_t)whole;
}

enum kind { WORD, NUMBER, STRING };

struct span {
    int64_t low, high; /* both within; low above high: nothing */
};

/* One value of a term: what it says of the feature. */
struct value {
    enum kind       kind;
    bool            negated;
    struct sp_slice text;     /* WORD, STRING */
    struct span     spans[2]; /* NUMBER */
};

static void negate(struct value *value)
{
    struct span was = value->spans[0], none = { 0, -1 };

    value->negated = true;
    value->spans[0] = value->spans[1] = none;
    if (was.low > INT64_MIN)
        value->spans[0] = (struct span){ INT64_MIN, was.low - 1 };
    if (was.high < INT64_MAX)
        value->spans[1] = (struct span){ was.high + 1, INT64_MAX };
}

/* numeric = "#" ( ">=" / "<=" / "=" / ( number ":" ) ) number */
static struct span scan_numeric(struct sp_scan *s)
{
    struct span span = { INT64_MIN, INT64_MAX };
    char        c;

    sp_scan_char(s, '#', "numeric");
    c = sp_scan_peek(s);
    if (c == '>' || c == '<') {
        s->at++;
        sp_scan_char(s, '=', "numeric-relation");
        *(c == '>' ? &span.low : &span.high) = scan_number(s);
    } else if (sp_scan_try(s, '=')) {
        span.low = span.high = scan_number(s);
    } else {
        span.low = scan_number(s);
        sp_scan_char(s, ':', "numeric-relation");
        span.high = scan_number(s);
    }
    return span;
}

/* tag-value = [ "!" ] ( token-nobang / boolean / numeric ); string-value = "<" ... ">" */
static struct value scan_value(struct sp_scan *s)
{
    struct value value = { .kind = WORD, .spans = { { 0, -1 }, { 0, -1 } } };
    bool         negated = sp_scan_try(s, '!');
    const char  *from = s->at;

    if (sp_scan_peek(s) == '#') {
        value.kind = NUMBER;
        value.spans[0] = scan_numeric(s);
    } else if (sp_scan_peek(s) == '<' && !negated) {
        value.kind = STRING;
        while (sp_scan_more(s) && *s->at != '>')
            s->at += *s->at == '\\' && s->at + 1 < s->end ? 2 : 1;
        sp_scan_char(s, '>', "string-value");
        value.text = sp_slice(from, (size_t)(s->at - from));
    } else {
        if (sp_scan_peek(s) == '!')
            sp_scan_fail(s, SP_SYNTAX, s->at, "token-nobang");
        value.text = sip_scan_token(s, "tag-value");
    }
    if (negated)
        negate(&value);
    return value;
}

/* The values of a feature parameter as a cursor over what its quotes hold; without a value it says
 * TRUE. */
static struct sp_scan values_of(const struct sip_param *feature)
{
    struct sp_slice text = feature->has_value ? feature->value : SP_LIT("TRUE");

    if (text.len >= 2 && text.at[0] == '"')
        text = sp_slice(text.at + 1, text.len - 2);
    return sp_scan(text);
}

enum sp_err sip_feature_check(struct sp_slice params, struct sp_where *where)
{
    struct sp_slice  rest = params;
    struct sip_param feature;

    *where = (struct sp_where){ 0, "" };
    while (next_feature(&rest, &feature)) {
        struct sp_scan s = values_of(&feature);
        enum sp_err    err;

        if (feature.has_value && (feature.value.len < 2 || feature.value.at[0] != '"')) {
            *where = (struct sp_where){ (size_t)(feature.value.at - params.at), "feature-param" };
            return SP_SYNTAX;
        }
        do {
            scan_value(&s);
        } while (sp_scan_try(&s, ','));
        err = sp_scan_end(&s, where);
        if (err != SP_OK) {
            where->octet += (size_t)(feature.value.at + 1 - params.at);
            return err;
        }
    }
    return SP_OK;
}

static bool spans_meet(const struct value *a, const struct value *b)
{
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++) {
            struct span one = a->spans[i], other = b->spans[j];
            int64_t     low = one.low > other.low ? one.low : other.low;
            int64_t     high = one.high < other.high ? one.high : other.high;

            if (one.low <= one.high && other.low <= other.high && low <= high)
                return true;
        }
    return false;
}

/* Some feature has both values. */
static bool values_meet(const struct value *a, const struct value *b)
{
    if (a->kind != b->kind)
        return a->negated || b->negated; /* what is not this word may be any number */
    if (a->kind == NUMBER)
        return spans_meet(a, b);
    if (a->kind == STRING)
        return sp_eq(a->text, b->text);
    if (a->negated && b->negated)
        return true;
    return sp_eq_nocase(a->text, b->text) != (a->negated || b->negated);
}

/* One of the values of `a` goes with one of `b`. */
static bool terms_meet(const struct sip_param *a, const struct sip_param *b)
{
    struct sp_scan one = values_of(a);

    for (int i = 0; i < VALUES && one.err == SP_OK; i++) {
        struct value   value = scan_value(&one);
        struct sp_scan other = values_of(b);

        for (int j = 0; j < VALUES && one.err == SP_OK; j++) {
            struct value second = scan_value(&other);

            if (other.err == SP_OK && values_meet(&value, &second))
                return true;
            if (!sp_scan_try(&other, ','))
                break;
        }
        if (!sp_scan_try(&one, ','))
            break;
    }
    return false;
}

bool sip_feature_match(struct sp_slice a, struct sp_slice b)
{
    struct sip_param one, other;

    if (sip_feature_count(a) > TERMS || sip_feature_count(b) > TERMS)
        return false;
    while (next_feature(&a, &one))
        for (struct sp_slice rest = b; sip_param_next(&rest, &other);) /* a name may stand twice */
            if (sp_eq_nocase(one.name, other.name) && !terms_meet(&one, &other))
                return false;
    return true;
}

uint16_t sip_feature_score(struct sp_slice contact, struct sp_slice wanted)
{
    size_t           all = 0, spoken_of = 0;
    struct sip_param one, other;

    if (sip_feature_count(wanted) > TERMS || sip_feature_count(contact) > TERMS)
        return 0;
    while (next_feature(&wanted, &one)) {
        all++;
        spoken_of += sip_param_find(contact, one.name, &other);
    }
    return (uint16_t)(all == 0 ? 1000 : spoken_of * 1000 / all);
}

bool sip_feature_rejects(struct sp_slice contact, struct sp_slice rejected)
{
    return sip_feature_count(rejected) > 0 && sip_feature_score(contact, rejected) == 1000 &&
           sip_feature_match(contact, rejected);
}
