/* SPDX-License-Identifier: MIT
 * tools/part.h -- files that are there in part, and what must be known of them to go on.
 *
 * Beside NAME.part lies NAME.part.state: a few lines of text, written to a file of its own and
 * renamed, so that it is always either the old one or the new one, and whole (`end`). It says whose
 * part it is (size and SHA-1 of the whole file) and how many octets of it are safe on the disk; a
 * machine that stopped meanwhile loses only what came after those. While it has not stopped
 * (`boot`), all that was written in order counts. What is told is a claim: the hash of the whole
 * file is checked in the end, whatever it says. */
#ifndef SIPUSH_TOOLS_PART_H
#define SIPUSH_TOOLS_PART_H

#include "../base/buf.h"
#include "../base/scan.h"
#include "../base/sha1.h"

#define PART_NAME  256 /* room for NAME.part and its NUL */
#define PART_BOOT  40
#define PART_STATE ".state"

struct part {
    uint64_t octets;               /* of the whole file */
    uint8_t  sha1[SP_SHA1_OCTETS]; /* of the whole file */
    uint64_t safe;                 /* octets from the start that were synced */
    /* Of the machine, while its octets are written in order; empty: they are not, or it has no
     * name. */
    char boot[PART_BOOT];
};

/* This start of the machine; empty where it cannot be told. */
void part_boot(char boot[PART_BOOT]);

/* The text of a state, and back. SP_SYNTAX, SP_RANGE (more safe than there are), `where` as every
 * parser. */
void                    part_put(struct sp_buf *to, const struct part *part);
SP_MUST_USE enum sp_err part_parse(struct sp_slice text, struct part *part, struct sp_where *where);

/* The state of `name` ("NAME.part") in `folder`. `sync`: it must outlive the machine. SP_STORAGE
 * and errno. */
SP_MUST_USE enum sp_err part_save(int folder, const char *name, const struct part *part, bool sync);
/* SP_MISSING: there is none, or it cannot be read as one. */
SP_MUST_USE enum sp_err part_load(int folder, const char *name, struct part *part);
void                    part_remove(int folder, const char *name);

/* The parts of a folder by name: those that lie there, and those that we write. */
struct part_list {
    char (*names)[PART_NAME];
    size_t count, room;
};
void part_list_scan(struct part_list *list, int folder);
/* False: no memory; then it is not found again before the next start. */
bool part_list_add(struct part_list *list, const char *name);
void part_list_remove(struct part_list *list, const char *name);
/* A part of the file of this size and hash; its name, or NULL. `part` is what its state says.
 * `from`: where to go on looking; 0 at first. */
const char *part_list_find(struct part_list *list, int folder, uint64_t octets,
                           const uint8_t sha1[SP_SHA1_OCTETS], struct part *part, size_t *from);
void        part_list_end(struct part_list *list);

#endif
