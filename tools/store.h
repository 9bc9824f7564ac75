/* SPDX-License-Identifier: MIT
 * tools/store.h -- where a receiver puts what was pushed.
 *
 * Content goes to `NAME.part` in one folder, octets at their offsets; then size and SHA-1 are
 * checked, the file is synced and moved to its final name, so a file with its final name is whole.
 * Never writes outside of its folder, never over a file that is there (`NAME~2`), never through a
 * symbolic link. Octets that were hashed are never written again, so what was checked is what
 * stays. What was cut can go on later (tools/part.h), for one writer at a time: the part is locked.
 * Or the content goes to a file without a name, and whole and checked to stdout. */
#ifndef SIPUSH_TOOLS_STORE_H
#define SIPUSH_TOOLS_STORE_H

#include "part.h"

#define STORE_NAME 256 /* room for a file's name and its NUL */

/* The folder; made if it is not there. -1 and errno when that fails. */
int store_folder(const char *path);

/* A name of ours out of what a peer calls a file: its folders, leading dots, spaces at its ends,
 * control characters and what is no UTF-8 are lost; bounded so that `~9999.part` finds room, the
 * ending kept; never empty (`unnamed`), never that of a state (`x.part.state_`). */
void store_name(struct sp_slice peers, char name[STORE_NAME]);

struct store_file {
    int            fd;               /* -1: none */
    int            folder;           /* -1: to stdout */
    char           base[STORE_NAME]; /* the safe name */
    char           name[STORE_NAME]; /* where it is: NAME.part; after the end NAME */
    uint64_t       hashed;           /* octets from the start that are in `sha1` */
    uint64_t       flushed;          /* octets that the system was asked to write out */
    bool           line;             /* stdout: what was written ends with a line's end */
    struct sp_sha1 sha1;
    bool           stated; /* a state lies beside it: it can go on when it is cut */
    bool           whole;  /* it is no part, but the file that was there: nothing is written */
    struct part    part;   /* stated: what the state says */
    uint64_t       there;  /* resumed: octets that were there */
};

/* SP_STORAGE and errno when it cannot be made. `folder` -1: for stdout. */
SP_MUST_USE enum sp_err store_open(struct store_file *file, int folder, struct sp_slice peers_name);
/* Octets of the content at `offset`, in any order, and perhaps again. SP_STORAGE and errno. */
SP_MUST_USE enum sp_err store_write(struct store_file *file, uint64_t offset,
                                    struct sp_slice octets);
/* All octets are there: check and keep. `want` is NULL where no hash was told; `digest` is what it
 * is. SP_INTEGRITY: size or hash differ; SP_STORAGE. After an error call store_drop. */
SP_MUST_USE enum sp_err store_finish(struct store_file *file, uint64_t total, const uint8_t *want,
                                     uint8_t digest[SP_SHA1_OCTETS]);
/* Take away what is there in part. */
void store_drop(struct store_file *file);
/* "NAME", "NAME~2", "NAME~3", ... and a suffix. */
void store_nth_name(char to[STORE_NAME], const char *base, unsigned n, const char *suffix);

/* store_resume.c: what was cut, and what is here already. */

/* A new part that can go on when it is cut: its whole file has this size and hash. Nothing comes of
 * it where the state cannot be written. */
void store_claim(struct store_file *file, struct part_list *parts, uint64_t octets,
                 const uint8_t sha1[SP_SHA1_OCTETS]);
/* Take up a part of the file of this size and hash; `file->there` octets of it are good, as far as
 * the state tells; none is hashed yet. SP_MISSING: there is none, or somebody writes it. */
SP_MUST_USE enum sp_err store_resume(struct store_file *file, int folder, struct part_list *parts,
                                     struct sp_slice peers_name, uint64_t octets,
                                     const uint8_t sha1[SP_SHA1_OCTETS]);
/* Hash at most `octets` more of what was there. SP_PARTIAL: there is more; SP_STORAGE. */
SP_MUST_USE enum sp_err store_rehash(struct store_file *file, uint64_t octets);
/* What came so far is put safely on the disk, and its state too. False: it cannot go on. */
bool store_secure(struct store_file *file);
/* Leave it there in part, secured, when it can go on later; else store_drop. `parts` is told. */
void store_leave(struct store_file *file, struct part_list *parts);

/* The n-th file that has the name (1: NAME, 2: NAME~2) and the size, opened for store_rehash and to
 * stand for what would come again; `*n` counts on. SP_MISSING: no further one. */
SP_MUST_USE enum sp_err store_whole(struct store_file *file, int folder, struct sp_slice peers_name,
                                    uint64_t octets, unsigned *n);
/* All of it is hashed: is it this one? */
bool store_is(const struct store_file *file, const uint8_t sha1[SP_SHA1_OCTETS]);

#endif
