/* SPDX-License-Identifier: MIT
 * parser/sip_field.c -- the names of header fields: RFC 3261 20 and 7.3.3 (compact forms). */
#include "sip_field.h"

#include <string.h>

struct name {
    const char *text;
    uint8_t     len;
    char        compact;
    bool        list;
};

static const struct name names[SIP_FIELD_COUNT] = { [SIP_FIELD_OTHER] = { "", 0, 0, false },
#define NAME(id, name, compact, list) [SIP_FIELD_##id] = { name, sizeof(name) - 1, compact, list },
                                                    SIP_FIELDS(NAME)
#undef NAME
};

/* The length and three letters tell all known names apart: KEY has no collision among them. A row
 * that is added and collides is a compiler's warning (an initializer overrides another); then the
 * factors must be drawn again. */
#define KEYS 512
#define KEY(len, first, middle, last)                                                              \
    (((first)*417U + (last)*182U + (middle)*306U + (len)*304U) % KEYS)

/* clang-format off */
static const uint8_t by_key[KEYS] = {
    [KEY(6, 'a', 'e', 't')] = SIP_FIELD_ACCEPT,
    [KEY(14, 'a', 'c', 't')] = SIP_FIELD_ACCEPT_CONTACT,
    [KEY(15, 'a', 'e', 'g')] = SIP_FIELD_ACCEPT_ENCODING,
    [KEY(15, 'a', 'l', 'e')] = SIP_FIELD_ACCEPT_LANGUAGE,
    [KEY(10, 'a', '-', 'o')] = SIP_FIELD_ALERT_INFO,
    [KEY(5, 'a', 'l', 'w')] = SIP_FIELD_ALLOW,
    [KEY(12, 'a', 'e', 's')] = SIP_FIELD_ALLOW_EVENTS,
    [KEY(19, 'a', 'a', 'o')] = SIP_FIELD_AUTHENTICATION_INFO,
    [KEY(13, 'a', 'i', 'n')] = SIP_FIELD_AUTHORIZATION,
    [KEY(7, 'c', 'l', 'd')] = SIP_FIELD_CALL_ID,
    [KEY(9, 'c', '-', 'o')] = SIP_FIELD_CALL_INFO,
    [KEY(7, 'c', 't', 't')] = SIP_FIELD_CONTACT,
    [KEY(19, 'c', 'i', 'n')] = SIP_FIELD_CONTENT_DISPOSITION,
    [KEY(16, 'c', 'e', 'g')] = SIP_FIELD_CONTENT_ENCODING,
    [KEY(10, 'c', 'n', 'd')] = SIP_FIELD_CONTENT_ID,
    [KEY(16, 'c', 'l', 'e')] = SIP_FIELD_CONTENT_LANGUAGE,
    [KEY(14, 'c', '-', 'h')] = SIP_FIELD_CONTENT_LENGTH,
    [KEY(12, 'c', 't', 'e')] = SIP_FIELD_CONTENT_TYPE,
    [KEY(4, 'c', 'e', 'q')] = SIP_FIELD_CSEQ,
    [KEY(4, 'd', 't', 'e')] = SIP_FIELD_DATE,
    [KEY(10, 'e', '-', 'o')] = SIP_FIELD_ERROR_INFO,
    [KEY(5, 'e', 'e', 't')] = SIP_FIELD_EVENT,
    [KEY(7, 'e', 'i', 's')] = SIP_FIELD_EXPIRES,
    [KEY(10, 'f', 't', 'r')] = SIP_FIELD_FLOW_TIMER,
    [KEY(4, 'f', 'o', 'm')] = SIP_FIELD_FROM,
    [KEY(11, 'i', 'p', 'o')] = SIP_FIELD_IN_REPLY_TO,
    [KEY(12, 'i', 'a', 'e')] = SIP_FIELD_INFO_PACKAGE,
    [KEY(12, 'm', 'r', 's')] = SIP_FIELD_MAX_FORWARDS,
    [KEY(12, 'm', 'e', 'n')] = SIP_FIELD_MIME_VERSION,
    [KEY(11, 'm', 'x', 's')] = SIP_FIELD_MIN_EXPIRES,
    [KEY(6, 'm', '-', 'e')] = SIP_FIELD_MIN_SE,
    [KEY(12, 'o', 'z', 'n')] = SIP_FIELD_ORGANIZATION,
    [KEY(21, 'p', 'e', 'o')] = SIP_FIELD_P_ACCESS_NETWORK_INFO,
    [KEY(19, 'p', 'd', 'y')] = SIP_FIELD_P_ASSERTED_IDENTITY,
    [KEY(18, 'p', 'd', 'e')] = SIP_FIELD_P_ASSERTED_SERVICE,
    [KEY(16, 'p', 'a', 'i')] = SIP_FIELD_P_ASSOCIATED_URI,
    [KEY(17, 'p', 'n', 'r')] = SIP_FIELD_P_CHARGING_VECTOR,
    [KEY(20, 'p', 'd', 'y')] = SIP_FIELD_P_PREFERRED_IDENTITY,
    [KEY(19, 'p', 'e', 'e')] = SIP_FIELD_P_PREFERRED_SERVICE,
    [KEY(4, 'p', 't', 'h')] = SIP_FIELD_PATH,
    [KEY(8, 'p', 'r', 'y')] = SIP_FIELD_PRIORITY,
    [KEY(7, 'p', 'v', 'y')] = SIP_FIELD_PRIVACY,
    [KEY(18, 'p', 'h', 'e')] = SIP_FIELD_PROXY_AUTHENTICATE,
    [KEY(19, 'p', 'h', 'n')] = SIP_FIELD_PROXY_AUTHORIZATION,
    [KEY(13, 'p', 'r', 'e')] = SIP_FIELD_PROXY_REQUIRE,
    [KEY(4, 'r', 'c', 'k')] = SIP_FIELD_RACK,
    [KEY(6, 'r', 's', 'n')] = SIP_FIELD_REASON,
    [KEY(12, 'r', '-', 'e')] = SIP_FIELD_RECORD_ROUTE,
    [KEY(9, 'r', '-', 'o')] = SIP_FIELD_RECV_INFO,
    [KEY(8, 'r', 'r', 'o')] = SIP_FIELD_REFER_TO,
    [KEY(14, 'r', 'c', 't')] = SIP_FIELD_REJECT_CONTACT,
    [KEY(8, 'r', 'a', 's')] = SIP_FIELD_REPLACES,
    [KEY(8, 'r', 'y', 'o')] = SIP_FIELD_REPLY_TO,
    [KEY(19, 'r', 'i', 'n')] = SIP_FIELD_REQUEST_DISPOSITION,
    [KEY(7, 'r', 'u', 'e')] = SIP_FIELD_REQUIRE,
    [KEY(11, 'r', '-', 'r')] = SIP_FIELD_RETRY_AFTER,
    [KEY(5, 'r', 'u', 'e')] = SIP_FIELD_ROUTE,
    [KEY(4, 'r', 'e', 'q')] = SIP_FIELD_RSEQ,
    [KEY(15, 's', 'y', 't')] = SIP_FIELD_SECURITY_CLIENT,
    [KEY(15, 's', 'y', 'r')] = SIP_FIELD_SECURITY_SERVER,
    [KEY(15, 's', 'y', 'y')] = SIP_FIELD_SECURITY_VERIFY,
    [KEY(6, 's', 'v', 'r')] = SIP_FIELD_SERVER,
    [KEY(13, 's', 'e', 'e')] = SIP_FIELD_SERVICE_ROUTE,
    [KEY(15, 's', '-', 's')] = SIP_FIELD_SESSION_EXPIRES,
    [KEY(8, 's', 'e', 'g')] = SIP_FIELD_SIP_ETAG,
    [KEY(12, 's', '-', 'h')] = SIP_FIELD_SIP_IF_MATCH,
    [KEY(7, 's', 'j', 't')] = SIP_FIELD_SUBJECT,
    [KEY(18, 's', 'i', 'e')] = SIP_FIELD_SUBSCRIPTION_STATE,
    [KEY(9, 's', 'o', 'd')] = SIP_FIELD_SUPPORTED,
    [KEY(9, 't', 's', 'p')] = SIP_FIELD_TIMESTAMP,
    [KEY(2, 't', 'o', 'o')] = SIP_FIELD_TO,
    [KEY(11, 'u', 'p', 'd')] = SIP_FIELD_UNSUPPORTED,
    [KEY(10, 'u', 'a', 't')] = SIP_FIELD_USER_AGENT,
    [KEY(3, 'v', 'i', 'a')] = SIP_FIELD_VIA,
    [KEY(7, 'w', 'n', 'g')] = SIP_FIELD_WARNING,
    [KEY(16, 'w', 'e', 'e')] = SIP_FIELD_WWW_AUTHENTICATE,
};

static const uint8_t by_letter[26] = {
    ['a' - 'a'] = SIP_FIELD_ACCEPT_CONTACT,
    ['u' - 'a'] = SIP_FIELD_ALLOW_EVENTS,
    ['i' - 'a'] = SIP_FIELD_CALL_ID,
    ['m' - 'a'] = SIP_FIELD_CONTACT,
    ['e' - 'a'] = SIP_FIELD_CONTENT_ENCODING,
    ['l' - 'a'] = SIP_FIELD_CONTENT_LENGTH,
    ['c' - 'a'] = SIP_FIELD_CONTENT_TYPE,
    ['o' - 'a'] = SIP_FIELD_EVENT,
    ['f' - 'a'] = SIP_FIELD_FROM,
    ['r' - 'a'] = SIP_FIELD_REFER_TO,
    ['j' - 'a'] = SIP_FIELD_REJECT_CONTACT,
    ['d' - 'a'] = SIP_FIELD_REQUEST_DISPOSITION,
    ['x' - 'a'] = SIP_FIELD_SESSION_EXPIRES,
    ['s' - 'a'] = SIP_FIELD_SUBJECT,
    ['k' - 'a'] = SIP_FIELD_SUPPORTED,
    ['t' - 'a'] = SIP_FIELD_TO,
    ['v' - 'a'] = SIP_FIELD_VIA,
};
/* clang-format on */

/* Letters and '-' are all that known names hold; for them this folds the case. */
static unsigned folded(char c)
{
    return (unsigned char)c | 0x20U;
}

/* Equal, for 2 to 16 octets: two looks that may overlap instead of a call. */
static bool same(const char *a, const char *b, size_t len)
{
    uint64_t a8, b8, a_end, b_end;

    if (len < 4)
        return a[0] == b[0] && a[1] == b[1] && a[len - 1] == b[len - 1];
    if (len < 8) {
        uint32_t a4, b4, a4_end, b4_end;

        memcpy(&a4, a, 4);
        memcpy(&b4, b, 4);
        memcpy(&a4_end, a + len - 4, 4);
        memcpy(&b4_end, b + len - 4, 4);
        return ((a4 ^ b4) | (a4_end ^ b4_end)) == 0;
    }
    memcpy(&a8, a, 8);
    memcpy(&b8, b, 8);
    memcpy(&a_end, a + len - 8, 8);
    memcpy(&b_end, b + len - 8, 8);
    return ((a8 ^ b8) | (a_end ^ b_end)) == 0;
}

/* A compact form, a long name, or a known name in a spelling of its own. */
__attribute__((noinline)) static enum sip_field_id odd_name(struct sp_slice   name,
                                                            enum sip_field_id id)
{
    if (name.len == 1)
        return sp_is_alpha(name.at[0]) ? (enum sip_field_id)by_letter[folded(name.at[0]) - 'a']
                                       : SIP_FIELD_OTHER;
    if (sp_eq(sip_field_name(id), name))
        return id;
    return sp_eq_nocase(sip_field_name(id), name) ? id : SIP_FIELD_OTHER;
}

enum sip_field_id sip_field_of(struct sp_slice name)
{
    const struct name *known;
    enum sip_field_id  id;

    if (name.len < 2)
        return name.len == 1 ? odd_name(name, SIP_FIELD_OTHER) : SIP_FIELD_OTHER;
    id = (enum sip_field_id)
        by_key[KEY((unsigned)name.len, folded(name.at[0]), folded(name.at[name.len / 2]),
                   folded(name.at[name.len - 1]))];
    known = &names[id];
    if (known->len != name.len)
        return SIP_FIELD_OTHER;
    return name.len <= 16 && same(known->text, name.at, name.len) ? id : odd_name(name, id);
}

struct sp_slice sip_field_name(enum sip_field_id id)
{
    return sp_slice(names[id].text, names[id].len);
}

char sip_field_compact(enum sip_field_id id)
{
    return names[id].compact;
}

bool sip_field_is_list(enum sip_field_id id)
{
    return names[id].list;
}
