/* SPDX-License-Identifier: MIT
 * tests/fuzz/sip_check.c -- the semantic check on whatever the index made of any octets: what it
 * lets pass can be handled. RFC 3261 8.1.1, 8.2. */
#include "../../parser/sip_check.h"

#include "../../parser/sip_write.h"
#include "fuzz.h"

#define FIELDS   256
#define FINDINGS 64

static void check_findings(const struct sip_check *check, struct sp_slice octets)
{
    uint32_t errors = 0, warnings = 0;

    for (uint32_t i = 0; i < check->count && i < check->room; i++) {
        const struct sip_finding *finding = &check->findings[i];

        fuzz_law(finding->clause != NULL && finding->clause[0] != '\0');
        fuzz_law(finding->what != NULL && finding->what[0] != '\0' && finding->rule != NULL);
        fuzz_law(fuzz_inside(finding->octets, octets));
        errors += finding->severity == SIP_ERROR;
        warnings += finding->severity == SIP_WARNING;
    }
    if (check->count <= check->room)
        fuzz_law(errors == check->errors && warnings == check->warnings);
}

/* A request that is to be handled has what every answer and every dialog is made of. */
static void check_usable(const struct sip_msg *msg)
{
    struct sip_address address;
    struct sip_cseq    cseq;
    struct sip_via     via;
    struct sip_uri     uri;
    struct sip_values  walk = { 0 };
    struct sp_slice    value;
    struct sp_where    where;

    fuzz_law(sip_values_next(msg, SIP_FIELD_VIA, &walk, &value));
    fuzz_law(sip_via_parse(value, &via, &where) == SP_OK);
    value = sip_msg_value(msg, SIP_FIELD_FROM);
    fuzz_law(sip_address_parse(value, &address, &where) == SP_OK && !address.star);
    value = sip_msg_value(msg, SIP_FIELD_TO);
    fuzz_law(sip_address_parse(value, &address, &where) == SP_OK && !address.star);
    value = sip_msg_value(msg, SIP_FIELD_CSEQ);
    fuzz_law(sip_cseq_parse(value, &cseq, &where) == SP_OK);
    fuzz_law(sp_eq(cseq.method, msg->method_name));
    fuzz_law(sip_msg_value(msg, SIP_FIELD_CALL_ID).len > 0);
    fuzz_law(sip_uri_parse(msg->request_uri, &uri, &where) == SP_OK);
}

static struct sip_check run(const struct sip_msg *msg, enum sp_err err, struct sp_where where,
                            struct sp_slice given, bool all, uint32_t room)
{
    struct sip_check check = { .all = all,
                               .ua = true,
                               .err = err,
                               .where = where,
                               .given = given,
                               .findings = fuzz_room(room * sizeof(struct sip_finding)),
                               .room = room };

    sip_check(msg, &check);
    check_findings(&check, given);
    return check;
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct sp_slice  input = sp_slice(octets, len);
    struct sip_field fields[FIELDS];
    struct sip_msg   msg;
    struct sp_where  where = { 0, "" };
    struct sip_check lint, stack, narrow;
    enum sp_err      err;

    sip_msg_init(&msg, fields, FIELDS);
    err = sip_msg_parse(input, &msg, &where);
    lint = run(&msg, err, where, input, true, FINDINGS);
    stack = run(&msg, err, where, input, false, FINDINGS);
    narrow = run(&msg, err, where, input, false, 0);
    fuzz_law(stack.count == narrow.count && stack.answer == narrow.answer);
    fuzz_law(stack.errors == narrow.errors && stack.warnings == narrow.warnings);
    fuzz_law(stack.count <= lint.count && stack.answer == lint.answer);
    if (msg.request && stack.answer == 0)
        check_usable(&msg);
    fuzz_free();
    return 0;
}
