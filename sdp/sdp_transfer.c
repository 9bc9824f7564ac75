/* SPDX-License-Identifier: MIT
 * sdp/sdp_transfer.c -- see sdp_transfer.h. RFC 5547 6 (file-range), 8.1, 8.4, 8.5, 8.7. */
#include "sdp_transfer.h"

enum sdp_transfer sdp_transfer(const struct sdp_msrp *previous, const struct sdp_msrp *offer)
{
    if (offer->port == 0)
        return SDP_TRANSFER_OVER;
    if (!offer->has_selector || !sdp_file_selector_selects(&offer->selector))
        return SDP_TRANSFER_NONE;
    if (previous == NULL || !sp_eq(previous->file_transfer_id, offer->file_transfer_id))
        return SDP_TRANSFER_NEW;
    if (!sdp_file_selector_agrees(&previous->selector, &offer->selector) ||
        !sdp_same_range(previous, offer))
        return SDP_TRANSFER_WRONG;
    return SDP_TRANSFER_SAME;
}

void sdp_msrp_end(const struct sdp_msrp *current, struct sdp_msrp *offer)
{
    *offer = *current;
    offer->port = 0;
}

void sdp_msrp_capability(const struct sdp_msrp *ours, struct sdp_msrp *capability)
{
    *capability = (struct sdp_msrp){ .tls = ours->tls, .has_selector = true };
    capability->accept_types = ours->accept_types;
    capability->accept_wrapped_types = ours->accept_wrapped_types;
    capability->max_size = ours->max_size;
}

void sdp_capability_write(struct sp_buf *to, const struct sdp_origin *origin,
                          const struct sdp_connection *connection, const struct sdp_msrp *ours)
{
    struct sdp_msrp capability;

    sdp_msrp_capability(ours, &capability);
    sdp_put_session(to, origin, SP_LIT("-"), connection);
    sdp_msrp_write(to, &capability);
}

bool sdp_tells_files(const struct sdp *sdp)
{
    for (uint32_t i = 0; i < sdp->media_count; i++) {
        if (sdp_is_msrp(&sdp->media[i]) && sdp_find(sdp, &sdp->media[i], "file-selector") != NULL)
            return true;
    }
    return false;
}

enum sp_err sdp_range_of(const struct sdp_msrp *msrp, uint64_t size, uint64_t *offset,
                         uint64_t *octets)
{
    uint64_t from = msrp->range_from > 0 ? msrp->range_from - 1 : 0;
    uint64_t to = msrp->range_to > 0 ? msrp->range_to : size;

    /* "1-*" of an empty file is the empty file; otherwise the first octet must be there. */
    if (to > size || from > to || (from == size && from > 0))
        return SP_RANGE;
    *offset = from;
    *octets = to - from;
    return SP_OK;
}
