/* SPDX-License-Identifier: MIT
 * tests/unit/unit.c -- blocks of exact size, and comparisons that show what differs. */
#include "unit.h"

#include <stdio.h>

/* Blocks hang in a list, so that a leak checker sees only leaks of the code under test. */
struct block {
    struct block *next;
    void         *octets;
};
static struct block *blocks;

void unit_adopt(void *octets)
{
    struct block *block = malloc(sizeof *block);

    ck_assert_ptr_nonnull(block);
    ck_assert_ptr_nonnull(octets);
    block->octets = octets;
    block->next = blocks;
    blocks = block;
}

static void *keep(size_t octets)
{
    void *room = calloc(1, octets);

    unit_adopt(room);
    return room;
}

/* After each test: what it was given lives no longer, also where tests do not fork. */
static void give_back(void)
{
    while (blocks != NULL) {
        struct block *block = blocks;

        blocks = block->next;
        free(block->octets);
        free(block);
    }
}

void *unit_room(size_t octets)
{
    /* malloc(0) yields one octet that a sanitizer lets pass: so point behind one. */
    return octets > 0 ? keep(octets) : (char *)keep(1) + 1;
}

struct sp_arena unit_arena(struct sp_arena measured)
{
    return sp_arena(keep(measured.used > 0 ? measured.used : 1));
}

struct sp_slice unit_octets(const void *octets, size_t len)
{
    char *room = unit_room(len);

    if (len > 0)
        memcpy(room, octets, len);
    return (struct sp_slice){ room, len };
}

struct sp_slice unit_text(const char *text)
{
    return unit_octets(text, strlen(text));
}

struct sp_slice unit_file(const char *path)
{
    struct sp_slice whole;
    char            name[512];
    FILE           *file;
    long            size;
    char           *room;

    snprintf(name, sizeof name, "tests/corpus/%s", path);
    file = fopen(name, "rb");
    ck_assert_msg(file != NULL, "%s cannot be opened", name);
    ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
    size = ftell(file);
    ck_assert_int_ge(size, 0);
    rewind(file);
    room = unit_room((size_t)size);
    whole = (struct sp_slice){ room, (size_t)size };
    ck_assert_uint_eq(fread(room, 1, whole.len, file), whole.len);
    fclose(file);
    return whole;
}

TCase *unit_tcase(Suite *suite, const char *name)
{
    TCase *tcase = tcase_create(name);

    tcase_add_checked_fixture(tcase, NULL, give_back);
    suite_add_tcase(suite, tcase);
    return tcase;
}

int unit_forks(void)
{
    const char *fork = getenv("CK_FORK");

    return fork == NULL || strcmp(fork, "no") != 0;
}

/* Printable, within `room`. */
static const char *shown(struct sp_slice s, char *to, size_t room)
{
    size_t used = 0;

    for (size_t i = 0; i < s.len && used + 8 < room; i++) {
        unsigned char c = (unsigned char)s.at[i];
        const char   *form = c >= ' ' && c < 127 && c != '\\' ? "%c" : "\\x%02x";

        used += (size_t)snprintf(to + used, room - used, form, c);
    }
    to[used] = '\0';
    return to;
}

void unit_same(struct sp_slice got, struct sp_slice want, const char *file, int line)
{
    char a[2048], b[2048];

    if (got.len == want.len && (got.len == 0 || memcmp(got.at, want.at, got.len) == 0))
        return;
    _ck_assert_failed(file, line, "octets differ", "got %zu octets \"%s\", want %zu \"%s\"",
                      got.len, shown(got, a, sizeof a), want.len, shown(want, b, sizeof b));
}
