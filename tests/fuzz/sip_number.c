/* SPDX-License-Identifier: MIT
 * tests/fuzz/sip_number.c -- fields that are numbers, and moments: RFC 3261 20.14, 20.16, 20.17,
 * 20.33, 20.38; RFC 3262 7.2; RFC 4028 4.
 *
 * The first octet of an input chooses the field. */
#include "../../parser/sip_item.h"
#include "fuzz_sip.h"

static const enum sip_field_id fields[] = {
    SIP_FIELD_CONTENT_LENGTH, SIP_FIELD_RETRY_AFTER, SIP_FIELD_CSEQ,         SIP_FIELD_RACK,
    SIP_FIELD_DATE,           SIP_FIELD_TIMESTAMP,   SIP_FIELD_MIME_VERSION,
};

/* A qvalue that was read is written as the same number. */
static void check_qvalue(struct sp_slice value)
{
    struct sp_buf to = fuzz_buf(value.len);
    uint16_t      q, again;

    if (sip_qvalue_parse(value, &q) != SP_OK)
        return;
    fuzz_law(q <= 1000);
    sip_qvalue_write(&to, q);
    fuzz_law(to.err == SP_OK && sip_qvalue_parse(sp_written(&to), &again) == SP_OK && again == q);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct sp_slice input = sp_slice(octets, len);
    size_t          which = fuzz_take(&input) % 8;

    if (which < sizeof fields / sizeof fields[0])
        (void)fuzz_field(fields[which], input);
    else
        check_qvalue(input);
    fuzz_free();
    return 0;
}
