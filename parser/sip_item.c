/* SPDX-License-Identifier: MIT
 * parser/sip_item.c -- a token with parameters, and lists of values. RFC 3261 7.3.1, 20, 25.1. */
#include "sip_item.h"

#include <string.h>

enum sp_err sip_item_parse(struct sp_slice value, struct sip_item *item, struct sp_where *where)
{
    struct sp_scan s = sp_scan(value);

    item->name = sip_scan_token(&s, "token");
    item->params = sip_scan_params(&s);
    sip_scan_sws(&s);
    return sp_scan_end(&s, where);
}

void sip_item_write(struct sp_buf *to, const struct sip_item *item)
{
    sp_put_value(to, item->name);
    sip_put_folded(to, item->params);
}

/* The place of the octet `close` after an opening one at `at`, or the last octet. */
static size_t closing(struct sp_slice list, size_t at, char close)
{
    for (at++; at < list.len && list.at[at] != close; at++)
        if (list.at[at] == '\\' && close == '"')
            at++;
    return at < list.len ? at : list.len - 1;
}

bool sip_list_next(struct sp_slice *rest, struct sp_slice *value)
{
    while (rest->len > 0) {
        struct sp_slice all = *rest;
        size_t          at = 0;

        if (memchr(all.at, ',', all.len) == NULL) { /* the last, or the only one, as most are */
            *rest = sp_slice(all.at + all.len, 0);
            *value = sp_trim(all);
            return value->len > 0;
        }
        for (; at < all.len && all.at[at] != ','; at++) {
            if (all.at[at] == '"')
                at = closing(all, at, '"');
            else if (all.at[at] == '<')
                at = closing(all, at, '>');
        }
        *rest = sp_from(all, at + 1);
        *value = sp_trim(sp_head(all, at));
        if (value->len > 0)
            return true;
    }
    return false;
}

enum sp_err sip_qvalue_parse(struct sp_slice value, uint16_t *thousandths)
{
    static const uint16_t places[] = { 100, 10, 1 };
    unsigned              q;

    *thousandths = 0;
    if (value.len == 0 || value.len > 5 || (value.at[0] != '0' && value.at[0] != '1'))
        return SP_SYNTAX;
    q = value.at[0] == '1' ? 1000 : 0;
    if (value.len > 1 && value.at[1] != '.')
        return SP_SYNTAX;
    for (size_t i = 2; i < value.len; i++) {
        if (!sp_is_digit(value.at[i]))
            return SP_SYNTAX;
        q += (unsigned)(value.at[i] - '0') * places[i - 2];
    }
    if (q > 1000)
        return SP_SYNTAX;
    *thousandths = (uint16_t)q;
    return SP_OK;
}

void sip_qvalue_write(struct sp_buf *to, uint16_t thousandths)
{
    if (thousandths > 1000)
        sp_put_fail(to, SP_RANGE);
    sp_put_u64(to, thousandths / 1000);
    thousandths %= 1000;
    if (thousandths == 0)
        return;
    sp_put_char(to, '.');
    for (unsigned place = 100; thousandths > 0; place /= 10) {
        sp_put_u64(to, thousandths / place);
        thousandths = (uint16_t)(thousandths % place);
    }
}

uint16_t sip_param_q(struct sp_slice params)
{
    uint16_t q;

    return sip_qvalue_parse(sip_param_value(params, "q"), &q) == SP_OK ? q : 1000;
}

enum sp_err sip_param_u32(struct sp_slice params, const char *name, uint32_t *value)
{
    struct sip_param param;
    uint64_t         number = 0;
    enum sp_err      err;

    if (!sip_param_find(params, sp_str(name), &param))
        return SP_MISSING;
    err = sp_to_u64(param.value, UINT32_MAX, &number);
    *value = (uint32_t)number;
    return err;
}
