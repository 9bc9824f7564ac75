/* SPDX-License-Identifier: MIT
 * tools/media.h -- media types by the ending of a file's name, and back. */
#ifndef SIPUSH_TOOLS_MEDIA_H
#define SIPUSH_TOOLS_MEDIA_H

#include "../base/slice.h"

/* application/octet-stream for an ending that is not known, or none. */
const char *media_type(struct sp_slice name);
/* ".txt" for text/plain, parameters left aside; "" for a type that is not known. */
const char *media_ending(struct sp_slice type);

#endif
