/* SPDX-License-Identifier: MIT
 * parser/sip_find.c -- looking things up in an indexed message: RFC 3261 7.3.1. */
#include "sip_item.h"
#include "sip_msg.h"

const struct sip_field *sip_msg_find(const struct sip_msg *msg, enum sip_field_id id)
{
    return msg->first[id] > 0 ? &msg->fields[msg->first[id] - 1] : NULL;
}

static bool is_repeated(const struct sip_msg *msg, enum sip_field_id id)
{
    return (msg->repeated[id / 32] >> id % 32 & 1) != 0;
}

static inline const struct sip_field *next_of(const struct sip_msg   *msg,
                                              const struct sip_field *field)
{
    const struct sip_field *end = msg->fields + msg->field_count, *next = field + 1;

    if (!is_repeated(msg, field->id))
        return NULL;
    while (next < end && next->id != field->id)
        next++;
    return next < end ? next : NULL;
}

const struct sip_field *sip_msg_find_next(const struct sip_msg *msg, const struct sip_field *field)
{
    return next_of(msg, field);
}

const struct sip_field *sip_msg_find_name(const struct sip_msg *msg, struct sp_slice name)
{
    enum sip_field_id       id = sip_field_of(name);
    const struct sip_field *field = sip_msg_find(msg, id);

    if (id != SIP_FIELD_OTHER)
        return field;
    while (field != NULL && !sp_eq_nocase(field->name, name))
        field = sip_msg_find_next(msg, field);
    return field;
}

struct sp_slice sip_msg_value(const struct sip_msg *msg, enum sip_field_id id)
{
    const struct sip_field *field = sip_msg_find(msg, id);

    return field != NULL ? field->value : sp_slice(NULL, 0);
}

bool sip_values_next(const struct sip_msg *msg, enum sip_field_id id, struct sip_values *walk,
                     struct sp_slice *value)
{
    if (walk->rest.len == 0 && (walk->field == NULL ? msg->first[id] == 0 : !is_repeated(msg, id)))
        return false;
    while (walk->rest.len == 0 || !sip_list_next(&walk->rest, value)) {
        const struct sip_field *next;

        next = walk->field == NULL ? sip_msg_find(msg, id) : next_of(msg, walk->field);
        if (next == NULL)
            return false;
        walk->field = next;
        if (!next->single && sip_field_is_list(id)) {
            walk->rest = next->value;
        } else if (next->value.len > 0) {
            *value = next->value;
            return true;
        }
    }
    return true;
}

bool sip_values_have(const struct sip_msg *msg, enum sip_field_id id, struct sp_slice token)
{
    struct sip_values walk = { 0 };
    struct sp_slice   value;

    while (sip_values_next(msg, id, &walk, &value))
        if (sp_eq_nocase(value, token))
            return true;
    return false;
}

/* 1*DIGIT, the only value of a field. */
static enum sp_err number_of(const struct sip_msg *msg, enum sip_field_id id, uint64_t max,
                             uint32_t *number)
{
    const struct sip_field *field = sip_msg_find(msg, id);
    uint64_t                value = 0;
    enum sp_err             err;

    if (field == NULL)
        return SP_MISSING;
    if (is_repeated(msg, id))
        return SP_REPEATED;
    err = sp_to_u64(field->value, max, &value);
    *number = (uint32_t)value;
    return err;
}

enum sp_err sip_msg_content_length(const struct sip_msg *msg, uint32_t *octets)
{
    const struct sip_field *field = sip_msg_find(msg, SIP_FIELD_CONTENT_LENGTH);
    uint64_t                first = 0, other = 0;
    enum sp_err             err;

    if (field == NULL)
        return SP_MISSING;
    err = sp_to_u64(field->value, UINT32_MAX, &first);
    while (err == SP_OK && is_repeated(msg, SIP_FIELD_CONTENT_LENGTH) &&
           (field = sip_msg_find_next(msg, field)) != NULL) {
        err = sp_to_u64(field->value, UINT32_MAX, &other);
        if (err == SP_OK && other != first)
            err = SP_REPEATED;
    }
    *octets = (uint32_t)first;
    return err;
}

enum sp_err sip_msg_max_forwards(const struct sip_msg *msg, uint32_t *hops)
{
    return number_of(msg, SIP_FIELD_MAX_FORWARDS, 255, hops);
}

enum sp_err sip_msg_expires(const struct sip_msg *msg, uint32_t *seconds)
{
    return number_of(msg, SIP_FIELD_EXPIRES, UINT32_MAX, seconds);
}
