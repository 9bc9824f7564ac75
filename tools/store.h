/* SPDX-License-Identifier: MIT
 * tools/store.h -- where a receiver puts what was pushed.
 *
 * Content goes to `NAME.part` in one folder, octets at their offsets; then size and SHA-1 are
 * checked, the file is synced and linked to its final name, so a file with its final name is whole.
 * Never writes outside of its folder, never over a file that is there (`NAME~2`), never through a
 * symbolic link. Octets that were hashed are never written again, so what was checked is what
 * stays. Or the content goes to a file without a name, and whole and checked to stdout. */
#ifndef SIPUSH_TOOLS_STORE_H
#define SIPUSH_TOOLS_STORE_H

#include "../base/sha1.h"

#define STORE_NAME 256 /* room for a file's name and its NUL */

/* The folder; made if it is not there. -1 and errno when that fails. */
int store_folder(const char *path);

/* A name of ours out of what a peer calls a file: its folders, leading dots, spaces at its ends,
 * control characters and what is no UTF-8 are lost; bounded so that `~9999.part` finds room, the
 * ending kept; never empty
 * (`unnamed`). */
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

#endif
