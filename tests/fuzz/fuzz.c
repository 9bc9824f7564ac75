/* SPDX-License-Identifier: MIT
 * tests/fuzz/fuzz.c -- blocks of exact size, the law of a grammar, and how a broken law ends. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

struct block {
    struct block *next;
    void         *octets;
};
static struct block *blocks;

_Noreturn void fuzz_broken(const char *law, const char *file, int line)
{
    fprintf(stderr, "%s:%d: this does not hold: %s\n", file, line, law);
    abort();
}

static void *keep(size_t octets)
{
    struct block *block = malloc(sizeof *block);

    fuzz_law(block != NULL);
    block->octets = calloc(1, octets);
    fuzz_law(block->octets != NULL);
    block->next = blocks;
    blocks = block;
    return block->octets;
}

void *fuzz_room(size_t octets)
{
    /* malloc(0) yields one octet that a sanitizer lets pass: so point behind one. */
    return octets > 0 ? keep(octets) : (char *)keep(1) + 1;
}

struct sp_slice fuzz_copy(struct sp_slice octets)
{
    char *room = fuzz_room(octets.len);

    if (octets.len > 0)
        memcpy(room, octets.at, octets.len);
    return sp_slice(room, octets.len);
}

/* Blocks of each small size are used again and again; what is larger is rare enough. */
struct sp_slice fuzz_piece(struct sp_slice octets)
{
    static char *rooms[65];

    if (octets.len == 0 || octets.len >= sizeof rooms / sizeof rooms[0])
        return fuzz_copy(octets);
    if (rooms[octets.len] == NULL)
        rooms[octets.len] = malloc(octets.len);
    fuzz_law(rooms[octets.len] != NULL);
    memcpy(rooms[octets.len], octets.at, octets.len);
    return sp_slice(rooms[octets.len], octets.len);
}

void fuzz_free(void)
{
    while (blocks != NULL) {
        struct block *next = blocks->next;

        free(blocks->octets);
        free(blocks);
        blocks = next;
    }
}

struct sp_buf fuzz_buf(size_t octets)
{
    size_t room = 4 * octets + 1024;

    return sp_buf(fuzz_room(room), room);
}

bool fuzz_inside(struct sp_slice slice, struct sp_slice whole)
{
    return slice.len == 0 || (slice.at >= whole.at && slice.len <= whole.len &&
                              (size_t)(slice.at - whole.at) <= whole.len - slice.len);
}

void fuzz_where(enum sp_err err, const struct sp_where *where, struct sp_slice read)
{
    if (err == SP_OK)
        return;
    fuzz_law(where->octet <= read.len);
    fuzz_law(where->rule != NULL && where->rule[0] != '\0');
}

enum sp_err fuzz_stable(struct sp_slice in,
                        enum sp_err     rewrite(struct sp_slice in, struct sp_buf *to,
                                                struct sp_where *where))
{
    struct sp_buf   first = fuzz_buf(in.len), second = fuzz_buf(in.len);
    struct sp_where where = { 0, "" };
    enum sp_err     err = rewrite(in, &first, &where);

    fuzz_where(err, &where, in);
    if (err != SP_OK)
        return err;
    if (first.err == SP_INJECTION && sp_find(in, '\0') < in.len)
        return SP_OK;
    fuzz_law(first.err == SP_OK);
    fuzz_law(rewrite(fuzz_copy(sp_written(&first)), &second, &where) == SP_OK);
    fuzz_law(second.err == SP_OK);
    fuzz_law(sp_eq(sp_written(&first), sp_written(&second)));
    return SP_OK;
}

struct sp_slice fuzz_after(struct sp_slice of, const char *before)
{
    of = sp_from(of, sp_find_slice(of, sp_str(before)) + strlen(before));
    return sp_head(of, sp_find(of, '\r'));
}

uint8_t fuzz_take(struct sp_slice *input)
{
    uint8_t octet = input->len > 0 ? (uint8_t)input->at[0] : 0;

    *input = sp_from(*input, 1);
    return octet;
}

uint32_t fuzz_seed(struct sp_slice input)
{
    uint32_t seed = 2166136261U;

    for (size_t i = 0; i < input.len; i++)
        seed = (seed ^ (uint8_t)input.at[i]) * 16777619U;
    return seed;
}

uint32_t fuzz_next(uint32_t *state)
{
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}
