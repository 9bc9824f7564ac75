/* SPDX-License-Identifier: MIT
 * tests/fuzz/sip_message.c -- the index of a SIP message, every typed accessor on it, and the
 * message forwarded and answered. RFC 3261 7, 8.2.6, 25.1; RFC 3420. */
#include "../../parser/sip_write.h"
#include "fuzz.h"

#define FIELDS 256

/* What the index says of itself, whatever came. */
static void check_index(const struct sip_msg *msg, struct sp_slice octets)
{
    uint32_t count[SIP_FIELD_COUNT] = { 0 };

    fuzz_law(msg->field_count <= msg->field_room);
    fuzz_law(fuzz_inside(msg->head, octets) && fuzz_inside(msg->body, octets));
    fuzz_law(fuzz_inside(msg->octets, octets) && fuzz_inside(msg->version, octets));
    fuzz_law(fuzz_inside(msg->method_name, octets) && fuzz_inside(msg->request_uri, octets));
    fuzz_law(fuzz_inside(msg->reason, octets));
    for (uint32_t i = 0; i < msg->field_count; i++) {
        const struct sip_field *field = &msg->fields[i];

        fuzz_law(fuzz_inside(field->name, octets) && fuzz_inside(field->value, octets));
        fuzz_law(field->name.len > 0 && field->id == sip_field_of(field->name));
        if (count[field->id]++ == 0)
            fuzz_law(sip_msg_find(msg, field->id) == field);
    }
    for (unsigned id = 0; id < SIP_FIELD_COUNT; id++) {
        const struct sip_field *field = sip_msg_find(msg, (enum sip_field_id)id);

        for (; field != NULL; field = sip_msg_find_next(msg, field))
            count[id]--;
        fuzz_law(count[id] == 0);
    }
}

/* The first field that is a URI, an address, ...: typed, for what must not happen at all. What is
 * read and how it is written again is the affair of the targets of those grammars. */
static void read_typed(enum sip_field_id id, struct sp_slice value)
{
    struct sip_address address;
    struct sip_via     via;
    struct sip_cseq    cseq;
    struct sp_where    where = { 0, "" };

    fuzz_where(sip_address_parse(value, &address, &where), &where, value);
    if (id == SIP_FIELD_VIA)
        fuzz_where(sip_via_parse(value, &via, &where), &where, value);
    if (id == SIP_FIELD_CSEQ)
        fuzz_where(sip_cseq_parse(value, &cseq, &where), &where, value);
}

static void read_fields(const struct sip_msg *msg)
{
    uint32_t       number;
    struct sip_uri uri;

    for (unsigned id = 0; id < SIP_FIELD_COUNT; id++) {
        struct sip_values walk = { 0 };
        struct sp_slice   value;

        while (sip_values_next(msg, (enum sip_field_id)id, &walk, &value)) {
            fuzz_law(value.len > 0 && fuzz_inside(value, msg->head));
            read_typed((enum sip_field_id)id, value);
        }
        (void)sip_values_have(msg, (enum sip_field_id)id, SP_LIT("x"));
    }
    for (uint32_t i = 0; i < msg->field_count; i++)
        fuzz_law(sip_msg_find_name(msg, msg->fields[i].name) != NULL);
    (void)!sip_msg_content_length(msg, &number);
    (void)!sip_msg_max_forwards(msg, &number);
    (void)!sip_msg_expires(msg, &number);
    if (msg->request_uri.len > 0) {
        struct sp_where where = { 0, "" };

        fuzz_where(sip_uri_parse(msg->request_uri, &uri, &where), &where, msg->request_uri);
    }
}

static bool same_fields(const struct sip_msg *a, const struct sip_msg *b)
{
    bool same = a->field_count == b->field_count;

    for (uint32_t i = 0; same && i < a->field_count; i++)
        same = sp_eq(a->fields[i].name, b->fields[i].name) &&
               sp_eq(a->fields[i].value, b->fields[i].value);
    return same;
}

/* A well-formed message, its start line written and its fields copied, is the same message. */
static void check_forwarded(const struct sip_msg *msg)
{
    struct sp_buf    to = fuzz_buf(msg->octets.len);
    struct sip_field fields[FIELDS];
    struct sip_msg   again;
    struct sp_where  where;

    if (msg->request)
        sip_put_request_line(&to, msg->method_name, msg->request_uri);
    else
        sip_put_status_line(&to, msg->status, msg->reason);
    for (uint32_t i = 0; i < msg->field_count; i++)
        sip_put_copy(&to, &msg->fields[i]);
    sp_put(&to, SP_LIT("\r\n"));
    sp_put(&to, msg->body);
    /* The start line is of our making: what cannot be in one is refused. */
    if (to.err == SP_INJECTION)
        return;
    fuzz_law(to.err == SP_OK);
    sip_msg_init(&again, fields, FIELDS);
    fuzz_law(sip_msg_parse(fuzz_copy(sp_written(&to)), &again, &where) == SP_OK);
    fuzz_law(same_fields(msg, &again) && sp_eq(msg->body, again.body));
    fuzz_law(sp_eq(msg->method_name, again.method_name) && msg->status == again.status);
    fuzz_law(sp_eq(msg->request_uri, again.request_uri));
}

/* Every request can be answered, and the answer be read. */
static void check_answer(const struct sip_msg *msg)
{
    static const enum sip_field_id same[] = { SIP_FIELD_VIA, SIP_FIELD_FROM, SIP_FIELD_CALL_ID,
                                              SIP_FIELD_CSEQ };
    struct sp_buf                  to = fuzz_buf(msg->octets.len);
    struct sip_field               fields[FIELDS];
    struct sip_msg                 answer;
    struct sp_where                where;

    sip_put_response_head(&to, msg, 400, sp_slice(NULL, 0), SP_LIT("t"));
    sip_put_body(&to, sp_slice(NULL, 0), sp_slice(NULL, 0));
    fuzz_law(to.err == SP_OK);
    sip_msg_init(&answer, fields, FIELDS);
    fuzz_law(sip_msg_parse(fuzz_copy(sp_written(&to)), &answer, &where) == SP_OK);
    fuzz_law(!answer.request && answer.status == 400 && answer.body.len == 0);
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        fuzz_law(sp_eq(sip_msg_value(msg, same[i]), sip_msg_value(&answer, same[i])));
}

/* A message is a fragment too, and the fragment has the same in it. */
static void check_fragment(struct sp_slice octets, const struct sip_msg *msg, enum sp_err err)
{
    struct sip_field fields[FIELDS];
    struct sip_msg   fragment;
    struct sp_where  where = { 0, "" };
    enum sp_err      other;

    sip_msg_init(&fragment, fields, FIELDS);
    other = sip_frag_parse(octets, &fragment, &where);
    fuzz_where(other, &where, octets);
    check_index(&fragment, octets);
    /* "INFO :x SIP/2.0" may be a field, too */
    if (err == SP_OK && msg->head.at == octets.at && fragment.version.len > 0) {
        fuzz_law(other == SP_OK);
        fuzz_law(same_fields(msg, &fragment) && sp_eq(msg->body, fragment.body));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct sp_slice  input = sp_slice(octets, len);
    struct sip_field fields[FIELDS];
    struct sip_msg   msg;
    struct sp_where  where = { 0, "" };
    enum sp_err      err;

    sip_msg_init(&msg, fields, FIELDS);
    err = sip_msg_parse(input, &msg, &where);
    fuzz_where(err, &where, input);
    check_index(&msg, input);
    read_fields(&msg);
    check_fragment(input, &msg, err);
    if (err == SP_OK)
        check_forwarded(&msg);
    if (msg.request && msg.version.len > 0 && err != SP_ROOM)
        check_answer(&msg);
    fuzz_free();
    return 0;
}
