/* SPDX-License-Identifier: MIT
 * tests/fuzz/sp_dns.c -- DNS answers. RFC 1035 4; RFC 2782; RFC 3403 4.
 *
 * The first octet of an input chooses the type, the rest is a message in answer to a question for
 * "e.x" with whatever number it has. */
#include "../../transport/sp_dns.h"
#include "fuzz.h"

static const enum sp_dns_type types[] = { SP_DNS_A, SP_DNS_AAAA, SP_DNS_SRV, SP_DNS_NAPTR };

/* Printable octets in labels of 1 to 63, none of them empty. */
static void check_name(const struct sp_record *record)
{
    size_t label = 0;

    fuzz_law(record->name_octets <= 253);
    for (size_t i = 0; i < record->name_octets; i++) {
        fuzz_law(record->name[i] > ' ' && record->name[i] < 0x7f);
        fuzz_law(record->name[i] != '.' || label > 0);
        label = record->name[i] == '.' ? 0 : label + 1;
        fuzz_law(label <= 63);
    }
    fuzz_law(record->name_octets == 0 || label > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct sp_slice      input = sp_slice(octets, len), message;
    enum sp_dns_type     type = types[fuzz_take(&input) % 4];
    struct sp_dns_answer answer;
    struct sp_where      where = { 0, "" };
    uint16_t             id;
    enum sp_err          err;

    message = fuzz_copy(input);
    id = message.len < 2 ? 0 : (uint16_t)((uint8_t)message.at[0] << 8 | (uint8_t)message.at[1]);
    err = sp_dns_parse(message, id, SP_LIT("e.x"), type, &answer, &where);
    fuzz_where(err, &where, message);
    fuzz_law(err == SP_OK || answer.count == 0);
    fuzz_law(answer.count <= SP_RECORDS);
    for (size_t i = 0; i < answer.count; i++) {
        const struct sp_record *record = &answer.records[i];

        if (type == SP_DNS_A || type == SP_DNS_AAAA) {
            fuzz_law(answer.addrs[i].family == (type == SP_DNS_A ? SP_IPV4 : SP_IPV6));
            fuzz_law(answer.addrs[i].port == 0);
            continue;
        }
        fuzz_law(record->service_octets <= SP_SERVICE_OCTETS);
        check_name(record);
    }
    if (err == SP_OK && !answer.truncated && message.len > 21) /* an answer to something else */
        fuzz_law(sp_dns_parse(message, id, SP_LIT("e.y"), type, &answer, &where) == SP_MISMATCH);
    fuzz_free();
    return 0;
}
