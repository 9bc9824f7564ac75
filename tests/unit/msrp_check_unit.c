/* SPDX-License-Identifier: MIT
 * tests/unit/msrp_check_unit.c -- rows of frames and what is wrong with them. */
#include "msrp_check_unit.h"

#include <stdio.h>

#include "../../msrp/msrp_frame.h"
#include "unit.h"

#define MARKS 16

/* The text without its marks; where they stood. */
static struct sp_slice unmarked(const char *text, size_t marks[MARKS], size_t *count)
{
    char  *room = unit_room(strlen(text) + 1);
    size_t len = 0;

    for (*count = 0; *text != '\0'; text++) {
        if (*text == '~') {
            ck_assert_uint_lt(*count, MARKS);
            marks[(*count)++] = len;
        } else {
            room[len++] = *text;
        }
    }
    return unit_octets(room, len);
}

struct found {
    char   words[1024];
    size_t used;
    size_t octets[MARKS];
    size_t count;
};

static void take(struct found *found, struct msrp_check *check, size_t from)
{
    for (uint32_t i = 0; i < check->count; i++) {
        const struct msrp_finding *f = &check->findings[i];
        int n = snprintf(found->words + found->used, sizeof found->words - found->used,
                         "%c %s%s%s\n", "NWE"[f->severity], f -> clause + 4,
                         f -> rule[0] != '\0' ? " " : "", f->rule);

        ck_assert_uint_gt(strlen(f->what), 10);
        ck_assert_uint_lt(found->count, MARKS);
        found->used += (size_t)n;
        found->octets[found->count++] = from + f->octet;
    }
}

void msrp_check_row(const struct msrp_check_row *row)
{
    struct msrp_check  *check = unit_room(sizeof *check);
    char               *room = unit_room(8192);
    size_t              marks[MARKS], count;
    struct sp_slice     all = unmarked(row->stream, marks, &count), rest = all;
    struct found        found = { .used = 0 };
    struct msrp_frame   frame;
    struct msrp_checked checked = { .flag = '\0' };
    size_t              from = 0;

    msrp_check_init(check);
    msrp_frame_init(&frame, room, 8192);
    for (;;) {
        enum msrp_frame_event event;

        if (!msrp_frame_within(&frame))
            from = all.len - rest.len;
        event = msrp_frame_next(&frame, &rest);
        ck_assert_int_ne(event, MSRP_FRAME_BROKEN);
        if (event == MSRP_FRAME_NONE)
            break;
        if (event == MSRP_FRAME_HEAD)
            checked = (struct msrp_checked){ .head = frame.octets, .has_body = frame.has_body };
        if (event == MSRP_FRAME_BODY)
            checked.body_octets += frame.octets.len;
        if (event == MSRP_FRAME_END) {
            checked.flag = frame.flag;
            checked.end_octet = all.len - rest.len - from - msrp_frame_id(&frame).len - 10;
            msrp_check_frame(check, &checked);
            take(&found, check, from);
        }
    }
    ck_assert(!msrp_frame_within(&frame));
    unit_eq(sp_slice(found.words, found.used), row->found);
    ck_assert_uint_eq(found.count, count);
    for (size_t i = 0; i < count; i++)
        ck_assert_uint_eq(found.octets[i], marks[i]);
}
