/* SPDX-License-Identifier: MIT
 * parser/sip_param.c -- generic-param lists: ";name=value". RFC 3261 25.1. */
#include "sip_param.h"

#include "sip_quick.h"

void sip_scan_odd_value(struct sp_scan *s, struct sip_param *param)
{
    param->value = sp_slice(NULL, 0);
    param->has_value = sip_scan_try_separator(s, '=');
    if (!param->has_value)
        return;
    switch (sp_scan_peek(s)) {
    case '"': param->value = sip_scan_quoted(s, "quoted-string"); break;
    case '[': param->value = sip_scan_host(s, "host"); break;
    default: param->value = sip_scan_token(s, "gen-value"); break;
    }
}

void sip_scan_param(struct sp_scan *s, struct sip_param *param)
{
    sip_quick_param(s, param);
}

struct sp_slice sip_scan_params(struct sp_scan *s)
{
    const char      *from = NULL;
    struct sip_param param;

    for (;;) {
        const char *at = s->at;

        if (!sip_scan_try_separator(s, ';'))
            break;
        if (from == NULL)
            from = at;
        sip_quick_param(s, &param);
    }
    if (from == NULL || s->err != SP_OK)
        return sp_slice(NULL, 0);
    return sp_trim(sp_slice(from, (size_t)(s->at - from)));
}

/* The length of a quoted string that starts `s`, quotes included; all of it when it does not end.
 */
static size_t quoted_len(struct sp_slice s)
{
    for (size_t i = 1; i < s.len; i++) {
        if (s.at[i] == '\\')
            i++;
        else if (s.at[i] == '"')
            return i + 1;
    }
    return s.len;
}

bool sip_param_next(struct sp_slice *rest, struct sip_param *param)
{
    struct sp_slice list = sp_trim(*rest);
    size_t          end, equal;

    while (list.len > 0 && list.at[0] == ';')
        list = sp_trim(sp_from(list, 1));
    if (list.len == 0) {
        *rest = list;
        return false;
    }
    for (end = 0, equal = 0; end < list.len && list.at[end] != ';'; end++) {
        if (list.at[end] == '=' && equal == 0)
            equal = end;
        else if (list.at[end] == '"')
            end += quoted_len(sp_from(list, end)) - 1;
    }
    param->has_value = equal > 0;
    param->name = sp_trim(sp_head(list, equal > 0 ? equal : end));
    param->value = sp_slice(NULL, 0);
    if (param->has_value)
        param->value = sp_trim(sp_slice(list.at + equal + 1, end - equal - 1));
    *rest = sp_from(list, end);
    return true;
}

bool sip_param_find(struct sp_slice params, struct sp_slice name, struct sip_param *param)
{
    while (sip_param_next(&params, param))
        if (sp_eq_nocase(param->name, name))
            return true;
    *param = (struct sip_param){ .has_value = false };
    return false;
}

struct sp_slice sip_param_value(struct sp_slice params, const char *name)
{
    struct sip_param param;

    return sip_param_find(params, sp_str(name), &param) ? param.value : sp_slice(NULL, 0);
}

bool sip_param_has(struct sp_slice params, const char *name)
{
    struct sip_param param;

    return sip_param_find(params, sp_str(name), &param);
}

void sip_put_unquoted(struct sp_buf *to, struct sp_slice value)
{
    if (value.len < 2 || value.at[0] != '"') {
        sp_put(to, value);
        return;
    }
    for (size_t i = 1; i < value.len && value.at[i] != '"'; i++) {
        if (value.at[i] == '\\' && i + 1 < value.len) {
            sp_put_char(to, value.at[++i]);
        } else if (value.at[i] == '\r') {
            i++; /* and the LF; the white space around them stands for the fold */
        } else {
            sp_put_char(to, value.at[i]);
        }
    }
}

void sip_put_folded(struct sp_buf *to, struct sp_slice value)
{
    while (value.len > 0) {
        size_t line = sp_find(value, '\r'), next = line + 2;

        sp_put_value(to, sp_trim(sp_head(value, line)));
        if (line == value.len)
            return;
        while (next < value.len && (value.at[next] == ' ' || value.at[next] == '\t'))
            next++;
        if (next == line + 2 || value.at[line + 1] != '\n') {
            sp_put_fail(to, SP_INJECTION);
            return;
        }
        sp_put_char(to, ' ');
        value = sp_from(value, next);
    }
}

void sip_put_quoted(struct sp_buf *to, struct sp_slice text)
{
    sp_put_char(to, '"');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];

        if (c == '\r' || c == '\n' || c == '\0') {
            sp_put_fail(to, SP_INJECTION);
            return;
        }
        if (c == '"' || c == '\\' || c == 0x7f || ((unsigned char)c < ' ' && c != '\t'))
            sp_put_char(to, '\\');
        sp_put_char(to, c);
    }
    sp_put_char(to, '"');
}
