/* SPDX-License-Identifier: MIT
 * dialog/sip_texts.c -- the texts of an object, together in one block of the store. RFC 3261
 * 12, 13. */
#include "sip_texts.h"

#include <string.h>

enum sp_err sip_texts_move(struct sp_store *store, size_t most, struct sp_slice *const texts[],
                           size_t count, void **block)
{
    size_t octets = 0;
    char  *at;

    for (size_t i = 0; i < count; i++)
        octets += texts[i]->len;
    if (octets > most)
        return SP_LIMIT;
    at = sp_store_take(store, octets > 0 ? octets : 1);
    if (at == NULL)
        return SP_LIMIT;
    *block = at;
    for (size_t i = 0; i < count; i++) {
        if (texts[i]->len > 0)
            memcpy(at, texts[i]->at, texts[i]->len);
        *texts[i] = sp_slice(at, texts[i]->len);
        at += texts[i]->len;
    }
    return SP_OK;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

void sip_put_unfolded(struct sp_buf *to, struct sp_slice text)
{
    size_t at = 0;

    while (at < text.len) {
        size_t run = at;
        bool   fold = false;

        while (run < text.len && is_space(text.at[run])) {
            fold = fold || text.at[run] == '\r' || text.at[run] == '\n';
            run++;
        }
        if (fold)
            sp_put_char(to, ' ');
        else
            sp_put(to, sp_slice(text.at + at, run - at));
        for (at = run; run < text.len && !is_space(text.at[run]); run++)
            continue;
        sp_put_value(to, sp_slice(text.at + at, run - at));
        at = run;
    }
}

bool sip_texts_are_lines(struct sp_slice lines)
{
    size_t start = 0;

    for (size_t i = 0; i < lines.len; i++) {
        char c = lines.at[i];

        if (c == '\0' || c == '\n')
            return false;
        if (c != '\r')
            continue;
        if (i == start || i + 1 == lines.len || lines.at[i + 1] != '\n')
            return false;
        i++;
        start = i + 1;
    }
    return start == lines.len;
}

bool sip_texts_have_line(struct sp_slice lines, struct sp_slice name)
{
    while (lines.len > 0) {
        size_t end = sp_find_slice(lines, SP_LIT("\r\n"));

        if (sp_eq_nocase(sp_trim(sp_head(lines, sp_find(sp_head(lines, end), ':'))), name))
            return true;
        lines = sp_from(lines, end + 2);
    }
    return false;
}
