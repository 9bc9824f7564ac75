/* SPDX-License-Identifier: MIT
 * tests/unit/vectors.h -- reading the .rsp files of NIST's CAVP: records of Len, Msg and MD. */
#ifndef SIPUSH_TESTS_UNIT_VECTORS_H
#define SIPUSH_TESTS_UNIT_VECTORS_H

#include "unit.h"

struct vector {
    struct sp_slice msg, md; /* as octets, in blocks of exactly their size */
};

static inline struct sp_slice vector_octets(struct sp_slice hex)
{
    char *to = unit_room(hex.len / 2);

    for (size_t i = 0; i < hex.len / 2; i++) {
        ck_assert_int_ge(sp_hex_value(hex.at[2 * i]), 0);
        to[i] = (char)(sp_hex_value(hex.at[2 * i]) << 4 | sp_hex_value(hex.at[2 * i + 1]));
    }
    return sp_slice(to, hex.len / 2);
}

/* The value behind the next "name = ". */
static inline struct sp_slice vector_value(struct sp_slice *file, struct sp_slice name)
{
    struct sp_slice value;

    *file = sp_from(*file, sp_find_slice(*file, name) + name.len);
    value = sp_trim(sp_head(*file, sp_find(*file, '\n')));
    *file = sp_from(*file, value.len);
    return value;
}

/* Cut the next record off `file`; false when there is none. */
static inline bool vector_next(struct sp_slice *file, struct vector *v)
{
    struct sp_slice len = vector_value(file, SP_LIT("Len = "));
    uint64_t        bits;

    if (sp_to_u64(len, UINT64_MAX, &bits) != SP_OK)
        return false;
    v->msg = vector_octets(vector_value(file, SP_LIT("Msg = ")));
    v->msg = unit_octets(v->msg.at, (size_t)bits / 8); /* "Msg = 00" stands for none */
    v->md = vector_octets(vector_value(file, SP_LIT("MD = ")));
    return true;
}

#endif
