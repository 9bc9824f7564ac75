/* SPDX-License-Identifier: MIT
 * tests/fuzz/sip_forward.c -- a message forwarded with one thing changed: that is changed, all else
 * is as it came. RFC 3261 16.6, 7.3.1.
 *
 * An input is a message; which of its fields is changed depends on all its octets. */
#include "../../parser/sip_forward.h"

#include "fuzz.h"

#define FIELDS 256

/* Written with `count` edits, and read again. */
static void forward(const struct sip_msg *msg, const struct sip_edit *edits, size_t count,
                    struct sip_msg *again)
{
    struct sp_buf     to = fuzz_buf(msg->octets.len);
    struct sip_field *fields = fuzz_room(FIELDS * sizeof *fields);
    struct sp_where   where;

    sip_put_forward(&to, msg, edits, count);
    fuzz_law(to.err == SP_OK);
    if (count == 0)
        fuzz_law(sp_eq(sp_written(&to), msg->octets));
    sip_msg_init(again, fields, FIELDS);
    fuzz_law(sip_msg_parse(fuzz_copy(sp_written(&to)), again, &where) == SP_OK);
    fuzz_law(sp_eq(again->body, msg->body) && sp_eq(again->request_uri, msg->request_uri));
}

/* The fields of `a` but the one at `but` are those of `b` but the one at `other`, in their order.
 */
static void check_others(const struct sip_msg *a, uint32_t but, const struct sip_msg *b,
                         uint32_t other)
{
    for (uint32_t i = 0, j = 0; i < a->field_count || j < b->field_count; i++, j++) {
        i += i == but;
        j += j == other;
        if (i == a->field_count && j == b->field_count)
            return;
        fuzz_law(i < a->field_count && j < b->field_count);
        fuzz_law(sp_eq(a->fields[i].name, b->fields[j].name));
        fuzz_law(sp_eq(a->fields[i].value, b->fields[j].value));
    }
}

static void check_replaced(const struct sip_msg *msg, uint32_t at)
{
    struct sip_edit edit = { .kind = SIP_EDIT_REPLACE,
                             .octets = msg->fields[at].value,
                             .text = SP_LIT("sip:new;x") };
    struct sip_msg  again;

    if (edit.octets.len == 0)
        return;
    forward(msg, &edit, 1, &again);
    fuzz_law(again.field_count == msg->field_count);
    fuzz_law(sp_eq(again.fields[at].value, edit.text));
    check_others(msg, at, &again, at);
}

/* How many values there are of an id, and the one at `at`. */
static uint32_t values_of(const struct sip_msg *msg, enum sip_field_id id, uint32_t at,
                          struct sp_slice *found)
{
    struct sip_values walk = { 0 };
    struct sp_slice   value;
    uint32_t          count = 0;

    for (; sip_values_next(msg, id, &walk, &value); count++)
        if (count == at)
            *found = value;
    return count;
}

static void check_removed(const struct sip_msg *msg, enum sip_field_id id, uint32_t seed)
{
    struct sip_edit edit = { .kind = SIP_EDIT_REMOVE };
    struct sip_msg  again;
    uint32_t        count = values_of(msg, id, 0, &edit.octets), gone;

    if (count == 0)
        return;
    gone = seed % count;
    (void)values_of(msg, id, gone, &edit.octets);
    forward(msg, &edit, 1, &again);
    fuzz_law(values_of(&again, id, 0, &edit.text) == count - 1);
    for (uint32_t i = 0; i + 1 < count; i++) {
        struct sp_slice before, after;

        (void)values_of(msg, id, i + (i >= gone), &before);
        (void)values_of(&again, id, i, &after);
        fuzz_law(sp_eq(before, after));
    }
}

static void check_added(const struct sip_msg *msg, enum sip_field_id id)
{
    struct sip_edit edit = { .kind = SIP_EDIT_FIRST, .id = id, .text = SP_LIT("new") };
    struct sip_msg  again;

    if (id == SIP_FIELD_OTHER)
        edit.name = SP_LIT("X-New");
    if (msg->field_count == FIELDS)
        return;
    forward(msg, &edit, 1, &again);
    fuzz_law(again.field_count == msg->field_count + 1);
    if (id != SIP_FIELD_OTHER) {
        fuzz_law(sp_eq(sip_msg_value(&again, id), SP_LIT("new")));
        check_others(msg, UINT32_MAX, &again, again.first[id] - 1);
    }
    edit.kind = SIP_EDIT_LAST;
    forward(msg, &edit, 1, &again);
    fuzz_law(sp_eq(again.fields[msg->field_count].value, SP_LIT("new")));
    check_others(msg, UINT32_MAX, &again, msg->field_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct sp_slice   input = sp_slice(octets, len);
    uint32_t          seed = fuzz_seed(input), at;
    struct sip_field  fields[FIELDS];
    struct sip_msg    msg, again;
    struct sp_where   where;
    enum sip_field_id id;

    sip_msg_init(&msg, fields, FIELDS);
    if (sip_msg_parse(input, &msg, &where) == SP_OK && msg.field_count > 0) {
        forward(&msg, NULL, 0, &again);
        at = fuzz_next(&seed) % msg.field_count;
        id = msg.fields[at].id;
        if (id != SIP_FIELD_CONTENT_LENGTH) { /* its change would change the body */
            check_replaced(&msg, at);
            check_removed(&msg, id, fuzz_next(&seed));
            check_added(&msg, id);
        }
    }
    fuzz_free();
    return 0;
}
