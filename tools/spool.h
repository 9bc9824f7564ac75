/* SPDX-License-Identifier: MIT
 * tools/spool.h -- a file that has no name and goes when it is closed.
 *
 * In $TMPDIR, else /tmp: for content that must be whole before it goes on. */
#ifndef SIPUSH_TOOLS_SPOOL_H
#define SIPUSH_TOOLS_SPOOL_H

/* To be read and written; -1 and errno when there is none. */
int spool_open(void);

#endif
