/* SPDX-License-Identifier: MIT
 * tests/fuzz/fuzz.h -- what the fuzz targets share.
 *
 * A target is one file with one LLVMFuzzerTestOneInput: it takes any octets and proves the laws of
 * one grammar on them. libFuzzer drives it, or replay.c with files; the folder's README says how.
 * Copies lie in heap blocks of exactly their size. */
#ifndef SIPUSH_TESTS_FUZZ_FUZZ_H
#define SIPUSH_TESTS_FUZZ_FUZZ_H

#include <string.h>

#include "../../base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

/* A law; when it does not hold, the program ends here. */
#define fuzz_law(holds)                                                                            \
    do {                                                                                           \
        if (!(holds))                                                                              \
            fuzz_broken(#holds, __FILE__, __LINE__);                                               \
    } while (0)
_Noreturn void fuzz_broken(const char *law, const char *file, int line);

/* Zeroed room, and a copy of octets, of exactly the size; until fuzz_free, at the end of an input.
 */
void           *fuzz_room(size_t octets);
struct sp_slice fuzz_copy(struct sp_slice octets);
void            fuzz_free(void);
/* A copy that is good until the next piece: for streams that come in many. */
struct sp_slice fuzz_piece(struct sp_slice octets);

/* A writer with room for whatever may become of `octets` octets. */
struct sp_buf fuzz_buf(size_t octets);

/* The slice lies in `whole`, or is empty. */
bool fuzz_inside(struct sp_slice slice, struct sp_slice whole);
/* An error tells an octet of what was read, or its end, and a rule. */
void fuzz_where(enum sp_err err, const struct sp_where *where, struct sp_slice read);

/* The law of a grammar: what can be read can be written, what was written can be read, and is
 * written the same again. But for a NUL: a quoted-pair may hold one, and it is never written.
 * `rewrite` reads `in` and, when that went well, writes to `to`. Tells what reading yielded. */
enum sp_err fuzz_stable(struct sp_slice in,
                        enum sp_err     rewrite(struct sp_slice in, struct sp_buf *to,
                                                struct sp_where *where));

/* What follows `before` in `of`, up to the end of the line; empty: it is not there. */
struct sp_slice fuzz_after(struct sp_slice of, const char *before);

/* The first octets of an input choose something: taken from it; 0 where it is too short. */
uint8_t fuzz_take(struct sp_slice *input);
/* Numbers from a seed that an input gave, for where to cut. */
uint32_t fuzz_seed(struct sp_slice input);
uint32_t fuzz_next(uint32_t *state);

#endif
