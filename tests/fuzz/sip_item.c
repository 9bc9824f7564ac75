/* SPDX-License-Identifier: MIT
 * tests/fuzz/sip_item.c -- fields that begin with a token: RFC 3261 20.8, 20.11, 20.43; RFC 6665 8;
 * RFC 3326; RFC 3329; RFC 3891; RFC 7315.
 *
 * The first octet of an input chooses the field. */
#include "fuzz_sip.h"

static const enum sip_field_id fields[] = {
    SIP_FIELD_ALLOW,
    SIP_FIELD_EVENT,
    SIP_FIELD_SUBSCRIPTION_STATE,
    SIP_FIELD_REASON,
    SIP_FIELD_SECURITY_CLIENT,
    SIP_FIELD_P_CHARGING_VECTOR,
    SIP_FIELD_P_ASSERTED_SERVICE,
    SIP_FIELD_WARNING,
    SIP_FIELD_CALL_ID,
    SIP_FIELD_REPLACES,
    SIP_FIELD_CONTENT_DISPOSITION,
    SIP_FIELD_CONTENT_ID,
    SIP_FIELD_PRIVACY,
    SIP_FIELD_USER_AGENT,
    SIP_FIELD_SUBJECT,
    SIP_FIELD_SESSION_EXPIRES,
};

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct sp_slice input = sp_slice(octets, len);

    (void)fuzz_field(fields[fuzz_take(&input) % (sizeof fields / sizeof fields[0])], input);
    fuzz_free();
    return 0;
}
