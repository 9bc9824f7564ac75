/* SPDX-License-Identifier: MIT
 * sdp/sdp_transfer.h -- one file transfer through many exchanges: RFC 5547 8.1, 8.4, 8.5;
 * file-range.
 *
 * Pure functions of blocks. Which ids a session has seen is for the session to remember; here two
 * blocks are compared, ended, or cut to a range. */
#ifndef SIPUSH_SDP_SDP_TRANSFER_H
#define SIPUSH_SDP_SDP_TRANSFER_H

#include "sdp_msrp.h"

/* What an offered block asks, given one that came before in the same session: RFC 5547 figure 3. */
enum sdp_transfer {
    SDP_TRANSFER_NONE, /* no file: no selector, or only the capability */
    SDP_TRANSFER_NEW,  /* an id not seen: a transfer to decide about; one under way on the same line
                          is dropped */
    SDP_TRANSFER_SAME, /* a repetition (refresh, other media): nobody is asked, nothing starts again
                        */
    SDP_TRANSFER_OVER, /* port 0, whatever else it says: closed */
    SDP_TRANSFER_WRONG /* the same id for another file or range: abort (8.1), refuse the line */
};

/* `previous` is any block of the session that has the same id, else the line's last one; NULL:
 * there was none. */
enum sdp_transfer sdp_transfer(const struct sdp_msrp *previous, const struct sdp_msrp *offer);

/* The block that ends `current` in a new offer (8.4), or keeps a finished one in its place (8.1):
 * port 0, all else the same. */
void sdp_msrp_end(const struct sdp_msrp *current, struct sdp_msrp *offer);

/* A block that tells what we can (8.5, RFC 3264 9): port 0, the types and max-size of `ours`, and a
 * bare file-selector; nothing of a file. Reading one: sdp_tells_files. */
void sdp_msrp_capability(const struct sdp_msrp *ours, struct sdp_msrp *capability);
/* The whole description of it, for the answer to OPTIONS: "t=0 0". The session-id of `origin` must
 * be new each time. */
void sdp_capability_write(struct sp_buf *to, const struct sdp_origin *origin,
                          const struct sdp_connection *connection, const struct sdp_msrp *ours);
/* Does a description that answers OPTIONS say that files can be offered? */
bool sdp_tells_files(const struct sdp *sdp);

/* Which octets of a file of `size` octets go: from `offset` (counted from 0), `octets` many.
 * SP_RANGE when the range goes past the file. Without a range, all of it (8.7). */
SP_MUST_USE enum sp_err sdp_range_of(const struct sdp_msrp *msrp, uint64_t size, uint64_t *offset,
                                     uint64_t *octets);

#endif
