/* SPDX-License-Identifier: MIT
 * parser/sip_forward.c -- a message written again with single things changed. RFC 3261 16.6, 16.7.
 */
#include "sip_forward.h"

#include "sip_write.h"

/* Octets of the head that an edit takes away; what it puts in their place comes there. */
struct cut {
    const char *from, *to;
};

/* The first octet behind a field's lines. */
static const char *line_end(const struct sip_msg *msg, const struct sip_field *field)
{
    const char *at = field->value.at + field->value.len, *end = msg->head.at + msg->head.len;

    for (;;) { /* white space, and folds of nothing else, were trimmed off the value */
        at += sp_find_slice(sp_slice(at, (size_t)(end - at)), SP_LIT("\r\n")) + 2;
        if (at >= end || (*at != ' ' && *at != '\t'))
            return at;
    }
}

/* The field whose value holds these octets; NULL when none does. */
static const struct sip_field *field_of(const struct sip_msg *msg, struct sp_slice octets)
{
    for (uint32_t i = 0; i < msg->field_count; i++) {
        struct sp_slice value = msg->fields[i].value;

        if (octets.at >= value.at && octets.at + octets.len <= value.at + value.len)
            return &msg->fields[i];
    }
    return NULL;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* A value of a list with the comma behind it, or before it where it is the last; or its field when
 * it is alone. */
static struct cut cut_value(const struct sip_msg *msg, const struct sip_field *field,
                            struct sp_slice octets)
{
    const char *start = field->value.at, *end = start + field->value.len;
    const char *before = octets.at, *after = octets.at + octets.len;

    while (after < end && is_space(*after))
        after++;
    if (after < end && *after == ',') {
        after++;
        while (after < end && is_space(*after))
            after++;
        return (struct cut){ octets.at, after };
    }
    while (before > start && is_space(before[-1]))
        before--;
    if (before > start && before[-1] == ',') {
        before--;
        while (before > start && is_space(before[-1]))
            before--;
        return (struct cut){ before, octets.at + octets.len };
    }
    return (struct cut){ field->name.at, line_end(msg, field) };
}

static struct cut cut_of(struct sp_buf *to, const struct sip_msg *msg, const struct sip_edit *edit)
{
    const char             *head_end = msg->head.at + msg->head.len - 2; /* the empty line */
    const struct sip_field *field;
    const char             *at;

    switch (edit->kind) {
    case SIP_EDIT_REPLACE:
        if (edit->octets.at < msg->head.at || edit->octets.at + edit->octets.len > head_end)
            sp_put_fail(to, SP_MISMATCH);
        return (struct cut){ edit->octets.at, edit->octets.at + edit->octets.len };
    case SIP_EDIT_REMOVE:
        field = field_of(msg, edit->octets);
        if (field != NULL)
            return cut_value(msg, field, edit->octets);
        sp_put_fail(to, SP_MISMATCH);
        break;
    case SIP_EDIT_FIRST:
        field = edit->id != SIP_FIELD_OTHER ? sip_msg_find(msg, edit->id)
                                            : sip_msg_find_name(msg, edit->name);
        at = field != NULL          ? field->name.at
             : msg->field_count > 0 ? msg->fields[0].name.at
                                    : head_end;
        return (struct cut){ at, at };
    case SIP_EDIT_LAST: return (struct cut){ head_end, head_end };
    }
    return (struct cut){ msg->head.at, msg->head.at };
}

static void put_edit(struct sp_buf *to, const struct sip_edit *edit)
{
    switch (edit->kind) {
    case SIP_EDIT_REPLACE: sp_put_value(to, edit->text); return;
    case SIP_EDIT_REMOVE: return;
    case SIP_EDIT_FIRST:
    case SIP_EDIT_LAST:
        if (edit->id != SIP_FIELD_OTHER)
            sip_put_field(to, edit->id, edit->text);
        else
            sip_put_field_name(to, edit->name, edit->text);
        return;
    }
}

/* The edit with the lowest place at or behind `at` that is not yet done; of several there, the
 * first of the list. */
static size_t next_edit(struct sp_buf *to, const struct sip_msg *msg, const struct sip_edit *edits,
                        size_t count, const char *at, size_t done_there, struct cut *cut)
{
    size_t      found = count, skipped = 0;
    const char *lowest = NULL;

    for (size_t i = 0; i < count; i++) {
        struct cut one = cut_of(to, msg, &edits[i]);

        if (one.from < at || (one.from == at && skipped++ < done_there))
            continue;
        if (lowest == NULL || one.from < lowest) {
            lowest = one.from;
            found = i;
            *cut = one;
        }
    }
    return found;
}

void sip_put_forward(struct sp_buf *to, const struct sip_msg *msg, const struct sip_edit *edits,
                     size_t count)
{
    const char *copied = msg->head.at, *place = msg->head.at, *end = copied + msg->head.len;
    size_t      there = 0;

    for (size_t done = 0; done < count && to->err == SP_OK; done++) {
        struct cut cut = { NULL, NULL };
        size_t     i = next_edit(to, msg, edits, count, place, there, &cut);
        bool       insert = cut.from == cut.to && cut.from == place;

        if (i == count || (cut.from < copied && !insert)) { /* its octets were in another edit's */
            sp_put_fail(to, SP_MISMATCH);
            return;
        }
        there = cut.from == place ? there + 1 : 1;
        place = cut.from;
        if (cut.from > copied)
            sp_put(to, sp_slice(copied, (size_t)(cut.from - copied)));
        put_edit(to, &edits[i]);
        if (cut.to > copied)
            copied = cut.to;
    }
    sp_put(to, sp_slice(copied, (size_t)(end - copied)));
    sp_put(to, msg->body);
}
